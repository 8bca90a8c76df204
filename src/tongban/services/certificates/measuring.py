"""What `tongban bench` measures of certificates: from the act that revokes to the list that says so. In a database of
the bench, never in a real one: it writes cases."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from tongban.accounts.models import Official, Post
from tongban.cases.actor import NEWCOMER, Actor
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.credentials import read_status_list

from .. import reading
from . import keys, lists
from .rows import Certificate

MATTER, UNIT, PLACE = "7003", "610113-SJ", "610113"


def revocations(readings: int) -> Iterator[dict[str, float]]:
    """Milliseconds of each step, for so many licences."""
    from ..demo import seed

    seed()
    handler, head = _official("handler"), _official("head")
    client, item = Client(), reading.current().items[MATTER]
    extra = {"facts": {}, "item": item.since.isoformat(), "valid_months": 60}
    for number in range(readings):
        at = timezone.now() - timedelta(minutes=10)
        sent = Submission("application", MATTER, PLACE, "bench", "", visibility="confidential",
                          name=f"某店{number}", extra=extra)  # fmt: skip
        case, _receipt = submit(sent, NEWCOMER, now=at)
        perform(case.pk, Step("accept", handler, at=at))
        began = time.perf_counter()
        perform(case.pk, Step("grant", handler, {"text": "准予"}, at=at))
        granted = time.perf_counter() - began
        made = Certificate.objects.select_related("status_list").get(case=case)
        path = f"/status/{UNIT}/{made.status_list.number}"
        client.get(path)
        began = time.perf_counter()
        perform(case.pk, Step("revoke", head, {"text": "以欺骗取得"}))
        revoked = time.perf_counter()
        answer = client.get(path)
        entries = read_status_list(
            answer.content.decode(),
            uri=lists.address_of(UNIT, made.status_list.number),
            keys=keys.keys_of,
            issuer=keys.issuer_of(UNIT),
            now=int(time.time()),
        )
        if entries[made.status_index] != lists.INVALID:
            raise RuntimeError("a revoked certificate is still called good")
        seen = time.perf_counter()
        client.get(path, headers={"If-None-Match": answer["ETag"]})
        yield {
            "grant_ms": 1000 * granted,
            "revoke_ms": 1000 * (revoked - began),
            "until_the_list_says_so_ms": 1000 * (seen - revoked),
            "asked_again_ms": 1000 * (time.perf_counter() - seen),
        }


def _official(role: str) -> Actor:
    user, _made = Official.objects.get_or_create(username=f"bench-{role}")
    Post.objects.get_or_create(official=user, unit_id=UNIT, role=role, since=date(2020, 1, 1))
    return Actor("official", official_id=user.pk, posts=((UNIT, role),))
