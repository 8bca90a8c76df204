"""The public pages of letters: found exactly in both scripts, and page by page without losing any."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.publishing import publish
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.published.models import PublishedCase

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def published(letter, actor, **more):
    case, _ = letter(**more)
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("answer", handler, {"text": "已责令停工，請放心。", "at_once": True}))
    publish(case, handler, {"subject": case.subject, "body": case.body, "answer": "已责令停工，請放心。"})
    settle()
    return PublishedCase.objects.get(case=case)


def test_published_letters_are_found_exactly_in_both_scripts(letter, actor):
    row = published(letter, actor)
    client = Client()
    for query in ("噪音", "夜間施工", "夜间施工", "请放心", "施 停工"):
        assert row.slug in client.get("/letters/search/", {"q": query}).content.decode(), query
    for query in ("音噪", "停工已", "。"):
        assert row.slug not in client.get("/letters/search/", {"q": query}).content.decode(), query
    assert "<mark>施工</mark>" in client.get("/letters/published/", {"q": "施工"}).content.decode()
    assert client.get(f"/letters/published/{row.slug}/").status_code == 200
    assert client.get("/letters/published/nothing/").status_code == 404


def test_pages_of_published_letters_have_every_letter_once(letter, actor):
    for i in range(23):
        published(letter, actor, subject=f"第{i}封")
    seen, url = [], "/letters/published/"
    while url:
        page = Client().get(url).content.decode()
        seen += re.findall(r"/letters/published/([0-9a-f]{12})/", page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        url = "/letters/published/" + more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 23
