"""No sentence of Django or allauth reaches a person: pages are gone over, and their forms sent empty and wrong."""

from __future__ import annotations

import ast
import gettext
import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.http import Http404
from django.test import Client
from django.urls import resolve
from django.utils import translation

from tests.house.installed import catalogues
from tongban.portal.messages import FRAMEWORK, entries
from tongban.text.scripts import traditional

LANGUAGES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "en"}
THEIRS = ("django/conf", "django/contrib/auth", "allauth")
"""Packages whose translations stand in a page where ours is missing."""
SPEAK = (
    "django/core/validators.py",
    "django/forms/fields.py",
    "django/contrib/auth/password_validation.py",
    "allauth/account/adapter.py",
    "allauth/mfa/adapter.py",
)
NEVER_SHOWN = re.compile(r"email|phone|SMS|verif|URL link", re.I)
"""No account of the house has an address or a number at allauth."""
PLAIN = ("成功登录", "成功登錄", "字段是必填", "欄位", "确保该", "確保該", "Ensure th", "This field", "Enter a valid")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%d|\{\w+\}")
LEAVING = ("/accounts/logout/", "/leave/", "/language/", "/mode/")


def package(name: str) -> Path:
    first, _sep, rest = name.partition("/")
    spec = find_spec(first)
    assert spec is not None
    assert spec.origin
    return Path(spec.origin).parent / rest


def said_by_them(language: str) -> set[str]:
    """What Django and allauth would say, in this language, for the messages of our catalogue."""
    ours = {after for _c, _m, after in entries(FRAMEWORK / LANGUAGES[language] / "LC_MESSAGES" / "django.po")}
    found = set()
    for _context, message, _after in entries(FRAMEWORK / "zh_Hans" / "LC_MESSAGES" / "django.po"):
        found.add(message)
        for name in THEIRS:
            compiled = package(name) / "locale" / LANGUAGES[language] / "LC_MESSAGES" / "django.mo"
            if compiled.exists():
                with compiled.open("rb") as file:
                    catalogue = gettext.GNUTranslations(file)
                found |= {catalogue.gettext(message), catalogue.ngettext(message, message, 2)}
    return {text for text in found - ours if len(text) > (20 if text.isascii() else 5)}


def pattern(language: str) -> re.Pattern[str]:
    sentences = (".{0,80}?".join(map(re.escape, PLACEHOLDER.split(text))) for text in said_by_them(language))
    return re.compile("|".join([*map(re.escape, PLAIN), *sorted(sentences)]))


class Page(HTMLParser):
    """The links of a page, and its forms that post: where to, and the names of their inputs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "a" and has.get("href"):
            self.links.append(str(has["href"]))
        elif tag == "form":
            self.inside = (has.get("method") or "").lower() == "post"
            if self.inside:
                self.forms.append((has.get("action") or "", {}))
        elif self.inside and has.get("name") and tag in ("input", "select", "textarea", "button"):
            hidden = has.get("type") in ("hidden", "submit") or tag == "button"
            self.forms[-1][1].setdefault(str(has["name"]), str(has.get("value") or "") if hidden else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def followed(client: Client, at: str, answer: Any) -> tuple[str, str]:
    """Where redirects led, and the text of the page there; empty if it is none."""
    for _ in range(5):
        if not answer.has_header("Location"):
            break
        at = urljoin(at, answer["Location"])
        answer = client.get(at)
    return at, answer.content.decode() if answer.get("Content-Type", "").startswith("text/html") else ""


def walk(client: Client, starts: tuple[str, ...], most: int) -> Iterator[tuple[str, str]]:
    """(what was asked, its text) for one page of every route that links lead to, and each of its forms sent twice."""
    waiting = list(starts)
    seen: set[str] = set()
    sent: set[tuple[str, ...]] = set()
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        path = urlsplit(address).path
        try:
            route = resolve(path).route
        except Http404:
            continue
        if route in seen or path.startswith(LEAVING):
            continue
        seen.add(route)
        at, text = followed(client, address, client.get(address))
        yield f"GET {address}", text
        page = Page(text)
        waiting += [urljoin(at, link) for link in page.links if not urlsplit(urljoin("//x" + at, link)).scheme]
        for action, names in page.forms:
            target = urljoin(at, action)
            key = (urlsplit(target).path, *sorted(names))
            if key in sent or target.startswith(LEAVING):
                continue
            sent.add(key)
            wrong = {name: value or "？！" * 4 for name, value in names.items()}
            for given in ({name: value for name, value in names.items() if value}, wrong):
                yield f"POST {target} {sorted(given)}", followed(client, target, client.post(target, given))[1]


def found_on(client: Client, language: str, starts: tuple[str, ...], most: int) -> tuple[list[str], int]:
    barred, wrong, looked = pattern(language), [], 0
    client.cookies["tongban_language"] = language
    for asked, text in walk(client, starts, most):
        looked += 1
        hit = barred.search(html.unescape(re.sub(r"<script.*?</script>", "", text, flags=re.S)))
        if hit:
            wrong.append(f"{asked}: {hit.group()}")
    return wrong, looked


OTHER_NAMES = re.compile(
    "网上信箱|写一封信|我要写信|查询我的来信|线上接访|谁负责|升温|办理操作|办理负荷|回复单位|第二重验证|双因素|多因素|长者版"
)
"""Names that nothing on the screen has any more (docs/words.md)."""


def test_a_thing_has_one_name_on_the_screen():
    """In every message that the source has now: the catalogue holds no other."""
    messages = [message for path in catalogues("en") for _c, message, _after in entries(path)]
    own = [line for line in messages if OTHER_NAMES.search(line.replace("由谁负责", ""))]
    assert own == []


@pytest.fixture
def _unhindered(db, settings):
    """Nobody is asked to slow down: this is one client that sends every form of the house."""
    cache.clear()
    settings.RATELIMIT_ENABLE = False
    settings.AXES_ENABLED = False


@pytest.mark.usefixtures("_unhindered")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_sentence_of_the_frameworks_reaches_a_resident(letter, language):
    case, receipt = letter()
    client = Client()
    assert client.post("/follow/", {"code": case.code, "secret": receipt.secret}).status_code == 302
    wrong, looked = found_on(client, language, ("/", "/new/letter/", f"/follow/{case.code}/", "/accounts/login/"), 60)
    assert wrong == []
    assert looked > 40


@pytest.mark.usefixtures("_unhindered")
@pytest.mark.parametrize("role", ["clerk", "handler", "head", "supervisor", "data_officer", "administrator"])
def test_no_sentence_of_the_frameworks_reaches_an_official(letter, official, signed_in, role):
    case, _receipt = letter()
    client = signed_in(official("610113-CG", role))
    language = {"head": "en", "data_officer": "zh-hant"}.get(role, "zh-hans")
    wrong, looked = found_on(client, language, ("/desk/", f"/desk/{case.code}/", "/accounts/password/change/"), 25)
    assert wrong == []
    assert looked > 40


def test_what_they_can_say_is_in_our_catalogue():
    """So that a new edition of Django or allauth brings no sentence of its own."""
    ours = {message for _c, message, _after in entries(FRAMEWORK / "zh_Hans" / "LC_MESSAGES" / "django.po")}
    missing = set()
    for name in SPEAK:
        for node in ast.walk(ast.parse(package(name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "").removesuffix("_lazy") in (
                "_", "gettext", "ngettext"
            ):  # fmt: skip
                first = node.args[0]
                if isinstance(first, ast.Constant) and len(first.value) > 12 and not NEVER_SHOWN.search(first.value):
                    missing |= {first.value} - ours
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES.values())
def test_the_catalogue_of_the_frameworks_is_whole_and_compiled(language):
    path = FRAMEWORK / language / "LC_MESSAGES" / "django.po"
    simplified = {(c, m): after for c, m, after in entries(FRAMEWORK / "zh_Hans" / "LC_MESSAGES" / "django.po")}
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    rows = entries(path)
    assert {(c, m) for c, m, _after in rows} == set(simplified)
    for context, message, after in rows:
        assert after, message
        assert set(PLACEHOLDER.findall(after.partition(" || ")[0])) == set(PLACEHOLDER.findall(message)), message
        if " || " not in after and compiled.ngettext(message, message, 1) != after:
            assert (compiled.pgettext(context, message) if context else compiled.gettext(message)) == after
        if language == "zh_Hant":
            assert after == traditional(simplified[context, message])


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "这一项不能空着。"), ("zh-hant", "這一項不能空着。"), ("en", "This cannot be left empty.")],
)
def test_ours_comes_before_theirs(language, said):
    with translation.override(language):
        assert translation.gettext("This field is required.") == said
