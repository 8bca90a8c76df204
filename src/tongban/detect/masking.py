"""Masks what the scanner found, for publication: nothing outside the spans changes, and no checked number is left.

Irreversible: it keeps no key. Names become surname and 某, numbers and addresses become ＊.
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
        parts += [text[at : finding.start], _mask(finding, text[finding.start : finding.end])]
        at = finding.end
    return Masked("".join(parts) + text[at:], found)


def _mask(finding: Finding, original: str) -> str:
    if finding.type == "name":
        return original[0] + "某" * (len(original) - 1)
    if finding.type == "door":
        return "".join(STAR if character.isalnum() and character not in "号楼栋幢座单元室房户层院" else character for character in original)
    return STAR * len(original)
