"""Forms made from the table: one field for each `Need` of an act, so that a new act needs no new form.

The fields help people to fill in what the kernel will accept; what is stored is checked there (`cases.inputs`).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.accounts.models import Official, Post
from tongban.cases.access import WORKING
from tongban.cases.models import Attachment
from tongban.cases.procedure import Edge, Need
from tongban.gate.templatetags.tongban_names import matter_name, place_name, role_name, unit_name
from tongban.letters import filing
from tongban.registry.snapshot import Snapshot

from .opening import Found

Choices = list[tuple[str, Any]]
_NONCE = re.compile(r"[0-9A-Za-z_-]{16,64}")


def new_nonce() -> str:
    """A fresh number for one form, so that a double click is one act."""
    return secrets.token_hex(16)


def unit_choices(found: Found) -> Choices:
    """The units of the case's place and of the places above it, grouped by place; never one the case complains about."""
    registry, today = found.registry, timezone.localdate()
    barred = registry.barred(found.case.against_id)
    by_place: dict[str, Choices] = {}
    for unit in registry.units.values():
        if unit.code not in barred and unit.stands_on(today):
            by_place.setdefault(unit.place, []).append((unit.code, unit_name(unit.code)))
    line = registry.line("places", found.case.place_id)
    return [(place_name(place), by_place[place]) for place in line if place in by_place]


def matter_choices(registry: Snapshot) -> Choices:
    """Active matters that have no matters below them, grouped by the root above."""
    groups: dict[str, Choices] = {}
    for row in registry.matters.values():
        if row.active and not registry.children("matters", row.code):
            root = registry.line("matters", row.code)[-1]
            groups.setdefault(root, []).append((row.code, matter_name(row.code)))
    return [(matter_name(root), rows) for root, rows in groups.items()]


def colleagues(found: Found) -> Choices:
    """Officials who hold a working post at the lead unit today, none of whom also holds one at a unit complained of."""
    today = timezone.localdate()
    held = Post.objects.filter(since__lte=today).filter(Q(until__isnull=True) | Q(until__gte=today))
    here = held.filter(unit_id=found.case.unit_id, role__in=WORKING, official__is_active=True)
    barred = found.registry.barred(found.case.against_id)
    if barred:
        here = here.exclude(official_id__in=held.filter(unit_id__in=barred).values("official_id"))
    roles: dict[int, list[str]] = {}
    for official, role in here.order_by("official_id", "id").values_list("official_id", "role"):
        roles.setdefault(official, []).append(str(role_name(role)))
    people = Official.objects.filter(pk__in=roles).only("username", "display_name").order_by("display_name", "username")
    return [(str(person.pk), f"{person}（{'、'.join(roles[person.pk])}）") for person in people]


def field_of(need: Need, found: Found) -> forms.Field:
    """The field for a need."""
    words: dict[str, Any] = {"label": need.label, "required": need.required, "help_text": need.hint}
    choose: Choices = [("", _("请选择"))]
    if need.kind == "text":
        return forms.CharField(widget=forms.Textarea(attrs={"maxlength": str(need.longest), "rows": "4"}), **words)
    if need.kind in ("unit", "against"):
        return forms.ChoiceField(choices=choose + unit_choices(found), **words)
    if need.kind == "units":
        return forms.MultipleChoiceField(choices=unit_choices(found), widget=forms.CheckboxSelectMultiple, **words)
    if need.kind == "matter":
        return forms.ChoiceField(choices=choose + matter_choices(found.registry), **words)
    if need.kind == "official":
        wrong = {"invalid_choice": _("请选择在主办单位有承办岗位的工作人员。")}
        return forms.ChoiceField(choices=choose + colleagues(found), error_messages=wrong, **words)
    if need.kind == "number":
        return forms.IntegerField(min_value=1, **words)
    if need.kind == "grade":
        return forms.IntegerField(min_value=1, max_value=5, **words)
    if need.kind == "flag":
        return forms.BooleanField(**{**words, "required": False})
    return forms.CharField(max_length=need.longest, **words)


class ActForm(forms.Form):
    """The form of one act on one case. `version` is what the page showed, `nonce` makes a double click one act."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    nonce = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, edge: Edge, found: Found, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        self.edge, self.found = edge, found
        fresh = {"version": found.case.version, "nonce": new_nonce(), **(initial or {})}
        super().__init__(data, initial=fresh, auto_id=f"id_{edge.act}_%s", label_suffix="")
        for need in edge.needs:
            self.fields[need.name] = field_of(need, found)

    @property
    def needs(self) -> Sequence[Need]:
        return self.edge.needs

    def payload(self) -> dict[str, Any]:
        """What was filled in, by the names of the needs. After `is_valid`."""
        return {need.name: value for need in self.edge.needs if (value := self.cleaned_data.get(need.name)) not in (None, "", [], False)}

    @property
    def takes_files(self) -> bool:
        """Whether files can be added to this act."""
        return self.edge.act in filing.TAKING

    @property
    def files_in(self) -> str:
        """The set in which files for this form wait: they stay there while the form is shown again."""
        nonce = str(self.data.get("nonce", "")) if self.is_bound else ""
        return filing.waiting_in(self.found.case, self.found.official_id, f"{self.edge.act} {nonce}") if _NONCE.fullmatch(nonce) else ""

    @property
    def kept_files(self) -> list[Attachment]:
        """The files that wait for this form."""
        return list(filing.kept(self.files_in)) if self.files_in else []

    @property
    def shown_version(self) -> int | None:
        """The version of the case that the page showed."""
        return self.cleaned_data.get("version")

    @property
    def shown_nonce(self) -> str | None:
        """The nonce of the page, where it is one of ours."""
        nonce = self.cleaned_data.get("nonce") or ""
        return nonce if _NONCE.fullmatch(nonce) else None

    def renew(self, found: Found) -> None:
        """Show the case's present version the next time, with what was typed still there."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
        data["version"] = str(found.case.version)
        self.data = data

    def refuse(self, message: Any, field: str | None = None) -> None:
        """Put the kernel's words at the field they are about."""
        self.add_error(field if field in self.fields else None, message)
