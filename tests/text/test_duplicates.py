"""How alike two texts are: exactly, and as their signatures estimate it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.own_letters import TRADITIONAL, TROUBLES
from tongban.text import bands, likeness, near_copies, signature, similarity

OWN = [text for texts in TROUBLES.values() for text in texts]
LONG = OWN[0] + OWN[1]
words = st.text("梧桐里停车费涨业主物业电梯困人烧烤油烟ab12，。 \n", max_size=60)


def test_a_signature_is_stable_across_versions():
    assert len(signature("梧桐里停车费")) == 256
    assert signature("梧桐里停车费")[:6].hex() == "41adbb885016"


def test_traditional_and_simplified_give_the_same_signature():
    for text in OWN:
        assert signature(text.translate(TRADITIONAL)) == signature(text)
    assert OWN[0].translate(TRADITIONAL) != OWN[0]


def test_punctuation_space_case_and_width_do_not_matter():
    assert signature("停车费４００元，ABC！") == signature(" 停车费400元 abc\n")


@pytest.mark.parametrize("text", ["", " \n", "，。！", "🙂🙂"])
def test_a_text_without_words_is_a_copy_of_nothing(text):
    assert signature(text) == b""
    assert bands(b"") == []
    assert similarity(b"", b"") == 0.0
    assert likeness(text, [text, OWN[0]]) == [0.0, 0.0]


@pytest.mark.parametrize(
    "text",
    [
        "好",
        "ok",
        "The street lamp in front of number 12 has been broken since March.",
        "路灯🙂坏了🙂三天",
        "\ud800坏字",
    ],
)
def test_short_english_and_odd_texts_are_wholly_like_themselves(text):
    assert likeness(text, [text]) == [1.0]


def test_a_copy_with_changes_is_like_its_letter_and_no_other_is():
    changed = OWN[5].replace("三栋", "五栋").replace("老人", "孩子") + "谢谢"
    shares = likeness(changed, OWN)
    assert 0.6 <= shares[5] < 1.0
    assert max(shares[:5] + shares[6:]) < 0.6


def test_a_letter_stuffed_with_another_ones_words_is_no_copy_of_it():
    assert likeness(OWN[0] + "".join(OWN[8:16]), [OWN[0]])[0] < 0.6


@settings(max_examples=60, deadline=None)
@given(words, words)
def test_a_signature_estimates_the_exact_likeness(one, other):
    assert abs(similarity(signature(one), signature(other)) - likeness(one, [other])[0]) < 0.25


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
    assert {frozenset(group) for group in groups} == {
        frozenset({f"{number}", f"{number}急"}) for number in range(len(OWN))
    }


@settings(max_examples=60, deadline=None)
@given(words)
def test_a_likeness_is_the_same_from_both_sides_and_whole_with_itself(text):
    mine, other = signature(text), signature(OWN[0])
    assert similarity(mine, other) == similarity(other, mine)
    assert similarity(mine, mine) == (1.0 if mine else 0.0)
    assert signature(text.translate(TRADITIONAL)) == mine
    assert all(-(2**63) <= key < 2**63 for key in bands(mine))
