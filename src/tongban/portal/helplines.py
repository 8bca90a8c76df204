"""Telephones to name first when somebody's words call for them: fire, ambulance, police, fraud; and other lines.

The lines, the words that call for them and where they were found stand in `data/helplines.toml`. It judges words, not
people; nothing of what was said is kept.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from tongban.registry.names import spoken
from tongban.text import fold


@dataclass(frozen=True, slots=True)
class Helpline:
    """A telephone: for what, what to say of it, the words that call for it (each a group that must all stand there)
    and the phrases that do not."""

    number: str
    name_zh: str
    name_en: str
    say_zh: str
    say_en: str
    urgent: bool
    words: tuple[tuple[str, ...], ...]
    apart_from: tuple[str, ...]
    source: str
    trust: str

    @property
    def name(self) -> str:
        """In the language of the page."""
        return spoken(self.name_zh, self.name_en)

    @property
    def say(self) -> str:
        """When to call it, in the language of the page."""
        return spoken(self.say_zh, self.say_en)

    def is_called_by(self, folded: str) -> bool:
        """Whether a folded text calls for it."""
        for phrase in self.apart_from:
            folded = folded.replace(phrase, "\n")
        return any(all(_stands(word, folded) for word in group) for group in self.words)


def _stands(word: str, folded: str) -> bool:
    return word in folded if not word.isascii() else re.search(rf"\b{re.escape(word)}\b", folded) is not None


def _helpline(row: dict[str, Any]) -> Helpline:
    words = tuple(tuple(fold(part) for part in word.split("+")) for word in row.get("words", ()))
    apart = tuple(sorted((fold(phrase) for phrase in row.get("not", ())), key=len, reverse=True))
    return Helpline(
        row["number"], row["name"], row["name_en"], row["say"], row["say_en"], row.get("urgent", False), words, apart,
        row["source"], row["trust"],
    )  # fmt: skip


@lru_cache(maxsize=1)
def _read() -> tuple[tuple[Helpline, ...], Helpline]:
    kept = tomllib.loads(files(__package__).joinpath("data/helplines.toml").read_text(encoding="utf-8"))
    return tuple(_helpline(row) for row in kept["line"]), _helpline(kept["general"])


def lines() -> tuple[Helpline, ...]:
    """Every line that words can call for, in the order in which they are shown."""
    return _read()[0]


def general() -> Helpline:
    """The line for everything."""
    return _read()[1]


def called_for(text: str) -> list[Helpline]:
    """The lines that a text calls for, the urgent ones first."""
    folded = fold(text)
    return sorted((line for line in lines() if line.is_called_by(folded)), key=lambda line: not line.urgent)
