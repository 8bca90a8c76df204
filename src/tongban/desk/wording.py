"""Templates of answers: which there are for a case, and the page on which the heads of a unit keep their own.

A template is for a unit or for all, for a matter or for all, for a kind of case or for all. Those for all units come
with the house; a unit's heads change their unit's alone. Not for filling in its blanks: `blanks.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases.actor import Actor
from tongban.cases.inputs import clean_text
from tongban.cases.procedure import procedures
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, actor_of, allows
from tongban.gate.numbers import number
from tongban.registry import snapshot
from tongban.registry.names import unit_name
from tongban.registry.snapshot import Snapshot

from .models import AnswerTemplate
from .opening import Found
from .tray import tree_of_matters

MOST = 50
"""Templates that one answer is offered, and that one unit keeps. House rule."""


def templates_for(found: Found) -> list[AnswerTemplate]:
    """Templates of the case's unit, kind and matter, and the general ones, by name."""
    units = Q(unit_id=found.case.unit_id) | Q(unit__isnull=True)
    line = found.registry.line("matters", found.case.matter_id)
    matters = Q(matter_id__in=line) | Q(matter__isnull=True)
    return list(AnswerTemplate.objects.filter(units, matters, kind__in=("", found.case.kind))[:MOST])


def headed(actor: Actor, registry: Snapshot) -> tuple[str, ...]:
    """The units whose templates an official keeps: those they head."""
    return tuple(dict.fromkeys(unit for unit, role in actor.posts if role == "head" and unit in registry.units))


class TemplateForm(forms.Form):
    """A template of an answer."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("种类"), required=False)
    matter = forms.ChoiceField(label=gettext_lazy("事项"), required=False)
    text = forms.CharField(
        label=gettext_lazy("内容"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": "10"}),
        help_text=gettext_lazy("需要每次填写的地方用大括号标出，例如 {核实情况}；{单位} 和 {电话} 会自动填好。"),
    )

    def __init__(self, registry: Snapshot, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="template_%s", label_suffix="")
        everything = ("", _("全部"))
        kinds: Sequence[tuple[str, str]] = [(one.kind, str(one.label)) for one in procedures().values()]
        for name, choices in (("kind", kinds), ("matter", tree_of_matters(registry))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [everything, *choices]
        if len(kinds) < 2:
            del self.fields["kind"]


@allows("official", FORM)
def answer_templates(request: HttpRequest) -> HttpResponse:
    """The templates of a unit that the official heads; POST keeps one (`template`: its number, or a new one), or
    takes it away (`do=remove`)."""
    actor, registry = actor_of(request), snapshot.current()
    units = headed(actor, registry)
    if not units:
        if request.method == "POST":
            raise Refusal("not_allowed", _("只有单位负责人可以修改本单位的答复模板。"))
        return render(request, "desk/templates.html", {"nothing": True})
    asked = (request.POST if request.method == "POST" else request.GET).get("unit", "")
    unit = asked if asked in units else units[0]
    there = AnswerTemplate.objects.filter(unit_id=unit)
    wanted = number((request.POST if request.method == "POST" else request.GET).get("template"))
    row = there.filter(pk=wanted).first() if wanted is not None else None
    if wanted is not None and row is None:
        raise Http404
    form, status = TemplateForm(registry, initial=_values(row)), 200
    if request.method == "POST":
        if request.POST.get("do") == "remove" and row is not None:
            row.delete()
            messages.success(request, _("模板已删除。"))
            return HttpResponseRedirect(f"{reverse('desk:templates')}?unit={unit}")
        form = TemplateForm(registry, request.POST)
        if form.is_valid() and _keep(form, row, unit, there.count()):
            messages.success(request, _("模板已保存。"))
            return HttpResponseRedirect(f"{reverse('desk:templates')}?unit={unit}")
        status = 422
    context = {
        "unit": unit,
        "units_choice": [(code, unit_name(code)) for code in units],
        "rows": there[:MOST],
        "row": row,
        "form": form,
        "general": AnswerTemplate.objects.filter(unit__isnull=True)[:MOST],
    }
    return render(request, "desk/templates.html", context, status=status)


def _values(row: AnswerTemplate | None) -> dict[str, Any]:
    return {} if row is None else {"name": row.name, "kind": row.kind, "matter": row.matter_id or "", "text": row.text}


def _keep(form: TemplateForm, row: AnswerTemplate | None, unit: str, already: int) -> bool:
    """Keep what was filled in; False where the unit has too many."""
    if row is None and already >= MOST:
        form.add_error(None, _("本单位最多保存 %(most)d 个模板，请先删除不用的。") % {"most": MOST})
        return False
    given = form.cleaned_data
    row = row or AnswerTemplate(unit_id=unit)
    row.name, row.text = clean_text(given["name"]), clean_text(given["text"])
    row.kind, row.matter_id = given.get("kind", row.kind), given["matter"] or None
    row.save()
    return True
