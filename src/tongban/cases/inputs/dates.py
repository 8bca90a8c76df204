"""A day of the calendar, or a time of a day, as people in Shaanxi count them (Asia/Shanghai)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongban.workdays import shanghai_day

from .one import Asking, Input


@dataclass(frozen=True)
class Day(Input):
    """A day, stored as ISO 8601. `earliest` and `latest` are days from today, both ends included; None sets no end."""

    kind: ClassVar[str] = "date"
    earliest: int | None = None
    latest: int | None = None

    def ends(self, asked: Asking) -> tuple[date | None, date | None]:
        """The first and the last day that can be named."""
        today = shanghai_day(asked.now or timezone.now())
        first = today + timedelta(days=self.earliest) if self.earliest is not None else None
        return first, today + timedelta(days=self.latest) if self.latest is not None else None

    def check(self, value: Any, asked: Asking) -> str:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
        except ValueError:
            raise self.wrong(_("“%(label)s”应当是日期，例如 2026-11-30。") % {"label": self.label}) from None
        first, last = self.ends(asked)
        if first is not None and day < first:
            raise self.wrong(_("“%(label)s”不能早于 %(day)s。") % {"label": self.label, "day": first.isoformat()})
        if last is not None and day > last:
            raise self.wrong(_("“%(label)s”不能晚于 %(day)s。") % {"label": self.label, "day": last.isoformat()})
        return day.isoformat()

    def field(self, asked: Asking) -> forms.Field:
        first, last = self.ends(asked)
        limits = {"type": "date"}
        if first is not None:
            limits["min"] = first.isoformat()
        if last is not None:
            limits["max"] = last.isoformat()
        return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs=limits), **self.words)

    def show(self, value: Any) -> str:
        return date_format(date.fromisoformat(str(value)))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class Moment(Input):
    """A day and a time of it, stored as ISO 8601 with its offset, to the minute."""

    kind: ClassVar[str] = "datetime"
    forms_of_it: ClassVar[tuple[str, ...]] = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")

    def check(self, value: Any, asked: Asking) -> str:
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
        except ValueError:
            words = _("“%(label)s”应当是日期和时间，例如 2026-11-30 09:30。")
            raise self.wrong(words % {"label": self.label}) from None
        if at.tzinfo is None:
            at = timezone.make_aware(at)
        return timezone.localtime(at).isoformat(timespec="minutes")

    def field(self, asked: Asking) -> forms.Field:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=self.forms_of_it[0])
        return forms.DateTimeField(widget=widget, input_formats=self.forms_of_it, **self.words)

    def show(self, value: Any) -> str:
        at = timezone.localtime(datetime.fromisoformat(str(value)))
        return f"{date_format(at.date())} {at:%H:%M}"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}
