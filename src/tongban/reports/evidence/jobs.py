"""The worker's part in taking evidence: rows that wait are looked at in a process of its own (`tongban evidence work`),
one after the other; what was found becomes files of the case by an act of the system.

A process that is killed leaves its row `running`; after `STALE` the case says that the look failed, and it can be asked
for again. Nothing here begins a look that nobody asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import sys
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from tongban.cases import attachments
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform

from ..effects import site_of
from ..models import SiteLook
from . import taking
from .names import Refused

STALE = timedelta(minutes=5)
WARC = "application/warc"
_running: subprocess.Popen[bytes] | None = None


def keep_up() -> int:
    """The worker's: begin the process where a row waits and none is running."""
    global _running
    if (_running is not None and _running.poll() is None) or not due():
        return 0
    _running = subprocess.Popen(
        [sys.executable, "-m", "tongban", "evidence", "work"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return 0


def due() -> bool:
    """Whether a look waits, or one died."""
    return SiteLook.objects.filter(state="waiting").exists() or _stale().exists()


def _stale() -> QuerySet[SiteLook]:
    return SiteLook.objects.filter(state="running", began_at__lt=timezone.now() - STALE)


def work() -> int:
    """Carry out what waits; returns how many looks there were."""
    for dead in _stale():
        _fail(dead, "died")
    done = 0
    while (row := _claimed()) is not None:
        _carry_out(row)
        done += 1
    return done


def _claimed() -> SiteLook | None:
    """The next row that waits, taken by this process alone."""
    for row in SiteLook.objects.filter(state="waiting").order_by("pk")[:20]:
        now = timezone.now()
        if SiteLook.objects.filter(pk=row.pk, state="waiting").update(state="running", began_at=now):
            return SiteLook.objects.get(pk=row.pk)
    return None


def _carry_out(row: SiteLook) -> None:
    case = Case.objects.get(pk=row.case_id)
    site = site_of(case) if case.erased_at is None else ""
    if not (settings.EVIDENCE and site):
        _fail(row, "no_address")
        return
    try:
        taken = taking.take(taking.order(site))
    except Refused as refused:
        _fail(row, refused.reason)
        return
    try:
        _keep(row, case, taken)
    except Refusal:  # erased meanwhile, or the disk is full
        _fail(row, "died")


def _keep(row: SiteLook, case: Case, taken: taking.Taken) -> None:
    """What was found, as files of the case; also where the site refused: that it did is evidence too."""
    draft = hashlib.sha256(f"evidence\x00{row.pk}\x00{case.code}".encode()).hexdigest()
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M%S")
    record = attachments.keep_made(f"evidence-{stamp}.warc.gz", taken.record, draft, WARC, ["website"])
    no_picture, digest = taken.no_picture, ""
    if taken.picture:
        try:
            kept = attachments.keep(f"evidence-{stamp}.png", taken.picture, draft)
            digest = hashlib.sha256(attachments.content_of(kept)).hexdigest()  # as it was cleaned, and is downloaded
        except Refusal:
            no_picture = "browser"
    said = {"record": hashlib.sha256(taken.record).hexdigest(), "picture": digest, "no_picture": no_picture}
    said["status"] = str(taken.said.get("status", ""))[:3]
    act = "evidence_taken"
    if taken.reason:
        act, said = "evidence_failed", {"record": said["record"], "reason": taken.reason}
    try:
        perform(case.pk, Step(act, SYSTEM, {key: one for key, one in said.items() if one}), files=draft)
    except Refusal:
        attachments.discard(record)
        raise
    _end(row, "failed" if taken.reason else "done", taken.reason, no_picture)


def _fail(row: SiteLook, reason: str) -> None:
    with contextlib.suppress(Refusal):  # the case was erased
        perform(row.case_id, Step("evidence_failed", SYSTEM, {"reason": reason}))
    _end(row, "failed", reason, "")


def _end(row: SiteLook, state: str, reason: str, no_picture: str) -> None:
    SiteLook.objects.filter(pk=row.pk).update(
        state=state, reason=reason, no_picture=no_picture, ended_at=timezone.now()
    )


def forget(case: Case) -> None:
    """The case was erased."""
    SiteLook.objects.filter(case=case).delete()
