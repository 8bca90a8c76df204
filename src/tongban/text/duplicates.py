"""How alike two texts are: exactly, or by MinHash signatures, and near-copies among many.

A signature stands for the set of three-character shingles of a letter, Traditional and Simplified alike, punctuation
and white space apart. Two letters are near-copies as far as they share their shingles (Jaccard). Measured against
SimHash on 4,326 real letters: see docs/rooms/text.md. Not for letters about the same trouble in other words (`topics`),
and not a judgement: people in the same trouble may well send the same text. A signature tells what its text may say to
who has another text: it is never stored.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .folding import fold

READ = 8_000
"""Characters of a letter that are compared."""
SLOTS = 128
BANDS, ROWS = 24, 4
"""Keys of a letter, and slots a key is made of: near-copies of 0.6 share a key in 96 of 100 cases, of 0.7 in 99.8."""
HOTTEST = 40
"""At most this many items of one key are compared; a much-copied text stays as quick as any."""
EACH_WITH_EACH = 5_000
NEAR = 0.6

_RUN = re.compile(r"[\W_]+")
Words = NDArray[np.uint64]
Key = TypeVar("Key", bound=Hashable)


def _mixed(words: Words) -> Words:
    """SplitMix64's finaliser (Steele, Lea, Flood 2014)."""
    words = (words ^ words >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ words >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return words ^ words >> np.uint64(31)


_SEEDS = _mixed(np.arange(1, 2 * SLOTS + BANDS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
"""Fixed, so that the same text has the same signature everywhere."""
_ODD, _SHIFT, _BAND = _SEEDS[:SLOTS] | np.uint64(1), _SEEDS[SLOTS : 2 * SLOTS], _SEEDS[2 * SLOTS :]


def _shingles(text: str) -> Words:
    plain = _RUN.sub("", fold(text[: 2 * READ]))[:READ]
    if not plain:
        return np.empty(0, np.uint64)
    codes = np.frombuffer(plain.ljust(3, "\0").encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    return np.unique(_mixed(codes[:-2] << np.uint64(42) | codes[1:-1] << np.uint64(21) | codes[2:]))


def signature(text: str) -> bytes:
    """256 bytes that stand for `text`; empty where it has no letter and no digit. About 0.3 ms for 300 characters."""
    shingles = _shingles(text)
    if not len(shingles):
        return b""
    least = np.full(SLOTS, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(shingles), 1_000):
        least = np.minimum(least, (shingles[start : start + 1_000, None] * _ODD + _SHIFT).min(axis=0))
    return (_mixed(least) >> np.uint64(48)).astype("<u2").tobytes()


def bands(signature: bytes) -> list[int]:
    """Signed 64-bit keys: near-copies share at least one. None for an empty signature."""
    if not signature:
        return []
    slots = np.frombuffer(signature, "<u2")[: BANDS * ROWS].astype(np.uint64).reshape(BANDS, ROWS)
    packed = slots[:, 0] << np.uint64(48) | slots[:, 1] << np.uint64(32) | slots[:, 2] << np.uint64(16) | slots[:, 3]
    return [int(key) for key in _mixed(packed ^ _BAND).astype(np.int64)]


def similarity(a: bytes, b: bytes) -> float:
    """The shared part of two letters' shingles, 0 to 1, to about ±0.04 (one standard deviation)."""
    if not a or not b:
        return 0.0
    return float((np.frombuffer(a, "<u2") == np.frombuffer(b, "<u2")).mean())


def likeness(text: str, others: Iterable[str]) -> list[float]:
    """The shared part of the shingles of `text` and each of `others`, 0 to 1, exactly."""
    asked = _shingles(text)
    found = []
    for other in map(_shingles, others):
        common = len(np.intersect1d(asked, other, assume_unique=True))
        found.append(common / (len(asked) + len(other) - common) if common else 0.0)
    return found


def near_copies(items: Iterable[tuple[Key, str]], threshold: float = NEAR) -> list[list[Key]]:
    """Every key in exactly one group; near-copies, and near-copies of near-copies, in the same one.

    For splits: put each group on one side. Up to 5,000 items each is compared with each; of more, those that share a
    key of `bands`, which finds nearly all copies of 0.6 and above. Items without words stand alone.
    """
    keys, signatures = [], []
    for key, text in items:
        keys.append(key)
        signatures.append(signature(text))
    head = list(range(len(keys)))

    def find(i: int) -> int:
        while head[i] != i:
            head[i] = head[head[i]]
            i = head[i]
        return i

    spoken = [i for i, one in enumerate(signatures) if one]
    pairs = (
        _all_pairs(signatures, spoken, threshold)
        if len(spoken) <= EACH_WITH_EACH
        else _pairs_by_band(signatures, spoken, threshold)
    )
    for one, other in pairs:
        head[find(one)] = find(other)
    groups: dict[int, list[Key]] = {}
    for i, key in enumerate(keys):
        groups.setdefault(find(i), []).append(key)
    return list(groups.values())


def _slots(signatures: Sequence[bytes], rows: Sequence[int]) -> NDArray[np.uint16]:
    return np.frombuffer(b"".join(signatures[i] for i in rows), "<u2").reshape(len(rows), SLOTS)


def _all_pairs(signatures: Sequence[bytes], rows: Sequence[int], threshold: float) -> Iterable[tuple[int, int]]:
    slots = _slots(signatures, rows)
    for place, row in enumerate(rows[:-1]):
        like = (slots[place + 1 :] == slots[place]).mean(axis=1)
        for other in np.flatnonzero(like >= threshold).tolist():
            yield row, rows[place + 1 + other]


def _pairs_by_band(signatures: Sequence[bytes], rows: Sequence[int], threshold: float) -> Iterable[tuple[int, int]]:
    seen: dict[int, list[int]] = {}
    for row in rows:
        met: set[int] = set()
        for key in bands(signatures[row]):
            there = seen.setdefault(key, [])
            met.update(there)
            if len(there) < HOTTEST:
                there.append(row)
        if met:
            others = sorted(met)
            like = (_slots(signatures, others) == np.frombuffer(signatures[row], "<u2")).mean(axis=1)
            for other in np.flatnonzero(like >= threshold).tolist():
                yield row, others[other]
