"""Judges the model on letters not seen: grouped splits, several figures, and simple methods beside it in the same run.

Everything is chosen inside the training folds, the threshold too: `kept` says what it held to on the letters outside.
Not for choosing settings by its results: do that inside training, or the figures flatter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .characters import MODULUS, Ints
from .features import Letters
from .grouping import folds, groups
from .margins import Tree
from .matters_training import ERRORS, Example, train
from .phrases import bigrams
from .scores import accuracy, coverage_at, macro_f1
from .suggesting import MatterIndex, MatterText
from .words import hash_of

Progress = Callable[[str, int, int], None]
Sure = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Said:
    """What a method said of some letters: matters (rank 1 to 3, −1 for none) and how sure it was of the first."""

    ranked: Ints
    sure: Sure
    seconds: float


def evaluate(
    examples: Sequence[Example], tree: Mapping[str, str | None], *, count: int = 5, only: int | None = None,
    seed: int = 0,
    baselines: bool = True, progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Figures by cross-validation over `count` folds (the first `only` of them); copies and near copies of a
    letter stay in one fold."""
    say = progress or (lambda _what, _done, _of: None)
    known = [example for example in examples if example.whole.strip()]
    if len(known) < 10 * count:
        raise ValueError(f"{len(known)} letters are too few to judge by: at least {10 * count} are needed")
    order = Tree.of(tree)
    numbers = {code: n for n, code in enumerate(order.codes)}
    labels = np.array([numbers[example.code] for example in known], np.int64)
    group = groups([example.whole for example in known])
    fold = folds(group, labels, count, seed)
    methods: dict[str, list[dict[str, Any]]] = {}
    for number in range(only or count):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        say("folds", number, only or count)
        learned, unseen = [known[n] for n in inside], [known[n] for n in outside]
        truth = labels[outside]
        methods.setdefault("model", []).append(_model(learned, unseen, tree, numbers, truth, seed))
        if baselines:
            for name, method in BASELINES.items():
                methods.setdefault(name, []).append(_figures(truth, method(learned, unseen, numbers)))
    say("folds", only or count, only or count)
    return {
        "letters": len(known),
        "matters": len(np.unique(labels)),
        "folds": only or count,
        "seed": seed,
        "groups": len(np.unique(group)),
        "copies_that_disagree": disagreement(group, labels),
        "methods": {name: _mean(found) for name, found in methods.items()},
    }


def disagreement(group: Ints, labels: Ints) -> dict[str, int]:
    """Near copies whose matters differ: what no classifier can get right."""
    several = [labels[group == which] for which in np.flatnonzero(np.bincount(group) > 1)]
    return {
        "groups": len(several),
        "letters": sum(map(len, several)),
        "groups_that_disagree": sum(len(np.unique(some)) > 1 for some in several),
        "letters_in_the_minority": sum(len(some) - int(np.bincount(some).max()) for some in several),
    }


def _model(
    learned: Sequence[Example],
    unseen: Sequence[Example],
    tree: Mapping[str, str | None],
    numbers: Mapping[str, int],
    truth: Ints,
    seed: int,
) -> dict[str, Any]:
    began = time.perf_counter()
    model = train(learned, tree, seed=seed)
    trained = time.perf_counter() - began
    texts = [example.whole for example in unseen]
    list(model.suggest_many(texts[:8]))
    began = time.process_time()
    answers = list(model.suggest_many(texts))
    took = time.process_time() - began
    ranked = np.full((len(texts), 3), -1, np.int64)
    for row, suggestions in zip(ranked, answers, strict=True):
        for rank, suggestion in enumerate(suggestions[:3]):
            row[rank] = numbers[suggestion.code]
    sure = np.array([suggestions[0].score if suggestions else 0.0 for suggestions in answers])
    figures = _figures(truth, Said(ranked, sure, took))
    figures["training_seconds"] = round(trained, 1)
    for error in ERRORS:
        above = sure >= model.threshold(error)
        right = round(accuracy(truth[above], ranked[above, 0]), 4) if above.any() else None
        figures[f"kept {1 - error:.0%}"] = {"covered": round(float(above.mean()), 4), "right": right}
    centre = np.array([abs(each - share) for each, share in _bins(sure, ranked[:, 0] == truth)])
    figures["calibration_error"] = round(float(centre.mean()), 4) if len(centre) else None
    return figures


def _bins(sure: Sure, right: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """(mean confidence, share right) of ten equal parts."""
    parts = np.array_split(np.argsort(sure, kind="stable"), 10)
    return [(float(sure[part].mean()), float(right[part].mean())) for part in parts if len(part)]


def _figures(truth: Ints, said: Said) -> dict[str, Any]:
    first = said.ranked[:, 0]
    right = first == truth
    return {
        "accuracy": accuracy(truth, first),
        "macro_f1": macro_f1(truth, first),
        "top3": float((said.ranked == truth[:, None]).any(axis=1).mean()),
        **{f"coverage {1 - error:.0%}": coverage_at(1 - error, right, said.sure) for error in ERRORS},
        "letters_per_second": len(truth) / max(said.seconds, 1e-9),
    }


def _mean(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    mean: dict[str, Any] = {}
    for name, first in found[0].items():
        values = [fold[name] for fold in found]
        mean[name] = (
            _mean(values) if isinstance(first, dict) else _middle([value for value in values if value is not None])
        )
    return mean


def _middle(values: Sequence[float]) -> float | None:
    """The mean over the folds that have a figure."""
    return round(float(np.mean(values)), 4) if values else None


def _counted(texts: Sequence[str], known: Mapping[int, int] | None) -> tuple[Letters, dict[int, int]]:
    """Letters as counts of character bigrams; new ones are numbered where `known` is None."""
    numbers: dict[int, int] = dict(known or {})
    stops: list[int] = [0]
    columns: list[int] = []
    values: list[float] = []
    for text in texts:
        row: dict[int, int] = {}
        for token in bigrams(text):
            key = hash_of(token) % MODULUS
            number = numbers.setdefault(key, len(numbers)) if known is None else numbers.get(key, -1)
            if number >= 0:
                row[number] = row.get(number, 0) + 1
        columns += row.keys()
        values += row.values()
        stops.append(len(columns))
    shares = np.ones(len(texts), np.float32)
    return Letters(
        np.array(stops, np.int64), np.array(columns, np.int64), np.array(values, np.float32), shares
    ), numbers


def _linear(letters: Letters, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.zeros((len(letters), weights.shape[1]))
    for row in range(len(letters)):
        some = slice(letters.stops[row], letters.stops[row + 1])
        found[row] = letters.values[some] @ weights[letters.columns[some]]
    return found


def _sums(letters: Letters, labels: Ints, classes: int, features: int) -> NDArray[np.float64]:
    found = np.zeros((features, classes))
    np.add.at(found, (letters.columns, np.repeat(labels, np.diff(letters.stops))), letters.values)
    return found


def _ranked(scores: NDArray[np.float64], seconds: float) -> Said:
    order = np.argsort(-scores, axis=1, kind="stable")
    best = np.take_along_axis(scores, order, axis=1)
    return Said(order[:, :3], best[:, 0] - best[:, 1], seconds)


def naive_bayes(learned: Sequence[Example], unseen: Sequence[Example], numbers: Mapping[str, int]) -> Said:
    """Complement naive Bayes over character bigrams (Rennie and others 2003)."""
    letters, known = _counted([example.whole for example in learned], None)
    sums = _sums(letters, np.array([numbers[example.code] for example in learned]), len(numbers), len(known))
    outside = sums.sum(axis=1, keepdims=True) - sums + 0.3
    weights = -np.log(outside / outside.sum(axis=0))
    weights[:, sums.sum(axis=0) == 0] = -1e3
    began = time.process_time()
    others, _ = _counted([example.whole for example in unseen], known)
    lengths = np.maximum(np.add.reduceat(np.append(others.values, 0), others.stops[:-1]), 1)
    return _ranked(_linear(others, weights) / lengths[:, None], time.process_time() - began)


def search(learned: Sequence[Example], unseen: Sequence[Example], numbers: Mapping[str, int]) -> Said:
    """The first version: BM25 over the matters' names and the subjects (the first 30 characters) of past letters."""
    subjects: dict[str, list[str]] = {}
    for example in learned:
        subjects.setdefault(example.code, []).append(example.whole[:30])
    index = MatterIndex.build([MatterText(code, [code], "", subjects.get(code, [])) for code in numbers])
    ranked, sure = np.full((len(unseen), 3), -1, np.int64), np.zeros(len(unseen))
    began = time.process_time()
    for row, example in enumerate(unseen):
        found = index.suggest(example.whole)
        ranked[row, : len(found)] = [numbers[suggestion.code] for suggestion in found]
        sure[row] = found[0].score - (found[1].score if len(found) > 1 else 0) if found else -1
    return Said(ranked, sure, time.process_time() - began)


BASELINES: dict[str, Callable[[Sequence[Example], Sequence[Example], Mapping[str, int]], Said]] = {
    "naive Bayes": naive_bayes,
    "search": search,
}
