"""The demo's registers: invented people in three files of this package, and the rows that make them known.

Their numbers have right check digits and the county code 610199, which is nobody's: no living person has one of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files

from tongban.gate.parts import Province

from .. import models, reading
from .person import Person

REGISTERS = (
    ("population", "人口登记", "Population register", "610113-GA"),
    ("firms", "经营主体登记", "Register of businesses", "610113-SJ"),
    ("social", "社会保险登记", "Social insurance register", "610113-RS"),
)
CORRECTION = {"population": "7901", "firms": "7902", "social": "7903"}


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def people() -> list[Person]:
    """Everybody in the demo's population register."""
    return [Person(row["id_number"], row["name"], "demo") for row in _rows("population")]


def columns() -> dict[str, dict[str, str]]:
    """By register: code of a fact → the column that answers it."""
    found: dict[str, dict[str, str]] = {}
    for row in _rows("columns"):
        found.setdefault(row["register"], {})[row["fact"]] = row["column"]
    return found


def seed() -> None:
    """Make the three registers known, and say of facts that name no source which register knows them."""
    named = columns()
    for code, name, english, unit in REGISTERS:
        models.Source.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": english,
                "unit_id": unit,
                "kind": "file",
                "facts": sorted(named.get(code, {})),
                "settings": {
                    "address": f"package:{code}",
                    "columns": named.get(code, {}),
                    "correction": CORRECTION[code],
                },
            },
        )
    changed = False
    for code, facts in named.items():
        for fact in models.Fact.objects.filter(code__in=facts):
            if not fact.sources:
                fact.sources = [code]
                fact.save(update_fields=["sources"])
                changed = True
    if changed:
        reading.touch()


def load(province: Province) -> Iterator[str]:
    """What the demo makes of it; yields the name of each register."""
    seed()
    for code, *_rest in REGISTERS:
        yield code


def count() -> int:
    """How often `load` yields."""
    return len(REGISTERS)
