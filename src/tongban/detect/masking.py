"""Masks what the scanner found, for publication: nothing outside the spans changes, and no checked number is left.

Irreversible: it keeps no key. Names become surname and 某, numbers and addresses become ＊. Reversible and keyed replacement of
files and tables is `replacing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .findings import Finding
from .scanning import scan_text

STAR = "＊"


@dataclass(frozen=True, slots=True)
class Masked:
    """The masked text, of the same length as the original, and what was masked in it."""

    text: str
    findings: tuple[Finding, ...]


def mask_text(text: str, findings: Sequence[Finding] | None = None) -> Masked:
    """`text` with every finding masked; by default all that `scan_text` finds."""
    found = tuple(scan_text(text) if findings is None else findings)
    parts: list[str] = []
    at = 0
    for finding in sorted(found, key=lambda item: item.start):
        parts += [text[at : finding.start], mask_value(text[finding.start : finding.end], finding.type)]
        at = finding.end
    return Masked("".join(parts) + text[at:], found)


def mask_value(value: str, type: str) -> str:
    """One value, masked; as long as it was."""
    if type == "name":
        return value[0] + "某" * (len(value) - 1)
    if type in ("door", "address"):
        return "".join(STAR if character.isalnum() and character not in "省市区县镇乡村路街道号楼栋幢座单元室房户层院" else character for character in value)
    return "".join("\n" if character == "\n" else STAR for character in value)


def shown(value: str, type: str) -> str:
    """A masked sample for a report: its form can be seen, the value cannot. At most 24 characters."""
    value = " ".join(value.split())[:200]
    if type in ("gender", "ethnicity", "ipv4") or not value:
        return STAR * min(len(value), 6)
    if type in ("resident_id", "mobile", "bank_card", "credit_code", "phone") and len(value) >= 7 and value[:2].isdigit():
        return value[:2] + STAR * min(len(value) - 2, 20)
    if type == "name":
        return STAR * min(len(value), 8)
    if type == "email" and "@" in value:
        return STAR * 4 + "@" + STAR * 4
    if len(value) > 24 and type:
        return STAR * 12 + "…"
    return STAR * min(len(value), 24)
