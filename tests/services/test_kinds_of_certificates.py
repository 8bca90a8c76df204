"""Kinds of certificates as data, and the claims that are made of them. Without a database but for the last."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.services.certificates.claims import Granted, claims_of, masked
from tongban.services.certificates.kinds import KindsError, city_file, kind_from, kinds, rules
from tongban.services.models import Item


def granted(**more):
    given = {
        "name": "李秀兰", "address": "", "sent": {"id_number": "610113195803020023"}, "facts": {"born": "1966-11-30"},
        "words": {"impairment": {"sight": "视力"}}, "place": "西安市雁塔区", "unit": "雁塔区民政局", "matter": "优待证",
        "number": "1", "issued": date(2026, 11, 30), "until": None,
    }  # fmt: skip
    return Granted(**{**given, **more})


def test_sixty_is_full_on_the_birthday_as_the_conditions_of_the_catalogue_say():
    kind = kinds()["senior"]
    assert claims_of(kind, granted())["over_60"] is True
    assert "over_60" not in claims_of(kind, granted(issued=date(2026, 11, 29)))


def test_a_source_that_says_nothing_makes_no_claim():
    found = claims_of(kinds()["senior"], granted(facts={}, sent={}))
    assert set(found) == {"name", "number", "place"}
    assert "over_60" not in claims_of(kinds()["senior"], granted(facts={"born": "unknown"}))


def test_an_answer_is_said_in_its_words_and_a_day_as_a_day():
    kind = kinds()["disability"]
    found = claims_of(kind, granted(facts={"impairment": "sight"}, until=date(2036, 11, 29)))
    assert (found["impairment"], found["until"]) == ("视力", "2036-11-29")


def test_a_masked_number_keeps_two_signs_at_each_end():
    assert masked("610113195803020023") == "61**************23"
    assert masked("1234567") == "*******"


CITY = """
[status]
entries = 4096
[kind.senior]
name = "敬老卡"
with = "person"
[kind.library]
name = "借书证"
claims = [
  { name = "year", label = "出生年", from = "fact.born", derived = "year" },
  { name = "free", label = "免押金", from = "text", text = "是" },
]
"""


def test_a_city_brings_kinds_of_its_own_and_replaces_others(settings, tmp_path):
    settings.DATA = tmp_path
    city_file().write_text(CITY, encoding="utf-8")
    assert kinds()["senior"].name == "敬老卡"
    assert "food" in kinds()
    assert rules().entries == 4096
    assert claims_of(kinds()["library"], granted()) == {"year": "1966", "free": "是"}
    city_file().write_text('[kind.senior]\nname = "敬老卡"\nwith = "nobody"\n', encoding="utf-8")
    with pytest.raises(KindsError, match="nobody"):
        _again(tmp_path)


def _again(folder):
    import os

    os.utime(city_file(), ns=(1, 1))
    return kinds()


CLAIM = {"name": "a", "label": "甲", "from": "name"}


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"name": "证"},
        {"name": "证", "claims": [{**CLAIM, "name": "_sd"}]},
        {"name": "证", "claims": [{**CLAIM, "name": "exp"}]},
        {"name": "证", "claims": [{**CLAIM, "name": "证号"}]},
        {"name": "证", "claims": [{**CLAIM, "from": "secret"}]},
        {"name": "证", "claims": [{**CLAIM, "from": "fact."}]},
        {"name": "证", "claims": [{**CLAIM, "derived": "guess"}]},
        {"name": "证", "claims": [{**CLAIM, "derived": "age_over"}]},
        {"name": "证", "claims": [{"name": "a", "from": "name"}]},
        {"name": "证", "claims": [CLAIM, CLAIM]},
    ],
)
def test_a_kind_that_is_described_wrongly_is_refused_with_its_name(row):
    with pytest.raises(KindsError, match="one"):
        kind_from("one", row)


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_every_certificate_that_an_item_of_the_demo_gives_is_a_kind():
    assert {item.certificate for item in Item.objects.exclude(certificate="")} <= set(kinds())
