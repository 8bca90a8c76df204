"""Checked identifiers are found in every spelling and nothing else of their kind; masking touches the spans alone."""

from __future__ import annotations

import doctest

from hypothesis import given, settings
from hypothesis import strategies as st

import tongban.detect
from tongban.detect import is_credit_code, is_resident_id, luhn_ok, mask_text, scan_text
from tongban.detect.checks import _CHECK, _CREDIT, _CREDIT_WEIGHTS, _WEIGHTS

CHINESE = st.text("我们小区的路灯坏了请处理每天晚上都很吵，。；", max_size=20)


def resident_id(province: str, day: int, serial: int) -> str:
    body = f"{province}0113{19700101 + day:08d}"[:14] + f"{serial:03d}"
    return body + _CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


resident_ids = st.builds(
    resident_id, st.sampled_from(["61", "11", "81", "82", "83"]), st.integers(0, 27), st.integers(0, 999)
)
mobiles = st.builds(lambda a, b: f"1{a}{b:09d}", st.integers(3, 9), st.integers(0, 999_999_999))


@st.composite
def credit_codes(draw):
    body = "91610113" + "".join(draw(st.lists(st.sampled_from(_CREDIT), min_size=9, max_size=9)))
    total = sum(_CREDIT.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + _CREDIT[(31 - total % 31) % 31]


@st.composite
def cards(draw):
    body = "622202" + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=12, max_size=12)))
    return next(body + str(d) for d in range(10) if luhn_ok(body + str(d)))


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


SPELLINGS = [lambda t: t, wide, lambda t: " ".join([t[:3], t[3:7], t[7:]]), lambda t: "-".join([t[:3], t[3:7], t[7:]])]


def spans(text: str, kind: str) -> list[str]:
    return [text[f.start : f.end] for f in scan_text(text) if f.type == kind]


@settings(max_examples=200)
@given(CHINESE, mobiles, st.sampled_from(SPELLINGS), CHINESE)
def test_every_mobile_number_in_any_spelling_is_found_at_its_span(before, number, spell, after):
    shown = spell(number)
    assert spans(before + shown + after, "mobile") == [shown]


@settings(max_examples=200)
@given(CHINESE, resident_ids, st.sampled_from(SPELLINGS), CHINESE)
def test_every_resident_id_is_found_at_its_span(before, number, spell, after):
    assert is_resident_id(number)
    shown = spell(number)
    assert spans(before + shown + after, "resident_id") == [shown]


@given(resident_ids, st.integers(1, 9))
def test_a_resident_id_with_a_broken_checksum_is_none(number, shift):
    broken = number[:16] + str((int(number[16]) + shift) % 10) + number[17]
    assert not is_resident_id(broken)
    assert spans(f"号码{broken}。", "resident_id") == []


@given(CHINESE, credit_codes(), CHINESE)
def test_every_credit_code_is_found_at_its_span(before, code, after):
    assert is_credit_code(code)
    assert spans(before + code + after, "credit_code") == [code]


@given(CHINESE, cards(), CHINESE)
def test_every_bank_card_is_found(before, card, after):
    assert spans(before + card + after, "bank_card") == [card]


@given(cards(), st.integers(1, 9))
def test_a_card_with_a_broken_checksum_is_none(card, shift):
    broken = card[:-1] + str((int(card[-1]) + shift) % 10)
    assert spans(broken, "bank_card") == []


def test_order_numbers_and_timestamps_are_no_cards():
    for text in ("订单号2024011512345678901", "20240115123456", "1700000000", "快递单号 7302 8891 2233"):
        assert [f for f in scan_text(text) if f.type in ("bank_card", "resident_id", "mobile")] == []


def test_chinese_numerals_do_not_hide_a_mobile_number():
    assert spans("我的号码是幺三八零零零零零零零零", "mobile") == ["幺三八零零零零零零零零"]


def test_names_in_context_doors_accounts_plates_and_mail():
    text = "我叫王小明，住3号楼2单元501室，车牌陕A12345，邮箱wang@example.org，微信号wang_12345"
    assert {f.type for f in scan_text(text)} == {"name", "door", "plate", "email", "wechat"}


@settings(max_examples=200)
@given(st.text(max_size=200) | st.lists(mobiles | resident_ids | CHINESE, max_size=6).map("，".join))
def test_masking_changes_nothing_outside_the_spans_and_leaves_no_checked_number(text):
    masked = mask_text(text)
    assert len(masked.text) == len(text)
    inside = {i for f in masked.findings for i in range(f.start, f.end)}
    assert all(masked.text[i] == text[i] for i in range(len(text)) if i not in inside)
    assert not [
        f for f in scan_text(masked.text) if f.type in ("resident_id", "mobile", "bank_card", "email", "credit_code")
    ]


def test_the_examples_of_the_documentation():
    assert doctest.testmod(tongban.detect).failed == 0
