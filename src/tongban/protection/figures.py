"""What the overview counts: fields by level, category and sensitive class, sources, persons, what waits.
A handful of statements."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from tongban.detect.grading import levels

from .models import Field
from .words import CATEGORIES, SERIOUS


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of what stands. `persons` adds up the largest field of each source: nobody is
    counted twice within a source."""

    sources: int
    fields: int
    personal: int
    persons: int
    waiting: int
    later: int
    decided: int
    levels: dict[str, int]
    categories: dict[str, tuple[int, int]]
    sensitive: dict[str, int]

    @property
    def serious(self) -> int:
        """Fields of important and core data."""
        return sum(self.levels.get(level, 0) for level in SERIOUS)


def count(fields: QuerySet[Field]) -> Figures:
    """The figures of these fields, without those that are gone. `categories`: general, and important or core."""
    there = fields.filter(gone_at__isnull=True)
    by = {
        (row["category"], row["level"]): row["n"]
        for row in there.order_by().values("category", "level").annotate(n=Count("pk"))
    }
    sensitive = {
        row["sensitive"]: row["n"]
        for row in there.exclude(sensitive="").order_by().values("sensitive").annotate(n=Count("pk"))
    }
    persons = [
        row["most"] or 0
        for row in there.order_by().values("source").annotate(most=Max("persons", filter=Q(personal=True)))
    ]
    more = there.aggregate(
        personal=Count("pk", filter=Q(personal=True)),
        waiting=Count("pk", filter=Q(review="waiting")),
        later=Count("pk", filter=Q(review="later")),
        decided=Count("pk", filter=Q(decision__isnull=False)),
    )
    return Figures(
        sources=len(persons),
        fields=sum(by.values()),
        persons=sum(persons),
        **more,
        levels={level: sum(n for (_category, at), n in by.items() if at == level) for level in levels()},
        categories={
            name: (
                sum(n for (category, level), n in by.items() if category == name and level not in SERIOUS),
                sum(n for (category, level), n in by.items() if category == name and level in SERIOUS),
            )
            for name in CATEGORIES
        },
        sensitive=dict(sorted(sensitive.items(), key=lambda item: (-item[1], item[0]))),
    )
