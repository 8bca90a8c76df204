"""What an erasing takes away: the private parts of a case and its acts, the salts of the commitments, notices, files.

What stays is a tombstone: that a case was, not what it said. The worker takes the words out of the search's segments
(`index/erasing.py`) at once, and a crash cannot make it forget to. Not for what is due: `retention.py`.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from . import attachments, beside
from .index.tables import Erasure
from .models import Act, Attachment, Case, Notice


def wipe(case: Case) -> None:
    """Delete the private data of a case whose `erase` act was just stored. In that act's transaction.

    The files go once the transaction is certain, so that a rolled back act has lost nothing.
    """
    Erasure.objects.bulk_create([Erasure(case_id=case.pk)], ignore_conflicts=True)
    Act.objects.filter(case=case).update(private=None, salt=None)
    Notice.objects.filter(case=case).delete()
    now = timezone.now()
    Case.objects.filter(pk=case.pk).update(private=None, erased_at=now)
    case.private, case.erased_at = None, now
    beside.erase(case)
    files = list(Attachment.objects.filter(case=case))

    def remove_files() -> None:
        for item in files:
            attachments.discard(item)

    transaction.on_commit(remove_files)
