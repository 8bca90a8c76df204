"""A phrase of bigrams is found exactly where the words stand, on SQLite's FTS5."""

from __future__ import annotations

import doctest
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tongban.text
from tongban.text import MatterIndex, MatterText, bigrams, fold, fts5_query, query_tokens, tsquery, tsvector
from tongban.text.phrases import BREAK

ALPHABET = "噪音扰民施工路灯供暖物业垃圾A1b2 ，。「」\n"
documents = st.lists(st.text(ALPHABET, min_size=0, max_size=24), min_size=1, max_size=6)


def found(rows: list[list[str]], query: str) -> set[int]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(tokens, content='', tokenize=\"ascii\")")
    database.executemany(
        "INSERT INTO t (rowid, tokens) VALUES (?, ?)", [(i, " ".join(row)) for i, row in enumerate(rows)]
    )
    return {row[0] for row in database.execute("SELECT rowid FROM t WHERE t MATCH ?", [query])}


def stands_in(word: str, text: str) -> bool:
    import re

    return any(fold(word) in run for run in re.findall(r"[^\W_]+", fold(text)))


@settings(max_examples=200)
@given(documents, st.text("噪音扰民施工路灯A1b2", min_size=1, max_size=5))
def test_a_word_is_found_exactly_where_it_stands(texts, word):
    expected = {i for i, text in enumerate(texts) if stands_in(word, text)}
    assert found([bigrams(text) for text in texts], fts5_query(query_tokens(word))) == expected


def test_simplified_finds_traditional_and_the_reverse():
    assert query_tokens("噪音擾民") == query_tokens("噪音扰民")
    rows = [bigrams("請問供暖時間"), bigrams("请问供暖时间")]
    assert found(rows, fts5_query(query_tokens("时间"))) == {0, 1}
    assert found(rows, fts5_query(query_tokens("時間"))) == {0, 1}


def test_all_words_of_a_query_must_be_there():
    rows = [bigrams("路灯坏了，晚上很黑"), bigrams("路灯很亮")]
    assert found(rows, fts5_query(query_tokens("路灯 晚上"))) == {0}


def test_an_empty_query_has_no_phrase():
    assert query_tokens(" ，。!") == []


@given(st.text(max_size=60))
def test_folding_keeps_the_length(text):
    assert len(fold(text)) == len(text)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_quotes_cannot_leave_a_query():
    assert tsquery([["a'b", "c\\d"]]) == "('a''b' <-> 'c\\\\d')"
    assert fts5_query([['a"b', "cd"]]) == '"a""b cd"'


def test_a_very_long_text_stays_within_postgresqls_limits():
    vector = tsvector(bigrams("噪音" * 20_000))
    assert max(int(p) for part in vector.split(" ") for p in part.rsplit(":", 1)[1].split(",")) <= 16_383


@given(st.lists(st.sampled_from(["噪音", "b00ff", "a'b", "c\\d", "e:f", "g h", BREAK]), max_size=2000))
def test_the_text_of_a_tsvector_gives_each_token_its_first_255_places(tokens):
    places: dict[str, list[int]] = {}
    for number, token in enumerate(tokens, start=1):
        places.setdefault(token, []).append(number)
    expected = []
    for token, found in places.items():
        doubled = token.replace("\\", "\\\\").replace("'", "''")
        expected.append(
            f"{token if token.isalnum() else chr(39) + doubled + chr(39)}:{','.join(map(str, found[:255]))}"
        )
    assert tsvector(tokens) == " ".join(expected)


@pytest.mark.parametrize("times", [254, 255, 256, 257, 600])
def test_a_token_keeps_255_places_and_no_more(times):
    word, others = tsvector(["噪音"] * times + ["b1"]).split(" ")
    assert word.count(",") + 1 == min(times, 255)
    assert others == f"b1:{times + 1}"


def test_a_suggestion_says_which_words_speak_for_it_and_nothing_where_nothing_does():
    index = MatterIndex.build(
        [
            MatterText("1", ["噪音扰民", "城市管理"], "施工噪音、广场舞"),
            MatterText("2", ["供暖", "公用事业"], "暖气不热、停暖"),
        ]
    )
    best = index.suggest("家里暖气不热怎么办")
    assert best[0].code == "2"
    assert "暖气" in best[0].words
    assert index.suggest("xyz") == []
    assert index.suggest("夜裡施工噪音擾民")[0].code == "1"


def test_the_examples_of_the_documentation():
    assert doctest.testmod(tongban.text).failed == 0
