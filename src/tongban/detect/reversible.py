"""Numbers turned into others of the same form, and back with the key: which part of a number turns, and what of it
stays as it was.

A number stays in its form: as long, with the same region, issuer or operator, with a check digit that is right where
it was right and wrong by as much where it was wrong, and it is found again as what it was. Each of these splits the
numbers into parts that are turned within themselves (`cycles`), so every number comes back. Not for names and
addresses, which do not come back (`replacing`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from . import engine
from .beside import DATE
from .checks import _CHECK, _CREDIT, _CREDIT_WEIGHTS, _WEIGHTS
from .cycles import next_on_cycle

REVERSIBLE = frozenset(
    {"resident_id", "mobile", "bank_card", "credit_code", "phone", "imei", "qq", "passport", "travel_permit", "ssn"}
)
FEWEST = 5
"""A value with fewer digits is no number of these types."""
_REST = r"[0-9+().,/#*·:_转轉分机\u200b-\u200f\u2060\ufeff]"
_ALPHABET = re.compile(rf"{_REST}*(?:[A-Z]{{1,3}}{_REST}+){{0,4}}[A-Z]{{0,3}}")
"""What else such a number may hold; a value with other text is none, and must not be left in sight with its digits
turned."""
_FIRST_DAY = date(1900, 1, 1)
_DAYS = 365 * 150
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Form:
    """What of a number turns (numerals below `radix`), how a number is made of others (None: of those none of this
    form), and what stays.

    `key` names the form and all that stays; numbers with the same key turn into one another."""

    numerals: Sequence[int]
    radix: int
    key: tuple[Hashable, ...]
    made: Callable[[Sequence[int]], str | None]


def turned(key: bytes, plain: str, type: str, backwards: bool = False) -> str | None:
    """Another number of a type in the form of `plain` (half-width capitals and digits, no signs), or the one that
    became it;
    None where it is no number of that type. `key`: 32 bytes."""
    form = form_of(plain, type)
    if form is None:
        return None
    certain = form.key[0] == "mobile" and re.match("1[3-9]", plain[-11:]) is not None  # by the digits that stay
    seen = () if certain else _seen(plain)
    result = ""

    def wanted(numerals: list[int]) -> bool:
        nonlocal result
        other = form.made(numerals)
        if other is None:
            return False
        again = form_of(other, type)
        result = other
        return again is not None and again.key == form.key and (certain or _seen(other) == seen)

    tweak = "\x00".join(map(str, (*_shared(type, form.key), len(form.numerals), form.radix)))
    next_on_cycle(key, tweak.encode(), form.numerals, form.radix, wanted, backwards)
    return result


def _shared(type: str, key: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    """The key without the country before a mobile number: with it and without it is the same person's."""
    return (type, "mobile", str(key[1])[-3:]) if key[0] == "mobile" else (type, *key)


def form_of(plain: str, type: str) -> Form | None:
    """The form of a number of a type; None where it is none."""
    if type not in REVERSIBLE:
        return None
    form = None
    if type == "resident_id":
        form = _resident_id(plain) or _old_resident_id(plain)
    elif type in ("bank_card", "imei") and re.fullmatch("[0-9]{13,}", plain):
        form = _luhn(plain)
    elif type == "credit_code" and len(plain) == 18 and all(character in _CREDIT for character in plain):
        form = _credit_code(plain)
    elif type == "mobile" and re.fullmatch("[0-9]{11,}", plain):
        head = plain[:-8]
        form = Form(_digits(plain[-8:]), 10, ("mobile", head), lambda numerals: head + _joined(numerals))
    return form or _other(plain, type)


def _digits(text: str) -> list[int]:
    return [int(character) for character in text]


def _joined(numerals: Sequence[int]) -> str:
    return "".join(map(str, numerals))


def _resident_id(plain: str) -> Form | None:
    """Region kept; day of birth and sequence turned together. An X at the end stays one: small or large, it can be
    told afterwards."""
    born = _day(plain[6:14]) if re.fullmatch(r"[0-9]{17}[0-9X]", plain) else None
    band = _band(born) if born else 0
    if born is None or not band:
        return None
    region, ends_in_x = plain[:6], plain[17] == "X"
    off = (_CHECK.index(plain[17]) - _sum(plain[:17])) % 11

    def made(numerals: Sequence[int]) -> str | None:
        days, sequence = divmod(int(_joined(numerals)), 1000)
        day = _FIRST_DAY + timedelta(days=days) if days < _DAYS else None
        if day is None or _band(day) != band:
            return None
        body = f"{region}{day:%Y%m%d}{sequence:03d}"
        last = _CHECK[(_sum(body) + off) % 11]
        return body + last if (last == "X") == ends_in_x else None

    return Form(
        _digits(f"{(born - _FIRST_DAY).days * 1000 + int(plain[14:17]):08d}"),
        10,
        ("id", region, band, off, ends_in_x),
        made,
    )


def _old_resident_id(plain: str) -> Form | None:
    """Fifteen digits: as with eighteen, in the 1900s, without a check."""
    born = _day("19" + plain[6:12]) if re.fullmatch("[0-9]{15}", plain) else None
    if born is None:
        return None
    region = plain[:6]

    def made(numerals: Sequence[int]) -> str | None:
        days, sequence = divmod(int(_joined(numerals)), 1000)
        day = _FIRST_DAY + timedelta(days=days) if days < _DAYS else None
        return f"{region}{day:%y%m%d}{sequence:03d}" if day and day.year < 2000 else None

    return Form(_digits(f"{(born - _FIRST_DAY).days * 1000 + int(plain[12:]):08d}"), 10, ("old id", region), made)


def _sum(body: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _band(day: date) -> int:
    """Which days of birth become one another: 1 until 2025, 2 until 2035 (all that the scanner takes), 0 none."""
    return 0 if day.year < 1900 or day.year > 2035 else 1 if day.year <= 2025 else 2


def _luhn(plain: str) -> Form:
    """Issuer kept; the check digit is as right or wrong as it was."""
    head, off = plain[:6], (int(plain[-1]) - _luhn_digit(plain[:-1])) % 10

    def made(numerals: Sequence[int]) -> str:
        body = head + _joined(numerals)
        return body + str((_luhn_digit(body) + off) % 10)

    return Form(_digits(plain[6:-1]), 10, ("luhn", head, len(plain), off), made)


def _luhn_digit(body: str) -> int:
    """The digit that makes a number right (ISO/IEC 7812-1 Annex B)."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10


def _credit_code(plain: str) -> Form:
    """Authority and region kept. A code of digits alone stays one: it is found by its inner check, not by its
    letters."""
    head, radix = plain[:8], 10 if plain.isdigit() else 31
    off = (_CREDIT.index(plain[17]) - _credit_check(plain[:17])) % 31
    inner = _organisation_ok(plain)

    def made(numerals: Sequence[int]) -> str | None:
        body = head + "".join(_CREDIT[numeral] for numeral in numerals)
        code = body + _CREDIT[(_credit_check(body) + off) % 31]
        return code if code.isdigit() == plain.isdigit() and _organisation_ok(code) == inner else None

    return Form(
        [_CREDIT.index(character) for character in plain[8:17]], radix, ("credit", head, radix, off, inner), made
    )


def _credit_check(body: str) -> int:
    return -sum(_CREDIT.index(character) * weight for character, weight in zip(body, _CREDIT_WEIGHTS, strict=True)) % 31


def _organisation_ok(code: str) -> bool:
    """Whether the organisation code in a credit code of digits is right (GB 11714); of one with letters it does not
    matter."""
    if not code.isdigit():
        return False
    return -sum(
        int(digit) * weight for digit, weight in zip(code[8:16], _ORGANISATION_WEIGHTS, strict=True)
    ) % 11 == int(code[16])


def _other(plain: str, type: str) -> Form | None:
    """Whatever else has digits enough: those after the first few turn, letters and signs stay where they are."""
    digits = "".join(character for character in plain if character in "0123456789")
    count = len(digits)
    if not _ALPHABET.fullmatch(plain) or count < FEWEST or (type in ("mobile", "phone", "bank_card") and count < 7):
        return None
    keep = max(0, min(_kept(plain, digits, type), count - 6))
    head = digits[:keep]
    same = len(set(digits)) == 1 and type not in ("phone", "ssn")

    def made(numerals: Sequence[int]) -> str:
        of = iter(str(numerals[0]) * count if same else head + _joined(numerals))
        return "".join(next(of) if character in "0123456789" else character for character in plain)

    key = ("other", re.sub("[0-9]", "9", plain), "" if same else head, same, not same and _kind_within(digits, type))
    return Form([int(digits[0])] if same else _digits(digits[keep:]), 10, key, made)


def _kept(plain: str, digits: str, type: str) -> int:
    """How many of the first digits stay: area, operator, region or kind."""
    if type == "mobile":
        return max(len(digits) - 8, 2)
    if type in ("phone", "ssn"):
        return len(digits) - 6
    if type == "resident_id":
        return 6 if len(digits) >= 13 else 1
    return 2 if type == "passport" and re.fullmatch("1[45][0-9]{7}", plain) else 0


def _kind_within(digits: str, type: str) -> Hashable:
    """By what the scanner tells numbers of a type from other numbers, as far as it is no matter of length."""
    if type == "qq":
        return digits[0] == "0"
    if type == "ssn":
        return digits[-6:-4] == "00" or digits[-4:] == "0000"
    return type in ("passport", "travel_permit", "bank_card") and DATE.fullmatch(digits) is not None


def _seen(plain: str) -> tuple[tuple[str, float], ...]:
    """What the loops take a number for where no word stands before it, and how sure they are: in a text the surest
    finding counts."""
    return tuple((finding.type, finding.confidence) for finding in engine.findings(plain))
