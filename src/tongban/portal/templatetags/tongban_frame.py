"""Tags for the frame of every page. In Python: a page has some twenty of these links, and an included template costs four times as much."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

register = template.Library()


@lru_cache(maxsize=200)
def _address(name: str, urlconf: str | None, prefix: str) -> str:
    """The address of a page without arguments; "" where there is no such page. `prefix`: what `reverse` puts before it."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


@register.simple_tag
def page_address(name: str) -> str:
    """The address of a page without arguments; "" where there is no such page."""
    return _address(name, get_urlconf(), get_script_prefix())


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, text: Any, icon: str = "", count: Any = 0, count_late: Any = 0, li_class: str = "") -> SafeString:
    """A link of a navigation to the page `name`, with an icon and a count where given; nothing where there is no such page."""
    address = page_address(name)
    if not address:
        return mark_safe("")
    match = getattr(context.get("request"), "resolver_match", None)
    here = mark_safe(' aria-current="page"') if match is not None and match.view_name == name else ""
    drawn = format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("tongban/img/icons.svg"), icon) if icon else ""
    counted: Any = ""
    if count:
        late = format_html('<span class="visually-hidden">{}</span>', gettext("，有超时")) if count_late else ""
        counted = format_html(' <span class="count{}">{}{}</span>', " count--late" if count_late else "", count, late)
    opened = format_html('<li class="{}">', li_class) if li_class else mark_safe("<li>")
    return format_html('{}<a href="{}"{}>{}{}{}</a></li>', opened, address, here, drawn, text, counted)
