"""Somebody puts a cookie into a resident's browser: from a neighbouring site, over plain HTTP, or at a computer that
others use.

Before: a planted draft cookie let its owner read the letter that the resident then wrote; the session kept its key
when a secret was proved and lived twelve hours though the page said "until the browser is closed"; a cookie that the
page cache and Django read in two ways put a page under somebody else's key.
Now: a draft moves to a new key each time it is saved, what a browser has proved is made anew each time, names begin
with `__Host-` over HTTPS, cookies end with the browser, one parser reads them all, and a button clears what the
browser holds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tongban.cases.models import Attachment, Case
from tongban.counter.models import Draft
from tongban.portal.pagecache import PageCache

pytestmark = pytest.mark.django_db
DRAFT = "tongban_draft"
TEXT = {"subject": "夜间施工", "body": "只有我知道的事。", "visibility": "public", "send": "1"}
SEND = {"send": "1"}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Any) -> None:
    settings.ATTACHMENT_ROOT = tmp_path


def began(client: Client) -> None:
    client.post("/new/letter/", {"matter": "0101", "about": "施工噪音"})
    client.post("/new/letter/where/", {"place": "610113"})


def planted(attacker: Client) -> Client:
    """The resident's browser with the draft cookie of somebody who began a letter and stopped."""
    began(attacker)
    resident = Client()
    resident.cookies[DRAFT] = attacker.cookies[DRAFT].value
    return resident


@pytest.mark.parametrize("way", ["from the first step", "goes on with the draft", "straight to the text"])
def test_who_planted_a_draft_cookie_does_not_read_what_is_written(registry, way):
    attacker = Client()
    resident = planted(attacker)
    if way == "from the first step":
        began(resident)
    elif way == "goes on with the draft":
        resident.post("/new/letter/", {"go_on": "1"})
    resident.post("/new/letter/text/", {**TEXT, "save": "1"})
    assert "只有我知道的事" in resident.get("/new/letter/text/").content.decode()
    assert "只有我知道的事" not in attacker.get("/new/letter/text/").content.decode()
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert attacker.get("/new/letter/text/").status_code == 302


def test_who_planted_a_draft_cookie_does_not_get_the_receipt(registry):
    attacker = Client()
    resident = planted(attacker)
    resident.post("/new/letter/text/", TEXT)
    assert resident.post("/new/letter/check/", SEND)["Location"] == "/follow/sent/"
    assert attacker.get("/follow/sent/").status_code == 302
    assert attacker.get(f"/follow/{Case.objects.get().code}/").status_code == 404


def test_what_a_browser_has_proved_is_made_anew_with_each_secret(registry):
    """An attacker's own proof, planted, opens the attacker's letter for the resident and never the resident's for the
    attacker."""
    attacker, resident = Client(), Client()
    began(attacker)
    attacker.post("/new/letter/text/", {**TEXT, "subject": "引子"})
    attacker.post("/new/letter/check/", SEND)
    value = resident.cookies["tongban_letters"] = attacker.cookies["tongban_letters"].value
    began(resident)
    resident.post("/new/letter/text/", TEXT)
    resident.post("/new/letter/check/", SEND)
    assert resident.cookies["tongban_letters"].value != value
    assert attacker.get(f"/follow/{Case.objects.latest('pk').code}/").status_code == 404


def test_a_double_click_without_scripts_still_gives_one_letter_and_its_receipt(registry):
    """The second half of a double click carries the cookie of before the first, and its answer is the one that the
    browser shows."""
    client = Client()
    began(client)
    client.post("/new/letter/text/", TEXT)
    form = client.get("/new/letter/check/").content.decode().split('name="form" value="')[1].split('"')[0]
    second = Client()
    second.cookies = client.cookies.copy()
    answers = [who.post("/new/letter/check/", {**SEND, "form": form}) for who in (client, second)]
    assert [answer["Location"] for answer in answers] == ["/follow/sent/"] * 2
    assert Case.objects.count() == 1
    assert (
        client.get("/follow/receipt/").content.decode().count("密码")
        == second.get("/follow/receipt/").content.decode().count("密码")
        > 0
    )


def test_a_double_click_while_saving_loses_nothing(registry):
    client = Client()
    began(client)
    second = Client()
    second.cookies = client.cookies.copy()
    file = SimpleUploadedFile("a.txt", "内容".encode())
    client.post("/new/letter/text/", {"subject": "一半", "body": "内容在此", "save": "1", "files": file})
    second.post("/new/letter/text/", {"subject": "一半", "body": "内容在此", "save": "1"})
    page = second.get("/new/letter/text/").content.decode()
    assert "内容在此" in page
    assert "a.txt" in page


def test_cookies_end_with_the_browser_but_for_a_draft_that_was_to_be_kept(registry):
    client = Client()
    began(client)
    assert client.cookies[DRAFT]["max-age"] == ""
    client.post("/new/letter/text/", TEXT)
    client.post("/new/letter/check/", SEND)
    for name in ("tongban_letters", "tongban_receipt"):
        assert client.cookies[name]["max-age"] == client.cookies[name]["expires"] == "", name
        assert client.cookies[name]["httponly"], name
    kept = Client()
    began(kept)
    kept.post("/new/letter/text/", {**TEXT, "save": "1"})
    assert kept.cookies[DRAFT]["max-age"] == 7 * 24 * 3600


def test_an_officials_session_and_the_forms_token_end_with_the_browser(official):
    user = official("610113-CG", "handler")
    user.set_password("a long password")
    user.save()
    client = Client()
    client.cookies["tongban_session"] = "planted" * 5
    client.post("/accounts/login/", {"login": user.username, "password": "a long password"})
    assert client.cookies["tongban_session"]["max-age"] == ""
    assert client.cookies["tongban_csrf"]["max-age"] == ""
    assert client.cookies["tongban_session"].value != "planted" * 5


def test_over_https_every_cookie_is_for_this_host_alone():
    """RFC 6265bis: a `__Host-` cookie is Secure, has Path=/ and no Domain; browsers take no other under such a name."""
    code = """
import json
import django
django.setup()
from django.conf import settings as s
from django.http import HttpResponse
from tongban.gate import cookies
from tongban.portal.language import MODE_COOKIE
answer = HttpResponse()
for name in ("tongban_draft", "tongban_letters", "tongban_receipt"):
    cookies.put(answer, name, "x")
cookies.take_away(answer, "tongban_other")
names = [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, MODE_COOKIE, *answer.cookies]
made = [[cookie["secure"], cookie["path"], cookie["domain"], cookie["samesite"]] for cookie in answer.cookies.values()]
secure = [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE]
print(json.dumps([names, made, [*secure, s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH]]))
"""
    environment = {**os.environ, "TONGBAN_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    names, made, rest = json.loads(said.stdout.splitlines()[-1])
    assert all(name.startswith("__Host-") for name in names)
    assert all(attributes == [True, "/", "", "Lax"] for attributes in made)
    assert rest == [True, True, True, None, None, "/"]


BENT = [
    "a b; tongban_language=en",
    "tongban_language=en; \x01=1",
    'x="1; tongban_language=en',
    "=;tongban_language=en; a b",
    'tongban_language="en"; {}=1',
]


@pytest.mark.parametrize("cookie", BENT)
def test_a_bent_cookie_poisons_no_page_of_the_cache(registry, cookie):
    """The page that a bent cookie was given must not be given to those who come after it without one."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    def page(header: str) -> bytes:
        environ = RequestFactory().get("/about/", HTTP_ACCEPT_LANGUAGE="").environ
        environ["HTTP_COOKIE"] = header
        return b"".join(cache(environ, lambda *_: None))

    cache = PageCache(WSGIHandler())
    page(cookie)
    plain, theirs = page(""), page("tongban_language=en")
    assert b'lang="zh-hans"' in plain
    assert b'lang="en"' in theirs


def test_leaving_the_computer_clears_what_the_browser_holds(registry):
    client = Client()
    began(client)
    client.post("/new/letter/text/", TEXT)
    client.post("/new/letter/check/", SEND)
    case = Case.objects.get()
    began(client)
    client.post("/new/letter/text/", {**TEXT, "save": "1", "files": SimpleUploadedFile("a.txt", "内容".encode())})
    assert "离开这台电脑" in client.get(f"/follow/{case.code}/").content.decode()
    answer = client.post("/follow/leave/")
    assert answer["Location"] == "/follow/leave/?done"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert {name: morsel.value for name, morsel in client.cookies.items() if morsel.value} == {}
    assert all(
        answer.cookies[name]["max-age"] == 0 for name in ("tongban_letters", "tongban_receipt", DRAFT, "tongban_csrf")
    )
    assert client.get(f"/follow/{case.code}/").status_code == 404
    assert client.get("/follow/sent/").status_code == 302
    assert client.get("/new/letter/text/").status_code == 302
    assert Draft.objects.count() == Attachment.objects.filter(case=None).count() == 0
    assert "痕迹已经清除" in client.get("/follow/leave/?done").content.decode()


def test_a_form_from_another_site_cannot_clear_a_draft(registry):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/follow/leave/").status_code == 403
