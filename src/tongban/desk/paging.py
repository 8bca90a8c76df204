"""Pages of a long list by key: no page numbers, no counting, the same speed on the first page and on the last.

A list is cut into segments that follow each other, because NULL stands first in one database and last in the other:
cases in work by deadline, then those without one, then those in force and those that are over, newest first. Not for
filtering.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from tongban.cases.models import Case
from tongban.cases.search import Found

SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([a-z])\.(-?\d{1,17})\.(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a list. `dated`: by (due_at, id), else by id alone, the newest first where it says so."""

    mark: str
    condition: Q
    dated: bool = False
    newest_first: bool = False


DATED = Segment("d", Q(phase="work", due_at__isnull=False), dated=True)
UNDATED = Segment("u", Q(phase="work", due_at__isnull=True))
IN_FORCE = Segment("f", Q(phase="in_force", due_at__isnull=True), newest_first=True)
OVER = Segment("c", Q(phase="over", due_at__isnull=True), newest_first=True)
"""A case that nobody owes a step has no deadline: `cases.deadlines.set_due` takes it away."""
RECENT = Segment("r", Q(), newest_first=True)
"""All of a list, newest first: for search."""
OPEN_SEGMENTS = (DATED, UNDATED)
ALL_SEGMENTS = (DATED, UNDATED, IN_FORCE, OVER)


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, and the cursors of its neighbours; empty where there is none."""

    rows: list[Case]
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: the segment and the keys of a row."""

    mark: str
    due_at: datetime | None
    id: int


def read(text: str) -> Cursor | None:
    """A cursor from its text; None where it is none, so that a mangled address shows the first page."""
    found = _CURSOR.fullmatch(text or "")
    if found is None:
        return None
    mark, micros, number = found.groups()
    try:
        due_at = _EPOCH + timedelta(microseconds=int(micros)) if mark == DATED.mark else None
    except OverflowError:
        return None
    return Cursor(mark, due_at, int(number))


def write(case: Case, segments: Sequence[Segment]) -> str:
    """The cursor of a row."""
    marks = {segment.mark for segment in segments}
    if RECENT.mark in marks:
        mark = RECENT.mark
    elif case.phase != "work":
        mark = IN_FORCE.mark if case.phase == "in_force" else OVER.mark
    else:
        mark = DATED.mark if case.due_at is not None else UNDATED.mark
    micros = (case.due_at - _EPOCH) // timedelta(microseconds=1) if mark == DATED.mark and case.due_at else 0
    return f"{mark}.{micros}.{case.pk}"


def _beyond(segment: Segment, cursor: Cursor, backward: bool) -> Q:
    """The rows of the segment on the far side of the cursor."""
    descending = segment.newest_first != backward
    by_id = Q(pk__lt=cursor.id) if descending else Q(pk__gt=cursor.id)
    if not segment.dated:
        return by_id
    # due_at >= d AND (due_at > d OR id > i): the first part is a range of the index, the second is checked inside it
    if descending:
        return Q(due_at__lte=cursor.due_at) & (Q(due_at__lt=cursor.due_at) | by_id)
    return Q(due_at__gte=cursor.due_at) & (Q(due_at__gt=cursor.due_at) | by_id)


def _ordered(segment: Segment, backward: bool) -> tuple[str, ...]:
    sign = "-" if segment.newest_first != backward else ""
    return (f"{sign}due_at", f"{sign}id") if segment.dated else (f"{sign}id",)


def _take(
    cases: QuerySet[Case], segments: Sequence[Segment], cursor: Cursor | None, backward: bool, most: int
) -> list[Case]:
    """Up to `most` rows on one side of the cursor, in the order of walking."""
    walk = list(reversed(segments)) if backward else list(segments)
    if cursor is not None:
        marks = [segment.mark for segment in walk]
        walk = walk[marks.index(cursor.mark) :]
    rows: list[Case] = []
    for segment in walk:
        part = cases.filter(segment.condition)
        if cursor is not None and segment.mark == cursor.mark:
            part = part.filter(_beyond(segment, cursor, backward))
        rows += part.order_by(*_ordered(segment, backward))[: most - len(rows)]
        if len(rows) >= most:
            break
    return rows


def page(
    cases: QuerySet[Case], segments: Sequence[Segment], after: str = "", before: str = "", size: int = SIZE
) -> Page:
    """The page of `cases` after one cursor or before another; the first where neither is given or readable."""
    back, forth = read(before), read(after)
    marks = {segment.mark for segment in segments}
    if back is not None and back.mark in marks:
        rows = _take(cases, segments, back, True, size + 1)
        more, rows = len(rows) > size, list(reversed(rows[:size]))
        if rows:
            return Page(rows, write(rows[0], segments) if more else "", write(rows[-1], segments))
        forth = None
    if forth is not None and forth.mark not in marks:
        forth = None
    rows = _take(cases, segments, forth, False, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if not rows:
        return Page([])
    return Page(rows, write(rows[0], segments) if forth is not None else "", write(rows[-1], segments) if more else "")


def page_of(found: Found, cases: QuerySet[Case], after: str = "", before: str = "", size: int = SIZE) -> Page:
    """The page of what was found, of those among `cases`, newest first. No further than the page needs: what is found
    may be many."""
    back, forth = read(before), read(after)
    if back is not None and back.mark == RECENT.mark:
        rows = _some_of(found, cases, back.id, True, size + 1)
        more, rows = len(rows) > size, list(reversed(rows[:size]))
        if rows:
            return Page(rows, write(rows[0], (RECENT,)) if more else "", write(rows[-1], (RECENT,)))
    start = forth.id if forth is not None and forth.mark == RECENT.mark else None
    rows = _some_of(found, cases, start, False, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if not rows:
        return Page([])
    return Page(
        rows, write(rows[0], (RECENT,)) if start is not None else "", write(rows[-1], (RECENT,)) if more else ""
    )


def _some_of(found: Found, cases: QuerySet[Case], beyond: int | None, backward: bool, most: int) -> list[Case]:
    rows: list[Case] = []
    for chunk in found.chunks(beyond, backward):
        there = list(cases.filter(pk__in=chunk, erased_at__isnull=True).order_by("id" if backward else "-id"))
        right = found.verified([case.pk for case in there])
        rows += [case for case in there if case.pk in right]
        if len(rows) >= most:
            break
    return rows[:most]
