"""Rules nobody can forget: every route says who may use it, one room writes cases, floors hold,
messages are translated."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.house.installed import SOURCE, catalogues, kinds, sources
from tongban.gate.door import doors, loaded, parts, rooms
from tongban.gate.parts import ApiRoutes, DeskLink, HomeCard, HomeLink, Kind, NavLink, Routes, SiteSearch
from tongban.gate.timed import timed
from tongban.portal.api import OPERATIONS, api
from tongban.portal.messages import BETWEEN, LANGUAGES, PLURALS, entries

ROOT = Path(__file__).resolve().parents[2]


def routes(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            yield from routes(item, prefix + str(item.pattern))
        else:
            yield prefix + str(item.pattern), item


def test_every_route_declares_who_may_use_it():
    undeclared = [
        path
        for path, route in routes(get_resolver())
        if not path.startswith("api/v1/") and not getattr(route.callback, "allows", None)
    ]
    assert undeclared == []


def test_every_operation_of_the_api_declares_who_may_use_it():
    schema = api.get_openapi_schema()
    assert schema["openapi"].startswith("3.1")
    operations = {
        operation["operationId"]: operation for methods in schema["paths"].values() for operation in methods.values()
    }
    assert set(operations) == set(OPERATIONS)
    for name, operation in operations.items():
        assert bool(operation.get("security")) is (OPERATIONS[name] != "public"), name
        assert any(str(status).startswith("4") for status in operation["responses"]) or not operation.get(
            "parameters"
        ), name


def test_every_post_of_the_api_takes_an_idempotency_key():
    for methods in api.get_openapi_schema()["paths"].values():
        if "post" in methods:
            assert "Idempotency-Key" in {item["name"] for item in methods["post"]["parameters"]}


def test_only_the_writer_writes_cases_and_acts():
    allowed = {"cases/writer.py", "cases/wiping.py", "cases/settling.py", "ledger/bulk.py"}
    writes = r"update|create|bulk_create|bulk_update|get_or_create|update_or_create|delete"
    pattern = re.compile(rf"\b(?:Case|Act)\.objects(?:\.\w+\([^)]*\))*\.(?:{writes})\(")
    found = {
        str(path).removeprefix(f"{SOURCE}/")
        for path in sources(".py")
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    assert found <= allowed


# --- every kind of case that is registered ----------------------------------------------------------------------------

EVERY_KIND = pytest.mark.parametrize("kind", sorted(kinds()))


def declared(kind: str) -> Kind:
    """The part by which a door brings this kind of case."""
    return next(part for part in parts(Kind) if part.procedure.kind == kind)


def test_every_kind_is_brought_by_a_door():
    assert {part.procedure.kind for part in parts(Kind)} == set(kinds())


@EVERY_KIND
def test_every_state_can_be_reached_and_every_act_has_words(kind):
    procedure = kinds()[kind]
    reached, grown = {procedure.initial, *procedure.begins}, True
    while grown:
        before = len(reached)
        for edge in procedure.edges:
            if edge.sources & (reached | {""}):
                reached |= {edge.target} if edge.target else set()
                reached |= edge.by_effect
        grown = len(reached) > before
    assert reached == {state.name for state in procedure.states}
    assert all(str(edge.label) and str(edge.told) and edge.who for edge in procedure.edges)
    assert all(str(state.label) for state in procedure.states)
    assert str(procedure.label)


@EVERY_KIND
def test_every_act_starts_somewhere_that_can_be_reached_and_no_open_state_is_a_dead_end(kind):
    procedure = kinds()[kind]
    assert all(edge.sources for edge in procedure.edges)
    for state in procedure.states:
        ways_on = [
            edge for edge in procedure.edges if state.name in edge.sources and edge.target not in (None, state.name)
        ]
        assert ways_on or state.phase != "work", f"{kind}: nothing leads on from {state.name}"


@EVERY_KIND
def test_no_act_is_open_to_everybody_and_none_skips_the_table(kind):
    known = re.compile(
        r"^(resident|system|(lead|assist|above|coordinator|about|part|whole):(clerk|handler|head|supervisor))$"
    )
    edges = kinds()[kind].edges
    opening = frozenset({""})  # an official may open a case that nobody stands to yet
    assert all(
        known.match(who) or (who == "official" and edge.sources == opening) for edge in edges for who in edge.who
    )
    assert not any("administrator" in who for edge in edges for who in edge.who)


@EVERY_KIND
def test_every_closed_state_can_only_be_left_by_what_its_door_names(kind):
    """A letter, which is never in force: by the resident asking for a review, or by closing."""
    procedure = kinds()[kind]
    for edge in procedure.edges:
        for source in edge.sources:
            if source and procedure.state(source).phase == "over" and edge.target:
                assert edge.act in declared(kind).goes_on, edge.act


# --- doors ------------------------------------------------------------------------------------------------------------


def imported(path: Path) -> set[str]:
    """The modules that a file of `tongban` imports, wherever in it."""
    here, found = path.relative_to(SOURCE.parent).parts, set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(here[: -node.level]) if node.level else ""
            module = ".".join(part for part in (above, node.module) if part)
            found |= {module, *(f"{module}.{name.name}" for name in node.names)}
    return found


NOT_YET = {("bench", "tongban.letters")}
"""The bench measures letters by name, so far."""


def test_nobody_but_a_door_knows_a_door():
    """Whatever room it is, and whatever door was added: `.importlinter` holds the same for those it lists."""
    packages = {apps.get_app_config(door.name).name for door in doors()}
    for path in SOURCE.rglob("*.py"):
        room, names = path.relative_to(SOURCE).parts[0], imported(path)
        for package in packages - {f"tongban.{room}"}:
            known = {name for name in names if name == package or name.startswith(f"{package}.")}
            assert not known or (room, package) in NOT_YET, f"{path} imports {known}"


def test_no_template_of_a_shared_room_names_a_page_of_a_door():
    namespaces = {door.name for door in doors()}
    folders = [Path(apps.get_app_config(door.name).path) for door in doors()]
    for path in sources(".html"):
        if not any(path.is_relative_to(folder) for folder in folders):
            named = set(re.findall(r"""["'](\w+):\w+["']""", path.read_text(encoding="utf-8")))
            assert not named & namespaces, f"{path} names {named & namespaces}"


def named(part: object) -> list[str]:
    """What a part names as "package.module:attribute"."""
    values = [getattr(part, field.name) for field in fields(part)]
    return [value for value in values if isinstance(value, str) and re.fullmatch(r"[a-z_]+(\.\w+)+:\w+", value)]


def test_everything_that_the_rooms_of_the_house_name_is_there():
    """A wrong name in a declaration is found here, not by the first who opens the page."""
    found = 0
    for room in rooms():
        for part in room.parts:
            for name in named(part):
                assert loaded(name) is not None, (room.name, name)
                found += 1
    assert found > 15
    for part in parts(Routes):
        assert loaded(f"{part.module}:urlpatterns"), part.module
    assert {door.name for door in doors()} >= {"letters", "protection"}
    assert {"close", "drafts", "topics", "sessions", "limits", "statements"} <= {piece.name for piece in timed()}


def test_every_link_that_a_room_names_leads_to_a_page_and_every_card_has_its_template():
    for link in (*parts(DeskLink), *parts(NavLink), *parts(HomeLink)):
        assert reverse(link.name), link
    for part in parts(SiteSearch):
        assert reverse(part.page), part
    for card in parts(HomeCard):
        assert get_template(card.template), card


def test_every_tag_of_the_api_is_declared_by_a_room():
    tags = {part.tag for part in parts(ApiRoutes)}
    for methods in api.get_openapi_schema()["paths"].values():
        assert all(set(operation["tags"]) <= tags for operation in methods.values())


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language):
    missing = [
        (str(path), message) for path in catalogues(language) for _context, message, after in entries(path) if not after
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_placeholders(language):
    marks = re.compile(r"%\(\w+\)[sd]")
    for path in catalogues(language):
        for _context, message, after in entries(path):
            assert sorted(set(marks.findall(message))) == sorted(set(marks.findall(after))), message


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_matches_its_source(language):
    import gettext

    for path in catalogues(language):
        with path.with_suffix(".mo").open("rb") as file:
            compiled = gettext.GNUTranslations(file)
        for context, message, after in entries(path):
            if message in PLURALS:
                one, _sign, many = after.partition(BETWEEN)
                assert compiled.ngettext(message, message, 1) == one
                assert compiled.ngettext(message, message, 5) == (many or one)
                continue
            assert (compiled.pgettext(context, message) if context else compiled.gettext(message)) == (after or message)


def test_every_message_in_the_source_is_in_the_catalogue():
    catalogue = {message for path in catalogues("en") for _context, message, _after in entries(path)}
    missing = set()
    for path in sources(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("_", "gettext_lazy", "gettext")
            ):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value not in catalogue:
                    missing.add(first.value)
    for path in sources(".html"):
        for message in re.findall(r'\{%\s*translate "([^"]+)"', path.read_text(encoding="utf-8")):
            if message.replace("%", "%%") not in catalogue and message not in catalogue:
                missing.add(message)
    assert missing == set()


def test_no_page_has_inline_script_or_style():
    for path in sources(".html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son\w+=\"", text
        ), path


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
