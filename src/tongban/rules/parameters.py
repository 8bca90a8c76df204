"""Numbers that law or a place sets, from one day to another: the most local that holds on a day counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .errors import MissingParameter
from .operators import Number


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One value: its code, the place where it holds (None: everywhere), from and to (both included), and its source."""

    code: str
    place: str | None
    since: date
    until: date | None
    value: Number
    source: str = ""


class Parameters:
    """Rows of values. Where two rows hold, the later `since` counts."""

    def __init__(self, rows: Iterable[ParameterRow]) -> None:
        self._rows: dict[tuple[str, str | None], list[ParameterRow]] = {}
        for row in rows:
            self._rows.setdefault((row.code, row.place), []).append(row)

    def row(self, code: str, places: Sequence[str], day: date) -> ParameterRow:
        """The row that holds on a day; `places` from the most local to the province. Raises MissingParameter."""
        for place in (*places, None):
            holding = [
                r for r in self._rows.get((code, place), ()) if r.since <= day and (r.until is None or day <= r.until)
            ]
            if holding:
                return max(holding, key=lambda row: row.since)
        where = places[0] if places else "everywhere"
        raise MissingParameter(f"{code} has no value on {day} ({where}); load the row that sets it")
