"""Finds cases by their words, and by the contact of their sender, without keeping either readable.

What is looked in are sealed segments (`cases/index/`). A word of two characters or of one is exact there; a longer one
is looked up once more in the texts themselves, newest first and no further than a page needs. Simplified finds
Traditional. The sender's name and contact are not among the words. Published letters have an index of their own, in
plain words (`letters/`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tongban.text.phrases import holds, runs, words_of_query
from tongban.vault.postings import different

from .index import finding, segments
from .index.finding import EVERYWHERE, Hits, Where, where
from .index.tables import CONTACT, WORDS
from .inputs import normal_email, normal_phone
from .models import Act, Case

__all__ = [
    "EVERYWHERE",
    "Found",
    "Where",
    "by_contact",
    "case_ids",
    "contacts_of",
    "find",
    "where",
    "words_of_act",
    "words_of_letter",
]

EXACT = 2
"""Words up to so many characters need no second look."""
FIRST_CHUNK, LARGEST_CHUNK = 64, 4_096
MOST_OF_ONE = 1_000
"""Cases of one contact that are looked at, the newest."""


def words_of_letter(private: Mapping[str, Any] | None) -> str:
    """The words by which an opening act is found, from the private part of its case: the letter, not who sent it."""
    return "\n".join(str((private or {}).get(name, "")) for name in ("subject", "body"))


def words_of_act(private: Mapping[str, Any] | None) -> str:
    """The words of any other act, from its private part."""
    return str((private or {}).get("text", ""))


def contacts_of(private: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """(kind, normalised value) of the ways to reach who sent a letter."""
    known = private or {}
    both = (
        ("phone", normal_phone(str(known.get("phone") or ""))),
        ("email", normal_email(str(known.get("email") or ""))),
    )
    return [(kind, value) for kind, value in both if value]


@dataclass(frozen=True)
class Found:
    """Cases that hold every word of a query in one of their acts, as far as the index knows;
    `verified` knows it for certain."""

    words: tuple[str, ...]
    hits: Hits

    def chunks(self, beyond: int | None = None, backward: bool = False) -> Iterator[list[int]]:
        """The ids of cases, newest first from below `beyond`; `backward`: oldest first from
        above it. In growing lists."""
        cases = different(self.hits.cases)
        if beyond is not None:
            cases = cases[cases > beyond] if backward else cases[cases < beyond]
        cases, size, start = cases if backward else cases[::-1], FIRST_CHUNK, 0
        while start < len(cases):
            yield cases[start : start + size].tolist()
            start, size = start + size, min(4 * size, LARGEST_CHUNK)

    def verified(self, case_ids: Sequence[int]) -> set[int]:
        """Those of the cases that hold every word."""
        long = [word for word in self.words if len(word) > EXACT]
        if not long:
            return set(case_ids)
        acts = self.hits.acts[np.isin(self.hits.cases, np.array(case_ids, np.int64))].tolist()
        return {case for case, text in _texts(acts) if all(holds(text, word) for word in long)}


def _texts(act_ids: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
    """(case, runs of the text) of acts."""
    for start in range(0, len(act_ids), 500):
        openings = []
        for act in (
            Act.objects.filter(pk__in=act_ids[start : start + 500])
            .select_related("case")
            .only("case_id", "sequence", "private", "case__code")
        ):
            if act.sequence == 1:
                openings.append(act.case_id)
            else:
                yield act.case_id, runs(words_of_act(act.private))
        for case in Case.objects.filter(pk__in=openings).only("code", "secret_digest", "private"):
            yield case.pk, runs(words_of_letter(case.private))


def find(query: str, place: Where) -> Found | None:
    """The cases in which every word of `query` stands in one act, of those at `place`; None
    where the query has no word."""
    words = words_of_query(query)
    if not words:
        return None
    spans = list(dict.fromkeys(span for word in words for span in segments.span_of(word)))
    return Found(tuple(words), finding.find(WORDS, spans, place))


def case_ids(query: str, place: Where = EVERYWHERE) -> list[int] | None:
    """The ids of all cases in which every word of `query` stands, newest first; None where the query has no word."""
    found = find(query, place)
    if found is None:
        return None
    ids: list[int] = []
    for chunk in found.chunks():
        kept = found.verified(chunk) & set(
            Case.objects.filter(pk__in=chunk, erased_at__isnull=True).values_list("pk", flat=True)
        )
        ids += [number for number in chunk if number in kept]
    return ids


def by_contact(kind: str, value: str, place: Where) -> list[int]:
    """The ids of the cases whose sender gave this telephone number ("phone") or address ("email"),
    normalised, newest first.

    Who may use it, and that it is recorded, is the caller's: see `desk/searching.py`.
    """
    code = segments.contact_code(kind, value)
    likely = finding.find(CONTACT, [(code, code)], place).cases[:MOST_OF_ONE].tolist()
    known = Case.objects.filter(pk__in=likely, erased_at__isnull=True).only("code", "secret_digest", "private")
    same = {case.pk for case in known if (kind, value) in contacts_of(case.private)}
    return [number for number in dict.fromkeys(likely) if number in same]
