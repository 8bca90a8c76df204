"""The gallery shows every part of the design language; and what stands in the sheets is used somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import Client

import tongban
from tongban.portal import gallery

pytestmark = pytest.mark.django_db
SOURCE = Path(tongban.__file__).parent
PORTAL = SOURCE / "portal"
SHEETS = ("base.css", "components.css", "elder.css", "gallery.css", "print.css")
MADE_ELSEWHERE = {"htmx-indicator", "htmx-request"}
"""Classes that no file of ours writes."""


def page(query: str = "") -> str:
    answer = Client().get(f"/gallery/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def classes(sheet: str) -> set[str]:
    """The classes that a sheet has rules for."""
    text = re.sub(r"/\*.*?\*/", "", (PORTAL / "static/tongban/css" / sheet).read_text(encoding="utf-8"), flags=re.S)
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", re.sub(r"{[^{}]*}", "{}", text)))


def test_the_old_address_leads_to_the_gallery() -> None:
    answer = Client().get("/design/")
    assert answer.status_code == 301
    assert answer["Location"] == "/gallery/"


def test_the_gallery_has_every_icon_and_leads_to_each_of_its_parts() -> None:
    shown = page()
    assert set(gallery.icons()) <= set(re.findall(r"icons\.svg#([\w-]+)", shown))
    for anchor in re.findall(r'href="#(g-[\w-]+)"', shown):
        assert f'id="{anchor}"' in shown


def test_no_two_parts_of_the_gallery_have_one_id() -> None:
    ids = re.findall(r'\sid="([^"]+)"', page())
    assert sorted({each for each in ids if ids.count(each) > 1}) == []


def test_the_gallery_can_be_seen_dark_and_in_elder_mode_by_whoever_asks() -> None:
    assert 'dark.css" media="screen">' in page("?scheme=dark")
    assert 'dark.css" media="screen">' not in page()
    assert 'data-mode="elder"' in page("?mode=elder")
    assert 'data-mode="elder"' not in page()


def test_a_form_of_the_gallery_is_seen_with_errors_and_without() -> None:
    shown = page()
    assert "field--error" in shown
    assert 'name="untouched-title"' in shown


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_rule_of_a_sheet_is_of_use_somewhere(sheet: str) -> None:
    files = [*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("*.py"), *SOURCE.rglob("static/**/*.js")]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    words = set(re.findall(r"[\w-]+", text))

    def made_of_parts(name: str) -> bool:
        """`now--info` is written as `now--{{ tone }}`, `stroke-1` as `stroke-{{ series }}`."""
        return re.search(re.escape(re.split(r"(?<=--)|(?<=-)(?=\d)", name)[0]) + r"\{", text) is not None

    unused = {name for name in classes(sheet) - words - MADE_ELSEWHERE if not made_of_parts(name)}
    assert unused == set()


def test_a_section_is_folded_in_elder_mode_alone() -> None:
    template = Template("{% load tongban_frame %}{% fold title %}<p>一步</p>{% endfold %}")
    assert (
        template.render(Context({"title": "<办理过程>"})) == "<section><h2>&lt;办理过程&gt;</h2><p>一步</p></section>"
    )
    folded = template.render(Context({"title": "<办理过程>", "elder": True}))
    assert folded.startswith('<details class="fold"><summary><h2>&lt;办理过程&gt;</h2></summary>')
    assert folded.endswith("<p>一步</p></details>")


def test_the_voice_is_offered_in_elder_mode_alone_and_hidden_until_there_is_one() -> None:
    elder = page("?mode=elder")
    assert re.search(r"data-aloud hidden", elder)
    assert "aloud.js" in elder
    assert "aloud.js" not in page()
