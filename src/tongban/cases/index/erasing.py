"""Takes what was erased out of every segment that holds it: the segment is written anew without it,
and the old one deleted.

The note to do so is written in the erasing transaction (`retention.wipe`) and goes when no segment holds the case any
more. A search does not show an erased case meanwhile. A segment of 16,000 acts takes about half a second to write: too
long to hold up who erases.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from django.db import transaction

from tongban.vault import postings, sealed_pages

from . import merging
from .reading import Reader, Row, Vanished
from .segments import Draft
from .tables import Erasure, Segment

AT_ONCE = 500


def take_out() -> int:
    """Take waiting erased cases out of the segments; returns how many. 0 also where another process is
    at it: it is tried again."""
    erased = list(Erasure.objects.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if not erased:
        return 0
    checked: set[int] = set()
    try:
        while True:
            left = [(generation, row) for generation, row in _may_hold(erased) if row.id not in checked]
            if not left:
                break
            for generation, row in left:
                if _holds(row, erased):
                    merging.replace([row], [_without(row, erased)], generation)
                checked.add(row.id)
    except (merging.Overtaken, Vanished):
        return 0
    with transaction.atomic():
        Erasure.objects.filter(pk__in=erased).delete()
    return len(erased)


def _may_hold(erased: list[int]) -> Iterable[tuple[int, Row]]:
    return merging.rows_of(Segment.objects.filter(first_case__lte=erased[-1], last_case__gte=erased[0]))


def _holds(row: Row, erased: list[int]) -> bool:
    reader = Reader(keep=False)
    head = reader.heads([row])[row.id]
    first, last = postings.stretch(head, "case")
    reader.fetch([(row, sealed_pages.pages_of(first, last))])
    cases = postings.column(head, "case", reader.read(row, first, last)).astype(np.int64) + head.about["case"]
    return bool(np.isin(cases, erased).any())


def _without(row: Row, erased: list[int]) -> Draft:
    draft = merging.read([row], row.part)
    return draft.kept(~np.isin(draft.docs.case, erased))
