"""Exact phrase search over character bigrams, for FTS5 and tsvector alike.

A text is cut into runs of letters, digits and CJK characters. A run of n characters gives its n−1 overlapping bigrams
and, at its end, its last character alone; runs are parted by a token that no query has, so that a phrase never
reaches from one run into the next. A query word of two characters or more is the phrase of its bigrams: it is found
exactly where the word stands as a substring of a run. A query word of one character is looked up as a prefix.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import add

from .folding import fold

_RUN = re.compile(r"[^\W_]+")
BREAK = "¶"
MOST_WORDS = 20
MOST_POSITIONS = 16_383
"""PostgreSQL: a position in a tsvector is at most 16,383; what lies behind is not found.
docs: textsearch limitations."""
MOST_PER_TOKEN = 255
"""PostgreSQL keeps at most 256 positions of one token."""


def runs(text: str) -> list[str]:
    """The runs of letters and digits of a text, folded: what a word is looked for in."""
    return _RUN.findall(fold(text))


def words_of_query(query: str) -> list[str]:
    """The different words of a query, folded, at most `MOST_WORDS`."""
    return list(dict.fromkeys(runs(query)))[:MOST_WORDS]


def holds(text_runs: Sequence[str], word: str) -> bool:
    """Whether a word (folded) stands in one of a text's runs."""
    return any(word in run for run in text_runs)


def bigrams(text: str) -> list[str]:
    """The tokens of a text, in order."""
    return _bigrams(runs(text))


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
    for run in runs(query):
        phrase = [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        if phrase not in phrases:
            phrases.append(phrase)
    return phrases[:MOST_WORDS]


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
        "(" + " <-> ".join(_quoted(token) + (":*" if _is_prefix(phrase) else "") for token in phrase) + ")"
        for phrase in phrases
    )


def tsvector(tokens: Sequence[str]) -> str:
    """The text of a tsvector with positions, within PostgreSQL's limits."""
    positions: dict[str, str] = {}
    known = positions.get
    for number, token in zip(_NUMBERS, tokens, strict=False):
        found = known(token)
        positions[token] = number if found is None else f"{found},{number}"
    return " ".join(
        [
            f"{token if token.isalnum() else _quoted(token)}:{found if len(found) < _LONG else _cut(found)}"
            for token, found in positions.items()
        ]
    )


_NUMBERS = tuple(map(str, range(1, MOST_POSITIONS + 1)))
_LONG = 2 * MOST_PER_TOKEN
"""Fewer characters than this hold no more positions than a token may have."""


def _cut(positions: str) -> str:
    return ",".join(positions.split(",", MOST_PER_TOKEN)[:MOST_PER_TOKEN])
