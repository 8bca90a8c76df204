"""TEMPORARY SHIM by the lead until the helper's room arrives: overwrite freely."""
from __future__ import annotations
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone as tz, time
from typing import Literal
from zoneinfo import ZoneInfo
import chinese_calendar
SH = ZoneInfo("Asia/Shanghai")
class YearNotLoaded(LookupError):
    def __init__(self, year): super().__init__(f"国务院办公厅关于{year}年部分节假日安排的通知"); self.year = year
@dataclass(frozen=True)
class Limit:
    days: int
    unit: str
    basis: str
    trust: str
class Calendar:
    def __init__(self, overrides=None, loaded_years=None): self.o = dict(overrides or {}); self.y=set(loaded_years or ()); self.c={}
    def years_loaded(self): return tuple(sorted({*range(2004,2027), *self.y}))
    def is_working_day(self, d):
        if d in self.o: return self.o[d]
        if d.year in self.y: return d.weekday()<5
        if not 2004<=d.year<=2026: raise YearNotLoaded(d.year)
        if d not in self.c: self.c[d]=chinese_calendar.is_workday(d)
        return self.c[d]
    def add_working_days(self, d, n):
        while n>0:
            d+=timedelta(1)
            if self.is_working_day(d): n-=1
        return d
    def working_days_between(self,a,b):
        n=0
        while a<b: n+=self.is_working_day(a); a+=timedelta(1)
        return n
def deadline(limit, start, calendar, extra_days=0):
    d=start.astimezone(SH).date()
    if limit.unit=="working": d=calendar.add_working_days(d, limit.days+extra_days)
    else:
        d+=timedelta(limit.days+extra_days)
    return datetime.combine(d,time(23,59,59),SH).astimezone(tz.utc)
def pause_shift(due, a, b, unit, calendar): return due+timedelta(days=max((b.astimezone(SH).date()-a.astimezone(SH).date()).days,1))
def days_left(now, due, unit, calendar): return (due.astimezone(SH).date()-now.astimezone(SH).date()).days
def rung(now, due, calendar):
    n=days_left(now,due,"calendar",calendar)
    return "on_time" if n>3 else "due_soon" if n>0 else "due" if n==0 and now<=due else "overdue" if n>-15 else "long_overdue"
