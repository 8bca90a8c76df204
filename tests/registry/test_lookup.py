"""What typed words name: the best first, Simplified and Traditional, an address, and what may not be named."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.registry import lookup
from tongban.registry.lookup import Scope
from tongban.registry.snapshot import Snapshot, build
from tongban.registry.snapshot_rows import MatterRow, PlaceRow, UnitRow
from tongban.workdays import Calendar

DAY = date(2026, 11, 30)
PLACES = (
    PlaceRow("61", "陕西省", "Shaanxi", "province", None),
    PlaceRow("6101", "西安市", "Xi'an", "city", "61"),
    PlaceRow("610113", "雁塔区", "Yanta District", "county", "6101", 34.2, 108.95),
    PlaceRow("610113002", "大雁塔街道", "Dayanta", "township", "610113"),
    PlaceRow("6107", "汉中市", "Hanzhong", "city", "61"),
    PlaceRow("610722", "城固县", "Chenggu County", "county", "6107", 33.15, 107.35),
    PlaceRow("610722101", "新城镇", "Xincheng", "township", "610722"),
    PlaceRow("610102", "新城区", "Xincheng District", "county", "6101", 34.25, 108.95),
)
UNITS = (
    UnitRow("C", "雁塔区城市管理局", "City Management of Yanta", "610113", None),
    UnitRow("P", "城市管理厅", "City Management", "61", None),
    UnitRow("OLD", "雁塔区城市管理科", "", "610113", None, until=date(2020, 1, 1)),
    UnitRow("H", "城固县城市管理局", "", "610722", None),
)
MATTERS = (
    MatterRow("02", "住房物业", "Housing", None),
    MatterRow("0208", "电梯安全", "Lifts", "02", "电梯困人、停运"),
    MatterRow("0206", "老旧小区改造", "Renovation", "02", "加装电梯"),
    MatterRow("09", "检查", "", None, kinds=frozenset({"inspection"})),
    MatterRow("15", "单位和工作人员的行为", "Conduct", None, conduct=True),
    MatterRow("1501", "服务态度", "", "15", "态度差", conduct=True),
    MatterRow("0209", "停用的电梯事项", "", "02", active=False),
)


def test_a_whole_name_that_one_place_alone_has_is_that_place_and_one_of_several_is_asked_about():
    twice = (*PLACES, PlaceRow("610722101", "雁塔镇", "Yanta Town", "township", "6101"),
             PlaceRow("610722102", "大雁塔街道", "Dayanta", "township", "6101"))  # fmt: skip
    registry, scope = build(twice, UNITS, MATTERS, (), (), Calendar({}, [])), Scope("place")
    day = date(2026, 1, 1)
    for words in ("雁塔区", "雁塔區", " 雁塔区 ", "Yanta District", "yanta district"):
        assert lookup.named(scope, words, registry, day) == "610113", words
    for words in ("雁塔", "大雁塔街道", "西安", ""):
        assert lookup.named(scope, words, registry, day) is None, words
    assert lookup.named(scope, "雁塔区", registry, day, only=("610722101",)) is None
    assert lookup.named(Scope("unit"), "雁塔区城市管理局", registry, day) is None


@pytest.fixture(scope="module")
def registry() -> Snapshot:
    return build(PLACES, UNITS, MATTERS, (), (), Calendar({}, []))


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("雁塔", ["610113", "610113002"]),
        ("雁塔区", ["610113", "610113002"]),
        ("大雁塔", ["610113002"]),
        ("西安市 雁塔区 大雁塔街道", ["610113002"]),
        ("西安市 › 雁塔区", ["610113"]),
        ("610113", ["610113"]),
        ("新城", ["610102", "610722101"]),
        ("雁塔區", ["610113", "610113002"]),
        ("yanta district", ["610113", "610113002"]),
        ("西安雁塔", ["610113", "610113002"]),
        ("西安市雁塔区小寨东路 12 号", ["610113"]),
        ("城固县新城镇政府旁边", ["610722101"]),
        ("陕西省", ["61"]),
        ("没有的地方", []),
        ("   ", []),
        ("›", []),
    ],
)
def test_places_by_their_names(registry, words, codes):
    assert list(lookup.find(Scope("place"), words, registry, DAY).codes) == codes


def test_a_unit_by_its_place_and_name_and_none_that_stands_no_more(registry):
    find = lambda words, **scope: lookup.find(Scope("unit", **scope), words, registry, DAY).codes  # noqa: E731
    assert find("雁塔 城市管理") == ("C",)
    assert find("城市管理科") == ()
    assert set(find("城市管理")) == {"C", "P", "H"}
    assert set(find("城市管理", place="610113002")) == {"C", "P"}, "of the place and of the places above it"


def test_a_matter_by_its_name_or_its_description_and_only_of_its_kind(registry):
    find = lambda words, **scope: lookup.find(Scope("matter", **scope), words, registry, DAY).codes  # noqa: E731
    assert find("电梯", case_kind="letter") == ("0208", "0206"), "one that is not in use is not there"
    assert find("检查", case_kind="letter") == ()
    assert find("检查") == ("09",)
    assert find("态度", conduct=False) == ()
    assert find("态度", conduct=True) == ("1501",)
    assert find("住房物业", case_kind="letter") == ("0208", "0206"), "what has others below it is none itself"


def test_only_what_may_be_chosen_is_found(registry):
    assert lookup.find(Scope("unit"), "城市管理", registry, DAY, only={"H"}).codes == ("H",)


def test_more_than_a_few_are_counted_and_the_best_shown():
    many = [PlaceRow("1", "省", "", "province", None)]
    many += [PlaceRow(f"2{n:03}", f"新{n}村", "", "township", "1") for n in range(40)]
    found = lookup.find(Scope("place"), "新", build(many, (), (), (), (), Calendar({}, [])), DAY)
    assert (len(found.codes), found.total) == (lookup.FEW, 40)


@pytest.mark.parametrize("kind", ["place", "unit", "matter"])
def test_the_whole_line_of_everything_names_it_alone(registry, kind):
    codes = {"place": registry.places, "unit": registry.units, "matter": registry.matters}[kind]
    for code in codes:
        if lookup.known(Scope(kind), code, registry, DAY):
            found = lookup.find(Scope(kind), lookup.label(kind, code, registry), registry, DAY)
            assert found.codes == (code,)


def test_the_tree_goes_step_by_step(registry):
    top = lookup.level(Scope("place"), "", registry, DAY)
    assert [(row.code, row.choosable, row.below) for row in top.rows] == [
        ("61", True, False), ("6101", True, True), ("6107", True, True)]  # fmt: skip
    step = lookup.level(Scope("place"), "610113", registry, DAY)
    assert [code for code, _name in step.line] == ["61", "6101", "610113"]
    assert [row.code for row in step.rows] == ["610113", "610113002"]
    assert lookup.level(Scope("place"), "nowhere", registry, DAY) == top


def test_a_kind_with_few_matters_shows_them_all_at_once(registry):
    few = lookup.level(Scope("matter", "letter", conduct=False), "", registry, DAY)
    assert [(row.code, row.choosable, row.below) for row in few.rows] == [("0208", True, False), ("0206", True, False)]


def test_the_tree_of_units_begins_at_the_place_and_of_matters_shows_what_can_be_reached(registry, monkeypatch):
    monkeypatch.setattr(lookup, "AT_ONCE", 1)
    units = lookup.level(Scope("unit", place="610113"), "", registry, DAY)
    assert [(row.code, row.choosable) for row in units.rows] == [("C", True)]
    above = lookup.level(Scope("unit", place="610113"), "61", registry, DAY)
    assert [(row.code, row.choosable) for row in above.rows] == [("P", True), ("6101", False)]
    matters = lookup.level(Scope("matter", "letter", conduct=False), "", registry, DAY)
    assert [(row.code, row.choosable, row.below) for row in matters.rows] == [("02", False, True)]
    assert [row.code for row in lookup.level(Scope("matter", "letter"), "02", registry, DAY).rows] == ["0208", "0206"]


def test_the_nearest_places_and_none_far_away(registry):
    assert lookup.nearest(34.21, 108.96, registry) == ("610113", "610102")
    assert lookup.nearest(33.2, 107.3, registry) == ("610722",)
    assert lookup.nearest(39.9, 116.4, registry) == ()
    assert lookup.nearest(34.2, 108.0, registry) == ()
