"""The form of an officer's own verdict, for one field or for several at once. It offers one set of classes at a time.
What it accepts, `deciding.py` checks again.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.detect.findings import kinds
from tongban.detect.grading import levels

from ..deciding import LONGEST_REASON, Verdict
from ..models import Field
from ..sets import Set, no_class
from ..words import CATEGORIES, category_of, level_name, sensitive_name, type_name

KEEP = "-"
"""The choice of several fields to leave each as it is."""


class DecideForm(forms.Form):
    """An officer's own verdict, with the reason it needs."""

    type = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("数据级别"), error_messages={"required": gettext_lazy("请选择级别。")})
    sensitive = forms.ChoiceField(label=gettext_lazy("敏感个人信息类别"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明依据，例如条款、业务用途。不要写任何个人信息的原值。"),
        error_messages={"required": gettext_lazy("请写明理由。")},
    )
    set = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, rows: list[Field], shown: Set, data: Any = None) -> None:
        one = rows[0] if len(rows) == 1 else None
        initial = (
            {"type": one.type, "level": one.level, "sensitive": one.sensitive}
            if one is not None
            else {"type": KEEP, "sensitive": KEEP}
        )
        super().__init__(data, initial={**initial, "set": shown.key}, auto_id="decide_%s", label_suffix="")
        held = dict.fromkeys(name for row in rows for name in (row.type, row.said_type) if name)
        classes = [*shown.classes]
        if one is not None:
            classes += [name for name in (one.said_sensitive, one.sensitive) if name and name not in classes]
        keep = [(KEEP, _("各自不变"))] if one is None else []
        chosen: dict[str, list[Any]] = {
            "type": [*keep, ("", _("未发现")), *_grouped([*kinds(), *(name for name in held if name not in kinds())])],
            "level": [
                *([("", _("请选择"))] if one is None else []),
                *((name, level_name(name)) for name in levels()),
            ],
            "sensitive": [*keep, no_class(), *((name, sensitive_name(name)) for name in classes)],
        }
        for name, choices in chosen.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
            field.error_messages["invalid_choice"] = _("请从列出的选项里选。")

    def verdict(self, row: Field) -> Verdict:
        """What the valid form says of this field."""
        given = self.cleaned_data
        return Verdict(
            row.type if given["type"] == KEEP else given["type"],
            given["level"],
            row.sensitive if given["sensitive"] == KEEP else given["sensitive"],
        )


def _grouped(types: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Types under whose data they are."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in types:
        groups.setdefault(category_of(name), []).append((name, type_name(name)))
    return [(str(CATEGORIES[category]), groups[category]) for category in CATEGORIES if category in groups]
