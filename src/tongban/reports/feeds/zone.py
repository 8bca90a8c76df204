"""A policy zone as a primary holds it: how far it has come, what it should hold, and how to get from one to the other.

Pure: no network, no database. How far a zone has come stands in the zone itself, in a record that moves in the same
message as the names: whoever pushes needs no memory of its own, may die at any moment, and a primary that was restored
from a backup says by itself what it lacks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from .forms import LONGEST_NAME, STATE

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
class Change:
    """One name to add with what a resolver answers for it, or (`answer` is None) to take out; with all below it."""

    name: str
    answer: str | None


def wanted(names: Iterable[str], passing: Collection[str], action: str) -> dict[str, str]:
    """Every owner that a zone should have, with and without `*.`, and its answer. Protected names come last: where both
    were said, a name passes."""
    found: dict[str, str] = {}
    for name in names:
        if len(name) <= LONGEST_NAME:
            found[name] = found[f"*.{name}"] = action
    for name in passing:
        found[name] = found[f"*.{name}"] = PASS
    return found


def differences(held: Mapping[str, str], should: Mapping[str, str]) -> Iterator[Change]:
    """What to change so that a zone that holds `held` holds `should`: what opens a name comes first. Owners with `*.`
    are changed with the name that they belong to."""
    base = {owner.removeprefix("*.") for owner in held if owner != STATE}
    for name in sorted(base):
        if name not in should:
            yield Change(name, None)
    for owner, answer in should.items():
        if owner.startswith("*."):
            continue
        if held.get(owner) != answer or held.get(f"*.{owner}") != answer:
            yield Change(owner, answer)
