"""Checks of numbers that carry a checksum or a date. Pure functions on plain half-width text.

Sources: GB 11643 (resident ID, ISO 7064 MOD 11-2), GB 32100 (unified social credit code, MOD 31), Luhn (ISO/IEC 7812).
"""

from __future__ import annotations

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        return 1850 <= date(year, month, day).year <= date.today().year
    except ValueError:
        return False


def is_resident_id(text: str) -> bool:
    """Whether `text` is a resident ID of 18 characters (also 81/82/83 residence permits), or an old one of 15 digits
    (which has no checksum: province and date only). GB 11643."""
    if len(text) == 15 and text.isascii() and text.isdigit():
        return text[:2] in _PROVINCES and _is_date(1900 + int(text[6:8]), int(text[8:10]), int(text[10:12]))
    if len(text) != 18 or not text.isascii() or not text[:17].isdigit() or text[:2] not in _PROVINCES:
        return False
    if not _is_date(int(text[6:10]), int(text[10:12]), int(text[12:14])):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == text[17].upper()


def is_credit_code(text: str) -> bool:
    """Whether `text` is a unified social credit code of 18 characters. GB 32100."""
    text = text.upper()
    if len(text) != 18 or any(character not in _CREDIT for character in text):
        return False
    total = sum(_CREDIT.index(character) * weight for character, weight in zip(text[:17], _CREDIT_WEIGHTS, strict=True))
    return _CREDIT[(31 - total % 31) % 31] == text[17]


def luhn_ok(digits: str) -> bool:
    """Whether a string of digits passes the Luhn check. ISO/IEC 7812-1 Annex B."""
    if not digits.isascii() or not digits.isdigit():
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0
