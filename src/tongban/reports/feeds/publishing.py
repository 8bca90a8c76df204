"""Making a publication: the rows in force, asked once more against the guards, in one form.

The last look before a name goes out. Where a row breaks a rule (a list of protected names has grown since it was
decided), the whole publication stops and says so: better yesterday's feed than one that blocks what people need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tongban.webaddr import BadAddress

from ..guarding import Lists, judged, target
from ..harms import harms
from ..models import Listed
from .forms import FORMS, Publication, Row


class Stopped(ValueError):
    """The publication would break a rule; `rows` are the numbers of the decisions and why."""

    def __init__(self, rows: list[tuple[str, str]]) -> None:
        super().__init__(", ".join(f"{number}: {why}" for number, why in rows))
        self.rows = rows


def rows_of(listed: Iterable[Listed]) -> list[Row]:
    """The rows of a feed."""
    return [
        Row(one.number, one.name, one.scope, one.harm, one.basis, one.since, one.until, one.changed) for one in listed
    ]


def checked(rows: list[Row], lists: Lists) -> list[Row]:
    """The rows, all of which may be published. Raises Stopped naming those that may not."""
    broken = []
    for row in rows:
        try:
            found = judged(target(f"http://{row.name}", row.scope), harms()[row.harm], lists)
        except (BadAddress, KeyError) as problem:
            broken.append((row.number, str(problem)))
            continue
        if found.refused is not None:
            broken.append((row.number, found.refused))
    if broken:
        raise Stopped(broken)
    return rows


def published(form: str, rows: list[Row], about: Publication) -> Iterator[str]:
    """One form of the feed, in pieces of at least 60,000 characters. Raises KeyError for an unknown form."""
    write = FORMS[form][0]
    pieces: list[str] = []
    size = 0
    for piece in write(rows, about):
        pieces.append(piece)
        size += len(piece)
        if size > 60_000:
            yield "".join(pieces)
            pieces, size = [], 0
    yield "".join(pieces)
