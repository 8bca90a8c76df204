"""Groups letters about the same trouble: the same event at the same place, however many people write of it.

Average linkage over rare character bigrams, fading with the time between two letters; the threshold is chosen from the
letters themselves. It reads what letters say of a trouble; it never asks who a person is or what they think. Not for
near-copies at submission (`duplicates`) and not for what is rising (`hot`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from .linkage import Floats, Ints, chosen_threshold, cut, merges_of
from .weighing import Spread, Vectors, likeness, weigh
from .wide import Progress, joined_widely

AT_ONCE = 5_000
"""Letters compared each with each: 100 MB. More are compared where they share rare terms."""
STRICT = 0.15
"""The first round's threshold: groups that certainly belong together, so that their words count once."""
LEAST_WHEN_WIDE = 0.10
"""Among very many letters some pair is alike by chance: what a sample of them chooses is not loosened below this."""
FADE_DAYS = 60.0
LEFT_WHEN_FAR = 0.3
"""Two letters FADE_DAYS apart keep 0.65 of their likeness; far apart they keep this. Measured: +0.015 B-cubed F1."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is asked of a letter. `text` is the subject, a line break, the body; `place` a code or name, or empty."""

    id: int | str
    text: str
    at: datetime | None = None
    place: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Every letter's id in exactly one group, the largest group first; and the threshold that parted them."""

    groups: list[tuple[int | str, ...]]
    threshold: float


def days_of(letters: Sequence[Letter]) -> Floats:
    """Days since the earliest letter; NaN where a letter has no time."""
    stamps = np.array([letter.at.timestamp() if letter.at else np.nan for letter in letters], np.float64)
    known = stamps[~np.isnan(stamps)]
    return ((stamps - (known.min() if len(known) else 0)) / 86_400).astype(np.float32)


def fading(one: Floats, other: Floats) -> Floats:
    """What is left of a likeness over the days between; all of it where a time is unknown."""
    days = np.nan_to_num(np.abs(one - other), nan=0.0)
    faded: Floats = (LEFT_WHEN_FAR + (1 - LEFT_WHEN_FAR) / (1 + days / FADE_DAYS)).astype(np.float32)
    return faded


def _faded_likeness(vectors: Vectors, days: Floats) -> Floats:
    square = likeness(vectors)
    for start in range(0, len(square), 512):
        square[start : start + 512] *= fading(days[start : start + 512, None], days[None, :])
    return square


def _at_once(letters: Sequence[Letter], days: Floats, threshold: float | None) -> tuple[Ints, float]:
    """Two rounds: the first finds what certainly belongs together, the second counts each such group's words once."""
    texts = [letter.text for letter in letters]
    spread = Spread.of_owners(texts, _owners(letters))
    certain = cut(merges_of(_faded_likeness(weigh(texts, spread), days)), len(texts), STRICT)
    square = _faded_likeness(weigh(texts, spread.of_groups(texts, certain)), days)
    merges = merges_of(square)
    if threshold is None:
        threshold = chosen_threshold(square, merges)
    return cut(merges, len(texts), threshold), threshold


def _owners(letters: Sequence[Letter]) -> Ints:
    """A number for each sender; letters without one have one each."""
    numbers: dict[object, int] = {}
    return np.array(
        [numbers.setdefault(letter.sender or place, len(numbers)) for place, letter in enumerate(letters)], np.int64
    )


def _silent(_what: str, _done: int, _of: int) -> None:
    """Nobody asks how far it is."""


def cluster(
    letters: Sequence[Letter], threshold: float | None = None, at_once: int = AT_ONCE, progress: Progress = _silent
) -> Clusters:
    """Groups of letters about the same trouble.

    Up to `at_once` letters each is compared with each. Of more, the threshold is chosen from the `at_once` in the
    middle of their time, and two letters are compared where they share rare terms; groups are still formed by the
    average. Letters without words stand alone. `progress` is told what is being done, how far it is, and of how much.
    """
    days = days_of(letters)
    if not letters:
        return Clusters([], threshold or 0.0)
    if len(letters) <= at_once:
        labels, used = _at_once(letters, days, threshold)
    else:
        order = np.argsort(days, kind="stable")
        if threshold is None:
            middle = order[(len(order) - at_once) // 2 :][:at_once]
            threshold = max(_at_once([letters[i] for i in middle], days[middle], None)[1], LEAST_WHEN_WIDE)
        used = threshold
        texts = [letters[i].text for i in order]
        labels = np.empty(len(letters), np.int64)
        labels[order] = joined_widely(
            texts, days[order], _owners(letters)[order], used, STRICT, fading, at_once, progress
        )
    found: dict[int, list[int | str]] = {}
    for letter, label in zip(letters, labels.tolist(), strict=True):
        found.setdefault(label, []).append(letter.id)
    return Clusters(sorted((tuple(group) for group in found.values()), key=len, reverse=True), used)
