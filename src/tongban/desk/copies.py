"""Letters that are nearly the same, found by the sealed search itself: nothing is kept of a letter for it.

A sample of a letter's pairs of characters is looked up; the letters that hold the most of them are opened and
compared exactly. Complaints about conduct are compared too; who may see them, `access` decides.
"""

from __future__ import annotations

import hashlib

from tongban.cases.index import finding, segments
from tongban.cases.index.tables import WORDS
from tongban.cases.models import Case
from tongban.cases.search import EVERYWHERE, Where
from tongban.text import likeness
from tongban.text.duplicates import NEAR, READ
from tongban.text.phrases import runs

SAMPLE = 16
"""Pairs of characters that are looked up. A copy of 0.6 holds about three quarters of them; see docs/decisions/0012."""
COMPARED = 40
"""Letters that are opened and compared, those with the largest share of the sample first."""


def text_of(case: Case) -> str:
    """What is compared of a letter."""
    return f"{case.subject}\n{case.body}"


def sample(text: str) -> list[tuple[int, int]]:
    """Codes of some pairs of characters of a text: the same pair is chosen or not in every letter alike, rare or
    common."""
    pairs = {run[place : place + 2] for run in runs(text[:READ]) for place in range(len(run) - 1)}
    chosen = sorted(
        pairs, key=lambda pair: hashlib.blake2b(pair.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    )[:SAMPLE]
    return [span for pair in chosen for span in segments.span_of(pair)]


def near(case: Case, most: int = 12, place: Where = EVERYWHERE) -> list[tuple[int, float]]:
    """(case id, likeness 0–1) of letters nearly the same as this one, the nearest first, then the newest; itself left
    out."""
    text = text_of(case)
    spans = sample(text)
    if not spans:
        return []
    likely = [number for number, _share in finding.score(WORDS, spans, place, COMPARED) if number != case.pk]
    others = list(
        Case.objects.filter(pk__in=likely, kind=case.kind, erased_at__isnull=True).only(
            "code", "secret_digest", "private"
        )
    )
    alike = zip(others, likeness(text, map(text_of, others)), strict=True)
    found = [(other.pk, share) for other, share in alike if share >= NEAR]
    return sorted(found, key=lambda pair: (-pair[1], -pair[0]))[:most]
