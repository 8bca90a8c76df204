"""One-against-the-rest margins between the matters under one parent, for a whole tree of matters.

A linear support vector machine with squared hinge loss, solved in the dual by coordinate descent with shrinking (Hsieh
and others 2008), on features weighed by a part of their log-count ratio (Wang and Manning 2012, interpolated).
Measured against logistic regression, small neural networks and down-weighting of doubtful labels, which were all
behind: docs/rooms/text.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .characters import Ints
from .features import Floats, Letters
from .loops import compiled

COST = 0.3
RATIO_SHARE, RATIO_FLOOR = 0.25, 0.5
EPOCHS, TOLERANCE = 40, 0.1
SCARCE = 20
"""A matter with fewer letters than this has each of them count more, up to MOST_WEIGHT."""
MOST_WEIGHT = 4.0
MOST_ENTRIES = 12_000_000
"""Weights kept, the largest first: about 50 MB on disk."""
MOST_EMPTY = 2
"""A full matrix of weights stands beside the packed one where it has at most so many places for each weight."""


@compiled
def _sums(
    stops: Ints, columns: Ints, values: Floats, rows: Ints, positive: NDArray[np.bool_], inside: Floats, outside: Floats
) -> None:
    for i in range(len(rows)):
        for at in range(stops[rows[i]], stops[rows[i] + 1]):
            if positive[i]:
                inside[columns[at]] += values[at]
            else:
                outside[columns[at]] += values[at]


@compiled
def _sweep(
    stops: Ints, columns: Ints, values: Floats, rows: Ints, positive: NDArray[np.bool_], costs: Floats, scale: Floats,
    order: Ints, alpha: NDArray[np.float64], square: NDArray[np.float64], weight: Floats, asleep: NDArray[np.bool_],
    above: float,
) -> tuple[float, float]:  # fmt: skip
    """One pass of dual coordinate descent; weight[-1] is the bias. Returns the largest and the
    least projected gradient."""
    largest, least = -1e300, 1e300
    last = len(weight) - 1
    for i in order:
        row = rows[i]
        sign = 1.0 if positive[i] else -1.0
        margin = float(weight[last])
        for at in range(stops[row], stops[row + 1]):
            margin += values[at] * scale[columns[at]] * weight[columns[at]]
        softness = 0.5 / costs[i]
        gradient = sign * margin - 1.0 + alpha[i] * softness
        if alpha[i] == 0.0 and gradient > 0.0:
            if gradient > above:
                asleep[i] = True
            largest = max(largest, 0.0)
            least = min(least, 0.0)
            continue
        largest = max(largest, gradient)
        least = min(least, gradient)
        if abs(gradient) > 1e-12:
            old = alpha[i]
            alpha[i] = max(old - gradient / (square[i] + softness), 0.0)
            step = (alpha[i] - old) * sign
            weight[last] += step
            for at in range(stops[row], stops[row + 1]):
                weight[columns[at]] += step * values[at] * scale[columns[at]]
    return largest, least


@compiled
def _squares(stops: Ints, columns: Ints, values: Floats, rows: Ints, scale: Floats) -> NDArray[np.float64]:
    found = np.ones(len(rows))
    for i in range(len(rows)):
        for at in range(stops[rows[i]], stops[rows[i] + 1]):
            value = values[at] * scale[columns[at]]
            found[i] += value * value
    return found


def one_against_rest(
    letters: Letters, features: int, rows: Ints, positive: NDArray[np.bool_], weights: Floats, seed: int = 0
) -> tuple[Floats, float]:
    """(a weight for each feature, bias) that part the positive rows from the others."""
    stops, columns, values = letters.stops, letters.columns, letters.values
    inside, outside = np.zeros(features, np.float32), np.zeros(features, np.float32)
    _sums(stops, columns, values, rows, positive, inside, outside)
    present = (inside > 0) | (outside > 0)
    inside += RATIO_FLOOR
    outside += RATIO_FLOOR
    ratio = np.abs(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))
    usual = float(ratio[present].mean()) or 1.0
    scale = ((1 - RATIO_SHARE) + RATIO_SHARE * ratio / usual).astype(np.float32)
    costs = (COST * weights).astype(np.float32)
    square = _squares(stops, columns, values, rows, scale)
    alpha, weight = np.zeros(len(rows)), np.zeros(features + 1, np.float32)
    asleep = np.zeros(len(rows), bool)
    chance = np.random.default_rng(seed)
    above = np.inf
    for _ in range(EPOCHS):
        awake = np.flatnonzero(~asleep)
        largest, least = _sweep(
            stops,
            columns,
            values,
            rows,
            positive,
            costs,
            scale,
            chance.permutation(awake),
            alpha,
            square,
            weight,
            asleep,
            above,
        )
        if largest - least <= TOLERANCE:
            if not asleep.any():
                break
            asleep[:] = False
            above = np.inf
        else:
            above = largest if largest > 0 else np.inf
    return weight[:-1] * scale, float(weight[-1])


@dataclass(frozen=True, slots=True)
class Tree:
    """Codes with parents first, the number of each one's parent (−1 at the top), and the groups of siblings."""

    codes: tuple[str, ...]
    parents: Ints
    groups: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, parents: Mapping[str, str | None]) -> Tree:
        """Raises ValueError where a parent is missing or a matter stands above itself."""
        ordered: dict[str, int] = {}
        waiting = sorted(parents)
        while waiting:
            ready = [code for code in waiting if parents[code] in (None, "") or parents[code] in ordered]
            if not ready:
                raise ValueError(
                    "these matters have a parent that is not there, or stand above themselves: "
                    f"{', '.join(waiting[:10])}"
                )
            for code in ready:
                ordered[code] = len(ordered)
            waiting = [code for code in waiting if code not in ordered]
        above = np.array([ordered[parent] if (parent := parents[code]) else -1 for code in ordered], np.int64)
        together = [tuple(np.flatnonzero(above == number).tolist()) for number in range(-1, len(ordered))]
        return cls(tuple(ordered), above, tuple(group for group in together if group))

    @property
    def leaves(self) -> NDArray[np.bool_]:
        """Which codes have none below them."""
        found = np.ones(len(self.codes), bool)
        found[self.parents[self.parents >= 0]] = False
        return found

    def line(self, number: int) -> list[int]:
        """A code's number and those above it, nearest first."""
        found = []
        while number >= 0:
            found.append(number)
            number = int(self.parents[number])
        return found

    def paths(self, labels: Ints) -> NDArray[np.bool_]:
        """labels × codes: does the code stand in the label's line?"""
        stands = np.zeros((len(self.codes), len(self.codes)), bool)
        for number in range(len(self.codes)):
            stands[number, self.line(number)] = True
        return stands[labels]


@dataclass(frozen=True, slots=True)
class Weights:
    """feature → (code, weight) as CSR, and a bias for each code. Where most are there also `full`, features ×
    codes: five times as fast."""

    stops: Ints
    codes: Ints
    weights: Floats
    bias: Floats
    full: Floats | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        full = None
        features = len(self.stops) - 1
        if features * len(self.bias) <= MOST_EMPTY * len(self.weights):
            full = np.zeros((features, len(self.bias)), np.float32)
            full[np.repeat(np.arange(features), np.diff(self.stops)), self.codes] = self.weights
        object.__setattr__(self, "full", full)


def fit(
    letters: Letters,
    features: int,
    tree: Tree,
    labels: Ints,
    rows: Ints,
    counts: Floats,
    seed: int,
    step: Callable[[], None] | None = None,
) -> Weights:
    """Learn every group of siblings from the letters `rows` that stand below its parent. `counts`:
    what each letter counts."""
    paths = tree.paths(labels[rows])
    found: list[tuple[Ints, int, Floats]] = []
    bias = np.zeros(len(tree.codes), np.float32)
    for group in tree.groups:
        members = paths[:, list(group)]
        inside = np.flatnonzero(members.any(axis=1))
        for place, code in enumerate(group):
            if step is not None:
                step()
            positive = members[inside, place]
            if len(group) == 1 or not positive.any() or positive.all():
                bias[code] = -1.0 if not positive.any() and len(group) > 1 else 1.0
                continue
            some = rows[inside]
            weigh = counts[some].copy()
            scarcity = SCARCE / max(1.0, float(weigh[positive].sum()))
            if scarcity > 1:
                weigh[positive] *= min(MOST_WEIGHT, scarcity)
            weight, bias[code] = one_against_rest(letters, features, some, positive, weigh, seed + code)
            spoken = np.flatnonzero(weight)
            found.append((spoken, code, weight[spoken]))
    return _packed(found, features, bias)


def _packed(found: Sequence[tuple[Ints, int, Floats]], features: int, bias: Floats) -> Weights:
    where = np.concatenate([spoken for spoken, _code, _weight in found]) if found else np.zeros(0, np.int64)
    codes = (
        np.concatenate([np.full(len(spoken), code, np.int64) for spoken, code, _weight in found])
        if found
        else np.zeros(0, np.int64)
    )
    weights = np.concatenate([weight for _spoken, _code, weight in found]) if found else np.zeros(0, np.float32)
    if len(weights) > MOST_ENTRIES:
        kept = np.sort(np.argpartition(-np.abs(weights), MOST_ENTRIES)[:MOST_ENTRIES])
        where, codes, weights = where[kept], codes[kept], weights[kept]
    order = np.argsort(where, kind="stable")
    stops = np.concatenate([[0], np.cumsum(np.bincount(where, minlength=features))]).astype(np.int64)
    return Weights(
        stops, codes[order], weights[order].astype(np.float16).astype(np.float32), bias
    )  # what the file keeps


@compiled
def _margins(
    letter_stops: Ints, columns: Ints, values: Floats, stops: Ints, codes: Ints, weights: Floats, bias: Floats
) -> Floats:
    found = np.empty((len(letter_stops) - 1, len(bias)), np.float32)
    for letter in range(len(letter_stops) - 1):
        found[letter] = bias
        for at in range(letter_stops[letter], letter_stops[letter + 1]):
            value = values[at]
            for entry in range(stops[columns[at]], stops[columns[at] + 1]):
                found[letter, codes[entry]] += value * weights[entry]
    return found


@compiled
def _full_margins(letter_stops: Ints, columns: Ints, values: Floats, full: Floats, bias: Floats) -> Floats:
    """As `_margins`, in the same order and so the same to the last bit."""
    found = np.empty((len(letter_stops) - 1, len(bias)), np.float32)
    for letter in range(len(letter_stops) - 1):
        found[letter] = bias
        for at in range(letter_stops[letter], letter_stops[letter + 1]):
            feature, value = columns[at], values[at]
            for code in range(len(bias)):
                found[letter, code] += value * full[feature, code]
    return found


def margins(letters: Letters, learned: Weights) -> Floats:
    """letters × codes: how far each letter stands on the side of each code, among its siblings."""
    if learned.full is not None:
        return _full_margins(letters.stops, letters.columns, letters.values, learned.full, learned.bias)
    return _margins(
        letters.stops, letters.columns, letters.values, learned.stops, learned.codes, learned.weights, learned.bias
    )
