"""`tongban ledger audit` for sealed reports: counts the entries of a log by month, and compares them with what the site
says. Needs no settings and no database: anybody runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tongban.merkle import LogError, Verifier
from tongban.workdays import shanghai_day

from ..feeds.auditing import read
from ..feeds.recounting import LATE

KIND = "sealed"
ACTS = ("taken", "fetched")


class Sealed:
    """The recount: how many were taken and fetched in each month."""

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        self.counts: dict[str, dict[str, int]] = {act: dict((kept or {}).get(act, {})) for act in ACTS}

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take one entry in. An entry of another shape adds nothing."""
        act, at = entry.get("act"), entry.get("at")
        if entry.get("kind") == KIND and act in self.counts and isinstance(at, str) and "link" not in entry:
            self.counts[act][at] = self.counts[act].get(at, 0) + 1

    def kept(self) -> dict[str, Any]:
        """As values for JSON."""
        return dict(self.counts)

    def differences(self, site: str, keys: Sequence[Verifier], now: datetime) -> Iterator[str]:
        """Where the site's numbers and the log's differ. What the site has more of in a month that still runs, or has
        just ended, may be on its way to the log; what it has less of was dropped. Raises LogError."""
        where = f"{site.rstrip('/')}/report-harm-to-children/counts"
        try:
            raw = read(where)
        except LogError:
            if any(self.counts.values()):
                raise
            return
        if raw is None:
            if any(self.counts.values()):
                yield f"the log has {self._all('taken')} sealed reports, but {where} is not there"
            return
        said = _read(raw)
        if said is None:
            yield f"{where}: no numbers of sealed reports"
            return
        for act in ACTS:
            for month in sorted(said[act].keys() | self.counts[act].keys()):
                here, there = said[act].get(month, 0), self.counts[act].get(month, 0)
                if here < there or (here > there and not _running(month, now)):
                    yield f"sealed reports {act} in {month}: the site says {here}, the log has {there}"
        if self._all("fetched") > self._all("taken"):
            yield f"sealed reports: {self._all('fetched')} fetched and only {self._all('taken')} taken"

    def _all(self, act: str) -> int:
        return sum(self.counts[act].values())

    def summary(self) -> str:
        """What was compared, for the last line."""
        taken, fetched = self._all("taken"), self._all("fetched")
        return f"{taken} sealed reports on the log, {fetched} of them fetched; the site says the same" if taken else ""


def _read(raw: bytes) -> dict[str, dict[str, int]] | None:
    try:
        said = json.loads(raw)
        found = {act: {str(month): int(number) for month, number in said[act].items()} for act in ACTS}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return found


def _running(month: str, now: datetime) -> bool:
    """Whether something of this month may not have reached the log yet."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return False
    return first >= shanghai_day(now - LATE - timedelta(minutes=10)).replace(day=1)
