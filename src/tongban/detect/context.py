"""The words that stand before a number and speak for what it is, or against it. Compiled, or plain."""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import inlined, inner, table

WORDS, WORD_ROWS, WORD_PLACES = map(table, (tables.WORDS, tables.WORD_ROWS, tables.WORD_PLACES))
ID_WORDS, CARD_WORDS, PHONE_WORDS, CREDIT_WORDS, AGAINST_WORDS = 0, 5, 10, 15, 20
"""Where in the answer of `context` the bytes to the nearest such word stand, in five bits."""
FAR = 31
NOTHING = (1 << 25) - 1


@inner
def context(buf: Any, start: int) -> int:
    """For each kind of words the bytes between `start` and the nearest that ends at most 18 bytes before it; FAR without one.

    Words do not reach over the end of a line or a sentence, the border of a cell, or another number.
    """
    answer, digits = NOTHING, 0
    for gap in range(19):
        at = start - gap
        if at <= 0:
            break
        last = buf[at - 1]
        if last == 10 or last == 44 or last == 9 or (last == 0x82 and at > 2 and buf[at - 2] == 0x80 and buf[at - 3] == 0xE3):
            break
        if 48 <= last <= 57:
            digits += 1
            if digits > 3:
                break
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
def recalled(buf: Any, start: int, memory: Any) -> int:
    """`context`, looked for once for each place: `memory` holds the last place and its answer."""
    if memory[0] != start:
        memory[0], memory[1] = start, context(buf, start)
    return int(memory[1])
