"""Words for the pages of this door."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.translation import get_language

from tongban.gate import script
from tongban.registry.names import spoken as _spoken

from ..events import event_words
from ..guides import Cited, Clause, cited
from ..models import Article

register = template.Library()
ENGLISH_DAYS = {"周一至周五": "Monday to Friday", "、": " and "}


@register.simple_tag
def spoken(words: str, words_en: str = "") -> str:
    """Words of the catalogue in the language of the page."""
    return _spoken(words, words_en)


@register.simple_tag
def event(code: str) -> str:
    """An event of life in the language of the page."""
    return event_words(code)


@register.filter
def shared_article(group: Sequence[Clause]) -> Cited | None:
    """The article on which every clause of a group rests, where that is one and they are several."""
    articles = {one.article for one in group}
    return articles.pop() if len(group) > 1 and len(articles) == 1 else None


@register.filter
def as_read(text: str) -> str:
    """Chinese words in the script of the page."""
    return script.as_read(text)


@register.filter
def hours(text: str) -> str:
    """Office hours; on an English page the usual Chinese words in English."""
    if not (get_language() or "").startswith("en"):
        return script.as_read(text)
    for chinese, english in ENGLISH_DAYS.items():
        text = text.replace(chinese, english)
    return text


@register.inclusion_tag("services/_article.html")
def article(code: str) -> dict[str, object]:
    """An article by its code, with its text where it is loaded; nothing where it is not known."""
    row = Article.objects.select_related("law").filter(pk=code).first()
    return {"article": cited(row) if row is not None else None}
