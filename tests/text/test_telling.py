"""What tells a text from others: words whole, pairs of characters, how rare each is, and how alike two texts are."""

from __future__ import annotations

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.text import MatterIndex, MatterText
from tongban.text.telling import Rarity, likeness, telling

OUR_OWN = [
    "暖气不热",
    "路灯不亮",
    "公交站牌旧了",
    "暖气管道漏水",
    "小区路灯坏了",
    "heating is cold",
    "street lamps are dark",
]


def test_words_of_other_scripts_stay_whole_and_characters_go_in_pairs():
    assert telling("My heating is cold: 暖气不热, line 603") == [
        "heating",
        "cold",
        "暖气",
        "气不",
        "不热",
        "line",
        "603",
    ]
    assert telling("58同城的贷款") == ["同城", "城的", "的贷", "贷款"]
    assert telling("Lamps, LAMP") == ["lamp", "lamp"]


def test_what_stands_in_every_letter_tells_nothing():
    assert telling("请问 the 我们") == []


@given(st.text(alphabet="暖气不热路灯很黑施工噪音严重影响居民休息国家发票头发", max_size=40))
def test_simplified_and_traditional_say_the_same(text):
    assert telling(opencc.OpenCC("s2t").convert(text)) == telling(text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_between_nothing_and_the_same(one, other):
    rare = Rarity.of(OUR_OWN)
    a, b = rare.weights(one, other), rare.weights(other, one)
    assert -1e-9 <= likeness(a, b) <= 1 + 1e-9
    assert likeness(a, b) == pytest.approx(likeness(b, a))
    assert likeness(a, a) == pytest.approx(1.0 if a else 0.0)


def test_a_rare_word_in_common_is_worth_more_than_a_frequent_one():
    rare = Rarity.of(["施工"] * 50 + ["施工 伊景园"] + ["暖气"] * 10)
    asked = rare.weights("伊景园 施工")
    assert likeness(asked, rare.weights("伊景园")) > likeness(asked, rare.weights("施工"))


@given(st.lists(st.sampled_from(OUR_OWN), min_size=1, max_size=30), st.floats(0.05, 1))
def test_probes_together_stand_in_no_more_of_all_texts_than_allowed(texts, within):
    rare = Rarity.of(texts)
    chosen = rare.probes(rare.weights(" ".join(OUR_OWN)), within)
    shares = [max(rare.seen.get(token, 0), 0.5) / rare.texts for token in chosen]
    assert 1 <= len(chosen) <= 16
    assert sum(shares[1:]) <= within - shares[0] + 1e-9 or len(chosen) == 1


def test_a_part_of_an_english_word_speaks_for_no_matter():
    others = [
        MatterText(str(number), [f"事项{chr(0x4E00 + 2 * number)}{chr(0x4E01 + 2 * number)}"]) for number in range(40)
    ]
    heating, travel = (
        MatterText("1204", ["供暖 Heating"], "暖气、管网"),
        MatterText("0902", ["出入境证件 Travel documents"], "", ["How can a foreign teacher renew"]),
    )
    index = MatterIndex.build([heating, travel, *others])
    assert [(item.code, item.words) for item in index.suggest("the heating is cold")] == [("1204", ("heating",))]
    assert index.suggest("earth") == []
