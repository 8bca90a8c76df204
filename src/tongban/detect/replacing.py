"""Takes sensitive values out of texts and tables in one of four ways, the same value the same way within a job.

mask: stars. hash: a keyed digest (HMAC-SHA-256), the same for every spelling of a number. replace: another value of the
same form (`reversible`, on FF1), turned back with the key; names and addresses become consistent others that cannot be
turned back. generalise: less exact (a year, a county, a range). `tongban mask` writes whole files with it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal

from . import reversible
from .findings import Finding
from .masking import STAR, mask_value
from .patterns import narrow
from .people_basic import SURNAMES
from .reversible import REVERSIBLE
from .scanning import scan_text

Mode = Literal["mask", "hash", "replace", "generalise"]
MODES: tuple[Mode, ...] = ("mask", "hash", "replace", "generalise")
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕彬云龙凯欣怡宇浩轩梓晨雨佳思博文嘉俊"


class Replacer:
    """One job: a way and a key (32 bytes; `key_from` makes one of any secret). `backwards` turns `replace` back."""

    def __init__(self, mode: Mode, key: bytes | None = None, backwards: bool = False) -> None:
        if mode in ("hash", "replace") and (key is None or len(key) != 32):
            raise ValueError("hash and replace need a key of 32 bytes")
        if backwards and mode != "replace":
            raise ValueError("only replace can be turned back")
        self.mode, self._key, self.backwards = mode, key or b"", backwards
        self.value: Callable[[str, str], str] = lru_cache(maxsize=65_536)(self._value)
        """One value of a type (finding's type) → what stands in its place."""

    def text(self, text: str, findings: Sequence[Finding] | None = None) -> str:
        """A text with every finding replaced; nothing outside the spans changes."""
        found = scan_text(text) if findings is None else findings
        parts: list[str] = []
        at = 0
        for finding in sorted(found, key=lambda item: item.start):
            if self.backwards and finding.type not in REVERSIBLE:
                continue
            parts += [text[at : finding.start], self.value(text[finding.start : finding.end], finding.type)]
            at = finding.end
        return "".join(parts) + text[at:]

    def _value(self, value: str, type: str) -> str:
        if not value:
            return value
        if self.mode == "mask":
            return mask_value(value, type)
        if self.mode == "hash":
            return self._hash(value, type)
        if self.mode == "generalise":
            return generalise(value, type)
        return self._replace(value, type)

    def _hash(self, value: str, type: str) -> str:
        plain = _plain(value)
        return hmac.new(self._key, f"{type}\x00{plain}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
            :24
        ]

    def _replace(self, value: str, type: str) -> str:
        made = reversible.turned(self._key, _plain(value), type, self.backwards)
        if made is not None:
            return _spelled(made, value)
        if self.backwards:
            return value  # nothing that this way made
        if type == "minor" and value.endswith("班"):
            return mask_value(value, type)
        if type in ("name", "minor"):
            return self._name(value)
        if type == "email":
            return self._hash(value, type)[:12] + "@example.invalid"
        return self._hash(value, type)

    def _name(self, value: str) -> str:
        raw = hmac.new(self._key, b"name\x00" + value.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        given = "".join(_GIVEN[byte % len(_GIVEN)] for byte in raw[2 : 1 + max(2, min(len(value), 3))])
        return SURNAMES[int.from_bytes(raw[:2], "big") % 100] + given


_NUMERALS = str.maketrans("零一二三四五六七八九〇幺○壹贰叁肆伍陆柒捌玖", "0123456789010123456789")
_SIGNS = re.compile(r"[\s)\u2010-\u2015-]")


def _plain(value: str) -> str:
    """Half-width capitals and digits without the signs that people write between them: the same for every spelling."""
    return _SIGNS.sub("", narrow(value)).upper().translate(_NUMERALS)


def _spelled(made: str, original: str) -> str:
    """The new characters in the old spelling: full-width where they were, small where all letters were,
    spaces and dashes in place."""
    turned = iter(made.lower() if original.islower() else made)
    parts: list[str] = []
    for character in original:
        if _SIGNS.fullmatch(narrow(character)):
            parts.append(character)
            continue
        new = next(turned, "")
        if ord(character) in _NUMERALS and new.isdigit():
            new = "零一二三四五六七八九"[int(new)]
        if character.islower() and new.isalpha():
            new = new.lower()
        if 0xFF01 <= ord(character) <= 0xFF5E and new:
            new = chr(ord(new) + 0xFEE0)
        parts.append(new)
    return "".join(parts) + "".join(turned)


def generalise(value: str, type: str) -> str:
    """A value made less exact: region and year of an ID, first digits of a number, county of an address, year of
    a date, a range of money."""
    plain = re.sub(r"[\s-]", "", narrow(value))
    if type == "resident_id" and len(plain) >= 14:
        return plain[:4] + STAR * 2 + (plain[6:9] + STAR if len(plain) == 18 else STAR * 4) + STAR * (len(plain) - 10)
    if type in ("mobile", "phone"):
        return plain[:3] + STAR * max(1, len(plain) - 3)
    if type in ("bank_card", "imei", "vin"):
        return plain[:6] + STAR * max(1, len(plain) - 6)
    if type == "birth_date":
        year = re.search(r"(?:18|19|20)[0-9]{2}", plain)
        return f"{year.group()[:3]}0年代" if year else STAR * len(value)
    if type == "address":
        county = re.match(r".*?(?:[^路街巷道镇乡村]{1,8}(?:区|县|旗|市))", value)
        return county.group() if county else STAR * len(value)
    if type == "ipv4":
        return ".".join([*plain.split(".")[:2], "0", "0"]) + "/16"
    if type == "name":
        return value[0] + "某"
    if type == "financial":
        number = re.search(r"[0-9][0-9,]*", plain)
        if number:
            digits = number.group().replace(",", "")
            return f"{digits[0]}{'0' * (len(digits) - 1)}+"
    if type == "email" and "@" in value:
        return STAR * 3 + value[value.index("@") :]
    return STAR * len(value)


def key_from(secret: str) -> bytes:
    """32 bytes from any secret, by scrypt with a fixed salt: the same secret gives the same key on every machine."""
    if len(secret) < 12:
        raise ValueError("the key is too short: at least 12 characters")
    return hashlib.scrypt(secret.encode(), salt=b"tongban mask v1", n=2**14, r=8, p=1, dklen=32)
