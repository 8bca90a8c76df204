"""Takes sensitive values out of texts and tables in one of four ways, the same value the same way within a job.

mask: stars. hash: a keyed digest (HMAC-SHA-256), the same for every spelling of a number. replace: another valid value of the same form
(FF1), turned back with the key; names and addresses become consistent others that cannot be turned back. generalise: less exact (a
year, a county, a range). `tongban mask` writes whole files with it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from . import ff1
from .checks import _CHECK, _CREDIT, _CREDIT_WEIGHTS, _WEIGHTS, luhn_ok
from .findings import Finding
from .masking import STAR, mask_value
from .patterns import narrow
from .people_basic import SURNAMES
from .scanning import scan_text

Mode = Literal["mask", "hash", "replace", "generalise"]
MODES: tuple[Mode, ...] = ("mask", "hash", "replace", "generalise")
REVERSIBLE = frozenset({"resident_id", "mobile", "bank_card", "credit_code", "phone", "imei", "qq", "passport", "travel_permit", "ssn"})
_FIRST_DAY = date(1900, 1, 1)
_DAYS = 365 * 150
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
        return hmac.new(self._key, f"{type}\x00{plain}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:24]

    def _replace(self, value: str, type: str) -> str:
        plain = _plain(value)
        made: str | None = None
        if type == "resident_id" and re.fullmatch(r"[0-9]{17}[0-9X]", plain):
            made = self._resident_id(plain)
        elif type in ("bank_card", "imei") and plain.isdigit() and len(plain) >= 13:
            body = plain[:6] + self._digits(plain[6:-1], type + plain[:6])
            made = next(body + str(check) for check in range(10) if luhn_ok(body + str(check)))
        elif type == "credit_code" and len(plain) == 18 and all(c in _CREDIT for c in plain):
            made = self._credit_code(plain)
        elif type == "mobile" and plain.isdigit() and len(plain) >= 11:
            made = plain[:-8] + self._digits(plain[-8:], type + plain[-11:-8])
        elif type in REVERSIBLE and type != "resident_id":
            digits = "".join(c for c in plain if c.isdigit())
            keep = len(digits) - 6 if type in ("phone", "ssn") else 2 if type == "passport" and len(digits) == len(plain) else 0
            if len(digits) >= 7 or (len(digits) == 6 and keep == 0):
                made = self._walked(plain, digits, keep, type)
        if made is not None:
            return _spelled(made, value)
        if self.backwards:
            return value  # nothing that this way made
        if type == "name":
            return self._name(value)
        if type == "email":
            return self._hash(value, type)[:12] + "@example.invalid"
        return self._hash(value, type)

    def _walked(self, plain: str, digits: str, keep: int, type: str) -> str:
        """The digits after the first `keep` turned, until the value is one that is found again."""
        tweak, last = type + str(len(digits)) + digits[:keep], digits[keep:]
        stays = _STAYS.get(type)
        while True:
            last = self._digits(last, tweak)
            turned = iter(digits[:keep] + last)
            made = "".join(next(turned) if c.isdigit() else c for c in plain)
            if stays is None or stays(made) or not stays(plain):
                return made

    def _digits(self, digits: str, tweak: str) -> str:
        turn = ff1.decrypt if self.backwards else ff1.encrypt
        return "".join(map(str, turn(self._key, tweak.encode(), [int(c) for c in digits], 10)))

    def _resident_id(self, plain: str) -> str | None:
        """Region kept; day of birth and sequence turned together, until they are a day again; the check character follows."""
        try:
            born = date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
        except ValueError:
            return None
        value = (born - _FIRST_DAY).days * 1000 + int(plain[14:17])
        band = _band(value)
        if not band:
            return None
        turn = ff1.decrypt if self.backwards else ff1.encrypt
        while True:  # cycle walking: 46 of 100 values are days of the first band, 4 of the second
            value = int("".join(map(str, turn(self._key, b"resident_id" + plain[:6].encode(), [int(c) for c in f"{value:08d}"], 10))))
            if _band(value) == band:
                break
        day = _FIRST_DAY + timedelta(days=value // 1000)
        body = f"{plain[:6]}{day:%Y%m%d}{value % 1000:03d}"
        return body + _CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]

    def _credit_code(self, plain: str) -> str:
        turn = ff1.decrypt if self.backwards else ff1.encrypt
        body = plain[:8] + "".join(_CREDIT[n] for n in turn(self._key, b"credit_code" + plain[:8].encode(), [_CREDIT.index(c) for c in plain[8:17]], 31))
        total = sum(_CREDIT.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
        return body + _CREDIT[(31 - total % 31) % 31]

    def _name(self, value: str) -> str:
        raw = hmac.new(self._key, b"name\x00" + value.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        given = "".join(_GIVEN[byte % len(_GIVEN)] for byte in raw[2 : 1 + max(2, min(len(value), 3))])
        return SURNAMES[int.from_bytes(raw[:2], "big") % 100] + given


_STAYS: dict[str, Callable[[str], bool]] = {
    "qq": lambda value: value[0] != "0" and len(set(value)) > 1 and not re.fullmatch(r"1[3-9][0-9]{9}", value),
    "ssn": lambda value: value[-6:-4] != "00" and value[-4:] != "0000",
}
_NUMERALS = str.maketrans("零一二三四五六七八九〇幺○壹贰叁肆伍陆柒捌玖", "0123456789010123456789")
_SIGNS = re.compile(r"[\s)\u2010-\u2015-]")


def _plain(value: str) -> str:
    """Half-width capitals and digits without the signs that people write between them: the same for every spelling."""
    return _SIGNS.sub("", narrow(value)).upper().translate(_NUMERALS)


def _band(value: int) -> int:
    """Which days of birth become one another (days since 1900, times a thousand): 1 until 2025, 2 until 2035 (all that the scanner takes), 0 none."""
    year = (_FIRST_DAY + timedelta(days=value // 1000)).year if 0 <= value < _DAYS * 1000 else 9999
    return 1 if year <= 2025 else 2 if year <= 2035 else 0


def _spelled(made: str, original: str) -> str:
    """The new characters in the old spelling: full-width where they were, spaces and dashes in place."""
    turned = iter(made)
    parts: list[str] = []
    for character in original:
        if _SIGNS.fullmatch(narrow(character)):
            parts.append(character)
            continue
        new = next(turned, "")
        if ord(character) in _NUMERALS and new.isdigit():
            new = "零一二三四五六七八九"[int(new)]
        if character.islower():
            new = new.lower()
        if 0xFF01 <= ord(character) <= 0xFF5E and new:
            new = chr(ord(new) + 0xFEE0)
        parts.append(new)
    return "".join(parts) + "".join(turned)


def generalise(value: str, type: str) -> str:
    """A value made less exact: region and year of an ID, first digits of a number, county of an address, year of a date, a range of money."""
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
