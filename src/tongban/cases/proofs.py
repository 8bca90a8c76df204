"""The proof that an act stands on the ledger, for whoever may see the act: made from the log, opened with the salt.

The receipt's extra data hold the entry itself and, for the holder of the case's secret, what the entry's commitment
covers with its salt: which act it was, by which unit, when; and the words, where they were for him to read. So he can
show, offline and to anybody, what he wrote, when, and what was answered; and find the act in the statement of its
month.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongban.ledger import entry as ledger_entry
from tongban.ledger import log, statements
from tongban.ledger.opening import EXTRA_VERSION
from tongban.merkle import Receipt
from tongban.workdays import shanghai_day

from .entries import committed, words_of
from .models import Act, Case
from .procedure import procedures

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


SHOWN: tuple[tuple[str, StrOrPromise], ...] = (
    ("at", _("时间")), ("code", _("查询码")), ("words.sent.subject", _("标题")), ("words.sent.body", _("内容")),
    ("words.sent.name", _("姓名")), ("words.sent.phone", _("电话")), ("words.sent.email", _("电子邮箱")),
    ("words.sent.address", _("地址")), ("words.private.text", _("内容")), ("public.grade", _("评价等级")),
    ("unit", _("单位")),
    ("public.days", _("用时（天）")),
)  # fmt: skip
"""What a person reads of what a seal covers: path → label. The rest is shown as it is."""


def shown(private: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The words that a seal covers, with their labels, in order; what is empty is left out."""
    found = []
    for path, label in SHOWN:
        value: Any = private
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if isinstance(value, str | int) and value not in ("", None):
            found.append((str(label), str(value)))
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an act stands on the ledger: its entry's index (None while it waits), and whether a signed tree holds it.

    `month` (YYYY-MM) is the one for which its unit's figures count it, empty where it counts for nothing; `stated` the
    index of the statement that lists it, None before there is one.
    """

    act: Act
    index: int | None
    signed: bool
    month: str = ""
    stated: int | None = None


def standings(case: Case) -> list[Standing]:
    """Every act of the case with its place on the ledger, in order."""
    from tongban.ledger.models import Position

    acts = list(Act.objects.filter(case=case).order_by("sequence"))
    found = {
        bytes(key): number
        for key, number in Position.objects.filter(
            pk__in=[bytes(act.entry_key) for act in acts if act.entry_key]
        ).values_list("pk", "number")
    }
    head = log.latest()
    size = head[1].size if head else 0
    places = [found.get(bytes(act.entry_key)) if act.entry_key else None for act in acts]
    found_in = [statement_of(case, act) for act in acts]
    return [
        Standing(act, place, place is not None and place < size, month, stated)
        for act, place, (month, stated) in zip(acts, places, found_in, strict=True)
    ]


def statement_of(case: Case, act: Act) -> tuple[str, int | None]:
    """The month for which an act counts, and the index of the statement that lists it."""
    edge = procedures()[case.kind].edge(act.act, act.state_before) or procedures()[case.kind].named(act.act)
    if not act.salt or not act.for_unit or edge is None or not edge.counted(act.public):
        return "", None
    month = shanghai_day(act.at).isoformat()[:7]
    mark = ledger_entry.mark(ledger_entry.salt(bytes(act.salt))).hex()
    listed = statements.find(case.kind, act.for_unit, month, mark)
    return month, listed.index if listed is not None else None


def told_in_words(case: Case, act: Act) -> bool:
    """Whether the sender may read what the act said: his own words, and what the procedure shows him in words.

    Internal notes, drafts and instructions stay inside; for them the receipt shows the entry alone.
    """
    edge = procedures()[case.kind].named(act.act)
    return act.actor == "resident" or (edge is not None and edge.shown == "words")


def opening_for_sender(case: Case, act: Act) -> dict[str, Any]:
    """What opens an act's commitments as far as the sender may know of it: the act with its salt, and the words with
    theirs.

    Never the number of the official, nor the act's seed, from which it could be found by trying. Empty after erasure,
    and for acts that the sender is not told of.
    """
    edge = procedures()[case.kind].named(act.act)
    if not act.salt or (edge is not None and edge.shown == "nothing"):
        return {}
    seed = bytes(act.salt)
    opening: dict[str, Any] = {"salt": ledger_entry.salt(seed).hex(), "act": committed(case, act)}
    words = words_of(case, act)
    if words and told_in_words(case, act):
        opening["words"] = {"salt": ledger_entry.salt(seed, "words").hex(), "said": words}
    return opening


def told(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What the extra data of a receipt open, as `shown` reads it: the act, and its words under `words`."""
    return {**(extra.get("act") or {}), "words": (extra.get("words") or {}).get("said")}


def receipt_for(case: Case, act: Act) -> Receipt | None:
    """The receipt of an act for the case's sender, with what its commitment covers where it was for him to read.

    None while the entry waits for the log.
    """
    index = log.index_of(bytes(act.entry_key)) if act.entry_key else None
    if index is None:
        return None
    extra = {"v": EXTRA_VERSION, "entry": log.entry_at(index).decode(), **opening_for_sender(case, act)}
    return log.receipt(index, json.dumps(extra, ensure_ascii=False, sort_keys=True).encode())


def longest_wait() -> int:
    """Within how many minutes the proof of an act is there: the ledger takes entries at ticks of the clock."""
    return max(1, -(-int(settings.LEDGER_DELAY) // 60) + 1) if settings.LEDGER_DELAY >= 60 else 1
