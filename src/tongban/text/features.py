"""What a letter says, as weighted features: words, runs of one to three characters, and the runs of its first line.

Three blocks, each of length one before it is weighed, so that a long body does not drown the subject. A count grows as its
logarithm and stops at a cap: a letter stuffed with one word gains nothing. The beginning counts more (measured: docs/rooms/text.md).
A feature is a hash; no words of letters are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .characters import MOST_CHARACTERS, Ints, codes, hash_table, readable, reading, slot_of
from .loops import compiled
from .words import LONGEST, Lexicon
from .words import cut as _cut

Floats = NDArray[np.float32]
WORD, RUN, FIRST = 0, 1, 2
BLOCK_WEIGHTS = (1.0, 1.0, 0.8)
LEAST_LETTERS = (2, 3, 2)
"""In how many letters a feature of each block must stand."""
HEAD, FIRST_LINE = 24, 30
HEAD_WEIGHT = 3.0
CAP = 24.0
"""Occurrences beyond this one count nothing; those in the head count as HEAD_WEIGHT each."""
MOST_FEATURES = 600_000


@compiled
def _hashes(chars: Ints, starts: Ints, keys: Ints, weights: NDArray[np.float32]) -> int:
    """Write the keys of all features of a letter (hash × 4 + block) and what each counts; returns how many."""
    count = 0
    for w in range(len(starts) - 1):
        start, end = starts[w], starts[w + 1]
        if chars[start] == 0:
            continue
        value = 11
        for i in range(start, end):
            value = (value * 1_000_003 + chars[i]) % 2_147_483_647
        keys[count] = value * 4
        weights[count] = 3.0 if start < 24 else 1.0
        count += 1
    for start in range(len(chars)):
        value = 7
        for end in range(start, min(start + 3, len(chars))):
            if chars[end] == 0:
                break
            value = (value * 1_000_003 + chars[end]) % 2_147_483_647
            keys[count] = value * 4 + 1
            weights[count] = 3.0 if start < 24 else 1.0
            count += 1
            if end < 30:
                keys[count] = value * 4 + 2
                weights[count] = 1.0
                count += 1
    return count


@compiled
def _gather(
    raw: Ints, ends: Ints, reads: Ints, most: int, table: Ints, numbers: Ints, likely: NDArray[np.float64], unknown: float, longest: int,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Every different key of every letter, letter after letter, and where each letter's end."""
    room = np.empty(7 * most + 8, np.int64)
    weights = np.empty(7 * most + 8, np.float32)
    total = 0
    size = 1024
    found = np.empty(size, np.int64)
    stops = np.zeros(len(ends), np.int64)
    begin = 0
    for letter in range(len(ends)):
        chars, _places = readable(raw[begin : ends[letter]], reads, most)
        begin = ends[letter]
        count = _hashes(chars, _cut(chars, table, numbers, likely, unknown, longest), room, weights)
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
    raw: Ints, ends: Ints, reads: Ints, most: int, table: Ints, numbers: Ints, likely: NDArray[np.float64], unknown: float, longest: int,
    keys: Ints, features: Ints, rarity: Floats, cap: float, blocks: Floats,
) -> tuple[Ints, Ints, Floats, Floats]:  # fmt: skip
    """CSR of the letters: where each ends, features, values; and what share of each letter's features is known."""
    shares = np.zeros(len(ends), np.float32)
    room = np.empty(7 * most + 8, np.int64)
    weights = np.empty(7 * most + 8, np.float32)
    counts = np.zeros(len(rarity), np.float32)
    touched = np.empty(7 * most + 8, np.int64)
    block_of = np.zeros(len(rarity), np.int8)
    stops = np.zeros(len(ends) + 1, np.int64)
    size = 1024
    columns = np.empty(size, np.int64)
    values = np.empty(size, np.float32)
    total = 0
    begin = 0
    for letter in range(len(ends)):
        chars, _places = readable(raw[begin : ends[letter]], reads, most)
        begin = ends[letter]
        count = _hashes(chars, _cut(chars, table, numbers, likely, unknown, longest), room, weights)
        n = 0
        known = 0
        for i in range(count):
            slot = slot_of(room[i], keys)
            if keys[slot] == -1:
                continue
            known += 1
            feature = features[slot]
            if counts[feature] == 0.0:
                touched[n] = feature
                block_of[feature] = room[i] % 4
                n += 1
            counts[feature] += weights[i]
        while total + n > size:
            size *= 2
            larger_columns = np.empty(size, np.int64)
            larger_columns[:total] = columns[:total]
            columns = larger_columns
            larger_values = np.empty(size, np.float32)
            larger_values[:total] = values[:total]
            values = larger_values
        lengths = np.zeros(3)
        for i in range(n):
            feature = touched[i]
            value = (1.0 + np.log(min(counts[feature], cap))) * rarity[feature]
            counts[feature] = 0.0
            lengths[block_of[feature]] += value * value
            columns[total + i] = feature
            values[total + i] = value
        for i in range(n):
            block = block_of[touched[i]]
            values[total + i] *= blocks[block] / np.sqrt(lengths[block])
        total += n
        stops[letter + 1] = total
        shares[letter] = known / max(1, count)
    return stops, columns[:total], values[:total], shares


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters as a sparse matrix: letter i has `columns` and `values` from `stops[i]` to `stops[i + 1]`; `known` is the share of it that training knew."""

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
        self._table, self._features = hash_table(keys)
        self._blocks = np.array(BLOCK_WEIGHTS, np.float32)

    @classmethod
    def learned(cls, texts: Sequence[str], always: Sequence[str] = (), progress: Callable[[str], None] | None = None) -> Space:
        """The space of some letters. What stands in a text of `always` (names and duties of matters) is known however rare it is."""
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
        return _gather(raw, ends, reading(), MOST_CHARACTERS, lexicon.table, lexicon.numbers, lexicon.likely, lexicon.unknown, LONGEST)

    def letters(self, texts: Sequence[str]) -> Letters:
        """The letters in this space."""
        raw, ends = joined(texts)
        lexicon = self.lexicon
        return Letters(
            *_measure(
                raw, ends, reading(), MOST_CHARACTERS, lexicon.table, lexicon.numbers, lexicon.likely, lexicon.unknown, LONGEST,
                self._table, self._features, self.rarity, CAP, self._blocks,
            )
        )  # fmt: skip


def joined(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """The code points of all texts, one after the other, and where each ends."""
    parts = [codes(text) for text in texts]
    return (np.concatenate(parts) if parts else np.zeros(0, np.int64)), np.cumsum([len(part) for part in parts], dtype=np.int64)
