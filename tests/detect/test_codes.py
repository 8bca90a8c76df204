"""UUIDs, hashes and base64 are no telephones, cards or vehicle numbers; numbers beside them and in
their usual spellings stay."""

from __future__ import annotations

import base64
import random
import uuid

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.detect.making import cards, credit_codes, found, grouped, mobiles, vins
from tongban.detect import engine, scan_text

ENDS = ["075227646356", "138001380001", "13800138000a", "a13800138000", "029881234567"]
TELEPHONES = [
    f"{head}-{end}"
    for end in ENDS
    for head in ("f3a1c2d4-94fe-4f66-9d27", "F3A1C2D4-94FE-4F66-9D27", "02988123-4567-4f66-9d27")
]


@pytest.mark.parametrize(
    "code", [*TELEPHONES, "e05872ed-0475-4511-8574-f8effaedab01", "57124242-5051-41cc-94fe-f8effaedab01"]
)
@pytest.mark.parametrize("frame", ["{}", "编号{}已收", "{{{}}}", "file-{}.pdf", "urn:uuid:{}", '"id":"{}",', "电话 {}"])
@pytest.mark.parametrize("times", [1, 2000])
def test_a_number_inside_a_uuid_is_none(code, frame, times):
    text = (frame.format(code) + "\n") * times  # two thousand: by compiled code
    assert len(engine.find(text.encode())) == 0


@settings(deadline=None)
@given(st.uuids(), st.sampled_from(["，", "\n", " ", "|"]))
def test_no_random_uuid_holds_a_number(value, mark):
    assert scan_text(f"{mark}{value}{mark}{str(value).upper()}{mark}") == []


def test_ten_thousand_uuids_and_base64_texts_are_calm():
    drawn = random.Random(11)
    ids = "\n".join(str(uuid.UUID(int=drawn.getrandbits(128), version=4)) for _ in range(10_000))
    texts = "\n".join(base64.b64encode(drawn.randbytes(45)).decode() for _ in range(10_000))
    assert [kind for _start, _end, kind, _sure in engine.find(ids.encode())] == []
    assert [kind for _start, _end, kind, _sure in engine.find(texts.encode())] == []


@pytest.mark.parametrize("times", [1, 2000])
@pytest.mark.parametrize(
    "text",
    [
        "f3a1c2d4-94fe-4f66-9d27-f8effaedab01,13800138000",
        "电话13800138000 f3a1c2d4-94fe-4f66-9d27-f8effaedab01",
        "138-0013-8000",
        "abcd-13800138000",
    ],
)
def test_a_number_beside_a_uuid_or_with_dashes_stays(text, times):
    spans = engine.find((text + "\n").encode() * times)
    assert [kind for _start, _end, kind, _sure in spans] == ["mobile"] * times


@settings(deadline=None)
@given(mobiles, cards.filter(lambda card: len(card) == 16), credit_codes, vins, st.uuids())
@example(
    "13000000000", "6222000000000009", "9161011300000000AY", "L0000000200000000",
    uuid.UUID("70466060-8337-c757-1fa3-3428730a773d"),
)  # fmt: skip
def test_numbers_between_uuids_are_found(mobile, card, code, vin, value):
    text = (
        f"{value} 手机{mobile}，{value}，卡号{grouped(4, 4, 4, 4, sign='-')(card)}。{value} "
        f"信用代码{code}，车架号{vin} {value}"
    )
    assert found(text, "mobile") == [mobile]
    assert [value.replace("-", "") for value in found(text, "bank_card")] == [card]
    assert found(text, "credit_code") == [code]
    assert found(text, "vin") == [vin]


def test_a_vehicle_number_in_both_cases_is_none():
    assert found("K8VFrGaH1RZnWYr7P", "vin") == []
