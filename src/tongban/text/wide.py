"""Average linkage for more letters than can be compared each with each: within connected parts only.

Two groups whose average likeness reaches a threshold hold at least one pair that reaches it. So the parts connected by
such pairs can be clustered one by one and nothing is lost but pairs that share no rare term. A part that is still too
large is parted at a higher likeness. Memory: about 1.5 KB a letter beside the letters themselves, and some squares of `at_once`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .linkage import Floats, Ints, cut, merges_of
from .weighing import BITS, Spread, Vectors, likeness, weigh

RARE = 30
"""A term in more letters than this brings no pair together; the middle ones of its letters in time still meet."""
RAREST = 16
"""Terms of a letter that bring pairs together."""
KEPT = 64
STRONGEST = 12
"""Pairs kept of a letter, the likest: enough to keep a part connected."""
CHUNK = 10_000
WAITING = 3_000_000
Fading = Callable[[Floats, Floats], Floats]


def joined_widely(texts: Sequence[str], days: Floats, threshold: float, fading: Fading, at_once: int) -> Ints:
    """The group's number for each letter."""
    spread = Spread.of(texts)
    vectors = weigh(texts, spread, spread.counts < 2, KEPT)
    ones, others, likes = _pairs(vectors, spread, days, threshold, fading)
    labels = np.full(len(texts), -1, np.int64)
    given = 0
    waiting = [(np.arange(len(texts)), threshold, ones, others, likes)]
    while waiting:
        rows, height, ones, others, likes = waiting.pop()
        strong = likes >= height
        part = _connected(len(rows), ones[strong], others[strong])
        order = np.argsort(part, kind="stable")
        for members in np.split(order, np.cumsum(np.bincount(part))[:-1]):
            if len(members) > at_once:
                place = np.full(len(rows), -1, np.int64)
                place[members] = np.arange(len(members))
                inside = (place[ones] >= 0) & (place[others] >= 0)
                waiting.append((rows[members], height * 1.25, place[ones[inside]], place[others[inside]], likes[inside]))
                continue
            here = rows[members]
            if len(here) > 1:
                square = likeness(vectors.chosen(here)) * fading(days[here][:, None], days[here][None, :])
                found = cut(merges_of(square), len(here), threshold)
            else:
                found = np.zeros(1, np.int64)
            labels[here] = found + given
            given += int(found.max()) + 1
    return labels


def _pairs(vectors: Vectors, spread: Spread, days: Floats, threshold: float, fading: Fading) -> tuple[Ints, Ints, Floats]:
    """Pairs of letters that share rare terms and whose likeness, faded, reaches the threshold."""
    term, letter = _rare_places(vectors, spread, days)
    first = np.flatnonzero(np.r_[True, term[1:] != term[:-1]]) if len(term) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[first, len(term)])
    rank = np.arange(len(term)) - np.repeat(first, sizes)
    held = _Pairs(len(vectors))
    keys: list[Ints] = []
    for step in range(1, RARE):
        near = np.flatnonzero(rank >= step)
        a, b = letter[near - step].astype(np.int64), letter[near].astype(np.int64)
        keys.append(np.unique(np.minimum(a, b) * len(vectors) + np.maximum(a, b)))
        if sum(map(len, keys)) > WAITING or step == RARE - 1:
            pair = np.unique(np.concatenate(keys))
            keys.clear()
            for start in range(0, len(pair), WAITING // 10):
                one, other = np.divmod(pair[start : start + WAITING // 10], len(vectors))
                like = _likeness_of_pairs(vectors, one, other) * fading(days[one], days[other])
                held.add(one[like >= threshold], other[like >= threshold], like[like >= threshold])
    held.thin()
    return held.ones, held.others, held.likes


class _Pairs:
    """Pairs of `count` letters, thinned to the strongest of each letter whenever they are many."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.ones, self.others, self.likes = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)

    def add(self, ones: Ints, others: Ints, likes: Floats) -> None:
        self.ones, self.others = np.concatenate([self.ones, ones]), np.concatenate([self.others, others])
        self.likes = np.concatenate([self.likes, likes])
        if len(self.ones) > 2 * STRONGEST * self._count:
            self.thin()

    def thin(self) -> None:
        """Keeps each pair once, where it is among the strongest of either letter."""
        once = np.unique(self.ones * self._count + self.others, return_index=True)[1]
        self.ones, self.others, self.likes = self.ones[once], self.others[once], self.likes[once]
        keep = np.zeros(len(once), bool)
        for ends in (self.ones, self.others):
            order = np.lexsort((-self.likes, ends))
            ends = ends[order]
            first = np.flatnonzero(np.r_[True, ends[1:] != ends[:-1]]) if len(ends) else np.empty(0, np.int64)
            rank = np.arange(len(ends)) - np.repeat(first, np.diff(np.r_[first, len(ends)]))
            keep[order[rank < STRONGEST]] = True
        self.ones, self.others, self.likes = self.ones[keep], self.others[keep], self.likes[keep]


def _rare_places(vectors: Vectors, spread: Spread, days: Floats) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """(term, letter) for each letter's rarest terms, sorted by term and then by time."""
    terms: list[NDArray[np.int32]] = []
    letters: list[NDArray[np.int32]] = []
    for i in range(len(vectors)):
        mine, weight = vectors.letter(i)
        if len(mine) > RAREST:
            mine = mine[np.argpartition(-weight, RAREST)[:RAREST]]
        terms.append(mine)
        letters.append(np.full(len(mine), i, np.int32))
    term, letter = np.concatenate(terms), np.concatenate(letters)
    when = np.argsort(np.argsort(days, kind="stable"), kind="stable")
    order = np.lexsort((when[letter], term))
    return term[order], letter[order]


def _likeness_of_pairs(vectors: Vectors, ones: Ints, others: Ints) -> Floats:
    """The cosine of each pair."""
    result = np.zeros(len(ones), np.float32)
    for start in range(0, len(ones), CHUNK):
        a, b = vectors.chosen(ones[start : start + CHUNK]), vectors.chosen(others[start : start + CHUNK])
        row_a = np.repeat(np.arange(len(a), dtype=np.int64), np.diff(a.starts)) << BITS | a.terms
        row_b = np.repeat(np.arange(len(b), dtype=np.int64), np.diff(b.starts)) << BITS | b.terms
        place = np.minimum(np.searchsorted(row_b, row_a), max(len(row_b) - 1, 0))
        same = row_b[place] == row_a if len(row_b) else np.zeros(len(row_a), bool)
        products = a.weights[same] * b.weights[place[same]]
        result[start : start + len(a)] = np.bincount(row_a[same] >> BITS, products, minlength=len(a))
    return result


def _connected(count: int, ones: Ints, others: Ints) -> Ints:
    """The number of the connected part of each of `count` things."""
    label = np.arange(count)
    while True:
        low = np.minimum(label[ones], label[others])
        after = label.copy()
        np.minimum.at(after, ones, low)
        np.minimum.at(after, others, low)
        np.minimum.at(after, label[ones], low)
        np.minimum.at(after, label[others], low)
        after = after[after]
        if (after == label).all():
            return np.unique(label, return_inverse=True)[1].astype(np.int64)
        label = after
