"""The address of a site or a page, read as a browser reads it (`webaddr`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.webaddr import BadAddress, parse

from .one import Asking, Input

LONGEST = 2048


@dataclass(frozen=True)
class SiteAddress(Input):
    """An address of the web in its one form; also written defanged (hxxps://evil[.]example). Never shown as a link."""

    kind: ClassVar[str] = "site"

    def check(self, value: Any, asked: Asking) -> str:
        text = str(value).strip()
        if len(text) > LONGEST:
            raise self.wrong(_("网址最多 %(longest)d 个字符。") % {"longest": LONGEST})
        try:
            return parse(text).href
        except BadAddress:
            raise self.wrong(_("这不是网址。请从浏览器的地址栏复制，例如 https://example.com/page。")) from None

    def field(self, asked: Asking) -> forms.Field:
        shape = {"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}
        return forms.CharField(max_length=LONGEST, widget=forms.TextInput(attrs=shape), **self.words)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": LONGEST}
