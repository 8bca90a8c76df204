"""What the demo shows of services: a small catalogue of one district, and applications in several states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from django.utils import timezone

from tongban.cases.actor import NEWCOMER, Actor, resident
from tongban.cases.models import Case
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.gate.parts import Province
from tongban.tables import read_table

from . import models, reading
from .exchange.tables import TABLES
from .exchange.taking import import_rows

PLACE = "610113"
SHOWN = (
    ("card", "7001", "李秀兰", {"born": "1958-03-02", "resident_here": True}, 3),
    ("young", "7001", "王强", {"born": "1980-07-15", "resident_here": True}, 0),
    ("relief", "7002", "赵建国", {"hardship": "illness", "resident_here": True}, 1),
    ("food", "7003", "小寨面馆", {"has_premises": True, "clean": True}, 2),
    ("hall", "7036", "星海歌厅", {"hall_site": "allowed", "hall_official": False}, 4),
)
UNITS = {"7001": "610113-MZ", "7002": "610113-MZ", "7003": "610113-SJ", "7036": "610113-WL"}

NEIGHBOURS = (
    (
        "郑桂兰", "小寨东路 3 号 2 单元 502（虚构）", "餐馆的排烟口拟装在您家窗户下面，相距八米。",
        "我同意开店，但是油烟会进家里。请要求装净化设备，排烟口改到另一面。",
    ),
    (
        "吴秀英", "小寨西路 18 号 3 单元 201（虚构）", "歌厅拟开在您住的楼对面，营业到凌晨，可能影响您休息。",
        "我家窗户正对歌厅的门，请要求做隔音，晚上十二点以前关门。",
    ),
)  # fmt: skip
"""Interested parties: name, address, what it has to do with them, what they said."""


def load(province: Province) -> Iterator[str]:
    """Yields the name of each application that was made or found."""
    seed()
    for name, matter, person, facts, far in SHOWN:
        if not Case.objects.filter(source=f"demo:application:{name}").exists():
            _one(province, name, matter, person, facts, far)
        yield name


def _one(province: Province, name: str, matter: str, person: str, facts: dict[str, Any], far: int) -> None:
    at = province.now - timedelta(days=2)
    item = reading.current().items[matter]
    extra: dict[str, Any] = {"facts": facts, "id_number": "", "item": item.since.isoformat()}
    if item.valid_months:
        extra["valid_months"] = item.valid_months
    sent = Submission(
        "application",
        matter,
        PLACE,
        item.matter.name,
        "",
        visibility="confidential",
        name=person,
        source=f"demo:application:{name}",
        extra=extra,
    )
    case, _receipt = submit(sent, NEWCOMER, f"demo application {name}", at)
    handler = province.official(UNITS[matter], "handler")
    if far >= 1:
        perform(case.pk, Step("accept", handler, at=at + timedelta(hours=3)))
    if far == 2:
        asked = {"units": ["610113-CG", "610113-WJ"], "text": "门头和油烟排放是否符合要求？"}
        perform(case.pk, Step("ask_opinions", handler, asked, at=at + timedelta(hours=4)))
        _neighbour(case, handler, at, NEIGHBOURS[0])
    if far == 4:
        _heard(province, case, handler, at)
    if far == 3:
        perform(case.pk, Step("grant", handler, {"text": "准予办理。"}, at=at + timedelta(hours=5)))


def _neighbour(case: Case, handler: Actor, at: datetime, neighbour: tuple[str, str, str, str]) -> None:
    """An interested party is named, has got the sheet, and speaks."""
    name, address, concerns, words = neighbour
    named = {"party": name, "address": address, "text": concerns}
    perform(case.pk, Step("name_party", handler, named, at=at + timedelta(hours=5)))
    party = Case.objects.get(part_of=case, kind="interested")
    perform(party.pk, Step("speak", resident(party.pk), {"text": words}, at=at + timedelta(hours=20)))


def _heard(province: Province, case: Case, handler: Actor, at: datetime) -> None:
    """A neighbour was told and has spoken, and the hearing is announced to everybody (行政许可法 Arts 36, 46–48)."""
    day = timezone.localtime(province.now).replace(hour=9, minute=30, second=0, microsecond=0) + timedelta(days=15)
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
    aside = {"ground": "hearing", "expected": day.date().isoformat(), "text": "审批娱乐场所应当举行听证。"}
    fixed = {
        "at": day.isoformat(),
        "minutes": 90,
        "way": "hall",
        "where": "雁塔区政务服务中心三楼听证室（演示地址）",
        "comes": "主持人 孙立",
    }
    notice = {
        "why": "law",
        "text": "小寨西路拟新设一家歌厅，听取附近居民、学校和单位的意见：营业时间、隔音和停车。",
        "open": "open",
        "take_part": "带身份证件，到雁塔区政务服务中心 A 区 11 号窗口报名，或者打窗口的电话。名额二十人，超过的抽签。",
        "register_by": (day - timedelta(days=3)).date().isoformat(),
    }
    perform(case.pk, Step("set_aside", handler, aside, at=at + timedelta(hours=4)))
    _neighbour(case, handler, at, NEIGHBOURS[1])
    perform(case.pk, Step("appoint", handler, fixed, at=at + timedelta(hours=21)))
    perform(case.pk, Step("announce", handler, notice, at=at + timedelta(hours=22)))


def seed() -> None:
    """The catalogue of the demo, where there is none: some forty items of a district, taken in as any city's is. Raises
    ValueError for a row that cannot be taken."""
    if models.Item.objects.exists():
        return
    folder = files(__package__).joinpath("data/catalogue")
    for name in TABLES:
        report = import_rows(name, read_table(folder.joinpath(f"{name}.csv").read_bytes()))
        if report.rejected:
            raise ValueError(f"{name}: line {report.rejected[0].line}: {report.rejected[0].reason}")
