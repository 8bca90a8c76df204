"""The list of published cases says how many there are, sorts, narrows, pages by key, and says what to try."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tongban.published import listing
from tongban.published.models import PublishedCase
from tongban.published.similar import forget

from .test_public_pages import published

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
WHERE = "/letters/published/"


def page(**query: str) -> str:
    response = Client().get(WHERE, query)
    assert response.status_code == 200
    return response.content.decode()


def slugs(html: str) -> list[str]:
    return re.findall(r'row-list__title" href="/letters/published/([0-9a-f]{12})/"', html)


def all_pages(**query: str) -> list[str]:
    """The slugs of all pages, as the links to the next one lead."""
    seen, html = [], page(**query)
    while True:
        seen += slugs(html)
        more = re.search(r'rel="next" href="([^"]+)"', html)
        if not more:
            return seen
        html = Client().get(WHERE + more[1].replace("&amp;", "&")).content.decode()


@pytest.fixture
def three(letter: Any, actor: Any) -> list[PublishedCase]:
    """One that names the lift in its title, one that names it once, one about something else."""
    rows = [
        published(letter, actor, subject="小区停电", body="停电以后电梯停了一次。"),
        published(letter, actor, subject="电梯坏了", body="电梯坏了，电梯三个月没修。"),
        published(letter, actor, subject="路灯不亮", body="路灯不亮。"),
    ]
    for row, day in zip(rows, (date(2026, 5, 1), date(2025, 3, 1), date(2026, 6, 1)), strict=True):
        PublishedCase.objects.filter(pk=row.pk).update(answered_on=day)
    PublishedCase.objects.filter(pk=rows[1].pk).update(place_id="610124")
    return rows


def test_it_says_how_many_were_found(three):
    assert "找到 2 件" in page(q="电梯")
    assert "共 3 件" in page()


def test_more_than_it_counts_is_said_so(three, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 1)
    assert "1+ 件" in page(q="电梯")


def test_what_fits_best_comes_first_and_the_newest_or_most_useful_on_demand(three):
    once, title, lamp = three
    PublishedCase.objects.filter(pk=once.pk).update(useful=3)
    assert slugs(page(q="电梯")) == [title.slug, once.slug]
    assert slugs(page(q="电梯", sort="new")) == [once.slug, title.slug]
    assert slugs(page(sort="useful"))[0] == once.slug
    assert slugs(page()) == [lamp.slug, once.slug, title.slug]
    assert 'aria-current="true">最相关' in page(q="电梯")
    assert "最相关" not in page()


def test_it_is_narrowed_by_place_matter_and_year_and_words_stay_on_the_page(three):
    once, title, _lamp = three
    assert slugs(page(q="电梯", place="610124")) == [title.slug]
    assert slugs(page(q="电梯", year="2026")) == [once.slug]
    assert slugs(page(matter="0101", year="2025")) == [title.slug]
    html = page(q="电梯", year="2026", place="610113")
    assert 'value="电梯"' in html
    assert "<option selected>2026</option>" in html
    assert '<option value="610113" selected>' in html


@pytest.mark.parametrize("sort", ["best", "new", "useful"])
def test_every_order_pages_by_key_without_losing_any(letter, actor, monkeypatch, sort):
    monkeypatch.setattr(listing, "PAGE", 2)
    rows = [published(letter, actor, subject=f"电梯{'电梯' * (n % 2)}第{n}") for n in range(5)]
    PublishedCase.objects.filter(pk=rows[1].pk).update(useful=2)
    seen = all_pages(q="电梯", sort=sort)
    assert sorted(seen) == sorted(row.slug for row in rows)


def test_where_nothing_is_found_it_says_what_to_try_and_shows_what_is_alike(three):
    forget()
    html = page(q="电梯坏了三个月还没修", place="610113")
    assert "没有找到“电梯坏了三个月还没修”" in html
    assert "不按地点、事项、年份筛选，再找一次" in html
    assert "意思相近的" in html
    assert three[1].slug in html


@pytest.mark.parametrize(
    "query",
    [{"sort": "x"}, {"before": "9.9"}, {"before": "2026-13-40.1", "sort": "new"}, {"year": "20٢٠"}, {"unit": "'"},
     {"place": "610124' OR"}, {"before": "1.1", "sort": "useful"}, {"q": "。", "sort": "best"}],
)  # fmt: skip
def test_an_address_that_nobody_understands_is_a_list_all_the_same(three, query):
    assert Client().get(WHERE, query).status_code == 200


def test_the_list_is_a_table_too_with_what_readers_counted_and_as_it_was_written(three):
    once, title, _lamp = three
    PublishedCase.objects.filter(pk=once.pk).update(useful=3, subject="=電梯停了")
    raw = Client().get("/letters/published.csv", {"q": "电梯"}, headers={"Accept-Language": "zh-CN"})
    assert raw["Public-For"] == "60"
    rows = list(csv.DictReader(io.StringIO(raw.content.decode("utf-8-sig"))))
    assert [row["slug"] for row in rows] == [once.slug, title.slug]
    assert (rows[0]["useful"], rows[0]["met"], rows[1]["useful"]) == ("3", "0", "0")
    assert rows[0]["subject"] == "'=電梯停了", "a formula is defused, the script stays"
    assert 'href="/letters/published.csv?q=' in page(q="电梯")


def test_pages_of_the_list_are_kept_for_everybody(three):
    assert Client().get(WHERE, {"q": "电梯"})["Public-For"] == "30"
