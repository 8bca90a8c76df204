"""Removes a source: its samples, counts, places and the names of files not read go, a tombstone stays.

What officers decided stays, for the record. Not for data in the source itself: the catalogue never had any.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.actor import Actor
from tongban.cases.refusal import Refusal
from tongban.registry import snapshot

from . import access
from .deciding import checked_reason
from .models import Difference, Field, Scan, Skipped, Source


def remove(code: str, actor: Actor, reason: str) -> Source:
    """Remove the source with this code. Its fields leave every list, search and export. Raises Refusal."""
    registry = snapshot.current()
    with transaction.atomic():
        source = access.sources_for(actor, registry).select_for_update(of=("self",)).filter(code=code).first()
        if source is None:
            raise Refusal("not_found", _("没有找到这个数据源。"))
        access.need_change(actor, source.unit_id, registry)
        if source.removed_at is not None:
            raise Refusal("wrong_state", _("这个数据源已经移除。"))
        words = checked_reason(reason, needed=True)
        fields = Field.objects.filter(source=source)
        source.removed_fields = fields.count()
        Difference.objects.filter(field__source=source).delete()
        fields.filter(decisions__isnull=True).delete()
        fields.update(
            samples=[],
            where=[],
            found={},
            because=[],
            why="",
            comment="",
            words="",
            review="",
            review_because=[],
            persons=0,
            rows=0,
            filled=0,
        )
        source.removed_at, source.removed_why, source.removed_by_id = timezone.now(), words, actor.official_id
        source.purpose, source.contact = "", None
        source.save()
        Skipped.objects.filter(
            scan__in=Scan.objects.filter(sources=source).exclude(sources__removed_at__isnull=True)
        ).delete()
    return source
