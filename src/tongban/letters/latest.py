"""What the shell shows of published letters: the latest on the home page, hits of the search of every page, the map of
the site. The room `published` finds them (`published/finding.py`).
"""

from __future__ import annotations

from typing import Any

from tongban.gate.parts import Hit, SitemapUrl
from tongban.published import finding

from .publication import KIND

LATEST = 6


def on_home() -> dict[str, Any]:
    """The latest answers."""
    return {"letters": finding.latest(LATEST, KIND)}


def found(words: str, most: int) -> list[Hit]:
    """Published letters in which the words stand, newest answers first."""
    return finding.hits(words, most, KIND)


def number(words: str) -> int:
    """How many published letters hold the words; one above 999 for more."""
    return finding.number(words, KIND)


def sitemap(number: int) -> list[SitemapUrl]:
    """The published letters of a chunk, with the day of the answer or of its correction."""
    return finding.urls(number, KIND)
