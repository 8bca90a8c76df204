"""The best guess of a stranger who reads the whole ledger: to which opening does an answer belong?

Knows nothing but entries: days of openings and answers, and the statements of the months, each with its unit's days
taken and its unit's number of openings. Every way in which an item of a statement can be one of the answers of its
month and one of the openings before it gets a weight; the weights are scaled until each item and each answer is used
once, no opening more than once, and no unit has more openings of a month than its statement of that month says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

ROUNDS = 60


@dataclass
class View:
    """What the entries say. `sent` and `answered` are their days; `days` and `opened` are by (unit, month YYYY-MM).

    Where days are rounded up to `steps`, an item means any number of days down to the step before.
    """

    steps: Sequence[int] = ()
    sent: list[date] = field(default_factory=list)
    answered: list[date] = field(default_factory=list)
    days: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    opened: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class Guesses:
    """For each answer, and for each item of a statement, the openings it can be, each with how likely it is."""

    of_answers: Sequence[Mapping[int, float]]
    of_items: Sequence[Mapping[int, float]]
    items: Sequence[tuple[str, str, int]]


def guesses(view: View) -> Guesses:
    """The stranger's reckoning over the whole view."""
    on_day: dict[date, list[int]] = defaultdict(list)
    for number, day in enumerate(view.sent):
        on_day[day].append(number)
    in_month: dict[str, list[int]] = defaultdict(list)
    for number, day in enumerate(view.answered):
        in_month[day.isoformat()[:7]].append(number)
    items = [
        (unit, month, taken) for (unit, month), all_days in sorted(view.days.items()) for taken in sorted(all_days)
    ]
    ways: list[tuple[int, int, int, int]] = []  # item, answer, opening, (unit, month of the opening)
    rooms: dict[tuple[str, str], int] = {}
    for number, (unit, month, taken) in enumerate(items):
        for answer in in_month[month]:
            for days in range(_least(taken, view.steps), taken + 1):
                day = view.answered[answer] - timedelta(days=days)
                if day in on_day and view.opened[(unit, day.isoformat()[:7])]:
                    room = rooms.setdefault((unit, day.isoformat()[:7]), len(rooms))
                    ways += [(number, answer, opening, room) for opening in on_day[day]]
    item, answer, opening, room = np.array(ways, dtype=np.int64).reshape(-1, 4).T
    capacity = np.array([view.opened[key] for key in rooms], dtype=float)
    weights = np.ones(len(ways))
    for _round in range(ROUNDS):
        for which, most, exactly in (
            (item, 1.0, True),
            (opening, 1.0, False),
            (room, capacity, False),
            (answer, 1.0, True),
        ):
            used = np.bincount(which, weights)
            limit = (
                np.broadcast_to(np.asarray(most, dtype=float), used.shape)
                if np.ndim(most) == 0
                else capacity[: len(used)]
            )
            scale = np.divide(limit, used, out=np.ones_like(used), where=used > 0)
            weights *= (scale if exactly else np.minimum(scale, 1.0))[which]
    of_answers: list[dict[int, float]] = [defaultdict(float) for _ in view.answered]
    of_items: list[dict[int, float]] = [defaultdict(float) for _ in items]
    for (number, answered, sent, _room), weight in zip(ways, weights.tolist(), strict=True):
        of_answers[answered][sent] += weight
        of_items[number][sent] += weight
    return Guesses(of_answers, of_items, items)


def _least(taken: int, steps: Sequence[int]) -> int:
    """The fewest days that are counted as `taken`."""
    if not steps:
        return taken
    return max((step for step in (*steps, *range(steps[-1], taken, steps[-1])) if step < taken), default=-1) + 1


def success(guess: Mapping[int, float], true: Hashable) -> float:
    """The chance that the likeliest opening is the true one; where several are as likely, one is drawn."""
    if not guess:
        return 0.0
    best = max(guess.values())
    tied = [sent for sent, weight in guess.items() if weight >= best * (1 - 1e-6)]
    return 1 / len(tied) if true in tied else 0.0
