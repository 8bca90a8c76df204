"""Tags for the frame of every page. In Python: a page has some twenty of these links, and an included template
costs four times as much."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django import template
from django.conf import settings
from django.shortcuts import resolve_url
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from tongban.cases.inputs.one import Words
from tongban.gate.door import loaded, parts
from tongban.gate.navigation import foot_links, resident_links
from tongban.gate.parts import DeskLink, HomeCard, HomeLink, NavLink, SiteSearch
from tongban.gate.presence import Present, present
from tongban.portal.issuer import issuer, site_title

Link = TypeVar("Link", DeskLink, NavLink)
register = template.Library()
register.simple_tag(issuer)
register.simple_tag(site_title)


@lru_cache(maxsize=200)
def _address(name: str, urlconf: str | None, prefix: str) -> str:
    """The address of a page without arguments; "" where there is no such page. `prefix`: what
    `reverse` puts before it."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


@register.simple_tag
def page_address(name: str) -> str:
    """The address of a page without arguments; "" where there is no such page."""
    return _address(name, get_urlconf(), get_script_prefix())


@register.simple_tag(takes_context=True)
def nav_link(
    context: Context, name: str, text: Any, icon: str = "", count: Any = 0, count_late: Any = 0, li_class: str = ""
) -> SafeString:
    """A link of a navigation to the page `name`, with an icon and a count where given; nothing
    where there is no such page."""
    address = page_address(name)
    if not address:
        return mark_safe("")
    match = getattr(context.get("request"), "resolver_match", None)
    here = mark_safe(' aria-current="page"') if match is not None and match.view_name == name else ""
    drawn = (
        format_html(
            '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("tongban/img/icons.svg"), icon
        )
        if icon
        else ""
    )
    counted: Any = ""
    if count:
        late = format_html('<span class="visually-hidden">{}</span>', gettext("，有超时")) if count_late else ""
        counted = format_html(' <span class="count{}">{}{}</span>', " count--late" if count_late else "", count, late)
    opened = format_html('<li class="{}">', li_class) if li_class else mark_safe("<li>")
    return format_html('{}<a href="{}"{}>{}{}{}</a></li>', opened, address, here, drawn, text, counted)


def _links(context: Context, links: Iterable[NavLink]) -> SafeString:
    written = [nav_link(context, link.name, link.text, li_class="" if link.elder else "elder-hide") for link in links]
    return mark_safe("\n".join(written))  # noqa: S308 -- each was made by format_html


@register.simple_tag(takes_context=True)
def resident_nav(context: Context) -> SafeString:
    """The links of the residents' navigation, of all rooms."""
    return _links(context, resident_links())


@register.simple_tag(takes_context=True)
def foot_nav(context: Context) -> list[tuple[str, SafeString]]:
    """The links at the foot of every page, of all rooms, in groups by their order: what this site is, what is open to
    everybody, what one can check or report, accounts."""
    bounds = (
        (20, gettext("本站")),
        (60, gettext("政务公开")),
        (70, gettext("核对和举报")),
        (sys.maxsize, gettext("账户")),
    )
    return [(name, _links(context, links)) for name, links in _grouped(foot_links(), bounds)]


@register.simple_tag
def desk_groups(links: Iterable[DeskLink]) -> list[tuple[str, list[DeskLink]]]:
    """The links of the desk's navigation in groups, by their order: cases, how things stand, administration."""
    return _grouped(links, ((40, gettext("办件")), (60, gettext("情况")), (sys.maxsize, gettext("管理"))))


def _grouped(links: Iterable[Link], bounds: Iterable[tuple[int, str]]) -> list[tuple[str, list[Link]]]:
    """Links in groups: each in the first whose bound is above its order."""
    groups: dict[str, list[Link]] = {}
    for link in links:
        groups.setdefault(next(name for below, name in bounds if link.order < below), []).append(link)
    return list(groups.items())


@register.simple_tag
def links_for_the_lost() -> list[NavLink]:
    """The links on pages that say that something is not there or not allowed; where there is such a page."""
    return [link for link in parts(NavLink) if link.lost and page_address(link.name)]


@register.simple_tag(takes_context=True)
def who_is_here(context: Context) -> Present | None:
    """The official who is signed in, for pages that say that something is not there or not allowed."""
    request = context.get("request")
    return present(request) if request is not None else None


@lru_cache(maxsize=20)
def _resolved(name: str, urlconf: str | None, prefix: str) -> str:
    try:
        return resolve_url(name)
    except NoReverseMatch:
        return ""


@register.simple_tag
def desk_start() -> str:
    """Where officials begin (LOGIN_REDIRECT_URL); "" where there is no such page."""
    return _resolved(str(settings.LOGIN_REDIRECT_URL), get_urlconf(), get_script_prefix())


@dataclass(frozen=True, slots=True)
class Searching:
    """The search of every page: where it leads, what is searched, and the hint in the field."""

    address: str
    label: Words
    hint: Words


@register.simple_tag
def site_search() -> Searching | None:
    """The search of every page: the room's own where one room alone can be searched, all rooms' where several can."""
    found = [part for part in parts(SiteSearch) if page_address(part.page)]
    if not found:
        return None
    if len(found) == 1:
        return Searching(page_address(found[0].page), found[0].label, found[0].hint)
    return Searching(page_address("portal:search"), gettext("全站搜索"), gettext("搜索"))


@register.simple_tag
def places_to_go() -> list[HomeLink]:
    """What residents come for, as the rooms say it on the home page."""
    return [link for link in parts(HomeLink) if not link.main and page_address(link.name)]


@register.simple_tag(takes_context=True)
def home_card(context: Context, card: HomeCard) -> SafeString:
    """A piece of the home page, with its own template and what its room gives it."""
    values = loaded(card.context)() if card.context else {}
    with context.push(**values):
        written: SafeString = get_template(card.template).template.render(context)  # type: ignore[attr-defined]
    return written


@register.simple_block_tag(takes_context=True)
def fold(context: Context, content: SafeString, title: Any) -> SafeString:
    """A section of a page, `title` its heading: `{% fold _("办理过程") %} … {% endfold %}`. In elder mode it is folded,
    so that one thing is on the screen at a time, and opens without JavaScript."""
    if context.get("elder"):
        opened, closed = '<details class="fold"><summary><h2>{}</h2></summary>', "</details>"
    else:
        opened, closed = "<section><h2>{}</h2>", "</section>"
    return format_html(opened + "{}" + closed, title, content)
