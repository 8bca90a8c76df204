"""Published cases are read in the reader's script; what was written is one click away, and what programs get."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from tongban.published.models import PublishedCase

from .test_public_pages import published

pytestmark = pytest.mark.django_db
SIMPLIFIED, TRADITIONAL, ENGLISH = "zh-CN", "zh-HK", "en"
SUBJECT, BODY = "電梯壞了沒有人修", "電梯壞了三個月，老人無法下樓。"
ANSWER = "已责令停工，请放心。"


@pytest.fixture
def row(letter: Any, actor: Any) -> PublishedCase:
    """Written in Traditional, answered in Simplified."""
    row = published(letter, actor, subject=SUBJECT, body=BODY)
    PublishedCase.objects.filter(pk=row.pk).update(answer=ANSWER)
    return row


def page(address: str, language: str, **query: str) -> str:
    caches["template_fragments"].clear()
    response = Client().get(address, query, headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_a_simplified_page_shows_what_was_written_in_traditional_in_simplified(row):
    text = page(row.address, SIMPLIFIED)
    assert "电梯坏了三个月，老人无法下楼。" in text
    assert ANSWER in text
    assert BODY not in text
    assert "<title>电梯坏了没有人修" in text


def test_a_traditional_page_shows_what_was_written_in_simplified_in_traditional(row):
    text = page(row.address, TRADITIONAL)
    assert BODY in text
    assert "已責令停工，請放心。" in text


def test_an_english_page_shows_what_was_written_and_says_in_which_language(row):
    text = page(row.address, ENGLISH)
    assert BODY in text
    assert ANSWER in text
    assert 'lang="zh-Hant"' in text
    assert "?text=original" not in text


def test_the_original_is_one_click_away_under_the_same_canonical_address(row):
    for language in (SIMPLIFIED, TRADITIONAL):
        shown = page(row.address, language)
        assert 'href="?text=original"' in shown
        original = page(row.address, language, text="original")
        assert BODY in original
        assert ANSWER in original
        for text in (shown, original):
            assert text.count('rel="canonical"') == 1
            assert f'{row.address}">' in text.split('rel="canonical"')[1][:120]
    assert Client().get(f"{row.address}?text=original")["Public-For"] == "30"


def test_what_is_in_one_script_anyway_has_no_original_beside_it(letter, actor):
    row = published(letter, actor, subject="电梯坏了", body="电梯坏了。")
    PublishedCase.objects.filter(pk=row.pk).update(answer="已经修好。")
    assert "?text=original" not in page(row.address, SIMPLIFIED)


def test_lists_excerpts_the_home_page_and_the_search_of_every_page_are_in_the_reader_s_script(row):
    for language, subject, marked in (
        (SIMPLIFIED, "电梯坏了没有人修", "<mark>电梯</mark>坏了"),
        (TRADITIONAL, SUBJECT, "<mark>電梯</mark>壞了"),
    ):
        for query in ("电梯", "電梯"):
            text = page("/letters/search/", language, q=query)
            assert marked in text
            assert subject in text.replace("<mark>", "").replace("</mark>", "")
        assert subject in page("/letters/published/", language)
        assert subject in page("/", language)
        assert subject in page("/search/", language, q="电梯"), "the search of every page"


def test_programs_get_what_was_written(row):
    found = Client().get(f"/api/v1/published/{row.slug}", headers={"Accept-Language": SIMPLIFIED}).json()
    assert (found["subject"], found["body"], found["answer"]) == (SUBJECT, BODY, ANSWER)
