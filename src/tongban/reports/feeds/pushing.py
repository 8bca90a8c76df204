"""Brings the policy zone of a primary up to the register: only what changed since, the whole where it must be.

Where a small zone stands before it (`zone.recent`), what changed goes there, and into the large one within the hour.

What opens a name goes out always and first. What lists a name goes out only where the guards agree; where they do not,
nothing is added, and whoever runs the house is told which decision it is. The zone itself says how far it has come
(`zone.State`): whoever is killed here leaves a zone that is behind, never one that is wrong.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from .. import lists
from ..guarding import Lists
from . import looking, rows
from .forms import LONGEST_NAME, Row
from .primary import BadPlace, Overtaken, Primary, PrimaryError, read_key
from .zone import PASS, Change, Settled, State, differences, recent, wanted

log = logging.getLogger("tongban.feed")
LOOK_AGAIN = 30.0
"""Seconds after which a primary is asked how far it is although nothing has changed: it may have been restored."""
FOLDS = timedelta(hours=1)
"""How long a change stands in the small zone alone."""
MOST = 5000
"""Names that the small zone has room for; with half as many the large one is brought up at once."""
REST = 5.0
"""Seconds for which a primary that cannot be reached is left alone."""


@dataclass
class Pushed:
    """What a push did. `stopped` are the decisions that the guards forbid, and why: with any, nothing was added."""

    opened: int = 0
    listed: int = 0
    whole: bool = False
    long: list[str] = field(default_factory=list)
    """Decisions whose name is too long for a zone."""
    stopped: list[tuple[str, str]] = field(default_factory=list)


def action() -> str:
    """What a resolver answers for a listed name: the explaining page where the settings name one, else that there is no
    such name."""
    page = settings.FEED_PAGE_HOST.strip().rstrip(".")
    return f"{page}." if page else "."


def state_of(version: int, day: date, current: Lists) -> State:
    """What a zone says that has come so far."""
    return State(version, day, looking.mark_of(current), action())


def passing(current: Lists) -> list[str]:
    """The protected names that a zone lets through by name: those with a dot."""
    return sorted(one for one in current.protected if "." in one)


def primaries() -> list[Primary]:
    """The primaries of the settings (TONGBAN_FEED_DNS, TONGBAN_FEED_DNS_KEY). Raises BadPlace."""
    places = [one for one in settings.FEED_DNS.split(",") if one.strip()]
    if not places:
        return []
    key = read_key(settings.FEED_DNS_KEY)
    return [Primary.at(one, key) for one in places]


def push(primary: Primary, *, whole: bool = False, day: date | None = None) -> Pushed:
    """Bring the zone up to the register; with `whole` compare it name by name. Raises PrimaryError."""
    today = day or timezone.localdate()
    current = lists.current()
    for attempt in range(3):
        # Before the rows: what is decided meanwhile is newer than what the zone will say, and comes next time.
        target = state_of(rows.newest(), today, current)
        said = primary.said()
        before = State.parse(said or "")
        try:
            if primary.recent is None or before is None or not _is_ahead(target, before):
                return _large(primary, said, target, current, whole)
            done = _recent(primary.recent, before, target, current)
            if whole or _due(before, target):
                large = _large(primary, said, target, current, whole)
                done.whole = large.whole
                done.long = list(dict.fromkeys([*done.long, *large.long]))
                done.stopped = list(dict.fromkeys([*done.stopped, *large.stopped]))
            return done
        except Overtaken:
            if attempt == 2:
                raise
    raise AssertionError("not reached")


def _large(primary: Primary, said: str | None, target: State, current: Lists, whole: bool) -> Pushed:
    before = State.parse(said or "")
    if not whole and before == target:
        return Pushed()
    if whole or before is None or _unlike(before, target):
        return _whole(primary, said, target, current)
    return _since(primary, before, target, current)


def _is_ahead(target: State, before: State) -> bool:
    return before.version <= target.version and before.day <= target.day


def _due(large: State, target: State) -> bool:
    """Whether the large zone is brought up now: it is of yesterday, was judged by other lists or answers otherwise, or
    has waited for an hour or for many names."""
    if (large.day, large.lists, large.action) != (target.day, target.lists, target.action):
        return True
    oldest = rows.waiting_since(large.version)
    if oldest is None or timezone.now() - oldest >= FOLDS:
        return oldest is not None
    return len(rows.touched(large.version, large.day, target.day, MOST)) > MOST // 2


def _recent(small: Primary, large: State, target: State, current: Lists) -> Pushed:
    """Bring the small zone up to the register."""
    said, now = small.said(), int(timezone.now().timestamp())
    known = Settled.parse(said or "")
    if known is None or not _is_ahead(target, State(known.version, known.day, "", "")):
        hour = rows.newest_at(timezone.now() - FOLDS)
        known = Settled(min(large.version, hour), large.day - timedelta(days=1), large.version, large.day, now)
    settled = known.seen(large, now)
    after = f"{target} {settled}"
    if said == after:
        return Pushed()
    names = rows.touched(settled.version, settled.day, target.day, MOST + 1)
    held = _held(small, said)
    if len(names) > MOST:  # what is there stays until it has settled, and what the large zone lacks comes to it
        lacking = rows.touched(large.version, large.day, target.day, MOST)
        names = sorted({owner for owner in held if not owner.startswith("*.")} | set(lacking))
    holding = rows.relatives(names, target.day)
    done = Pushed(stopped=looking.broken([row for name in names if (row := holding.get(name))], current))
    should = recent(names, holding.keys(), frozenset(passing(current)), target.action)
    if done.stopped:
        should = {owner: said for owner, said in should.items() if said == PASS or held.get(owner) == said}
    for row in holding.values():
        _fits(row, done)
    changes = list(differences(held, should))
    small.send(said, changes, None if done.stopped else after)
    _holds[str(small)] = ("" if done.stopped else after, should)
    done.opened = sum(change.answer == PASS and change.name in names for change in changes)
    done.listed = sum(change.answer == target.action and change.name in holding for change in changes)
    return done


_holds: dict[str, tuple[str, dict[str, str]]] = {}
"""What this process has left in a small zone, and what the zone says since: it need not be read again."""


def _held(small: Primary, said: str | None) -> dict[str, str]:
    known = _holds.get(str(small))
    return known[1] if known is not None and known[0] == said else small.whole()


def _unlike(before: State, target: State) -> bool:
    """Whether what the zone has cannot be brought forward change by change: it was judged by other lists, answers
    otherwise, or is ahead of the register (an old backup of the house was restored)."""
    return (
        before.lists != target.lists
        or before.action != target.action
        or before.version > target.version
        or before.day > target.day
    )


def _since(primary: Primary, before: State, target: State, current: Lists) -> Pushed:
    found = rows.for_resolvers(before.version, before.day, target.day)
    done = Pushed(opened=len(found.opened), stopped=looking.broken(found.listed, current))
    adding = [] if done.stopped else [row for row in found.listed if _fits(row, done)]
    done.listed = len(adding)
    passed = frozenset(passing(current))
    changes = [Change(name, PASS if name in passed else None) for name in found.opened]
    changes += [Change(name, target.action) for name in found.between if not done.stopped]
    changes += [Change(row.name, target.action) for row in adding]
    # Where something was held back the zone does not say that it has come so far: it is tried again.
    primary.send(str(before), changes, None if done.stopped else target)
    return done


def _whole(primary: Primary, said: str | None, target: State, current: Lists) -> Pushed:
    done = Pushed(whole=True)
    held = primary.whole()

    def judged() -> Iterator[str]:
        for row in rows.in_force(target.day):
            why = looking.look(current).why_not(row)
            if why is not None:
                done.stopped.append((row.number, why))
            if row.scope != "url" and _fits(row, done):
                yield row.name

    names = list(judged())
    if done.stopped:
        # Nothing new is listed; what is no longer decided opens all the same, and what stands stays as it stood.
        should = wanted((name for name in names if name in held), passing(current), target.action)
    else:
        should = wanted(names, passing(current), target.action)
    counted = _Counted(differences(held, should))
    primary.send(said, counted, None if done.stopped else target)
    done.opened, done.listed = counted.opened, counted.listed
    return done


@dataclass
class _Counted:
    changes: Iterable[Change]
    opened: int = 0
    listed: int = 0

    def __iter__(self) -> Iterator[Change]:
        for change in self.changes:
            if change.answer is None or change.answer == PASS:
                self.opened += change.answer is None
            else:
                self.listed += 1
            yield change


def _fits(row: Row, done: Pushed) -> bool:
    if len(row.name) <= LONGEST_NAME:
        return True
    done.long.append(row.number)
    return False


# --- the worker's -----------------------------------------------------------------------------------------------------


@dataclass
class _Seen:
    primary: Primary
    target: State | None = None
    next_look: float = 0.0


_seen: dict[str, _Seen] = {}


def keep_up() -> int:
    """Push what has changed to every primary of the settings; returns how many names changed. The worker calls it twice
    a second: where nothing changed that is one small question to the database."""
    if not settings.FEED_DNS.strip():
        return 0
    try:
        places = {str(one): one for one in primaries()}
    except BadPlace as problem:
        _say_once("", f"the feed is not pushed: {problem}")
        return 0
    target = state_of(rows.newest(), timezone.localdate(), lists.current())
    changed = 0
    for place, primary in places.items():
        known = _seen.setdefault(place, _Seen(primary))
        now = time.monotonic()
        if known.next_look > now and (known.target == target or known.target is None):
            continue
        changed += _one(known, target, now)
    return changed


def _one(known: _Seen, target: State, now: float) -> int:
    try:
        done = push(known.primary)
    except PrimaryError as problem:
        log.warning("the feed was not pushed: %s", problem)
        known.target, known.next_look = None, now + REST
        return 0
    known.target, known.next_look = target, now + LOOK_AGAIN
    if done.stopped:
        said = ", ".join(f"{number}: {why}" for number, why in done.stopped)
        _say_once(str(known.primary), f"nothing new is listed, the guards forbid what the register holds: {said}")
        known.target, known.next_look = None, now + REST
    return 0 if done.stopped else done.opened + done.listed


_said: dict[str, str] = {}


def _say_once(where: str, words: str) -> None:
    if _said.get(where) != words:
        _said[where] = words
        log.error(words)
