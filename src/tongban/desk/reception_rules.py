"""The house's times of reception, from `data/reception.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rules:
    """Until how long before its start a time can be booked, how long it is kept for the next who waits, and how long
    before it reminders go out, the earliest first."""

    lead: timedelta
    keep: timedelta
    remind: tuple[timedelta, ...]

    def reminders_gone(self, starts_at: datetime, now: datetime) -> int:
        """How many reminders are over for a time that is booked now."""
        return sum(starts_at - now <= before for before in self.remind)


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules as the file has them."""
    rows = tomllib.loads(files(__package__).joinpath("data/reception.toml").read_text(encoding="utf-8"))
    hours = {name: [timedelta(hours=number) for number in row["hours"]] for name, row in rows.items()}
    return Rules(hours["lead"][0], hours["keep"][0], tuple(sorted(hours["remind"], reverse=True)))


LEAD = rules().lead
