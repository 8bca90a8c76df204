"""Letters as sparse vectors: character bigrams, the opening counted twice, rare ones heavy. For topics.

Not for searching: terms are hashed to 23 bits, and what a vector was made of cannot be read back. Only the first
`READ` characters of a letter speak, so that a letter of a megabyte costs what any other costs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .folding import table

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
_TERM = (1 << BITS) - 1
Told = Callable[[int, int], None]
"""Told how many letters are done, and of how many."""


BLOCK = 2_000
"""Letters whose terms are in memory at a time."""
_LAST = 0x30000
_LARGEST = 0x7FFFFFFF


@lru_cache(maxsize=1)
def _reading() -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """For each code point below 0x30000: folded, and does it belong in a word once folded?"""
    folded = np.arange(_LAST, dtype=np.uint32)
    for code, character in table().items():
        folded[code] = ord(character)
    word = np.array([unicodedata.category(chr(code))[0] in "LN" for code in range(_LAST)])
    return folded, word[np.minimum(folded, _LAST - 1)]


def opening_of(text: str) -> str:
    """The subject of a letter: its first line where that is short, else its first characters."""
    first = text[: OPENING * 2].lstrip().split("\n", 1)[0]
    return first if len(first) <= OPENING * 1.5 else first[:OPENING]


def terms_of(texts: Sequence[str]) -> tuple[Ints, Ints, Floats]:
    """Each letter's different terms: (number of the letter, term, how loud: 1 + ln(times), the opening counted twice).

    Hashed bigrams, Simplified and Traditional alike; sorted by letter, then by term. For a block of
    letters, not for a million.
    """
    pieces = [piece for text in texts for piece in (text[:READ], opening_of(text))]
    codes = np.frombuffer("\n".join([*pieces, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    folded, word = _reading()
    codes = np.minimum(codes, _LAST - 1)
    whose = np.repeat(np.arange(len(pieces), dtype=np.int64) // 2, [len(piece) + 1 for piece in pieces])
    paired = np.flatnonzero(word[codes[:-1]] & word[codes[1:]])
    pairs = folded[codes[paired]].astype(np.uint64) << np.uint64(21) | folded[codes[paired + 1]]
    found = whose[paired] << BITS | (pairs * _ODD >> np.uint64(64 - BITS)).astype(np.int64)
    found.sort()
    first = _first_of_each(found)
    times = np.diff(np.r_[first, len(found)])
    return found[first] >> BITS, found[first] & _TERM, (1 + np.log(times)).astype(np.float32)


def _first_of_each(ordered: Ints | NDArray[np.int32]) -> Ints:
    """Where each different number of an ordered array stands first."""
    return np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.empty(0, np.int64)


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


def _silent(_done: int, _of: int) -> None:
    """Nobody asks how far it is."""


@dataclass(frozen=True, slots=True)
class Spread:
    """In how many of `letters` (or of groups of them) each term stands, and which tell
    nothing: those of one text only."""

    counts: NDArray[np.int32]
    letters: int
    mute: NDArray[np.bool_]

    @classmethod
    def of_owners(cls, texts: Sequence[str], owners: Ints, told: Told = _silent) -> Spread:
        """Each owner counted once, so that one who writes often makes no word common."""
        stands = np.zeros(1 << BITS, np.int32)

        def found() -> Iterator[tuple[Ints, Ints]]:
            order = np.argsort(owners, kind="stable")
            for start in range(0, len(order), BLOCK):
                block = order[start : start + BLOCK]
                row, term, _ = terms_of([texts[i] for i in block.tolist()])
                np.add.at(stands, term, np.int32(1))
                told(min(start + BLOCK, len(order)), len(order))
                yield owners[block][row], term

        counts = _counted_once(found())
        return cls(counts, len(np.unique(owners)), stands < 2)

    def of_groups(self, texts: Sequence[str], labels: Ints, told: Told = _silent) -> Spread:
        """Each group counted once: fifty letters about one estate do not make its name a common word.

        Of a letter only the `KEPT` heaviest terms so far count, and what was too common among letters:
        of groups it may not be.
        """
        order = np.argsort(labels, kind="stable")

        def found() -> Iterator[tuple[Ints, Ints]]:
            for start in range(0, len(order), BLOCK):
                block = order[start : start + BLOCK]
                row, term, loud = terms_of([texts[i] for i in block.tolist()])
                counted = _heaviest(row, loud * self.rarity(term), KEPT)
                counted = np.sort(
                    np.concatenate([counted, np.flatnonzero(self.counts[term] > self.letters * TOO_COMMON)])
                )
                told(min(start + BLOCK, len(order)), len(order))
                yield labels[block[row[counted]]], term[counted]

        return Spread(_counted_once(found()), len(np.unique(labels)), self.mute)

    def rarity(self, terms: Ints) -> Floats:
        """What each of some terms weighs; nothing where it is in too many letters, or in one only."""
        if self.letters < 5:
            return (~self.mute[terms]).astype(np.float32)
        count = self.counts[terms]
        said = ~self.mute[terms] & (count <= self.letters * TOO_COMMON)
        weight: Floats = (np.log((self.letters + 1) / (count + 0.5)) * said).astype(np.float32)
        return weight


def _counted_once(found: Iterable[tuple[Ints, Ints]]) -> NDArray[np.int32]:
    """How many owners have each term, from blocks of (owner, term) in the order of owners."""
    counts = np.zeros(1 << BITS, np.int32)
    known = np.empty(0, np.int64)
    for owner, term in found:
        if not len(owner):
            continue
        owned = owner << BITS | term
        owned.sort()
        owned = owned[_first_of_each(owned)]
        begun = int(np.searchsorted(owned, (int(owner[0]) + 1) << BITS))
        owned = np.concatenate([owned[:begun][~np.isin(owned[:begun], known)], owned[begun:]])
        np.add.at(counts, owned & _TERM, np.int32(1))
        known = np.concatenate([known, owned])
        known = known[np.searchsorted(known, int(owner[-1]) << BITS) :]
    return counts


def _heaviest(row: Ints, weight: Floats, kept: int) -> Ints:
    """Where the `kept` heaviest of each letter stand that weigh anything, in order."""
    heavy = np.flatnonzero(weight > 0)
    row = row[heavy]
    order = np.argsort(row << 32 | (_LARGEST - weight[heavy].view(np.int32)), kind="stable")
    rank = np.arange(len(order)) - np.searchsorted(row, row)
    return heavy[np.sort(order[rank < kept])]


def weighed(texts: Sequence[str], spread: Spread, kept: int = KEPT) -> Iterator[Vectors]:
    """The vectors of `texts`, of their `kept` heaviest terms, block after block."""
    for start in range(0, len(texts), BLOCK):
        block = texts[start : start + BLOCK]
        row, term, loud = terms_of(block)
        weight = loud * spread.rarity(term)
        heavy = _heaviest(row, weight, kept)
        row, term, weight = row[heavy], term[heavy], weight[heavy]
        length = np.sqrt(np.bincount(row, weight * weight, len(block)))
        starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(block)))])
        yield Vectors(starts, term.astype(np.int32), (weight / length[row]).astype(np.float32))


def weigh(texts: Sequence[str], spread: Spread) -> Vectors:
    """The vectors of a few thousand letters, as `weighed`."""
    blocks = list(weighed(texts, spread))
    lengths = np.concatenate([np.empty(0, np.int64), *(np.diff(block.starts) for block in blocks)])
    none: NDArray[np.int32] = np.empty(0, np.int32)
    terms = np.concatenate([none, *(block.terms for block in blocks)])
    weights = np.concatenate([np.empty(0, np.float32), *(block.weights for block in blocks)])
    return Vectors(np.concatenate([[0], np.cumsum(lengths)]), terms, weights)


def likeness(vectors: Vectors) -> Floats:
    """The cosine of every letter with every other, as a square; the diagonal is 0. For a few thousand letters."""
    n = len(vectors)
    row = np.repeat(np.arange(n), np.diff(vectors.starts))
    order = np.argsort(vectors.terms, kind="stable")
    terms, row, weights = vectors.terms[order], row[order], vectors.weights[order]
    first = _first_of_each(terms)
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
