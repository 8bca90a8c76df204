"""A form field for a place, a unit or a matter that a person names by typing, or finds in the tree.

Typed words that mean one thing are taken; those that mean several are answered with a list to choose from, and stay
where they were typed. The tree is shown one step at a time behind a fold. All of it works without JavaScript; with it
the field is a combobox that asks `gate/choosing.py` (`portal/static/tongban/js/chooser.js`). Not for several at once.

What the field is called in a form, `place` say, comes with three more: `place-was` (the code whose line stood in the
field), `place-find` (look for what was typed) and `place-in` (open this step of the tree).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from tongban.registry import lookup, snapshot
from tongban.registry.lookup import Found, Scope
from tongban.registry.snapshot import Snapshot
from tongban.workdays import shanghai_day

TOGETHER = 60
"""So many or fewer stand on the page at once, without steps, where only some things may be chosen."""
AT_HAND = 500
"""Up to so many a browser is given with the page; more it asks for."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a form brought: the words as typed, the code of a row that was chosen, the code that the field showed, which
    step of the tree is to be opened (None: none) and whether the words are to be looked for."""

    words: str = ""
    code: str = ""
    was: str = ""
    opened: str | None = None
    looking: bool = False

    @property
    def choosing(self) -> bool:
        """Whether the person is not done."""
        return self.looking or self.opened is not None


class Chooser(forms.TextInput):
    """The words, what they may mean, and the tree."""

    template_name = "tongban/parts/chooser.html"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.chosen: Chosen | None = None

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Given | None:
        listed = data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []
        words = [str(one).strip() for one in listed]
        opened = data.get(f"{name}-in")
        if not words and opened is None and f"{name}-find" not in data:
            return None
        code = next((one for one in reversed(words[1:]) if one), "")
        was = str(data.get(f"{name}-was", ""))
        return Given(words[0] if words else "", code, was, opened, f"{name}-find" in data)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}-in" not in data

    def use_required_attribute(self, initial: Any) -> bool:
        """Never: what is chosen from the tree leaves the words empty."""
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        if self.chosen is not None:
            context["chooser"] = self.chosen.shown(value)
        return context


class Chosen(forms.Field):
    """One place, unit or matter by its code. `kind` says which; of matters only those that serve `case_kind` and are
    about conduct or not (`conduct`); of units those of `place` and above it. `only` gives the codes that may be chosen
    where not all may. `goes_on`: words that mean one thing are taken at once when they are looked for; otherwise they
    are shown first. `locate` offers the phone's position (places)."""

    widget = Chooser
    default_error_messages = {
        "required": gettext_lazy("请选择%(label)s。"),
        "none": gettext_lazy("没有找到“%(words)s”。请换个说法，或者从列表里选。"),
        "several": gettext_lazy("“%(words)s”可能是下面这几个，请选一个。"),
        "many": gettext_lazy("名字里有“%(words)s”的有 %(total)d 个，先列出 %(shown)d 个。没有您要的，请再多写几个字。"),
        "choosing": gettext_lazy("请接着选。"),
        "not_one": gettext_lazy("没有这一项，请重新选择。"),
    }

    def __init__(
        self,
        kind: lookup.Named,
        *,
        case_kind: str = "",
        conduct: bool | None = None,
        place: str = "",
        only: Callable[[], Collection[str]] | None = None,
        registry: Snapshot | None = None,
        goes_on: bool = False,
        locate: bool = False,
        **words: Any,
    ) -> None:
        super().__init__(**words)
        self.scope = Scope(kind, case_kind, conduct, place)
        self.goes_on, self.locate, self._only, self._registry = goes_on, locate, only, registry
        assert isinstance(self.widget, Chooser)
        self.widget.chosen = self

    def __deepcopy__(self, memo: Any) -> Chosen:
        copy: Chosen = super().__deepcopy__(memo)
        assert isinstance(copy.widget, Chooser)
        copy.widget.chosen = copy
        return copy

    @property
    def registry(self) -> Snapshot:
        """The picture that the form was made with."""
        return self._registry or snapshot.current()

    @property
    def only(self) -> Collection[str] | None:
        """The codes that may be chosen, where not all of the scope may."""
        return self._only() if self._only is not None else None

    def label_of(self, code: str) -> str:
        """The whole line of a thing."""
        return lookup.label(self.scope.kind, code, self.registry)

    def may(self, code: str) -> bool:
        """Whether this code can be chosen here."""
        only = self.only
        return (only is None or code in only) and lookup.known(self.scope, code, self.registry, _today())

    def found(self, given: Given) -> Found:
        """What was meant: the row that was chosen, what the field showed and still shows, or what the words name."""
        if given.code and not given.looking:
            return Found((given.code,), 1) if self.may(given.code) else Found()
        if given.was and self.may(given.was) and given.words == self.label_of(given.was):
            return Found((given.was,), 1)
        whole = lookup.named(self.scope, given.words, self.registry, _today(), self.only)
        if whole is not None and not given.looking:
            return Found((whole,), 1)
        return lookup.find(self.scope, given.words, self.registry, _today(), self.only)

    def clean(self, value: Any) -> str | None:
        given = value if isinstance(value, Given) else Given(str(value or ""))
        if given.opened is not None:
            raise ValidationError(self.error_messages["choosing"], "choosing")
        if not given.words and not given.code:
            if self.required:
                raise ValidationError(self.error_messages["required"], "required", {"label": self.label or ""})
            return None
        found = self.found(given)
        if found.total == 1 and (self.goes_on or not given.looking):
            return found.codes[0]
        if given.looking and found.total:
            raise ValidationError(self.error_messages["choosing"], "choosing")
        words = {"words": given.words or given.code, "total": found.total, "shown": len(found.codes)}
        if given.code and not found.total:
            raise ValidationError(self.error_messages["not_one"], "none")
        name = "none" if not found.total else "several" if found.total <= lookup.FEW else "many"
        raise ValidationError(self.error_messages[name], name, words)

    def shown(self, value: Any) -> dict[str, Any]:
        """What the template needs: the words that stand in the field, what they may mean, the step of the tree."""
        given = value if isinstance(value, Given) else None
        code = "" if given is not None or not value else str(value)
        found = Found()
        if given is not None and (given.words or given.code):
            found = self.found(given)
            code = found.codes[0] if found.total == 1 else ""
        words = self.label_of(code) if code and self.may(code) else given.words if given is not None else ""
        several = found.codes if found.total > 1 else ()
        return {
            "words": words,
            "was": code,
            "several": [self.row(one) for one in several],
            "more": found.total - len(several) if several else 0,
            "level": self.level(given.opened if given is not None else None),
            "opened": given is not None and given.opened is not None,
            "at_hand": self.at_hand(),
            "ask": f"{reverse('gate:choose', args=[self.scope.kind])}?{self.query()}" if self._only is None else "",
            "near": reverse("gate:near") if self.locate else "",
        }

    def row(self, code: str) -> dict[str, str]:
        """A thing to choose, with what the registry says of it."""
        kind = self.scope.kind
        return {"code": code, "line": self.label_of(code), "said": lookup.said(kind, code, self.registry)}

    def level(self, at: str | None) -> lookup.Level:
        """The step of the tree below `at`; all at once where few things may be chosen."""
        only = self.only
        if only is not None and len(only) <= TOGETHER:
            rows = (
                lookup.Row(code, self.label_of(code), True, False, "", self.label_of(code))
                for code in only
                if self.may(code)
            )
            return lookup.Level((), tuple(rows))
        return lookup.level(self.scope, at or "", self.registry, _today(), only)

    def at_hand(self) -> list[dict[str, str]]:
        """Everything that may be chosen, where only some things may: no public address says which. None where they are
        too many for a page; then the words are looked for by the form alone."""
        only = self.only
        if only is None or len(only) > AT_HAND:
            return []
        return [self.row(code) for code in only if self.may(code)]

    def query(self) -> str:
        """The scope as parameters of `gate/choosing.py`."""
        scope = self.scope
        given = {"for": scope.case_kind, "place": scope.place}
        if scope.conduct is not None:
            given["conduct"] = "1" if scope.conduct else "0"
        return urlencode({name: one for name, one in given.items() if one})


class Choosing(forms.Form):
    """A form with such fields: while somebody looks something up or goes down the tree it is neither valid nor told
    wrong."""

    choosing = False

    def full_clean(self) -> None:
        super().full_clean()
        told = self.errors.as_data().values() if self.is_bound else ()
        self.choosing = any(error.code == "choosing" for errors in told for error in errors)
        if self.choosing:
            self.errors.clear()

    def is_valid(self) -> bool:
        return super().is_valid() and not self.choosing


def _today() -> Any:
    return shanghai_day(timezone.now())
