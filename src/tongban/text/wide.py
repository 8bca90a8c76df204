"""Average linkage for more letters than can be compared each with each: within connected parts only.

Two groups whose average likeness reaches a threshold hold at least one pair that reaches it. So the parts connected by
such pairs can be clustered one by one and nothing is lost but pairs that share no rare term. A part that is still too
large is parted at a higher likeness. Memory: about 0.7 KB a letter, and one square of `at_once`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .linkage import Floats, Ints, cut, merges_of
from .weighing import BITS, Spread, Vectors, likeness, weigh

RARE = 60
"""A term in more letters than this brings no pair together; the middle ones of its letters in time still meet."""
RAREST = 16
"""Terms of a letter that bring pairs together."""
KEPT = 64
CHUNK = 2_000
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
    ones: list[NDArray[np.int32]] = []
    others: list[NDArray[np.int32]] = []
    likes: list[Floats] = []
    keys: list[Ints] = []
    waiting = 0
    count = len(vectors)

    def settle() -> None:
        pair = np.unique(np.concatenate(keys))
        one, other = pair // count, pair % count
        for start in range(0, len(one), 200_000):
            a, b = one[start : start + 200_000], other[start : start + 200_000]
            like = _likeness_of_pairs(vectors, a, b) * fading(days[a], days[b])
            good = like >= threshold
            ones.append(a[good].astype(np.int32))
            others.append(b[good].astype(np.int32))
            likes.append(like[good])
        keys.clear()

    for step in range(1, RARE):
        near = np.flatnonzero(rank >= step)
        a, b = letter[near - step], letter[near]
        keys.append(np.unique(np.minimum(a, b).astype(np.int64) * count + np.maximum(a, b)))
        waiting += len(keys[-1])
        if waiting > 3_000_000:
            settle()
            waiting = 0
    if keys:
        settle()
    return _joined(ones).astype(np.int64), _joined(others).astype(np.int64), _joined(likes).astype(np.float32)


def _joined(parts: list[NDArray[np.int32]] | list[Floats]) -> NDArray[np.generic]:
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


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
    for start in range(0, len(ones), CHUNK * 5):
        a, b = vectors.chosen(ones[start : start + CHUNK * 5]), vectors.chosen(others[start : start + CHUNK * 5])
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
