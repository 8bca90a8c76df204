"""Taking the last step on a field back: by whoever took it, or by the head of the unit, within some days
(data/undoing.toml). The step stays on record, and so does its taking back.

Not for withdrawing a decision later on, with a reason and by any officer of the unit: `deciding.py`.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.actor import Actor
from tongban.cases.refusal import Refusal
from tongban.registry import snapshot

from . import access
from .deciding import FOLLOWED, checked_reason
from .models import Decision, Field
from .taking import settle, stand

LEFT = {
    "accept": ("accepted", "decided"),
    "decide": ("decided",),
    "later": ("later",),
    "withdraw": ("waiting", ""),
}
"""Act → the states of the queue that it can leave; in another, a later scan has asked again."""


@cache
def days() -> int:
    """For how many days a step can be taken back."""
    return int(tomllib.loads((Path(__file__).parent / "data" / "undoing.toml").read_text("utf-8"))["days"])


def since(now: datetime) -> datetime:
    """Steps from then on can be taken back."""
    return now - timedelta(days=days())


def last_step(row: Field) -> Decision | None:
    """The newest step on a field that was not taken back."""
    return (
        Decision.objects.filter(field=row, undone__isnull=True)
        .exclude(act="undo")
        .select_related("official")
        .order_by("-pk")
        .first()
    )


def why_not(made: Decision, unit: str, actor: Actor, now: datetime) -> Refusal | None:
    """Why the actor cannot take this step back; None where they can. The one rule for page and act."""
    if made.before is None:
        return Refusal("wrong_state", _("这是早先的记录，不能撤销；可以重新改判，或者撤回改判。"))
    if made.at < since(now):
        return Refusal(
            "wrong_state", _("已经超过 %(days)d 天，不能撤销；可以重新改判，并写明理由。") % {"days": days()}
        )
    if not access.may_undo(actor, unit, made.official_id, snapshot.current()):
        return Refusal("not_allowed", _("只有当时经办的数据安全员和本单位负责人可以撤销。"))
    return None


def undo(code: str, actor: Actor, *, step: int, reason: str = "", now: datetime | None = None) -> Field:
    """Take `step`, the last one on the field, back. Raises Refusal: not_found, stale (another step has followed),
    not_allowed, wrong_state (too late), bad_input (a head has to say why)."""
    now = now or timezone.now()
    with transaction.atomic():
        row = (
            access.undone_fields(actor, snapshot.current(), since(now))
            .select_for_update(of=("self",))
            .select_related("source")
            .filter(code=code)
            .first()
        )
        if row is None:
            raise Refusal("not_found", _("没有找到这个字段。"))
        made = last_step(row)
        if made is None or made.pk != step:
            raise Refusal("stale", _("这一步已经撤销，或者后面又有了新的决定。请看过现在的内容再办。"))
        refused = why_not(made, row.source.unit_id, actor, now)
        if refused is not None:
            raise refused
        words = checked_reason(reason, needed=made.official_id != actor.official_id)
        Decision(
            field=row, act="undo", reason=words, undoes=made, said_type=row.said_type, said_level=row.said_level,
            said_sensitive=row.said_sensitive, official_id=actor.official_id, unit_id=row.source.unit_id, at=now,
        ).save()  # fmt: skip
        _restore(row, made)
        row.version += 1
        row.save(update_fields=FOLLOWED)
    return row


def _restore(row: Field, made: Decision) -> None:
    """The field as it was before the step; what a scan has asked since stays asked."""
    before = made.before or {}
    asked_again = row.review not in LEFT[made.act]
    decision = Decision.objects.filter(pk=before.get("decision") or 0).first()
    row.decision = decision
    if decision is None:
        stand(row)
    else:
        row.type, row.level, row.personal, row.sensitive = (
            decision.type,
            decision.level,
            decision.personal,
            decision.sensitive,
        )
    if not asked_again:
        row.review, row.review_because = before["review"], list(before["because"])
    settle(row)
