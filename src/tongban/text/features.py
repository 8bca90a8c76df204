"""What a letter says, as weighted features: words, runs of one to three characters, and the runs of its first line.

Three blocks, each of length one before it is weighed, so that a long body does not drown the subject. A count grows as
its logarithm and stops at a cap: a letter stuffed with one word gains nothing. The beginning counts more (measured:
docs/rooms/text.md). A feature is a hash; no words of letters are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .characters import (
    FACTOR,
    MODULUS,
    MOST_CHARACTERS,
    Ints,
    codes,
    first_looks,
    hash_table,
    number_of,
    readable,
    reading,
    runs,
)
from .loops import compiled
from .words import LONGEST, Lexicon
from .words import cut as _cut

Floats = NDArray[np.float32]
BLOCK_WEIGHTS = (1.0, 1.0, 0.8)
"""Of words (block 0), runs (1) and runs of the first line (2)."""
LEAST_LETTERS = (2, 3, 2)
"""In how many letters a feature of each block must stand."""
HEAD, FIRST_LINE = 24, 30
HEAD_WEIGHT = 3
CAP = 24
"""Occurrences beyond this one count nothing; those in the head count as HEAD_WEIGHT each."""
HEIGHTS = np.concatenate([[0.0], 1.0 + np.log(np.arange(1, CAP + 1, dtype=np.float64))])
"""What a feature counts that stands in a letter so often."""
MOST_FEATURES = 600_000


@compiled
def _hashes(chars: Ints, values: Ints, starts: Ints, keys: Ints, weights: Ints) -> int:
    """Write the keys of all features of a letter (hash × 4 + block) and what each counts; returns how
    many. `values`: its runs."""
    count = 0
    for w in range(len(starts) - 1):
        start, end = starts[w], starts[w + 1]
        if chars[start] == 0:
            continue
        value = 11
        for i in range(start, end):
            value = (value * FACTOR + chars[i]) % MODULUS
        keys[count] = value * 4
        weights[count] = HEAD_WEIGHT if start < HEAD else 1
        count += 1
    for start in range(len(chars)):
        if chars[start] == 0:
            continue
        for length in range(3):
            value = values[start, length]
            if value == -1:
                break
            keys[count] = value * 4 + 1
            weights[count] = HEAD_WEIGHT if start < HEAD else 1
            count += 1
            if start + length < FIRST_LINE:
                keys[count] = value * 4 + 2
                weights[count] = 1
                count += 1
    return count


@compiled
def _gather(
    raw: Ints, ends: Ints, reads: Ints, most: int, table: Ints, likely: NDArray[np.float64], unknown: float,
    longest: int,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Every different key of every letter, letter after letter, and where each letter's end."""
    room = np.empty(7 * most + 8, np.int64)
    weights = np.empty(7 * most + 8, np.int64)
    total = 0
    size = 1024
    found = np.empty(size, np.int64)
    stops = np.zeros(len(ends), np.int64)
    begin = 0
    for letter in range(len(ends)):
        chars, _places = readable(raw[begin : ends[letter]], reads, most)
        begin = ends[letter]
        values = runs(chars, longest)
        count = _hashes(chars, values, _cut(chars, values, table, likely, unknown), room, weights)
        different = np.unique(room[:count])
        while total + len(different) > size:
            size *= 2
            larger = np.empty(size, np.int64)
            larger[:total] = found[:total]
            found = larger
        found[total : total + len(different)] = different
        total += len(different)
        stops[letter] = total
    return found[:total], stops


@compiled
def _measure(
    raw: Ints, ends: Ints, reads: Ints, most: int, words: Ints, likely: NDArray[np.float64], unknown: float,
    longest: int,
    table: Ints, rarity: Floats, heights: NDArray[np.float64], blocks: Floats,
) -> tuple[Ints, Ints, Floats, Floats]:  # fmt: skip
    """CSR of the letters: where each ends, features, values; and what share of each letter's features is known.

    `heights`: what a feature that stands so often counts. A letter's features are counted in a small table of its own,
    which stays in the nearest cache."""
    shares = np.zeros(len(ends), np.float32)
    room = np.empty(7 * most + 8, np.int64)
    weights = np.empty(7 * most + 8, np.int64)
    looks = np.empty(7 * most + 8, np.int64)
    features, counts, block_of = (
        np.empty(7 * most + 8, np.int64),
        np.empty(7 * most + 8, np.int64),
        np.empty(7 * most + 8, np.int64),
    )
    seats = np.full(16, -1, np.int64)
    stops = np.zeros(len(ends) + 1, np.int64)
    size = 1024
    columns = np.empty(size, np.int64)
    values = np.empty(size, np.float32)
    lengths = np.zeros(3)
    most_counted = len(heights) - 1
    total = 0
    begin = 0
    for letter in range(len(ends)):
        chars, _places = readable(raw[begin : ends[letter]], reads, most)
        begin = ends[letter]
        spoken = runs(chars, longest)
        count = _hashes(chars, spoken, _cut(chars, spoken, words, likely, unknown), room, weights)
        first_looks(room, count, table, looks)
        mask = 15
        while mask < 2 * count:
            mask = 2 * mask + 1
        if mask >= len(seats):
            seats = np.full(mask + 1, -1, np.int64)
        n = 0
        known = 0
        for i in range(count):
            feature = number_of(room[i], looks[i], table)
            if feature < 0:
                continue
            known += 1
            seat = feature & mask
            while seats[seat] >= 0 and features[seats[seat]] != feature:
                seat = (seat + 1) & mask
            if seats[seat] < 0:
                seats[seat] = n
                features[n] = feature
                counts[n] = weights[i]
                block_of[n] = room[i] % 4
                n += 1
            else:
                counts[seats[seat]] += weights[i]
        seats[: mask + 1] = -1
        while total + n > size:
            size *= 2
            larger_columns = np.empty(size, np.int64)
            larger_columns[:total] = columns[:total]
            columns = larger_columns
            larger_values = np.empty(size, np.float32)
            larger_values[:total] = values[:total]
            values = larger_values
        lengths[:] = 0
        for i in range(n):
            value = heights[min(counts[i], most_counted)] * rarity[features[i]]
            lengths[block_of[i]] += value * value
            columns[total + i] = features[i]
            values[total + i] = value
        for i in range(n):
            values[total + i] *= blocks[block_of[i]] / np.sqrt(lengths[block_of[i]])
        total += n
        stops[letter + 1] = total
        shares[letter] = known / max(1, count)
    return stops, columns[:total], values[:total], shares


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters as a sparse matrix: letter i has `columns` and `values` from `stops[i]` to `stops[i + 1]`; `known` is the
    share of it that training knew."""

    stops: Ints
    columns: Ints
    values: Floats
    known: Floats

    def __len__(self) -> int:
        return len(self.stops) - 1


class Space:
    """The features that are known, how rare each is, and the lexicon that cuts words."""

    def __init__(self, lexicon: Lexicon, keys: Ints, rarity: Floats) -> None:
        self.lexicon, self.keys, self.rarity = lexicon, keys, rarity
        self._table = hash_table(keys)
        self._blocks = np.array(BLOCK_WEIGHTS, np.float32)

    @classmethod
    def learned(
        cls, texts: Sequence[str], always: Sequence[str] = (), progress: Callable[[str], None] | None = None
    ) -> Space:
        """The space of some letters. What stands in a text of `always` (names and duties of matters) is
        known however rare it is."""
        say = progress or (lambda _what: None)
        say("words")
        lexicon = Lexicon.learned([*texts, *always], least=6 if len(texts) >= 200 else 2)
        say("features")
        found, stops = cls._gathered(lexicon, [*texts, *always])
        keys, spread = np.unique(found, return_counts=True)
        named = np.zeros(0, np.int64)
        if always:
            named = np.unique(found[stops[len(texts) - 1] if len(texts) else 0 :])
        least = np.array([*LEAST_LETTERS, 1] if len(texts) >= 200 else [1, 1, 1, 1])[keys % 4]
        kept = (spread >= least) | np.isin(keys, named, assume_unique=True)
        if kept.sum() > MOST_FEATURES:
            floor = np.sort(spread[kept])[-MOST_FEATURES]
            kept &= spread >= floor
        rarity = (np.log((1 + len(stops)) / (1 + spread[kept])) + 1).astype(np.float32)
        return cls(lexicon, keys[kept], rarity)

    @staticmethod
    def _gathered(lexicon: Lexicon, texts: Sequence[str]) -> tuple[Ints, Ints]:
        raw, ends = joined(texts)
        return _gather(raw, ends, reading(), MOST_CHARACTERS, lexicon.table, lexicon.likely, lexicon.unknown, LONGEST)

    def letters(self, texts: Sequence[str]) -> Letters:
        """The letters in this space."""
        raw, ends = joined(texts)
        lexicon = self.lexicon
        return Letters(
            *_measure(
                raw, ends, reading(), MOST_CHARACTERS, lexicon.table, lexicon.likely, lexicon.unknown, LONGEST,
                self._table, self.rarity, HEIGHTS, self._blocks,
            )
        )  # fmt: skip


def joined(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """The code points of all texts, one after the other, and where each ends."""
    read = [text[: 2 * MOST_CHARACTERS] for text in texts]
    return codes("".join(read)), np.cumsum([len(text) for text in read], dtype=np.int64)
