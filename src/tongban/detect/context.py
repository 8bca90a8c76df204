"""The words that stand before a number and speak for what it is, or against it. Compiled, or plain."""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import inlined, inner, table
from tongban.detect.groups import MEMORY

WORDS, WORD_ROWS, WORD_PLACES, WORD_ENDINGS, STOPS = map(table, (tables.WORDS, tables.WORD_ROWS, tables.WORD_PLACES, tables.WORD_ENDINGS, tables.STOPS))
SECOND, THIRD = tables.ENDING_FACTORS
ID_WORDS, CARD_WORDS, PHONE_WORDS, CREDIT_WORDS, AGAINST_WORDS, RELEASE_WORDS, HOST_WORDS = range(0, 35, 5)
"""Where in the answer of `context` the bytes to the nearest such word stand, in five bits."""
FAR = 31
NOTHING = (1 << 35) - 1


@inner
def context(buf: Any, start: int) -> int:
    """For each kind of words the bytes between `start` and the nearest that ends at most 18 bytes before it; FAR without one.

    Words do not reach over the end of a line or a sentence, the border of a cell, or another number.
    """
    answer, digits, at, least, leap = NOTHING, 0, start, max(start - 19, 1), 0
    while at - leap > least:
        at -= leap
        last, second, third = int(buf[at - 1]), int(buf[at - 2]), int(buf[at - 3]) if at > 2 else 0
        leap = 3 if last >= 0x80 and third >= 0xE0 else 1  # no word ends within a character
        if STOPS[last]:
            if STOPS[last] == 1 or (STOPS[last] == 3 and second == 0x80 and third == 0xE3):
                break
            if STOPS[last] == 2:
                digits += 1
                if digits > 3:
                    break
        if not WORD_ENDINGS[((last | 32) + (second | 32) * SECOND + (third | 32) * THIRD) & 4095]:
            continue
        gap = start - at
        for row in range(WORD_PLACES[2 * last], WORD_PLACES[2 * last + 1]):
            begin, length, kind = WORD_ROWS[3 * row], WORD_ROWS[3 * row + 1], 5 * WORD_ROWS[3 * row + 2]
            if gap >= (answer >> kind) & FAR or length > at:
                continue
            same = True
            for k in range(1, length):
                b = buf[at - 1 - k]
                if 65 <= b <= 90:
                    b += 32
                if b != WORDS[begin + k]:
                    same = False
                    break
            if same:
                answer += (gap - FAR) << kind
    return answer


@inlined
def recalled(buf: Any, start: int, room: Any) -> int:
    """`context`, looked for once for each place: the last place and its answer stay in the room of `groups`."""
    if room[MEMORY] != start:
        room[MEMORY], room[MEMORY + 1] = start, context(buf, start)
    return int(room[MEMORY + 1])
