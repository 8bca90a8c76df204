"""Which officials can be made the handler of a case, and which are barred from it by any post they hold.

One rule for the desk's choices, for programs and for the kernel. Not for what an official may do: `access.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongban.accounts.models import Post
from tongban.registry.snapshot import Snapshot

from .models import Case
from .refusal import Refusal

HANDLING = ("clerk", "handler", "head")
"""Roles whose holders can be named as the handler of a case of their unit."""


def held_on(day: date) -> QuerySet[Post]:
    """The posts held on `day` by officials whose accounts are open."""
    return Post.objects.filter(official__is_active=True, since__lte=day).filter(
        Q(until__isnull=True) | Q(until__gte=day)
    )


def barred_officials(units: Iterable[str], day: date) -> set[int]:
    """Officials who hold any post at one of the units on `day`."""
    return set(
        Post.objects.filter(since__lte=day, unit_id__in=list(units))
        .filter(Q(until__isnull=True) | Q(until__gte=day))
        .values_list("official_id", flat=True)
    )


def colleagues(case: Case, registry: Snapshot, day: date) -> QuerySet[Post]:
    """The posts whose holders can be named as the handler: a working post at the unit that has the case, and none at a
    unit that it complains of."""
    here = held_on(day).filter(unit_id=case.unit_id, role__in=HANDLING)
    barred = registry.barred(case.against_id)
    return here.exclude(official_id__in=barred_officials(barred, day)) if barred else here


def refuse_stranger(case: Case, official: int, registry: Snapshot, day: date, field: str = "official") -> None:
    """Raises Refusal where `official` is not one who could be named as the handler. In the transaction of the act."""
    if not colleagues(case, registry, day).filter(official_id=official).exists():
        raise Refusal("bad_input", _("请选择在主办单位有承办岗位的工作人员。"), field)
