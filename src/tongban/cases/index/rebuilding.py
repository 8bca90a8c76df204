"""Builds the whole index anew from the acts, where it is left off, and rotates its keys.

New segments bear a new generation; the old ones are found by until the last act is in, then they go. Acts that are
settled meanwhile go to the new generation too. What stands twice for a while is found once.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Max

from tongban.cases.models import Act
from tongban.cases.settling import SEEN
from tongban.vault import sealed_pages
from tongban.vault.keyring import ring

from . import merging, segments, taking
from .segments import TABLE
from .tables import PAGES, Rebuild, Segment, SegmentPage

BATCH = 1_000


def rebuild(batch: int = BATCH) -> Iterator[tuple[int, int]]:
    """Build the index anew; yields (acts done, acts in all, both by key). Goes on where an earlier run was stopped."""
    state = Rebuild.objects.filter(finished=False).order_by("-pk").first()
    if state is None:
        state = Rebuild.objects.create(up_to=Act.objects.aggregate(last=Max("pk"))["last"] or 0)
    while state.last_act < state.up_to:
        _next(state, batch)
        merging.keep_few()
        yield state.last_act, state.up_to
    with transaction.atomic():
        segments.discard(list(Segment.objects.filter(generation__lt=state.pk).values_list("pk", flat=True)))
        state.finished = True
        state.save()
        Rebuild.objects.filter(pk__lt=state.pk).delete()


def _next(state: Rebuild, batch: int) -> None:
    acts = list(
        Act.objects.filter(pk__gt=state.last_act, pk__lte=state.up_to)
        .select_related("case")
        .only(*SEEN)
        .order_by("pk")[:batch]
    )
    settled = [act for act in acts if act.settled and act.case.erased_at is None]
    taken = taking.take(settled, state.pk, again=False)
    with transaction.atomic():
        still = Act.objects.filter(pk__in=[act.pk for act in settled], case__erased_at__isnull=True)
        if connection.vendor == "postgresql":
            still = still.select_for_update()
        taken.store(set(still.values_list("pk", flat=True)))
        state.last_act = acts[-1].pk if acts else state.up_to
        state.save()


def pages() -> int:
    """How many pages there are to seal anew when keys change."""
    return SegmentPage.objects.count()


def reseal(batch: int = 200) -> Iterator[int]:
    """Seal every page with the newest key of the ring; yields how many were looked at. Resumable by nature."""
    keys = ring()
    for row, name, pages in list(Segment.objects.order_by("pk").values_list("pk", "name", "pages")):
        for start in range(0, pages, batch):
            with transaction.atomic():
                some = SegmentPage.objects.filter(
                    pk__gte=row * PAGES + start, pk__lt=row * PAGES + min(start + batch, pages)
                )
                if connection.vendor == "postgresql":
                    some = some.select_for_update()
                looked = 0
                for page in some:
                    fresh = sealed_pages.reseal_page(keys, TABLE, name, page.pk - row * PAGES, bytes(page.sealed))
                    if fresh is not None:
                        SegmentPage.objects.filter(pk=page.pk).update(sealed=fresh)
                    looked += 1
            yield looked
