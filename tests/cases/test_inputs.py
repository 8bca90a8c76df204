"""Inputs as objects: what each takes, keeps and shows; whatever is given, the answer is a value or a refusal that names
it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.cases.inputs import (
    AgainstUnit,
    Amount,
    Asking,
    Choice,
    Choices,
    Colleague,
    Day,
    Files,
    Flag,
    Grade,
    Line,
    MatterChoice,
    Number,
    PlaceChoice,
    SiteAddress,
    Text,
    UnitChoice,
    UnitChoices,
)
from tongban.cases.refusal import Refusal
from tongban.registry import snapshot

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
OPTIONS = (("a", "甲"), ("b", "乙"))
ALL = (
    Text("x", "文"), Line("x", "行"), Number("x", "数", least=1, most=9), Amount("x", "额"), Day("x", "日"),
    Choice("x", "选", options=OPTIONS), Choices("x", "多选", options=OPTIONS), Flag("x", "是否"), Grade("x", "级"),
    MatterChoice("x", "事项"), PlaceChoice("x", "地方"), UnitChoice("x", "单位"), UnitChoices("x", "单位"),
    AgainstUnit("x", "单位"), Colleague("x", "人"), SiteAddress("x", "网址"), Files("x", "文件"),
)  # fmt: skip
anything = st.one_of(
    st.text(max_size=40),
    st.integers(),
    st.floats(allow_nan=True),
    st.booleans(),
    st.dates(),
    st.lists(st.text(max_size=5), max_size=4),
)


def asking(now: datetime = NOW) -> Asking:
    return Asking(snapshot.current(), now=now)


@pytest.mark.django_db
@pytest.mark.parametrize("item", ALL, ids=lambda item: item.kind)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=anything)
def test_whatever_is_given_the_answer_is_a_value_or_a_refusal_that_names_it(registry, item, value):
    try:
        kept = item.check(value, asking())
    except Refusal as refusal:
        said = (refusal.code, refusal.field)
    else:
        said = ("bad_input", "x")
        assert isinstance(kept, str | int | bool | list)
        assert item.check(kept, asking()) == kept
        assert isinstance(item.show(kept), str)
    assert said == ("bad_input", "x")


@pytest.mark.django_db
@pytest.mark.parametrize("item", ALL, ids=lambda item: item.kind)
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_input_has_a_field_and_says_what_programs_send(registry, item, language):
    with translation.override(language):
        field = item.field(asking())
        assert isinstance(field, forms.Field)
        assert str(field.label) == item.label
        assert str(field.widget.render("x", None, {"id": "x"}))
    assert item.schema()["type"] in ("string", "integer", "array", "boolean")


@pytest.mark.parametrize(
    ("given_", "kept"),
    [("1280.5", "1280.50"), ("¥1,280", "1280.00"), ("12元", "12.00"), (0, "0.00"), ("9999999999.99", "9999999999.99")],
)
def test_an_amount_is_kept_exactly(given_, kept):
    assert Amount("x", "额").check(given_, None) == kept


@pytest.mark.parametrize("wrong", ["-1", "1.005", "1e30", "nan", "十元", "1..2"])
def test_what_is_no_amount_is_refused(wrong):
    with pytest.raises(Refusal):
        Amount("x", "额").check(wrong, None)


@given(st.decimals(0, 10**9, places=2))
def test_every_amount_comes_back_as_it_is_shown(amount):
    kept = Amount("x", "额").check(str(amount), None)
    assert Decimal(kept) == amount
    assert f"{amount:,.2f}" in Amount("x", "额").show(kept)


@pytest.mark.django_db
def test_a_day_keeps_within_its_ends_counted_in_shanghai(registry):
    evening = datetime(2026, 3, 2, 17, tzinfo=UTC)  # the 3rd of March in Shanghai
    item = Day("x", "日", earliest=0, latest=30)
    assert item.check("2026-03-03", asking(evening)) == "2026-03-03"
    assert item.check(date(2026, 4, 2), asking(evening)) == "2026-04-02"
    for wrong in ("2026-03-02", "2026-04-03", "3 March", "2026-02-30"):
        with pytest.raises(Refusal):
            item.check(wrong, asking(evening))
    attrs = item.field(asking(evening)).widget.attrs
    assert (attrs["min"], attrs["max"]) == ("2026-03-03", (date(2026, 3, 3) + timedelta(days=30)).isoformat())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("hxxps://WWW.Example[.]com/a/../b", "https://www.example.com/b"),
        ("例子.测试/路", "http://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF"),
        ("http://good.example\\@evil.example/", "http://good.example/@evil.example/"),
    ],
)
def test_an_address_is_read_as_a_browser_reads_it(typed, kept):
    assert SiteAddress("x", "网址").check(typed, None) == kept


def test_several_choices_are_kept_once_in_the_order_of_the_options():
    assert Choices("x", "选", options=OPTIONS).check(["b", "a", "b"], None) == ["a", "b"]
    assert Choices("x", "选", options=OPTIONS).show(["a", "b"]) == "甲、乙"
