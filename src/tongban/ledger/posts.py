"""What the ledger says of posts: that a unit's powers changed, on which day, in which role. No names.

So that anyone can see when a unit was given, or lost, somebody who opens its cases, and compare it with when things
happened. The commitment covers who it was, who did it, who agreed and why: the record (`record/`) can be held to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from tongban.record.models import Change, What

from .entry import commitment
from .queue import enqueue

ACTS = {What.POST_GRANTED: "granted", What.POST_ENDED: "ended"}


def committed(change: Change, private: Mapping[str, Any]) -> dict[str, Any]:
    """What the entry's commitment covers, from a row of the record and its opened private part."""
    return {
        "what": str(change.what),
        "way": change.way,
        "by": change.by,
        "second": change.second,
        "official": change.about,
        "unit": change.unit,
        "role": change.role,
        "reason": str(private.get("reason", "")),
    }


def announce(change: Change, private: Mapping[str, Any]) -> bytes | None:
    """Queue the public part of a post that began or ended; the entry's key. None for everything else."""
    act = ACTS.get(What(change.what))
    if act is None or change.salt is None:
        return None
    entry: dict[str, Any] = {
        "kind": "post",
        "act": act,
        "at": timezone.localdate(change.at).isoformat(),
        "unit": change.unit,
        "role": change.role,
        "commit": commitment(bytes(change.salt), committed(change, private)),
    }
    days = {"since": change.since, "until": change.until}
    entry |= {name: day.isoformat() for name, day in days.items() if day is not None}
    return enqueue([entry])[0]
