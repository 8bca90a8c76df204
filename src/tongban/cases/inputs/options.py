"""One or several of a list of options, and yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.registry.names import listed

from .one import Asking, Input, Words

Options = tuple[tuple[str, Words], ...]
FEW = 6
"""Up to so many options stand on the page with a button each; more are in a list to open."""


@dataclass(frozen=True)
class Choice(Input):
    """One of `options`: pairs of what is stored and its words."""

    kind: ClassVar[str] = "choice"
    options: Options = ()

    def check(self, value: Any, asked: Asking) -> str:
        if str(value) not in dict(self.options):
            raise self.wrong(_("请从“%(label)s”所列的各项中选择。") % {"label": self.label})
        return str(value)

    def field(self, asked: Asking) -> forms.Field:
        if len(self.options) <= FEW:
            return forms.ChoiceField(choices=self.options, widget=forms.RadioSelect, **self.words)
        return forms.ChoiceField(choices=[("", _("请选择")), *self.options], **self.words)

    def show(self, value: Any) -> str:
        return str(dict(self.options).get(str(value), value))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [name for name, _words in self.options]}


@dataclass(frozen=True)
class Choices(Input):
    """Several of `options`, in the order of the options."""

    kind: ClassVar[str] = "choices"
    options: Options = ()

    def check(self, value: Any, asked: Asking) -> list[str]:
        given = set(self.listed(value))
        known = dict(self.options)
        if not given <= known.keys():
            raise self.wrong(_("请从“%(label)s”所列的各项中选择。") % {"label": self.label})
        return [name for name in known if name in given]

    def field(self, asked: Asking) -> forms.Field:
        return forms.MultipleChoiceField(choices=self.options, widget=forms.CheckboxSelectMultiple, **self.words)

    def show(self, value: Any) -> str:
        known = dict(self.options)
        return listed(known.get(name, name) for name in value)

    def schema(self) -> dict[str, Any]:
        names = [name for name, _words in self.options]
        return {"type": "array", "items": {"type": "string", "enum": names}, "uniqueItems": True}


@dataclass(frozen=True)
class Flag(Input):
    """Yes or no; not ticked is no."""

    kind: ClassVar[str] = "flag"

    def check(self, value: Any, asked: Asking) -> bool:
        return value in (True, "1", "on", "true", "True", 1)

    def field(self, asked: Asking) -> forms.Field:
        return forms.BooleanField(**{**self.words, "required": False})

    def show(self, value: Any) -> str:
        return ""

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}
