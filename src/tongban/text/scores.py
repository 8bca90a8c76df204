"""Figures of a classifier on letters it has not seen, and of groups beside those that are known. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]


def accuracy(truth: Labels, said: Labels) -> float:
    """The share that is right."""
    return float((truth == said).mean()) if len(truth) else 0.0


def macro_f1(truth: Labels, said: Labels) -> float:
    """The mean of the F1 of every class that occurs in `truth`, each counting the same however many letters it has."""
    scores = []
    for code in np.unique(truth):
        both = int(((truth == code) & (said == code)).sum())
        scores.append(2 * both / (int((truth == code).sum()) + int((said == code).sum())))
    return float(np.mean(scores)) if scores else 0.0


def confusions(truth: Labels, said: Labels) -> list[tuple[int, int, int]]:
    """(truth, said, how often) of what was taken for something else, the most frequent first."""
    wrong = Counter((int(a), int(b)) for a, b in zip(truth, said, strict=True) if a != b)
    return sorted(((a, b, count) for (a, b), count in wrong.items()), key=lambda item: (-item[2], item[0], item[1]))


def coverage_at(precision: float, right: NDArray[np.bool_], sure: NDArray[np.float64]) -> float:
    """The largest share of letters, the surest first, of which `precision` are right, chosen by
    looking at these very letters.

    An upper bound for comparing models: an office must choose its threshold before it sees the letters.
    """
    order = np.argsort(-sure, kind="stable")
    kept = np.flatnonzero(np.cumsum(right[order]) / np.arange(1, len(right) + 1) >= precision)
    return float((kept[-1] + 1) / len(right)) if len(kept) else 0.0


def b_cubed(groups: Iterable[Iterable[int | str]], truth: Mapping[int | str, int]) -> tuple[float, float, float]:
    """(precision, recall, F1) of groups (Bagga and Baldwin 1998): each thing of `truth` asks who of its group belongs
    with it, and who of these is there."""
    of = {thing: number for number, group in enumerate(groups) for thing in group if thing in truth}
    together = Counter((of[thing], truth[thing]) for thing in of)
    found, meant = Counter(of.values()), Counter(truth[thing] for thing in of)
    precision = sum(count * count / found[number] for (number, _), count in together.items()) / len(of)
    recall = sum(count * count / meant[number] for (_, number), count in together.items()) / len(of)
    return round(precision, 4), round(recall, 4), round(2 * precision * recall / (precision + recall), 4)
