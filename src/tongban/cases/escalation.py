"""The ladder of a deadline: due soon, due, overdue, long overdue; said on the case and to the people who can help.

A rung is an act of the system, so that lateness is public and provable. Whom a rung tells is a table. Not for deciding
anything: nobody is graded here.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tongban.accounts.models import Post
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot
from tongban.workdays import YearNotLoaded, rung

from .actor import SYSTEM
from .models import Case, Notice
from .people import barred_officials, held_on
from .receipts import grouped
from .refusal import Refusal
from .writer import Step, perform

log = logging.getLogger("tongban.escalation")

ORDER = ("on_time", "due_soon", "due", "overdue", "long_overdue")
TELLS: dict[str, tuple[str, ...]] = {
    "due_soon": ("handler",),
    "due": ("handler",),
    "overdue": ("handler", "head"),
    "long_overdue": ("head", "above"),
}
LOOK_AHEAD = timedelta(days=10)


def raise_rungs(now: datetime | None = None, batch: int = 500) -> int:
    """Move cases whose rung has changed; returns how many. Safe to run at any time, by any worker."""
    now = now or timezone.now()
    registry = snapshot.current()
    near = Case.objects.filter(phase="work", due_at__lt=now + LOOK_AHEAD).exclude(rung="long_overdue")
    moved = 0
    for case_id, due_at, before in (
        near.order_by("due_at", "pk").values_list("pk", "due_at", "rung").iterator(chunk_size=2000)
    ):
        if due_at is None:
            continue
        try:
            found = rung(now, due_at, registry.calendar)
        except YearNotLoaded:
            continue
        if ORDER.index(found) <= ORDER.index(before):
            continue
        try:
            case = perform(case_id, Step("escalate", SYSTEM, {"rung": found}, at=now)).case
        except Refusal:
            continue
        tell(case, found, registry, now)
        moved += 1
        if moved >= batch:
            break
    return moved


def tell(case: Case, found: str, registry: Snapshot, now: datetime) -> None:
    """Queue a notice to each official whom the rung concerns and who has an e-mail address; never to one who holds a
    post at a unit that the case is about."""
    above = registry.line("units", case.unit_id)[1:2]
    today = timezone.localdate(now)
    posts = held_on(today).select_related("official").exclude(official__email="").order_by("id")
    if case.against_id is not None:
        posts = posts.exclude(official_id__in=barred_officials(registry.barred(case.against_id), today))
    wanted: list[Post] = []
    for whom in TELLS[found]:
        if whom == "handler" and case.handler_id:
            wanted += posts.filter(official_id=case.handler_id, unit_id=case.unit_id)[:1]
        elif whom == "above":
            wanted += posts.filter(unit_id__in=above, role="supervisor")
        else:
            wanted += posts.filter(unit_id=case.unit_id, role=whom)
    rows = []
    for email, post in {post.official.email: post for post in reversed(wanted)}.items():
        with translation.override(settings.LANGUAGE_CODE):
            label = dict(Case.RUNGS)[found]
            content = {
                "to": email,
                "subject": _("【%(site)s】%(code)s %(rung)s")
                % {"site": settings.SITE_NAME, "code": grouped(case.code), "rung": label},
                "text": _("请登录工作台查看：%(link)s") % {"link": f"{settings.ORIGIN}/desk/"},
            }
        to = {"unit_id": post.unit_id, "official_id": post.official_id}
        rows.append(Notice(case=case, channel="email", private=content, next_try_at=now, **to))
    Notice.objects.bulk_create(rows)


def catch_up_with_calendar(batch: int = 500) -> int:
    """Give deadlines to the cases that waited for a calendar year which is loaded now; returns how many."""
    registry = snapshot.current()
    years = set(registry.calendar.years_loaded())
    count = 0
    for case_id, year in list(
        Case.objects.filter(awaiting_calendar__isnull=False).values_list("pk", "awaiting_calendar")[:batch]
    ):
        if year not in years:
            continue
        try:
            perform(case_id, Step("reckon", SYSTEM))
        except Refusal:
            continue
        count += 1
    return count
