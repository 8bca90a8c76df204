"""Words for the pages of this door."""

from __future__ import annotations

from django import template

from tongban.registry.names import spoken as _spoken

register = template.Library()


@register.simple_tag
def spoken(words: str, words_en: str = "") -> str:
    """Words of the catalogue in the language of the page."""
    return _spoken(words, words_en)
