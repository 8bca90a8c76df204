"""A stranger, or somebody signed in, sends parameters that no form of ours makes.

Before: `slot=²` on the page of reception times, `?after=²` on the tables of the registry and numbers of 5,000 digits
ended in 500, because `"²".isdigit()` is true and `int("²")` fails; a NUL character did so on PostgreSQL. A body over
the limit gave a bare 400 in one language. Now one function reads every whole number (`gate/numbers.py`), and every
route with every parameter that its module reads answers such values with a page or a refusal, never with 500.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from tests.house.refused import World, world
from tests.house.test_meta import SOURCE, routes
from tests.house.test_refusals import filled
from tongban.accounts.models import Post
from tongban.accounts.officials import issue_token
from tongban.counter import proven
from tongban.gate import cookies
from tongban.gate.numbers import LONGEST, number

__all__ = ["world"]
WORST = ("²", "9" * 19, "9" * 4400, "a\x00b")
ODD = (*WORST, "-1", "'\"<>%/..\u202e🙂")
READS = re.compile(
    r"""(?:GET|POST|FILES|given|query|wanted|values|data)\.get(?:list)?\(\s*"(\w+)"|(?:GET|POST|given)\["(\w+)"\]"""
)


@pytest.mark.parametrize(
    "text",
    [
        "²",
        "٣",
        "-1",
        "+1",
        "1_0",
        " 1",
        "1\n",
        "",
        "1.0",
        "1e3",
        "9" * (LONGEST + 1),
        "9" * 5000,
        "1\x00",
        None,
        5,
        ["1"],
    ],
)
def test_what_is_no_number_is_none(text):
    assert number(text) is None


@given(st.integers(0, 10**LONGEST - 1))
def test_every_number_that_fits_is_read(value):
    assert number(str(value)) == value
    assert number(str(value), most=value) == value
    assert number(str(value), most=value - 1) is None


def test_no_other_code_asks_whether_request_input_is_digits():
    """`isdigit`, `isdecimal` and `isnumeric` are true for what `int` or a database refuses; the web's rooms use
    `number`."""
    rooms = (
        "gate",
        "counter",
        "letters/pages",
        "letters/desk",
        "desk",
        "letters/api",
        "protection/pages",
        "protection/api",
        "portal",
        "scorecards",
    )
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for room in rooms
        for path in (SOURCE / room).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\.is(?:digit|decimal|numeric)\(\)", line) and "numbers.py" not in str(path)
    ]
    assert [line for line in found if "any(ch.isdigit() for ch in query)" not in line] == []


def names_read_by(callback: Any) -> list[str]:
    """The names of parameters that the module of a view reads, as its source says."""
    module = sys.modules.get(getattr(inspect.unwrap(callback), "__module__", ""))
    source = Path(str(module.__file__)).read_text(encoding="utf-8") if module is not None and module.__file__ else ""
    names = {first or second for first, second in READS.findall(source)}
    return sorted(names | {"q", "after", "cursor"})


def addresses(path: str, here: World) -> Iterator[str]:
    """The address of a route with an odd value in each of its places, one place after the other."""
    plain = filled(path, here).replace("{act}", "rate")
    yield plain
    yield from (
        plain.replace("/units/", f"/{table}/") + "?after=" + quote(odd)
        for table in ("duties", "limits")
        if "/units/" in plain
        for odd in WORST
    )
    parts = plain.strip("/").split("/")
    shape = re.sub(r"\^|\$|\\", "", path).strip("/").split("/")
    for at, piece in enumerate(shape[: len(parts)]):
        if "<" in piece or "(" in piece:
            for odd in WORST:
                head, dot, ending = parts[at].rpartition(".")
                yield (
                    "/"
                    + "/".join(
                        [*parts[:at], quote(odd, safe="") + (dot + ending if dot and head else ""), *parts[at + 1 :]]
                    )
                    + "/" * plain.endswith("/")
                )


def everybody_at_once(here: World, official: Any) -> Client:
    """A browser that is signed in with every role there is, and has shown the secret of the letter."""
    user = official(here.case.unit_id, "handler", "the-handler")
    for role in ("clerk", "head", "supervisor", "administrator", "data_officer"):
        official(here.case.unit_id, role, "the-handler")
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    shown = {"letters": {here.case.code: [here.case.pk, 2**40, here.case.secret_digest[:16]]}}
    client.cookies[proven.LETTERS] = cookies.sealed(proven.LETTERS, shown, proven.PROOF_SECONDS)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["pages", "programs"])
def test_no_route_answers_odd_parameters_with_500(world, official, kind):
    here = world(False)
    client = everybody_at_once(here, official)
    Authenticator.objects.filter(type="webauthn").delete()  # the one of this world is no key that a browser made
    post = Post.objects.filter(official=here.victim, role="handler").first()
    tokens = (f"Bearer {issue_token(post, 'x', 5)}", f"Receipt {here.secret}") if kind == "programs" else ("",)
    broken = []
    for path, route in routes(get_resolver()):
        if path.startswith(("api/", "open311/")) is not (kind == "programs") or path == "accounts/logout/":
            continue
        names = names_read_by(route.callback)
        for token in tokens:
            headers = {"Authorization": token, "Idempotency-Key": "odd-input-0123456789"} if token else {}
            together = [urlencode(dict.fromkeys(names, odd)) for odd in ODD]
            alone = (
                [] if path.startswith("accounts/") else [urlencode({name: "²"}) for name in names]
            )  # allauth's have tests of their own
            calls = [("GET", address, "") for address in addresses(path, here)]
            plain = calls[0][1]
            calls += [("GET", plain, query) for query in (*alone, *together)]
            calls += [
                ("POST", plain, query)
                for query in together
                if kind == "pages" and "POST" in getattr(route.callback, "methods", "POST")
            ]
            for method, address, query in calls:
                if method == "GET":
                    response = client.get(f"{address}?{query}" if query else address, headers=headers)
                else:
                    response = client.post(
                        address, query, content_type="application/x-www-form-urlencoded", headers=headers
                    )
                if response.status_code >= 500 and response.status_code != 503:
                    broken.append((method, address[:80], query[:60], response.status_code))
    assert broken == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", ["/new/letter/", "/follow/", "/new/letter/text/", "/api/v1/letters"])
def test_a_body_over_the_limit_is_told_in_words(registry, path, language):
    """413 with a page, or a problem for programs, in the asker's language; before: a bare 400."""
    heads = {"Accept-Language": language, "Idempotency-Key": "odd-input-0123456789"}
    kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
    answer = Client().post(path, b"about=" + b"x" * 3_000_000, content_type=kind, headers=heads)
    assert answer.status_code == 413
    assert answer["Content-Language"] == language
    if path.startswith("/api/"):
        assert answer.json()["code"] == "too_big"
    else:
        assert "data-error-page" in answer.content.decode()
        assert language == "en" or "内容太大" in answer.content.decode()


@pytest.mark.django_db
def test_a_body_that_says_it_is_huge_is_refused_before_it_is_read(registry):
    """A web worker neither reads nor stores what no form of the house sends."""
    from django.test import RequestFactory

    from tongban.portal.errors import RequestLimits

    reached: list[Any] = []
    for length in ("70000000", "9" * 30, "-1", "²"):
        request = RequestFactory().post("/new/letter/text/", {"a": "b"})
        request.META["CONTENT_LENGTH"] = length
        assert RequestLimits(reached.append)(request).status_code == 413, length  # type: ignore[arg-type]
    assert reached == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "where",
    [
        "http://localhost/",
        "http://127.0.0.1/",
        "https://evil.example/",
        "//localhost/x",
        "http:///x",
        "javascript:alert(1)",
    ],
)
def test_signing_in_leads_to_no_other_host(official, settings, where):
    """Any of ALLOWED_HOSTS was followed: another site on the same machine, or one that the attacker runs on
    localhost."""
    settings.ALLOWED_HOSTS = ["tongban.example", "localhost", "127.0.0.1"]
    user = official("610113-CG", "handler")
    client = Client(headers={"host": "tongban.example"})
    answer = client.post("/accounts/login/", {"login": user.username, "password": "a long password", "next": where})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith("//")
    assert client.post("/accounts/logout/", {"next": where})["Location"] == "/"


@pytest.mark.django_db
def test_signing_in_still_leads_back_to_the_page_that_was_asked_for(official):
    user = official("610113-CG", "handler")
    answer = Client().post(
        "/accounts/login/", {"login": user.username, "password": "a long password", "next": "/desk/search/?q=1"}
    )
    assert answer["Location"] == "/desk/search/?q=1"
