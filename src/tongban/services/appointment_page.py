"""The appointment of an application, or the hearing of an interested party, as a calendar file, for whoever holds the
secret of that case."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.counter.proven import proven_case
from tongban.desk import booking, ical
from tongban.gate.allow import allows
from tongban.registry.names import unit_name

from . import appointments


@allows("resident")
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """When and where; what the application is about does not stand in it."""
    case = proven_case(request, code)
    shown = appointments.shown(case) if case.kind in ("application", "interested") and case.is_open else None
    if shown is None:
        raise Http404
    fixed = shown.fixed
    about = [_("方式：%(way)s") % {"way": shown.way}]
    about += [_("请准备：%(what)s") % {"what": fixed.prepare}] if fixed.prepare else []
    event = ical.Event(
        uid=booking.uid_of(f"appointment {case.code}"),
        starts_at=fixed.starts_at,
        ends_at=fixed.ends_at,
        stamp=timezone.now(),
        sequence=fixed.changes,
        summary=_("约定：%(unit)s") % {"unit": unit_name(case.unit_id)},
        location=fixed.where,
        description="\n".join(about),
        url=fixed.where if shown.link else "",
    )
    return booking.calendar_response(event, "appointment.ics")
