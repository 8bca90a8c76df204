"""Letters about the same trouble come together; another trouble at the place, or the trouble elsewhere, stays apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.own_letters import START, TRADITIONAL, TROUBLES, letters, trouble_of
from tongban.text import Letter, cluster
from tongban.text.scores import b_cubed


def partition(groups):
    return {frozenset(group) for group in groups}


OWN = partition([[letter.id for letter in letters() if trouble_of(letter.id) == trouble] for trouble in TROUBLES])


def test_same_trouble_together_other_trouble_of_the_estate_and_other_estate_apart():
    assert partition(cluster(letters(), threshold=0.15).groups) == OWN


def test_the_threshold_is_chosen_from_the_letters():
    found = cluster(letters())
    assert 0.04 <= found.threshold <= 0.30
    assert (
        b_cubed(found.groups, {letter.id: list(TROUBLES).index(trouble_of(letter.id)) for letter in letters()})[2] > 0.8
    )


def test_groups_come_the_largest_first_and_hold_every_letter_once():
    found = cluster(letters())
    assert [len(group) for group in found.groups] == sorted((len(group) for group in found.groups), reverse=True)
    assert sorted(number for group in found.groups for number in group) == sorted(letter.id for letter in letters())


def test_traditional_and_simplified_letters_come_together():
    mixed = [
        Letter(one.id, one.text.translate(TRADITIONAL) if place % 2 else one.text, one.at)
        for place, one in enumerate(letters())
    ]
    assert partition(cluster(mixed, threshold=0.15).groups) == OWN


def test_letters_without_a_time_are_compared_by_their_words():
    assert partition(cluster([Letter(one.id, one.text) for one in letters()], threshold=0.2).groups) == OWN


def test_the_same_words_years_later_are_less_alike():
    early = [Letter(number, text, START) for number, text in enumerate(TROUBLES["柳巷烧烤"][:2])]
    late = [Letter(number, one.text, START + timedelta(days=1_500 * number)) for number, one in enumerate(early)]
    other = [Letter(10 + number, text, START) for number, text in enumerate(TROUBLES["热力站停暖"])]
    heights = [height / 100 for height in range(5, 60, 6)]

    def holds(some):
        return sum(any({0, 1} <= set(group) for group in cluster([*some, *other], height).groups) for height in heights)

    assert holds(late) < holds(early)


def test_a_sender_with_a_hundred_letters_does_not_pull_others_in():
    flood = [
        Letter(
            f"洪水-{n}",
            f"我要反映天桥下面的广告牌\n天桥下面的广告牌第{n}次反映，没有人管，广告牌挡住了盲道。",
            START,
            "",
            "一人",
        )
        for n in range(100)
    ]
    groups = cluster([*letters(), *flood], threshold=0.15).groups
    assert partition(groups) == OWN | {frozenset(one.id for one in flood)}


def test_a_letter_stuffed_with_another_ones_words_does_not_join_two_troubles():
    stuffed = Letter("夹-0", TROUBLES["柳巷烧烤"][0] + TROUBLES["明德小学校车"][0], START)
    groups = partition(cluster([*letters(), stuffed], threshold=0.15).groups)
    assert {group - {"夹-0"} for group in groups} - {frozenset()} == OWN


@pytest.mark.parametrize("odd", ["", "🙂🙂🙂", "\n\n", "好", "The lamp is broken.", "\ud800", "梧" * 400_000])
def test_odd_letters_stand_alone_and_disturb_nobody(odd):
    assert partition(cluster([*letters(), Letter("怪-0", odd, START)], threshold=0.15).groups) == OWN | {
        frozenset({"怪-0"})
    }


def test_no_letters_one_letter_and_two():
    assert cluster([]).groups == []
    assert cluster([Letter(1, "路灯坏了")]).groups == [(1,)]
    assert cluster([Letter(1, "柳巷路灯坏了三天"), Letter(2, "柳巷路灯坏了三天")]).groups == [(1, 2)]


def test_the_wide_way_finds_the_same_groups():
    assert partition(cluster(letters(), threshold=0.15, at_once=20).groups) == OWN
    assert partition(cluster(letters(), threshold=0.15, at_once=8).groups) == OWN


def test_the_wide_way_chooses_a_threshold_too():
    many = [
        Letter(f"{one.id}-{copy}", one.text, START + timedelta(days=copy)) for copy in range(3) for one in letters()
    ]
    found = cluster(many, at_once=30)
    assert found.threshold >= 0.10
    assert sum(len(group) for group in found.groups) == len(many)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.text("梧桐里停车费涨业主物业电梯困人烧烤油烟ab12，。 \n", max_size=40), max_size=15),
    st.sampled_from([3, 50]),
)
def test_any_letters_are_parted_into_groups_of_everyone_once(texts, at_once):
    found = cluster([Letter(number, text, START) for number, text in enumerate(texts)], at_once=at_once)
    assert sorted(number for group in found.groups for number in group) == list(range(len(texts)))
    again = cluster(
        [Letter(number, text.translate(TRADITIONAL), START) for number, text in enumerate(texts)], at_once=at_once
    )
    assert again.groups == found.groups
