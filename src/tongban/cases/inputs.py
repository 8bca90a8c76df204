"""Checks the inputs of an act against the needs of its line in the table, and normalises contact data.

Not for forms: a door's form shows the same needs, but what is stored is checked here, whatever door it came through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.registry.snapshot import Snapshot

from .procedure import Edge, Need
from .refusal import Refusal

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


def checked(edge: Edge, given: Mapping[str, Any], registry: Snapshot) -> dict[str, Any]:
    """The payload of an act, checked and cleaned. Raises Refusal naming the field."""
    known = {need.name for need in edge.needs}
    for name in given:
        if name not in known:
            raise Refusal("bad_input", _("不认识的内容：%(name)s。") % {"name": name}, name)
    result: dict[str, Any] = {}
    for need in edge.needs:
        value = given.get(need.name)
        if value is None or value == "" or value == []:
            if need.required:
                raise Refusal("bad_input", _("请填写“%(label)s”。") % {"label": need.label}, need.name)
            continue
        result[need.name] = _one(need, value, registry)
        if need.required and result[need.name] == "":
            raise Refusal("bad_input", _("请填写“%(label)s”。") % {"label": need.label}, need.name)
    return result


def _one(need: Need, value: Any, registry: Snapshot) -> Any:
    def wrong(message: Any) -> Refusal:
        return Refusal("bad_input", message, need.name)

    if need.kind in ("text", "line"):
        text = clean_text(value)
        if need.kind == "line":
            text = " ".join(text.split())
        if len(text) > need.longest:
            raise wrong(_("“%(label)s”最多 %(longest)d 个字，现在有 %(length)d 个字。") % {"label": need.label, "longest": need.longest, "length": len(text)})
        return text
    if need.kind in ("number", "grade", "official"):
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise wrong(_("“%(label)s”应当是数字。") % {"label": need.label}) from None
        if need.kind == "grade" and not 1 <= number <= 5:
            raise wrong(_("评价分为五级，请选择其中一级。"))
        if not 0 < number < 2**31:
            raise wrong(_("“%(label)s”超出了允许的范围。") % {"label": need.label})
        return number
    if need.kind == "flag":
        return value in (True, "1", "on", "true", "True", 1)
    if need.kind == "matter":
        if str(value) not in registry.matters or not registry.matters[str(value)].active:
            raise wrong(_("没有这个事项，请重新选择。"))
        return str(value)
    if need.kind in ("unit", "against"):
        if str(value) not in registry.units:
            raise wrong(_("没有这个单位，请重新选择。"))
        return str(value)
    if need.kind == "units":
        codes = [value] if isinstance(value, str) else list(value)
        if any(str(code) not in registry.units for code in codes):
            raise wrong(_("没有这个单位，请重新选择。"))
        return [str(code) for code in dict.fromkeys(codes)]
    return clean_text(value)
