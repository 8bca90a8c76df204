"""Finds the commands that doors bring, without starting Django, so that `tongban --help` stays quick and works
before there are settings.

A door names its commands in `COMMANDS` of its module `commands`: parts of the type `gate.parts.Commands`, which its
`Door` lists as well. Found are those of the house's own folders and of the doors that TONGBAN_DOORS names; where
DJANGO_SETTINGS_MODULE names other settings, those of the apps that they install.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import typer

import tongban
from tongban.gate.parts import Commands, Recounted

HOUSE = "tongban.config.settings"


def add_to(app: typer.Typer) -> None:
    """Add what the doors bring: `name` is the words behind `tongban`, the last one the command's or group's own.

    A door that cannot be loaded is told on stderr and left out: `tongban doctor` still runs.
    """
    for room in rooms():
        try:
            for part in brought(room):
                _add(app, part)
        except Exception as error:
            print(f"The commands of {room} cannot be loaded ({type(error).__name__}: {error}).", file=sys.stderr)


def rooms() -> Iterator[str]:
    """The packages that have a module `commands`."""
    for package in _installed() or (*_own(), *_added()):
        if find_spec(package) and find_spec(f"{package}.commands"):
            yield package


def brought(package: str) -> tuple[Commands, ...]:
    """What the room brings; empty where its module `commands` is something else."""
    return tuple(getattr(import_module(f"{package}.commands"), "COMMANDS", ()))


def recounted() -> Iterator[Recounted]:
    """What the rooms recount of a ledger beside the figures."""
    for room in rooms():
        yield from getattr(import_module(f"{room}.commands"), "RECOUNTED", ())


def _installed() -> list[str]:
    """The apps of a city's own settings; empty for the house's, and where the settings refuse: the command
    that needs them says why.

    The settings are forgotten again: a command may still change the variables that they are read from (`serve --data`).
    """
    named = os.environ.get("DJANGO_SETTINGS_MODULE", HOUSE)
    if named == HOUSE:
        return []
    fresh = {named, HOUSE} - set(sys.modules)
    try:
        return [str(entry).partition(".apps.")[0] for entry in import_module(named).INSTALLED_APPS]
    except Exception:
        return []
    finally:
        for name in fresh:
            sys.modules.pop(name, None)


def _own() -> list[str]:
    folders = (folder for place in tongban.__path__ for folder in Path(place).iterdir())
    return sorted(
        f"tongban.{folder.name}"
        for folder in folders
        if folder.name != "commands" and ((folder / "commands.py").exists() or (folder / "commands").is_dir())
    )


def _added() -> list[str]:
    """A city's own doors, as `config/environment.py` reads them, without the settings."""
    return [name.strip() for name in os.environ.get("TONGBAN_DOORS", "").split(",") if name.strip()]


def _add(app: typer.Typer, part: Commands) -> None:
    from tongban.gate.door import loaded

    *above, name = part.name.split()
    for word in above:
        app = _group(app, word)
    brought = loaded(part.app)
    if isinstance(brought, typer.Typer):
        app.add_typer(brought, name=name, help=part.help)
    else:
        app.command(name, help=brought.__doc__ or part.help)(brought)


def _group(app: typer.Typer, word: str) -> typer.Typer:
    """The group of this name; a new one where there is none."""
    for info in app.registered_groups:
        if info.name == word and info.typer_instance is not None:
            return info.typer_instance
    group = typer.Typer(no_args_is_help=True)
    app.add_typer(group, name=word)
    return group
