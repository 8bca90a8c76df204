"""A letter as numbers: folded characters of what can be read, breaks where a run ends, and
where each stood in the text.

Blanks inside a line say nothing in Chinese, so they are dropped: a text that was cut into words reads as one
that was not. Everything else that is neither a letter nor a digit (signs, emoji, line ends) becomes one BREAK,
which no n-gram crosses.
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
NUMBER_BITS = 24
NUMBER_MASK = (1 << NUMBER_BITS) - 1


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
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.int64)


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
    return readable(codes(text[: 2 * MOST_CHARACTERS]), reading(), MOST_CHARACTERS)


@compiled
def runs(chars: Ints, longest: int) -> Ints:
    """characters × lengths 1 to `longest`: the hash of the run that begins there; −1 where it meets a break or the
    end. A break alone has one."""
    found = np.full((len(chars), longest), -1, np.int64)
    for start in range(len(chars)):
        value = 7
        for length in range(min(longest, len(chars) - start)):
            char = chars[start + length]
            if char == 0 and length > 0:
                break
            value = (value * FACTOR + char) % MODULUS
            found[start, length] = value
            if char == 0:
                break
    return found


@compiled
def first_place(key: int, table: Ints) -> int:
    """Where a key is looked for first in a `hash_table`."""
    return (key ^ (key >> 15)) & (len(table) - 1)


@compiled
def first_looks(keys: Ints, count: int, table: Ints, found: Ints) -> None:
    """Write what stands in a `hash_table` where each of the first `count` keys is looked for first.

    A pass of its own, for then the processor waits for many places of the table at once."""
    for i in range(count):
        found[i] = table[first_place(keys[i], table)]


@compiled
def number_of(key: int, look: int, table: Ints) -> int:
    """The number under which `key` stands in a `hash_table`, of which `look` is the first look; −1
    where it does not stand."""
    if look == -1:
        return -1
    if look >> NUMBER_BITS == key:
        return look & NUMBER_MASK
    mask = len(table) - 1
    slot = (first_place(key, table) + 1) & mask
    while table[slot] != -1:
        if table[slot] >> NUMBER_BITS == key:
            number: int = table[slot] & NUMBER_MASK
            return number
        slot = (slot + 1) & mask
    return -1


@compiled
def _fill(found: Ints, table: Ints) -> None:
    mask = len(table) - 1
    for number in range(len(found)):
        slot = first_place(found[number], table)
        while table[slot] != -1:
            slot = (slot + 1) & mask
        table[slot] = (found[number] << NUMBER_BITS) | number


def hash_table(found: Ints) -> Ints:
    """A table, open-addressed and a power of two long, in which `found[i]` (each once, below 2**39)
    stands with the number i.

    Key and number share one word: the table is read at places that no cache foresees, so its size is its speed."""
    if len(found) > NUMBER_MASK:
        raise ValueError(f"{len(found)} keys, more than {NUMBER_MASK}")
    size = 16
    while size < 2 * len(found):
        size *= 2
    table = np.full(size, -1, np.int64)
    _fill(found, table)
    return table
