"""Promises (告知承诺): whoever made a false one cannot choose the way again (优化营商环境条例 Art. 40; 安阳 2021).

Remembered by a keyed hash of the applicant's number, for as long as the city's rule says; nothing that can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context
from tongban.vault.keyring import ring

from .models import FalsePromise
from .rules import sent

PURPOSE = "false promise"
BARRED = timedelta(days=3 * 365)
"""House rule, where a place has none of its own: three years."""


def remember(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Remembers who made a false promise. Called in the act's transaction."""
    for case, act, context in rows:
        number = str(sent(case).get("id_number") or "")
        if context.payload.get("kept") == "false" and number:
            FalsePromise.objects.update_or_create(
                key=ring().blind(number, PURPOSE), defaults={"until": act.at + BARRED, "case": case}
            )


def barred(number: str) -> bool:
    """Whether whoever has this number made a false promise and may not promise yet."""
    if not number:
        return False
    return FalsePromise.objects.filter(key=ring().blind(number, PURPOSE), until__gt=timezone.now()).exists()


def forget_old() -> int:
    """Forget those whose time is over; returns how many. For the worker."""
    return FalsePromise.objects.filter(until__lte=timezone.now()).delete()[0]


def forget(case: Case) -> None:
    """The case was erased."""
    FalsePromise.objects.filter(case=case).delete()
