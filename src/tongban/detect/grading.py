"""Classes and grades: 核心, 重要 and 一般 in four sub-levels (GB/T 43697), personal and sensitive
personal data (a profile).

The rules stand in data/classes.toml with their sources. The stricter wins (就高从严); volume raises. An officer's
decision stands above all of it and is not made here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .findings import kinds

PROFILES = ("45574", "35273")


@dataclass(frozen=True, slots=True)
class Grade:
    """Level (general-1 … core), whether it is about persons, the sensitive class or "", and what speaks for
    it (codes of reasons.py)."""

    level: str
    personal: bool
    sensitive: str
    because: tuple[str, ...] = field(default=())


@cache
def rules() -> dict[str, Any]:
    """The rules, from data/classes.toml."""
    return tomllib.loads((Path(__file__).parent / "data" / "classes.toml").read_text("utf-8"))


def levels() -> list[str]:
    """All levels, lowest first."""
    return list(rules()["levels"]["order"])


def stricter(first: str, second: str) -> str:
    """The higher of two levels."""
    order = levels()
    return max(first, second, key=order.index)


def grade(types: Iterable[str], persons: int = 0, profile: str = "45574", own: dict[str, str] | None = None) -> Grade:
    """The grade of a field that holds data of these types about so many distinct persons.

    `own`: level for types of a department's own rules. Raises KeyError for a profile that there is not.
    """
    table, kept = rules(), [name for name in types if name]
    chosen = table["profiles"][profile]
    level, sensitive, personal, because = levels()[0], "", False, []
    for name in kept:
        kind = kinds().get(name)
        mine = (own or {}).get(name, levels()[0]) if kind is None else table["levels"]["harm"][kind.harm]
        if kind is not None and kind.subject == "person":
            personal = True
        category = chosen["sensitive"].get(name, "")
        if category:
            mine = stricter(mine, chosen["least"])
            sensitive = sensitive or category
            because.append(f"class:{profile}:{category}")
        if mine != levels()[0]:
            because.append(f"level:{name}:{mine}")
        level = stricter(level, mine)
    if personal:
        for rule in table["volume"]:
            if persons >= rule["persons"]:
                order = levels()
                if "raise" in rule and level in order[:4]:
                    level = order[min(order.index(level) + int(rule["raise"]), 3)]
                    because.append(f"volume:{rule['persons']}")
                if "least" in rule and stricter(level, rule["least"]) != level:
                    level = str(rule["least"])
                    because.append(f"volume:{rule['persons']}")
    return Grade(level, personal, sensitive, tuple(dict.fromkeys(because)))
