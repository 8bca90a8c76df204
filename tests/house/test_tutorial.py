"""The page on adding a kind of case: its blocks are written to files as they stand, its own test runs, and the tests of
the house find its kinds by themselves, on both databases. Its whole way over HTTP is asked by way_of_a_repair.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import runs

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "tests" / "house"
PAGE = ROOT / "docs" / "add-a-kind-of-case.md"
BLOCK = re.compile(r"^```\w+\n(?:#|\{#) (\S+)(?: #\})?\n(.*?)^```$", re.S | re.M)
POSTGRESQL = os.environ.get("TONGBAN_TEST_POSTGRESQL", "")
MOST_LINES = 450
BOTH = pytest.mark.parametrize("database", runs.houses_on("postgresql"))


def blocks() -> dict[str, str]:
    """Path → content of every block of the page."""
    return dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))


@pytest.fixture
def city(tmp_path):
    """The tutorial's folder as a reader would have it, and nothing beside it."""
    for name, content in blocks().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (tmp_path / "data").mkdir()
    return tmp_path


def run(city: Path, *command: str, database: str = "sqlite", **more: str) -> subprocess.CompletedProcess[str]:
    """A command in the folder, with the lines of environment that the page names."""
    left_out = ("PYTEST_ADDOPTS", "DATABASE_URL", "TONGBAN_DATA", "TONGBAN_TEST_WORKER_ON")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {
        "PYTHONPATH": str(city),
        "TONGBAN_DOORS": "repairs",
        "DJANGO_SETTINGS_MODULE": "tongban.config.settings",
        "TONGBAN_DATA": str(city / "data"),
        "DATABASE_URL": POSTGRESQL.rsplit("/", 1)[0] + "/tutorial" if database == "postgresql" else "",
        **more,
    }
    done = subprocess.run([sys.executable, "-m", *command], cwd=city, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done


def of_the_house(city: Path, *tests: str, database: str = "sqlite") -> str:
    """What tests of the house say where the tutorial's folder is installed."""
    asked = ("pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-n", "0")
    return run(city, *asked, "-vv", *tests, database=database, DJANGO_SETTINGS_MODULE="tests.settings").stdout


def state_of_the_checkout() -> dict[Path, tuple[int, int]]:
    """Every file of the house, with its size and when it was changed."""
    files = (
        path for folder in ("src", "docs") for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts
    )
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.is_file()}


def test_every_block_names_its_file_and_none_stands_twice():
    text = PAGE.read_text(encoding="utf-8")
    assert len(BLOCK.findall(text)) == len(blocks()) == len(re.findall(r"^```\w+$", text, re.M)) == 14


def test_a_whole_door_has_at_most_450_lines_all_of_them_in_its_folder():
    lines = sum(len(content.splitlines()) for content in blocks().values())
    assert lines + len(blocks()) <= MOST_LINES, lines
    assert f"All of it is {lines} lines" in PAGE.read_text(encoding="utf-8"), lines
    assert {name.split("/")[0] for name in blocks()} == {"repairs"}
    assert max(len(line) for content in blocks().values() for line in content.splitlines()) <= 120


def test_no_file_of_the_house_knows_it():
    for path in (ROOT / "src").rglob("*.*"):
        if path.suffix in (".py", ".html", ".toml", ".csv"):
            assert not re.search(r"""["'](repairs?|repair_review)["':./]""", path.read_text(encoding="utf-8")), path


def test_what_the_house_says_already_is_not_translated_again(city):
    written = dict(
        re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', blocks()["repairs/locale/en/LC_MESSAGES/django.po"], re.M)
    )
    run(city, "tongban", "messages", "repairs")
    made = (city / "repairs" / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    assert "标题" not in written
    assert 'msgid "标题"\nmsgstr "Title"' in made
    assert all(f'msgstr "{said}"' in made for said in written.values()), "what the door says itself stays"


@pytest.mark.skipif(not runs.LONG, reason="the long run: commands of a door beside the house")
def test_its_command_and_its_import_are_there(city):
    run(city, "tongban", "messages", "repairs")
    assert "repairs" in run(city, "tongban", "--help").stdout
    demo = {"TONGBAN_DEMO": "1"}
    run(city, "tongban", "migrate", **demo)
    assert run(city, "tongban", "repairs", **demo).stdout == ""
    run(city, "tongban", "import", "template", "repairs.csv", "--kind", "repair", **demo)
    assert "损坏部位" in (city / "repairs.csv").read_text(encoding="utf-8-sig")


OF_EVERY_HOUSE = (
    "test_every_route_declares_who_may_use_it", "test_every_operation_of_the_api_declares_who_may_use_it",
    "test_every_post_of_the_api_takes_an_idempotency_key", "test_every_state_can_be_reached_and_every_act_has_words",
    "test_every_act_starts_somewhere_that_can_be_reached_and_no_open_state_is_a_dead_end",
    "test_no_act_is_open_to_everybody_and_none_skips_the_table", "test_every_message_is_translated",
    "test_every_message_in_the_source_is_in_the_catalogue", "test_no_page_has_inline_script_or_style",
    "test_only_the_writer_writes_cases_and_acts", "test_every_kind_is_brought_by_a_door",
    "test_every_closed_state_can_only_be_left_by_what_its_door_names",
    "test_every_tag_of_the_api_is_declared_by_a_room",
    "test_nobody_but_a_door_knows_a_door", "test_no_template_of_a_shared_room_names_a_page_of_a_door",
    "test_everything_that_the_rooms_of_the_house_name_is_there",
    "test_every_link_that_a_room_names_leads_to_a_page_and_every_card_has_its_template",
    "test_translations_keep_their_placeholders", "test_the_compiled_catalogue_matches_its_source",
)  # fmt: skip
REFUSALS = (
    "test_every_route_of_the_house_stands_in_the_matrix_with_who_may",
    "test_an_intruder_gets_nothing_on_any_route[a stranger-complaint]",
    *(("test_an_intruder_gets_nothing_on_any_route[an official of another unit-letter]",) if runs.LONG else ()),
)


@BOTH
def test_the_tutorial_runs_as_it_is_written_and_the_rules_of_the_house_hold_for_it(city, database):
    """The rules find the kinds of case, their routes, words and templates by themselves."""
    before = state_of_the_checkout()
    words = run(city, "tongban", "messages", "repairs").stdout
    assert words.strip() == "{'en': 0, 'zh_Hant': 0}", "every word of the tutorial is translated"
    done = run(city, "pytest", "repairs", "-p", "no:cacheprovider", database=database, TONGBAN_DEMO="1")
    assert "2 passed" in done.stdout.replace("\n", " ")
    rules = [f"{HOUSE}/test_meta.py::{name}" for name in OF_EVERY_HOUSE]
    refusals = [f"{HOUSE}/test_refusals.py::{name}" for name in REFUSALS]
    said = of_the_house(
        city, f"{HOUSE}/way_of_a_repair.py", *rules, f"{HOUSE}/test_table_of_refusals.py", *refusals, database=database
    )
    assert len(re.findall(r"way_of_a_repair\.py::.* PASSED", said)) == 20, said[-3000:]
    for kind in ("repair", "repair_review"):
        assert said.count(f"[{kind}] PASSED") == 6, said[-3000:]
    assert state_of_the_checkout() == before, "no file of the house changes"
    assert {path.name for path in city.iterdir()} <= {"repairs", "data", "__pycache__"}
