"""The scanning loops over UTF-8 bytes: numbers, codes, e-mail addresses, plates. One pass, no allocation per finding.

Written in the part of Python that numba compiles; without numba they run as they are. Findings go into arrays: byte
span, kind, confidence in percent. Context is what stands in the 30 bytes before a number. Not for names and addresses
(`people`) nor for what only words tell (`patterns`).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tongban.detect import tables
from tongban.detect.compiled import FAST, compiled

RESIDENT_ID, CREDIT_CODE, BANK_CARD, MOBILE, PHONE, EMAIL, PLATE, IPV4, VIN, IMEI = range(1, 11)
MOST = 96
"""Characters of one sequence of numbers that are looked at together."""
GROUPS = 16


def _plain(table: Any) -> Any:
    """The table as compiled code reads it best, or as plain Python does."""
    return table if FAST else table.tolist()


CLASSES, PROVINCES, MOBILE_RANGES, ISSUERS, AREAS = map(_plain, (tables.CLASSES, tables.PROVINCES, tables.MOBILE, tables.ISSUERS, tables.AREAS))
ID_WEIGHTS, CREDIT_WEIGHTS, ORGANISATION_WEIGHTS, CREDIT_VALUES = map(_plain, (tables.ID_WEIGHTS, tables.CREDIT_WEIGHTS, tables.ORGANISATION_WEIGHTS, tables.CREDIT_VALUES))
PLATES, NUMERALS = _plain(tables.PLATES), _plain(tables.NUMERALS)
ID_WORDS, ID_ENDS, ID_LASTS = map(_plain, tables.FOR_ID)
CARD_WORDS, CARD_ENDS, CARD_LASTS = map(_plain, tables.FOR_CARD)
PHONE_WORDS, PHONE_ENDS, PHONE_LASTS = map(_plain, tables.FOR_PHONE)
CREDIT_WORDS, CREDIT_ENDS, CREDIT_LASTS = map(_plain, tables.FOR_CREDIT)
AGAINST_WORDS, AGAINST_ENDS, AGAINST_LASTS = map(_plain, tables.AGAINST)
STEPS, ENDERS, AUTHORITIES = _plain(tables.STEPS), _plain(tables.ENDERS), _plain(tables.AUTHORITIES)
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FAR = 999
STRIDE = 32 if FAST else 1
"""After a quiet stretch so many bytes are looked at one by one: compiled, that is quicker than asking anew; plain, it is not."""


if FAST:

    @compiled
    def quiet(buf: Any, i: int, n: int) -> int:
        """The beginning of the first 32 bytes from i on in which something could begin."""
        while i + 34 <= n:
            found = np.uint8(0)
            for k in range(32):
                b = buf[i + k]
                found |= np.uint8((b < 123) & (b >= 48)) | np.uint8((b == 0xEF) & (((buf[i + k + 1] == 0xBC) & (buf[i + k + 2] >= 0x90)) | (buf[i + k + 1] == 0xBD)))
            if found:
                break
            i += 32
        return i

    @compiled
    def zeros(length: int) -> Any:
        """So many whole numbers, all 0."""
        return np.zeros(length, np.int64)

else:
    _BEGINS = re.compile(rb"[0-9A-Za-z@]|\xef\xbc[\x90-\xff]|\xef\xbd")

    def quiet(buf: Any, i: int, n: int) -> int:
        """The first byte from i on at which something could begin."""
        found = _BEGINS.search(buf, i, n)
        return found.start() if found else n

    def zeros(length: int) -> Any:
        """So many whole numbers, all 0."""
        return [0] * length


@compiled
def letter_at(buf: Any, i: int, n: int) -> tuple[int, int]:
    """The digit or capital letter at byte i, also a full-width one, and its length in bytes; (0, 0) where there is none."""
    b = buf[i]
    if 48 <= b <= 57 or 65 <= b <= 90:
        return int(b), 1
    if 97 <= b <= 122:
        return int(b) - 32, 1
    if b == 0xEF and i + 2 < n:
        if buf[i + 1] == 0xBC:
            c = buf[i + 2]
            if 0x90 <= c <= 0x99:
                return int(c) - 0x90 + 48, 3
            if 0xA1 <= c <= 0xBA:
                return int(c) - 0xA1 + 65, 3
        elif buf[i + 1] == 0xBD and 0x81 <= buf[i + 2] <= 0x9A:
            return int(buf[i + 2]) - 0x81 + 65, 3
    return 0, 0


@compiled
def separator_at(buf: Any, i: int, n: int) -> int:
    """Bytes of the space, dash or closing bracket at i that people write inside numbers; 0 where there is none."""
    b = buf[i]
    if b == 0x20 or b == 0x2D or b == 0x29:
        return 1
    if b == 0xC2 and i + 1 < n and buf[i + 1] == 0xA0:
        return 2
    if i + 2 < n:
        if b == 0xE3 and buf[i + 1] == 0x80 and buf[i + 2] == 0x80:
            return 3
        if b == 0xE2 and buf[i + 1] == 0x80 and 0x90 <= buf[i + 2] <= 0x95:
            return 3
        if b == 0xEF and buf[i + 1] == 0xBC and (buf[i + 2] == 0x8D or buf[i + 2] == 0x89):
            return 3
    return 0


@compiled
def distance(buf: Any, start: int, words: Any, ends: Any, lasts: Any) -> int:
    """Bytes between `start` and the nearest of the words that ends at most 18 bytes before it; FAR without one.

    Words do not reach over the end of a line or a sentence, the border of a cell, or another number. `lasts`: whether a word ends
    with this byte.
    """
    digits = 0
    for gap in range(19):
        at = start - gap
        if at <= 0:
            return FAR
        last = buf[at - 1]
        if last == 10 or last == 44 or last == 9 or (last == 0x82 and at > 2 and buf[at - 2] == 0x80 and buf[at - 3] == 0xE3):
            return FAR
        if 48 <= last <= 57:
            digits += 1
            if digits > 3:
                return FAR
        if not lasts[last]:
            continue
        if 65 <= last <= 90:
            last += 32
        begin = 0
        for end in ends:
            if words[end - 1] == last and at - (end - begin) >= 0:
                same = True
                for k in range(1, end - begin):
                    b = buf[at - 1 - k]
                    if 65 <= b <= 90:
                        b += 32
                    if b != words[end - 1 - k]:
                        same = False
                        break
                if same:
                    return gap
            begin = end
    return FAR


@compiled
def day_ok(year: int, month: int, day: int) -> bool:
    """Whether it is a day on which somebody who lives could have been born."""
    if year < 1880 or year > 2035 or month < 1 or month > 12 or day < 1 or day > DAYS[month - 1]:
        return False
    return not (month == 2 and day == 29 and (year % 4 != 0 or (year % 100 == 0 and year % 400 != 0)))


@compiled
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


@compiled
def resident_id_15(ch: Any, p: int) -> bool:
    """The old number: province and day of birth in the 1900s; it has no check digit."""
    if not PROVINCES[(ch[p] - 48) * 10 + ch[p + 1] - 48]:
        return False
    year = 1900 + (ch[p + 6] - 48) * 10 + ch[p + 7] - 48
    return day_ok(year, (ch[p + 8] - 48) * 10 + ch[p + 9] - 48, (ch[p + 10] - 48) * 10 + ch[p + 11] - 48)


@compiled
def credit_sum(ch: Any, p: int) -> bool:
    """GB 32100: MOD 31 over 17 characters."""
    total = 0
    for k in range(17):
        value = CREDIT_VALUES[ch[p + k]]
        if value < 0:
            return False
        total += value * CREDIT_WEIGHTS[k]
    return bool((31 - total % 31) % 31 == CREDIT_VALUES[ch[p + 17]])


@compiled
def organisation_sum(ch: Any, p: int) -> bool:
    """GB 11714: the check character of the organisation code, which the credit code holds from its ninth character on."""
    total = 0
    for k in range(8):
        c = ch[p + k]
        total += (c - 48 if c < 58 else c - 55) * ORGANISATION_WEIGHTS[k]
    check = 11 - total % 11
    last = ch[p + 8]
    return bool((check == 10 and last == 88) or (check == 11 and last == 48) or (check < 10 and last == 48 + check))


@compiled
def luhn(ch: Any, p: int, length: int) -> bool:
    """ISO/IEC 7812-1 Annex B."""
    total = 0
    for k in range(length):
        value = ch[p + length - 1 - k] - 48
        if k % 2 == 1:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return bool(total % 10 == 0)


@compiled
def mobile_ok(ch: Any, p: int) -> bool:
    """Whether eleven digits begin as mobile numbers do."""
    return bool(ch[p] == 49 and ch[p + 1] >= 51)


@compiled
def mobile_sure(ch: Any, p: int) -> int:
    """96 where an operator has the range, 85 where nobody has it yet."""
    return 96 if MOBILE_RANGES[(ch[p] - 48) * 100 + (ch[p + 1] - 48) * 10 + ch[p + 2] - 48] else 85


@compiled
def vin_ok(ch: Any, p: int) -> bool:
    """ISO 3779: 17 characters without I, O, Q; the ninth is the check character, which Chinese and American ones have."""
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


@compiled
def email_at(buf: Any, at: int, width: int, floor: int, n: int) -> tuple[int, int]:
    """The span of the e-mail address whose @ stands at `at`, not before `floor`; (0, 0) where there is none."""
    start = at
    while start > floor and at - start < 64:
        b = buf[start - 1]
        if 48 <= b <= 57 or 65 <= b <= 90 or 97 <= b <= 122 or b == 46 or b == 95 or b == 37 or b == 43 or b == 45:
            start -= 1
        else:
            break
    while start < at and (buf[start] == 46 or buf[start] == 45):
        start += 1
    if start == at:
        return 0, 0
    end = at + width
    label, best = end, 0
    while end < n and end - at < 256:
        b = buf[end]
        if 48 <= b <= 57 or 65 <= b <= 90 or 97 <= b <= 122 or b == 45:
            end += 1
        elif b == 46 and end > label:
            end += 1
            label = end
        else:
            break
        if label > at + width and end - label >= 2:
            letters = True
            for k in range(label, end):
                if not (65 <= buf[k] <= 90 or 97 <= buf[k] <= 122):
                    letters = False
                    break
            if letters and (end == n or not (48 <= buf[end] <= 57 or 65 <= buf[end] <= 90 or 97 <= buf[end] <= 122 or buf[end] == 45)):
                best = end
    return (start, best) if best else (0, 0)


@compiled
def typical(sizes: Any, a: int, b: int) -> bool:
    """Whether the groups a..b are as people write numbers: 3-4-4, 4-4-4-4-3, 6-8-4 and the like; or one group."""
    if a == b:
        return True
    fours = True
    for g in range(a, b):
        if sizes[g] != 4:
            fours = False
    if fours and sizes[b] <= 4:
        return True
    count = b - a + 1
    if count == 2:
        return bool((sizes[a] in (3, 4) and sizes[b] in (7, 8)) or (sizes[a] in (2, 4) and sizes[b] == 11) or (sizes[a] == 6 and sizes[b] in (12, 13)))
    if count == 3:
        return bool(
            (sizes[a] == 3 and sizes[a + 1] + sizes[b] == 8) or (sizes[a] == 4 and sizes[a + 1] == 4 and sizes[b] == 3) or (sizes[a] == 4 and sizes[a + 1] == 6)
            or (sizes[a] in (3, 4) and sizes[a + 1] in (3, 4) and sizes[b] == 4)
        )  # fmt: skip
    return bool(count == 4 and sizes[a] in (2, 4) and sizes[a + 1] == 3 and sizes[a + 2] == 4 and sizes[b] == 4)


@compiled
def is_plate_character(buf: Any, end: int) -> bool:
    """Whether the character that ends at `end` is one with which plates begin."""
    if end < 3:
        return False
    code = (int(buf[end - 3]) << 16) | (int(buf[end - 2]) << 8) | int(buf[end - 1])
    low, high = 0, len(PLATES)
    while low < high:
        middle = (low + high) // 2
        if PLATES[middle] < code:
            low = middle + 1
        else:
            high = middle
    return bool(low < len(PLATES) and PLATES[low] == code)


@compiled
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


@compiled
def plate_end(buf: Any, end: int, n: int) -> int:
    """Bytes of the character of office that closes a plate of letter and four: 警 学 挂 港 澳 领 使; 0 where there is none."""
    if end + 3 > n:
        return 0
    code = (int(buf[end]) << 16) | (int(buf[end + 1]) << 8) | int(buf[end + 2])
    if code in (0xE8ADA6, 0xE5ADA6, 0xE68C82, 0xE6B8AF, 0xE6BEB3, 0xE9A286, 0xE4BDBF):
        return 3
    return 0


@compiled
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


@compiled
def numeral_at(buf: Any, i: int, n: int) -> int:
    """The value of the Chinese numeral at byte i; −1 where there is none."""
    if i + 2 >= n or i < 0:
        return -1
    b = buf[i]
    if b < 0xE2 or b > 0xE9:
        return -1
    code = (int(b) << 16) | (int(buf[i + 1]) << 8) | int(buf[i + 2])
    low, high = 0, len(NUMERALS)
    while low < high:
        middle = (low + high) // 2
        if NUMERALS[middle] >> 8 < code:
            low = middle + 1
        else:
            high = middle
    if low < len(NUMERALS) and NUMERALS[low] >> 8 == code:
        return int(NUMERALS[low] & 255)
    return -1


@compiled
def chinese_numerals(buf: Any, begin: int, n: int, out_start: Any, out_end: Any, out_kind: Any, out_sure: Any) -> int:
    """Mobile numbers written with Chinese numerals: eleven in a row. Looks at every tenth character only."""
    count = 0
    i = begin + 30
    last = begin
    ch = zeros(11)
    while i < n:
        at = i
        while at > last and (buf[at] & 0xC0) == 0x80:
            at -= 1
        if numeral_at(buf, at, n) < 0:
            i += 30
            continue
        first = at
        while first - 3 >= last and numeral_at(buf, first - 3, n) >= 0:
            first -= 3
        end = at
        while numeral_at(buf, end, n) >= 0:
            end += 3
        if end - first == 33:
            for k in range(11):
                ch[k] = numeral_at(buf, first + 3 * k, n) + 48
            if mobile_ok(ch, 0):
                out_start[count], out_end[count], out_kind[count], out_sure[count] = first, end, MOBILE, 90
                count += 1
        last = end
        i = end + 30
    return count


@compiled
def glued_all_digits(ch: Any, p: int, length: int) -> bool:
    """Whether the characters are digits alone."""
    for k in range(p, p + length):
        if ch[k] > 57:
            return False
    return True


@compiled
def scan(buf: Any, begin: int, n: int, out_start: Any, out_end: Any, out_kind: Any, out_sure: Any) -> int:
    """All findings in buf[begin:n], into the arrays, in order; returns how many. The arrays hold (n − begin) // 5 + 16."""
    count = 0
    ch = zeros(MOST + 8)
    at = zeros(MOST + 8)
    to = zeros(MOST + 8)
    first = zeros(GROUPS + 1)
    sizes = zeros(GROUPS + 1)
    lead = zeros(GROUPS + 1)
    trail = zeros(GROUPS + 1)
    mixed = zeros(GROUPS + 1)
    used = zeros(GROUPS + 1)
    floor = begin
    busy = begin
    i = begin
    while i < n:
        kind = CLASSES[buf[i]]
        if kind == 0:
            if i >= busy:
                i = quiet(buf, i, n)
                busy = i + STRIDE
            else:
                i += 1
            continue
        if kind == 3:
            start, end = email_at(buf, i, 1, floor, n)
            if end:
                out_start[count], out_end[count], out_kind[count], out_sure[count] = start, end, EMAIL, 98
                count += 1
                floor = i = end
            else:
                i += 1
            continue
        if kind == 1 and (i == 0 or buf[i - 1] < 0x80):
            # A short number that ends at a sign which no identifier holds, and a date: nothing to look for.
            j = i + 1
            while j < n and j - i < 8 and CLASSES[buf[j]] == 1:
                j += 1
            size = j - i
            if size == 4 and j + 6 <= n and buf[j] == 45 and buf[j + 3] == 45 and (buf[i] == 50 or (buf[i] == 49 and buf[i + 1] == 57)):
                if CLASSES[buf[j + 1]] == 1 and CLASSES[buf[j + 2]] == 1 and CLASSES[buf[j + 4]] == 1 and CLASSES[buf[j + 5]] == 1 and (j + 6 == n or ENDERS[buf[j + 6]] > 0):
                    i = j + 6
                    continue
            if size < 7 and (j == n or ENDERS[buf[j]] == 2):
                i = j
                continue
        if kind == 2:
            j = i + 1
            while j < n and CLASSES[buf[j]] == 2:
                j += 1
            if j - i > 1 and (j == n or (CLASSES[buf[j]] != 1 and CLASSES[buf[j]] != 4)):
                i = j
                continue
        elif kind == 4 and i + 2 < n and ((buf[i + 1] == 0xBC and 0x80 <= buf[i + 2] < 0x90) or (buf[i + 1] > 0xBD and buf[i + 2] >= 0x80)):
            i += 3
            continue
        c, width = letter_at(buf, i, n)
        if width == 0:
            if i + 2 < n and buf[i + 1] == 0xBC and buf[i + 2] == 0xA0:
                start, end = email_at(buf, i, 3, floor, n)
                if end:
                    out_start[count], out_end[count], out_kind[count], out_sure[count] = start, end, EMAIL, 95
                    count += 1
                    floor = i = end
                    continue
            i += 1  # the rest of the character is of no class, or it is none
            continue
        # One word of letters and digits, then those that follow it after a separator and hold a digit.
        total, groups, pos, here = 0, 0, i, i
        digits_in_all = 0
        cut = False
        while True:
            group_at, _word, digits, letters, leading, trailing, changes, was = total, pos, 0, 0, 0, 0, 0, 0
            while pos < n:
                b8 = buf[pos]
                kind = CLASSES[b8]
                if kind == 1:
                    c, width = int(b8), 1
                elif kind == 2:
                    c, width = int(b8) & 0xDF, 1
                elif kind == 4:
                    c, width = letter_at(buf, pos, n)
                    if width == 0:
                        break
                else:
                    break
                if total < MOST:
                    ch[total], at[total], to[total] = c, pos, pos + width
                    total += 1
                if c < 58:
                    digits += 1
                    trailing = 0
                    if was == 2:
                        changes += 1
                    was = 1
                else:
                    letters += 1
                    trailing += 1
                    if digits == 0:
                        leading += 1
                    if was == 1:
                        changes += 1
                    was = 2
                pos += width
            if groups > 0 and (digits == 0 and not (letters == 1 and ch[group_at] == 88)):
                total, pos = group_at, here
                break
            if groups > 0 and (groups == GROUPS or total >= MOST):
                total, pos, cut = group_at, here, True
                break
            digits_in_all += digits
            first[groups], sizes[groups], lead[groups], trail[groups] = group_at, total - group_at, leading, trailing if digits else 0
            mixed[groups] = 1 if changes > (1 if leading else 0) + (1 if trailing else 0) or total >= MOST else 0
            used[groups] = 0
            groups += 1
            here = pos
            if digits == 0 or total >= MOST:
                break
            gap = pos
            for _ in range(3):
                if gap >= n:
                    break
                step = separator_at(buf, gap, n)
                if step == 0:
                    break
                gap += step
            if gap == pos or gap >= n:
                break
            c, width = letter_at(buf, gap, n)
            if width == 0:
                break
            pos = gap
        end_of_all = here
        if digits_in_all == 0:
            # Letters alone: the first letter of a plate that goes on after a dot?
            if sizes[0] == 1 and is_plate_character(buf, i):
                k = end_of_all
                if k + 1 < n and buf[k] == 0xC2 and buf[k + 1] == 0xB7:
                    k += 2
                elif k + 2 < n and buf[k] == 0xE2 and buf[k + 1] == 0x80 and buf[k + 2] == 0xA2:
                    k += 3
                elif k < n and (buf[k] == 46 or buf[k] == 32 or buf[k] == 45):
                    k += 1
                total = 1
                while k < n and total < 10:
                    c, width = letter_at(buf, k, n)
                    if width == 0:
                        break
                    ch[total] = c
                    total += 1
                    k += width
                closed = plate_end(buf, k, n) if office_plate(ch, total) else 0
                if closed or plate_ok(ch, 0, total):
                    out_start[count], out_end[count], out_kind[count], out_sure[count] = i - 3, k + closed, PLATE, 92
                    count += 1
                    floor = i = k + closed
                    continue
            i = end_of_all
            continue
        # An e-mail address that begins with these digits?
        k = end_of_all
        while k < n and k - i < 64:
            b = buf[k]
            if 48 <= b <= 57 or 65 <= b <= 90 or 97 <= b <= 122 or b == 46 or b == 95 or b == 37 or b == 43 or b == 45:
                k += 1
            else:
                break
        if k < n and buf[k] == 64:
            start, end = email_at(buf, k, 1, floor, n)
            if end and start < end_of_all:
                g = 0
                while g < groups and at[first[g]] < start:
                    g += 1
                if g == 0 or to[first[g - 1] + sizes[g - 1] - 1] > start:
                    out_start[count], out_end[count], out_kind[count], out_sure[count] = start, end, EMAIL, 98
                    count += 1
                    floor = i = end
                    continue
                # Numbers stand before the address, with a space between: they are looked at first.
                groups, cut = g, False
                total = first[g - 1] + sizes[g - 1]
                end_of_all = to[total - 1]
                digits_in_all = 0
                for k in range(total):
                    if ch[k] < 58:
                        digits_in_all += 1
        opened = count
        if is_plate_character(buf, i):
            size = sizes[0]
            if groups > 1 and size == 2:
                size += sizes[1]
            closed = plate_end(buf, to[size - 1], n) if size == 5 and office_plate(ch, size) else 0
            if closed or plate_ok(ch, 0, size):
                out_start[count], out_end[count], out_kind[count], out_sure[count] = i - 3, to[size - 1] + closed, PLATE, 92
                count += 1
                used[0] = 1
                if size > sizes[0]:
                    used[1] = 1
        possible = 0
        if digits_in_all >= 7 or total >= 17:
            for a in range(groups):
                size, full = -lead[a], 0
                for b in range(a, groups):
                    size += sizes[b]
                    full += sizes[b]
                    if size - trail[b] > 19:
                        break
                    possible |= STEPS[max(size - trail[b], 0)]
                    if full == 18 or (full == 17 and a == b and lead[a] + trail[b] + mixed[a] > 0):
                        possible |= 2
        if possible:
            before_dot = i > 1 and buf[i - 1] == 46 and 48 <= buf[i - 2] <= 57
            after_dot = end_of_all + 1 < n and buf[end_of_all] == 46 and 48 <= buf[end_of_all + 1] <= 57
            for step in range(6):
                if not (possible >> step) & 1:
                    continue
                for a in range(groups):
                    if used[a] or (mixed[a] and step != 1):
                        continue
                    p = first[a] + (lead[a] if step != 1 else 0)
                    length = 0
                    for b in range(a, groups):
                        if used[b] or (b > a and (lead[b] > 0 and not (trail[b] == 0 and sizes[b] == 1) and step != 1)) or (mixed[b] and step != 1):
                            break
                        if b > a and step != 1 and (trail[b - 1] > 0 or (b - 1 > a and lead[b - 1] > 0)):
                            break  # a letter stands between the digits
                        stop = first[b] + sizes[b] - (trail[b] if step != 1 else 0)
                        if sizes[b] == 1 and ch[first[b]] == 88 and step != 1:
                            stop = first[b]
                        length = stop - p
                        if length > 19:
                            break
                        glued = lead[a] > 0 or trail[b] > 0
                        whole = a == 0 and b == groups - 1
                        found, sure, stretch = 0, 0, 0
                        if step == 0:
                            if length == 18 and trail[b] < 3:
                                if resident_id_18(ch, p):
                                    found, sure = RESIDENT_ID, 99
                            elif length == 17 and stop < total and ch[stop] == 88:
                                last_group = b if stop < first[b] + sizes[b] else b + 1
                                if (last_group == b and trail[b] == 1) or (last_group == b + 1 and last_group < groups and sizes[last_group] == 1):
                                    if resident_id_18(ch, p):
                                        found, sure, stretch = RESIDENT_ID, 99, 1
                        elif step == 1:
                            if length == 18 and lead[a] < 10:
                                letters = 0
                                for k in range(p, p + 18):
                                    if ch[k] > 57:
                                        letters += 1
                                begins = (49 <= ch[p] <= 57 or ch[p] == 65 or ch[p] == 78 or ch[p] == 89)
                                if credit_sum(ch, p) and (typical(sizes, a, b) or whole):
                                    if letters and begins:
                                        found, sure = CREDIT_CODE, 99
                                    elif letters:
                                        if distance(buf, at[p], CREDIT_WORDS, CREDIT_ENDS, CREDIT_LASTS) < FAR:
                                            found, sure = CREDIT_CODE, 90
                                    elif begins and (PROVINCES[(ch[p + 2] - 48) * 10 + ch[p + 3] - 48] or (ch[p + 2] == 49 and ch[p + 3] == 48)):
                                        if organisation_sum(ch, p + 8) or distance(buf, at[p], CREDIT_WORDS, CREDIT_ENDS, CREDIT_LASTS) < FAR:
                                            found, sure = CREDIT_CODE, 95
                                        elif AUTHORITIES[(ch[p] - 48) * 10 + ch[p + 1] - 48] and not before_dot and not after_dot and distance(buf, at[p], AGAINST_WORDS, AGAINST_ENDS, AGAINST_LASTS) == FAR:
                                            found, sure = CREDIT_CODE, 85
                            elif length == 17 and a == b and not glued_all_digits(ch, p, 17) and vin_ok(ch, p):
                                found, sure = VIN, 90
                        elif step == 2:
                            if 14 <= length <= 19 and (ISSUERS[(ch[p] - 48) * 1000 + (ch[p + 1] - 48) * 100 + (ch[p + 2] - 48) * 10 + ch[p + 3] - 48] >> length) & 1:
                                if luhn(ch, p, length) and not before_dot and not after_dot and (typical(sizes, a, b) or whole):
                                    bad = distance(buf, at[p], AGAINST_WORDS, AGAINST_ENDS, AGAINST_LASTS)
                                    good = distance(buf, at[p], CARD_WORDS, CARD_ENDS, CARD_LASTS)
                                    longer = 0
                                    if b + 1 < groups and not used[b + 1] and lead[b + 1] == 0 and trail[b + 1] == 0 and not mixed[b + 1]:
                                        longer = length + sizes[b + 1]
                                        if longer > 19 or not ((ISSUERS[(ch[p] - 48) * 1000 + (ch[p + 1] - 48) * 100 + (ch[p + 2] - 48) * 10 + ch[p + 3] - 48] >> longer) & 1) or not typical(sizes, a, b + 1) or not luhn(ch, p, longer):
                                            longer = 0
                                    if longer == 0 and ((good < FAR and good <= bad) or (bad == FAR and not glued)):
                                        if length > 15 or good < FAR:
                                            found, sure = BANK_CARD, 97 if good < FAR else 92
                                if found and a < b and b + 1 < groups and sizes[b + 1] < 4 and lead[b + 1] == 0 and trail[b + 1] == 0 and not used[b + 1]:
                                    more = length + sizes[b + 1]  # of a card written in fours the last few digits belong to it where they can
                                    if more <= 19 and (ISSUERS[(ch[p] - 48) * 1000 + (ch[p + 1] - 48) * 100 + (ch[p + 2] - 48) * 10 + ch[p + 3] - 48] >> more) & 1 and luhn(ch, p, more) and typical(sizes, a, b + 1):
                                        found = 0
                        elif step == 3:
                            skip = 0
                            if length == 13 and ch[p] == 56 and ch[p + 1] == 54:
                                skip = 2
                            elif length == 15 and ch[p] == 48 and ch[p + 1] == 48 and ch[p + 2] == 56 and ch[p + 3] == 54:
                                skip = 4
                            elif length == 12 and ch[p] == 48:
                                skip = 1
                            if length - skip == 11 and mobile_ok(ch, p + skip) and (typical(sizes, a, b) or whole) and not before_dot and not after_dot:
                                bad = distance(buf, at[p], AGAINST_WORDS, AGAINST_ENDS, AGAINST_LASTS)
                                if (bad == FAR and not glued) or distance(buf, at[p], PHONE_WORDS, PHONE_ENDS, PHONE_LASTS) < min(bad, FAR):
                                    found, sure = MOBILE, mobile_sure(ch, p + skip)
                        elif step == 4:
                            if 10 <= length <= 12 and ch[p] == 48 and not glued and not before_dot and not after_dot and (typical(sizes, a, b) or whole):
                                area = AREAS[(ch[p + 1] - 48) * 10 + ch[p + 2] - 48] if ch[p + 1] < 51 else AREAS[(ch[p + 1] - 48) * 100 + (ch[p + 2] - 48) * 10 + ch[p + 3] - 48]
                                rest = length - area
                                if area and (rest == 7 or rest == 8) and 50 <= ch[p + area] <= 56 and not (a < b and sizes[a] != area and not whole):
                                    good = distance(buf, at[p], PHONE_WORDS, PHONE_ENDS, PHONE_LASTS)
                                    bad = distance(buf, at[p], AGAINST_WORDS, AGAINST_ENDS, AGAINST_LASTS)
                                    if good <= bad:
                                        found, sure = PHONE, 95 if good < FAR or (a < b and sizes[a] == area) else 80
                            elif 7 <= length <= 15 and not glued and not before_dot and not after_dot and (whole or a == b):
                                if i > 0 and a == 0 and buf[i - 1] == 43 and length > 7 and ch[p] != 48:
                                    found, sure = PHONE, 85
                                elif 7 <= length <= 8 and a == b and 50 <= ch[p] <= 56:
                                    good = distance(buf, at[p], PHONE_WORDS, PHONE_ENDS, PHONE_LASTS)
                                    if good < 8 and good < distance(buf, at[p], AGAINST_WORDS, AGAINST_ENDS, AGAINST_LASTS):
                                        found, sure = PHONE, 75
                                elif length == 10 and (ch[p] == 52 or ch[p] == 56) and ch[p + 1] == 48 and ch[p + 2] == 48:
                                    if a < b or distance(buf, at[p], PHONE_WORDS, PHONE_ENDS, PHONE_LASTS) < FAR:
                                        found, sure = PHONE, 70
                        elif length == 15 and a == b and not before_dot and not after_dot:
                            good = distance(buf, at[p], ID_WORDS, ID_ENDS, ID_LASTS)
                            bad = distance(buf, at[p], AGAINST_WORDS, AGAINST_ENDS, AGAINST_LASTS)
                            if resident_id_15(ch, p) and (good < FAR or (bad == FAR and not glued)):
                                found, sure = RESIDENT_ID, 90 if good < FAR else 70
                            elif ch[p] in (51, 56) and ch[p + 1] in (53, 54) and luhn(ch, p, 15) and bad == FAR:
                                found, sure = IMEI, 75
                        if found:
                            end = to[stop - 1 + stretch]
                            start = at[p]
                            if (found == MOBILE or found == PHONE) and length > 6 and start > floor and a == 0:
                                if buf[start - 1] == 43:
                                    start -= 1
                                elif start > floor + 2 and buf[start - 1] == 0x8B and buf[start - 2] == 0xBC and buf[start - 3] == 0xEF:
                                    start -= 3
                            slot = count
                            while slot > opened and out_start[slot - 1] > start:
                                out_start[slot], out_end[slot] = out_start[slot - 1], out_end[slot - 1]
                                out_kind[slot], out_sure[slot] = out_kind[slot - 1], out_sure[slot - 1]
                                slot -= 1
                            out_start[slot], out_end[slot], out_kind[slot], out_sure[slot] = start, end, found, sure
                            count += 1
                            for g in range(a, b + 1):
                                used[g] = 1
                            if stretch and b + 1 < groups and sizes[b + 1] == 1 and stop == first[b + 1]:
                                used[b + 1] = 1
                            break
        elif groups == 1 and sizes[0] <= 3 and lead[0] == 0 and trail[0] == 0 and end_of_all + 6 <= n and buf[end_of_all] == 46:
            # Four numbers with dots between.
            k, parts, good_parts = i, 0, True
            while parts < 4 and k < n and 48 <= buf[k] <= 57:
                value, width = 0, 0
                while k < n and 48 <= buf[k] <= 57 and width < 4:
                    value = value * 10 + int(buf[k]) - 48
                    k += 1
                    width += 1
                if width > 3 or value > 255:
                    good_parts = False
                    break
                parts += 1
                if parts < 4:
                    if k < n and buf[k] == 46:
                        k += 1
                    else:
                        break
            if good_parts and parts == 4 and not (k < n and (buf[k] == 46 and k + 1 < n and 48 <= buf[k + 1] <= 57)) and not (i > 0 and (buf[i - 1] == 46 or buf[i - 1] == 118 or buf[i - 1] == 86)):
                out_start[count], out_end[count], out_kind[count], out_sure[count] = i, k, IPV4, 80
                count += 1
                floor = i = k
                continue
        if count > opened:
            floor = out_end[count - 1]
        i = end_of_all
        if cut:
            # There are more groups than are looked at together: go on after the last finding, at least with the second half.
            g = groups - 1
            while g > GROUPS // 2 and not used[g]:
                g -= 1
            if g + 1 < groups:
                i = at[first[g + 1]]
    return count


@compiled
def characters(buf: Any, n: int, places: Any, out: Any) -> None:
    """Byte places, in order, as numbers of characters (code points) before them."""
    done, count = 0, 0
    for k in range(len(places)):
        stop = places[k]
        for j in range(done, stop):
            if (buf[j] & 0xC0) != 0x80:
                count += 1
        done = stop
        out[k] = count
