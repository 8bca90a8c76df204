"""Which rows of a registry file are taken: pure rules, no database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.registry.reading import UnreadableTable, read_table
from tongban.registry.tables import TABLES, Good, Lead, check_duties, check_rows
from tongban.tables import csv_bytes, xlsx_bytes

pytestmark = pytest.mark.both_databases

KNOWN = {
    "places": {"610000": None, "610100": "610000"},
    "units": {"610100-GOV": None, "610100-CG": "610100-GOV"},
    "matters": {"01": None, "0101": "01"},
}
DUTY = {
    "unit": "610100-CG",
    "matter": "0101",
    "place": "610100",
    "role": "lead",
    "since": "2026-01-01",
    "until": "",
    "basis": "三定方案",
}


def place(code: str, parent: str = "610000", **more: str) -> dict[str, str]:
    return {"code": code, "name": f"地点{code}", "level": "county", "parent": parent, **more}


def numbered(*rows: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
    return list(enumerate(rows, start=2))


# --- files -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_any_of_its_encodings(encoding):
    raw = "代码,名称,级别,上级\n610113,雁塔区,county,610100\n".encode(encoding)
    assert read_table(raw) == [(2, {"code": "610113", "name": "雁塔区", "level": "county", "parent": "610100"})]


def test_an_xlsx_keeps_zeros_dates_and_what_looks_like_a_formula():
    rows = [["code", "name", "since"], ["0101", "=1+1", "2026-03-01"], ["", "", ""], ["0102", "+86 29", "2026-03-02"]]
    assert read_table(xlsx_bytes(rows, "t")) == [
        (2, dict(zip(rows[0], rows[1], strict=True))),
        (4, dict(zip(rows[0], rows[3], strict=True))),
    ]


def test_line_numbers_count_lines_inside_quotes():
    assert [line for line, _row in read_table(b'code,name\na,"two\nlines"\nb,one\n')] == [2, 4]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b",,\n", b"code,code\n1,2\n", b"PK\x03\x04nonsense"])
def test_a_file_that_is_no_table_says_so(raw):
    with pytest.raises(UnreadableTable) as caught:
        read_table(raw)
    assert str(caught.value)


@given(
    st.binary(max_size=400)
    | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail)
    | st.text(max_size=200).map(str.encode)
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_end_in_rows_or_in_unreadable_table(raw):
    try:
        rows = read_table(raw)
    except UnreadableTable:
        return
    for table in TABLES.values():
        good, bad = check_rows(table, rows, KNOWN)
        assert sorted([item.line for item in good] + [item.line for item in bad]) == [line for line, _row in rows]


CELLS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_what_is_written_as_csv_or_xlsx_is_read_back_as_it_was(pairs):
    written = [["code", "name"], *([first, second] for first, second in pairs)]
    wanted = [(line, {"code": a, "name": b}) for line, (a, b) in enumerate(pairs, start=2) if a.strip() or b.strip()]
    assert [row for _line, row in read_table(csv_bytes(written))] == [row for _line, row in wanted]
    if not any(text.startswith("'") for pair in pairs for text in pair):
        assert [row for _line, row in read_table(xlsx_bytes(written, "t"))] == [row for _line, row in wanted]


# --- rows ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("places", place("61 01"), "code"),
        ("places", place("610113", level="planet"), "level"),
        ("places", place("610113", name=" "), "name"),
        ("duties", {**DUTY, "since": "1.1.26"}, "since"),
        ("duties", {**DUTY, "role": "boss"}, "role"),
        ("duties", {**DUTY, "basis": ""}, "basis"),
        ("duties", {**DUTY, "unit": "nobody"}, "unit"),
        ("limits", {"step": "answer", "days": "60.5", "unit": "calendar", "basis": "x", "trust": "V"}, "days"),
        ("limits", {"step": "dream", "days": "6", "unit": "calendar", "basis": "x", "trust": "V"}, "step"),
        ("units", {"code": "u", "place": "610100", "name": "n", "coordinating": "maybe"}, "coordinating"),
    ],
)
def test_a_bad_cell_is_rejected_with_its_line_and_its_column(table, row, column):
    good, bad = check_rows(TABLES[table], [(7, row)], KNOWN)
    assert not good
    assert bad[0].line == 7
    assert bad[0].reason.startswith(f"{column}：")
    assert bad[0].row == row


def test_an_end_before_the_start_and_a_row_that_stands_twice_are_rejected():
    good, bad = check_rows(TABLES["duties"], numbered({**DUTY, "until": "2025-12-31"}, DUTY, DUTY), KNOWN)
    assert [item.line for item in good] == [3]
    assert [item.line for item in bad] == [2, 4]


def test_children_may_stand_before_their_parents():
    good, bad = check_rows(TABLES["places"], numbered(place("c", "b"), place("b", "a"), place("a")), KNOWN)
    assert not bad
    assert [item.values["code"] for item in good] == ["a", "b", "c"]


def test_a_loop_is_rejected_and_what_hangs_below_it_falls_with_it():
    good, bad = check_rows(
        TABLES["places"], numbered(place("a", "b"), place("b", "a"), place("c", "b"), place("d")), KNOWN
    )
    assert [item.values["code"] for item in good] == ["d"]
    assert [item.line for item in bad] == [2, 3, 4]
    assert "a" in bad[2].reason or "b" in bad[2].reason


def test_a_loop_through_a_row_of_the_database_is_seen():
    good, bad = check_rows(TABLES["places"], numbered(place("610000", "610100", level="province")), KNOWN)
    assert not good
    assert len(bad) == 1


@given(
    st.permutations(
        [
            place("a"),
            place("b", "a"),
            place("c", "b"),
            place("d", "gone"),
            place("e", level="no"),
            place("f", "d"),
            place("g", "e"),
        ]
    )
)
def test_the_same_rows_are_taken_in_any_order(rows):
    good, _bad = check_rows(TABLES["places"], numbered(*rows), KNOWN)
    codes = [item.values["code"] for item in good]
    assert sorted(codes) == ["a", "b", "c"]
    assert codes.index("a") < codes.index("b") < codes.index("c")


@given(
    st.lists(
        st.fixed_dictionaries({name: st.text(max_size=6) for name in ("code", "name", "level", "parent")}), max_size=6
    ),
    st.integers(0, 6),
)
def test_a_good_row_is_kept_whatever_surrounds_it(rubbish, at):
    rows = [row for row in rubbish if row["code"].strip() != "good"]
    rows.insert(at, place("good"))
    good, _bad = check_rows(TABLES["places"], numbered(*rows), KNOWN)
    assert "good" in [item.values["code"] for item in good]


# --- who leads -------------------------------------------------------------------------------------------------------
START = date(2026, 1, 1)


def duty(line: int, unit: str, since: int, until: int | None, role: str = "lead") -> Good:
    end = None if until is None else START + timedelta(days=until)
    return Good(
        line,
        {
            "unit": unit,
            "matter": "0101",
            "place": "610100",
            "role": role,
            "since": START + timedelta(days=since),
            "until": end,
        },
        frozenset(),
    )


def as_known(*rows: Good) -> dict[tuple[str, str, str, date], tuple[str, date | None]]:
    return {
        (row.values["unit"], row.values["matter"], row.values["place"], row.values["since"]): (
            row.values["role"],
            row.values["until"],
        )
        for row in rows
    }


def test_a_second_lead_on_the_same_day_is_explained():
    taken, bad = check_duties([duty(2, "B", 10, None)], as_known(duty(0, "A", 0, 10)))
    assert not taken
    assert bad[0][0] == 2
    assert "A" in bad[0][1]
    assert "2026-01-11" in bad[0][1]


def test_an_assisting_unit_and_the_day_after_the_end_are_free():
    taken, bad = check_duties([duty(2, "B", 11, None), duty(3, "C", 0, None, "assist")], as_known(duty(0, "A", 0, 10)))
    assert len(taken) == 2
    assert not bad


@pytest.mark.parametrize("order", [1, -1])
def test_ending_the_old_duty_and_beginning_the_new_may_stand_in_any_order(order):
    rows = [duty(2, "A", 0, 30), duty(3, "B", 31, None)][::order]
    taken, bad = check_duties(rows, as_known(duty(0, "A", 0, None)))
    assert len(taken) == 2
    assert not bad


def test_a_unit_does_not_lead_twice_at_once_either():
    taken, bad = check_duties([duty(2, "A", 5, None)], as_known(duty(0, "A", 0, None)))
    assert not taken
    assert bad


ROWS = st.builds(
    duty,
    st.just(0),
    st.sampled_from("ABC"),
    st.integers(0, 6),
    st.none() | st.integers(6, 9),
    st.sampled_from(["lead", "lead", "assist"]),
)


@given(st.lists(ROWS, max_size=4), st.lists(ROWS, max_size=6))
@settings(deadline=None)
def test_no_two_leads_ever_meet_and_the_same_file_again_changes_nothing(before, rows):
    known, _bad = check_duties(list({tuple(as_known(row)): row for row in before}.values()), {})
    there = as_known(*known)
    unique = {tuple(as_known(row)): row for row in rows}
    file = [Good(line, row.values, row.given) for line, row in enumerate(unique.values(), start=2)]
    taken, bad = check_duties(file, there)
    assert sorted([item.line for item in taken] + [line for line, _reason in bad]) == [item.line for item in file]
    after = {**there, **as_known(*taken)}
    leads = [Lead(*key, until) for key, (role, until) in after.items() if role == "lead"]
    assert not [1 for at, one in enumerate(leads) for other in leads[:at] if one.meets(other)]
    again, still = check_duties(file, after)
    assert {**after, **as_known(*again)} == after
    assert still == bad
