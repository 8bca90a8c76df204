"""What the acts of an adoption do and why they cannot be done. Pure: nothing is written here."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongban.cases import effects
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, Outcome
from tongban.cases.refusal import Refusal
from tongban.cases.relations import Opening
from tongban.published import effects as publishing
from tongban.workdays import shanghai_day


def end_of_year(first: date) -> date:
    """The last day of the year that begins on `first`."""
    if (first.month, first.day) == (2, 29):
        return date(first.year + 1, 2, 28)
    return first.replace(year=first.year + 1) - timedelta(days=1)


# --- the opinions ---------------------------------------------------------------------------------------------------


def two_others(context: Context) -> Refusal | None:
    """Two units are asked, and none of them is the one that asks."""
    units = context.payload.get("units")
    if units is not None and (len(units) != 2 or context.case.unit_id in units):
        return Refusal("bad_input", _("请选择两个单位，不包括本单位。"), "units")
    return None


def ask(context: Context) -> Outcome:
    """Opens an opinion at each of the units, at the same time."""
    said, subject = context.payload, context.case.subject
    return Outcome(opens=tuple(Opening("bench_opinion", unit, subject, said["text"]) for unit in said["units"]))


def opined(context: Context) -> Outcome:
    """The opinion goes to the unit that asked; the case keeps it for the others to read when all are in."""
    outcome = effects.answered(context)
    said = {name: context.payload[name] for name in ("view", "text")}
    outcome.set["private"] = {**(context.case.private or {}), "opinion": said}
    return outcome


def _parts(context: Context) -> tuple[Case, ...]:
    return context.related.parts if context.related is not None else ()


def all_in(context: Context) -> Refusal | None:
    """Every unit that was asked has given its opinion."""
    if any(part.is_open for part in _parts(context)):
        return Refusal("waiting", _("意见还没有收齐。"))
    return None


def one_is_late(context: Context) -> Refusal | None:
    """A unit that lets its time pass holds nobody up."""
    late = [part.due_at for part in _parts(context) if part.is_open and part.due_at is not None]
    if not late or max(late) > context.now:
        return Refusal("not_allowed", _("征求意见的期限还没有过。"))
    return None


def gather(context: Context) -> Outcome:
    """Brings the opinions into the case itself: from now on whoever sees it reads all of them."""
    found = [
        {"unit": one.unit_id, **one.private["opinion"]} for one in _parts(context) if "opinion" in (one.private or {})
    ]
    return Outcome(private={"opinions": found}, tell_resident=True)


# --- deciding, and the year -----------------------------------------------------------------------------------------


def as_wished(case: Case, acts: Sequence[Act]) -> dict[str, Any]:
    """The form of the permit begins with the day that the applicant asked for, unless it has passed."""
    wished = (acts[0].private or {}).get("since", "") if acts else ""
    return {"start": max(wished, shanghai_day(timezone.now()).isoformat())}


def permit(context: Context) -> Outcome:
    """In force for a year from the day that the permit names."""
    outcome = effects.answered(context)
    until = end_of_year(date.fromisoformat(context.payload["start"]))
    outcome.set["in_force_until"] = until
    outcome.public["until"] = until.isoformat()
    return outcome


def prolong(context: Context) -> Outcome:
    """Another year, which begins when the one before ends."""
    until = end_of_year(context.case.in_force_until + timedelta(days=1))
    return Outcome(set={"in_force_until": until}, public={"until": until.isoformat()}, tell_resident=True)


def until_line(act: Act) -> str:
    """Under the permit: its last day."""
    until = act.public.get("until")
    return gettext("认养到 %(day)s 为止") % {"day": date_format(date.fromisoformat(until))} if until else ""


def expire(context: Context) -> Outcome:
    """The year is over; the plate goes, from the bench and from the site."""
    outcome = publishing.unpublish(context)
    outcome.tell_resident = True
    return outcome


def not_being_renewed(context: Context) -> Refusal | None:
    """What somebody asked in time to renew stays in force until that is decided (行政许可法 Art. 50)."""
    about = context.related.those_about if context.related is not None else ()
    if any(one.kind == "bench_renewal" and one.is_open for one in about):
        return Refusal("waiting", _("续期申请还没有决定。"))
    return None


def reopened(context: Context) -> Outcome:
    """To be decided anew, with the whole limit."""
    return Outcome(set={"answered_at": None}, redispatched=True, tell_resident=True)
