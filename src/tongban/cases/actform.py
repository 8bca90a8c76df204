"""The form of one act on one case, made from its line in the table: what is shown is what is checked.

One form for the desk and the sender, for every kind of case. It carries the version of the case that the person saw and
a nonce, so that a stale page is told and a double click makes one act. The fields help to fill in what the kernel will
accept; what is stored is checked there again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from tongban.registry.snapshot import Snapshot

from . import filing
from .actor import Actor
from .inputs import Asking, Input
from .inputs.chosen import Choosing
from .inputs.one import EMPTY
from .models import Act, Attachment, Case
from .procedure import Edge, procedure_of

_NONCE = re.compile(r"[0-9A-Za-z_-]{16,64}")


def new_nonce() -> str:
    """A fresh number for one form, so that a double click is one act."""
    return secrets.token_hex(16)


class ActForm(Choosing):
    """The inputs of an act. `version` is what the page showed, `nonce` makes a double click one act."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    nonce = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        edge: Edge,
        case: Case,
        actor: Actor,
        registry: Snapshot,
        data: Any = None,
        initial: dict[str, Any] | None = None,
        acts: Sequence[Act] = (),
    ) -> None:
        self.edge, self.case, self.actor = edge, case, actor
        first = edge.prefill(case, acts) if edge.prefill is not None else {}
        fresh = {"version": case.version, "nonce": new_nonce(), **first, **(initial or {})}
        super().__init__(data, initial=fresh, auto_id=f"id_{edge.act}_%s", label_suffix="")
        asked = Asking(registry, case, actor, timezone.now())
        for item in edge.inputs:
            self.fields[item.name] = item.field(asked)

    @property
    def inputs(self) -> Sequence[Input]:
        return self.edge.inputs

    @property
    def reaches_sender(self) -> bool:
        """Whether the sender of the case reads what the act says, and is given its files."""
        return self.edge.shown == "words" and bool(procedure_of(self.case).follow)

    @property
    def needed(self) -> list[forms.BoundField]:
        """What stands open: what has to be filled in, hidden fields, and everything where little can be left out."""
        return [field for field in self if field not in self.left_out]

    @property
    def left_out(self) -> list[forms.BoundField]:
        """What can be left out, where that is more than one thing: a page folds it away."""
        spare = [
            field for field in self.visible_fields() if not field.field.required and not self.initial.get(field.name)
        ]
        return spare if len(spare) > 1 and not any(field.errors for field in spare) and not self.is_bound else []

    def payload(self) -> dict[str, Any]:
        """What was filled in, by the names of the inputs. After `is_valid`."""
        given = {item.name: self.cleaned_data.get(item.name) for item in self.edge.inputs}
        return {name: value for name, value in given.items() if value not in EMPTY and value is not False}

    @property
    def takes_files(self) -> bool:
        """Whether files can come with this act."""
        return self.edge.files

    @property
    def files_in(self) -> str:
        """The set in which files for this form wait: they stay there while the form is shown again."""
        nonce = str(self.data.get("nonce", "")) if self.is_bound else ""
        if not _NONCE.fullmatch(nonce):
            return ""
        return filing.waiting_in(self.case, self.actor, f"{self.edge.act} {nonce}")

    @property
    def kept_files(self) -> list[Attachment]:
        """The files that wait for this form."""
        return list(filing.kept(self.files_in)) if self.files_in else []

    @property
    def shown_version(self) -> int | None:
        """The version of the case that the page showed. After `is_valid`."""
        return self.cleaned_data.get("version")

    @property
    def shown_nonce(self) -> str | None:
        """The nonce of the page, where it is one of ours. After `is_valid`."""
        nonce = self.cleaned_data.get("nonce") or ""
        return nonce if _NONCE.fullmatch(nonce) else None

    def renew(self, case: Case) -> None:
        """Show the case's present version the next time, with what was typed still there."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
        data["version"] = str(case.version)
        self.case, self.data = case, data

    def refuse(self, message: Any, field: str | None = None) -> None:
        """Put the kernel's words at the field they are about."""
        self.add_error(field if field in self.fields else None, message)
