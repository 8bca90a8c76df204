"""Numbers: whole ones, amounts of money, and the five grades of 好差评."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from .one import Asking, Input

GRADES = (
    (5, pgettext_lazy("grade", "很好")),
    (4, pgettext_lazy("grade", "好")),
    (3, pgettext_lazy("grade", "一般")),
    (2, pgettext_lazy("grade", "差")),
    (1, pgettext_lazy("grade", "很差")),
)
"""国办发〔2019〕51号: a rating has five grades."""


def grade_name(grade: Any) -> str:
    """One of the five grades in the language of the page; empty where there is none."""
    return str(dict(GRADES).get(int(grade), "")) if grade else ""


@dataclass(frozen=True)
class Number(Input):
    """A whole number from `least` to `most`."""

    kind: ClassVar[str] = "number"
    least: int = 1
    most: int = 2**31 - 1

    def check(self, value: Any, asked: Asking) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            raise self.wrong(_("“%(label)s”应当是数字。") % {"label": self.label}) from None
        if not self.least <= number <= self.most:
            raise self.wrong(_("“%(label)s”超出了允许的范围。") % {"label": self.label})
        return number

    def field(self, asked: Asking) -> forms.Field:
        most = self.most if self.most < 2**31 - 1 else None
        return forms.IntegerField(min_value=self.least, max_value=most, **self.words)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Grade(Input):
    """One of the five grades of 好差评."""

    kind: ClassVar[str] = "grade"

    def check(self, value: Any, asked: Asking) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            raise self.wrong(_("“%(label)s”应当是数字。") % {"label": self.label}) from None
        if not 1 <= number <= 5:
            raise self.wrong(_("评价分为五级，请选择其中一级。"))
        return number

    def field(self, asked: Asking) -> forms.Field:
        choices = [(str(grade), words) for grade, words in GRADES]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **self.words)

    def show(self, value: Any) -> str:
        return grade_name(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1, "maximum": 5}


@dataclass(frozen=True)
class Amount(Input):
    """An amount of yuan with at most two decimals, not negative; stored as a text like `1280.50`, never as a float."""

    kind: ClassVar[str] = "amount"
    most: Decimal = Decimal("9999999999.99")

    def check(self, value: Any, asked: Asking) -> str:
        try:
            amount = Decimal(str(value).strip().replace(",", "").replace("，", "").removeprefix("¥").removesuffix("元"))
        except InvalidOperation:
            raise self.wrong(_("“%(label)s”应当是金额，例如 1280.50。") % {"label": self.label}) from None
        if not amount.is_finite() or not 0 <= amount <= self.most:
            raise self.wrong(_("“%(label)s”超出了允许的范围。") % {"label": self.label})
        if amount != amount.quantize(Decimal("0.01")):
            raise self.wrong(_("“%(label)s”最多两位小数。") % {"label": self.label})
        return str(amount.quantize(Decimal("0.01")))

    def field(self, asked: Asking) -> forms.Field:
        return forms.CharField(max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **self.words)

    def show(self, value: Any) -> str:
        return pgettext("amount", "%(amount)s 元") % {"amount": f"{Decimal(str(value)):,.2f}"}

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{1,10}(\.\d{1,2})?$"}
