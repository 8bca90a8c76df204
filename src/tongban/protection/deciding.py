"""What an officer says to a verdict: accept it, decide otherwise, look at it later, withdraw a decision.

Each is added and never changed. A decision stands above the scanner until it is withdrawn, whatever later scans say.
Taking a slip back: `undoing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.actor import Actor
from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.detect.findings import kinds
from tongban.detect.grading import levels
from tongban.detect.scanning import scan_text
from tongban.registry import snapshot

from . import access
from .models import Decision, Field
from .taking import said_of, settle, stand
from .verdicts import reasons
from .words import ACTS, SUBJECTS_OF_PERSONS, sensitive_classes

LONGEST_REASON = 500
FOLLOWED = (
    "type", "category", "level", "personal", "sensitive", "decision", "review", "review_because", "words", "version",
)  # fmt: skip
"""What a step on a field changes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an officer decides: type ("" for none), level, class of sensitive personal data ("" for none)."""

    type: str
    level: str
    sensitive: str = ""

    @property
    def personal(self) -> bool:
        """Personal by its type, or because it is of a sensitive class."""
        kind = kinds().get(self.type)
        return bool(self.sensitive) or (kind is not None and kind.subject in SUBJECTS_OF_PERSONS)


def act_on(
    code: str, act: str, actor: Actor, *, version: int, reason: str = "", verdict: Verdict | None = None
) -> Field:
    """One act on the field with this code. Raises Refusal: not_found, not_allowed, stale (somebody acted after
    `version`), bad_input (the field named), wrong_state."""
    registry = snapshot.current()
    if act not in ACTS or act == "undo":
        raise Refusal("bad_input", _("没有这种操作。"), "act")
    with transaction.atomic():
        row = (
            access.fields_for(actor, registry)
            .select_for_update(of=("self",))
            .select_related("source")
            .filter(code=code)
            .first()
        )
        if row is None:
            raise Refusal("not_found", _("没有找到这个字段。"))
        access.need_change(actor, row.source.unit_id, registry)
        if row.version != version:
            raise Refusal("stale", _("这个字段刚刚有了变化（新的扫描，或别人的决定）。请看过现在的内容再决定。"))
        words = checked_reason(reason, act in ("decide", "withdraw"))
        chosen = checked_verdict(row, verdict) if act == "decide" else None
        if act == "withdraw" and row.decision_id is None:
            raise Refusal("wrong_state", _("这个字段没有可以撤回的改判。"))
        made = Decision(
            field=row, act=act, reason=words, said_type=row.said_type, said_level=row.said_level,
            said_sensitive=row.said_sensitive,
            official_id=actor.official_id, unit_id=row.source.unit_id, at=timezone.now(),
            before={"review": row.review, "because": row.review_because, "decision": row.decision_id},
        )  # fmt: skip
        if chosen is not None:
            made.type, made.level, made.personal, made.sensitive = (
                chosen.type,
                chosen.level,
                chosen.personal,
                chosen.sensitive,
            )
        made.save()
        _follow(row, made)
        row.version += 1
        row.save(update_fields=FOLLOWED)
    return row


def _follow(row: Field, made: Decision) -> None:
    """What the act does to the field."""
    if made.act == "decide":
        row.decision = made
        row.type, row.level, row.personal, row.sensitive = made.type, made.level, made.personal, made.sensitive
        row.review, row.review_because = "decided", []
    elif made.act == "withdraw":
        row.decision = None
        stand(row)
        row.review_because = reasons(said_of(row))
        row.review = "waiting" if row.review_because else ""
    elif made.act == "accept":
        row.review, row.review_because = "decided" if row.decision_id else "accepted", []
    else:
        row.review = "later"
    settle(row)


def checked_reason(reason: str, needed: bool) -> str:
    """The reason, cleaned. Raises Refusal where it is missing, too long, or holds a value of personal data."""
    words = clean_text(reason)
    if needed and not words:
        raise Refusal("bad_input", _("请写明理由。"), "reason")
    if len(words) > LONGEST_REASON:
        raise Refusal("bad_input", _("最多 %(most)d 个字。") % {"most": LONGEST_REASON}, "reason")
    if any(
        finding.confidence >= 0.9 and finding.type in kinds() and kinds()[finding.type].identifies
        for finding in scan_text(words)
    ):
        raise Refusal("bad_input", _("理由里有个人信息的原值，请去掉再保存。"), "reason")
    return words


def checked_verdict(row: Field, verdict: Verdict | None) -> Verdict:
    """The verdict, if it can be one. Raises Refusal naming the field."""
    if verdict is None or verdict.level not in levels():
        raise Refusal("bad_input", _("请选择级别。"), "level")
    if verdict.type and verdict.type not in kinds() and verdict.type not in (row.said_type, row.type):
        raise Refusal("bad_input", _("没有这种类型。"), "type")
    if verdict.sensitive and verdict.sensitive not in (*sensitive_classes(), row.said_sensitive):
        raise Refusal("bad_input", _("没有这种敏感个人信息类别。"), "sensitive")
    return verdict


def given(values: Mapping[str, str]) -> Verdict:
    """A verdict from the inputs of a form or a call."""
    return Verdict(values.get("type", ""), values.get("level", ""), values.get("sensitive", ""))
