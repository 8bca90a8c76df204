"""Makes a process ready for the database, or says in one line why it cannot be.

For the server's entry point and for every command: nobody should read 200 lines of traceback to learn that a variable
is missing or that `tongban migrate` has not run. Not for rules of the deployment: `environment.py` has them,
`commands/doctor.py` tells what is unsafe.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotReady(RuntimeError):
    """The database is not there, cannot be reached or is of another version; the message says what to do."""


def django_ready(*, database: bool = True) -> None:
    """Set Django up for a command; with `database`, see that it is there and of this version.

    Raises NotReady, PublishedKeys, DatabaseUrlError, pydantic's ValidationError: `said_plainly` turns each into a line.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    from .demo_keys import use_demo_keys_if_there

    use_demo_keys_if_there()
    import django

    django.setup()
    if database:
        refuse_unready()


def refuse_unready() -> None:
    """Raises NotReady where the database is not there, cannot be reached or lacks migrations. Writes nothing, and makes
    no empty SQLite file on the way."""
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    if connection.vendor == "sqlite" and not connection.is_in_memory_db():  # type: ignore[attr-defined]
        path = Path(str(connection.settings_dict["NAME"]))
        if not path.exists():
            raise NotReady(
                f"There is no database at {path}: set TONGBAN_DATA or DATABASE_URL, or make one with `tongban migrate`."
            )
    try:
        plan = MigrationExecutor(connection)
        waiting = plan.migration_plan(plan.loader.graph.leaf_nodes())
    except (Error, ValueError) as error:
        raise NotReady(unreachable(error)) from error
    if waiting:
        raise NotReady(f"The database lacks {len(waiting)} migrations of this version: run `tongban migrate` first.")


def unreachable(error: Exception) -> str:
    """One line for an error of the database itself, without what was asked of it (a value may be a resident's)."""
    said = str(error).strip().splitlines()
    what = said[0] if said else type(error).__name__
    return f"The database cannot be used ({what}): check DATABASE_URL and TONGBAN_DATA, then `tongban doctor`."


def explained(error: BaseException) -> list[str]:
    """The lines that say what to do about an error of the settings or the database; empty for any other error."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError, ProgrammingError
    from pydantic import ValidationError

    from .environment import DatabaseUrlError, PublishedKeys

    if isinstance(error, ValidationError):
        return [f"{_variable(item['loc'])}: {item['msg']}" for item in error.errors()]
    if isinstance(error, PublishedKeys | DatabaseUrlError | NotReady):
        return [str(error)]
    if isinstance(error, ImproperlyConfigured):
        return [f"Settings: {str(error).splitlines()[0]}"]
    if isinstance(error, OperationalError | ProgrammingError):
        return [unreachable(error)]
    return []


def _variable(place: tuple[int | str, ...]) -> str:
    name = str(place[0]) if place else "?"
    return name if name.isupper() else f"TONGBAN_{name.upper()}"


@contextmanager
def plainly(code: int = 2) -> Iterator[None]:
    """Turn errors of the settings and the database into lines on stderr and exit status 2; others pass."""
    try:
        yield
    except Exception as error:
        lines = explained(error)
        if not lines:
            raise
        print("\n".join(lines), file=sys.stderr, flush=True)
        sys.exit(code)
