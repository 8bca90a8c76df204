"""One text: what stands in it that is sensitive, as findings in order that never overlap.

A checked number wins over a guessed one, then the longer over the shorter. Spans are in characters of the original.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from . import engine
from .beside import with_beside
from .findings import Finding
from .minors import find_minors
from .patterns import PATTERNS, Pattern, find_in_narrow, narrow
from .people_basic import find_people_basic

Stage = Callable[[str], Iterable[Finding]]


def scan_text(
    text: str,
    types: Collection[str] | None = None,
    *,
    patterns: Sequence[Pattern] = PATTERNS,
    people: Stage | None = None,
    checked_only: bool = False,
    language: str = "zh",
) -> list[Finding]:
    """All findings in `text`; of the given `types` only, where some are given.

    `patterns`: also a department's own (`rules.load`). `people`: another finder of names and addresses. `checked_only`:
    numbers with a check and nothing else, at the full speed of the loops. Types and their names: `findings.kinds()`.
    `language`: "zh" or "en", of what each finding says of its why; `ValueError` for another.
    """
    if language not in ("zh", "en"):
        raise ValueError(f"language is zh or en, not {language}")
    found = engine.findings(text)
    if not checked_only:
        plain = narrow(text)
        found = with_beside(plain, found)
        found += find_minors(plain)
        found += find_in_narrow(plain, patterns)
        found += people(text) if people is not None else find_people_basic(plain)
    if types is not None:
        found = [finding for finding in found if finding.type in types]
    found = without_overlaps(found)
    return found if language == "zh" else _told(found, language)


def _told(found: list[Finding], language: str) -> list[Finding]:
    from .reasons import finding_words

    return [replace(finding, why=finding_words(finding, language)) for finding in found]


def without_overlaps(found: list[Finding]) -> list[Finding]:
    """The surest, then the longest of findings that overlap; in order."""
    if len(found) < 2:
        return found
    found.sort(key=lambda item: item.start)
    if all(first.end <= second.start for first, second in itertools.pairwise(found)):
        return found
    kept: list[Finding] = []
    group: list[Finding] = []
    reach = -1
    for finding in found:
        if finding.start >= reach and group:
            kept += _best(group)
            group = []
        group.append(finding)
        reach = max(reach, finding.end)
    return kept + _best(group)


def _best(group: list[Finding]) -> list[Finding]:
    if len(group) == 1:
        return group
    kept: list[Finding] = []
    for finding in sorted(group, key=lambda item: (-round(item.confidence, 1), item.start - item.end, item.start)):
        if all(finding.end <= other.start or finding.start >= other.end for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda item: item.start)
