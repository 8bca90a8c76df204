"""Every look at a case by an official is an act that the resident can see: unit, role, time, purpose."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .actor import Actor
from .models import Act, Case
from .refusal import Refusal
from .writer import Step, perform

SAME_LOOK = timedelta(minutes=30)
"""Opening the same case again within this time, for the same purpose, is the same look. House rule."""


def look(case: Case, actor: Actor, purpose: str) -> None:
    """Record that the actor looks at the case. Raises Refusal where they may not: so it stands before every reading."""
    if actor.official_id is None:
        raise Refusal("not_allowed", _("您的岗位不能进行这项操作。"))
    recent = Act.objects.filter(case=case, act="look", official_id=actor.official_id, at__gt=timezone.now() - SAME_LOOK)
    if any((act.private or {}).get("purpose") == purpose for act in recent.order_by("-sequence")[:5]):
        return
    perform(case.pk, Step("look", actor, {"purpose": purpose}))
