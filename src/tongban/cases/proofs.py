"""The proof that an act stands on the ledger, for whoever may see the act: made from the log, opened with the salt.

The receipt's extra data hold the entry itself and, for the holder of the case's secret, what the entry's commitment
covers with its salt: so that he can show, offline and to anybody, what he wrote, when, and what was answered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tongban.ledger import log
from tongban.ledger.opening import EXTRA_VERSION
from tongban.merkle import Receipt

from .models import Act, Case
from .procedure import procedures

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


SHOWN: tuple[tuple[str, StrOrPromise], ...] = (
    ("at", _("时间")), ("code", _("查询码")), ("letter.subject", _("标题")), ("letter.body", _("内容")), ("letter.name", _("姓名")),
    ("letter.phone", _("电话")), ("letter.email", _("电子邮箱")), ("letter.address", _("地址")), ("private.text", _("内容")), ("public.grade", _("评价等级")),
    ("unit", _("单位")),
)  # fmt: skip
"""What a person reads of the words that a seal covers: path → label. The rest is shown as it is."""


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
    """Where an act stands on the ledger: its entry's index (None while it waits), and whether a signed tree holds it."""

    act: Act
    index: int | None
    signed: bool


def standings(case: Case) -> list[Standing]:
    """Every act of the case with its place on the ledger, in order."""
    from tongban.ledger.models import Position

    acts = list(Act.objects.filter(case=case).order_by("sequence"))
    found = {bytes(key): number for key, number in Position.objects.filter(pk__in=[bytes(act.entry_key) for act in acts if act.entry_key]).values_list("pk", "number")}
    head = log.latest()
    size = head[1].size if head else 0
    places = [found.get(bytes(act.entry_key)) if act.entry_key else None for act in acts]
    return [Standing(act, place, place is not None and place < size) for act, place in zip(acts, places, strict=True)]


def told_in_words(case: Case, act: Act) -> bool:
    """Whether the sender may read what the act said: his own words, and what the procedure shows him in words.

    Internal notes, drafts and instructions stay inside; for them the receipt shows the entry alone.
    """
    edge = procedures()[case.kind].named(act.act)
    return act.actor == "resident" or (edge is not None and edge.shown == "words")


def receipt_for(case: Case, act: Act) -> Receipt | None:
    """The receipt of an act for the case's sender, with what its commitment covers where it was for him to read.

    None while the entry waits for the log.
    """
    from .writer import committed

    index = log.index_of(bytes(act.entry_key)) if act.entry_key else None
    if index is None:
        return None
    extra: dict[str, Any] = {"v": EXTRA_VERSION, "entry": log.entry_at(index).decode()}
    if act.salt and told_in_words(case, act):
        extra["salt"] = bytes(act.salt).hex()
        extra["private"] = committed(case, act)
    return log.receipt(index, json.dumps(extra, ensure_ascii=False, sort_keys=True).encode())
