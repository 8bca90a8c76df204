"""The demo's letters and answer templates, as rows of the files beside this module. Pure; all letters are invented."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class DemoLetter:
    """A letter and what happens to it: `path` is a list of steps, each with `act`, `after` (days) and its inputs."""

    key: str
    matter: str
    place: str
    subject: str
    body: str
    days_ago: float
    path: tuple[dict[str, Any], ...] = ()
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    visibility: str = "public"
    against: str | None = None
    language: str = "zh-hans"
    more: dict[str, Any] = field(default_factory=dict)


def _read(name: str) -> Any:
    return json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def letters(names: Mapping[str, str]) -> list[DemoLetter]:
    """The demo's letters, oldest first; `names` of places, by code, are put into their words."""
    found: list[DemoLetter] = []
    for row in _read("letters.json"):
        also = row.pop("also", [])
        for number, (place, days) in enumerate([(row["place"], row["days_ago"]), *also]):
            values = {
                **row,
                "place": place,
                "days_ago": days,
                "key": f"{row['key']}-{number}" if number else row["key"],
            }
            for name in ("subject", "body"):
                values[name] = values[name].replace("{place}", names[place])
            values["path"] = tuple(
                {name: _filled(item, names[place]) for name, item in step.items()} for step in row.get("path", ())
            )
            found.append(DemoLetter(**values))
    return sorted(found, key=lambda letter: -letter.days_ago)


def _filled(value: Any, place: str) -> Any:
    return value.replace("{place}", place) if isinstance(value, str) else value


def templates() -> list[dict[str, str]]:
    """Answer templates: name, text, and optionally matter."""
    return list(_read("answer_templates.json"))
