"""The commands of doors: found without Django, those of a city's own doors too, and the same that the doors declare."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from tongban.commands import doors
from tongban.commands.main import app
from tongban.gate.door import loaded, parts
from tongban.gate.parts import Commands

PERMITS = """
import typer
from tongban.gate.parts import Commands

COMMANDS = (
    Commands("permits", "permits.commands:permits", "Permits: print what expires."),
    Commands("import permits", "permits.commands:bring_in", "Bring permits in."),
)
permits = typer.Typer(no_args_is_help=True)


@permits.callback()
def group() -> None:
    pass


@permits.command()
def expiring() -> None:
    typer.echo("none expires")


def bring_in(file: str) -> None:
    \"\"\"Bring permits in from a file.\"\"\"
    typer.echo(f"read {file}")
"""


def words_of(group: object) -> set[str]:
    return set(group.commands)  # type: ignore[attr-defined]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A folder with a door beside the house, and settings that install it."""
    (tmp_path / "permits").mkdir()
    (tmp_path / "permits" / "__init__.py").touch()
    (tmp_path / "permits" / "commands.py").write_text(PERMITS, "utf-8")
    (tmp_path / "permits" / "settings.py").write_text(
        "from tongban.config.settings import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'permits']\n", "utf-8"
    )
    return tmp_path


def tongban(
    city: Path, *words: str, settings: str = "permits.settings", **more: str
) -> subprocess.CompletedProcess[str]:
    keys = {
        "TONGBAN_SECRET_KEY": "x" * 50,
        "TONGBAN_VAULT_KEYS": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=",
        "TONGBAN_VAULT_INDEX_KEY": "eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXk=",
    }
    environment = {
        **os.environ,
        **keys,
        "PYTHONPATH": str(city),
        "TONGBAN_DATA": str(city / "data"),
        "DJANGO_SETTINGS_MODULE": settings,
        "COLUMNS": "200",
        **more,
    }
    return subprocess.run(
        [sys.executable, "-m", "tongban", *words], capture_output=True, text=True, env=environment, cwd=city, timeout=60
    )


def test_what_is_found_without_django_is_what_the_doors_declare():
    found = {part for room in doors.rooms() for part in doors.brought(room)}
    assert found == set(parts(Commands))
    assert {part.name for part in found} >= {"text", "import letters", "catalogue"}


def test_every_command_of_a_door_stands_where_its_name_says():
    whole = typer.main.get_command(app)
    for part in parts(Commands):
        group = whole
        for word in part.name.split():
            assert word in words_of(group), part.name
            group = group.commands[word]  # type: ignore[attr-defined]
        assert group.help
        assert loaded(part.app) is not None


def test_a_citys_own_door_brings_commands_and_a_group_of_the_house_takes_one(city):
    assert "Permits: print what expires." in tongban(city, "--help").stdout
    assert tongban(city, "permits", "expiring").stdout == "none expires\n"
    assert tongban(city, "import", "permits", "p.csv").stdout == "read p.csv\n"
    assert tongban(city, "import", "registry", "--help").returncode == 0


def test_a_door_that_the_environment_names_needs_no_settings_of_its_own(city):
    named = {"settings": doors.HOUSE, "TONGBAN_DOORS": "permits"}
    assert "Permits: print what expires." in tongban(city, "--help", **named).stdout
    assert tongban(city, "permits", "expiring", **named).stdout == "none expires\n"
    asked = ("manage", "shell", "-c", "from django.conf import settings; print('permits' in settings.INSTALLED_APPS)")
    assert tongban(city, *asked, **named).stdout.splitlines()[-1:] == ["True"]


def test_a_door_that_is_not_there_is_told_in_a_line(city):
    done = tongban(city, "worker", "--once", settings=doors.HOUSE, TONGBAN_DOORS="permits, repairs")
    assert done.returncode == 2
    assert "TONGBAN_DOORS: Value error, there is no package 'repairs' here" in done.stderr
    assert tongban(city, "keys", "new", settings=doors.HOUSE, TONGBAN_DOORS="repairs").returncode == 0


def test_settings_that_refuse_hide_no_command_of_the_house(city):
    helped = tongban(city, "--help", TONGBAN_SECRET_KEY="")
    assert helped.returncode == 0
    assert "catalogue" in helped.stdout
    assert "permits" not in helped.stdout
    assert "TONGBAN_SECRET_KEY" in tongban(city, "worker", "--once", TONGBAN_SECRET_KEY="").stderr


def test_a_door_that_cannot_be_loaded_is_told_and_the_other_commands_run(city):
    (city / "permits" / "commands.py").write_text("import nothing_of_this_name\n", "utf-8")
    done = tongban(city, "keys", "new")
    assert done.returncode == 0
    assert "The commands of permits cannot be loaded (ModuleNotFoundError" in done.stderr
    assert "TONGBAN_VAULT_KEYS=" in done.stdout


def test_the_settings_of_a_city_are_read_anew_when_a_command_needs_them(city):
    """`serve --data` sets variables that they are read from, after the commands were found."""
    code = (
        "import sys, tongban.commands.main; print(sorted({'permits.settings', 'tongban.config.settings'} & "
        "set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(city), "DJANGO_SETTINGS_MODULE": "permits.settings"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_help_reads_no_settings_and_loads_no_room():
    code = (
        "import sys, tongban.commands.main\n"
        "from django.apps import apps\n"
        "heavy = {'pydantic', 'numpy', 'tongban.cases.procedure', 'tongban.letters.procedure', "
        "'tongban.config.environment'}\n"
        "print(apps.ready, sorted(heavy & set(sys.modules)))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    assert done.stdout.strip() == "False []", done.stderr
