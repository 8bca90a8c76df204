"""Text that people write: cleaned, kept as given (NFC), with a longest length; and contact data in one form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .one import Asking, Input

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def clean_text(value: Any) -> str:
    """Text as given, in NFC, with line ends as \\n, without control characters and lone surrogates."""
    text = value if isinstance(value, str) else str(value)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _CONTROL.sub("", text))
    else:
        text = _CONTROL.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def normal_phone(value: str) -> str:
    """Digits only, without the +86 of a mainland number; empty where there are none."""
    digits = "".join(ch for ch in unicodedata.normalize("NFKC", value) if ch.isdigit() or ch == "+")
    return digits.removeprefix("+86").removeprefix("0086").lstrip("+")


def normal_email(value: str) -> str:
    """Trimmed and in lower case."""
    return unicodedata.normalize("NFKC", value).strip().casefold()


@dataclass(frozen=True)
class Text(Input):
    """Words of several lines, at most `longest` characters. Fewer than `few` are asked about, and taken."""

    kind: ClassVar[str] = "text"
    free: ClassVar[bool] = True
    longest: int = 20_000
    rows: int = 4
    few: int = 0

    def check(self, value: Any, asked: Asking) -> str:
        text = self._cleaned(value)
        if len(text) > self.longest:
            raise self.wrong(
                _("“%(label)s”最多 %(longest)d 个字，现在有 %(length)d 个字。")
                % {"label": self.label, "longest": self.longest, "length": len(text)}
            )
        return text

    def _cleaned(self, value: Any) -> str:
        return clean_text(value)

    def doubt(self, value: Any) -> str:
        number = len("".join(str(value).split()))
        if not 0 < number < self.few:
            return ""
        told = ngettext(
            "只有 %(n)d 个字，单位可能看不明白。要补充吗？", "只有 %(n)d 个字，单位可能看不明白。要补充吗？", number
        )
        return told % {"n": number}

    def field(self, asked: Asking) -> forms.Field:
        shape = {"maxlength": str(self.longest), "rows": str(self.rows)}
        return forms.CharField(widget=forms.Textarea(attrs=shape), **self.words)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True)
class Line(Text):
    """Words of one line."""

    kind: ClassVar[str] = "line"
    longest: int = 200

    def _cleaned(self, value: Any) -> str:
        return " ".join(clean_text(value).split())

    def field(self, asked: Asking) -> forms.Field:
        return forms.CharField(max_length=self.longest, **self.words)
