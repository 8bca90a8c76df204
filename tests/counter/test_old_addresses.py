"""Where a letter was written and followed before: receipts, notices and open pages of then still lead to it."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tongban.counter.models import Draft
from tongban.gate import cookies
from tongban.vault import halves

pytestmark = pytest.mark.django_db

MOVED = {
    "/letters/new/": "/new/letter/",
    "/letters/new/where/": "/new/letter/where/",
    "/letters/new/text/": "/new/letter/text/",
    "/letters/track/": "/follow/",
    "/letters/sent/": "/follow/sent/",
    "/letters/receipt/": "/follow/receipt/",
    "/letters/receipt/qr.svg": "/follow/receipt/qr.svg",
    "/letters/leave/": "/follow/leave/",
    "/letters/c/ABC/": "/follow/ABC/",
    "/letters/c/ABC/act/rate/": "/follow/ABC/act/rate/",
    "/letters/c/ABC/looks/": "/follow/ABC/looks/",
    "/letters/c/ABC/data/": "/follow/ABC/data/",
    "/letters/c/ABC/file/k/": "/follow/ABC/file/k/",
    "/letters/c/ABC/proof/": "/follow/ABC/proof/",
    "/letters/c/ABC/proof/1.tlog-proof": "/follow/ABC/proof/1.tlog-proof",
    "/letters/c/ABC/proof/1.pdf": "/follow/ABC/proof/1.pdf",
    "/letters/c/ABC/proof/1.svg": "/follow/ABC/proof/1.svg",
}


@pytest.mark.parametrize(("before", "now"), MOVED.items())
def test_an_old_address_leads_to_the_new_one_with_its_query(before, now):
    answer = Client().get(before + "?code=7QK20000ABCD&about=%E6%9A%96")
    assert (answer.status_code, answer["Location"]) == (301, now + "?code=7QK20000ABCD&about=%E6%9A%96")
    answer = Client().post(before, {"code": "x"})
    assert (answer.status_code, answer["Location"]) == (308, now)


def test_a_form_of_an_open_page_goes_on_at_the_new_address(letter):
    case, receipt = letter()
    client = Client()
    answer = client.post("/letters/track/", {"code": receipt.code, "secret": receipt.secret}, follow=True)
    assert answer.redirect_chain == [("/follow/", 308), (f"/follow/{case.code}/", 302)]
    assert case.subject in answer.content.decode()


def test_a_form_from_another_site_is_not_passed_on():
    assert Client(enforce_csrf_checks=True).post("/letters/track/", {"code": "x"}).status_code == 403


def test_a_draft_and_a_form_of_before_go_on_and_what_was_shown_still_counts(registry, letter):
    """What a browser holds over the change: its draft, the form of an open page, the proof of a secret."""
    client = Client()
    half = halves.new_half()
    before = {
        "matter": "0101",
        "place": "610113",
        "against": None,
        "subject": "写了一半",
        "body": "从前写的",
        "nonce": "n",
    }
    Draft.objects.create(
        digest=halves.row_of(half, "draft"),
        private={"sealed": halves.seal(half, before, "draft")},
        files="f" * 64,
        expires_at=timezone.now() + timedelta(days=1),
    )
    client.cookies["tongban_draft"] = half
    assert "没写完的信" in client.get("/letters/new/", follow=True).content.decode()
    assert client.post("/new/letter/", {"go_on": "1"})["Location"] == "/new/letter/text/"
    assert "从前写的" in client.get("/new/letter/text/").content.decode()

    form = cookies.sealed("tongban_form", {"nonce": "n", "matter": "0101", "place": "610113", "against": None}, 60)
    typed = {"subject": "题", "body": "文", "visibility": "public", "send": "1", "form": form}
    other = Client()
    answer = other.post("/letters/new/text/", typed, follow=True)
    assert answer.redirect_chain == [("/new/letter/text/", 308), ("/new/letter/check/", 302)]

    case, _receipt = letter()
    shown = {"letters": {case.code: [case.pk, int(time.time()) + 60, case.secret_digest[:16]]}}
    other.cookies["tongban_letters"] = cookies.sealed("tongban_letters", shown, 60)
    assert other.get(f"/letters/c/{case.code}/", follow=True).status_code == 200
