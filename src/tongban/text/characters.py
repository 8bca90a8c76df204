"""A letter as numbers: folded characters of what can be read, breaks where a run ends, and where each stood in the text.

Blanks inside a line say nothing in Chinese, so they are dropped: a text that was cut into words reads as one that was not.
Everything else that is neither a letter nor a digit (signs, emoji, line ends) becomes one BREAK, which no n-gram crosses.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .folding import table
from .loops import compiled

Ints = NDArray[np.int64]

BREAK = 0
SKIP = 1
MOST_CHARACTERS = 6_000
"""What is read of a text: a letter says what it is about long before."""
_LAST = 0x30000
_BLANKS = " \t\u00a0\u3000\u200b\u200c\u200d\ufeff\u00ad"
MODULUS, FACTOR = 2_147_483_647, 1_000_003


@lru_cache(maxsize=1)
def reading() -> Ints:
    """Code point → folded code point, BREAK or SKIP; what lies beyond it is a BREAK."""
    found = np.zeros(_LAST, np.int64)
    folded = table()
    for code in range(_LAST):
        if chr(code).isalnum():
            found[code] = ord(folded.get(code, chr(code)))
    for blank in _BLANKS:
        found[ord(blank)] = SKIP
    return found


def codes(text: str) -> Ints:
    """The code points of a text, without those that nothing reads."""
    return np.frombuffer(text[: 2 * MOST_CHARACTERS].encode("utf-32-le", "replace"), dtype="<u4").astype(np.int64)


@compiled
def readable(raw: Ints, reads: Ints, most: int) -> tuple[Ints, Ints]:
    """(characters, their places in `raw`): at most `most`, breaks once each."""
    chars = np.empty(min(len(raw), most), np.int64)
    places = np.empty(len(chars), np.int64)
    n = 0
    for place in range(len(raw)):
        if n >= len(chars):
            break
        code = raw[place]
        char = reads[code] if code < len(reads) else 0
        if char == 1 or (char == 0 and (n == 0 or chars[n - 1] == 0)):
            continue
        chars[n] = char
        places[n] = place
        n += 1
    return chars[:n], places[:n]


def characters(text: str) -> tuple[Ints, Ints]:
    """`readable` of a text."""
    return readable(codes(text), reading(), MOST_CHARACTERS)


@compiled
def slot_of(key: int, keys: Ints) -> int:
    """Where `key` stands in an open-addressed table of a power of two, or the empty place (−1) for it."""
    mask = len(keys) - 1
    slot = (key ^ (key >> 15)) & mask
    while keys[slot] != -1 and keys[slot] != key:
        slot = (slot + 1) & mask
    return slot


@compiled
def _fill(found: Ints, keys: Ints, numbers: Ints) -> None:
    for number in range(len(found)):
        slot = slot_of(found[number], keys)
        keys[slot] = found[number]
        numbers[slot] = number


def hash_table(found: Ints) -> tuple[Ints, Ints]:
    """(keys, numbers) of a table in which `found[i]` stands with the number i."""
    size = 16
    while size < 2 * len(found):
        size *= 2
    keys, numbers = np.full(size, -1, np.int64), np.zeros(size, np.int64)
    _fill(found, keys, numbers)
    return keys, numbers
