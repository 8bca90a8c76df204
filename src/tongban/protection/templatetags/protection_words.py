"""Filters from the catalogue's keys to words, in the language of the page."""

from __future__ import annotations

import re

from django import template
from django.utils.translation import gettext as _

from .. import clauses, words
from ..models import Skipped

register = template.Library()
register.filter("level_name", words.level_name)
register.filter("type_name", words.type_name)
register.filter("sensitive_name", words.sensitive_name)
register.filter("profile_name", words.profile_name)
register.filter("clause_text", clauses.clause)
register.filter("reason_text", words.reason)
register.filter("share_text", words.share_text)
WHERE = re.compile(r"(row|line|character) ([0-9]+)")


@register.filter
def level_tone(level: str) -> str:
    """How loud a level is shown."""
    return words.TONES.get(level, "neutral")


@register.filter
def category_name(category: str) -> str:
    """A category in words."""
    return str(words.CATEGORIES.get(category, category))


@register.filter
def difference_name(what: str) -> str:
    """A difference in words."""
    return str(words.DIFFERENCES.get(what, what))


@register.filter
def reason_name(reason: str) -> str:
    """A reason to look again, in words."""
    return str(words.REASONS.get(reason, reason))


@register.filter
def review_name(review: str) -> str:
    """A state of the queue in words."""
    return str(words.REVIEWS.get(review, review))


@register.filter
def act_name(act: str) -> str:
    """A step of an officer in words."""
    return str(words.ACTS.get(act, act))


@register.filter
def thousands(value: int) -> str:
    """A number with its thousands parted."""
    return f"{value:,}"


@register.filter
def left_text(left: Skipped) -> str:
    """Why something was not read."""
    return words.left(left.key, left.why or left.key)


@register.filter
def where_text(where: str) -> str:
    """A place of a finding as a person reads it; one of another form as it stands."""
    found = WHERE.fullmatch(where)
    if found is None:
        return where
    return (_("第 %(n)s 个字") if found[1] == "character" else _("第 %(n)s 行")) % {"n": found[2]}
