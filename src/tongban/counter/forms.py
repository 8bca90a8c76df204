"""The forms of writing: the place, the unit complained of, and the inputs of a step.

Not for acts on a case: their form is the kernel's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Asking, Input
from tongban.cases.refusal import Refusal
from tongban.gate.choosing import Choosing, Chosen
from tongban.registry.snapshot import Snapshot

from .parts import InputsStep

LONGEST_TYPED = 20_000
"""What a draft keeps of one input, in characters."""


class MatterForm(Choosing):
    """What it is about, named or found in the tree; what is about conduct has a list of its own."""

    def __init__(self, registry: Snapshot, kind: str, hint: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter"] = Chosen(
            "matter",
            case_kind=kind,
            registry=registry,
            goes_on=True,
            label=_("自己选事项"),
            help_text=hint or _("输入几个字，例如“路灯”，再选；也可以从列表里选。"),
            error_messages={"required": _("请选择一个事项。")},
        )


class PlaceForm(Choosing):
    """Where: named, found in the tree, or the phone's position."""

    def __init__(self, registry: Snapshot, hint: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = Chosen(
            "place",
            registry=registry,
            goes_on=True,
            locate=True,
            label=_("在哪个区县、街道或乡镇"),
            help_text=hint,
            error_messages={"required": _("请选择地点。")},
        )


class AgainstForm(Choosing):
    """For a complaint about conduct: which unit, once the place is known."""

    def __init__(self, registry: Snapshot, place: str, hint: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["against"] = Chosen(
            "unit",
            place=place,
            registry=registry,
            goes_on=True,
            label=_("反映的是哪个单位"),
            help_text=hint,
            error_messages={"required": _("请选择单位。")},
        )


_please_choose = lazy(lambda label: gettext("请选择%(label)s。") % {"label": label}, str)
_please_fill = lazy(lambda label: gettext("请填写%(label)s。") % {"label": label}, str)
"""Said of a field that stayed empty; put into words only where one did."""


class InputsForm(Choosing):
    """The inputs of a step, each as it checks itself. `data` is what was posted; None: what is there is only shown."""

    def __init__(self, step: InputsStep, asked: Asking, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.step, self.asked = step, asked
        for item in step.asked:
            self.fields[item.name] = field = item.field(asked)
            please = _please_choose if isinstance(field, forms.ChoiceField | Chosen) else _please_fill
            field.error_messages["required"] = please(item.label)  # type: ignore[no-untyped-call]

    def clean(self) -> dict[str, Any]:
        """Every input as it is stored; what is empty is None."""
        found: dict[str, Any] = {}
        for item in self.step.asked:
            value = self.cleaned_data.get(item.name)
            if item.name in self.errors:
                continue
            try:
                found[item.name] = item.check(value, self.asked) if value not in (None, "", [], ()) else None
            except Refusal as refusal:
                self.add_error(item.name, str(refusal.message))
        return found

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields above the contact data."""
        return self._bound(item for item in self.step.inputs if item in self.step.asked)

    @property
    def contact(self) -> list[forms.BoundField]:
        """The fields of the contact data."""
        return self._bound(self.step.contact)

    def _bound(self, items: Iterable[Input]) -> list[forms.BoundField]:
        return [self[item.name] for item in items]


def typed(form: InputsForm, data: Any) -> dict[str, Any]:
    """What was typed for each input of a form, right or wrong, for the draft."""
    found: dict[str, Any] = {}
    for name, field in form.fields.items():
        if getattr(field.widget, "allow_multiple_selected", False):
            found[name] = [value[:LONGEST_TYPED] for value in data.getlist(name)[:100]]
        else:
            found[name] = data.get(name, "")[:LONGEST_TYPED]
    return found


def from_draft(step: InputsStep, asked: Asking, values: dict[str, Any]) -> InputsForm:
    """The form as if what a draft holds had been posted again."""
    data: MultiValueDict[str, Any] = MultiValueDict()
    for item in step.asked:
        value = values.get(item.name)
        data.setlist(item.name, value if isinstance(value, list) else [] if value is None else [value])
    return InputsForm(step, asked, data)
