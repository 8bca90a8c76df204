"""What troubles are rising: worked out by the worker from the letters of the last weeks, kept as
rows, shown on two pages.

A topic counts people, not letters, and names a trouble at a place, never a person or an opinion. Letters about the
conduct of a unit are left out. Senders are told apart in memory alone, by the contact in their opened letters; what is
kept of a topic is sealed. On the public page stand only topics behind which at least `FEWEST_IN_PUBLIC` people stand,
made from public letters alone. On the desk only letters that exist for who looks are linked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from tongban.cases.models import Case
from tongban.cases.search import contacts_of
from tongban.detect import scan_text
from tongban.letters.models import RisingTopic

from . import aside

if TYPE_CHECKING:  # at run time only where topics are worked out
    from tongban.text import Letter, Topic

DAYS, DAYS_BEFORE = 7, 21
MOST_LETTERS = 20_000
FEWEST_ON_DESK, FEWEST_IN_PUBLIC = 2, 5
TOP = 12


def personal(text: str) -> list[tuple[int, int, str]]:
    """What of a text must not become a topic's name."""
    return [(found.start, found.end, found.type) for found in scan_text(text)]


def letters(since: datetime, until: datetime, public: bool) -> Iterator[Letter]:
    """The letters of a time, newest first and at most MOST_LETTERS; without the erased and those about conduct."""
    from tongban.text import Letter

    cases = Case.objects.filter(
        kind="letter", erased_at__isnull=True, against__isnull=True, submitted_at__gte=since, submitted_at__lt=until
    )
    if public:
        cases = cases.filter(visibility="public")
    for case in cases.order_by("-submitted_at")[:MOST_LETTERS].iterator(chunk_size=500):
        sender = next((f"{kind} {value}" for kind, value in contacts_of(case.private)), "")
        yield Letter(case.pk, f"{case.subject}\n{case.body}", case.submitted_at, case.place_id, sender)


def work_out(now: datetime | None = None) -> int:
    """Works the topics out anew, for the desk and for the public; returns how many there are."""
    from tongban.text import hot_topics

    until = now or timezone.now()
    since, before = until - timedelta(days=DAYS), until - timedelta(days=DAYS + DAYS_BEFORE)
    made: list[RisingTopic] = []
    for public, fewest in ((False, FEWEST_ON_DESK), (True, FEWEST_IN_PUBLIC)):
        found = hot_topics(
            list(letters(before, until, public)),
            since,
            until,
            before,
            fewest_senders=fewest,
            top=TOP,
            find_personal=personal,
        )
        made += [_row(topic, public, until) for topic in found]
    with transaction.atomic():
        RisingTopic.objects.all().delete()
        RisingTopic.objects.bulk_create(made)
    return len(made)


def keep_up() -> int:
    """For the worker: has another process work them out. Returns 0, it has no queue."""
    aside.begin("topics")
    return 0


def _row(topic: Topic, public: bool, worked_out_at: datetime) -> RisingTopic:
    ids = [int(number) for number in topic.ids]
    counted = Counter(Case.objects.filter(pk__in=ids).values_list("matter_id", flat=True))
    place = topic.place or None
    return RisingTopic(
        private={"name": topic.name[:120], "words": list(topic.words), "case_ids": ids}, place_id=place,
        matter_id=counted.most_common(1)[0][0] if counted else None, since=topic.since, until=topic.until,
        letters=topic.letters, senders=topic.senders, senders_before=topic.senders_before, growth=topic.growth,
        significance=topic.significance,
        public=public, worked_out_at=worked_out_at,
    )  # fmt: skip


def shown(public: bool) -> Sequence[RisingTopic]:
    """The topics of one page as worked out last, the surest rise first. Two workers at once may leave
    two sets; the newer counts."""
    newest = RisingTopic.objects.aggregate(last=Max("worked_out_at"))["last"]
    return list(
        RisingTopic.objects.filter(public=public, worked_out_at=newest)
        .select_related("place", "matter")
        .order_by("-significance", "-senders")
    )
