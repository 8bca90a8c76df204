"""The rungs of a deadline: on time, due soon, due, overdue, long overdue. The thresholds are a data file."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from .calendar import Calendar
from .deadlines import days_left

Rung = Literal["on_time", "due_soon", "due", "overdue", "long_overdue"]


@lru_cache(maxsize=1)
def thresholds() -> dict[str, int]:
    """Days before and after a deadline at which the rungs begin, from data/escalation.toml."""
    text = files(__package__).joinpath("data/escalation.toml").read_text(encoding="utf-8")
    return {name: int(row["days"]) for name, row in tomllib.loads(text).items()}


def rung(now: datetime, due: datetime, calendar: Calendar) -> Rung:
    """Where `now` stands on the ladder of `due`; counted in calendar days, so that no calendar year can be missing."""
    left = days_left(now, due, "calendar", calendar)
    if now > due:
        return "long_overdue" if -left >= thresholds()["long_overdue"] else "overdue"
    if left == 0:
        return "due"
    return "due_soon" if left <= thresholds()["due_soon"] else "on_time"
