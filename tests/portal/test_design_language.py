"""The rules of the design language that a machine can hold: security policy, tokens, words and forms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms

import tongban.portal.forms as portal_forms
from tongban.portal.forms import GovForm, GovRenderer

PORTAL = Path(portal_forms.__file__).parent
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))
SHEETS = sorted((PORTAL / "static/tongban/css").glob("*.css"))
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}", re.S)
OWN_NAMES = {"简体", "繁體", "通办"}


def source(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_a_template_has_no_inline_style_script_or_handler(path: Path) -> None:
    text = source(path)
    assert not re.search(r"\sstyle\s*=|<style", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r'<script(?![^>]*(\ssrc=|\stype="application/json"))', text), "a block of data is no script"
    assert "javascript:" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_chinese_on_a_page_can_be_translated(path: Path) -> None:
    text = re.sub(r"{%-? *blocktranslate.*?endblocktranslate *%}", "", source(path), flags=re.S)
    left = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.S)
    assert set(re.findall(r"[\u4e00-\u9fff]+", left)) <= OWN_NAMES
    for tag in re.findall(r"{%.*?%}", text, flags=re.S):
        if re.search(r"[\u4e00-\u9fff]", tag):
            assert "translate " in tag or '_("' in tag, tag


def test_every_token_that_a_style_sheet_uses_is_defined() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SHEETS)
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(re.findall(r"(--[\w-]+)\s*:", text))


@pytest.mark.parametrize("path", [sheet for sheet in SHEETS if sheet.name in ("base.css",)], ids=str)
def test_colours_have_their_one_place_in_the_tokens(path: Path) -> None:
    assert not re.search(r"#[0-9a-f]{3,8}\b", path.read_text(encoding="utf-8"))


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (PORTAL / "static/tongban/img/icons.svg").read_text()))
    used = {name for path in TEMPLATES for name in re.findall(r'icons\.svg" %}#([a-z]+)"', source(path))}
    assert used <= drawn


class Letter(GovForm):
    title = forms.CharField(max_length=20, help_text="一句话")
    text = forms.CharField(max_length=500, widget=forms.Textarea)
    phone = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=[("a", "咨询"), ("b", "求助")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="同意")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_long_text_is_counted_and_never_cut() -> None:
    html = str(Letter()["text"])
    assert 'data-counter="500"' in html
    assert "maxlength" not in html


def test_an_input_about_the_person_says_so_to_the_browser() -> None:
    html = str(Letter()["phone"])
    assert 'autocomplete="tel"' in html
    assert 'inputmode="tel"' in html


def test_what_a_widget_was_given_by_hand_stays() -> None:
    class Own(GovForm):
        phone = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "class": "mine"}))

    html = str(Own()["phone"])
    assert html.count("autocomplete=") == 1
    assert 'autocomplete="off"' in html
    assert 'class="control control--text mine"' in html


def test_a_hidden_input_gets_nothing() -> None:
    assert "class=" not in str(Letter()["token"])


def test_an_error_is_tied_to_its_input() -> None:
    html = Letter({"title": ""})["title"].as_field_group()
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html


def test_radios_are_a_named_group_and_one_box_is_not() -> None:
    form = Letter()
    assert "<legend" in form["kind"].as_field_group()
    agree = form["agree"].as_field_group()
    assert "<fieldset" not in agree
    assert '<label for="id_agree">同意</label>' in agree


def test_optional_fields_are_marked_and_required_ones_are_not() -> None:
    form = Letter()
    assert "field__optional" in form["phone"].as_field_group()
    assert "field__optional" not in form["title"].as_field_group()


def test_any_form_becomes_ours_through_the_renderer_alone() -> None:
    class Plain(forms.Form):
        email = forms.EmailField()

    html = str(Plain(renderer=GovRenderer()))
    assert 'class="field"' in html
    assert 'autocomplete="email"' in html


def test_no_form_that_needs_the_token_is_included_without_it():
    """A form in a template included with `only` would be refused: the token of the page stays behind."""
    house = PORTAL.parent
    texts = {path.as_posix(): path.read_text(encoding="utf-8") for path in house.rglob("templates/**/*.html")}
    alone = re.compile(r'{% include "([^"]+)"[^%]*\bonly %}')

    def needs(name: str) -> bool:
        text = next((text for path, text in texts.items() if path.endswith(f"/{name}")), "")
        return "csrf_token" in text or any(needs(one) for one in re.findall(r'{% include "([^"]+)"', text))

    assert [f"{path}: {name}" for path, text in texts.items() for name in alone.findall(text) if needs(name)] == []
