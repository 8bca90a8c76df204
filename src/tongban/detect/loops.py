"""The scanning loops over UTF-8 bytes: numbers, codes, e-mail addresses, plates. One pass, no allocation per finding.

Written in the part of Python that numba compiles; without numba they run as they are. From mark to mark (`lanes`: a
digit or an @; every finding holds one) numbers are cut into groups (`groups`) and judged (`judging`) with the words
before them (`context`). Findings go into arrays: byte span, kind, confidence in percent. Not for names and addresses
(`people`) nor for what only words tell (`patterns`).
"""

from __future__ import annotations

from typing import Any

from tongban.detect.codes import is_code
from tongban.detect.compiled import compiled, inlined, inner, outer
from tongban.detect.groups import (
    ANSWERS,
    AT,
    ENDS,
    FIRST,
    GROUPS,
    SIZES,
    STARTS,
    USED,
    after,
    groups_at,
    word_begin,
    zeros,
)
from tongban.detect.internet import MAIL, email_at, ipv4_end
from tongban.detect.judging import (
    BANK_CARD,
    CREDIT_CODE,
    EMAIL,
    IMEI,
    IPV4,
    MOBILE,
    PHONE,
    PLATE,
    RESIDENT_ID,
    VIN,
    judged,
    judged_digits,
    judged_whole,
    judged_word,
    possible_steps,
)
from tongban.detect.lanes import after_digits, next_mark
from tongban.detect.signs import ENDERS, ends_at, is_plate_character, letter_at, maybe_numerals, numeral_at, plate_end
from tongban.detect.sums import MOBILE_RANGES, mobile_ok, office_plate, plate_ok


@inlined
def date_end(buf: Any, i: int, n: int) -> int:
    """The end of the day 2024-05-06 at byte i after which no number goes on; 0 where there is none."""
    end = i + 10
    if end > n or buf[i + 4] != 45 or buf[i + 7] != 45 or not (buf[i] == 50 or (buf[i] == 49 and buf[i + 1] == 57)):
        return 0
    if after_digits(buf, i + 5, n) != i + 7 or after_digits(buf, i + 8, n) != end:
        return 0
    before = buf[i - 1] if i > 0 else 0
    after = ENDERS[buf[end]] if end < n else 3
    if before < 0x80 and (after == 3 or after == 1):
        return end
    if before == 43:
        return 0
    # After a space an hour may follow and no other number.
    return (
        end
        if ends_at(buf, end, n)
        or (buf[end] == 32 and end + 3 < n and buf[end + 3] == 58 and after_digits(buf, end + 1, n) == end + 3)
        else 0
    )


@inlined
def dotted_plate(buf: Any, i: int, floor: int, n: int, room: Any) -> tuple[int, int]:
    """The span of a plate with a dot, space or dash before the word at byte i: 陕A·12345;
    (0, 0) where there is none."""
    if i <= floor:
        return 0, 0
    b = buf[i - 1]
    if b == 0xB7 and i > 1 and buf[i - 2] == 0xC2:
        k = i - 2
    elif b == 0xA2 and i > 2 and buf[i - 2] == 0x80 and buf[i - 3] == 0xE2:
        k = i - 3
    elif b == 46 or b == 32 or b == 45:
        k = i - 1
    else:
        return 0, 0
    letter = k - 1 if k > 0 and buf[k - 1] < 0x80 else k - 3
    if letter < floor or word_begin(buf, k, letter) != letter or not is_plate_character(buf, letter):
        return 0, 0
    room[0] = letter_at(buf, letter, n)[0]
    total, end = 1, i
    while end < n and total < 10:
        c, width = letter_at(buf, end, n)
        if width == 0:
            break
        room[total] = c
        total += 1
        end += width
    closed = plate_end(buf, end, n) if office_plate(room, total) else 0
    return (letter - 3, end + closed) if closed or plate_ok(room, 0, total) else (0, 0)


@inlined
def email_from(buf: Any, i: int, end: int, floor: int, n: int) -> tuple[int, int]:
    """The span of the e-mail address in whose first part the characters from i to `end` stand;
    (0, 0) where there is none."""
    k = end
    while k < n and k - i < 64 and MAIL[buf[k]]:
        k += 1
    return email_at(buf, k, 1, floor, n) if k < n and buf[k] == 64 else (0, 0)


@inlined
def no_number(buf: Any, mark: int, end: int, n: int) -> int:
    """Where the digits from `mark` to `end` end that are a fraction or a day, with what belongs to them; 0 where
    more may be made of them."""
    if end - mark < 7 and buf[end] == 46:
        last = after_digits(buf, end + 1, n)
        if (last - end < 8 or last - end > 20) and last > end + 1 and ends_at(buf, last, n):
            return last
    return date_end(buf, mark, n) if end - mark == 4 else 0


@inlined
def put(room: Any, place: int, start: int, end: int, answer: int) -> int:
    """Keeps one finding in the room, after so many; how many there are then."""
    room[STARTS + place], room[ENDS + place], room[ANSWERS + place] = start, end, answer
    return place + 1


@inner
def numbers_at(buf: Any, i: int, n: int, floor: int, room: Any) -> tuple[int, int]:
    """Looks at the word at byte i and those that follow it. How many findings are in the room then, and the
    byte from which to go on."""
    groups, total, digits, end_of_all, cut = groups_at(buf, i, n, room)
    if groups == 0:
        return 0, end_of_all
    start, end = email_from(buf, i, end_of_all, floor, n)
    if end and start < end_of_all:
        g = 0
        while g < groups and room[AT + room[FIRST + g]] < start:
            g += 1
        if g == 0 or after(buf, room, room[FIRST + g - 1] + room[SIZES + g - 1] - 1) > start:
            return put(room, 0, start, end, EMAIL * 128 + 98), end
        # Numbers stand before the address, with a space between: they are looked at first.
        groups, cut = g, False
        total = room[FIRST + g - 1] + room[SIZES + g - 1]
        end_of_all = after(buf, room, total - 1)
        digits = 0
        for k in range(total):
            if room[k] < 58:
                digits += 1
    count = 0
    if room[0] > 57 and is_plate_character(buf, i):
        size = room[SIZES]
        if groups > 1 and size == 2:
            size += room[SIZES + 1]
        closed = plate_end(buf, after(buf, room, size - 1), n) if size == 5 and office_plate(room, size) else 0
        if closed or plate_ok(room, 0, size):
            count = put(room, 0, i - 3, after(buf, room, size - 1) + closed, PLATE * 128 + 92)
            room[USED] = 1
            if size > room[SIZES]:
                room[USED + 1] = 1
    if digits >= 7 or total >= 17:
        if groups == 1:
            start, end, found = judged_word(buf, room, total, n, floor) if not room[USED] else (0, 0, 0)
            return put(room, count, start, end, found) if found else count, end_of_all
        start, found = judged_whole(buf, room, groups, total, digits, n, floor)
        if found:
            return put(room, count, start, after(buf, room, total - 1), found), end_of_all
        possible = possible_steps(room, groups)
        if possible:
            count = judged(buf, room, groups, total, possible, n, floor, count)
    elif (
        groups == 1
        and total <= 3
        and room[0] < 58
        and room[total - 1] < 58
        and end_of_all + 6 <= n
        and buf[end_of_all] == 46
    ):
        end = ipv4_end(buf, i, n)
        if end:
            return put(room, count, i, end, IPV4 * 128 + 80), end
    if cut:
        # There are more groups than are looked at together: go on after the last finding, at
        # least with the second half.
        g = groups - 1
        while g > GROUPS // 2 and not room[USED + g]:
            g -= 1
        if g + 1 < groups:
            return count, room[AT + room[FIRST + g + 1]]
    return count, end_of_all


@inlined
def digits_at(buf: Any, i: int, n: int, floor: int, room: Any) -> tuple[int, int]:
    """The same for half-width digits with no letter before, most of which are alone; (0, 0) where they are not, and
    `numbers_at` is to be asked."""
    end = after_digits(buf, i, n)
    if ends_at(buf, end, n):
        start, found = judged_digits(buf, i, end - i, room, n, floor) if 7 <= end - i <= 19 else (0, 0)
        return put(room, 0, start, end, found) if found else 0, end
    return 0, no_number(buf, i, end, n)


@outer
def scan(buf: Any, begin: int, n: int, out_start: Any, out_end: Any, out_kind: Any, out_sure: Any, room: Any) -> int:
    """All findings in buf[begin:n], into the arrays, in order; returns how many. The arrays hold (n − begin) // 5 +
    16; `room` is a new one."""
    count = 0
    floor = i = begin
    while True:
        mark = next_mark(buf, i, n)
        if mark >= n:
            return count
        b, found = buf[mark], 0
        if b == 64 or (b == 0xEF and buf[mark + 2] == 0xA0):
            width = 1 if b == 64 else 3
            start, end = email_at(buf, mark, width, floor, n)
            i = mark + width
            if end:
                i = end
                found = put(room, 0, start, end, EMAIL * 128 + (98 if width == 1 else 95))
        else:
            word = word_begin(buf, mark, i)
            start, end = dotted_plate(buf, word, i, n, room)
            if end:
                i = end
                found = put(room, 0, start, end, PLATE * 128 + 92)
            else:
                found, i = digits_at(buf, mark, n, floor, room) if word == mark and b < 0x80 else (0, 0)
                if i == 0:
                    found, i = numbers_at(buf, word, n, floor, room)
        for k in range(found):
            start, end, answer = room[STARTS + k], room[ENDS + k], room[ANSWERS + k]
            floor = end
            if not is_code(buf, len(buf), start, end, answer >> 7):
                out_start[count], out_end[count], out_kind[count], out_sure[count] = (
                    start,
                    end,
                    answer >> 7,
                    answer & 127,
                )
                count += 1


@compiled
def chinese_numerals(buf: Any, begin: int, n: int, out_start: Any, out_end: Any, out_kind: Any, out_sure: Any) -> int:
    """Mobile numbers written with Chinese numerals: eleven in a row. Looks at six bytes of every 28."""
    count = 0
    i = begin + 27
    last = begin
    ch = zeros(11)
    while i < n:
        while i + 5 < n and not maybe_numerals(buf, i):
            i += 28
        if i + 5 >= n:
            return count
        at = i
        if buf[at] & 0xC0 == 0x80:
            at -= 1
            if buf[at] & 0xC0 == 0x80:
                at -= 1
        if numeral_at(buf, at, n) < 0:
            i += 28
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
        i = end + 28
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


__all__ = [
    "BANK_CARD", "CREDIT_CODE", "EMAIL", "IMEI", "IPV4", "MOBILE", "MOBILE_RANGES", "PHONE", "PLATE", "RESIDENT_ID",
    "VIN", "characters", "chinese_numerals", "numeral_at", "scan",
]  # fmt: skip
