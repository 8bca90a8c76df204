"""Rules nobody can forget: every route says who may use it, one room writes cases, floors hold, messages are translated."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tongban.letters.procedure import ALL, EDGES, LETTER
from tongban.portal.api import OPERATIONS, api
from tongban.portal.messages import BETWEEN, LANGUAGES, LOCALE, PLURALS, entries

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tongban"


def routes(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            yield from routes(item, prefix + str(item.pattern))
        else:
            yield prefix + str(item.pattern), item


def test_every_route_declares_who_may_use_it():
    undeclared = [path for path, route in routes(get_resolver()) if not path.startswith("api/v1/") and not getattr(route.callback, "allows", None)]
    assert undeclared == []


def test_every_operation_of_the_api_declares_who_may_use_it():
    schema = api.get_openapi_schema()
    assert schema["openapi"].startswith("3.1")
    operations = {operation["operationId"]: operation for methods in schema["paths"].values() for operation in methods.values()}
    assert set(operations) == set(OPERATIONS)
    for name, operation in operations.items():
        assert bool(operation.get("security")) is (OPERATIONS[name] != "public"), name
        assert any(str(status).startswith("4") for status in operation["responses"]) or not operation.get("parameters"), name


def test_every_post_of_the_api_takes_an_idempotency_key():
    for methods in api.get_openapi_schema()["paths"].values():
        if "post" in methods:
            assert "Idempotency-Key" in {item["name"] for item in methods["post"]["parameters"]}


def test_only_the_writer_writes_cases_and_acts():
    allowed = {"cases/writer.py", "cases/retention.py", "cases/settling.py", "ledger/bulk.py"}
    pattern = re.compile(r"\b(?:Case|Act)\.objects(?:\.\w+\([^)]*\))*\.(?:update|create|bulk_create|bulk_update|get_or_create|update_or_create|delete)\(")
    found = [str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if pattern.search(path.read_text(encoding="utf-8"))]
    assert set(found) <= allowed


def test_every_state_can_be_reached_and_every_act_has_words():
    reached, grown = {"submitted", "dispatched"}, True
    extra = {"return_dispatch": "disputed", "change_matter": "submitted"}
    while grown:
        before = len(reached)
        for edge in EDGES:
            if edge.sources & (reached | {""}):
                reached |= {edge.target} if edge.target else set()
                reached |= {extra[edge.act]} if edge.act in extra else set()
        grown = len(reached) > before
    assert reached == ALL
    assert all(str(edge.label) and str(edge.told) and edge.who for edge in EDGES)


def test_no_act_is_open_to_everybody_and_none_skips_the_table():
    known = re.compile(r"^(resident|system|(lead|assist|above|coordinator):(clerk|handler|head|supervisor))$")
    assert all(known.match(who) for edge in EDGES for who in edge.who)
    assert not any("administrator" in who for edge in EDGES for who in edge.who)


def test_every_closed_state_can_only_be_left_by_the_resident_asking_for_a_review_or_by_closing():
    for edge in EDGES:
        for source in edge.sources:
            if source and not LETTER.state(source).open and edge.target:
                assert edge.act in ("ask_review", "ask_recheck", "close"), edge.act


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language):
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    assert [message for _context, message, after in entries(path) if not after] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_placeholders(language):
    marks = re.compile(r"%\(\w+\)[sd]")
    for _context, message, after in entries(LOCALE / language / "LC_MESSAGES" / "django.po"):
        assert sorted(set(marks.findall(message))) == sorted(set(marks.findall(after))), message


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_matches_its_source(language):
    import gettext

    folder = LOCALE / language / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for context, message, after in entries(folder / "django.po"):
        if message in PLURALS:
            one, _sign, many = after.partition(BETWEEN)
            assert compiled.ngettext(message, message, 1) == one
            assert compiled.ngettext(message, message, 5) == (many or one)
            continue
        assert (compiled.pgettext(context, message) if context else compiled.gettext(message)) == (after or message)


def test_every_message_in_the_source_is_in_the_catalogue():
    catalogue = {message for _context, message, _after in entries(LOCALE / "en" / "LC_MESSAGES" / "django.po")}
    missing = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "gettext_lazy", "gettext"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value not in catalogue:
                    missing.add(first.value)
    for path in SOURCE.rglob("*.html"):
        for message in re.findall(r'\{%\s*translate "([^"]+)"', path.read_text(encoding="utf-8")):
            if message.replace("%", "%%") not in catalogue and message not in catalogue:
                missing.add(message)
    assert missing == set()


def test_no_page_has_inline_script_or_style():
    for path in SOURCE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son\w+=\"", text), path


def test_no_commit_names_a_registry_host():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    hosts = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.org", r"deb\." + "debian")))
    for name in tracked:
        if name.endswith((".py", ".toml", ".md", ".txt", ".yml", ".html", "run")):
            assert not hosts.search((ROOT / name).read_text(encoding="utf-8")), name


def test_no_category_reports_speech_belief_or_criticism():
    from tongban.demo.generate import matters

    barred = re.compile("言论|信仰|宗教|批评|舆情|思想|政治|谣言|煽动")
    assert not [row for row in matters() if barred.search(row.name + row.description)]


@pytest.mark.django_db
def test_migrations_are_in_line_with_the_models():
    import io

    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", stdout=io.StringIO())
