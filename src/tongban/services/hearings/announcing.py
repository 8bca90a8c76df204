"""Announcing a hearing: when it may be, what the notice says, and how it follows the appointment afterwards.

Guard and effect that the table of an application names, and what is kept beside the act in the same transaction
(行政许可法 Arts 46, 48). Not for the page on which everybody reads it: `pages.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases import deadlines
from tongban.cases.erasure import PERSONAL
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, Outcome
from tongban.cases.refusal import Refusal
from tongban.detect import scan_text
from tongban.registry import snapshot
from tongban.workdays import shanghai_day

from ..appointments import GROUND, appointed
from ..effects import kept
from ..rules import worked
from .rows import HearingNotice

ANNOUNCED = "hearing_announced"
Rows = Sequence[tuple[Case, Act, Context]]


def can_announce(context: Context) -> Refusal | None:
    """A hearing with a time and a place is announced seven days before (Art. 48 (1)); without anything personal."""
    fixed = appointed(context.case)
    if worked(context.case).get(GROUND) != "hearing" or fixed is None:
        return Refusal("not_yet", _("请先约定听证的时间和地点，再公告。"))
    case, registry = context.case, context.registry
    if not worked(case).get(ANNOUNCED):
        first = deadlines.due(registry.limit("hearing_notice", case.matter_id, case.place_id), context.now, registry).at
        if first is not None and shanghai_day(fixed.starts_at) < shanghai_day(first):
            words = _("听证要在七日前公告；请把时间改到 %(day)s 或者以后，再公告（行政许可法第四十八条）。")
            return Refusal("not_allowed", words % {"day": shanghai_day(first).isoformat()})
    return _wrong_words(context) or _wrong_way(context, shanghai_day(fixed.starts_at)) if context.payload else None


def _wrong_words(context: Context) -> Refusal | None:
    """Nothing personal stands in it: no numbers of persons, no name of the applicant or of an interested party."""
    parts = context.related.parts if context.related is not None else ()
    names = {one.sender for one in (context.case, *parts) if len(one.sender) >= 2}
    for field in ("text", "closed_why", "take_part"):
        said = str(context.payload.get(field) or "")
        if any(found.type in PERSONAL for found in scan_text(said)) or any(name in said for name in names):
            words = _("公告任何人都能看到，请不要写申请人、利害关系人的姓名和个人的号码；电话请写单位的。")
            return Refusal("bad_input", words, field)
    return None


def _wrong_way(context: Context, day: date) -> Refusal | None:
    said = context.payload
    if said["open"] != "open":
        if not said.get("closed_why"):
            return Refusal("bad_input", _("不公开举行的，请写明理由。"), "closed_why")
        return None
    if not said.get("take_part"):
        return Refusal("bad_input", _("公开举行的，请写怎样参加。"), "take_part")
    if not said.get("register_by"):
        return Refusal("bad_input", _("公开举行的，请写报名到哪一天。"), "register_by")
    if date.fromisoformat(said["register_by"]) >= day:
        return Refusal("bad_input", _("报名要在听证那天以前截止。"), "register_by")
    return None


def announced(context: Context) -> Outcome:
    """The notice is public from now on."""
    return Outcome(set={"private": kept(context, **{ANNOUNCED: context.now.isoformat()})}, tell_resident=True)


def notice_of(case: Case, said: Mapping[str, Any], now: datetime) -> HearingNotice:
    """What everybody will read, not stored: shown to whoever announces it before."""
    fixed = appointed(case)
    assert fixed is not None  # the guard has seen to it
    public = said["open"] == "open"
    return HearingNotice(
        case=case, matter_id=case.matter_id, place_id=case.place_id, unit_id=case.unit_id, starts_at=fixed.starts_at,
        minutes=fixed.minutes, way=fixed.way, where=_where(fixed.way, fixed.where), why=said["why"],
        words=said["text"], opened=said["open"], closed_why="" if public else said.get("closed_why") or "",
        take_part=said.get("take_part") or "" if public else "",
        register_by=date.fromisoformat(said["register_by"]) if public and said.get("register_by") else None,
        posted_at=now, shown_until=_shown_until(case, fixed.starts_at),
    )  # fmt: skip


def _where(way: str, where: str) -> str:
    """A place is public; a link or a number to dial is for those who registered."""
    return where if way not in ("video", "phone") else ""


def _shown_until(case: Case, at: datetime) -> datetime | None:
    """Until when a past notice stands: a rule of the house (`data/limits.csv`)."""
    registry = snapshot.current()
    return deadlines.due(registry.limit("hearing_shown", case.matter_id, case.place_id), at, registry).at


# --- beside the acts, in the same transaction -------------------------------------------------------------------------


def stored(rows: Rows) -> None:
    """The notice as announced, or as announced anew."""
    for case, act, context in rows:
        fresh = notice_of(case, context.payload, act.at)
        before = HearingNotice.objects.filter(case=case).first()
        fresh.pk = before.pk if before is not None else None
        fresh.moved = before is not None and before.starts_at != fresh.starts_at
        fresh.save()


def moved(rows: Rows) -> None:
    """Another time or place was fixed: the notice says the new one, and that it changed."""
    for case, _act, _context in rows:
        fixed = appointed(case)
        if fixed is not None and worked(case).get(GROUND) == "hearing":
            HearingNotice.objects.filter(case=case).exclude(state="held").update(
                starts_at=fixed.starts_at, minutes=fixed.minutes, way=fixed.way, where=_where(fixed.way, fixed.where),
                state="ahead", moved=True, shown_until=_shown_until(case, fixed.starts_at),
            )  # fmt: skip


def noted(rows: Rows) -> None:
    """It was held, or it was not."""
    for case, _act, context in rows:
        state = "held" if context.payload.get("result") == "held" else "off"
        HearingNotice.objects.filter(case=case, state="ahead").update(state=state)


def called_off(rows: Rows) -> None:
    """The application goes on, or ended, without it."""
    HearingNotice.objects.filter(case__in=[case for case, _act, _context in rows], state="ahead").update(state="off")


def forget(case: Case) -> None:
    """The case was erased."""
    HearingNotice.objects.filter(case=case).delete()


def forget_old(now: datetime | None = None) -> int:
    """Take down notices whose time of standing is over; returns how many. For the worker."""
    return HearingNotice.objects.filter(shown_until__lte=now or timezone.now()).delete()[0]
