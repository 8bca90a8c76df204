"""What an input is: one thing that an act asks for.

`check` decides what is stored, whatever door it came through; `field` helps a person to fill it in; `show` says it in
the language of the page; `schema` tells programs. Nothing here is shown or stored without `check` having seen it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..refusal import Refusal

if TYPE_CHECKING:
    from tongban.registry.snapshot import Snapshot

    from ..actor import Actor
    from ..models import Case
    from ..procedure import Edge

Words = str | Promise
EMPTY: tuple[Any, ...] = (None, "", [], ())


@dataclass(frozen=True, slots=True)
class Asking:
    """What an input may look at when it is filled in or checked. `case` is None before there is one."""

    registry: Snapshot
    case: Case | None = None
    actor: Actor | None = None
    now: datetime | None = None
    kind: str = ""
    """The kind of case that is being opened, where there is none yet."""


@dataclass(frozen=True)
class Input:
    """An input of an act. A private one goes to the sealed part; a public one stands in the act's public part.

    `told` is a line under the act for the sender, with the shown value at `%(value)s`; empty where they are not told.
    `kind` is the word by which programs know this kind of input.
    """

    kind: ClassVar[str] = "line"
    free: ClassVar[bool] = False
    """Whether people write it freely: then it never stands on the ledger."""
    stored: ClassVar[bool] = True
    """Whether the act keeps it; what only moves the case on is not written down."""

    name: str
    label: Words
    required: bool = True
    private: bool = True
    hint: Words = ""
    told: Words = ""

    def check(self, value: Any, asked: Asking) -> Any:
        """The value as it is stored: JSON. `value` is not empty. Raises Refusal naming this input."""
        raise NotImplementedError

    def field(self, asked: Asking) -> forms.Field:
        """A form field for it."""
        raise NotImplementedError

    def show(self, value: Any) -> str:
        """A stored value in the language of the page; empty where there is nothing to show."""
        return str(value)

    def doubt(self, value: Any) -> str:
        """What to ask a person about a stored value before it is sent, where it can be meant and is more likely a slip;
        empty for nothing. Never a refusal."""
        return ""

    def schema(self) -> dict[str, Any]:
        """What a program has to send (JSON Schema 2020-12)."""
        return {"type": "string"}

    def wrong(self, message: Any) -> Refusal:
        """A refusal that names this input."""
        return Refusal("bad_input", message, self.name)

    def listed(self, value: Any) -> list[str]:
        """Several values as texts, or a single one. Raises Refusal where it is neither a text nor a list."""
        if isinstance(value, str):
            return [value]
        if not isinstance(value, list | tuple | set | frozenset):
            raise self.wrong(_("“%(label)s”应当是若干项的列表。") % {"label": self.label})
        return [str(one) for one in value]

    @property
    def words(self) -> dict[str, Any]:
        """What every form field of it has."""
        return {"label": self.label, "required": self.required, "help_text": self.hint}


def checked(edge: Edge, given: Mapping[str, Any], asked: Asking) -> dict[str, Any]:
    """The inputs of an act, checked and cleaned. Raises Refusal naming the first that is wrong."""
    known = {item.name for item in edge.inputs}
    for name in given:
        if name not in known:
            raise Refusal("bad_input", _("不认识的内容：%(name)s。") % {"name": name}, name)
    found: dict[str, Any] = {}
    for item in edge.inputs:
        value = given.get(item.name)
        if value not in EMPTY:
            found[item.name] = item.check(value, asked)
        if item.required and found.get(item.name) in EMPTY:
            raise item.wrong(_("请填写“%(label)s”。") % {"label": item.label})
    return found
