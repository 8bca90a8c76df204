"""Forms for acts, made from the needs of their lines in the table: what is shown is what is checked.

A form carries the version of the case that the person saw and a nonce, so that a stale page is told and a double click
makes one act. Not for deciding anything: the kernel checks the inputs again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.accounts.models import Post
from tongban.cases.models import Case
from tongban.cases.procedure import Edge, Need
from tongban.registry.snapshot import Snapshot

from .templatetags.tongban_names import place_name, spoken, unit_name

GRADES = [("5", _("很好")), ("4", _("好")), ("3", _("一般")), ("2", _("差")), ("1", _("很差"))]


class ActForm(forms.Form):
    """The inputs of one act on one case."""

    def __init__(self, edge: Edge, case: Case, registry: Snapshot, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, prefix=None, auto_id=f"{edge.act}-%s", label_suffix="")
        self.edge, self.case = edge, case
        for need in edge.needs:
            self.fields[need.name] = _field(need, case, registry)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=case.version)
        self.fields["nonce"] = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=secrets.token_urlsafe(18))

    def payload(self) -> dict[str, Any]:
        """The cleaned inputs, without what is empty."""
        return {need.name: value for need in self.edge.needs if (value := self.cleaned_data.get(need.name)) not in (None, "", [])}


def _field(need: Need, case: Case, registry: Snapshot) -> forms.Field:
    shared: dict[str, Any] = {"label": need.label, "required": need.required, "help_text": need.hint}
    if need.kind == "text":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), max_length=need.longest, strip=False, **shared)
    if need.kind == "number":
        return forms.IntegerField(min_value=1, max_value=365, **shared)
    if need.kind == "grade":
        return forms.ChoiceField(choices=GRADES, widget=forms.RadioSelect, **shared)
    if need.kind == "unit":
        return forms.ChoiceField(choices=[("", _("请选择")), *units_near(case, registry)], **shared)
    if need.kind == "units":
        return forms.MultipleChoiceField(choices=units_near(case, registry), widget=forms.SelectMultiple(attrs={"size": 6}), **shared)
    if need.kind == "matter":
        return forms.ChoiceField(choices=[("", _("请选择")), *matter_choices(registry, True)], **shared)
    if need.kind == "official":
        return forms.ChoiceField(choices=colleagues(case), **shared)
    if need.kind == "flag":
        return forms.BooleanField(**shared)
    return forms.CharField(max_length=min(need.longest, 300), **shared)


def units_near(case: Case, registry: Snapshot) -> list[tuple[str, list[tuple[str, str]]]]:
    """The units of the case's place and of those above it, nearest first, without the barred ones."""
    barred = registry.barred(case.against_id)
    groups = []
    for place in registry.line("places", case.place_id):
        rows = [(unit.code, unit_name(unit.code)) for unit in registry.units.values() if unit.place == place and unit.code not in barred]
        if rows:
            groups.append((place_name(place), rows))
    return groups


def matter_choices(registry: Snapshot, conduct: bool = False) -> list[tuple[str, list[tuple[str, str]]]]:
    """The leaves of the matters' tree, grouped by their top."""
    groups = []
    for top in registry.children("matters", None):
        leaves = [
            (code, spoken(registry.matters[code].name, registry.matters[code].name_en))
            for code in registry.subtree("matters", top)
            if not registry.children("matters", code) and registry.matters[code].active and (conduct or not registry.matters[code].conduct)
        ]
        if leaves:
            groups.append((spoken(registry.matters[top].name, registry.matters[top].name_en), leaves))
    return groups


def colleagues(case: Case) -> list[tuple[str, str]]:
    """Officials who hold a working post at the case's unit."""
    posts = Post.objects.filter(unit_id=case.unit_id, role__in=("clerk", "handler", "head"), official__is_active=True, until__isnull=True)
    return list(dict.fromkeys((str(post.official_id), str(post.official)) for post in posts.select_related("official")))
