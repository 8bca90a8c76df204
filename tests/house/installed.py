"""What is installed of the house itself: its rooms and doors, in this repository or beside it, their
sources and kinds of case.

No list of doors stands anywhere: the tests of the whole house go over what is here. A room is an app that is
not a package of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.apps import AppConfig, apps

import tongban
from tongban.cases.procedure import Procedure, procedures

SOURCE = Path(tongban.__file__).resolve().parent


def rooms() -> list[AppConfig]:
    """The apps that are ours, a door's in a folder of its own too."""
    return [room for room in apps.get_app_configs() if "site-packages" not in Path(room.path).parts]


def folders() -> list[Path]:
    """Where the sources lie: all of `tongban`, and each room beside it."""
    beside = {Path(room.path).resolve() for room in rooms()}
    return [SOURCE, *sorted(folder for folder in beside if not folder.is_relative_to(SOURCE))]


def sources(ending: str) -> Iterator[Path]:
    """Every file of the house with this ending."""
    return (path for folder in folders() for path in sorted(folder.rglob(f"*{ending}")))


def catalogues(language: str) -> list[Path]:
    """The catalogues of messages in a language: the house's, and one of each room that has its own."""
    return [
        path for folder in folders() if (path := folder / "locale" / language / "LC_MESSAGES" / "django.po").exists()
    ]


def kinds() -> Mapping[str, Procedure]:
    """The procedure of every kind of case that a door registered."""
    return procedures()
