"""The overview: what needs deciding, then counts, the last scans, charts by level and category; and the exports."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.gate.allow import allows

from .. import access, figures, listing, sets
from ..exports import FORMATS, export
from ..words import CATEGORIES, level_name, sensitive_name
from .opening import enter


@allows("official")
def overview(request: HttpRequest) -> HttpResponse:
    """Everything at a glance, of all units that the officer sees, or of one."""
    entered = enter(request)
    wanted = listing.Filter(unit=listing.read(request.GET).unit)
    found = figures.count(listing.narrowed(entered.fields(), wanted))
    by_set = sets.parted(found.sensitive, sets.sets(found.sensitive))
    asked = request.GET.get("set", "")
    shown, mine = next((pair for pair in by_set if pair[0].key == asked), by_set[0] if by_set else (None, []))
    scans = access.scans_for(entered.actor, entered.registry).prefetch_related("sources").order_by("-pk")
    context = {
        "figures": found,
        "wanted": wanted,
        "unit_choices": entered.units,
        "formats": FORMATS,
        "scans": (scans.filter(unit_id=wanted.unit) if wanted.unit else scans)[:5],
        "levels": [(level_name(level), number) for level, number in found.levels.items()],
        "series": [_("一般数据"), _("重要和核心数据")],
        "categories": [(CATEGORIES[name], numbers) for name, numbers in found.categories.items() if sum(numbers)],
        "sensitive": [(sensitive_name(name), number) for name, number in mine],
        "sets": [one for one, _mine in by_set],
        "shown": shown,
    }
    return render(request, "protection/overview.html", context)


@allows("official")
def take_out(request: HttpRequest, form: str) -> HttpResponse:
    """The list as a file, narrowed as the page was."""
    entered = enter(request)
    if form not in FORMATS:
        raise Http404(_("没有这种格式。"))
    content = export(form, listing.narrowed(entered.fields(), listing.read(request.GET)), entered.registry)
    response = HttpResponse(content, content_type=FORMATS[form].media)
    response["Content-Disposition"] = f'attachment; filename="{FORMATS[form].file}"'
    response["Cache-Control"] = "no-store"
    return response
