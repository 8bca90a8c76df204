"""The demo province: Shaanxi's places, a tree of matters, units for every place, duties for every matter, limits.

Pure: rows come from the data files beside this module and from rules below; no Django, no database. All units and
telephones are invented; places are GB/T 2260 codes (china-division 2.7.0, MIT). Positions of county seats are from
general knowledge, rounded to 0.05° (five kilometres), and marked M: to be checked before they are relied on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

SINCE = date(2010, 1, 1)


@dataclass(frozen=True)
class PlaceRow:
    code: str
    name: str
    name_en: str
    level: str
    parent: str | None
    latitude: float | None = None
    longitude: float | None = None
    position_trust: str = ""


@dataclass(frozen=True)
class MatterRow:
    code: str
    parent: str | None
    name: str
    name_en: str
    description: str
    conduct: bool
    second_eyes: bool
    publishable: bool
    retention_days: int
    delicate: bool


@dataclass(frozen=True)
class UnitRow:
    code: str
    place: str
    name: str
    name_en: str
    parent: str | None
    coordinating: bool = False
    oversight: bool = False
    phone: str = ""
    address: str = ""


@dataclass(frozen=True)
class DutyRow:
    unit: str
    matter: str
    place: str
    role: str
    since: date
    until: date | None
    basis: str


@dataclass(frozen=True)
class LimitRow:
    matter: str | None
    place: str | None
    step: str
    days: int
    unit: str
    basis: str
    trust: str


def _text(name: str) -> str:
    return files(__package__).joinpath(f"data/{name}").read_text(encoding="utf-8")


def _table(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(_text(name).splitlines())


@lru_cache(maxsize=1)
def places() -> tuple[PlaceRow, ...]:
    """Province, cities, counties and a few townships, parents before children."""
    return tuple(
        PlaceRow(
            row["code"], row["name"], row["name_en"], row["level"], row["parent"] or None,
            float(row["latitude"]) if row["latitude"] else None, float(row["longitude"]) if row["longitude"] else None,
            row["position_trust"],
        )
        for row in _table("places.csv")
    )  # fmt: skip


@lru_cache(maxsize=1)
def matters() -> tuple[MatterRow, ...]:
    """The tree of matters, parents before children."""
    return tuple(
        MatterRow(
            row["code"], row["parent"] or None, row["name"], row["name_en"], row["description"], row["conduct"] == "1",
            row["second_eyes"] == "1", row["publishable"] == "1", int(row["retention_days"]),
            row["delicate"] == "1",
        )
        for row in _table("matters.csv")
    )  # fmt: skip


# code, name, name in English, name at province level, the matters it answers for, legal basis
BUREAUS = (
    (
        "CG",
        "城市管理和综合执法局",
        "City Management Bureau",
        "住房和城乡建设厅城市管理处",
        ("01",),
        "《城市市容和环境卫生管理条例》",
    ),
    (
        "ZJ",
        "住房和城乡建设局",
        "Housing and Construction Bureau",
        "住房和城乡建设厅",
        ("02", "1203", "1204"),
        "《物业管理条例》《城镇燃气管理条例》",
    ),
    ("JT", "交通运输局", "Transport Bureau", "交通运输厅", ("03",), "《公路法》《城市公共汽电车客运管理规定》"),
    ("HB", "生态环境局", "Ecology and Environment Bureau", "生态环境厅", ("04",), "《环境保护法》"),
    ("JY", "教育局", "Education Bureau", "教育厅", ("05",), "《义务教育法》"),
    ("WJ", "卫生健康局", "Health Bureau", "卫生健康委员会", ("0601", "0603", "0604"), "《基本医疗卫生与健康促进法》"),
    (
        "YB",
        "医疗保障局",
        "Medical Insurance Bureau",
        "医疗保障局",
        ("0602",),
        "《社会保险法》《医疗保障基金使用监督管理条例》",
    ),
    (
        "RS",
        "人力资源和社会保障局",
        "Human Resources and Social Security Bureau",
        "人力资源和社会保障厅",
        ("07",),
        "《劳动法》《保障农民工工资支付条例》",
    ),
    (
        "SJ",
        "市场监督管理局",
        "Market Regulation Bureau",
        "市场监督管理局",
        ("08", "0208"),
        "《消费者权益保护法》《特种设备安全法》",
    ),
    ("GA", "公安局", "Public Security Bureau", "公安厅", ("09", "0304"), "《道路交通安全法》《户口登记条例》"),
    ("NY", "农业农村局", "Agriculture and Rural Affairs Bureau", "农业农村厅", ("10",), "《农村土地承包法》"),
    ("MZ", "民政局", "Civil Affairs Bureau", "民政厅", ("11",), "《社会救助暂行办法》"),
    ("SW", "水务局", "Water Bureau", "水利厅", ("1201", "1004", "0402"), "《城市供水条例》"),
    ("SP", "行政审批服务局", "Administrative Services Bureau", "政务服务局", ("13",), "《优化营商环境条例》"),
    ("YJ", "应急管理局", "Emergency Management Bureau", "应急管理厅", ("14",), "《安全生产法》《消防法》"),
)
ASSIST = {"0103": "SJ", "0404": "HB", "0305": "GA", "0701": "ZJ", "1401": "GA", "0201": "SP"}
"""Matter → a bureau that assists the lead one."""
OF_TOWNSHIPS = (
    ("0102", "《城市市容和环境卫生管理条例》"),
    ("1003", "《土地管理法》第六十二条"),
    ("1005", "《村民委员会组织法》"),
)
"""What a township's own government answers for, and on which basis; all else is the county's."""
CITY_BUREAUS_SKIPPED_IN_COUNTIES = ("YB",)


def _phone(place: str, number: int) -> str:
    return f"029-0000{int(place) % 100:02d}{number:02d}"


@lru_cache(maxsize=1)
def units() -> tuple[UnitRow, ...]:
    """A government, a coordinating unit and the bureaus of every place down to the county; a township
    has its government alone."""
    rows: list[UnitRow] = []
    above = {place.code: place.parent for place in places()}
    for place in places():
        parent = above[place.code]
        code, name = place.code, place.name
        if place.level == "township":
            office, office_en = (
                ("办事处", f"{place.name_en} Office")
                if name.endswith("街道")
                else ("人民政府", f"People's Government of {place.name_en}")
            )
            rows.append(
                UnitRow(
                    f"{code}-GOV",
                    code,
                    name + office,
                    office_en,
                    f"{parent}-GOV",
                    phone=_phone(code, 1),
                    address=f"{name}便民服务中心（演示地址）",
                )
            )
            continue
        government = f"{code}-GOV"
        address = f"{name}政务服务中心（演示地址）"
        rows.append(
            UnitRow(
                government,
                code,
                f"{name}人民政府",
                f"People's Government of {place.name_en}",
                f"{parent}-GOV" if parent else None,
                phone=_phone(code, 1),
                address=address,
            )
        )
        rows.append(
            UnitRow(
                f"{code}-XF",
                code,
                f"{name}信访局",
                f"Letters and Calls Bureau of {place.name_en}",
                government,
                coordinating=True,
                phone=_phone(code, 2),
                address=address,
            )
        )
        rows.append(
            UnitRow(
                f"{code}-JW",
                code,
                f"{name}纪委监委信访室",
                f"Discipline Inspection Office of {place.name_en}",
                None,
                oversight=True,
                phone=_phone(code, 3),
                address=address,
            )
        )
        for number, (short, bureau, bureau_en, provincial, _matters, _basis) in enumerate(BUREAUS, start=4):
            if place.level == "county" and short in CITY_BUREAUS_SKIPPED_IN_COUNTIES:
                continue
            label = provincial if place.level == "province" else bureau
            rows.append(
                UnitRow(
                    f"{code}-{short}",
                    code,
                    name + label,
                    f"{bureau_en} of {place.name_en}",
                    government,
                    phone=_phone(code, number),
                    address=address,
                )
            )
    return tuple(rows)


@lru_cache(maxsize=1)
def duties() -> tuple[DutyRow, ...]:
    """Duties of every place: bureaus by their matters; conduct of units to the government; the rest to nobody (the
    coordinating unit dispatches it)."""
    known = {unit.code for unit in units()}
    rows: list[DutyRow] = []
    for place in places():
        if place.level == "township":
            rows += [
                DutyRow(
                    f"{place.code}-GOV", matter, place.code, "lead", SINCE, None, f"{place.name}属地管理清单；{basis}"
                )
                for matter, basis in OF_TOWNSHIPS
            ]
            continue
        for short, bureau, _en, _provincial, owned, basis in BUREAUS:
            unit = f"{place.code}-{short}"
            if unit not in known:
                continue
            for code in owned:
                rows.append(
                    DutyRow(unit, code, place.code, "lead", SINCE, None, f"{place.name}{bureau}三定方案；{basis}")
                )
        for matter_code, short in ASSIST.items():
            lead = next(b for b in BUREAUS if matter_code in b[4] or matter_code[:2] in b[4])
            lead_unit, unit = f"{place.code}-{lead[0]}", f"{place.code}-{short}"
            if short != lead[0] and {lead_unit, unit} <= known:
                rows.append(
                    DutyRow(lead_unit, matter_code, place.code, "lead", SINCE, None, f"{place.name}责任清单；{lead[5]}")
                )
                rows.append(
                    DutyRow(unit, matter_code, place.code, "assist", SINCE, None, f"{place.name}责任清单：配合")
                )
        rows.append(DutyRow(f"{place.code}-GOV", "15", place.code, "lead", SINCE, None, "《信访工作条例》第30条"))
    unique: dict[tuple[str, str, str], DutyRow] = {}
    for row in rows:
        unique.setdefault((row.unit, row.matter, row.place), row)
    return tuple(unique.values())


@lru_cache(maxsize=1)
def limits() -> tuple[LimitRow, ...]:
    """Time limits: the regulation's for all matters, and the service commitments of the demo."""
    return tuple(
        LimitRow(
            row["matter"] or None,
            row["place"] or None,
            row["step"],
            int(row["days"]),
            row["unit"],
            row["basis"],
            row["trust"],
        )
        for row in _table("limits.csv")
    )
