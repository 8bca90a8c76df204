"""预约接访 on the desk: a unit's week of reception times, who booked them, and publishing more.

Slots are changed through `reception.py` only. A booking names its case only to officials for whom that case exists; to
others of the unit the time is just taken. One time's own page, the day's sheet and the record: `slot_pages.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.models import Case
from tongban.cases.procedure import procedure_of
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, actor_of, allows
from tongban.gate.numbers import number
from tongban.registry import snapshot
from tongban.registry.names import unit_name
from tongban.registry.snapshot import Snapshot

from . import reception, wherever
from .models import QueuedForSlot, Slot
from .opening import DOING

SHOWN_BEFORE = timedelta(days=14)
"""A time that nobody wrote a record of stays on the page so long. House rule."""
DAYS, MOST = 7, 500


class PlaceForm(forms.Form):
    """What whoever books is told: the way, where, who receives, what to bring."""

    way = forms.ChoiceField(
        label=gettext_lazy("方式"),
        choices=Slot._meta.get_field("way").choices or [],
        widget=forms.RadioSelect,
        initial="video",
    )
    where = forms.CharField(
        label=gettext_lazy("链接、电话或者地点"),
        required=False,
        max_length=wherever.LONGEST,
        help_text=gettext_lazy(
            "视频填会议链接（https:// 开头），电话填请对方拨打的号码，现场填房间和地址。"
            "只给预约的人和本单位看；可以过后再补。"
        ),
    )
    who = forms.CharField(
        label=gettext_lazy("接访人"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("写姓名或者职务都可以，例如：市容科张科长。"),
    )
    bring = forms.CharField(
        label=gettext_lazy("请对方带上"), required=False, max_length=200, help_text=gettext_lazy("例如：身份证、照片。")
    )

    def told(self) -> dict[str, str]:
        """What was filled in, after `is_valid`."""
        return {name: self.cleaned_data[name] for name in ("where", "who", "bring")}


class OfferForm(PlaceForm):
    """Reception times to publish: from a first one to an end, so many minutes each, every week again."""

    unit = forms.ChoiceField(label=gettext_lazy("接访单位"))
    first = forms.DateTimeField(
        label=gettext_lazy("哪天几点开始"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    until = forms.TimeField(
        label=gettext_lazy("几点结束"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
    )
    minutes = forms.IntegerField(label=gettext_lazy("每个时段几分钟"), min_value=5, max_value=120, initial=20)
    weeks = forms.IntegerField(
        label=gettext_lazy("连续几周"),
        min_value=1,
        max_value=reception.MOST_WEEKS,
        initial=1,
        help_text=gettext_lazy("每周同一天同一时间。遇到休息日自动跳过。"),
    )
    myself = forms.BooleanField(label=gettext_lazy("由我接访"), required=False, initial=True)

    field_order = ("unit", "first", "until", "minutes", "weeks", "way", "where", "who", "bring", "myself")

    def __init__(self, units: tuple[str, ...], data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="offer_%s", label_suffix="")
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        unit.choices = [(code, unit_name(code)) for code in units]

    def how_many(self) -> int:
        """How many times fit between beginning and end, after `is_valid`."""
        first, until = timezone.localtime(self.cleaned_data["first"]), self.cleaned_data["until"]
        end = datetime.combine(first.date(), until, first.tzinfo)
        return int((end - first) / timedelta(minutes=self.cleaned_data["minutes"]))


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A time on the page. `case` is set where the booking's case exists for who looks."""

    slot: Slot
    case: Case | None
    past: bool
    may_record: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week's page."""

    day: date
    rows: list[SlotRow]

    @property
    def free(self) -> int:
        """How many of its times can still be booked."""
        return sum(row.slot.booked_case_id is None and not row.past for row in self.rows)


def units_of(actor: Actor, registry: Snapshot) -> tuple[str, ...]:
    """The units for which an official publishes times: clerks, handlers and heads for their own."""
    return tuple(dict.fromkeys(unit for unit, role in actor.posts if role in DOING and unit in registry.units))


def rows_of(slots: Iterable[Slot], actor: Actor, registry: Snapshot) -> list[SlotRow]:
    """These times as the page has them."""
    now, found = timezone.now(), list(slots)
    booked = [slot.booked_case_id for slot in found if slot.booked_case_id]
    seen = {case.pk: case for case in access.cases_for(actor, registry).filter(pk__in=booked)}
    rows = []
    for slot in found:
        case = seen.get(slot.booked_case_id or 0)
        past = slot.starts_at <= now
        records = case is not None and past and slot.held_at is None and _may_record(case, actor, registry)
        rows.append(SlotRow(slot, case, past, records))
    return rows


def of_unit(unit: str, begin: datetime, end: datetime) -> list[Slot]:
    """The times of a unit in a span, soonest first."""
    slots = Slot.objects.filter(unit_id=unit, cancelled_at__isnull=True, starts_at__gte=begin, starts_at__lt=end)
    return list(slots.select_related("official").order_by("starts_at", "pk")[:MOST])


def day_begins(day: date) -> datetime:
    """Midnight before a day, here."""
    return timezone.make_aware(datetime.combine(day, time()))


def asked_day(text: str, otherwise: date) -> date:
    """The day that an address names, or the other one."""
    try:
        return date.fromisoformat(text) if len(text) == 10 and "2000" < text < "2100" else otherwise
    except ValueError:
        return otherwise


def _may_record(case: Case, actor: Actor, registry: Snapshot) -> bool:
    standing = frozenset(access.standing(actor, case, registry))
    return not case.erased_at and any(
        edge.act == reception.RECEIVE for edge in procedure_of(case).open_to(case.state, standing)
    )


def _week(unit: str, begin: date, actor: Actor, registry: Snapshot) -> list[Day]:
    rows = rows_of(of_unit(unit, day_begins(begin), day_begins(begin + timedelta(days=DAYS))), actor, registry)
    by_day = {day: list(of) for day, of in groupby(rows, key=lambda row: timezone.localdate(row.slot.starts_at))}
    return [Day(day, by_day.get(day, [])) for day in (begin + timedelta(days=ahead) for ahead in range(DAYS))]


def _unrecorded(unit: str, actor: Actor, registry: Snapshot) -> list[SlotRow]:
    """Booked times that are over and that this official can write the record of."""
    now = timezone.now()
    past = [slot for slot in of_unit(unit, now - SHOWN_BEFORE, now) if slot.booked_case_id and slot.held_at is None]
    return [row for row in rows_of(past, actor, registry) if row.may_record]


@allows("official", FORM)
def slots(request: HttpRequest) -> HttpResponse:
    """The week of one unit; POST publishes times (`do=offer`), takes a free one back (`withdraw`), frees a booked one
    (`cancel`), or takes a booked one back (`close`), both with a reason."""
    actor, registry = actor_of(request), snapshot.current()
    units = units_of(actor, registry)
    if not units:
        if request.method == "POST":
            raise Refusal("not_allowed", _("您的岗位不能安排接访。"))
        return render(request, "desk/slots.html", {"nothing": True})
    asked = (request.POST if request.method == "POST" else request.GET).get("unit", "")
    unit = asked if asked in units else units[0]
    form = OfferForm(units, initial={"unit": unit})
    status = 200
    if request.method == "POST":
        if request.POST.get("do") != "offer":
            return _change_one(request, actor, registry, units)
        form = OfferForm(units, request.POST)
        status = _offer(request, form, actor, registry)
        if status == 200:
            day = timezone.localdate(form.cleaned_data["first"])
            return HttpResponseRedirect(f"{reverse('desk:slots')}?unit={unit}&from={day.isoformat()}")
    today = timezone.localdate()
    begin = asked_day(request.GET.get("from", ""), today)
    week = _week(unit, begin, actor, registry)
    context = {
        "form": form,
        "unit": unit,
        "units_choice": [(code, unit_name(code)) for code in units],
        "days": week,
        "any": any(day.rows for day in week),
        "unrecorded": _unrecorded(unit, actor, registry),
        "queued": QueuedForSlot.objects.filter(unit_id=unit).count(),
        "begin": begin,
        "today": today,
        "before": begin - timedelta(days=DAYS),
        "after": begin + timedelta(days=DAYS),
    }
    return render(request, "desk/slots.html", context, status=status)


def _offer(request: HttpRequest, form: OfferForm, actor: Actor, registry: Snapshot) -> int:
    """Publish the times of a filled form; the status of the answer."""
    if not form.is_valid():
        return 422
    given = form.cleaned_data
    official = actor.official_id if given["myself"] else None
    starts, left_out = reception.every_week(given["first"], given["weeks"], registry)
    new = 0
    try:
        for start in starts:
            new += reception.offer(
                given["unit"], start, form.how_many(), given["minutes"], given["way"], official, form.told()
            )
    except Refusal as refusal:
        field = "until" if refusal.field == "number" else refusal.field
        form.add_error(field if field in form.fields else None, refusal.message)
        return refusal.status
    text = (
        ngettext("已公布 %(n)d 个接访时段。", "已公布 %(n)d 个接访时段。", new) % {"n": new}
        if new
        else _("这些时段先前已经公布。")
    )
    if left_out:
        text += _("休息日没有安排：%(days)s。") % {"days": _("、").join(day.isoformat() for day in left_out)}
    messages.success(request, text)
    return 200


def _change_one(request: HttpRequest, actor: Actor, registry: Snapshot, units: tuple[str, ...]) -> HttpResponse:
    """Take back a free time, or free a booked one after speaking with the resident. Raises Refusal or Http404."""
    asked, do = number(request.POST.get("slot")), request.POST.get("do")
    slot = Slot.objects.filter(pk=asked, unit_id__in=units).first() if asked is not None else None
    if slot is None:
        raise Http404
    if do == "withdraw":
        reception.withdraw_slot(slot)
        messages.success(request, _("这个时段已取消。"))
    elif do in ("cancel", "close"):
        case = access.cases_for(actor, registry).filter(pk=slot.booked_case_id or 0).first()
        if case is None:
            raise Http404
        reason = request.POST.get("reason", "").strip()
        reception.cancel(case, slot.pk, actor, reason, withdraw=do == "close")
        messages.success(request, _("预约已取消，原因已经告诉提交人。"))
    else:
        raise Refusal("bad_input", _("没有这种操作。"))
    return HttpResponseRedirect(f"{reverse('desk:slots')}?unit={slot.unit_id}")
