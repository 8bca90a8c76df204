"""How long it is kept that a register was asked: as long as the application that came of it, and a year where none did.
What stays is that a register was asked, when and for which item."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tongban.cases.models import Case

from .rows import Mandated, Pull

UNSENT = timedelta(days=365)
"""House rule: so long a person can see that a register was asked for something that was never sent."""


def erased(case: Case) -> None:
    """The application was erased: its pulls open to nobody any more, and no mandate names it."""
    Pull.objects.filter(case=case).update(private=None, salt=None, person="")
    Mandated.objects.filter(case=case).delete()


def forget_unsent(batch: int = 500) -> int:
    """The same for pulls of what was never sent, after a year; returns how many. For the worker."""
    old = Pull.objects.filter(case=None, at__lt=timezone.now() - UNSENT).exclude(person="")
    keys = list(old.order_by("at").values_list("pk", flat=True)[:batch])
    return Pull.objects.filter(pk__in=keys).update(private=None, salt=None, person="")
