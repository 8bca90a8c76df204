"""How sure a suggestion is, in the office's terms: of a hundred suggestions this sure, how many were right.

Learned from letters the model had not seen when it judged them. A suggestion's lead is its margin before the best
of its siblings, the least one along its line of parents; it becomes a probability by isotonic regression
(Zadrozny and Elkan 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .features import Floats
from .margins import Tree

Numbers = NDArray[np.float64]
LONE_LEAD = 4.0
"""The lead of a matter without siblings: it never decides."""
FEW = 100
"""With fewer unseen letters than this no error rate is promised, and nothing is decided."""


def shares(margins: Floats, tree: Tree, sharpness: Numbers) -> tuple[Numbers, Numbers]:
    """letters × codes: each code's probability down its line, and its lead. `sharpness`: one
    for each group of siblings."""
    probable = np.ones(margins.shape)
    lead = np.full(margins.shape, LONE_LEAD)
    for number, group in enumerate(tree.groups):
        columns = list(group)
        above = int(tree.parents[columns[0]])
        if len(columns) > 1:
            own = margins[:, columns].astype(np.float64)
            order = np.sort(own, axis=1)
            rival = np.where(own == order[:, -1:], order[:, -2:-1], order[:, -1:])
            lead[:, columns] = own - rival
            grown = np.exp(sharpness[number] * (own - order[:, -1:]))
            probable[:, columns] = grown / grown.sum(axis=1, keepdims=True)
        if above >= 0:
            probable[:, columns] *= probable[:, [above]]
            lead[:, columns] = np.minimum(lead[:, columns], lead[:, [above]])
    return probable, lead


def sharpness_of(margins: Floats, tree: Tree, labels: NDArray[np.int64]) -> Numbers:
    """For each group of siblings the factor on its margins under which the unseen letters are likeliest."""
    paths = tree.paths(labels)
    tried = np.geomspace(0.5, 20, 40)
    losses = np.zeros((len(tree.groups), len(tried)))
    counts = np.zeros(len(tree.groups))
    for number, group in enumerate(tree.groups):
        columns = list(group)
        inside = paths[:, columns].any(axis=1)
        counts[number] = inside.sum()
        if len(columns) < 2 or not inside.any():
            continue
        own = margins[inside][:, columns].astype(np.float64)
        right = paths[inside][:, columns].argmax(axis=1)
        for place, factor in enumerate(tried):
            scaled = factor * (own - own.max(axis=1, keepdims=True))
            losses[number, place] = (np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(right)), right]).sum()
    together = tried[int(np.argmin(losses.sum(axis=0)))]
    return np.array(
        [tried[int(np.argmin(losses[n]))] if counts[n] >= 50 else together for n in range(len(tree.groups))]
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """Lead → probability (interpolated between points), and the unseen letters it was learned from: lead of the first
    suggestion, right or not."""

    leads: Numbers
    probabilities: Numbers
    seen: Numbers
    right: NDArray[np.bool_]

    @classmethod
    def assumed(cls) -> Curve:
        """Where no letter taught it: modest, and it promises nothing."""
        return cls(np.array([-1.0, 0.0, 2.0]), np.array([0.0, 0.3, 0.7]), np.zeros(0), np.zeros(0, bool))

    @classmethod
    def learned(cls, leads: Numbers, right: NDArray[np.bool_]) -> Curve:
        """From letters × suggestions, the first suggestion in the first column."""
        if len(leads) < FEW:
            return cls.assumed()
        points, heights = isotonic(leads.ravel(), right.ravel())
        order = np.argsort(-leads[:, 0], kind="stable")
        return cls(points, heights, leads[order, 0], right[order, 0])

    def probability(self, lead: Numbers) -> Numbers:
        """How often such a suggestion is right; strictly grows with the lead."""
        found: Numbers = 0.99 * np.interp(lead, self.leads, self.probabilities) + 0.01 / (1 + np.exp(-lead))
        return found

    def threshold(self, error: float) -> float:
        """The least probability from which at most `error` of the unseen letters were wrong; infinite where none is."""
        if len(self.seen) < FEW:
            return float("inf")
        count = np.arange(1, len(self.seen) + 1)
        wrong = np.cumsum(~self.right)
        sure = self.probability(self.seen)
        last = np.append(sure[1:] < sure[:-1], True)  # whoever is as sure is decided too
        fit = np.flatnonzero(((wrong + 0.5) / (count + 1) <= error) & last)
        return float(sure[fit[-1]]) if len(fit) else float("inf")

    def coverage(self, error: float) -> float:
        """The share of the unseen letters that stand above that threshold."""
        bound = self.threshold(error)
        return float((self.probability(self.seen) >= bound).mean()) if len(self.seen) else 0.0


def isotonic(leads: Numbers, right: NDArray[np.bool_], most: int = 200) -> tuple[Numbers, Numbers]:
    """Points of the growing function nearest to what happened: pool adjacent violators, then
    the middle of each pool."""
    order = np.argsort(leads, kind="stable")
    parts = np.array_split(order, min(most, max(1, len(order) // 20)))
    pools: list[list[float]] = []
    for part in parts:
        pools.append([float(right[part].sum()), float(len(part)), float(leads[part].sum())])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            last = pools.pop()
            pools[-1] = [one + other for one, other in zip(pools[-1], last, strict=True)]
    return np.array([total / n for _, n, total in pools]), np.maximum.accumulate(
        [(hits + 0.5) / (n + 1) for hits, n, _ in pools]
    )
