"""Trusted reporters: bodies outside the house whose programs send many reports. Issuing and ending their tokens, taking
a batch in, and how often they were right.

A token can report and read what became of its own reports. What it sends is reports like any other: people verify and
decide, and a reporter's hit rate is shown, to itself and on the desk, and decides nothing. Not for files
(`bringing/`), nor for HTTP (`trusted_api.py`).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.actor import SYSTEM
from tongban.cases.inputs import clean_text
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import History, Submission, submit_many
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

from .harms import harms
from .models import Reported, Reporter
from .whats import titled

LONGEST_DAYS = 366
MOST = 500
"""Reports in one call."""
LONGEST_FOUND, LONGEST_BODY, LONGEST_ID = 2000, 2000, 40
PREFIX = "tr_"


@dataclass(frozen=True, slots=True)
class Row:
    """One report of a batch: the reporter's own name for it, what was found, the kind of harm, what happened."""

    id: str
    found: str
    matter: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one row: taken, known (the same `id` was sent before) or refused, with the reason at its field."""

    id: str
    status: Literal["taken", "known", "refused"]
    code: str = ""
    field: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """How often a reporter was right: reports that wait, were decided, found harmless or referred; of those decided,
    how many were overturned on objection. `rate`: decided and not overturned, of all that were judged; None while none
    was."""

    sent: int
    waiting: int
    decided: int
    dismissed: int
    referred: int
    overturned: int

    @property
    def rate(self) -> float | None:
        judged = self.decided + self.dismissed
        return round((self.decided - self.overturned) / judged, 3) if judged else None


# --- tokens -----------------------------------------------------------------------------------------------------------


def issue(name: str, label: str, days: int = 180) -> tuple[Reporter, str]:
    """A new reporter with its token, which is shown once and never kept. Raises Refusal for a name that is taken or
    too long, and a time of none or more than a year."""
    if not 0 < days <= LONGEST_DAYS:
        raise Refusal("bad_input", _("令牌的有效期是 1 到 366 天。"), "days")
    if not name or len(name) > 24 or not name.replace("-", "").isalnum() or not name.isascii():
        raise Refusal("bad_input", _("名称用小写字母、数字和横线，最多 24 个字符。"), "name")
    if Reporter.objects.filter(name=name).exists():
        raise Refusal("conflict", _("已经有这个名称的举报人。"), "name")
    token, now = PREFIX + secrets.token_urlsafe(32), timezone.now()
    made = Reporter.objects.create(
        name=name, label=label[:80], digest=_digest(token), created_at=now, expires_at=now + timedelta(days=days)
    )
    return made, token


def renew(reporter: Reporter, days: int = 180) -> str:
    """Another token for the same reporter; the one before ends at once."""
    if not 0 < days <= LONGEST_DAYS:
        raise Refusal("bad_input", _("令牌的有效期是 1 到 366 天。"), "days")
    token = PREFIX + secrets.token_urlsafe(32)
    reporter.digest, reporter.revoked_at = _digest(token), None
    reporter.expires_at = timezone.now() + timedelta(days=days)
    reporter.save()
    return token


def revoke(reporter: Reporter) -> None:
    """The token ends; what was reported stays."""
    reporter.revoked_at = reporter.revoked_at or timezone.now()
    reporter.save(update_fields=["revoked_at"])


def find(token: str) -> Reporter | None:
    """The reporter whose valid token this is."""
    return Reporter.objects.filter(
        digest=_digest(token), revoked_at__isnull=True, expires_at__gt=timezone.now()
    ).first()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# --- taking a batch in ------------------------------------------------------------------------------------------------


def source_of(reporter: Reporter, row_id: str) -> str:
    """By what a case is known that a reporter sent under its own name for it."""
    return f"reporter:{reporter.name}:{row_id}"


def submission(row: Row, reporter: int, registry: Snapshot, source: str | None = None) -> Submission:
    """The report that a row of this reporter (its number) tells. Raises Refusal at the field that is wrong. Pure."""
    found, body = clean_text(row.found), clean_text(row.body)
    if not found:
        raise Refusal("bad_input", _("请填写“%(label)s”。") % {"label": _("网址、短信或号码")}, "found")
    if len(found) > LONGEST_FOUND:
        raise Refusal("bad_input", _("太长了，最多 %(most)d 个字符。") % {"most": LONGEST_FOUND}, "found")
    if len(body) > LONGEST_BODY:
        raise Refusal("bad_input", _("太长了，最多 %(most)d 个字符。") % {"most": LONGEST_BODY}, "body")
    if row.matter not in harms():
        raise Refusal("bad_input", _("没有这一类危害；只受理公布的几类。"), "matter")
    root = next(code for code, place in registry.places.items() if place.parent is None)
    return Submission(
        "report",
        row.matter,
        root,
        titled(found, harms()[row.matter].name),
        body,
        visibility="confidential",
        channel="import",
        source=source,
        inputs={"found": found, "imported": True},
        extra={"reporter": reporter},
    )


def take(reporter: Reporter, rows: Sequence[Row]) -> list[Result]:
    """Take a batch in, each row by itself, in one transaction; what came of each, in order. Sent again, nothing is
    added: a row is known by the reporter's own `id`."""
    registry, now = snapshot.current(), timezone.now()
    with transaction.atomic():
        Reporter.objects.select_for_update().get(pk=reporter.pk)  # its batches come one after the other
        sources = {row.id: source_of(reporter, row.id) for row in rows}
        known = dict(Case.objects.filter(source__in=sources.values()).values_list("source", "code"))
        told: dict[int, Result] = {}
        fresh: dict[str, int] = {}
        histories: list[History] = []
        for place, row in enumerate(rows):
            try:
                if not row.id or len(row.id) > LONGEST_ID:
                    raise Refusal("bad_input", _("编号最多 %(most)d 个字符，不能为空。") % {"most": LONGEST_ID}, "id")
                if sources[row.id] in known or row.id in fresh:
                    told[place] = Result(row.id, "known", known.get(sources[row.id], ""))
                    continue
                histories.append(History(submission(row, reporter.pk, registry, sources[row.id]), now))
                fresh[row.id] = place
            except Refusal as refusal:
                told[place] = Result(row.id, "refused", "", refusal.field or "", str(refusal.message))
        for place, made in zip(fresh.values(), submit_many(histories, SYSTEM), strict=True):
            own = rows[place].id
            if isinstance(made, Refusal):
                told[place] = Result(own, "refused", "", made.field or "", str(made.message))
            else:
                told[place] = Result(own, "taken", made.code)
    return [told[place] for place in range(len(rows))]


# --- what became of it ------------------------------------------------------------------------------------------------

WAITING = ("received", "verifying", "proposed", "merged")


def record(reporter: Reporter) -> Record:
    """The reporter's hit rate, over the reports that are still kept."""
    return records([reporter.pk])[reporter.pk]


def records(numbers: Sequence[int]) -> dict[int, Record]:
    """The same of several, in one statement."""
    counted = (
        Reported.objects.filter(reporter_id__in=numbers)
        .values_list("reporter_id")
        .annotate(
            sent=Count("pk"),
            waiting=Count("pk", filter=Q(case__state__in=WAITING)),
            decided=Count("pk", filter=Q(case__state="decided")),
            dismissed=Count("pk", filter=Q(case__state="dismissed")),
            referred=Count("pk", filter=Q(case__state="referred")),
        )
    )
    wrong: Mapping[int, int] = dict(
        Reported.objects.filter(
            Q(case__parts__listed__state="overturned") | Q(case__lead_case__parts__listed__state="overturned"),
            reporter_id__in=numbers,
        )
        .values_list("reporter_id")
        .annotate(number=Count("case", distinct=True))
    )
    rows = {row[0]: row for row in counted}
    found = {}
    for number in numbers:
        _number, sent, waiting, decided, dismissed, referred = rows.get(number, (number, 0, 0, 0, 0, 0))
        found[number] = Record(sent, waiting, decided, dismissed, referred, wrong.get(number, 0))
    return found


def states(reporter: Reporter, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """id → (code, state) of the reporter's own reports with these ids; those that it never sent are not there."""
    sources = {source_of(reporter, one): one for one in ids}
    rows = Case.objects.filter(source__in=sources, kind="report").values_list("source", "code", "state")
    return {sources[source]: (code, state) for source, code, state in rows if source is not None}
