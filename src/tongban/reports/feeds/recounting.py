"""Recounts the public register from the ledger alone. Pure: no database, no settings, no network.

Each change of a decision is an entry with a number that only grows (`version`); each publication of a feed leaves its
digest. From these follows what stands where: whoever reads a feed can say of every row which decision is behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LATE = timedelta(minutes=20)
"""What changed so lately need not be on the published log yet: entries are taken in at ticks of a clock."""


def fingerprint(scope: str, name: str) -> str:
    """SHA-256 of scope and name, in hex."""
    return hashlib.sha256(f"{scope} {name}".encode()).hexdigest()


@dataclass
class Recount:
    """What a log says of decisions and feeds, entry by entry."""

    decisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Number → the newest entry of that decision."""
    digests: dict[str, list[Any]] = field(default_factory=dict)
    """SHA-256 of a publication → its form and serial."""

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take one entry in. An entry of another shape adds nothing."""
        if entry.get("kind") == "decision" and "link" not in entry:
            number, version = str(entry.get("number", "")), entry.get("version")
            known = self.decisions.get(number)
            if isinstance(version, int) and (known is None or version > known["version"]):
                self.decisions[number] = {
                    name: entry.get(name) for name in ("act", "version", "harm", "scope", "target", "until", "at")
                }
        elif entry.get("kind") == "feed" and entry.get("act") == "published":
            self.digests[str(entry.get("sha256", ""))] = [entry.get("form"), entry.get("serial")]

    def kept(self) -> dict[str, Any]:
        """As values for JSON, to go on later."""
        return {"decisions": self.decisions, "digests": self.digests}

    @classmethod
    def resumed(cls, kept: Mapping[str, Any] | None) -> Recount:
        """From `kept`."""
        return cls(dict((kept or {}).get("decisions", {})), dict((kept or {}).get("digests", {})))

    def register(self, rows: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[str]:
        """Where the public register (number, name, scope, until, state, version, changed) and the log differ."""
        there = set()
        for row in rows:
            number = str(row.get("number", ""))
            there.add(number)
            said = self.decisions.get(number)
            if said is None or (isinstance(row.get("version"), int) and row["version"] > said["version"]):
                if not _lately(row, now):
                    what = "no such decision" if said is None else "nothing of its newest change"
                    yield f"decision {number} ({_name(row)}): the log has {what}"
            else:
                yield from (f"decision {number} ({_name(row)}): {why}" for why in _unlike(row, said))
        for number in sorted(self.decisions.keys() - there):
            yield f"decision {number}: the log has it, the register has not"

    def feed(self, rows: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[str]:
        """The rows of a feed behind which the log has no decision that holds: which row, and why."""
        for row in rows:
            said = self.decisions.get(str(row.get("number", "")))
            if _lately(row, now):
                continue
            where = f"feed row {row.get('number')} ({_name(row)})"
            if said is None:
                yield f"{where}: no decision on the log is behind it"
            else:
                yield from (f"{where}: {why}" for why in _unlike({**row, "state": "in_force"}, said))


def _lately(row: Mapping[str, Any], now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(str(row.get("changed")).replace("Z", "+00:00")) < LATE
    except (ValueError, TypeError):
        return False


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("name")).replace(".", "[.]", 1)


def _unlike(row: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    if said["target"] != fingerprint(str(row.get("scope")), str(row.get("name"))):
        yield "the decision on the log is about another name"
    if said["act"] != row.get("state"):
        yield f"here {row.get('state')}, on the log {said['act']} since {said['at']}"
    if said["until"] != row.get("until"):
        yield f"here until {row.get('until')}, on the log until {said['until']}"
