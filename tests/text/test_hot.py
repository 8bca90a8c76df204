"""What is rising is told by the people who write of a trouble, with words of their own and nobody's name."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from tests.text.own_letters import START, TROUBLES, letters
from tongban.text import Letter, Topic, hot_topics
from tongban.text.hot import lies_in, significance

SINCE, UNTIL = START, START + timedelta(days=30)
BEFORE = START - timedelta(days=90)


def written(texts, days=1, first_day=1, sender="s", place="610102", name="n"):
    return [
        Letter(f"{name}{n}", text, START + timedelta(days=first_day + n * days), place, f"{sender}{n}")
        for n, text in enumerate(texts)
    ]


def steady():
    """Other troubles, as many before as now."""
    now = [one for one in letters(timedelta(hours=20)) if not str(one.id).startswith("柳巷")]
    earlier = [
        Letter(f"早{copy}-{one.id}", one.text, one.at - timedelta(days=30 * copy), one.place, f"{one.sender}早{copy}")
        for copy in (1, 2, 3)
        for one in now
        if one.at
    ]
    return now + earlier


RISING = [text.replace("柳巷烧烤", "柳巷烧烤") + f"我家在{n}楼。" for n, text in enumerate(TROUBLES["柳巷烧烤"] * 2)]


def hot(some, **more):
    return hot_topics(some, SINCE, UNTIL, BEFORE, **{"threshold": 0.15, "fewest_senders": 3, **more})


def test_a_rising_trouble_is_told_with_its_place_its_people_and_its_letters():
    found = hot([*steady(), *written(RISING)])
    assert len(found) == 1
    topic = found[0]
    assert (topic.letters, topic.senders, topic.senders_before, topic.place) == (8, 8, 0, "610102")
    assert (topic.since, topic.until) == (SINCE, UNTIL)
    assert topic.growth > 5
    assert topic.significance > 3
    assert set(topic.ids) == {f"n{n}" for n in range(8)}
    assert "烧烤" in topic.name
    assert topic.name == "·".join(topic.words)


def test_what_is_as_common_as_before_is_not_rising():
    assert hot(steady()) == []


def test_a_sender_with_a_hundred_letters_counts_once():
    flood = [dataclasses.replace(one, sender="一人") for one in written(RISING * 12, days=0)]
    assert hot([*steady(), *flood]) == []
    told = hot([*steady(), *flood], fewest_senders=1, least_significance=0)
    assert all(topic.senders == 1 for topic in told if "n0" in topic.ids)


def test_letters_without_a_sender_count_as_one_sender_together():
    assert hot([*steady(), *(dataclasses.replace(one, sender="") for one in written(RISING))]) == []


def test_of_fewer_people_than_k_nothing_is_told():
    few = [*steady(), *written(RISING[:4])]
    assert hot(few, fewest_senders=5) == []
    assert [topic.senders for topic in hot(few, fewest_senders=4)] == [4]


def test_the_public_default_asks_for_five_people():
    assert hot_topics([*steady(), *written(RISING[:4])], SINCE, UNTIL, BEFORE, threshold=0.15) == []


def test_only_the_place_asked_for():
    some = [*steady(), *written(RISING, place="610113")]
    assert hot(some, place="610102") == []
    assert hot(some, place="610113")[0].senders == 8
    assert hot(some, place="610100")[0].place == "610113"
    assert lies_in("610102", "610000")
    assert not lies_in("610102", "620000")
    assert not lies_in("", "610100")


def test_letters_outside_the_period_and_without_a_time_are_not_counted():
    outside = written(RISING, first_day=40) + [Letter(f"无{n}", text) for n, text in enumerate(RISING)]
    assert hot([*steady(), *outside]) == []


def test_a_name_holds_no_persons_name_number_or_marked_word():
    texts = [
        f"柳巷烧烤油烟，张伟明经理不管，电话13912345678\n{text}张伟明经理的电话13912345678打不通，找李秀兰。"
        for text in RISING
    ]
    seen = hot(
        [*steady(), *written(texts)],
        find_personal=lambda text: [(i, i + 3, "name") for i in range(len(text)) if text[i : i + 3] == "李秀兰"],
    )
    assert len(seen) == 1
    for private in ("张伟明", "伟明", "李秀兰", "秀兰", "139", "5678"):
        assert private not in seen[0].name


def test_a_name_is_made_of_words_of_more_than_one_sender():
    texts = [text + ("独家秘闻栏杆歪了。" * 20 if n == 0 else "") for n, text in enumerate(RISING)]
    assert "独家" not in hot([*steady(), *written(texts)])[0].name


def test_significance_is_the_exact_chance():
    assert significance(1, 0, 0.5) == pytest.approx(0.30103, abs=1e-4)  # 1 in 2
    assert significance(3, 0, 0.5) == pytest.approx(0.90309, abs=1e-4)  # 1 in 8
    assert significance(0, 5, 0.5) == 0
    assert significance(300, 100, 0.25) > 50
    assert significance(2, 2, 0.9) < 0.1


def test_periods_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="before ≤ since < until"):
        hot_topics([], UNTIL, SINCE, BEFORE)


@pytest.mark.parametrize("odd", ["", "🙂", "a" * 1_000_000])
def test_odd_letters_are_told_as_nothing(odd):
    assert hot(written([odd] * 6)) == []


def test_nothing_in_a_topic_is_about_a_person_or_an_opinion():
    assert {field.name for field in dataclasses.fields(Topic)} == {
        "name", "words", "place", "since", "until", "letters", "senders", "senders_before", "growth", "significance",
        "ids",
    }  # fmt: skip
