"""Checks of the characters of one number: days, weights, check digits, and the form of plates. Compiled, or plain.

`ch`: character codes, half-width capitals; `p`: where the number begins among them. `checks` has the
public functions on strings.
"""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import inlined, inner, table

PROVINCES, MOBILE_RANGES = table(tables.PROVINCES), table(tables.MOBILE)
ID_WEIGHTS, CREDIT_WEIGHTS, ORGANISATION_WEIGHTS, CREDIT_VALUES = map(
    table, (tables.ID_WEIGHTS, tables.CREDIT_WEIGHTS, tables.ORGANISATION_WEIGHTS, tables.CREDIT_VALUES)
)
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@inlined
def day_ok(year: int, month: int, day: int) -> bool:
    """Whether it is a day on which somebody who lives could have been born."""
    if year < 1880 or year > 2035 or month < 1 or month > 12 or day < 1 or day > DAYS[month - 1]:
        return False
    return not (month == 2 and day == 29 and (year % 4 != 0 or (year % 100 == 0 and year % 400 != 0)))


@inner
def resident_id_18(ch: Any, p: int) -> bool:
    """GB 11643: province, day of birth, ISO 7064 MOD 11-2."""
    if not PROVINCES[(ch[p] - 48) * 10 + ch[p + 1] - 48]:
        return False
    year = (ch[p + 6] - 48) * 1000 + (ch[p + 7] - 48) * 100 + (ch[p + 8] - 48) * 10 + ch[p + 9] - 48
    if not day_ok(year, (ch[p + 10] - 48) * 10 + ch[p + 11] - 48, (ch[p + 12] - 48) * 10 + ch[p + 13] - 48):
        return False
    total = 0
    for k in range(17):
        total += (ch[p + k] - 48) * ID_WEIGHTS[k]
    check = (12 - total % 11) % 11
    last = 10 if ch[p + 17] == 88 else ch[p + 17] - 48
    return bool(check == last)


@inlined
def resident_id_15(ch: Any, p: int) -> bool:
    """The old number: province and day of birth in the 1900s; it has no check digit."""
    if not PROVINCES[(ch[p] - 48) * 10 + ch[p + 1] - 48]:
        return False
    year = 1900 + (ch[p + 6] - 48) * 10 + ch[p + 7] - 48
    return day_ok(year, (ch[p + 8] - 48) * 10 + ch[p + 9] - 48, (ch[p + 10] - 48) * 10 + ch[p + 11] - 48)


@inner
def credit_sum(ch: Any, p: int) -> bool:
    """GB 32100: MOD 31 over 17 characters."""
    total = 0
    for k in range(17):
        value = CREDIT_VALUES[ch[p + k]]
        if value < 0:
            return False
        total += value * CREDIT_WEIGHTS[k]
    return bool((31 - total % 31) % 31 == CREDIT_VALUES[ch[p + 17]])


@inlined
def organisation_sum(ch: Any, p: int) -> bool:
    """GB 11714: the check character of the organisation code, which the credit code holds
    from its ninth character on."""
    total = 0
    for k in range(8):
        c = ch[p + k]
        total += (c - 48 if c < 58 else c - 55) * ORGANISATION_WEIGHTS[k]
    check = 11 - total % 11
    last = ch[p + 8]
    return bool((check == 10 and last == 88) or (check == 11 and last == 48) or (check < 10 and last == 48 + check))


@inner
def luhn(ch: Any, p: int, length: int) -> bool:
    """ISO/IEC 7812-1 Annex B."""
    total = 0
    for k in range(length):
        value = ch[p + length - 1 - k] - 48
        if k % 2 == 1:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return bool(total % 10 == 0)


@inlined
def mobile_ok(ch: Any, p: int) -> bool:
    """Whether eleven digits begin as mobile numbers do."""
    return bool(ch[p] == 49 and ch[p + 1] >= 51)


@inlined
def mobile_sure(ch: Any, p: int) -> int:
    """96 where an operator has the range, 85 where nobody has it yet."""
    return 96 if MOBILE_RANGES[(ch[p] - 48) * 100 + (ch[p + 1] - 48) * 10 + ch[p + 2] - 48] else 85


@inner
def vin_ok(ch: Any, p: int) -> bool:
    """ISO 3779: 17 characters without I, O, Q; the ninth is the check character, which
    Chinese and American ones have."""
    total = 0
    for k in range(17):
        c = ch[p + k]
        if c < 58:
            value = c - 48
        elif c == 73 or c == 79 or c == 81:
            return False
        elif c <= 72:
            value = c - 64
        elif c <= 82:
            value = c - 73
        else:
            value = c - 81
        weight = 8 - k if k < 7 else 10 if k == 7 else 0 if k == 8 else 18 - k
        total += value * weight
    check = total % 11
    return bool(ch[p + 8] == (88 if check == 10 else 48 + check))


@inlined
def glued_all_digits(ch: Any, p: int, length: int) -> bool:
    """Whether the characters are digits alone."""
    for k in range(p, p + length):
        if ch[k] > 57:
            return False
    return True


@inner
def plate_ok(ch: Any, p: int, length: int) -> bool:
    """Letter and five, or (new energy) six characters; GA 36. No I and O; at least two digits."""
    if length != 6 and length != 7:
        return False
    if ch[p] < 65:
        return False
    digits = 0
    for k in range(1, length):
        c = ch[p + k]
        if c < 58:
            digits += 1
        elif c == 73 or c == 79:
            return False
    if length == 7:
        return bool((ch[p + 1] >= 65 and digits >= 4) or (ch[p + 6] >= 65 and digits == 5))
    return digits >= 2


@inlined
def office_plate(ch: Any, length: int) -> bool:
    """Letter and four, before such a character: at least two digits."""
    if length != 5 or ch[0] < 65:
        return False
    digits = 0
    for k in range(1, 5):
        if ch[k] < 58:
            digits += 1
        elif ch[k] == 73 or ch[k] == 79:
            return False
    return digits >= 2
