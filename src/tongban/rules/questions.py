"""In which order to ask: first the fact that decides most tables, so that a person answers as little as possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from .catalogue import UNKNOWN, Catalogue
from .table import Facts


def questions(catalogue: Catalogue, facts: Facts, skipped: Iterable[str] = ()) -> list[tuple[str, float]]:
    """The unknown facts that undecided tables ask, weightiest first, with their weight. `skipped`:
    answered “I don't know”.

    A fact weighs for each undecided table as much as it can decide of it: one by the number of the table's open groups
    and of the leaves still open in the group.
    """
    result = catalogue.judge(facts)
    known = {fact for fact, value in facts.items() if value is not None} | set(skipped)
    weights: dict[str, float] = defaultdict(float)
    for table, value in zip(catalogue.tables, result.values.tolist(), strict=True):
        if value != UNKNOWN:
            continue
        start, stop = catalogue.span(table.code)
        open_groups = [place for place in range(start, stop) if result.groups[place] == UNKNOWN]
        for place in open_groups:
            asked = {fact for leaf in catalogue.groups[place].leaves for fact in leaf.facts if fact not in known}
            for fact in asked:
                weights[fact] += 1 / (len(open_groups) * len(asked))
    return sorted(weights.items(), key=lambda item: (-item[1], item[0]))
