"""The public register of decisions: every one, with its law, scope, end and what became of it. Written in the
transaction of the act, so that a lifted name is out of it, and of the feeds, at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context
from tongban.ledger import queue
from tongban.webaddr import BadAddress, parse
from tongban.workdays import shanghai_day

from . import effects
from .feeds import entries
from .feeds.rows import branch
from .feeds.rows import holding as holding_on
from .guarding import above
from .models import Listed

LOCK = 0x746F6E67_72656773
"""PostgreSQL's advisory lock of whoever changes the register ("tongregs")."""
ENDS = {"lift": "lifted", "overturn": "overturned", "expire": "expired"}


def write(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Bring the register to what the acts say, and queue each change for the ledger."""
    for case, act, _context in rows:
        if case.state == "proposed":
            continue
        _one_by_one()
        last = Listed.objects.order_by("-version").first()
        row = Listed.objects.filter(case=case).first()
        if row is None:
            row = _new(case, act)
        said = effects.decision(case)
        row.state = ENDS.get(act.act, case.state)
        row.ended = act.at if act.act in ENDS else None
        row.until = date.fromisoformat(said["until"])
        row.statement, row.basis, row.changed = said["statement"], said["basis"], act.at
        row.version = last.version + 1 if last is not None else 1
        row.save()
        queue.enqueue([entries.decision(row)])


def _one_by_one() -> None:
    """Changes of the register come one after the other until each is committed: so each has a version of its own, and
    whoever has seen a version has seen all before it. To lock the newest row would not do: two that wait for it both
    go on from the same number."""
    if connection.vendor == "postgresql":  # SQLite's transactions that write are one at a time (BEGIN IMMEDIATE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _new(case: Case, act: Act) -> Listed:
    from .looking import hash_of

    wanted = effects.target_of(case)
    day = shanghai_day(act.at)
    host = wanted.name if wanted.scope == "domain" else wanted.address.host
    return Listed(
        case=case,
        number=f"{day.year}-{_next(day.year):06d}",
        name=wanted.name,
        host=host,
        branch=branch(host),
        full_hash=hash_of(wanted),
        scope=wanted.scope,
        harm=case.matter_id,
        unit_id=case.unit_id,
        since=act.at,
    )


def _next(year: int) -> int:
    """The next number of the year; the register is locked."""
    last = (
        Listed.objects.filter(number__startswith=f"{year}-")
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return int(last.split("-")[1]) + 1 if last else 1


def by_number(number: str) -> Listed | None:
    """The decision with this public number."""
    return Listed.objects.filter(number=number.strip()).first()


def holding(text: str) -> list[Listed]:
    """The decisions in force that an address falls under, the widest first; empty where it is no address or under none.
    Nothing about the question is kept."""
    try:
        address = parse(text)
    except BadAddress:
        return []
    labels = address.host.split(".")
    hosts = [".".join(labels[start:]) for start in range(len(labels))]
    rows = Listed.objects.filter(state__in=("in_force", "suspended"), host__in=hosts)
    wanted = f"{address.host}{address.path}{address.query}"
    return sorted(
        (row for row in rows if (row.name == wanted if row.scope == "url" else above(address.host, {row.host}))),
        key=lambda row: (("domain", "host", "url").index(row.scope), row.number),
    )


FIRST_DAY = date(2020, 1, 1)


def serial(day: date | None = None) -> int:
    """The serial of the feeds: grows with every change of the register and with every day, because a row is out of the
    feeds on the day after its last one."""
    last = Listed.objects.order_by("-version").values_list("version", flat=True).first() or 0
    return last + ((day or timezone.localdate()) - FIRST_DAY).days


def in_force(day: date | None = None) -> list[Listed]:
    """The rows that a feed carries: in force today. The day after its last one a row is out even before the worker has
    said so."""
    return list(holding_on(day or timezone.localdate()).order_by("host", "number"))
