"""A table says yes, no or unknown; the same for one person, in a catalogue, and in columns of many people."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.rules import (
    BadFact,
    BadTable,
    Catalogue,
    Column,
    Distance,
    Group,
    Holds,
    Is,
    Leaf,
    Member,
    Members,
    People,
    Range,
    Setting,
    Table,
    verdicts,
)

from .making import DAY, DOMAINS, KINDS, SETTING, brute, brute_leaf, facts, tables

OF = {False: 0, None: 1, True: 2}


@settings(max_examples=400)
@given(tables, facts)
def test_the_value_is_what_the_slow_way_says(table, known):
    assert table.value(known, SETTING) is brute(table, known)


@given(tables, facts, st.data())
def test_unknown_never_becomes_no_and_knowing_more_never_takes_an_answer_back(table, known, data):
    value = table.value(known, SETTING)
    missing = [code for code in DOMAINS if known.get(code) is None]
    more = {
        **known,
        **{code: data.draw(st.sampled_from(DOMAINS[code])) for code in missing if data.draw(st.booleans())},
    }
    if value is not None:
        assert table.value(more, SETTING) is value


@settings(max_examples=200)
@given(st.lists(tables, max_size=5), facts)
def test_a_catalogue_says_of_each_table_what_the_table_says_with_its_groups(made, known):
    rows = [Table(str(number), table.groups) for number, table in enumerate(made)]
    result = Catalogue(rows, SETTING).judge(known)
    for table in rows:
        values = table.group_values(known, SETTING)
        assert result.value(table.code) is table.value(known, SETTING)
        assert result.failed(table.code) == tuple(
            group for group, value in zip(table.groups, values, strict=True) if value is False
        )
        assert result.open(table.code) == tuple(
            group for group, value in zip(table.groups, values, strict=True) if value is None
        )
        assert result.reasons().get(table.code, ((), ())) == (result.failed(table.code), result.open(table.code))


def as_columns(people):
    columns = {
        code: Column.of([person.get(code) for person in people])
        for code in DOMAINS
        if code not in ("papers", "household")
    }
    last = [
        [
            max(
                [until or date(9999, 12, 31) for kind, until in person.get("papers") or [] if kind == wanted],
                default=None,
            )
            for wanted in KINDS
        ]
        for person in people
    ]
    columns["papers"] = Column(
        np.array(last, dtype="datetime64[D]").reshape(len(people), len(KINDS)),
        np.array([person.get("papers") is not None for person in people]),
        tuple(KINDS),
    )
    members = [person.get("household") or [] for person in people]
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in members])]).astype(np.int64)
    flat = [one for rows in members for one in rows]
    inner = {code: Column.of([one.get(code) for one in flat]) for code in ("age", "pupil")}
    columns["household"] = People(offsets, inner, np.array([person.get("household") is not None for person in people]))
    return columns


@settings(max_examples=200)
@given(st.lists(tables, min_size=1, max_size=3), st.lists(facts, min_size=1, max_size=7), st.integers(1, 8))
def test_columns_of_people_say_what_each_person_alone_is_told_whatever_the_pieces(made, people, piece):
    for part in verdicts(made, as_columns(people), SETTING, piece):
        for number in range(part.size):
            person = people[part.start + number]
            for row, table in enumerate(made):
                values = table.group_values(person, SETTING)
                assert part.values(row)[number] == OF[table.value(person, SETTING)]
                assert (part.start + number in part.entitled(row)) is (table.value(person, SETTING) is True)
                assert part.counts(row) == tuple(np.bincount(part.values(row), minlength=3))
                failed, open_ = part.reasons(row, number)
                assert failed == tuple(
                    group for group, value in zip(table.groups, values, strict=True) if value is False
                )
                assert open_ == tuple(group for group, value in zip(table.groups, values, strict=True) if value is None)


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(1966, 3, 1), date(2026, 2, 28), 59),
        (date(1966, 3, 1), date(2026, 3, 1), 60),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2026, 3, 2), date(2026, 3, 1), -1),
    ],
)
def test_a_year_is_complete_on_the_day_of_the_same_number_民法典_201_202(born, day, years):
    leaf = Leaf("born", Distance("years", years, years))
    assert brute_leaf(Leaf("born", Distance("years", years, years), ""), {"born": born}) in (True, False)
    assert Table("t", (Group((leaf,)),)).value({"born": born}, Setting(day)) is True


@pytest.mark.parametrize(
    ("leaf", "value"),
    [
        (Leaf("a", Is("x")), 3), (Leaf("a", Is(True)), "yes"), (Leaf("a", Is(3)), True), (Leaf("a", Range(1, 2)), "1"),
        (Leaf("a", Range(1)), float("nan")),
        (Leaf("a", Range(DAY)), 3), (Leaf("a", Distance("years", 1)), "2020-01-01"),
        (Leaf("a", Holds("permit")), "permit"), (Leaf("a", Members((Member("b", Is(1)),))), 3),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_an_error_that_names_the_fact(leaf, value):
    table = Table("t", (Group((leaf,)),))
    with pytest.raises(BadFact, match="^a: "):
        table.value({"a": value}, SETTING)
    with pytest.raises(BadFact, match="^a: "):
        Catalogue([table], SETTING).judge({"a": value})
    if isinstance(value, str | bool | int):
        with pytest.raises(BadFact, match="^a: "):
            list(verdicts([table], {"a": Column.of([value])}, SETTING))


def test_a_table_that_means_nothing_is_refused():
    for wrong in (
        lambda: Group(()),
        lambda: Range(),
        lambda: Distance("weeks", 1),
        lambda: Distance("days"),
        lambda: Members((), None, None),
    ):
        with pytest.raises(BadTable):
            wrong()
    with pytest.raises(BadTable):
        Catalogue([Table("a", ()), Table("a", ())], SETTING)


def test_a_table_without_groups_asks_nothing():
    assert Table("t", ()).value({}, SETTING) is True
    assert Catalogue([Table("t", ())], SETTING).judge({}).value("t") is True
