"""Deletes what may no longer be kept, really, and leaves a tombstone: that a case was, not what it said.

What is due is a query; the act `erase` says on the ledger that it was done. After it the private parts, the salts of
the commitments, the files, the contact indexes and the search rows are gone. Not for closing cases.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from . import attachments, search
from .actor import SYSTEM
from .models import Act, Attachment, Case, Notice


def due_for_deletion(today: date) -> QuerySet[Case]:
    """Closed cases whose time of keeping is over."""
    return Case.objects.filter(is_open=False, erased_at__isnull=True, retain_until__lt=today)


def wipe(case: Case) -> None:
    """Delete the private data of a case whose `erase` act was just stored. In that act's transaction.

    The files go once the transaction is certain, so that a rolled back act has lost nothing.
    """
    acts = list(Act.objects.filter(case=case, settled=True))
    search.remove([(act.pk, search.words_of(act, case)) for act in acts if act.private or act.sequence == 1])
    Act.objects.filter(case=case).update(private=None, salt=None)
    Notice.objects.filter(case=case).delete()
    now = timezone.now()
    Case.objects.filter(pk=case.pk).update(private=None, phone_index=None, email_index=None, erased_at=now)
    case.private, case.phone_index, case.email_index, case.erased_at = None, None, None, now
    files = list(Attachment.objects.filter(case=case))

    def remove_files() -> None:
        for item in files:
            attachments.discard(item)

    transaction.on_commit(remove_files)


def erase_due(today: date | None = None, batch: int = 200) -> int:
    """Erase one batch of what is due; returns how many cases. Resumable: what is erased is due no more."""
    from .writer import Step, perform

    due = list(due_for_deletion(today or timezone.localdate()).order_by("retain_until").values_list("pk", flat=True)[:batch])
    for case_id in due:
        perform(case_id, Step("erase", SYSTEM))
    return len(due)


def orphans(older_than_hours: int = 24 * 8) -> int:
    """Delete files of drafts that were never sent; returns how many."""
    limit = timezone.now() - timedelta(hours=older_than_hours)
    old = list(Attachment.objects.filter(case=None, created_at__lt=limit)[:500])
    for item in old:
        attachments.discard(item)
    return len(old)
