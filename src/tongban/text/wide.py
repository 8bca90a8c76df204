"""Average linkage for more letters than can be compared each with each: within connected parts only.

Letters are compared where they share rare terms; each keeps the likest of the others. Two groups whose average likeness
reaches a threshold hold a pair that reaches it, so the parts that such pairs connect can be clustered one by one. The
likest pairs connect first, and none connects parts that are too large together: only such a pair is lost. As among few
letters there are two rounds, and the second counts the words of each group that the first is certain of once. Memory
beside the letters: about 1.2 KB a letter (8 bytes for each of KEPT terms and each of the STRONGEST others), and 0.2 GB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .linkage import Floats, Ints, cut, merges_of
from .loops import compiled
from .weighing import BLOCK, Spread, Told, likeness, weigh, weighed

KEPT = 64
"""Terms of a letter that are compared."""
RAREST = 24
"""The heaviest of them, which bring pairs together."""
BESIDE = 15
"""Of the letters that hold a term, so many before a letter in time and so many after it meet the letter."""
ASKED = 48
"""Of those that a letter meets, so many are compared in full: those that share the most of the heaviest terms."""
STRONGEST = 24
"""Of those, the likest so many are kept: enough to keep a part connected."""
MOST_LINKED = 2_000
"""Letters of a part that are linked at once: 16 MB each way. More are parted where they are the least alike."""
MEETING = 2_000
"""Letters whose meetings are in memory at a time."""
_LETTER_BITS, _WEIGHT_BITS = 24, 16
MOST_LETTERS = 1 << _LETTER_BITS
"""A term of BITS, a letter's number and a weight stand in one number of 63 bits."""
_FINE = (1 << _WEIGHT_BITS) - 1
Fading = Callable[[Floats, Floats], Floats]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Rows:
    """The heaviest terms of each letter and their weights: letters × KEPT, filled up with the term 0 of no weight."""

    terms: NDArray[np.int32]
    weights: Floats

    def __len__(self) -> int:
        return len(self.terms)


@dataclass(frozen=True, slots=True)
class Near:
    """The likest of each letter: letters × STRONGEST, of a likeness of 0 where there are fewer."""

    others: NDArray[np.int32]
    likes: Floats


def joined_widely(
    texts: Sequence[str],
    days: Floats,
    owners: Ints,
    threshold: float,
    strict: float,
    fading: Fading,
    most: int,
    progress: Progress,
) -> Ints:
    """The group's number for each letter. `strict` is the first round's threshold; parts of up to `most`
    letters are linked whole.

    `texts`, `days` and `owners` come in the order of time. Raises ValueError of more than MOST_LETTERS.
    """
    if len(texts) > MOST_LETTERS:
        raise ValueError(
            f"topics are found among at most {MOST_LETTERS} letters at once, not {len(texts)}: take a shorter time"
        )
    spread = Spread.of_owners(texts, owners, _of(progress, "words"))
    labels = _round(texts, spread, days, strict, fading, most, progress, "1")
    spread = spread.of_groups(texts, labels, _of(progress, "words of groups"))
    return _round(texts, spread, days, threshold, fading, most, progress, "2")


def _of(progress: Progress, what: str) -> Told:
    return lambda done, of: progress(what, done, of)


def _round(
    texts: Sequence[str],
    spread: Spread,
    days: Floats,
    threshold: float,
    fading: Fading,
    most: int,
    progress: Progress,
    name: str,
) -> Ints:
    rows = _rows(texts, spread, _of(progress, f"weighing {name}"))
    near = _nearest(rows, days, threshold, fading, _of(progress, f"comparing {name}"))
    del rows
    return _linked(
        texts, spread, near, days, threshold, fading, min(most, MOST_LINKED), _of(progress, f"grouping {name}")
    )


def _rows(texts: Sequence[str], spread: Spread, told: Told) -> Rows:
    rows = Rows(np.zeros((len(texts), KEPT), np.int32), np.zeros((len(texts), KEPT), np.float32))
    for number, block in enumerate(weighed(texts, spread, KEPT)):
        lengths = np.diff(block.starts)
        row = np.repeat(np.arange(len(lengths)), lengths) + number * BLOCK
        column = np.arange(len(row)) - np.repeat(block.starts[:-1], lengths)
        rows.terms[row, column], rows.weights[row, column] = block.terms, block.weights
        told(number * BLOCK + len(lengths), len(texts))
    return rows


def _heaviest(rows: Rows) -> Iterator[tuple[int, Ints]]:
    """Block by block (its first letter, its keys): a letter's heaviest terms as term, letter,
    weight in one number each."""
    for start in range(0, len(rows), MEETING):
        weights = rows.weights[start : start + MEETING]
        best = np.argpartition(-weights, RAREST, axis=1)[:, :RAREST]
        weight = np.take_along_axis(weights, best, axis=1)
        term = np.take_along_axis(rows.terms[start : start + MEETING], best, axis=1)
        letter, _ = held = np.nonzero(weight > 0)
        keys = term[held].astype(np.int64) << _LETTER_BITS | (letter + start)
        yield start, keys << _WEIGHT_BITS | (weight[held] * _FINE).astype(np.int64)


def _nearest(rows: Rows, days: Floats, threshold: float, fading: Fading, told: Told) -> Near:
    """Each letter's likest others among those with which it shares rare terms, of a likeness, faded,
    that reaches the threshold."""
    places = np.empty(len(rows) * RAREST, np.int64)
    held = 0
    for _, keys in _heaviest(rows):
        places[held : held + len(keys)] = keys
        held += len(keys)
    places = places[:held]
    places.sort()
    near = Near(np.zeros((len(rows), STRONGEST), np.int32), np.zeros((len(rows), STRONGEST), np.float32))
    heard = np.zeros(int(rows.terms.max(initial=0)) + 1, np.float32)
    for start, keys in _heaviest(rows):
        one, other = _met(places, np.sort(keys), start, days, fading)
        ends = np.searchsorted(one, np.arange(min(MEETING, len(rows) - start) + 1))
        for letter, (a, b) in enumerate(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True), start=start):
            if a == b:
                continue
            some = other[a:b]
            heard[rows.terms[letter]] = rows.weights[letter]
            likes = np.einsum("ij,ij->i", heard[rows.terms[some]], rows.weights[some]) * fading(
                days[letter], days[some]
            )
            heard[rows.terms[letter]] = 0
            best = np.argsort(-likes)[:STRONGEST]
            best = best[likes[best] >= threshold]
            near.others[letter, : len(best)], near.likes[letter, : len(best)] = some[best], likes[best]
        told(min(start + MEETING, len(rows)), len(rows))
    return near


def _met(places: Ints, keys: Ints, start: int, days: Floats, fading: Fading) -> tuple[Ints, Ints]:
    """(letter of the block, other) for the ASKED others with which each letter shares the most of its heaviest
    terms; sorted by letter."""
    at = np.searchsorted(places, keys)
    term = keys >> (_LETTER_BITS + _WEIGHT_BITS)
    one = (keys >> _WEIGHT_BITS & (MOST_LETTERS - 1)) - start
    weight = keys & _FINE
    found: list[Ints] = []
    for step in [*range(-BESIDE, 0), *range(1, BESIDE + 1)]:
        beside = at + step
        inside = (beside >= 0) & (beside < len(places))
        place = places[np.where(inside, beside, 0)]
        same = inside & (place >> (_LETTER_BITS + _WEIGHT_BITS) == term)
        place = place[same]
        other = place >> _WEIGHT_BITS & (MOST_LETTERS - 1)
        shared = weight[same] * (place & _FINE) >> _WEIGHT_BITS
        found.append((one[same] << _LETTER_BITS | other) << _WEIGHT_BITS | shared)
    packed = np.concatenate(found)
    packed.sort()
    pair = packed >> _WEIGHT_BITS
    first = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]]) if len(pair) else np.empty(0, np.int64)
    if not len(first):
        return first, first
    pair = pair[first]
    one, other = pair >> _LETTER_BITS, pair & (MOST_LETTERS - 1)
    shared = np.add.reduceat(packed & _FINE, first) / _FINE * fading(days[one + start], days[other])
    order = np.argsort(one - np.minimum(shared, 1) / 2, kind="stable")
    one, other = one[order], other[order]
    rank = np.arange(len(one)) - np.searchsorted(one, one)
    return one[rank < ASKED], other[rank < ASKED]


def _linked(
    texts: Sequence[str],
    spread: Spread,
    near: Near,
    days: Floats,
    threshold: float,
    fading: Fading,
    most: int,
    told: Told,
) -> Ints:
    """The group's number for each letter: average linkage at `threshold` within the parts that near letters connect."""
    labels = np.full(len(texts), -1, np.int64)
    given = done = 0
    for parts in _together(_parts(near, most)):
        some = np.concatenate(parts)
        vectors = weigh([texts[i] for i in some.tolist()], spread)
        first = 0
        for part in parts:
            square = likeness(vectors.chosen(np.arange(first, first + len(part)))) * fading(
                days[part][:, None], days[part][None, :]
            )
            found = cut(merges_of(square), len(part), threshold)
            labels[part] = found + given
            given, first = given + int(found.max()) + 1, first + len(part)
        done += len(some)
        told(done, len(texts))
    alone = np.flatnonzero(labels < 0)
    labels[alone] = given + np.arange(len(alone))
    told(len(texts), len(texts))
    return labels


def _together(parts: Iterable[Ints]) -> Iterator[list[Ints]]:
    """Parts by the block, because few letters are weighed hardly faster than many."""
    held: list[Ints] = []
    for part in parts:
        held.append(part)
        if sum(map(len, held)) >= BLOCK:
            yield held
            held = []
    if held:
        yield held


def _parts(near: Near, most: int) -> Iterator[Ints]:
    """The letters of each part of two or more that near letters connect, the likest first and as long as a part
    has no more than `most`."""
    pairs = np.flatnonzero(near.likes)
    pairs = pairs[np.argsort(-near.likes.ravel()[pairs], kind="stable")]
    heads = np.arange(len(near.likes), dtype=np.int64)
    _connect(
        (pairs // near.likes.shape[1]).astype(np.int32),
        near.others.ravel()[pairs],
        heads,
        np.ones(len(heads), np.int64),
        most,
    )
    order = np.argsort(heads, kind="stable")
    first = np.flatnonzero(np.r_[True, heads[order[1:]] != heads[order[:-1]]])
    for start, end in pairwise([*first.tolist(), len(order)]):
        if end - start > 1:
            yield order[start:end]


@compiled
def _connect(ones: NDArray[np.int32], others: NDArray[np.int32], heads: Ints, sizes: Ints, most: int) -> None:
    """Join each pair in turn unless its two parts hold more than `most` together; `heads[i]`
    becomes the head of i's part."""
    for i in range(len(ones)):
        one = ones[i]
        while heads[one] != one:
            heads[one] = heads[heads[one]]
            one = heads[one]
        other = others[i]
        while heads[other] != other:
            heads[other] = heads[heads[other]]
            other = heads[other]
        if one != other and sizes[one] + sizes[other] <= most:
            if sizes[one] < sizes[other]:
                one, other = other, one
            heads[other] = one
            sizes[one] += sizes[other]
    for i in range(len(heads)):
        while heads[heads[i]] != heads[i]:
            heads[i] = heads[heads[i]]
