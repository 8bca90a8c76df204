"""Who is responsible, held against the rule written down a second time: by brute force over
every duty, for any registry."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.registry.snapshot import NoUnitFound, Snapshot, build
from tongban.registry.snapshot_rows import DutyRow, MatterRow, PlaceRow, UnitRow
from tongban.workdays import Calendar

pytestmark = pytest.mark.both_databases

PLACES = [
    PlaceRow("61", "省", "", "province", None),
    PlaceRow("6101", "市", "", "city", "61"),
    PlaceRow("610113", "县", "", "county", "6101"),
    PlaceRow("610124", "另一县", "", "county", "6101"),
    PlaceRow("610113001", "街道", "", "township", "610113"),
]
MATTERS = [
    MatterRow("1", "大类", "", None),
    MatterRow("11", "中类", "", "1"),
    MatterRow("111", "小类", "", "11"),
    MatterRow("2", "别的", "", None),
]
DAY = date(2026, 3, 1)
CODES = [f"u{number}" for number in range(8)]


@st.composite
def registries(draw: st.DrawFn) -> Snapshot:
    """Units in a forest, some coordinating or overseeing or not yet or no longer there; duties of any kind, on the
    law's condition of one lead at a time."""
    days = st.one_of(st.none(), st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n)))
    units = []
    for number, code in enumerate(CODES):
        parent = draw(st.sampled_from([None, *CODES[:number]])) if number else None
        units.append(
            UnitRow(
                code,
                code,
                "",
                draw(st.sampled_from([place.code for place in PLACES])),
                parent,
                draw(st.booleans()),
                draw(st.booleans()),
                since=draw(days),
                until=draw(days),
            )
        )
    duties, led = [], set()
    for _ in range(draw(st.integers(0, 14))):
        unit, matter, place = (
            draw(st.sampled_from(CODES)),
            draw(st.sampled_from(MATTERS)).code,
            draw(st.sampled_from(PLACES)).code,
        )
        role = draw(st.sampled_from(["lead", "assist"]))
        if role == "lead" and (matter, place) in led:
            continue
        since = DAY + timedelta(days=draw(st.integers(-3, 2)))
        led |= {(matter, place)} if role == "lead" else set()
        duties.append(DutyRow(unit, matter, place, role, since, draw(days), "依据"))
    return build(PLACES, units, MATTERS, duties, [], Calendar())


def line(rows, code):
    while code is not None:
        yield code
        code = rows[code].parent


def rank(registry: Snapshot, duty: DutyRow, matter: str, place: str) -> tuple[int, int] | None:
    """How near a duty is: steps up from the place, then steps up from the matter; None where
    it says nothing of them."""
    places, matters = list(line(registry.places, place)), list(line(registry.matters, matter))
    return (
        (places.index(duty.place), matters.index(duty.matter))
        if duty.place in places and duty.matter in matters
        else None
    )


def below(registry: Snapshot, unit: str) -> set[str]:
    return {code for code in registry.units if unit in line(registry.units, code)}


def there(registry: Snapshot, unit: str) -> bool:
    row = registry.units[unit]
    return (row.since or DAY) <= DAY <= (row.until or DAY)


@given(registries(), st.sampled_from([row.code for row in MATTERS]), st.sampled_from([row.code for row in PLACES]))
def test_the_most_specific_duty_leads_and_where_none_is_named_the_coordinating_unit(registry, matter, place):
    every = [duty for duties in registry.duties.values() for duty in duties]
    holding = [
        duty
        for duty in every
        if duty.since <= DAY <= (duty.until or DAY)
        and there(registry, duty.unit)
        and rank(registry, duty, matter, place)
    ]
    leads = sorted((rank(registry, duty, matter, place), duty.unit) for duty in holding if duty.role == "lead")
    try:
        route = registry.route(matter, place, DAY)
    except NoUnitFound:
        assert not leads
        assert not any(
            row.coordinating and there(registry, row.code) and row.place in line(registry.places, place)
            for row in registry.units.values()
        )
        return
    if leads:
        assert (route.why, route.lead) == ("duty", leads[0][1])
        same = {duty.unit for duty in holding if rank(registry, duty, matter, place) == leads[0][0]}
        assert set(route.assist) == same - {route.lead}
    else:
        assert route.why == "coordinating"
        assert route.assist == ()
        nearest = [
            row
            for at in line(registry.places, place)
            for row in registry.units.values()
            if row.place == at and row.coordinating and there(registry, row.code)
        ]
        assert route.lead == nearest[0].code


@given(registries(), st.sampled_from(CODES), st.sampled_from([row.code for row in PLACES]))
def test_article_30_a_complaint_never_reaches_the_unit_or_one_below_it(registry, against, place):
    try:
        route = registry.route("111", place, DAY, against)
    except NoUnitFound:
        outside = [
            row
            for row in registry.units.values()
            if row.code not in below(registry, against) and there(registry, row.code)
        ]
        assert not any(row.code in list(line(registry.units, against))[1:] for row in outside)
        return
    assert route.why == "above"
    assert {route.lead, *route.assist}.isdisjoint(below(registry, against))
    assert registry.barred(against) == below(registry, against)
    assert there(registry, route.lead)


@given(registries(), st.sampled_from(CODES), st.sampled_from(CODES))
def test_article_24_a_dispute_is_decided_above_both(registry, one, other):
    found = registry.common_superior(one, other)
    above_one = list(line(registry.units, one))[1:]
    both = [
        code for code in line(registry.units, one) if code in line(registry.units, other) and code not in (one, other)
    ]
    assert found == (both[0] if both else next(iter(above_one), None))


@given(registries())
def test_who_was_responsible_on_a_day_does_not_change_with_what_comes_later(registry):
    later = [duty for duties in registry.duties.values() for duty in duties]
    later.append(DutyRow("u0", "111", "610113", "lead", DAY + timedelta(days=1), None, "以后的"))
    changed = build(registry.places.values(), registry.units.values(), registry.matters.values(), later, [], Calendar())
    assert registry.duties_for("111", "610113", DAY) == changed.duties_for("111", "610113", DAY)


def test_an_empty_registry_says_that_there_is_nobody():
    with pytest.raises(NoUnitFound):
        build(PLACES, [], MATTERS, [], [], Calendar()).route("111", "610113", DAY)


def test_a_matter_that_names_no_kinds_is_for_those_of_the_nearest_above_that_does():
    letters, none = frozenset({"letter"}), frozenset()
    permits = frozenset({"permit", "appeal"})
    found = build(
        PLACES,
        [],
        [
            MatterRow("1", "大类", "", None, kinds=permits),
            MatterRow("11", "中类", "", "1", kinds=none),
            MatterRow("111", "小类", "", "11", kinds=none),
            MatterRow("112", "小类", "", "11", kinds=letters),
            MatterRow("2", "别的", "", None, kinds=none),
            MatterRow("21", "没有上级", "", "gone", kinds=none),
            MatterRow("3", "圈", "", "4", kinds=none),
            MatterRow("4", "圈", "", "3", kinds=none),
        ],
        [],
        [],
        Calendar(),
    )
    kinds = {code: row.kinds for code, row in found.matters.items()}
    assert kinds == {
        "1": permits, "11": permits, "111": permits, "112": letters, "2": letters, "21": letters, "3": letters,
        "4": letters,
    }  # fmt: skip
    assert [row.code for row in found.leaves("permit")] == ["111"]
    assert [row.code for row in found.leaves("letter")] == ["112", "2", "21"]
    assert [row.code for row in found.leaves()] == ["111", "112", "2", "21"]
