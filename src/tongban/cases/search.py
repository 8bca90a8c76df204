"""Finds cases by their words without keeping the words readable.

Character bigrams of every act's text are replaced by keyed hashes and put into a contentless FTS5 table or a
`tsvector`; a query takes the same way, so a phrase is found exactly, Simplified or Traditional, and the database alone
tells nobody what a letter says. One row an act: acts never change, so rows never do; on erasure the row goes first.
Published letters have an index of their own, in plain words (`letters/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from tongban.text import BlindTokens, fts5_query, tsquery, tsvector
from tongban.vault.keyring import ring

from .models import Act, Case

SQLITE = ["CREATE VIRTUAL TABLE case_index USING fts5(tokens, content='', detail=full, tokenize=\"ascii\")"]
POSTGRESQL = [
    "CREATE TABLE case_index (act_id bigint PRIMARY KEY, doc tsvector NOT NULL)",
    "CREATE INDEX case_index_doc ON case_index USING gin (doc) WITH (fastupdate = on)",
]


@lru_cache(maxsize=1)
def blind() -> BlindTokens:
    """The keyed tokeniser of this deployment."""
    return BlindTokens(ring().derive("search"))


def words_of(act: Act, case: Case) -> str:
    """The text by which an act is found: the letter and its sender for the opening act, the act's words for others."""
    return words_of_letter(case.private) if act.sequence == 1 else words_of_act(act.private)


def words_of_letter(private: Mapping[str, Any] | None) -> str:
    """The words of an opening act, from the private part of its case."""
    return "\n".join(str((private or {}).get(name, "")) for name in ("subject", "body", "name"))


def words_of_act(private: Mapping[str, Any] | None) -> str:
    """The words of any other act, from its private part."""
    return str((private or {}).get("text", ""))


def prepare(rows: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """What is stored for texts under the ids of their acts: folded, cut and hashed. Touches no database."""
    tokens, shape = blind(), tsvector if connection.vendor == "postgresql" else " ".join
    return [(act_id, shape(tokens.tokens(text))) for act_id, text in rows if text]


def store(prepared: Sequence[tuple[int, str]]) -> None:
    """Index what `prepare` gave; a text already there is left as it is."""
    if not prepared:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany("INSERT INTO case_index (act_id, doc) VALUES (%s, %s::tsvector) ON CONFLICT (act_id) DO NOTHING", list(prepared))
        else:
            cursor.executemany("INSERT INTO case_index (rowid, tokens) VALUES (%s, %s)", list(prepared))


def remove(rows: Sequence[tuple[int, str]]) -> None:
    """Take texts out of the index; FTS5 without content needs to be told the text again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DELETE FROM case_index WHERE act_id = ANY(%s)", [[act_id for act_id, _ in rows]])
            return
        tokens = blind()
        cursor.executemany(
            "INSERT INTO case_index (case_index, rowid, tokens) VALUES ('delete', %s, %s)",
            [(act_id, " ".join(tokens.tokens(text))) for act_id, text in rows if text],
        )


def case_ids(query: str) -> Any | None:
    """A subquery of the ids of cases in which every word of `query` stands; None where the query has no word."""
    phrases = blind().query(query)
    if not phrases:
        return None
    if connection.vendor == "postgresql":
        sql = "SELECT a.case_id FROM cases_act a JOIN case_index i ON i.act_id = a.id WHERE i.doc @@ %s::tsquery"
        return RawSQL(sql, [tsquery(phrases)])
    sql = "SELECT a.case_id FROM cases_act a WHERE a.id IN (SELECT rowid FROM case_index WHERE case_index MATCH %s)"
    return RawSQL(sql, [fts5_query(phrases)])
