"""Classes and grades: the stricter wins, volume raises, the standards differ, and every rule names its source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.detect.findings import TYPES, kinds
from tongban.detect.grading import PROFILES, grade, levels, rules, stricter

ORDER = ["general-1", "general-2", "general-3", "general-4", "important", "core"]
types = st.lists(st.sampled_from(sorted(kinds())), max_size=5)


def test_the_levels_stand_in_their_order():
    assert levels() == ORDER


@given(st.sampled_from(ORDER), st.sampled_from(ORDER))
def test_the_stricter_of_two_levels(first, second):
    assert stricter(first, second) == stricter(second, first) == ORDER[max(ORDER.index(first), ORDER.index(second))]


@given(types, types, st.integers(0, 20_000_000), st.sampled_from(PROFILES))
def test_gb_t_43697_the_stricter_wins(some, more, persons, profile):
    both = grade(some + more, persons, profile)
    assert ORDER.index(both.level) >= max(ORDER.index(grade(part, persons, profile).level) for part in (some, more))


@given(types, st.integers(0, 20_000_000), st.integers(0, 20_000_000), st.sampled_from(PROFILES))
def test_more_persons_never_lower_a_level(some, persons, more, profile):
    assert ORDER.index(grade(some, persons + more, profile).level) >= ORDER.index(grade(some, persons, profile).level)


def test_volume_raises_at_each_threshold():
    for row in rules()["volume"]:
        below, at = grade(["email"], row["persons"] - 1), grade(["email"], row["persons"])
        assert ORDER.index(at.level) > ORDER.index(below.level)
        assert f"volume:{row['persons']}" in at.because
        assert f"volume:{row['persons']}" not in below.because
    assert [grade(["email"], n).level for n in (99_999, 100_000, 9_999_999, 10_000_000)] == [
        "general-2",
        "general-3",
        "general-3",
        "important",
    ]


def test_volume_alone_makes_nothing_important_below_ten_million():
    assert grade(["resident_id"], 9_999_999).level == "general-4"


def test_volume_counts_for_personal_data_only():
    assert grade(["credit_code"], 50_000_000).level == "general-1"
    assert grade(["secret_key"], 50_000_000).level == "general-4"


def test_the_profiles_differ_on_the_resident_id():
    assert grade(["resident_id"], profile="45574").sensitive == ""
    assert grade(["resident_id"], profile="35273").sensitive == "个人身份信息"


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_sensitive_is_of_the_least_level_of_its_profile(profile):
    row = rules()["profiles"][profile]
    for name in row["sensitive"]:
        assert name in kinds()
        assert stricter(grade([name], profile=profile).level, row["least"]) == grade([name], profile=profile).level
        assert grade([name], profile=profile).sensitive == row["sensitive"][name]


def test_an_unknown_profile_is_an_error():
    with pytest.raises(KeyError, match="12345"):
        grade(["mobile"], profile="12345")


def test_own_types_have_the_level_that_their_department_says():
    assert grade(["staff_number"], own={"staff_number": "important"}).level == "important"
    assert grade(["staff_number"]).level == "general-1"
    assert grade(["mobile"], own={"mobile": "general-1"}).level == "general-3"  # a type of ours keeps its level


def test_nothing_found_is_of_the_lowest_level():
    assert grade([]) == grade([""])
    assert (grade([]).level, grade([]).personal, grade([]).because) == ("general-1", False, ())


def test_every_type_has_a_grade_names_and_a_reason():
    for name, kind in kinds().items():
        assert grade([name]).level in ORDER
        assert kind.harm in rules()["levels"]["harm"]
        assert kind.subject in ("person", "organisation", "machine", "secret")
        assert kind.zh
        assert kind.en
        assert kind.why
        assert grade([name]).personal == (kind.subject == "person")
    assert set(TYPES) - {""} <= set(kinds())


def test_every_rule_names_its_source_and_how_far_it_is_trusted():
    table = rules()
    for row in [table["levels"], *table["volume"], *table["profiles"].values()]:
        assert any(mark in row["source"] for mark in ("[V]", "[X]", "[M]"))
    assert set(table["profiles"]) == set(PROFILES)
