"""Adds acts of applications up, and adds what they come to to the tally.

Done as acts settle, in the transaction that marks them (`catching_up.count`). So an act is counted once however often
a worker dies, a month is complete as soon as its last act has settled, and an import with old dates is in the months to
which it belongs. An application never changes its item or its place (a test holds the table to it), and erasing one
leaves the public parts of its acts: what was counted stays right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from tongban.cases.models import Act
from tongban.cases.procedure import editions

from .. import figures

Key = tuple[date, str, str, str]
"""Month (its first day), unit, place, item."""
NAMES = tuple(name for name, _label in figures.COUNTS)
LONGEST_WHY = 32
_SUMS = ", ".join(f"{name} = services_tallied.{name} + excluded.{name}" for name in NAMES)
_TALLIED = (
    f"INSERT INTO services_tallied (month, unit, place, item, {', '.join(NAMES)}) "  # noqa: S608 (names of columns)
    f"VALUES ({', '.join(['%s'] * (4 + len(NAMES)))}) ON CONFLICT (month, unit, place, item) DO UPDATE SET {_SUMS}"
)
_REASON = (
    "INSERT INTO services_talliedreason (month, unit, place, item, why, number) VALUES (%s, %s, %s, %s, %s, %s) "
    "ON CONFLICT (month, unit, place, item, why) DO UPDATE SET number = services_talliedreason.number + excluded.number"
)


class Told(NamedTuple):
    """What counting reads of an act of an application and of its case; nothing that is sealed."""

    act: str
    state_before: str
    public: Mapping[str, Any]
    at: datetime
    for_unit: str | None
    unit: str | None
    unit_of_case: str
    place: str
    item: str
    edition: int


def told(act: Act) -> Told:
    """Of an act that has its case loaded."""
    case = act.case
    return Told(
        act.act, act.state_before, act.public, act.at, act.for_unit, act.unit_id, case.unit_id, case.place_id,
        case.matter_id, case.edition,
    )  # fmt: skip


def add_up(acts: Iterable[Told], found: dict[Key, figures.Row] | None = None) -> dict[Key, figures.Row]:
    """What acts of applications come to, joined to what was `found` before."""
    found = {} if found is None else found
    tables = {one.edition: one for one in editions(figures.KIND)}
    for act in acts:
        table = tables[act.edition]
        edge = table.edge(act.act, act.state_before) or table.named(act.act)
        counts = figures.counted(edge, act.public) if edge is not None else None
        if not counts:
            continue
        unit = act.for_unit or act.unit or act.unit_of_case  # as the scorecards say whose act it is
        key = (timezone.localdate(act.at).replace(day=1), unit, act.place, act.item)
        row = found.get(key)
        if row is None:
            row = found[key] = figures.Row(act.item, unit, act.place)
        for name, number in counts.items():
            row.counts[name] += number
        if "refused" in counts:
            row.why[str(act.public.get("why") or "")[:LONGEST_WHY]] += 1
    return found


def store(found: dict[Key, figures.Row]) -> None:
    """Add rows to the tally, in the caller's transaction; always in the same order, so that workers never wait for each
    other in a ring."""
    if not found:
        return
    rows = sorted(found.items())
    reasons = [(*key, why, number) for key, row in rows for why, number in sorted(row.why.items())]
    with connection.cursor() as cursor:
        cursor.executemany(_TALLIED, [(*key, *(row.counts[name] for name in NAMES)) for key, row in rows])
        if reasons:
            cursor.executemany(_REASON, reasons)
