"""Reports as the scanner writes them, officers of several units, and the way of a report into the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tongban.detect.report import FieldFound, Left, Report
from tongban.protection.models import Field
from tongban.protection.taking import Taken, take_in

UNIT = "610113-CG"
DATABASE = "postgresql://db.example/permits"
PLAIN = FieldFound(
    source=DATABASE, part="applicants", column="id", rows=1200, filled=1200, type="", share=0.0, persons=0, sure=0.95,
    why="没有发现", level="general-1",
    personal=False, sensitive="",
)  # fmt: skip
IDENTITY = replace(
    PLAIN, column="id_no", type="resident_id", share=0.99, persons=1180, sure=0.99,
    why="GB 11643：行政区划、出生日期和校验码", level="general-4", personal=True,
    because=("公民身份号码 → general-4",), found={"resident_id": 1188}, samples=("61＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊",),
    where=("row 1", "row 2"), comment="身份证号",
)  # fmt: skip
MOBILE = replace(
    PLAIN, column="mobile", type="mobile", share=0.97, persons=1150, sure=0.97, why="手机号码号段", level="general-3",
    personal=True, found={"mobile": 1164},
    samples=("13＊＊＊＊＊＊＊＊＊",), comment="联系电话",
)  # fmt: skip
ILLNESS = replace(
    PLAIN, column="note", type="medical", share=0.4, persons=300, sure=0.6, why="文字中含有", level="general-4",
    personal=True, sensitive="医疗健康",
    because=("GB/T 45574-2025：医疗健康",), found={"medical": 480}, samples=("＊＊＊",),
)  # fmt: skip
CENSUS = replace(
    PLAIN, part="residents", column="id_no", type="resident_id", persons=12_000_000, rows=12_000_000, filled=12_000_000,
    sure=0.99, level="important", personal=True,
    because=("《网络数据安全管理条例》第二十八条：一千万人以上，按重要数据处理者履行义务 [V]",),
    found={"resident_id": 12_000_000},
)  # fmt: skip
FIELDS = (PLAIN, IDENTITY, MOBILE, ILLNESS, CENSUS)


def report(*fields: FieldFound, day: int = 1, **more: Any) -> Report:
    """A report of a scan on a day of March 2026."""
    values: dict[str, Any] = {
        "started": f"2026-03-{day:02d}T01:00:00+00:00",
        "finished": f"2026-03-{day:02d}T01:05:00+00:00",
        "profile": "45574",
        "rows": 1200,
        "read": 90_000,
        "sources": sorted({found.source for found in fields}),
        "fields": list(fields),
    }
    return Report(**{**values, **more})


@pytest.fixture
def officer(actor: Callable[..., Any]) -> Any:
    """The data officer of the unit."""
    return actor(UNIT, "data_officer", "officer")


@pytest.fixture
def taken(officer: Any) -> Callable[..., Taken]:
    """Take a report in, as the unit's officer."""

    def make(
        *fields: FieldFound, day: int = 1, source: str = "许可系统", unit: str = UNIT, who: Any = None, **more: Any
    ) -> Taken:
        return take_in(report(*fields, day=day, **more), unit, who or officer, source)

    return make


@pytest.fixture
def catalogue(taken: Callable[..., Taken]) -> dict[str, Field]:
    """A catalogue with the five fields, by table and column."""
    taken(*FIELDS, skipped=[Left(DATABASE, "archive", "no-right", "没有读取这个表的权限")])
    return {f"{row.part}.{row.column}": row for row in Field.objects.select_related("source")}


@pytest.fixture
def desk(official: Callable[..., Any], signed_in: Callable[..., Client], officer: Any) -> Callable[[str], Client]:
    """A signed-in client: officer, above, other, clerk, administrator, or a stranger."""
    posts = {
        "officer": (UNIT, "data_officer", "officer"),
        "above": ("610113-GOV", "data_officer", "above"),
        "other": ("610113-ZJ", "data_officer", "other"),
        "below": ("610113-CG1", "data_officer", "below"),
        "clerk": (UNIT, "clerk", "clerk"),
        "head": (UNIT, "head", "head"),
        "administrator": (UNIT, "administrator", "admin"),
    }

    def make(who: str) -> Client:
        return Client() if who == "stranger" else signed_in(official(*posts[who]))

    return make
