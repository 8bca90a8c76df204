"""Legal working days of mainland China, and the arithmetic of deadlines on them.

Floor 0: pure Python, useful alone. Not for storing calendars or limits: the registry does that.

>>> from datetime import date
>>> calendar = Calendar()
>>> calendar.is_working_day(date(2026, 10, 10))   # a Saturday that is worked
True
>>> calendar.add_working_days(date(2026, 9, 30), 1)   # over the National Day holiday
datetime.date(2026, 10, 8)
"""

from .calendar import Calendar, YearNotLoaded
from .deadlines import Limit, days_left, deadline, end_of_day, load_limits, pause_shift, shanghai_day
from .ladder import Rung, rung

__all__ = [
    "Calendar", "Limit", "Rung", "YearNotLoaded", "days_left", "deadline", "end_of_day", "load_limits", "pause_shift",
    "rung",
    "shanghai_day",
]  # fmt: skip
