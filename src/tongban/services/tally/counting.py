"""Counts acts of applications into the tally as they settle, in the transaction that marks them as settled.

So an act is counted once however often a worker dies, a month is complete as soon as its last act has settled, and an
import with old dates is in the months to which it belongs. An application never changes its item or its place (a test
holds the table to it), and erasing one leaves the public parts of its acts: what was counted stays right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

from tongban.cases.models import Act
from tongban.cases.procedure import procedure_of

from .. import figures
from . import catching_up

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


def add_up(acts: Iterable[Act], found: dict[Key, figures.Row] | None = None) -> dict[Key, figures.Row]:
    """What acts with their cases come to, joined to what was `found` before. Acts of other kinds add nothing."""
    found = {} if found is None else found
    for act in acts:
        case = act.case
        if case.kind != figures.KIND:
            continue
        table = procedure_of(case)
        edge = table.edge(act.act, act.state_before) or table.named(act.act)
        counts = figures.counted(edge, act.public) if edge is not None else None
        if not counts:
            continue
        unit = act.for_unit or act.unit_id or case.unit_id  # as the scorecards say whose act it is
        key = (timezone.localdate(act.at).replace(day=1), unit, case.place_id, case.matter_id)
        row = found.get(key)
        if row is None:
            row = found[key] = figures.Row(case.matter_id, unit, case.place_id)
        row.counts.update(counts)
        if counts["refused"]:
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


def count(acts: Sequence[Act]) -> None:
    """Take a batch of acts in as they settle (`Settled` in `gate/parts.py`)."""
    mine = [act for act in acts if act.case.kind == figures.KIND]
    if mine:
        store(add_up(catching_up.not_left_to_it(mine)))
