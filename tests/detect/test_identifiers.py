"""Every valid identifier is found at its exact span, whatever its spelling and neighbours; what
only looks like one is not."""

from __future__ import annotations

import random
import uuid

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.detect.making import (
    IN_3_4_4,
    IN_6_8_4,
    IN_FOURS,
    PROSE,
    amex,
    cards,
    chinese,
    credit_codes,
    digits,
    emails,
    found,
    grouped,
    iban,
    ibans,
    imeis,
    mobiles,
    old_ids,
    phones,
    plain,
    plates,
    resident_ids,
    vins,
    wide,
    with_luhn,
)
from tongban.detect import scan_text
from tongban.detect.findings import TYPES

MANY = settings(max_examples=120, deadline=None)
CHECKED = set(TYPES) - {""}
BORDERS = st.tuples(PROSE, PROSE) | st.sampled_from(
    [
        ("", ""),
        ("（", "）"),
        ('"', '"'),
        ("：", "。"),
        ("\n", "\n"),
        ("<td>", "</td>"),
        ("\t", ","),
        ("😀", "😀"),
        ("\x00", "\x00"),
        ("=", ";"),
        ("[", "]"),
    ]
)


@MANY
@given(
    BORDERS,
    resident_ids,
    st.sampled_from([plain, wide, str.lower, *IN_6_8_4, *IN_FOURS, grouped(17), grouped(17, sign="-")]),
)
def test_a_resident_id_is_found_in_any_spelling(around, number, spell):
    shown = spell(number)
    assert found(around[0] + shown + around[1], "resident_id") == [shown]


@MANY
@given(resident_ids.flatmap(lambda n: st.tuples(st.just(n), st.integers(0, 16), st.integers(1, 9))))
def test_a_resident_id_with_one_wrong_digit_is_none(case):
    number, place, shift = case
    broken = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert found(broken, "resident_id") == []


@MANY
@given(
    PROSE, old_ids, st.sampled_from(["身份证", "身份证号：", "证件号码是 ", "idcard: "]), st.sampled_from([plain, wide])
)
def test_a_resident_id_of_15_digits_is_found_where_words_say_so(before, number, words, spell):
    shown = spell(number)
    assert found(before + "\n" + words + shown + "。", "resident_id") == [shown]


@MANY
@given(BORDERS, credit_codes, st.sampled_from([plain, wide, str.lower, grouped(2, 6, 9, sign="")]))
def test_a_credit_code_is_found(around, code, spell):
    shown = spell(code)
    assert found(around[0] + shown + around[1], "credit_code") == [shown]


@MANY
@given(credit_codes, st.integers(8, 16), st.integers(1, 30))
def test_a_credit_code_with_one_wrong_character_is_none(code, place, shift):
    from tests.detect.making import CREDIT

    broken = code[:place] + CREDIT[(CREDIT.index(code[place]) + shift) % 31] + code[place + 1 :]
    assert found(broken, "credit_code") == []


@MANY
@given(BORDERS, cards, st.sampled_from([plain, wide, *IN_FOURS]))
def test_a_bank_card_is_found_in_any_spelling(around, number, spell):
    shown = spell(number)
    assert [shown] == [
        t
        for f in scan_text(around[0] + shown + around[1])
        if f.type in ("bank_card", "resident_id", "credit_code")
        for t in [(around[0] + shown + around[1])[f.start : f.end]]
    ]


@MANY
@given(amex, st.sampled_from(["卡号", "信用卡："]))
def test_a_card_of_15_digits_is_found_where_words_say_so(number, words):
    assert found(f"{words}{number}", "bank_card") == [number]


@MANY
@given(cards, st.integers(1, 9))
def test_a_card_with_a_broken_checksum_is_none(number, shift):
    broken = number[:-1] + str((int(number[-1]) + shift) % 10)
    assert found(broken, "bank_card") == []


@MANY
@given(BORDERS, mobiles, st.sampled_from([plain, wide, chinese, lambda n: chinese(n, "幺"), *IN_3_4_4]))
def test_a_mobile_number_is_found_in_any_spelling(around, number, spell):
    shown = spell(number)
    assert found(around[0] + shown + around[1], "mobile") == [shown]


@MANY
@given(
    mobiles,
    st.sampled_from(["+86", "+86 ", "+86-", "86", "86 ", "0086", "0086-", "＋８６", "(+86)", "0"]),
    st.sampled_from([plain, grouped(3, 4), grouped(3, 4, sign="-")]),
)
def test_a_mobile_number_is_found_with_the_country_before_it(number, country, spell):
    if country == "0":
        spell = plain
    shown = spell(number)
    hits = found(f"打{country}{shown}吧", "mobile")
    assert len(hits) == 1
    assert hits[0].endswith(shown)


@MANY
@given(BORDERS, phones, st.sampled_from(["-", "", " ", "－"]))
def test_a_fixed_telephone_is_found_with_its_area_code(around, number, sign):
    shown = sign.join(number)
    assert found(around[0] + shown + around[1], "phone") == [shown]


@MANY
@given(
    st.tuples(PROSE, PROSE) | st.sampled_from([("<", ">"), ("（", "）"), (" ", " "), ("mailto:", "?"), ("\n", "\n")]),
    emails,
)
def test_an_email_address_is_found(around, address):
    assert found(around[0] + address + around[1], "email") == [address]


@MANY
@given(
    BORDERS,
    plates,
    st.sampled_from([plain, wide, lambda p: p[:2] + "·" + p[2:], lambda p: p[:2] + " " + p[2:], str.lower]),
)
def test_a_plate_is_found(around, plate, spell):
    shown = spell(plate)
    assert found(around[0] + shown + around[1], "plate") == [shown]


@MANY
@given(BORDERS, vins, st.sampled_from([plain, str.lower, wide]))
def test_a_vin_is_found(around, number, spell):
    shown = spell(number)
    assert found(around[0] + shown + around[1], "vin") == [shown]


@MANY
@given(imeis, st.sampled_from(["IMEI：", "imei ", "设备IMEI"]))
def test_an_imei_is_found(number, words):
    hits = {f.type for f in scan_text(words + number) if f.end - f.start == 15}
    assert hits & {"imei", "resident_id", "mobile"}  # 15 digits that begin with 86 or with a province may read as those


@MANY
@given(st.sampled_from(["护照号E1234567{}", "护照：G1234567{}", "Passport No. EA123456{}"]), st.integers(0, 9))
def test_a_passport_is_found_in_its_context_only(form, last):
    text = form.format(last)
    assert len(found(text, "passport")) == 1
    assert found(text[-9:], "passport") == []


@MANY
@given(
    st.sampled_from(["H{}", "M{}", "C1{}"]),
    digits(7),
    st.sampled_from(["港澳通行证", "往来港澳通行证号码：", "回乡证 "]),
)
def test_a_travel_permit_is_found_in_its_context_only(form, number, words):
    permit = form.format(number) if form.startswith("C") else form.format(number + "1")
    assert found(words + permit, "travel_permit") == [permit]
    assert found(permit, "travel_permit") == []


@MANY
@given(PROSE, ibans, st.sampled_from([plain, grouped(*[4] * 6)]), st.sampled_from(["", "。", " 2024年", " 汇款", "，"]))
def test_an_iban_is_found(before, number, spell, after):
    shown = spell(number)
    assert found(before + "\n" + shown + after, "iban") == [shown]


def test_an_iban_with_a_broken_check_is_none():
    good = iban("DE", "370400440532013000")
    assert found(good[:-1] + "1", "iban") == []


def test_numbers_in_a_row_with_spaces_between_are_all_found():
    for count in (3, 9, 20, 60):
        numbers = [f"1380000{k:04d}" for k in range(count)]
        assert found(" ".join(numbers), "mobile") == numbers
        spaced = [f"139 0000 {k:04d}" for k in range(count)]
        assert found(" ".join(spaced), "mobile") == spaced


def test_an_address_after_a_number_hides_neither():
    text = "13812345678 zhang3@example.com"
    assert (found(text, "mobile"), found(text, "email")) == (["13812345678"], ["zhang3@example.com"])


WORDS_AND_SIGNS = [
    ("mobile", "快递员18291410736会联系您", ["18291410736"]), ("mobile", "合同请寄给赵明18291410736", ["18291410736"]),
    ("mobile", "订单号：18291410736", []),
    ("mobile", "+1 829 141 0736", []), ("phone", "+1 829 141 0736", ["+1 829 141 0736"]),
    ("mobile", "+49 1829 1410736", []), ("phone", "+49 1829 1410736", ["+49 1829 1410736"]),
    ("mobile", "1-829-141-0736", []), ("mobile", "(+86)18291410736", ["(+86)18291410736"]),
    ("mobile", "+86 182 9141 0736", ["+86 182 9141 0736"]),
    ("phone", "(0913)2261407", ["(0913)2261407"]), ("phone", "（029）86214075", ["（029）86214075"]),
    ("phone", "（电话029）86214075", ["029）86214075"]), ("phone", "010-12345678", ["010-12345678"]),
    ("phone", "01012345678", []), ("phone", "代码U+30000020", []),
    ("ipv4", "子网掩码255.255.255.0", []), ("ipv4", "0.0.0.0:8080", []), ("ipv4", "固件版本 12.40.3.118", []),
    ("ipv4", "见第4.2.1.3条", []), ("ipv4", "包括1.2.3.4号楼", []), ("ipv4", "101.102.103.104.栋", []),
    ("ipv4", "服务器4.2.1.3。", ["4.2.1.3"]), ("ipv4", "来自121.40.8.9等地", ["121.40.8.9"]),
    ("ipv4", "ping 4.2.1.3", ["4.2.1.3"]), ("ipv4", "网关10.1.2.3", ["10.1.2.3"]),
    ("ipv4", "SERVER_ADDR=121.40.8.9:80", ["121.40.8.9"]), ("ipv4", "version 4, host 121.40.8.9", ["121.40.8.9"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "values"), WORDS_AND_SIGNS)
def test_the_words_and_signs_around_a_number_tell_what_it_is(kind, text, values):
    assert found(text, kind) == values


@pytest.mark.parametrize(
    ("first", "length"),
    [("3512", 16), ("5038", 12), ("6763", 13), ("4026", 19), ("1800", 15), ("9400", 19), ("3005", 14)],
)
def test_a_card_as_long_as_much_else_is_one_after_a_word_only(first, length):
    number = with_luhn(first + "0714205863917426"[: length - 5])
    assert found(f"卡号{number}", "bank_card") == [number]
    assert found(f"值 {number}", "bank_card") == []


def test_a_vehicle_number_after_the_word_of_a_parcel_is_none():
    vin = "LSVAA4187E2176530"
    good = next(vin[:8] + check + vin[9:] for check in "0123456789X" if found(vin[:8] + check + vin[9:], "vin"))
    assert found(f"车架号 {good}", "vin") == [good]
    assert found(f"快递单号：{good}", "vin") == []


@pytest.mark.parametrize("text", [
    "1700000000", "1700000000000", "2024-01-15 13:45:01", "20240115134501", "订单号2024011512345678",
    "单号 73028891223344", "价格 13800000000.50 元", "0.13812345678",
    "版本 1.38.0000.1234", "9787111128069", "6901234567892", "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709", "138001380001380013800",
    "流水号 6222021234567890128", "运单13800000000", "12,345,678,901.00", "2024年1月15日", "第１３８条",
])  # fmt: skip
def test_what_only_looks_like_an_identifier_is_none(text):
    assert [f.type for f in scan_text(text) if f.type in CHECKED] == []


def test_a_uuid_passes_for_a_number_less_than_once_in_a_thousand():
    """Measured on 10,000: its groups of digits alone read as 0417-2338-4376 by chance (3 in 10,000)."""
    dice = random.Random(9834)
    hits = sum(
        any(f.type in CHECKED for f in scan_text(f"id={uuid.UUID(int=dice.getrandbits(128))}", checked_only=True))
        for _ in range(10_000)
    )
    assert hits <= 10


def test_random_digits_pass_no_more_often_than_their_checks_let_them():
    """Measured on 4,000 numbers of each length: a card needs Luhn and an issuer, an ID a
    province, a day and a check."""
    dice = random.Random(45574)
    most = {10: 0.12, 13: 0.02, 14: 0.02, 15: 0.04, 16: 0.06, 17: 0.02, 18: 0.02, 19: 0.02, 20: 0.0, 24: 0.0}
    for length, limit in most.items():
        hits = sum(
            any(
                f.type in CHECKED
                for f in scan_text(f"值{dice.randrange(10 ** (length - 1), 10**length)}。", checked_only=True)
            )
            for _ in range(4_000)
        )
        assert hits / 4_000 <= limit, (length, hits)


def test_a_timestamp_a_barcode_or_a_digest_is_none_in_ten_thousand():
    dice = random.Random(43697)
    for make in (
        lambda: str(dice.randrange(1_000_000_000, 2_000_000_000)),
        lambda: str(dice.randrange(1_000_000_000_000, 2_000_000_000_000)),
        lambda: f"978{dice.randrange(10**10):010d}",
        lambda: f"69{dice.randrange(10**11):011d}",
        lambda: f"{dice.getrandbits(256):064x}",
    ):
        assert not [f for _ in range(2_000) for f in scan_text(make(), checked_only=True)]


def test_luhn_alone_makes_no_card():
    assert found(with_luhn("123456789012345"), "bank_card") == []


@MANY
@given(
    mobiles,
    st.sampled_from([plain, grouped(3, 4), grouped(3, 4, sign="-")]),
    st.sampled_from(["0.25 ", "10:00:00.123 ", "98.5\u3000", "12.50 3.5 ", ""]),
    st.sampled_from([" 0.25", " 2017.10.11", "\u30003.5元", ""]),
)
@example(
    "17233700042", plain, "10:00:00.123 ", " 2017.10.11"
)  # with the digits beside it 18 that pass both sums of a credit code
@example("17319881115", grouped(3, 4), "10:00:00.123 ", " 2017.10.11")  # with them a resident ID
def test_a_fraction_beside_a_number_does_not_hide_it(number, spell, before, behind):
    shown = spell(number)
    text = before + shown + behind
    assert [shown] == [text[f.start : f.end] for f in scan_text(text, checked_only=True)]


@pytest.mark.parametrize("text", ["1.{} 2.5", "12.{}", "{} 0.5"])
@given(resident_ids, st.sampled_from([plain, grouped(6, 8), grouped(6), grouped(14)]))
@settings(max_examples=30, deadline=None)
def test_an_id_that_is_numbered_or_stands_beside_a_fraction_is_found(text, number, spell):
    shown = spell(number)
    assert found(text.format(shown), "resident_id") == [shown]


@pytest.mark.parametrize("text", ["1979-2011 100强", "1979-2011-100", "1895 1945 123", "始于1899－2001－100，"])
def test_two_years_and_a_number_are_no_mobile_number(text):
    assert found(text, "mobile") == []


@MANY
@given(mobiles.filter(lambda n: not (n[:2] in ("18", "19") and n[4:6] in ("18", "19", "20"))))
def test_a_mobile_number_in_groups_of_four_four_and_three_is_found(number):
    shown = grouped(4, 4)(number)
    assert found(f"电话{shown}。", "mobile") == [shown]


@MANY
@given(mobiles, st.sampled_from(["1.", "10.25."]), st.sampled_from([".5", ".25.1"]))
def test_the_digits_of_a_fraction_are_no_number_of_a_person(number, before, behind):
    for text in (
        before + number,
        number + behind,
        before + number + behind,
        f"{before}{number} 7",
        f"7 {number}{behind}",
    ):
        assert not scan_text(text, checked_only=True), text
