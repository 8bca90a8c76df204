"""What can be reported, and the law that forbids it: `data/harms.toml`, read once. Nothing else can be reported."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

FILE = Path(__file__).parent / "data" / "harms.toml"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do at once."""

    text: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Harm:
    """A kind of harm: the code of its matter, the articles that a decision can name, and what happens with a name that
    many people use (`url`: the address alone; `second`: a second person decides as well)."""

    code: str
    name: str
    name_en: str
    basis: tuple[str, ...]
    trust: str
    popular: Literal["url", "second"]
    now: tuple[Advice, ...]


@lru_cache(maxsize=1)
def harms() -> dict[str, Harm]:
    """Every kind of harm by the code of its matter."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["harm"]
    return {
        row["code"]: Harm(
            row["code"],
            row["name"],
            row["name_en"],
            tuple(row["basis"]),
            row["trust"],
            row["popular"],
            tuple(Advice(one["text"], one["text_en"]) for one in row["now"]),
        )
        for row in rows
    }


def every_basis() -> tuple[str, ...]:
    """Each article that any decision can name, once."""
    return tuple(dict.fromkeys(basis for harm in harms().values() for basis in harm.basis))
