"""The frame of every page: its links, and the pieces of it that are kept for all who come after."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.template import Context, Template
from django.test import Client
from django.utils import translation

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["template_fragments"].clear()
    yield
    caches["template_fragments"].clear()


def link(words: str, view: str = "", **context: object) -> str:
    request = SimpleNamespace(resolver_match=SimpleNamespace(view_name=view) if view else None)
    return Template("{% load i18n tongban_frame %}{% nav_link " + words + " %}").render(
        Context({"request": request, **context})
    )


def frame(page: str) -> str:
    """A page without what stands between <main> and </main>, and without its own address."""
    return re.sub(
        r"<main.*?</main>|<title>.*?</title>", "", re.sub(r'name="next" value="[^"]*"', "", page), flags=re.DOTALL
    )


def test_a_link_says_where_it_leads_and_where_one_is():
    assert link('"portal:about" "关于"') == '<li><a href="/about/">关于</a></li>'
    assert link('"portal:about" "关于"', "portal:about") == '<li><a href="/about/" aria-current="page">关于</a></li>'
    assert (
        link('"portal:about" "关于" li_class="elder-hide"', "portal:home")
        == '<li class="elder-hide"><a href="/about/">关于</a></li>'
    )
    assert link('"portal:about" text', text="<b>") == '<li><a href="/about/">&lt;b&gt;</a></li>'
    assert link('"portal:nowhere" "无"') == ""


def test_a_link_counts_and_says_what_is_late_in_words():
    counted = link('"portal:about" "来信" icon="inbox" count=3')
    assert "#inbox" in counted
    assert '<span class="count">3</span>' in counted
    with translation.override("en"):
        late = link('"portal:about" "来信" count=3 count_late=1')
    assert 'class="count count--late"' in late
    assert re.search(r'3<span class="visually-hidden">[^<]*[A-Za-z]', late)
    assert "count" not in link('"portal:about" "来信" count=0')


def test_what_is_kept_is_of_this_language_this_page_and_this_mode():
    seen = {}
    for _twice in range(2):
        for language in ("zh-hans", "zh-hant", "en"):
            for address in ("/about/", "/follow/", "/nothing-here/"):
                for mode in ("standard", "elder"):
                    client = Client(HTTP_ACCEPT_LANGUAGE=language)
                    if mode == "elder":
                        client.cookies["tongban_mode"] = "elder"
                    page = client.get(address).content.decode()
                    assert f'lang="{language}"' in page.lower()
                    assert ("elder.css" in page) == (mode == "elder")
                    current = re.findall(r'<a href="([^"]+)" aria-current="page"', page)
                    assert set(current) == (set() if address == "/nothing-here/" else {address}), (
                        language,
                        address,
                        current,
                    )
                    assert seen.setdefault((language, address, mode), frame(page)) == frame(page)
    navigations = {
        part.group() for page in seen.values() if (part := re.search(r'<nav class="mainnav".*?</nav>', page, re.DOTALL))
    }
    assert len(navigations) == 3 * 2, (
        "in each language one in which the way to a letter is marked, and one in which nothing is"
    )


def test_what_an_official_saw_leaves_nothing_of_them_in_the_frame_of_others(official):
    before = frame(Client().get("/about/").content.decode())
    caches["template_fragments"].clear()
    client = Client()
    client.force_login(
        official("610113-CG", "handler", "a-name-that-nobody-else-has"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    for address in ("/about/", "/desk/", "/nothing-here/", "/follow/?q=what-i-look-for"):
        client.get(address)
    after = frame(Client().get("/about/").content.decode())
    assert after == before
    assert "a-name-that-nobody-else-has" not in after
    assert "what-i-look-for" not in after
