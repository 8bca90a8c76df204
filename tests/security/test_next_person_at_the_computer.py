"""The next person at a computer that others use, and proxies on the way: what do browsers and logs keep of an answer?

Before: `/api/v1/desk/export` came without `no-store`; public pages asked for by somebody signed in said `public`;
what a resident typed at 帮我找 (17,861 characters) went into the address, the history and the servers' logs; the
receipt's QR code filled in only the code, and no word beside it said that it is the key.
Now: whatever is for one person is kept by nobody, decided in one place; what a resident types is POSTed.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.house.refused import World, world
from tests.house.test_meta import SOURCE, routes
from tests.house.test_refusals import filled
from tongban.accounts.models import Post
from tongban.accounts.officials import issue_token

__all__ = ["world"]
pytestmark = pytest.mark.django_db
TEMPLATES = SOURCE / "letters" / "templates" / "letters"


def answers(client: Client, here: World, headers: dict[str, str], every: bool) -> list[tuple[str, int, str]]:
    """(path, status, Cache-Control) of every route by GET; not `every`: of those that are not for everybody."""
    found = []
    for path, route in routes(get_resolver()):
        if (
            path == "accounts/logout/"
            or "webauthn" in path
            or not (every or getattr(route.callback, "allows", "public") != "public")
        ):
            continue
        response = client.get(filled(path, here).replace("{act}", "note"), headers=headers)
        found.append((path, response.status_code, response.get("Cache-Control", "")))
    return found


def test_nothing_that_somebody_signed_in_sees_is_kept(world, official, signed_in):
    here = world(False)
    client = signed_in(official(here.case.unit_id, "handler", "the-handler"))
    for role in ("administrator", "head", "data_officer"):
        official(here.case.unit_id, role, "the-handler")
    found = answers(client, here, {}, every=True)
    assert [row for row in found if "no-store" not in row[2]] == []
    assert sum(status == 200 for _path, status, _kept in found) > 40


def test_nothing_that_is_shown_for_a_secret_or_a_token_is_kept(world):
    here = world(False)
    post = Post.objects.get(official=here.victim, role="handler")
    tokens = [f"Bearer {issue_token(post, 'x', 5)}", f"Receipt {here.secret}"]
    for token in tokens:
        found = answers(Client(), here, {"Authorization": token}, every=True)
        assert [row for row in found if "no-store" not in row[2]] == []
    assert Client().get("/api/v1/desk/export", headers={"Authorization": tokens[0]})["Cache-Control"] == "no-store"
    browser = Client()
    browser.post("/follow/", {"code": here.case.code, "secret": here.secret})
    assert [row for row in answers(browser, here, {}, every=False) if "no-store" not in row[2]] == []


def test_public_pages_may_still_be_kept_by_everybody(registry):
    assert "public" in Client().get("/about/").get("Cache-Control", "")
    assert "public" in Client().get("/letters/published/")["Cache-Control"]


def test_what_is_typed_at_help_me_find_stands_in_no_address(registry):
    client, typed = Client(), "夜里施工噪音" * 300
    answer = client.post("/new/letter/", {"find": "1", "about": typed})
    assert answer["Location"] == "/new/letter/"
    page = client.get(answer["Location"]).content.decode()
    assert "噪音扰民" in page
    assert typed in page, "what was typed stays in the field"
    assert "没写完的信" not in page, "asking is not yet writing"


def test_no_form_of_a_residents_page_sends_words_in_the_address():
    """Forms by GET are for searching what is public, and for choosing."""
    for path in TEMPLATES.glob("*.html"):
        for form in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.S):
            assert "<textarea" not in form or 'method="post"' in form, path.name


def test_the_qr_code_carries_code_and_secret_and_says_that_it_is_the_key(registry):
    client = Client()
    client.post("/new/letter/", {"matter": "0101"})
    client.post("/new/letter/where/", {"place": "610113"})
    client.post("/new/letter/text/", {"subject": "夜间施工", "body": "请处理", "visibility": "public", "send": "1"})
    client.post("/new/letter/check/", {"send": "1"})
    for path in ("/follow/sent/", "/follow/receipt/"):
        assert "这个二维码就是打开来信的钥匙" in client.get(path).content.decode()
    page = client.get("/follow/?code=7QK20000ABCD").content.decode()
    assert 'value="7QK20000ABCD"' in page
    assert "data-from-fragment" in page
    script = (SOURCE / "portal" / "static" / "tongban" / "js" / "enhance.js").read_text(encoding="utf-8")
    assert "fromFragment();" in script
    assert "replaceState" in script, "the secret does not stay in the address bar"
