"""The masked text that is proposed for publication, and the last look at what is to be published.

What was masked is proposed by `proposal`; what is published is what the official confirmed, and it is looked at once
more by the same finders (`doubts.py`): identifiers never get through, and what else looks like a person's needs a tick.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases.refusal import Refusal
from tongban.detect import mask_text

from .doubts import doubts_in, hidden_in, never_in

TEXTS = ("subject", "body", "answer")
"""What can be public of a case: inputs of the act that publishes, and of every other that changes the public text."""
LONGEST_SUBJECT = 200
UNANSWERED = _("还有看起来像个人信息的内容没有核对：请在公开的文字里隐去，或者逐项勾选“可以公开”。")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The masked texts of a case, for an official to look at, and how many places were masked in them."""

    subject: str
    body: str
    answer: str
    masked: int


def masked(text: str, name: str = "") -> tuple[str, int]:
    """`text` with personal data masked, the sender's own name too, wherever it stands; how many places were masked."""
    result = mask_text(text, hidden_in(text, name))
    return result.text, len(result.findings)


def proposal(originals: Mapping[str, str], sender: str) -> Proposal:
    """The masked form of the texts of a case, by their names; a text that it has not stays empty."""
    subject, one = masked(originals.get("subject", "")[:LONGEST_SUBJECT], sender)
    body, two = masked(originals.get("body", ""), sender)
    answer, three = masked(originals.get("answer", ""), sender)
    return Proposal(subject, body, answer, one + two + three)


def personal_data_in(payload: Mapping[str, Any], sender: str = "", judged: bool = True) -> Refusal | None:
    """Why the texts cannot be published: an identifier stands in one, or a doubt that no tick in `cleared` answers.

    `sender`: the sender's name, a doubt wherever it stands. `judged` False: nobody looked (an import), so only
    identifiers count. None where nothing speaks against it.
    """
    texts = {name: str(payload[name]) for name in TEXTS if name in payload}
    for name, text in texts.items():
        at = personal_data_at(text)
        if at is not None:
            words = _("公开的文字里还有个人信息（第 %(at)d 个字起），请隐去后再公开。") % {"at": at + 1}
            return Refusal("bad_input", words, name)
    cleared = set(str(payload.get("cleared") or "").split())
    if judged and any(doubt.key not in cleared for doubt in doubts_in(texts, sender)):
        return Refusal("bad_input", UNANSWERED, "cleared")
    return None


def personal_data_at(text: str) -> int | None:
    """Where the first identifier stands that must not be published; None where there is none."""
    found = never_in(text)
    return found.start if found else None
