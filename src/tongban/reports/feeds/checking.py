"""What `tongban doctor` says of the feeds: can they be published, and have the primaries every decision?"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from tongban.gate.parts import Level

from .. import lists
from . import looking, pushing, rows
from .primary import BadPlace, PrimaryError


def check() -> Iterator[tuple[Level, str, str]]:
    """(level, what, advice), for each thing looked at."""
    broken = looking.broken(rows.in_force(timezone.localdate()), lists.current())
    for number, why in broken[:20]:
        yield (
            "danger",
            f"nothing new is published: decision {number} lists what the guards forbid ({why})",
            "lift it, or take the name off the list that was imported",
        )
    if not settings.FEED_DNS.strip():
        return
    try:
        places = pushing.primaries()
    except BadPlace as problem:
        yield "danger", str(problem), "the policy zone is not pushed until it is right"
        return
    target = pushing.state_of(rows.newest(), timezone.localdate(), lists.current())
    for primary in places:
        try:
            state = (primary.recent or primary).state()
        except PrimaryError as problem:
            yield "danger", str(problem), "decisions and liftings do not reach resolvers; the worker goes on trying"
            continue
        finally:
            primary.close()
        if state == target:
            yield "ok", f"{primary} holds every decision", ""
        else:
            yield "warning", f"{primary} is behind the register", "is the worker running? tongban feed push --dns"
