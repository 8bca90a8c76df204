"""Published cases like a text, with their answers: for the resident before sending, for the handler while answering.

The index of the published cases is asked for the text's weightiest tokens, few enough to be answered quickly among a
million of them; what comes back is ranked by likeness. How rare a token is, is counted over a sample of the newest
and kept in memory for a while. Not for near copies among cases that are not published.
"""

from __future__ import annotations

import threading
import time

from django.db import connection

from tongban.text import fts5_query, query_tokens, tsquery
from tongban.text.telling import Rarity, likeness

from .models import PublishedCase
from .parts import publications

SAMPLE = 1500
KEPT_SECONDS = 900
MOST_HITS = 4000
"""About so many cases may hold one of the tokens asked for; all of them are weighed by the database."""
CANDIDATES = 80
FIRST = 600
"""So many characters of a case are compared."""
ALIKE = 0.12
"""Less alike than this is not shown: of real letters the nearest above it was of the same sort for 89 in 100
(docs/rooms/text.md)."""
SAME_MATTER, SAME_PLACE = 0.05, 0.02
_lock = threading.Lock()
_kept: dict[str, tuple[float, Rarity, int]] = {}


def forget() -> None:
    """Count anew at the next question; for tests and after an import."""
    _kept.clear()


def rarity() -> tuple[Rarity, int]:
    """How rare tokens are among the published cases, and how many there are about."""
    kept = _kept.get(connection.alias)
    if kept is None or (time.monotonic() - kept[0] > KEPT_SECONDS):
        with _lock:
            rows = PublishedCase.objects.order_by("-pk").values_list("pk", "subject", "body")[:SAMPLE]
            newest, texts = 0, []
            for number, subject, body in rows:
                newest = max(newest, number)
                texts.append(f"{subject}\n{body[:FIRST]}")
            kept = (time.monotonic(), Rarity.of(texts), newest)
            if texts:
                _kept[connection.alias] = kept
    return kept[1], kept[2]


def similar(
    subject: str,
    body: str = "",
    *,
    kind: str | None = None,
    matter: str | None = None,
    place: str | None = None,
    most: int = 5,
    without: int | None = None,
) -> list[PublishedCase]:
    """At most `most` published cases like the text, the likest first; none where nothing is alike.

    `kind`: of this kind alone, else of every kind. Those of `matter` and `place` go first among equals. `without`: a
    case left out. None whose corrected answer waits to be looked at.
    """
    rare, newest = rarity()
    own = rare.weights(subject, body[:FIRST])
    probes = rare.probes(own, within=max(0.02, MOST_HITS / max(newest, 1)))
    if not probes:
        return []
    among = kind if len(publications()) > 1 else None
    rows = PublishedCase.objects.in_bulk(_candidates([(probe, own[probe]) for probe in probes], among)).values()
    scored = []
    for row in rows:
        if row.waiting or (without is not None and row.case_id == without) or (kind is not None and row.kind != kind):
            continue
        score = likeness(own, rare.weights(row.subject, row.body[:FIRST]))
        if score >= ALIKE:
            scored.append((score + SAME_MATTER * (row.matter_id == matter) + SAME_PLACE * (row.place_id == place), row))
    scored.sort(key=lambda item: (-item[0], -item[1].pk))
    return [row for _score, row in scored[:most]]


def _candidates(probes: list[tuple[str, float]], kind: str | None) -> list[int]:
    """The keys of the cases that hold the most of the probes' weight, by the database's index; of one kind where it is
    given."""
    phrases = [(query_tokens(token), weight) for token, weight in probes]
    sqlite = connection.vendor == "sqlite"
    key, of_kind, values = "rowid" if sqlite else "letter_id", "", []
    if kind is not None:
        table = PublishedCase._meta.db_table
        of_kind = f" AND EXISTS (SELECT 1 FROM {table} WHERE {table}.id = published_index.{key} AND kind = %s)"
        values = [kind]
    with connection.cursor() as cursor:
        if sqlite:
            query = " OR ".join(fts5_query(phrase) for phrase, _weight in phrases)
            cursor.execute(
                f"SELECT rowid FROM published_index WHERE published_index MATCH %s{of_kind} ORDER BY rank LIMIT %s",
                [query, *values, CANDIDATES],
            )
        else:
            queries = [(tsquery(phrase), weight) for phrase, weight in phrases]
            score = " + ".join(["(doc @@ %s::tsquery)::int * %s"] * len(queries))
            either = "|".join(f"({query})" for query, _weight in queries)
            weights = [value for pair in queries for value in pair]
            cursor.execute(
                f"SELECT letter_id FROM published_index WHERE doc @@ %s::tsquery{of_kind}"
                f" ORDER BY {score} DESC, letter_id DESC LIMIT {CANDIDATES}",
                [either, *values, *weights],
            )
        return [row[0] for row in cursor.fetchall()]
