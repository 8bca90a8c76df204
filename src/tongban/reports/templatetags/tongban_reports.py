"""Words for the public pages of this door."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from tongban.registry.names import spoken

from ..harms import Harm
from ..inputs import TARGETS

register = template.Library()
STATES = {
    "in_force": _("有效"),
    "suspended": _("暂停执行"),
    "expired": _("到期解除"),
    "lifted": _("主动解除"),
    "overturned": _("申诉后解除"),
}


@register.filter
def scope_words(scope: str) -> str:
    """What a scope takes."""
    return str(dict(TARGETS).get(scope, scope))


@register.filter
def state_words(state: str) -> str:
    """What became of a decision."""
    return str(STATES.get(state, state))


@register.filter
def harm_words(harm: Harm | None) -> str:
    """A kind of harm in the language of the page."""
    return spoken(harm.name, harm.name_en) if harm is not None else ""
