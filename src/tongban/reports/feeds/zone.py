"""A policy zone as a primary holds it: how far it has come, what it should hold, and how to get from one to the other.

Pure: no network, no database. A wildcard takes what is below a name only as far as no other owner stands between (RFC
4592 §2.2.2): where a listed name has another far below it, the names between are held too, or they would be open.

**Recent**: a small zone before the large one. A resolver walks through a whole zone before a change of it is seen, and
a million names take it half a minute. What has changed lately stands in the small one, where a resolver looks first;
the large one follows now and then.

How far a zone has come stands in the zone itself, in a record that moves in the same
message as the names: whoever pushes needs no memory of its own, may die at any moment, and a primary that was restored
from a backup says by itself what it lacks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from .forms import LONGEST_NAME, RECENT, STATE, above, between

SETTLES = 600
"""Seconds after which every resolver has what the large zone said: they are told at once and ask each half minute."""
PASS = "rpz-passthru."  # noqa: S105 - no password: the answer that lets a name through


@dataclass(frozen=True, slots=True)
class State:
    """How far a zone has come: the newest change of the register that it holds, the day up to which names that ended
    are out of it, which lists of protected names it was judged by, and what it answers for a listed name."""

    version: int
    day: date
    lists: str
    action: str

    def __str__(self) -> str:
        return f"version={self.version} day={self.day.isoformat()} lists={self.lists} action={self.action}"

    @classmethod
    def parse(cls, text: str) -> State | None:
        """From its text; None where that is none of ours."""
        said = dict(part.partition("=")[::2] for part in text.split())
        try:
            return cls(int(said["version"]), date.fromisoformat(said["day"]), said["lists"], said["action"])
        except (KeyError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Settled:
    """What the small zone says besides: up to where resolvers surely have the large one, and how far it is on its way
    to them since when (seconds since 1970). Names leave the small zone when the large one has them for sure."""

    version: int
    day: date
    coming: int
    coming_day: date
    since: int

    def __str__(self) -> str:
        return (
            f"settled={self.version} settled-day={self.day.isoformat()} "
            f"coming={self.coming} coming-day={self.coming_day.isoformat()} since={self.since}"
        )

    @classmethod
    def parse(cls, text: str) -> Settled | None:
        """From its text; None where that is none of ours."""
        said = dict(part.partition("=")[::2] for part in text.split())
        try:
            day, coming_day = date.fromisoformat(said["settled-day"]), date.fromisoformat(said["coming-day"])
            return cls(int(said["settled"]), day, int(said["coming"]), coming_day, int(said["since"]))
        except (KeyError, ValueError):
            return None

    def seen(self, large: State, now: int) -> Settled:
        """What holds when the large zone is found to say `large`."""
        settled, day = self.version, self.day
        if (self.coming, self.coming_day) != (settled, day) and now - self.since < SETTLES:
            return self
        settled, day = self.coming, self.coming_day
        return Settled(
            settled, day, large.version, large.day, now if (large.version, large.day) != (settled, day) else 0
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One name to add with what a resolver answers for it, or (`answer` is None) to take out; with all below it."""

    name: str
    answer: str | None


def wanted(names: Iterable[str], passing: Collection[str], action: str) -> dict[str, str]:
    """Every owner that a zone should have, with and without `*.`, and its answer. Protected names come last: where both
    were said, a name passes."""
    answers = {name: action for name in names if len(name) <= LONGEST_NAME}
    answers.update(dict.fromkeys(passing, PASS))
    return _owners(answers)


def recent(touched: Iterable[str], listed: Collection[str], passing: Collection[str], action: str) -> dict[str, str]:
    """Every owner that the small zone should have, with its answer, so that a resolver that looks there first says of
    every name what the register says, however old the large zone is.

    `touched` are the names of decisions that were made or ended since; `listed` are, of the names that hold now, those
    above, below and among them.
    """

    def answer(name: str) -> str:
        for one in (name, *above(name)):
            if one in passing:
                return PASS
            if one in listed:
                return action
        return PASS

    answers = {name: answer(name) for name in touched if len(name) <= LONGEST_NAME}
    opened = {name for name, said in answers.items() if said == PASS}
    below = [name for name in listed if len(name) <= LONGEST_NAME and not opened.isdisjoint(above(name))]
    below += [name for name in passing if not answers.keys().isdisjoint(above(name))]
    answers.update({name: answer(name) for name in below})
    return _owners(answers)


def moved(names: Collection[str], held: Collection[str]) -> tuple[list[str], list[str]]:
    """After decisions on `names` were made or ended: the names that leave the zone, in that order, and those that it
    has because they stand between two listed ones. `held` are, of the names that hold now, those above, below and among
    them."""
    between_now = {name for name, _upper in between(held)} - set(held)
    affected = set(names)
    for name in {*names, *held}:
        path = list(above(name))
        while path and path[-1] not in affected and path[-1] not in held:
            path.pop()
        if name in affected or not affected.isdisjoint(path):
            affected.update(path[:-1])
    return deepest_first(affected - set(held) - between_now), sorted(affected & between_now)


def _owners(answers: dict[str, str]) -> dict[str, str]:
    answers.update([(name, answers[upper]) for name, upper in between(answers)])
    found: dict[str, str] = {}
    for name, answer in answers.items():
        found[name] = found[f"*.{name}"] = answer
    return found


def differences(held: Mapping[str, str], should: Mapping[str, str]) -> Iterator[Change]:
    """What to change so that a zone that holds `held` holds `should`: what opens a name comes first. Owners with `*.`
    are changed with the name that they belong to."""
    base = {owner.removeprefix("*.") for owner in held if owner not in (STATE, RECENT)}
    yield from (Change(name, None) for name in deepest_first(base - should.keys()))
    for owner, answer in should.items():
        if owner.startswith("*."):
            continue
        if held.get(owner) != answer or held.get(f"*.{owner}") != answer:
            yield Change(owner, answer)


def deepest_first(names: Iterable[str]) -> list[str]:
    """In the order in which names leave a zone: nothing between two names goes before the lower one has gone."""
    return sorted(names, key=lambda name: (-name.count("."), name))
