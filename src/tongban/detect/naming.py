"""What the name and the comment of a column say: Chinese words, English and pinyin tokens. From data/columns.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT = re.compile(r"[^0-9a-z一-鿿]+")
DECOY = "_decoy"


@cache
def _names() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = tomllib.loads(
        (Path(__file__).parent / "data" / "columns.toml").read_text("utf-8")
    )
    return table


def tokens(name: str) -> list[str]:
    """`homeAddress2` → home, address2, address; the parts of a name, in lower case."""
    parts = [part for part in _SPLIT.split(_CAMEL.sub("_", name).lower()) if part]
    return list(dict.fromkeys([*parts, *(part.rstrip("0123456789") for part in parts)])) if parts else []


@lru_cache(maxsize=4096)
def says(name: str, comment: str = "") -> dict[str, float]:
    """Type → how much the name speaks for it (0–1). A whole name 1, several tokens 0.9, one token of
    several 0.7, the comment 0.8."""
    mine = tokens(name)
    joined = "_".join(mine)
    found: dict[str, float] = {}
    for kind, row in _names().items():
        against = row.get("against", ())
        if any(word in name.lower() or word in comment for word in against):
            continue
        best = 0.0
        for word in row["chinese"]:
            if word.lower() in name.lower():
                best = max(best, 1.0 if len(name) <= len(word) + 2 else 0.9)
            elif comment and word in comment:
                best = max(best, 0.8)
        for token in row["tokens"]:
            if token == joined or token.replace("_", "") == joined.replace("_", ""):
                best = max(best, 1.0)
            elif "_" in token and f"_{token}_" in f"_{joined}_":
                best = max(best, 0.9)
            elif token in mine and "_" not in token:
                best = max(best, 0.9 if mine[-1] == token and len(token) > 2 else 0.7)
        if best:
            found[kind] = best
    return found
