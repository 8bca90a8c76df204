"""Learns a model from letters whose matter is known, and from the names and duties of the matters, which stand
in where letters are few.

Every letter is judged once by a model that saw neither it nor its near copies; from these judgements come
confidence, thresholds and the figures of the model card. The same letters, tree and seed give the same model. Not
for reading files (reading.py).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .characters import Ints, characters
from .confidence import Curve, shares, sharpness_of
from .features import Floats, Letters, Space
from .grouping import folds as parted
from .grouping import groups
from .loops import FAST
from .margins import Tree, Weights, fit, margins
from .matters_model import MatterModel, level, levels
from .meaning import Meaning, worth_keeping
from .meaning import learn as look
from .scores import accuracy, confusions, macro_f1
from .suggesting import MatterText
from .words import Lexicon

Progress = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and of how much."""
FOLDS = 4
LEAST_LETTERS = 20
"""With fewer letters than this nothing is held back to judge by."""
ERRORS = (0.03, 0.02, 0.01)
_NAMES_COUNT = 0.5
_WORDS_FROM = 4_000


@dataclass(frozen=True, slots=True)
class Example:
    """A letter whose matter is known. `id` is the caller's; the model keeps neither it nor the text."""

    id: str
    text: str
    code: str
    subject: str = ""

    @property
    def whole(self) -> str:
        """Subject first: the beginning of a letter counts more."""
        return f"{self.subject}\n{self.text}" if self.subject else self.text


def train(
    examples: Iterable[Example],
    tree: Mapping[str, str | None],
    *,
    texts: Sequence[MatterText] = (),
    progress: Progress | None = None,
    seed: int = 0,
    made: str = "",
) -> MatterModel:
    """A model for the codes of `tree` (code → its parent's). Raises ValueError where a letter's code is not in it.

    `texts`: names, descriptions and duties of matters; with them alone the model suggests, and decides nothing.
    A letter may carry a code that has others below it: then it teaches the levels above.
    """
    began = time.monotonic()
    say = progress or (lambda _what, _done, _of: None)
    order = Tree.of(tree)
    numbers = {code: number for number, code in enumerate(order.codes)}
    known = [example for example in examples if example.whole.strip()]
    unknown = sorted({example.code for example in known} - set(numbers))
    if unknown:
        raise ValueError(f"these matters of letters are not in the tree: {', '.join(unknown[:10])}")
    if not known and not texts:
        raise ValueError("there is nothing to learn from: neither a letter nor the names of matters")
    whole = [example.whole for example in known]
    named = [
        (numbers[text.code], "\n".join([*text.path_names, text.description, *text.examples]))
        for text in texts
        if text.code in numbers
    ]
    labels = np.array([*(numbers[example.code] for example in known), *(number for number, _ in named)], np.int64)
    space = Space.learned(whole, [text for _, text in named], lambda what: say(what, 0, 1))
    letters = space.letters([*whole, *(text for _, text in named)])
    lesson = _Lesson(
        letters,
        space,
        order,
        labels,
        np.array([1.0] * len(known) + [_NAMES_COUNT] * len(named), np.float32),
        len(known),
        seed,
    )
    judged = _judged(lesson, whole, say)
    learned = lesson.learn(np.arange(len(labels)), lambda done: say("learning", done, len(order.codes)))
    meaning = lesson.look(np.arange(len(labels))) if judged.looked.any() else None
    meaning = meaning.kept_for(judged.looked) if meaning else None
    sharpness = (
        sharpness_of(judged.margins, order, judged.labels) if len(judged.labels) else np.full(len(order.groups), 3.0)
    )
    curves, figures = _curves(order, judged, sharpness)
    about: dict[str, Any] = {
        "made": made or datetime.now(UTC).date().isoformat(),
        "seed": seed,
        "letters": len(known),
        "named": len(named),
        "near_copies": int(len(known) - len(np.unique(judged.groups))) if len(known) else 0,
        "features": len(space.keys),
        "weights": len(learned.weights),
        "matters": dict(sorted(Counter(example.code for example in known).items())),
        "words": common_words(space.lexicon, whole[:: max(1, len(whole) // _WORDS_FROM)]),
        "second_look": [order.codes[code] for code in meaning.codes] if meaning else [],
        "unseen": figures,
        "seconds": round(time.monotonic() - began, 1),
        "compiled": FAST,
    }
    return MatterModel(space, order, learned, sharpness, curves, about, meaning)


@dataclass(frozen=True, slots=True)
class _Lesson:
    letters: Letters
    space: Space
    tree: Tree
    labels: Ints
    counts: Floats
    known: int
    seed: int

    def learn(self, rows: Ints, step: Callable[[int], None]) -> Weights:
        done = [0]

        def one() -> None:
            done[0] += 1
            step(done[0])

        return fit(self.letters, len(self.space.keys), self.tree, self.labels, rows, self.counts, self.seed, one)

    def look(self, rows: Ints) -> Meaning | None:
        """The second look, from letters only: what matters are called says little about what stands around a letter."""
        return look(self.letters, len(self.space.keys), self.tree, self.labels, rows[rows < self.known], self.seed)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Letters and their margins under a model that has seen neither them nor their near copies.

    `looked`: the codes that the second look is kept for, since it tells such letters apart no worse."""

    margins: Floats
    labels: Ints
    groups: Ints
    looked: NDArray[np.bool_]


def _judged(lesson: _Lesson, whole: Sequence[str], say: Progress) -> _Judged:
    group = groups(whole, progress=lambda done: say("near copies", done, len(whole)))
    labels = lesson.labels[: lesson.known]
    if lesson.known < LEAST_LETTERS:
        return _Judged(
            np.zeros((0, len(lesson.tree.codes)), np.float32), labels[:0], group, np.zeros(len(lesson.tree.codes), bool)
        )
    fold = parted(group, labels, FOLDS, lesson.seed)
    found = np.zeros((lesson.known, len(lesson.tree.codes)), np.float32)
    both = found.copy()
    extra = np.arange(lesson.known, len(lesson.labels))
    codes = len(lesson.tree.codes)
    for number in range(FOLDS):
        rows = np.concatenate([np.flatnonzero(fold != number), extra])
        learned = lesson.learn(rows, partial(_told, say, number * codes, FOLDS * codes))
        held = np.flatnonzero(fold == number)
        unseen = _some(lesson.letters, held)
        found[held] = margins(unseen, learned)
        meaning = lesson.look(rows)
        both[held] = found[held] if meaning is None else meaning.beside(found[held], unseen)
    looked = worth_keeping(found, both, lesson.tree, labels)
    return _Judged(np.where(looked, both, found), labels, group, looked)


def _told(say: Progress, before: int, of: int, done: int) -> None:
    say("judging", before + done, of)


def _some(letters: Letters, rows: Ints) -> Letters:
    lengths = np.diff(letters.stops)[rows]
    stops = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    places = np.arange(stops[-1]) + np.repeat(letters.stops[rows] - stops[:-1], lengths)
    return Letters(stops, letters.columns[places], letters.values[places], letters.known[rows])


def _curves(tree: Tree, judged: _Judged, sharpness: NDArray[np.float64]) -> tuple[tuple[Curve, ...], dict[str, Any]]:
    """A curve for each level, and the figures of the unseen letters."""
    count = levels(tree)
    if not len(judged.labels):
        return tuple(Curve.assumed() for _ in range(count)), {}
    probable, lead = shares(judged.margins, tree, sharpness)
    paths = tree.paths(judged.labels)
    curves, figures = [], {}
    for number in range(count):
        allowed = np.flatnonzero(level(tree, number))
        meant = paths[:, allowed].any(axis=1)
        best = allowed[np.argsort(-probable[np.ix_(meant, allowed)], axis=1, kind="stable")[:, :3]]
        right = np.take_along_axis(paths[meant], best, axis=1)
        curve = Curve.learned(np.take_along_axis(lead[meant], best, axis=1), right)
        curves.append(curve)
        if meant.any():
            truth = allowed[paths[np.ix_(meant, allowed)].argmax(axis=1)]
            figures["matters" if number == 0 else f"level {number} above"] = {
                "letters": int(meant.sum()),
                "accuracy": round(accuracy(truth, best[:, 0]), 4),
                "macro_f1": round(macro_f1(truth, best[:, 0]), 4),
                "top3": round(float(right.any(axis=1).mean()), 4),
                "coverage": {f"{1 - error:.0%}": round(curve.coverage(error), 4) for error in ERRORS},
                "thresholds": {f"{1 - error:.0%}": _finite(curve.threshold(error)) for error in ERRORS},
                "confusions": [[tree.codes[a], tree.codes[b], n] for a, b, n in confusions(truth, best[:, 0])[:30]],
                "by_matter": {
                    tree.codes[code]: round(float((best[truth == code, 0] == code).mean()), 4)
                    for code in np.unique(truth).tolist()
                },
            }
    return tuple(curves), figures


def _finite(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None


def common_words(lexicon: Lexicon, texts: Sequence[str], most: int = 200) -> dict[str, float]:
    """The words that stand in the most letters, with their share of letters; rare ones, which could
    tell of a person, stay out."""
    spread: Counter[str] = Counter()
    for text in texts:
        chars = characters(text)[0]
        starts = lexicon.cut(chars).tolist()
        whole = "".join(map(chr, chars.tolist()))
        spread.update({whole[a:b] for a, b in pairwise(starts) if b - a > 1 and not whole[a].isdigit()})
    least = max(5, len(texts) // 100)
    return {
        word: round(count / len(texts), 4)
        for word, count in sorted(spread.items(), key=lambda item: (-item[1], item[0]))[:most]
        if count >= least
    }
