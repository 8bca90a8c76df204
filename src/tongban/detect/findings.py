"""What was found: one finding for people, arrays of them for millions, and what each type is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TYPES: tuple[str, ...] = (
    "",
    "resident_id",
    "credit_code",
    "bank_card",
    "mobile",
    "phone",
    "email",
    "plate",
    "ipv4",
    "vin",
    "imei",
)
"""Names of the types that the loops find, by their number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of data: names for people, whom it is about, whether values stand for persons, harm when it leaks."""

    name: str
    zh: str
    en: str
    subject: str
    harm: str
    why: str
    identifies: bool = False
    checked: bool = False


@cache
def kinds() -> dict[str, Kind]:
    """Every type the scanner knows, from data/types.toml."""
    table = tomllib.loads((Path(__file__).parent / "data" / "types.toml").read_text("utf-8"))
    return {name: Kind(name, **row) for name, row in table.items()}


WHY = {name: kind.why for name, kind in kinds().items()}


@dataclass(frozen=True, slots=True)
class Finding:
    """`type`, the span [start, end) in characters of the original, how sure (0–1), and why.

    `reason`: the code of why (`reasons.words` has its words), where it is one."""

    type: str
    start: int
    end: int
    confidence: float
    why: str
    reason: str = ""


@dataclass(slots=True)
class Spans:
    """Findings of the loops in one buffer, in order: byte spans, kinds (numbers of TYPES), confidence in percent."""

    start: Any
    end: Any
    kind: Any
    sure: Any

    def __len__(self) -> int:
        return len(self.start)

    def __iter__(self) -> Iterator[tuple[int, int, str, float]]:
        for start, end, kind, sure in zip(self.start, self.end, self.kind, self.sure, strict=True):
            yield int(start), int(end), TYPES[int(kind)], int(sure) / 100
