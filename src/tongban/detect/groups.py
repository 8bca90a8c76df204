"""Numbers cut into groups as people write them: words of letters and digits, one after the other with a separator between.

`ch`, `at`, `to`: the characters of all groups as half-width capitals, and the bytes where each begins and ends. `parts`: what is
known of each group, GROUPS + 1 places for each of FIRST … USED. Compiled, or plain.
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
GROUPS = 16
FIRST, SIZES, LEAD, TRAIL, MIXED, USED = range(0, 6 * (GROUPS + 1), GROUPS + 1)
"""Of a group: its first character, how many it has, letters before its digits, after them, whether also between, whether it is found."""
PARTS = 6 * (GROUPS + 1)

if FAST:
    import numpy as np

    @compiled
    def zeros(length: int) -> Any:
        """So many whole numbers, all 0."""
        return np.zeros(length, np.int64)

else:

    def zeros(length: int) -> Any:
        """So many whole numbers, all 0."""
        return [0] * length


@inlined
def word_begin(buf: Any, i: int, floor: int) -> int:
    """Where the letters that stand right before byte i begin, not before `floor`; i where there are none."""
    while i > floor:
        b = buf[i - 1]
        if 65 <= b <= 90 or 97 <= b <= 122:
            i -= 1
        elif 0x81 <= b <= 0xBA and i - 3 >= floor and buf[i - 3] == 0xEF and ((buf[i - 2] == 0xBC and b >= 0xA1) or (buf[i - 2] == 0xBD and b <= 0x9A)):
            i -= 3
        else:
            break
    return i


@inlined
def groups_at(buf: Any, i: int, n: int, ch: Any, at: Any, to: Any, parts: Any) -> tuple[int, int, int, int, bool]:
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
                for place in range(pos, min(end, pos + MOST - total)):
                    ch[total], at[total], to[total] = int(buf[place]), place, place + 1
                    total += 1
                pos = end
                continue
            if kind == 2:
                c, width = int(b) & 0xDF, 1
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
            total = group_at
            break
        if groups > 0 and (groups == GROUPS or total >= MOST):
            total, cut = group_at, True
            break
        digits_in_all += digits
        parts[FIRST + groups], parts[SIZES + groups] = group_at, total - group_at
        parts[LEAD + groups], parts[TRAIL + groups] = leading, trailing if digits else 0
        parts[MIXED + groups] = 1 if changes > (1 if leading else 0) + (1 if trailing else 0) or total >= MOST else 0
        parts[USED + groups] = 0
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
def typical(parts: Any, a: int, b: int) -> bool:
    """Whether the groups a..b are as people write numbers: 3-4-4, 4-4-4-4-3, 6-8-4 and the like; or one group."""
    if a == b:
        return True
    fours = True
    for g in range(a, b):
        if parts[SIZES + g] != 4:
            fours = False
    first, second, last = parts[SIZES + a], parts[SIZES + a + 1], parts[SIZES + b]
    if fours and last <= 4:
        return True
    count = b - a + 1
    if count == 2:
        return bool((first in (3, 4) and last in (7, 8)) or (first in (2, 4) and last == 11) or (first == 6 and last in (12, 13)))
    if count == 3:
        return bool((first == 3 and second + last == 8) or (first == 4 and second == 4 and last == 3) or (first == 4 and second == 6) or (first in (3, 4) and second in (3, 4) and last == 4))
    return bool(count == 4 and first in (2, 4) and second == 3 and parts[SIZES + a + 2] == 4 and last == 4)
