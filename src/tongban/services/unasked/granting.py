"""What follows a confirmation: for each row an application is opened by the kernel for the person, accepted and granted
by the official who confirmed it, in one transaction; the person is told where a contact is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from tongban.accounts.models import Post
from tongban.cases.actor import SYSTEM, Actor
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, Submission, perform, submit

from .. import questions, reading
from .models import UnaskedList, UnaskedRow

AT_ONCE = 20
"""So many are granted while the official waits; the rest the worker does."""


def confirm(made: UnaskedList, official: int, rows: Sequence[int] | None) -> int:
    """An official says yes to these rows, or to all that wait; returns how many. A second click finds none."""
    waiting = UnaskedRow.objects.filter(roll=made, state="waiting")
    if rows is not None:
        waiting = waiting.filter(pk__in=rows)
    return waiting.update(state="confirmed", by_id=official)


def leave_out(made: UnaskedList, official: int, rows: Sequence[int], reason: str) -> int:
    """An official says no to these rows, with the reason; what the register said of them is deleted."""
    waiting = UnaskedRow.objects.filter(roll=made, state="waiting", pk__in=rows)
    return waiting.update(state="left_out", by_id=official, reason=reason[:400], private=None)


def grant_confirmed(batch: int = 50) -> int:
    """Grant a batch of what was confirmed; returns how many rows it went through. Safe to kill, and safe beside others:
    a row is granted in the transaction that opens its case."""
    rows = UnaskedRow.objects.filter(state="confirmed").order_by("pk").values_list("pk", flat=True)[:batch]
    return sum(_granted(pk) for pk in list(rows))


def _granted(pk: int) -> int:
    try:
        with transaction.atomic():
            row = UnaskedRow.objects.select_for_update().filter(pk=pk, state="confirmed").first()
            if row is None or row.private is None:
                return 0
            row.case = _case_for(row)
            row.state, row.private, row.looks = "granted", None, []
            row.save()
    except Refusal as refusal:  # the official's post has ended, an act is not allowed any more: told on the list
        UnaskedRow.objects.filter(pk=pk, state="confirmed").update(state="waiting", reason=str(refusal.message)[:400])
    return 1


def _case_for(row: UnaskedRow) -> Case:
    made, said, now = row.roll, dict(row.private or {}), timezone.now()
    item = reading.current().items.get(made.matter_id)
    if item is None:
        raise Refusal("bad_input", _("这个事项现在不能申请。"))
    extra: dict[str, Any] = {
        "facts": said.get("facts") or {},
        "id_number": said.get("id_number") or "",
        "item": item.since.isoformat(),
        **questions.form_sent(made.matter_id),
        "unasked": {"list": made.pk, "source": made.source, "day": made.day.isoformat(), "looks": row.looks},
        **({"valid_months": item.valid_months} if item.valid_months else {}),
    }
    with override("zh-hans"):
        sent = Submission(
            "application", made.matter_id, made.place_id, item.matter.name[:60],
            _("免申即享：没有提出申请，由办理单位按登记的数据主动给予。"), visibility="confidential",
            name=said.get("name") or "", phone=said.get("phone") or "", email=said.get("email") or "",
            channel="unasked", source=f"unasked:{made.pk}:{row.line}", extra=extra,
        )  # fmt: skip
        case, _receipt = submit(sent, SYSTEM, now=now)
        who = _actor(row.by_id)
        perform(case.pk, Step("accept", who, at=now))
        words = _("您符合规定的条件，不用申请，主动给予。数据来源：%(source)s（%(day)s）。")
        told = {"text": words % {"source": made.source, "day": made.day.isoformat()}}
        return perform(case.pk, Step("grant", who, told, at=now)).case


def _actor(official: int | None) -> Actor:
    posts = tuple(Post.held_on(official, timezone.localdate())) if official is not None else ()
    return Actor("official", official_id=official, posts=posts)


def forget(case: Case) -> None:
    """The case was erased: nothing tells any more that its person stood on a list (`KeptBeside`)."""
    UnaskedRow.objects.filter(case=case).update(person="", private=None, looks=[])
