"""The words that stand before a number and speak for what it is, or against it. Compiled, or plain."""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import inlined, inner, table
from tongban.detect.groups import MEMORY

WORDS, WORD_ROWS, WORD_PLACES, WORD_ENDINGS, WORD_PAIRS, STOPS = map(
    table, (tables.WORDS, tables.WORD_ROWS, tables.WORD_PLACES, tables.WORD_ENDINGS, tables.WORD_PAIRS, tables.STOPS)
)
SECOND, THIRD = tables.ENDING_FACTORS
_FIRST, PAIR_SECOND, PAIR_THIRD, PAIR_FOURTH, PAIR_FIFTH, PAIR_SIXTH = tables.PAIR_FACTORS
ID_WORDS, CARD_WORDS, PHONE_WORDS, CREDIT_WORDS, AGAINST_WORDS, RELEASE_WORDS, HOST_WORDS = range(0, 35, 5)
"""Where in the answer of `context` the bytes to the nearest such word stand, in five bits."""
FAR = 31
NOTHING = (1 << 35) - 1


@inlined
def ends_with(buf: Any, at: int, row: int) -> bool:
    """Whether the word of a row ends before byte `at`, in whatever case."""
    begin, length = WORD_ROWS[4 * row], WORD_ROWS[4 * row + 1]
    if length > at:
        return False
    for k in range(length):
        b = buf[at - 1 - k]
        if 65 <= b <= 90:
            b += 32
        if b != WORDS[begin + k]:
            return False
    return True


@inner
def context(buf: Any, start: int) -> int:
    """For each kind of words the bytes between `start` and the nearest that ends at most 18 bytes
    before it; FAR without one.

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
        ending = WORD_ENDINGS[((last | 32) + (second | 32) * SECOND + (third | 32) * THIRD) & 4095]
        if not ending:
            continue
        gap = start - at
        if ending & 2 and at > 5:
            fourth, fifth, sixth = int(buf[at - 4]), int(buf[at - 5]), int(buf[at - 6])
            row = WORD_PAIRS[
                (
                    (last | 32)
                    + (second | 32) * PAIR_SECOND
                    + (third | 32) * PAIR_THIRD
                    + (fourth | 32) * PAIR_FOURTH
                    + (fifth | 32) * PAIR_FIFTH
                    + (sixth | 32) * PAIR_SIXTH
                )
                & 4095
            ]
            if row >= 0:
                for other in range(row, row + WORD_ROWS[4 * row + 3] + 1):
                    kind = 5 * WORD_ROWS[4 * other + 2]
                    if gap < (answer >> kind) & FAR and ends_with(buf, at, other):
                        answer += (gap - FAR) << kind
        if ending & 1:
            for row in range(WORD_PLACES[2 * last], WORD_PLACES[2 * last + 1]):
                kind = 5 * WORD_ROWS[4 * row + 2]
                if gap < (answer >> kind) & FAR and ends_with(buf, at, row):
                    answer += (gap - FAR) << kind
    return answer


@inlined
def recalled(buf: Any, start: int, room: Any) -> int:
    """`context`, looked for once for each place: the last place and its answer stay in the room of `groups`."""
    if room[MEMORY] != start:
        room[MEMORY], room[MEMORY + 1] = start, context(buf, start)
    return int(room[MEMORY + 1])
