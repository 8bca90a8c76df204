"""Everyday sentences lead to their matters, by whole words; without a letter and without anything learned."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongban.demo import generate
from tongban.text import MatterText, SayingIndex, everyday
from tongban.text.vocabulary import Vocabulary

HERE = Path(__file__).parent


def sentences(name: str) -> list[tuple[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [(code, text) for code, text in (line.split(" ", 1) for line in lines if line and line[0] != "#")]


@pytest.fixture(scope="module")
def index() -> SayingIndex:
    """Over the demo's matters, names and descriptions alone."""
    rows = {row.code: row for row in generate.matters()}
    above = {row.parent for row in rows.values()}
    texts = []
    for row in rows.values():
        if row.code not in above:
            line = [row, *([rows[row.parent]] if row.parent else [])]
            texts.append(MatterText(row.code, [f"{one.name} {one.name_en}" for one in line], row.description))
    return SayingIndex.build(texts)


def in_first_three(index: SayingIndex, asked: list[tuple[str, str]]) -> list[str]:
    return [text for code, text in asked if code not in {one.code for one in index.suggest(text)}]


def test_of_seventy_sentences_at_least_nine_in_ten_have_their_matter_among_the_first_three(index):
    asked = sentences("everyday_sentences.txt")
    assert len(asked) == 70
    assert len(in_first_three(index, asked)) <= 7, in_first_three(index, asked)


def test_of_twenty_that_nobody_tuned_on_most_do_too(index):
    asked = sentences("held_out_sentences.txt")
    assert len(asked) == 20
    assert len(in_first_three(index, asked)) <= 4, in_first_three(index, asked)


def test_a_broken_lift_is_about_lifts_and_one_to_be_added_is_about_renovation(index):
    assert index.suggest("电梯坏了")[0].code == "0208"
    assert index.suggest("老楼想装个电梯")[0].code == "0206"


@pytest.mark.parametrize("name", ["everyday_sentences.txt", "held_out_sentences.txt"])
def test_a_reason_is_a_whole_word_or_is_not_shown(index, name):
    known = everyday()
    for _code, text in sentences(name):
        for one in index.suggest(text):
            assert all(word in known.words or word.isascii() for word in one.words), (text, one.words)
            assert not set(one.words) & {"子上", "度差", "有十", "四度"}


def test_traditional_and_english_words_find_it_as_well(index):
    assert index.suggest("電梯壞了")[0].code == "0208"
    assert index.suggest("暖氣不熱")[0].code == "1204"
    assert index.suggest("The heating is cold")[0].code == "1204"
    assert index.suggest("my lift is broken")[0].code == "0208"


@pytest.mark.parametrize("text", ["", "xyz", "你好", "今天天气真好", "谢谢你们的回复", "！？"])
def test_where_nothing_speaks_for_any_matter_none_is_suggested(index, text):
    assert index.suggest(text) == []


def test_a_text_is_cut_into_the_longest_known_words_and_none_is_seen_across_their_edges():
    words = Vocabulary(frozenset({"加装电梯", "电梯", "装电", "小区"}), silent=frozenset({"小区"}))
    assert words.cut("小区加装电梯").words == ("加装电梯",)
    assert words.cut("小区加装电梯").pairs == ()
    assert words.cut("小区子上电梯").words == ("电梯",)
    assert words.cut("小区子上电梯").pairs == ("子上",)


def test_no_line_of_the_vocabulary_is_without_words():
    known = everyday()
    assert all(spoken for spoken in known.said.values())
    assert known.same("电梯")
    assert "坏了" in known.alike["故障"]
