"""Letters as sparse vectors: character bigrams, the opening counted twice, rare ones heavy. For topics.

Not for searching: terms are hashed to 23 bits, and what a vector was made of cannot be read back. Only the first
`READ` characters of a letter speak, so that a letter of a megabyte costs what any other costs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .folding import fold

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

READ = 1000
"""Characters of a letter that are read. Measured: 500 and 1,500 are no better."""
OPENING = 40
"""Characters of the opening where no line break ends it: a subject names the place and the trouble."""
BITS = 23
TOO_COMMON = 0.6
"""A term in more than this share of the letters says nothing."""
KEPT = 160
"""Heaviest terms of a letter that are kept."""
_ODD = np.uint64(0x9E3779B97F4A7C15)


@lru_cache(maxsize=1)
def _letters() -> NDArray[np.bool_]:
    """For each code point below 0x30000: does it belong in a word?"""
    return np.array([unicodedata.category(chr(code))[0] in "LN" for code in range(0x30000)])


def opening_of(text: str) -> str:
    """The subject of a letter: its first line where that is short, else its first characters."""
    first = text[: OPENING * 2].lstrip().split("\n", 1)[0]
    return first if len(first) <= OPENING * 1.5 else first[:OPENING]


def hashed_bigrams(text: str) -> Ints:
    """The hashed bigrams of a text in order, Simplified and Traditional alike."""
    codes = np.frombuffer(fold(text).encode("utf-32-le", "surrogatepass"), np.uint32)
    if len(codes) < 2:
        return np.empty(0, np.int64)
    word = _letters()[np.minimum(codes, 0x2FFFF)]
    pairs = codes.astype(np.uint64)
    pairs = (pairs[:-1] << np.uint64(21) | pairs[1:])[word[:-1] & word[1:]]
    return (pairs * _ODD >> np.uint64(64 - BITS)).astype(np.int64)


def terms_of(text: str) -> tuple[Ints, Floats]:
    """A letter's different terms and how loud each is: 1 + ln(times), the opening counted twice."""
    opening = opening_of(text)
    terms, times = np.unique(np.concatenate([hashed_bigrams(text[:READ]), hashed_bigrams(opening)]), return_counts=True)
    return terms, (1 + np.log(times)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Vectors:
    """`terms[starts[i]:starts[i + 1]]` with `weights` of the same place is letter i; every letter has length 1 or 0."""

    starts: Ints
    terms: NDArray[np.int32]
    weights: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def letter(self, i: int) -> tuple[NDArray[np.int32], Floats]:
        here = slice(self.starts[i], self.starts[i + 1])
        return self.terms[here], self.weights[here]

    def chosen(self, rows: Sequence[int] | Ints) -> Vectors:
        """The vectors of some letters only, in that order."""
        picked = np.asarray(rows, np.int64)
        lengths = self.starts[picked + 1] - self.starts[picked]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places = np.repeat(self.starts[picked] - starts[:-1], lengths) + np.arange(starts[-1])
        return Vectors(starts, self.terms[places], self.weights[places])


@dataclass(frozen=True, slots=True)
class Spread:
    """In how many of `letters` (or of groups of them) each term stands."""

    counts: NDArray[np.int32]
    letters: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> Spread:
        counts = np.zeros(1 << BITS, np.int32)
        for text in texts:
            counts[terms_of(text)[0]] += 1
        return cls(counts, len(texts))

    @classmethod
    def of_groups(cls, vectors: Vectors, labels: Ints) -> Spread:
        """Each group counted once: fifty letters about one estate do not make its name a common word."""
        groups, label = np.unique(labels, return_inverse=True)
        row = np.repeat(label, np.diff(vectors.starts))
        once = np.unique(row.astype(np.int64) << BITS | vectors.terms)
        return cls(np.bincount(once & ((1 << BITS) - 1), minlength=1 << BITS).astype(np.int32), len(groups))


def weigh(texts: Sequence[str], spread: Spread, once: NDArray[np.bool_] | None = None, kept: int = KEPT) -> Vectors:
    """The vectors of `texts` under `spread`. `once` marks terms to leave out: those that stand in one letter only."""
    rarity = np.log((spread.letters + 1) / (spread.counts + 0.5)).astype(np.float32)
    rarity[spread.counts > spread.letters * TOO_COMMON] = 0
    if spread.letters < 5:
        rarity[:] = 1
    if once is not None:
        rarity[once] = 0
    starts, terms, weights = [0], [], []
    for text in texts:
        term, loud = terms_of(text)
        weight = loud * rarity[term]
        heavy = np.flatnonzero(weight > 0)
        if len(heavy) > kept:
            heavy = np.sort(heavy[np.argpartition(-weight[heavy], kept)[:kept]])
        weight = weight[heavy]
        terms.append(term[heavy].astype(np.int32))
        weights.append(weight / (np.sqrt(weight @ weight) or 1))
        starts.append(starts[-1] + len(heavy))
    none: NDArray[np.int32] = np.empty(0, np.int32)
    return Vectors(np.array(starts, np.int64), np.concatenate([none, *terms]), np.concatenate([none.astype(np.float32), *weights]))


def likeness(vectors: Vectors) -> Floats:
    """The cosine of every letter with every other, as a square; the diagonal is 0. For a few thousand letters."""
    n = len(vectors)
    row = np.repeat(np.arange(n), np.diff(vectors.starts))
    order = np.argsort(vectors.terms, kind="stable")
    terms, row, weights = vectors.terms[order], row[order], vectors.weights[order]
    first = np.flatnonzero(np.r_[True, terms[1:] != terms[:-1]]) if len(terms) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[first, len(terms)])
    square = np.zeros((n, n), np.float32)
    common = sizes > max(16, n // 100)
    if common.any():
        column = np.full(len(first), -1)
        column[common] = np.arange(common.sum())
        columns = np.repeat(column, sizes)
        inside = columns >= 0
        block = np.zeros((n, int(common.sum())), np.float32)
        block[row[inside], columns[inside]] = weights[inside]
        square += block @ block.T
    flat = square.reshape(-1)
    for size in np.unique(sizes[~common & (sizes > 1)]):
        places = first[~common & (sizes == size)][:, None] + np.arange(size)
        rows, w = row[places], weights[places]
        pairs = (rows[:, :, None] * n + rows[:, None, :]).reshape(-1)
        products = (w[:, :, None] * w[:, None, :]).reshape(-1)
        for start in range(0, len(pairs), 2_000_000):
            np.add.at(flat, pairs[start : start + 2_000_000], products[start : start + 2_000_000])
    np.fill_diagonal(square, 0)
    return square
