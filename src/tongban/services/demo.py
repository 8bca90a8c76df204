"""What the demo shows of services: a small catalogue of one district, and applications in several states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from typing import Any

from tongban.cases.actor import NEWCOMER
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
)
UNITS = {"7001": "610113-MZ", "7002": "610113-MZ", "7003": "610113-SJ"}


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
    if far == 3:
        perform(case.pk, Step("grant", handler, {"text": "准予办理。"}, at=at + timedelta(hours=5)))


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
