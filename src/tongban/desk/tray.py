"""The tray: the cases of every kind that wait for an official, soonest deadline first.

Opening it costs a handful of statements however full it is. Not for the figures of a unit: that is `scorecards`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.forms.utils import flatatt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tongban.cases.models import Case
from tongban.cases.procedure import procedures
from tongban.gate.allow import actor_of, allows
from tongban.registry import snapshot
from tongban.registry.names import matter_name, place_name, unit_name
from tongban.registry.snapshot import Snapshot

from . import filters, paging, saved
from .filters import SCOPES, Reach, View, groups_of
from .opening import Found
from .rows import SHOWN, rows, several_kinds

SELECTED = SafeString(" selected")
COUNTED = 1000
"""Cases are counted up to so many, and then “999+”."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its words, its address, whether it is open, how many cases it has where that is known, and its name.
    `spare`: among the tabs of several kinds it is left out, for nothing waits there."""

    label: Any
    href: str
    here: bool
    count: str = ""
    name: str = ""
    spare: bool = False


@dataclass(frozen=True)
class Counts:
    """How many open cases a scope has: exact up to 999, by group; beyond that only that there are more."""

    total: str = ""
    groups: dict[str, int] | None = None
    late: int = 0


def counts(view: View, cases: QuerySet[Case], now: datetime) -> Counts:
    """Counts the open cases of a view without its state, reading no more than COUNTED of them."""
    waiting = cases.filter(phase="work").order_by()
    if waiting.values_list("id")[COUNTED - 1 : COUNTED]:
        return Counts("999+")
    shown = [group for group in groups_of(view.kind).values() if group.segments == paging.OPEN_SEGMENTS]
    groups = {group.name: Count("id", filter=group.states) for group in shown}
    found = waiting.aggregate(total=Count("id"), late=Count("id", filter=Q(due_at__lt=now)), **groups)
    return Counts(str(found.pop("total")), late=found.pop("late"), groups=found)


def number_of(view: View, cases: QuerySet[Case]) -> str:
    """How many cases a view lists: exact up to 999."""
    listed = reduce(or_, (segment.condition for segment in view.segments))
    number = cases.filter(listed).order_by().values("id")[:COUNTED].count()
    return str(number) if number < COUNTED else "999+"


def indented(registry: Snapshot, tree: Any, roots: tuple[str, ...], name: Any) -> list[tuple[str, str]]:
    """Choices of a tree, each level further in, in the language of the page; kept with the snapshot."""
    key = ("tray", tree, roots, get_language())
    if key not in registry.kept:
        registry.kept[key] = _indented(registry, tree, roots, name)
    return registry.kept[key]  # type: ignore[no-any-return]


def tree_of_matters(registry: Snapshot) -> list[tuple[str, str]]:
    """All matters as choices, each level further in."""
    return indented(registry, "matters", tuple(registry.children("matters", None)), matter_name)


def _indented(registry: Snapshot, tree: Any, roots: tuple[str, ...], name: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def walk(code: str, depth: int) -> None:
        found.append((code, "\u3000" * depth + name(code)))
        for child in registry.children(tree, code):
            walk(child, depth + 1)

    for root in roots:
        walk(root, 0)
    return found


@lru_cache(maxsize=50)
def options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """The options of a select; kept, because the same few hundred matters are on every page of every tray."""
    return format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((code, SELECTED if code == chosen else "", label) for code, label in choices),
    )


class LongSelect(forms.Select):
    """A select that writes its options itself: a template for each of them costs more than the query of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        listed = options(tuple((str(code), str(label)) for code, label in self.choices), str(value or ""))
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), listed
        )


class NarrowForm(forms.Form):
    """The filters beside the tabs; a GET form, so that a view is an address. Never validated: `filters.read` does
    that."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=gettext_lazy("种类"), widget=LongSelect)
    rung = forms.ChoiceField(label=gettext_lazy("时限"), widget=LongSelect)
    matter = forms.ChoiceField(label=gettext_lazy("事项"), widget=LongSelect)
    place = forms.ChoiceField(label=gettext_lazy("行政区划"), widget=LongSelect)
    unit = forms.ChoiceField(label=gettext_lazy("单位"), widget=LongSelect)
    mine = forms.BooleanField(label=gettext_lazy("只看我承办的"))
    scope = forms.CharField(widget=forms.HiddenInput, required=False)
    state = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, view: View, range_: Reach, registry: Snapshot) -> None:
        values = {
            "kind": view.kind, "state": view.group, "rung": view.rung, "matter": view.matter, "place": view.place,
            "unit": view.unit,
            "mine": view.mine, "scope": view.scope,
        }  # fmt: skip
        super().__init__(initial=values, auto_id="narrow_%s", label_suffix="")
        everything = ("", _("全部"))
        units = {"own": range_.own, "below": range_.below}.get(view.scope, ())
        chosen: dict[str, list[tuple[str, Any]]] = {
            "kind": [everything, *((one.kind, str(one.label)) for one in procedures().values())],
            "rung": [everything, *Case.RUNGS],
            "matter": [everything, *tree_of_matters(registry)],
            "place": [everything, *indented(registry, "places", range_.roots(registry), place_name)],
            "unit": [*([everything] if view.scope == "below" else []), *((code, unit_name(code)) for code in units)],
        }
        for name, choices in chosen.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if not several_kinds():
            del self.fields["kind"]
        if len(units) < 2:
            del self.fields["unit"]
        self.fields["mine"].widget = forms.CheckboxInput(attrs={"value": "1"})


@allows("official")
def tray(request: HttpRequest) -> HttpResponse:
    """The tray, one tab and one page of it."""
    actor, registry, now = actor_of(request), snapshot.current(), timezone.now()
    range_ = filters.reach(actor, registry)
    view = filters.read(request.GET, range_, registry)
    if view is None:
        return render(request, "desk/tray.html", {"nothing": True})
    cases = filters.cases(view, actor, range_, registry, now)
    page = paging.page(cases.only(*SHOWN), view.segments, request.GET.get("after", ""), request.GET.get("before", ""))
    every = filters.cases(View(view.scope, view.unit, kind=view.kind), actor, range_, registry, now)
    counted = counts(view, every, now)
    assisting = frozenset(range_.own) if view.scope == "assist" else frozenset()
    show_unit = view.scope != "own"
    listed = rows(page.rows, actor, registry, now, assisting, show_unit, choose=True)
    context = {
        "view": view,
        "address": view.address(),
        "group": view.choice,
        "rows": listed.html,
        "bulk": listed.bulk,
        "saved": saved.named(actor.official_id, view.address()),
        "previous": f"{view.address()}&before={page.previous}" if page.previous else "",
        "next": f"{view.address()}&after={page.next}" if page.next else "",
        "scopes": [
            Tab(label, View(name, view.unit if name == "own" else "").address(), name == view.scope)
            for name, label in SCOPES
            if name in range_.scopes
        ],
        "groups": [
            Tab(
                group.label,
                view.address(group=group.name),
                group.name == view.group,
                _count(counted, group.name),
                group.name,
                several_kinds() and not view.kind and _spare(group, counted) and group.name != view.group,
            )
            for group in groups_of(view.kind).values()
        ],
        "count": _("%(n)s 件") % {"n": number_of(view, cases)} if page.rows else "",
        "form": NarrowForm(view, range_, registry),
        "late_url": view.address(rung="overdue", group="open"),
        "tray_count": counted.total if counted.total != "0" else "",
        "tray_late": counted.late,
        "show_unit": show_unit,
    }
    return render(request, "desk/tray.html", context)


def _spare(group: filters.Group, counted: Counts) -> bool:
    """Whether a group need not be offered where all kinds stand together: it waits for nobody, or nothing is in it."""
    if group.name in (filters.OPEN.name, filters.IN_FORCE.name, filters.POOR.name, filters.ALL.name):
        return False
    if group.segments != paging.OPEN_SEGMENTS:
        return True
    return counted.groups is not None and not counted.groups.get(group.name)


def _count(counted: Counts, group: str) -> str:
    if counted.groups is None:
        return counted.total if group == "open" else ""
    number = counted.groups.get(group, 0)
    return str(number) if number else ""


def next_url(found: Found) -> str:
    """The case after this one in its unit's tray, for walking through it; empty where it is the last."""
    range_ = filters.reach(found.actor, found.registry)
    if found.case.unit_id not in range_.own or not found.case.is_open:
        return ""
    view = View("own", found.case.unit_id)
    cases = filters.cases(view, found.actor, range_, found.registry, timezone.now())
    after = paging.page(cases, view.segments, after=paging.write(found.case, view.segments), size=1).rows
    return reverse("desk:case", args=[after[0].code]) if after else ""
