"""A second look at a letter: where it lies among all letters, and which matters lie there.

The features that tell most about the matter are pressed into 200 directions (latent semantic analysis, Deerwester
and others 1990, by randomised subspace iteration, Halko and others 2011). There kernel ridge regression says how far
a letter stands on the side of each matter, with the kernel 1 + 2s + 2s² of the cosine s: the Gaussian kernel without
its terms above the square. So what is kept is a square form for each matter, and of that the largest squares; no
letter is. It errs elsewhere than the linear machine of margins.py; both together are righter than either (measured:
docs/rooms/text.md). Only between siblings with many letters; not for the words that speak for a suggestion, which
the linear machine gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .characters import Ints
from .features import Floats, Letters
from .loops import compiled
from .margins import Tree
from .sparse import Bytes, Sparse, placed, taken, times, turned

DIMENSIONS, SPARE = 200, 20
MOST_FEATURES = 40_000
LEAST_LETTERS = 500
"""Siblings with fewer letters among them are left to the linear machine."""
LEAST_OF_MATTER = 20
"""So is a matter with fewer letters than this, whatever its siblings have."""
MOST_LETTERS = 10_000
"""It learns from these, drawn by chance where there are more: time and memory grow with their
square (10,000: 400 MB)."""
MOST_SQUARES, LEAST_SQUARES, ALL_SQUARES = 50, 8, 2_000
"""Of the form of a matter, and of all forms where there are many matters. Measured with seven: 50 are as
right as all 200, 20 nearly."""
ROUNDS, NEAR_ENOUGH = 200, 1e-2
RIDGE = 0.1 * float(np.exp(2.0))
SHARE = 0.4
"""What the second look counts beside the margins of the linear machine, where it is kept."""
PRIOR, FLOOR = 10.0, 0.4
"""Letters that a feature is thought to have been seen in before any was, and the least a feature counts."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was learned. `rows`: feature → its row of `places` (−1 for none); `places`: rows × directions,
    each row times its `scales`.

    `codes`: those it speaks of; for each of them `squares` (squares × directions) with their `signs`, `slopes`
    (directions), `base` (a number), and `share`, which part of the whole margin is its own."""

    rows: Ints
    places: Bytes
    scales: Floats
    codes: Ints
    squares: Floats
    signs: Floats
    slopes: Floats
    base: Floats
    share: Floats

    def beside(self, margins: Floats, letters: Letters) -> Floats:
        """The margins (letters × codes) of the linear machine with this one's blended in."""
        found = margins.copy()
        found[:, self.codes] = blended(margins[:, self.codes], self.margins(letters), self.share)
        return found

    def margins(self, letters: Letters) -> Floats:
        """letters × the codes it speaks of, about −1 to 1."""
        where = _unit(placed(letters, self.rows, self.places, self.scales))
        bent = where @ self.squares.reshape(-1, self.squares.shape[2]).T
        bent *= bent
        found: Floats = (
            np.einsum("ncs,cs->nc", bent.reshape(len(where), *self.signs.shape), self.signs)
            + where @ self.slopes.T
            + self.base
        )
        return found

    def kept_for(self, codes: NDArray[np.bool_]) -> Meaning | None:
        """The same, speaking only of these codes; None where that is nothing."""
        kept = np.flatnonzero(codes[self.codes])
        if not len(kept):
            return None
        some = {name: getattr(self, name)[kept] for name in ("codes", "squares", "signs", "slopes", "base", "share")}
        return Meaning(self.rows, self.places, self.scales, **some)


def blended(margins: Floats, others: Floats, share: Floats) -> Floats:
    """The two machines' margins in one; where the share is 0 the first speaks alone."""
    return margins + share * (others - margins)


def learn(letters: Letters, features: int, tree: Tree, labels: Ints, rows: Ints, seed: int = 0) -> Meaning | None:
    """From the letters `rows`; None where no siblings have enough. `labels`: of all letters."""
    if len(rows) > MOST_LETTERS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_LETTERS, replace=False))
    groups = _groups(tree, labels[rows])
    if not groups:
        return None
    spread = np.bincount(_of(letters, rows), minlength=features)
    commonest = np.argsort(-spread, kind="stable")[: min(MOST_FEATURES, int((spread > 1).sum()))]
    if not len(commonest):
        return None
    place = np.full(features, -1, np.int64)
    place[commonest] = np.arange(len(commonest))
    stops, columns, values = taken(letters.stops, letters.columns, letters.values, rows, place)
    across = turned(stops, columns, values, len(commonest))
    _, own = np.unique(labels[rows], return_inverse=True)
    tell = np.sqrt(_divergence(across[0], across[1], own, np.bincount(own) / len(own), PRIOR))
    weights = (FLOOR + (1 - FLOOR) * tell / (float(tell.mean()) or 1.0)).astype(np.float32)
    values *= weights[columns]
    across[2][:] *= np.repeat(weights, np.diff(across[0]))
    directions = _directions((stops, columns, values), across, seed)
    directions *= weights[:, None]
    scales = np.maximum(np.abs(directions).max(axis=1) / 127, np.float32(1e-12))
    places = np.rint(directions / scales[:, None]).astype(np.int8)
    where = _unit(placed(letters, place, places, scales, rows))
    paths = tree.paths(labels[rows])
    codes = np.array([code for _siblings, known in groups for code in known], np.int64)
    count = min(MOST_SQUARES, max(LEAST_SQUARES, ALL_SQUARES // len(codes)), places.shape[1])
    parts = []
    for siblings, known in groups:
        inside = paths[:, siblings].any(axis=1)
        parts.append(_forms(where[inside], paths[inside][:, known], count))
    squares, signs, slopes, base = (np.concatenate([part[n] for part in parts]) for n in range(4))
    return Meaning(place, places, scales, codes, squares, signs, slopes, base, np.full(len(codes), SHARE, np.float32))


def _forms(where: Floats, meant: NDArray[np.bool_], count: int) -> tuple[Floats, Floats, Floats, Floats]:
    """The `count` largest squares, their signs, the slope and the base of each code. `where`: letters × directions;
    `meant`: letters × codes."""
    wanted = np.where(meant, 1.0, -1.0).astype(np.float32)
    usual = wanted.mean(axis=0)
    near = where @ where.T
    near += np.float32(0.5)  # 1 + 2s + 2s² = 2(s + ½)² + ½, without a second matrix as large
    near *= near
    near *= np.float32(2)
    near += np.float32(0.5)
    near.flat[:: len(near) + 1] += RIDGE
    pull = _solved(near, wanted - usual)
    squares, signs = (
        np.empty((len(usual), count, where.shape[1]), np.float32),
        np.empty((len(usual), count), np.float32),
    )
    for code in range(len(usual)):
        form = (2 * (where * pull[:, [code]]).T @ where).astype(np.float64)
        sizes, turn = np.linalg.eigh((form + form.T) / 2)
        largest = np.argsort(-np.abs(sizes), kind="stable")[:count]
        signs[code] = np.sign(sizes[largest])
        squares[code] = (turn[:, largest] * np.sqrt(np.abs(sizes[largest]))).T.astype(np.float16)  # what the file keeps
    return squares, signs, 2 * pull.T @ where, usual + pull.sum(axis=0)


def _solved(matrix: Floats, wanted: Floats) -> Floats:
    """The x with `matrix` · x = `wanted`, nearly, each column by conjugate gradients (Hestenes and Stiefel 1952)."""
    found = np.zeros_like(wanted)
    left, way = wanted.copy(), wanted.copy()
    size = (left * left).sum(axis=0)
    enough = NEAR_ENOUGH**2 * size
    for _ in range(ROUNDS):
        image = matrix @ way
        step = size / np.maximum((way * image).sum(axis=0), np.float32(1e-30))
        found += step * way
        left -= step * image
        now = (left * left).sum(axis=0)
        if (now <= enough).all():
            break
        way = left + now / np.maximum(size, np.float32(1e-30)) * way
        size = now
    return found


def _groups(tree: Tree, labels: Ints) -> list[tuple[list[int], list[int]]]:
    """Each group of siblings that has enough letters, and those of its codes that have enough."""
    counts = tree.paths(labels).sum(axis=0)
    large = [list(group) for group in tree.groups if counts[list(group)].sum() >= LEAST_LETTERS]
    known = [(group, [code for code in group if counts[code] >= LEAST_OF_MATTER]) for group in large]
    return [(group, some) for group, some in known if len(some) > 1]


def _of(letters: Letters, rows: Ints) -> Ints:
    """The features of some letters, as often as they stand in them."""
    asked = np.zeros(len(letters), bool)
    asked[rows] = True
    found: Ints = letters.columns[np.repeat(asked, np.diff(letters.stops))]
    return found


@compiled
def _divergence(stops: Ints, rows: Ints, own: Ints, usual: NDArray[np.float64], prior: float) -> NDArray[np.float64]:
    """By how much (nats) the matters of the letters in which each feature stands differ from the usual ones."""
    tells = np.zeros(len(stops) - 1)
    for feature in range(len(tells)):
        total = stops[feature + 1] - stops[feature]
        counts = prior * usual
        for at in range(stops[feature], stops[feature + 1]):
            counts[own[rows[at]]] += 1
        for code in range(len(usual)):
            here = counts[code] / (total + prior)
            tells[feature] += here * np.log(here / usual[code])
        tells[feature] = max(tells[feature], 0.0)
    return tells


def _directions(matrix: Sparse, across: Sparse, seed: int) -> Floats:
    """features × directions, of a matrix and the same turned: the right singular vectors of the largest
    singular values, nearly."""
    chance = np.random.default_rng(seed)
    basis = chance.standard_normal((len(matrix[0]) - 1, DIMENSIONS + SPARE), np.float32)
    basis = np.ascontiguousarray(np.linalg.qr(times(*matrix, times(*across, basis)))[0])
    along = times(*across, basis)
    sizes, turn = np.linalg.eigh(along.T.astype(np.float64) @ along.astype(np.float64))
    largest = np.argsort(-sizes)[:DIMENSIONS]
    largest = largest[sizes[largest] > 1e-6 * sizes.max()]
    found: Floats = (along @ (turn[:, largest] / np.sqrt(sizes[largest]))).astype(np.float32)
    return found


def _unit(vectors: Floats) -> Floats:
    found: Floats = vectors / np.maximum(np.sqrt((vectors * vectors).sum(axis=1, keepdims=True)), np.float32(1e-9))
    return found


def worth_keeping(margins: Floats, both: Floats, tree: Tree, labels: Ints) -> NDArray[np.bool_]:
    """The codes whose letters, not seen, were told from those of their siblings at least as well by `both`
    looks as by the first alone."""
    paths = tree.paths(labels)
    keep = np.zeros(len(tree.codes), bool)
    for group in map(list, tree.groups):
        inside = paths[:, group].any(axis=1)
        truth = paths[inside][:, group].argmax(axis=1)
        alone, together = (int((some[inside][:, group].argmax(axis=1) == truth).sum()) for some in (margins, both))
        keep[group] = together >= alone
    return keep
