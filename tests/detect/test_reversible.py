"""Whatever `replace` makes of a number, the key turns back: every type, length, alphabet and spelling,
right and wrong numbers.

Before, `QQ：16000000000` became `89387256715` and came back as `28510528796`: the walk to a number of the wanted form
stopped at other places on the way back than on the way there. Numbers with a wrong check digit came back with a right
one, old IDs of fifteen digits and QQ numbers of five not at all.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.detect.making import (
    PROVINCES,
    cards,
    chinese,
    credit_codes,
    days,
    digits,
    found,
    grouped,
    imeis,
    mobiles,
    old_ids,
    phones,
    plain,
    resident_id,
    resident_ids,
    wide,
)
from tongban.detect import is_credit_code, is_resident_id, luhn_ok, reversible, scan_text
from tongban.detect.cycles import next_on_cycle
from tongban.detect.replacing import Replacer, _plain
from tongban.detect.reversible import REVERSIBLE

MANY = settings(max_examples=150, deadline=None)
KEY = bytes(range(32))
THERE, BACK = Replacer("replace", KEY), Replacer("replace", KEY, backwards=True)


def any_digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.integers(least, most).flatmap(digits)


def wrong(last: str) -> st.SearchStrategy[str]:
    return st.sampled_from(last)


documents = st.builds(
    "{}{}".format, st.sampled_from(["", "E", "G", "EA", "H", "M", "C", "CB", "ABC"]), any_digits(5, 12)
)
values = {
    "resident_id": resident_ids
    | resident_ids.flatmap(lambda value: wrong("0123456789X").map(lambda last: value[:17] + last))
    | old_ids
    | any_digits(12, 22)
    | st.builds(lambda p, area, day: f"{p}{area}{day:%Y%m%d}00X", st.sampled_from(PROVINCES), digits(4), days)
    | st.sampled_from(["A123456(3)", "A123456789", "61011319650230O027", "610113209902300027", "610113189901010027"]),
    "bank_card": cards | any_digits(8, 25) | digits(12).map(lambda rest: "6222" + rest),
    "imei": imeis | digits(15),
    "credit_code": credit_codes
    | credit_codes.flatmap(lambda value: wrong("0123456789ABCDEFGHJKLMNPQRTUWXY").map(lambda last: value[:17] + last))
    | digits(10).map(lambda rest: "91610113" + rest),
    "mobile": mobiles | any_digits(7, 14) | mobiles.map("86{}".format) | mobiles.map("0086{}".format),
    "phone": phones.map("-".join)
    | any_digits(7, 12)
    | phones.map(lambda row: f"({row[0]}){row[1]}转801")
    | digits(10).map("+44{}".format),
    "qq": any_digits(5, 12).map(lambda number: number) | mobiles,
    "passport": documents | digits(7).map("14{}".format),
    "travel_permit": documents,
    "ssn": digits(9) | digits(9).map(grouped(3, 2, sign="-")),
}
rows = st.one_of([st.tuples(st.just(type), strategy) for type, strategy in values.items()])
spellings = st.sampled_from(
    [plain, wide, str.lower, grouped(6, 8), grouped(3, 4, sign="-"), grouped(4, 4, 4, 4), lambda v: wide(v.lower())]
)


def test_every_type_that_can_be_turned_back_is_tried():
    assert set(values) == REVERSIBLE


@MANY
@given(rows, spellings)
@example(("qq", "16000000000"), plain)
@example(("qq", "10001"), plain)
@example(("qq", "01234567"), plain)
@example(("qq", "11111111111"), plain)
@example(("passport", "20240506"), plain)
@example(("resident_id", "61011319650312002X"), str.lower)
@example(("resident_id", "610113196503120027"), plain)
@example(("resident_id", "610113203001010027"), plain)
def test_what_is_replaced_comes_back_as_it_was_spelled(row, spell):
    type, value = row
    given = spell(value)
    made = THERE.value(given, type)
    assert BACK.value(made, type) == given
    assert made != given
    assert len(made) == len(given)


@MANY
@given(mobiles.map(chinese))
def test_chinese_numerals_come_back(value):
    assert BACK.value(THERE.value(value, "mobile"), "mobile") == value


@MANY
@given(rows)
def test_every_spelling_becomes_the_same_number(row):
    type, value = row
    one = _plain(THERE.value(value, type))
    assert {_plain(THERE.value(spell(value), type)) for spell in (wide, str.lower, grouped(4, 4, 4))} == {one}


@MANY
@given(rows)
def test_a_right_number_becomes_a_right_one_and_a_wrong_one_a_wrong_one(row):
    type, value = row
    before, after = _plain(value), _plain(THERE.value(value, type))
    assert [c.isdigit() for c in before] == [c.isdigit() for c in after] or type == "credit_code"
    if type == "resident_id" and len(before) in (15, 18):
        assert is_resident_id(after) == is_resident_id(before)
        assert after[:6] == before[:6]
    if type in ("bank_card", "imei") and len(before) >= 13:
        assert luhn_ok(after) == luhn_ok(before)
    if type == "credit_code":
        assert is_credit_code(after) == is_credit_code(before)


LABELS = {
    "resident_id": "身份证号：", "bank_card": "卡号：", "mobile": "手机：", "qq": "QQ：", "passport": "护照号：",
    "travel_permit": "港澳通行证：", "phone": "电话：",
    "imei": "IMEI ", "credit_code": "信用代码：", "ssn": "SSN ",
}  # fmt: skip


@MANY
@given(rows)
@example(("qq", "16000000000"))
@example(("qq", "13800138000"))
@example(("mobile", "0123455701"))
@example(("bank_card", "6222021234567890124"))
def test_in_a_text_it_is_found_again_as_what_it_was_and_comes_back(row):
    type, value = row
    text = LABELS[type] + value
    hits = scan_text(text)
    if len(hits) != 1 or text[hits[0].start : hits[0].end] != value:
        return  # not a number of a person, or of several
    if hits[0].type not in REVERSIBLE:
        return  # sixteen digits and an X may be a vehicle's
    made = THERE.text(text)
    assert found(made, hits[0].type) == [made[hits[0].start :]]
    assert BACK.text(made) == text


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=4), st.integers(2, 31), st.integers(1, 3), st.data())
def test_a_cycle_visits_every_wanted_value_once_and_backwards_in_the_other_order(tweak, radix, length, data):
    if radix**length > 1_000:
        length = 2 if radix <= 31 else 1
    everything = [list(value) for value in itertools.product(range(radix), repeat=length)]
    kept = [value for value in everything if sum(value) % data.draw(st.just(3)) != 1] or everything

    def wanted(value: list[int]) -> bool:
        return value in kept

    turned = [next_on_cycle(KEY, tweak, value, radix, wanted) for value in kept]
    assert sorted(turned) == sorted(kept)
    assert len(kept) == 1 or all(before != after for before, after in zip(kept, turned, strict=True))
    assert [next_on_cycle(KEY, tweak, value, radix, wanted, backwards=True) for value in turned] == kept


@MANY
@given(st.lists(st.integers(0, 9), min_size=6, max_size=20))
def test_a_cycle_of_a_large_domain_goes_back_too(numerals):
    def wanted(value: list[int]) -> bool:
        return value[0] % 2 == numerals[0] % 2

    made = next_on_cycle(KEY, b"t", numerals, 10, wanted)
    assert wanted(made)
    assert made != numerals
    assert next_on_cycle(KEY, b"t", made, 10, wanted, backwards=True) == numerals


@pytest.mark.parametrize(
    "value", ["", "无", "王小明", "1234", "电话不通13800138000请写信", "WANGXIAOMING13800138000", "²²²²²²²", "٣٣٣٣٣٣٣"]
)
def test_what_is_no_number_keeps_nothing_of_itself(value):
    for type in sorted(REVERSIBLE):
        assert reversible.turned(KEY, _plain(value), type) is None
        assert not value or len(THERE.value(value, type)) == 24
        assert BACK.value(value, type) == value


def test_right_numbers_stay_apart():
    numbers = [resident_id(f"61011319900101{k:03d}") for k in range(300)] + [
        f"61011319900101{k:03d}X" for k in range(300)
    ]
    assert len({THERE.value(number, "resident_id") for number in numbers}) == len(set(numbers))
