"""Near-copies are found at submission, on both databases, however often a text was copied before."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.own_letters import TRADITIONAL, TROUBLES
from tongban.text import DuplicateIndex, bands, near_copies, signature, similarity

POSTGRESQL = os.environ.get("TONGBAN_TEST_POSTGRESQL", "")
OWN = [text for texts in TROUBLES.values() for text in texts]
LONG = OWN[0] + OWN[1]
words = st.text("梧桐里停车费涨业主物业电梯困人烧烤油烟ab12，。 \n", max_size=60)


@pytest.fixture(params=["sqlite", "postgresql"])
def index(request) -> Iterator[DuplicateIndex]:
    connection: Any
    if request.param == "sqlite":
        connection = sqlite3.connect(":memory:")
        made = DuplicateIndex(connection, "sqlite")
        made.create()
        yield made
        connection.close()
        return
    if not POSTGRESQL:
        pytest.skip("PostgreSQL is missing: set TONGBAN_TEST_POSTGRESQL=postgresql://user@host:port/name")
    psycopg = pytest.importorskip("psycopg")
    schema = f"h_topics_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRESQL) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(f"SET search_path = {schema}")
        made = DuplicateIndex(connection, "postgresql")
        made.create()
        try:
            yield made
        finally:
            connection.rollback()


def test_a_signature_is_stable_across_versions():
    assert len(signature("梧桐里停车费")) == 256
    assert signature("梧桐里停车费")[:6].hex() == "f36fa21f1bd9"


def test_traditional_and_simplified_give_the_same_signature():
    for text in OWN:
        assert signature(text.translate(TRADITIONAL)) == signature(text)
    assert OWN[0].translate(TRADITIONAL) != OWN[0]


def test_punctuation_space_case_and_width_do_not_matter():
    assert signature("停车费４００元，ABC！") == signature(" 停车费400元 abc\n")


@pytest.mark.parametrize("text", ["", " \n", "，。！", "🙂🙂"])
def test_a_text_without_words_is_a_copy_of_nothing(text, index):
    assert signature(text) == b""
    assert bands(b"") == []
    assert similarity(b"", b"") == 0.0
    assert index.add([(1, text)]) == 0
    assert index.find(text) == []


@pytest.mark.parametrize("text", ["好", "ok", "The street lamp in front of number 12 has been broken since March.", "路灯🙂坏了🙂三天", "\ud800坏字"])
def test_short_english_and_odd_texts_are_found_again(text, index):
    index.add([(7, text)])
    assert index.find(text) == [(7, 1.0)]


def test_a_copy_with_changes_is_found_and_another_letter_is_not(index):
    index.add(enumerate(OWN))
    changed = OWN[5].replace("三栋", "五栋").replace("老人", "孩子") + "谢谢"
    found = index.find(changed)
    assert [number for number, _ in found] == [5]
    assert 0.6 <= found[0][1] < 1.0
    assert index.find("我家门前的香樟树被台风吹倒了，压着电线，请园林部门来人清理。") == []


def test_what_is_removed_is_not_found_and_what_is_added_again_is_written_anew(index):
    index.add([(1, OWN[0]), (2, OWN[1])])
    index.remove([1, 99])
    assert index.find(OWN[0]) == []
    assert index.find(OWN[1]) == [(2, 1.0)]
    index.add([(2, OWN[0])])
    assert index.find(OWN[1]) == []
    assert index.find(OWN[0]) == [(2, 1.0)]


def test_a_much_copied_letter_is_answered_with_the_newest_and_stays_quick(index):
    index.add((number, OWN[0]) for number in range(3_000))
    started = time.perf_counter()
    found = index.find(OWN[0], top=5)
    assert time.perf_counter() - started < 0.2
    assert [number for number, _ in found] == [2999, 2998, 2997, 2996, 2995]
    index.add([(5_000, OWN[7])])
    assert index.find(OWN[7])[0] == (5_000, 1.0)


def test_a_letter_of_a_megabyte_costs_no_more_than_its_beginning(index):
    huge = LONG * 4_000
    assert len(huge.encode()) > 1_000_000
    started = time.perf_counter()
    index.add([(1, huge)])
    assert index.find(huge) == [(1, 1.0)]
    assert time.perf_counter() - started < 1.0


def test_a_letter_stuffed_with_another_ones_words_is_no_copy_of_it(index):
    index.add([(1, OWN[0])])
    assert index.find(OWN[0] + "".join(OWN[8:16])) == []


def test_a_table_name_is_never_taken_from_elsewhere():
    with pytest.raises(ValueError, match="not a table name"):
        DuplicateIndex(sqlite3.connect(":memory:"), "sqlite", name="x; DROP TABLE y")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.integers(0, 5), words), max_size=12), words)
def test_the_index_finds_what_its_letters_say_whatever_was_done_before(steps, asked):
    connection = sqlite3.connect(":memory:")
    try:
        made = DuplicateIndex(connection, "sqlite")
        made.create()
        held: dict[int, str] = {}
        for step, number, text in steps:
            if step == "add":
                made.add([(number, text)])
                held[number] = text
            else:
                made.remove([number])
                held.pop(number, None)
        found = dict(made.find(asked, threshold=0.95))
        mine = signature(asked)
        assert found == {number: like for number, text in held.items() if (like := similarity(mine, signature(text))) >= 0.95}
    finally:
        connection.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=12), st.floats(0.3, 1.0))
def test_splits_keep_near_copies_on_one_side(texts, threshold):
    groups = near_copies(enumerate(texts), threshold)
    assert sorted(number for group in groups for number in group) == list(range(len(texts)))
    side = {number: place for place, group in enumerate(groups) for number in group}
    signed = [signature(text) for text in texts]
    for one in range(len(texts)):
        for other in range(one):
            if similarity(signed[one], signed[other]) >= threshold:
                assert side[one] == side[other]


def test_many_items_are_split_by_their_keys(monkeypatch):
    monkeypatch.setattr("tongban.text.duplicates.EACH_WITH_EACH", 3)
    items = [(f"{number}{sign}", text + sign) for number, text in enumerate(OWN) for sign in ("", "急")]
    groups = near_copies(items)
    assert {frozenset(group) for group in groups} == {frozenset({f"{number}", f"{number}急"}) for number in range(len(OWN))}


@settings(max_examples=60, deadline=None)
@given(words)
def test_a_likeness_is_the_same_from_both_sides_and_whole_with_itself(text):
    mine, other = signature(text), signature(OWN[0])
    assert similarity(mine, other) == similarity(other, mine)
    assert similarity(mine, mine) == (1.0 if mine else 0.0)
    assert signature(text.translate(TRADITIONAL)) == mine
    assert all(-(2**63) <= key < 2**63 for key in bands(mine))
