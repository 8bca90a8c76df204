"""Numbers cut into groups as people write them: words of letters and digits, one after the other
with a separator between.

`room`: one array of whole numbers for all that is known at one place, so that compiled functions hand one thing to each
other (an array is seven words). From 0 on the characters of all groups as half-width capitals; from AT on the bytes
where each begins; GROUPS + 1 places for each of FIRST … USED; from MEMORY on what `context` remembers; from STARTS,
ENDS, ANSWERS on what was found. Compiled, or plain.
"""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import FAST, compiled, inlined, inner, table
from tongban.detect.lanes import after_digits
from tongban.detect.signs import letter_at, separator_at

CLASSES = table(tables.CLASSES)
MOST = 96
"""Characters of one sequence of numbers that are looked at together."""
RUN = 32
"""Digits in a row that are taken over at once."""
AT = MOST + RUN
GROUPS = 16
FIRST, SIZES, LEAD, TRAIL, MIXED, USED, MEMORY = range(2 * AT, 2 * AT + 7 * (GROUPS + 1), GROUPS + 1)
"""Of a group: its first character, how many it has, letters before its digits, after them, whether also
between, whether it is found."""
STARTS, ENDS, ANSWERS, ROOM = range(MEMORY + 2, MEMORY + 2 + 4 * (GROUPS + 2), GROUPS + 2)

if FAST:
    import numpy as np

    from tongban.detect.vectors import take_run

    @compiled
    def zeros(length: int) -> Any:
        """So many whole numbers, all 0."""
        return np.zeros(length, np.int64)

    @inlined
    def take(buf: Any, pos: int, end: int, n: int, room: Any, total: int) -> int:
        """Takes the half-width digits from byte `pos` to `end` over; how many characters there
        are then, MOST at the most."""
        if end - pos <= RUN and pos + RUN <= n:
            take_run(buf, pos, room, total, AT + total)  # more than there are, which is quicker than as many
        else:
            for k in range(min(end - pos, MOST - total)):
                room[total + k], room[AT + total + k] = buf[pos + k], pos + k
        return min(total + end - pos, MOST)

else:

    def zeros(length: int) -> Any:
        """So many whole numbers, all 0."""
        return [0] * length

    def take(buf: Any, pos: int, end: int, n: int, room: Any, total: int) -> int:
        """Takes the half-width digits from byte `pos` to `end` over; how many characters there
        are then, MOST at the most."""
        stop = min(total + end - pos, MOST)
        room[total:stop] = buf[pos : pos + stop - total]
        room[AT + total : AT + stop] = range(pos, pos + stop - total)
        return stop


@compiled
def new_room() -> Any:
    """Room for one place after the other; nothing is remembered yet."""
    room = zeros(ROOM)
    room[MEMORY] = -1
    return room


@inlined
def after(buf: Any, room: Any, k: int) -> int:
    """The byte after the character k: half-width ones have one byte, full-width ones three."""
    return int(room[AT + k]) + (1 if buf[room[AT + k]] < 0x80 else 3)


@inlined
def is_wide_digit(buf: Any, i: int, n: int) -> bool:
    """Whether a full-width digit stands at byte i."""
    return bool(i + 2 < n and buf[i] == 0xEF and buf[i + 1] == 0xBC and 0x90 <= buf[i + 2] <= 0x99)


@inlined
def word_begin(buf: Any, i: int, floor: int) -> int:
    """Where the letters that stand right before byte i begin, not before `floor`; i where there are none."""
    while i > floor:
        b = buf[i - 1]
        if 65 <= b <= 90 or 97 <= b <= 122:
            i -= 1
        elif (
            0x81 <= b <= 0xBA
            and i - 3 >= floor
            and buf[i - 3] == 0xEF
            and ((buf[i - 2] == 0xBC and b >= 0xA1) or (buf[i - 2] == 0xBD and b <= 0x9A))
        ):
            i -= 3
        else:
            break
    return i


@inlined
def groups_at(buf: Any, i: int, n: int, room: Any) -> tuple[int, int, int, int, bool]:
    """The word at byte i, then those that follow it after a separator and hold a digit.

    How many groups, characters and digits; the byte where they end; whether more follow than are looked at together.
    """
    total, groups, pos, here, digits_in_all, cut = 0, 0, i, i, 0, False
    while True:
        group_at, digits, letters, leading, trailing, changes, was = total, 0, 0, 0, 0, 0, 0
        while pos < n:
            b = buf[pos]
            kind = CLASSES[b]
            if kind == 1:
                end = after_digits(buf, pos, n)
                digits += end - pos
                trailing = 0
                if was == 2:
                    changes += 1
                was = 1
                total = take(buf, pos, end, n, room, total)
                pos = end
                continue
            if kind == 2:
                c, width = int(b) & 0xDF, 1
            elif is_wide_digit(buf, pos, n):
                while is_wide_digit(buf, pos, n):
                    if total < MOST:
                        room[total], room[AT + total] = buf[pos + 2] - 0x60, pos
                        total += 1
                    digits += 1
                    pos += 3
                trailing = 0
                if was == 2:
                    changes += 1
                was = 1
                continue
            elif kind == 4:
                c, width = letter_at(buf, pos, n)
                if width == 0:
                    break
            else:
                break
            if total < MOST:
                room[total], room[AT + total] = c, pos
                total += 1
            letters += 1
            trailing += 1
            if digits == 0:
                leading += 1
            if was == 1:
                changes += 1
            was = 2
            pos += width
        if groups > 0 and (digits == 0 and not (letters == 1 and room[group_at] == 88)):
            total = group_at
            break
        if groups > 0 and (groups == GROUPS or total >= MOST):
            total, cut = group_at, True
            break
        digits_in_all += digits
        room[FIRST + groups], room[SIZES + groups] = group_at, total - group_at
        room[LEAD + groups], room[TRAIL + groups] = leading, trailing if digits else 0
        room[MIXED + groups] = 1 if changes > (1 if leading else 0) + (1 if trailing else 0) or total >= MOST else 0
        room[USED + groups] = 0
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
        if gap == pos or gap >= n or letter_at(buf, gap, n)[1] == 0:
            break
        pos = gap
    return groups, total, digits_in_all, here, cut


@inner
def typical(room: Any, a: int, b: int) -> bool:
    """Whether the groups a..b are as people write numbers: 3-4-4, 4-4-4-4-3, 6-8-4 and the like; or one group."""
    if a == b:
        return True
    fours = True
    for g in range(a, b):
        if room[SIZES + g] != 4:
            fours = False
    first, second, last = room[SIZES + a], room[SIZES + a + 1], room[SIZES + b]
    if fours and last <= 4:
        return True
    count = b - a + 1
    if count == 2:
        return bool(
            (first in (3, 4) and last in (7, 8))
            or (first in (2, 4) and last == 11)
            or (first == 6 and last in (12, 13))
        )
    if count == 3:
        return bool(
            (first == 3 and second + last == 8)
            or (first == 4 and second == 4 and last == 3)
            or (first == 4 and second == 6)
            or (first in (3, 4) and second in (3, 4) and last == 4)
        )
    return bool(count == 4 and first in (2, 4) and second == 3 and room[SIZES + a + 2] == 4 and last == 4)
