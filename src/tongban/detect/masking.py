"""Masks what the scanner found, for publication: nothing outside the spans changes, and no checked number is left.

Irreversible: it keeps no key. Names become surname and 某, numbers and addresses become ＊. Reversible and keyed
replacement of files and tables is `replacing`.
"""

from __future__ import annotations

import re
import unicodedata
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
    if type == "minor" and value.endswith("班"):
        return "".join(character if character in "年级級班" else STAR for character in value)
    if type in ("name", "minor"):
        return value[0] + "某" * (len(value) - 1)
    if type in ("door", "address"):
        return "".join(
            STAR
            if character.isalnum() and character not in "省市区县镇乡村路街道号楼栋幢座单元室房户层院"
            else character
            for character in value
        )
    return "".join("\n" if character == "\n" else STAR for character in value)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a masked sample of a type keeps: `form` is the whole value without separators, `head` and `tail` are how
    many of its characters stay at both ends."""

    form: re.Pattern[str]
    head: int
    tail: int


SHAPES = {
    "mobile": Shape(re.compile(r"1[3-9]\d{9}"), 3, 4),
    "phone": Shape(re.compile(r"0\d{9,11}"), 3, 2),
    "resident_id": Shape(re.compile(r"\d{17}[\dXx]"), 3, 2),
    "bank_card": Shape(re.compile(r"\d{16,19}"), 4, 4),
    "credit_code": Shape(re.compile(r"[0-9A-Z]{18}"), 2, 4),
    "plate": Shape(re.compile(r"[一-鿿][A-Z][0-9A-Z]{5,6}"), 2, 1),
    "passport": Shape(re.compile(r"[A-Za-z]{1,2}\d{7,8}"), 1, 2),
    "travel_permit": Shape(re.compile(r"[HMCTWL][0-9A-Z]?\d{7,9}"), 1, 2),
    "vin": Shape(re.compile(r"[0-9A-Z]{17}"), 3, 2),
    "imei": Shape(re.compile(r"\d{15}"), 2, 2),
    "iban": Shape(re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}"), 2, 2),
}
"""As people in this country are used to: 138＊＊＊＊5678. At least four characters are hidden of each, so that ten
thousand values look alike. Names, words and secrets are never among them: a rare surname in a small table is a person.
"""
SEPARATORS = " -‐–－·•.()（）/"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,80}\.([A-Za-z]{2,6})")
_SECRET = 8
"""Stars of a secret, whatever its length: the length of a password is a part of it."""


def shown(value: str, type: str) -> str:
    """A masked sample for a report: its form can be seen, the value cannot.

    Characters stay only where the whole cell is one value of the type in its usual form; a short one, and anything else
    that stands in the column, is stars alone (at most 24).
    """
    value = " ".join(value.split())[:200]
    if type in ("gender", "ethnicity", "ipv4") or not value:
        return STAR * min(len(value), 6)
    if type in ("secret_key", "private_key", "password"):
        return STAR * _SECRET
    if type == "name":
        return STAR * min(len(value), 8)
    if type == "email" and "@" in value:
        return _shown_email(value)
    if type == "birth_date" and len(value) <= 24:
        return "".join(character if character in "-/.年月日" else STAR for character in value)
    if type in ("address", "door") and 6 <= len(value) <= 60:
        masked = mask_value(value, "address")
        if 2 * masked.count(STAR) >= len(masked):
            return masked[:24] + ("…" if len(masked) > 24 else "")
    if (shape := SHAPES.get(type)) is not None and (kept := _shown_shape(value, shape)):
        return kept
    if len(value) > 24 and type:
        return STAR * 12 + "…"
    return STAR * min(len(value), 24)


def _shown_shape(value: str, shape: Shape) -> str:
    """The value with its ends and its separators, or "" where it is not as a whole of this shape."""
    core = [at for at, character in enumerate(value) if character not in SEPARATORS]
    plain = unicodedata.normalize("NFKC", "".join(value[at] for at in core))
    if len(plain) != len(core) or not plain.isprintable() or shape.form.fullmatch(plain) is None:
        return ""
    hidden = set(core[shape.head : len(core) - shape.tail])
    return "".join(STAR if at in hidden else character for at, character in enumerate(value))


def _shown_email(value: str) -> str:
    """The first letter of a name that is long enough, and the last part of the domain: w＊＊＊＊@＊＊＊.com."""
    found = _EMAIL.fullmatch(value)
    if found is None:
        return STAR * 4 + "@" + STAR * 4
    name, domain = value.split("@")
    first = name[0] if len(name) >= 5 and name[0].isalnum() else STAR
    return f"{first}{STAR * min(len(name) - 1, 8)}@{STAR * min(len(domain) - len(found[1]) - 1, 8)}.{found[1]}"
