"""Runs every command of `tongban` with invented arguments, each in a process forked from this one, and prints what came
of it.

Called by test_commands_without_database.py: one start of Python for all commands. Argument 1: a folder to work in.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from tongban.commands.main import app, main

FOLDER = Path(sys.argv[1])
WORDS = {
    "what": "retry",
    "table": "units",
    "source": "a notice",
    "where": str(FOLDER / "no-log"),
    "form": "xlsx",
    "site": "city.example",
}
"""Arguments that a command checks before it looks for its database."""
HERE = ["text train", "text back", "text topics"]
"""Commands that use the database when they are told --here."""


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(words, command) of every command below `group`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def invented(command: Any) -> list[str]:
    """Arguments that the command's parser takes."""
    words: list[str] = []
    kinds = typing.get_type_hints(command.callback)
    for parameter in command.params:
        if not parameter.required:
            continue
        name = str(parameter.name)
        value = WORDS.get(name) or (str(FOLDER / "a-file.csv") if kinds.get(name) is Path else "x")
        words += [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]
    return words


def run(words: list[str]) -> dict[str, Any]:
    """Exit status and what was said, by a process of its own."""
    said = FOLDER / "said.txt"
    child = os.fork()
    if child == 0:
        descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        status = 0
        try:
            main(words)
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
        except BaseException:
            traceback.print_exc()
            status = 99
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return {"status": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), "said": said.read_text(errors="replace")}


def warm() -> None:
    """Load once what every command loads, where the settings allow it: the forks have it then."""
    from tongban.config.environment import PublishedKeys
    from tongban.config.ready import NotReady, django_ready

    with contextlib.suppress(NotReady, PublishedKeys):
        django_ready()


if __name__ == "__main__":
    warm()
    (FOLDER / "a-file.csv").write_text("code,name\n")
    asked = set(sys.argv[2:])
    found = {}
    for path, command in commands(typer.main.get_command(app)):
        name = " ".join(path)
        if name not in asked:
            found[name] = run([*path, *invented(command), *(["--here"] if name in HERE else [])])
    print(json.dumps(found))
