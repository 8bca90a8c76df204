"""Adopting a park bench: a second kind of case, built from the tutorial alone, in a folder as a city would have it.

The folder `benches/` is copied beside an empty data folder and installed by one line of environment; its own tests
(`way_of_a_bench.py`) and the house's run there in a process of their own, on both databases.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import runs

ROOT = Path(__file__).resolve().parents[2]
HERE, HOUSE = Path(__file__).parent, ROOT / "tests" / "house"
KINDS = ("bench", "bench_opinion", "bench_renewal", "bench_review")
POSTGRESQL = os.environ.get("TONGBAN_TEST_POSTGRESQL", "")
REASON = (
    "PostgreSQL is missing: install it, start it, and set TONGBAN_TEST_POSTGRESQL=postgresql://user:"
    "password@host:port/name"
)
LONG = pytest.mark.skipif(
    not runs.LONG, reason="the long run: a second door beside the house; the tutorial's is in each"
)


def run(city: Path, *command: str, database: str = "sqlite", **more: str) -> str:
    """What a command says in the folder, with the lines of environment that the tutorial names."""
    left_out = ("PYTEST_ADDOPTS", "DATABASE_URL", "TONGBAN_DATA", "TONGBAN_TEST_WORKER_ON", "TONGBAN_TEST_POSTGRESQL")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {
        "PYTHONPATH": str(city),
        "TONGBAN_DOORS": "benches",
        "DJANGO_SETTINGS_MODULE": "tongban.config.settings",
        "TONGBAN_DATA": str(city / "data"),
        "DATABASE_URL": POSTGRESQL.rsplit("/", 1)[0] + "/benches" if database == "postgresql" else "",
        **more,
    }
    done = subprocess.run([sys.executable, "-m", *command], cwd=city, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


def of_the_house(city: Path, *tests: str, database: str = "sqlite") -> str:
    """What tests say where the folder is installed."""
    asked = ("pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-n", "0")
    return run(city, *asked, "-vv", *tests, database=database, DJANGO_SETTINGS_MODULE="tests.settings")


@pytest.fixture
def city(tmp_path):
    """The folder, translated."""
    shutil.copytree(HERE / "benches", tmp_path / "benches", ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    (tmp_path / "data").mkdir()
    words = run(tmp_path, "tongban", "messages", "benches")
    assert words.strip() == "{'en': 0, 'zh_Hant': 0}", "every word is translated"
    return tmp_path


def test_no_file_of_the_house_knows_it():
    for path in (ROOT / "src").rglob("*.*"):
        if path.suffix in (".py", ".html", ".toml", ".csv"):
            assert not re.search(r"\bbenches\.|bench_(opinion|renewal|review)", path.read_text(encoding="utf-8")), path


@LONG
def test_the_whole_way_of_an_adoption(city):
    done = of_the_house(city, str(HERE / "way_of_a_bench.py"))
    assert re.search(r"\b22 passed", done), done[-3000:]


@LONG
@pytest.mark.skipif(not POSTGRESQL, reason=REASON)
def test_what_hangs_on_the_database_on_postgresql(city):
    """Parts and their whole, expiry and erasing, the published plates, an import, the figures."""
    asked = ("-k", "two_units or sees_the_whole or year or plate or older or figures")
    done = of_the_house(city, str(HERE / "way_of_a_bench.py"), *asked, database="postgresql")
    assert re.search(r"\b7 passed", done), done[-3000:]


OF_EVERY_HOUSE = (
    "test_every_route_declares_who_may_use_it", "test_every_operation_of_the_api_declares_who_may_use_it",
    "test_every_post_of_the_api_takes_an_idempotency_key", "test_every_state_can_be_reached_and_every_act_has_words",
    "test_every_act_starts_somewhere_that_can_be_reached_and_no_open_state_is_a_dead_end",
    "test_no_act_is_open_to_everybody_and_none_skips_the_table", "test_every_message_is_translated",
    "test_every_message_in_the_source_is_in_the_catalogue",
    "test_no_page_has_inline_script_or_style",
    "test_only_the_writer_writes_cases_and_acts", "test_every_kind_is_brought_by_a_door",
    "test_every_closed_state_can_only_be_left_by_what_its_door_names",
    "test_every_tag_of_the_api_is_declared_by_a_room",
    "test_no_template_of_a_shared_room_names_a_page_of_a_door", "test_translations_keep_their_placeholders",
    "test_the_compiled_catalogue_matches_its_source",
)  # fmt: skip
REFUSALS = (
    "test_the_matrix_says_of_the_api_what_the_api_says_of_itself",
    "test_every_route_of_the_house_stands_in_the_matrix_with_who_may",
    "test_an_intruder_gets_nothing_on_any_route[a stranger-complaint]",
    "test_an_intruder_gets_nothing_on_any_route[an official of another unit-letter]",
)


@LONG
def test_the_rules_of_the_house_hold_for_it(city):
    """They find the kinds of case, their routes, words and templates by themselves."""
    rules = [f"{HOUSE}/test_meta.py::{name}" for name in OF_EVERY_HOUSE]
    refusals = [f"{HOUSE}/test_refusals.py::{name}" for name in REFUSALS]
    said = of_the_house(city, *rules, f"{HOUSE}/test_table_of_refusals.py", *refusals)
    for kind in KINDS:
        assert said.count(f"[{kind}] PASSED") >= 4, said[-3000:]
