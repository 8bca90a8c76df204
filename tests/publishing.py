"""Publishing a letter in tests, as it happens: an official asks its sender with the masked text, the sender agrees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tongban.cases.actor import Actor, resident
from tongban.cases.models import Act, Case
from tongban.cases.writer import Step, perform
from tongban.published import objection


def ask(case: Case, official: Actor, texts: Mapping[str, Any], at: datetime | None = None) -> Case:
    """The sender has the texts before them. Raises Refusal."""
    return perform(case.pk, Step("propose_publication", official, texts, at=at)).case


def agree(case: Case, at: datetime | None = None) -> Act:
    """The sender agrees to what they are asked about. Raises Refusal."""
    seen = objection.kept(Case.objects.get(pk=case.pk)).get("digest", "")
    done = perform(case.pk, Step("agree_publication", resident(case.pk), {"digest": seen}, at=at))
    assert done.act is not None
    return done.act


def publish(case: Case, official: Actor, texts: Mapping[str, Any], at: datetime | None = None) -> Act:
    """The letter is public. Raises Refusal."""
    ask(case, official, texts, at)
    return agree(case, at)
