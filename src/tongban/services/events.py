"""Events of life and of business by which the catalogue is looked through (人生事件): their words, in the order of a
page. An item names its events by code; a code that is not here is shown as it is."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, Promise] = {
    "birth": _("生孩子、养孩子"),
    "school": _("上学"),
    "work": _("找工作、没了工作"),
    "business": _("开店、办企业"),
    "house": _("买房、租房"),
    "move": _("搬到这里住"),
    "ill": _("看病、受伤"),
    "disabled": _("身体有残疾"),
    "old": _("退休、养老"),
    "hardship": _("家里有难处"),
    "road": _("占路、修路、校车"),
    "death": _("家里有人去世"),
    "know": _("要看政府信息"),
}
BUSINESS = frozenset({"business", "road"})
"""Those that are events of business (CPSV-AP: BusinessEvent); the others are events of life."""


def event_words(code: str) -> str:
    """An event in the language of the page."""
    return str(EVENTS.get(code, code))
