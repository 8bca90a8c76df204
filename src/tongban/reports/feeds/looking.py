"""The last look before names go out: every row once more against the guards, a million of them in seconds.

Says what `guarding.judged` says, row by row; it only goes over the lists once instead of once for each row. A test
holds the two together. Not for deciding: there the official is told the reason and what is near.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from tongban.webaddr import BadAddress, suffixes

from ..guarding import Lists, judged, target
from ..harms import harms
from .forms import Row

PLAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""A host that reads as itself: letters, digits, hyphens, no address of a machine, no punycode that could be wrong."""


class Stopped(ValueError):
    """The publication would break a rule; `rows` are the numbers of the decisions and why."""

    def __init__(self, rows: list[tuple[str, str]]) -> None:
        super().__init__(", ".join(f"{number}: {why}" for number, why in rows))
        self.rows = rows


@dataclass(frozen=True)
class Look:
    """The lists, made ready: each name, and each name that stands above one."""

    lists: Lists
    protected: frozenset[str]
    above_protected: frozenset[str]
    shared: frozenset[str]
    above_shared: frozenset[str]
    popular: frozenset[str]
    above_popular: frozenset[str]
    strict: frozenset[str]
    """The kinds of harm for which a popular name is refused."""
    known: frozenset[str]

    def why_not(self, row: Row) -> str | None:
        """Why the row must not go out; None where it may."""
        if row.harm not in self.known:
            return f"'{row.harm}'"
        name = row.name
        if row.scope == "url" or not PLAIN.fullmatch(name) or "xn--" in name:
            return self._at_length(row)
        if suffixes().registrable(name) is None:
            return "public_suffix"
        names = [name]
        at = name.find(".")
        while at >= 0:
            names.append(name[at + 1 :])
            at = name.find(".", at + 1)
        if not self.protected.isdisjoint(names) or name in self.above_protected:
            return "protected"
        if not self.shared.isdisjoint(names) or name in self.above_shared:
            return "shared"
        if row.harm in self.strict and (not self.popular.isdisjoint(names) or name in self.above_popular):
            return "popular"
        return None

    def _at_length(self, row: Row) -> str | None:
        try:
            # What was listed as a registered domain is a host to a resolver, whatever the list of suffixes says today.
            wanted = target(f"http://{row.name}", "url" if row.scope == "url" else "host")
            if wanted.name != row.name:
                return "name"
            return judged(wanted, harms()[row.harm], self.lists).refused
        except (BadAddress, ValueError) as problem:
            return str(problem)


def _above(names: Collection[str]) -> frozenset[str]:
    found: set[str] = set()
    for name in names:
        at = name.find(".")
        while at >= 0:
            upper = name[at + 1 :]
            if upper in found:
                break
            found.add(upper)
            at = name.find(".", at + 1)
    return frozenset(found)


@lru_cache(maxsize=2)
def look(lists: Lists) -> Look:
    """The lists made ready."""
    return Look(
        lists,
        frozenset(lists.protected),
        _above(lists.protected),
        frozenset(lists.shared),
        _above(lists.shared),
        frozenset(lists.popular),
        _above(lists.popular),
        frozenset(code for code, harm in harms().items() if harm.popular == "url"),
        frozenset(harms()),
    )


def broken(rows: Iterable[Row], lists: Lists) -> list[tuple[str, str]]:
    """The rows that must not go out: number of the decision, and why."""
    ready = look(lists)
    return [(row.number, why) for row in rows if (why := ready.why_not(row)) is not None]


def checked(rows: list[Row], lists: Lists) -> list[Row]:
    """The rows, all of which may be published. Raises Stopped naming those that may not."""
    found = broken(rows, lists)
    if found:
        raise Stopped(found)
    return rows


@lru_cache(maxsize=2)
def mark_of(lists: Lists) -> str:
    """Ten digits that change with any name on any list: what was judged by other lists is judged again."""
    found = sha256()
    for names in (lists.protected, lists.shared, lists.popular):
        found.update("\n".join(sorted(names)).encode())
        found.update(b"\0")
    return found.hexdigest()[:10]
