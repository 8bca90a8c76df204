"""Views of the tray that an official named: kept, found again beside the filters, removed. Each sees their own alone.

Not for what a view shows: an address is read anew each time it is opened (`filters.read`), by whoever opens it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.gate.allow import POST, actor_of, allows
from tongban.gate.numbers import number
from tongban.registry import snapshot

from . import filters
from .models import SavedView

LONGEST_NAME = 40
MOST = 20
"""Views that one official keeps. House rule."""


@dataclass(frozen=True, slots=True)
class Named:
    """A kept view: its number, name and address, and whether it is the one that is open."""

    pk: int
    name: str
    address: str
    here: bool


def named(official: int | None, address: str = "") -> list[Named]:
    """The views of an official, in the order in which they were kept."""
    if official is None:
        return []
    rows = []
    for row in SavedView.objects.filter(official_id=official)[:MOST]:
        kept: dict[str, str] = dict(row.private or {})
        there = kept.get("address", "")
        rows.append(Named(row.pk, kept.get("name", ""), there, bool(address) and there == address))
    return rows


@allows("official", POST)
def saved_views(request: HttpRequest) -> HttpResponse:
    """Keep the view whose address stands in `view` under `name`, or take one away (`remove`). Raises Refusal."""
    actor, registry = actor_of(request), snapshot.current()
    given = QueryDict(request.POST.get("view", "").lstrip("?")[:2000])
    view = filters.read(given.dict(), filters.reach(actor, registry), registry)
    address = view.address() if view is not None else ""
    back = reverse("desk:tray") + address
    gone = number(request.POST.get("remove"))
    if gone is not None:
        if SavedView.objects.filter(pk=gone, official_id=actor.official_id or 0).delete()[0]:
            messages.success(request, _("这个常用筛选已删除。"))
        return HttpResponseRedirect(back)
    name = " ".join(clean_text(request.POST.get("name", "")).split())
    if not name or len(name) > LONGEST_NAME:
        wrong = _("请给这个筛选起一个不超过 %(longest)d 个字的名称。") % {"longest": LONGEST_NAME}
        raise Refusal("bad_input", wrong, "name")
    if view is None or actor.official_id is None:
        raise Refusal("not_allowed", _("您的岗位没有待办件，不能保存筛选。"))
    keep(actor.official_id, name, address)
    messages.success(request, _("已保存为“%(name)s”。") % {"name": name})
    return HttpResponseRedirect(back)


def keep(official: int, name: str, address: str) -> None:
    """Keep a view; one of the same name is replaced. Raises Refusal where there are too many."""
    same = next((row for row in named(official) if row.name == name), None)
    if same is not None:
        row = SavedView.objects.get(pk=same.pk)
        row.private = {"name": name, "address": address}
        row.save()
        return
    if SavedView.objects.filter(official_id=official).count() >= MOST:
        raise Refusal("conflict", _("最多保存 %(most)d 个常用筛选，请先删除不用的。") % {"most": MOST}, "name")
    SavedView.objects.create(official_id=official, private={"name": name, "address": address})
