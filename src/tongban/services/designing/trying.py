"""Tests inside a form: this person → entitled, not, or open. Run before a version is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from .. import judging, questions, reading
from ..models import Offering

EXPECTED = {"yes": True, "no": False, "open": None}
MOST = 50


@dataclass(frozen=True, slots=True)
class Tried:
    """One test: what was expected, what came out, why, and what the form would not have asked of this person."""

    name: str
    expected: str
    came_out: str
    judged: judging.Judged | None
    hidden: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether it came out as expected."""
        return self.expected == self.came_out


def place_of(matter: str) -> str:
    """Where tests are judged: the first place in which the item is offered."""
    row = Offering.objects.filter(reading.holding(timezone.localdate()), matter=matter).order_by("place_id").first()
    return row.place_id if row is not None else ""


def run(matter: str, content: Mapping[str, Any]) -> list[Tried]:
    """Every test of a form. Answers to what would not be asked do not count."""
    place, pages = place_of(matter), questions.from_content(content)
    return [_run(matter, one, pages, place) for one in content.get("tests") or ()]


def _run(matter: str, test: Mapping[str, Any], pages: tuple[questions.FormPage, ...], place: str) -> Tried:
    facts = questions.read_facts(test.get("facts") or {})
    _shown, counted = questions.visible(pages, facts, place)
    found = judging.judged(matter, counted, place)
    value = found.value if found is not None else True
    word = next(name for name, meant in EXPECTED.items() if meant is value)
    hidden = tuple(code for code in facts if code not in counted)
    return Tried(str(test.get("name") or ""), str(test.get("expected") or "yes"), word, found, hidden)
