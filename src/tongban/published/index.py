"""The search index of published cases: FTS5 without content on SQLite, a `tsvector` table on PostgreSQL. No model.

Published texts are open, so their index is too: bigrams made in Python, phrase queries, exact on both databases. Not
for the sealed search of cases: `cases/index`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import connection
from django.db.models.expressions import RawSQL

from tongban.text import bigrams, fts5_query, query_tokens, tsquery, tsvector

from .models import PublishedCase


def words_of(row: PublishedCase) -> list[str]:
    """The tokens of all that is public of a case."""
    return bigrams(f"{row.subject}\n{row.body}\n{row.answer}")


def add(rows: Iterable[PublishedCase]) -> None:
    """Put published cases into the index, where they must not be yet."""
    tokens = [(row.pk, words_of(row)) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                "INSERT INTO published_index (letter_id, doc) VALUES (%s, %s::tsvector)",
                [(pk, tsvector(words)) for pk, words in tokens],
            )
        else:
            cursor.executemany(
                "INSERT INTO published_index (rowid, tokens) VALUES (%s, %s)",
                [(pk, " ".join(words)) for pk, words in tokens],
            )


def held(keys: Sequence[int]) -> set[int]:
    """Those of the published cases that are in the index already."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT letter_id FROM published_index WHERE letter_id = ANY(%s)", [list(keys)])
        else:
            sql = "SELECT id FROM published_index_docsize WHERE id IN (SELECT value FROM json_each(%s))"
            cursor.execute(sql, [str(list(keys))])
        return {row[0] for row in cursor.fetchall()}


def remove(row: PublishedCase, there: bool) -> None:
    """Take a published case out of the index, by the very words with which it went in; `there`: whether it is in."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DELETE FROM published_index WHERE letter_id = %s", [row.pk])
        elif there:  # FTS5 without content breaks where it is told to forget what it never had
            sql = "INSERT INTO published_index (published_index, rowid, tokens) VALUES ('delete', %s, %s)"
            cursor.execute(sql, [row.pk, " ".join(words_of(row))])


def newest(needed: Sequence[Sequence[str]], most: int, places: Sequence[str] = (), since: int = 0) -> list[int]:
    """The keys of the newest published cases from the key `since` on, at most `most`, in which of each of `needed` one
    word at least stands; in one of `places` alone where they are given.

    For candidates: on PostgreSQL a long word is found by its pairs wherever they stand, because the order of tokens can
    only be told by unpacking each document.
    """
    either = [_shortest([phrases[0] for word in words if (phrases := query_tokens(word))]) for words in needed]
    if not either or not all(either):
        return []
    table, values = PublishedCase._meta.db_table, list[Any]()
    there: Any
    if connection.vendor == "postgresql":
        pairs = [[" & ".join(tsquery([[token]]) for token in phrase) for phrase in words] for words in either]
        query = " & ".join("(" + " | ".join(f"({pair})" for pair in words) + ")" for words in pairs)
        inside = "SELECT letter_id FROM published_index WHERE doc @@ %s::tsquery AND letter_id >= %s"
        # materialised, or the planner may go back along the key and unpack every document on its way
        sql = f"WITH found AS MATERIALIZED ({inside}) SELECT letter_id FROM found ORDER BY letter_id DESC LIMIT %s"
        here, there = "place_id = ANY(%s)", list(places)
    else:
        query = " AND ".join("(" + " OR ".join(fts5_query([phrase]) for phrase in words) + ")" for words in either)
        inside = "SELECT rowid FROM published_index WHERE published_index MATCH %s AND rowid >= %s"
        sql = f"{inside} ORDER BY rowid DESC LIMIT %s"
        here, there = "place_id IN (SELECT value FROM json_each(%s))", orjson.dumps(list(places)).decode()
    if places:
        sql = f"SELECT id FROM {table} WHERE {here} AND id IN ({inside}) ORDER BY id DESC LIMIT %s"
        values.append(there)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, query, since, most])
        return [row[0] for row in cursor.fetchall()]


def _shortest(phrases: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Without those in which another stands whole: "电梯坏了" finds nothing that "电梯" does not."""
    texts = {" ".join(phrase): phrase for phrase in sorted(phrases, key=len)}
    kept: dict[str, Sequence[str]] = {}
    for text, phrase in texts.items():
        if not any(f" {other} " in f" {text} " for other in kept):
            kept[text] = phrase
    return list(kept.values())


def matching(query: str) -> Any | None:
    """A subquery of the keys of published cases in which every word of `query` stands; None for an empty query."""
    phrases = query_tokens(query)
    if not phrases:
        return None
    if connection.vendor == "postgresql":
        return RawSQL("SELECT letter_id FROM published_index WHERE doc @@ %s::tsquery", [tsquery(phrases)])
    return RawSQL("SELECT rowid FROM published_index WHERE published_index MATCH %s", [fts5_query(phrases)])
