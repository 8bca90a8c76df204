"""Exact phrase search over character bigrams, for FTS5 and tsvector alike.

A text is cut into runs of letters, digits and CJK characters. A run of n characters gives its n−1 overlapping bigrams
and, at its end, its last character alone; runs are parted by a token that no query has, so that a phrase never
reaches from one run into the next. A query word of two characters or more is the phrase of its bigrams: it is found
exactly where the word stands as a substring of a run. A query word of one character is looked up as a prefix.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from operator import add

from .folding import fold

_RUN = re.compile(r"[^\W_]+")
BREAK = "¶"
SINGLE = "\x01"
"""In front of a single character, so that its hash is never that of a bigram."""
MOST_POSITIONS = 16_383
"""PostgreSQL: a position in a tsvector is at most 16,383; what lies behind is not found. docs: textsearch limitations."""
MOST_PER_TOKEN = 255
"""PostgreSQL keeps at most 256 positions of one token."""


def _runs(text: str) -> list[str]:
    return _RUN.findall(fold(text))


def bigrams(text: str) -> list[str]:
    """The tokens of a text, in order."""
    return _bigrams(_runs(text))


def _bigrams(runs: Sequence[str]) -> list[str]:
    tokens: list[str] = []
    for run in runs:
        tokens += map(add, run, run[1:])
        tokens.append(run[-1])
        tokens.append(BREAK)
    return tokens[:-1]


def query_tokens(query: str) -> list[list[str]]:
    """One phrase of tokens for each word of a query. A phrase of one one-character token means a prefix."""
    phrases: list[list[str]] = []
    for run in _runs(query):
        phrase = [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        if phrase not in phrases:
            phrases.append(phrase)
    return phrases[:20]


class _Hashes(dict[str, str]):
    """Token → its keyed hash, computed once; forgets all when full."""

    def __init__(self, key: bytes, most: int) -> None:
        super().__init__()
        self._key, self._most = key[:64], most

    def __missing__(self, token: str) -> str:
        if len(self) >= self._most:
            self.clear()
        self[token] = known = "b" + hashlib.blake2b(token.encode(), key=self._key, digest_size=6).hexdigest()
        return known


class BlindTokens:
    """The same tokens under a keyed hash, so that an index tells nobody what it indexes.

    A one-character word cannot be a prefix of a hash: every character is indexed as a token of its own too, behind the
    run's bigrams. Thread-safe: what is remembered is only ever added or forgotten.
    """

    def __init__(self, key: bytes, most: int = 200_000) -> None:
        self._blind = _Hashes(key, most).__getitem__

    def tokens(self, text: str) -> list[str]:
        """The blinded tokens of a text: its bigrams in order, then each different character once."""
        runs = _runs(text)
        if not runs:
            return []
        blind = self._blind
        singles = sorted(set().union(*runs))
        return [*map(blind, _bigrams(runs)), blind(BREAK), *[blind(SINGLE + character) for character in singles]]

    def query(self, query: str) -> list[list[str]]:
        """The blinded phrases of a query."""
        return [
            [self._blind(SINGLE + phrase[0])] if len(phrase) == 1 and len(phrase[0]) == 1 else [self._blind(token) for token in phrase]
            for phrase in query_tokens(query)
        ]


def _is_prefix(phrase: Sequence[str]) -> bool:
    return len(phrase) == 1 and len(phrase[0]) == 1


def fts5_query(phrases: Sequence[Sequence[str]]) -> str:
    """The MATCH expression: every phrase must be there."""
    parts = []
    for phrase in phrases:
        quoted = '"' + " ".join(token.replace('"', '""') for token in phrase) + '"'
        parts.append(quoted + " *" if _is_prefix(phrase) else quoted)
    return " AND ".join(parts)


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def tsquery(phrases: Sequence[Sequence[str]]) -> str:
    """The text of a tsquery: every phrase must be there, its tokens next to each other."""
    return " & ".join(
        "(" + " <-> ".join(_quoted(token) + (":*" if _is_prefix(phrase) else "") for token in phrase) + ")" for phrase in phrases
    )


def tsvector(tokens: Sequence[str]) -> str:
    """The text of a tsvector with positions, within PostgreSQL's limits."""
    positions: dict[str, str] = {}
    known = positions.get
    for number, token in zip(_NUMBERS, tokens, strict=False):
        found = known(token)
        positions[token] = number if found is None else f"{found},{number}"
    return " ".join([f"{token if token.isalnum() else _quoted(token)}:{found if len(found) < _LONG else _cut(found)}" for token, found in positions.items()])


_NUMBERS = tuple(map(str, range(1, MOST_POSITIONS + 1)))
_LONG = 2 * MOST_PER_TOKEN
"""Fewer characters than this hold no more positions than a token may have."""


def _cut(positions: str) -> str:
    return ",".join(positions.split(",", MOST_PER_TOKEN)[:MOST_PER_TOKEN])
