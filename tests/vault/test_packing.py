"""What is packed before it is sealed comes back to the last character, and a letter takes about half the room."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.vault.packing import packed, unpacked

LETTER = "尊敬的领导，我们小区的路灯坏了三个月，晚上老人和孩子出行很不方便，多次向物业反映没有结果，请帮助解决。"


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=400), max_size=4))
def test_every_value_comes_back(value):
    plain = orjson.dumps(value)
    assert unpacked(packed(plain)) == plain
    assert len(packed(plain)) <= len(plain)


def test_a_letter_takes_little_more_than_half():
    plain = orjson.dumps(
        {"subject": "路灯不亮", "body": LETTER * 4 + "另外井盖也坏了，希望尽快维修。", "name": "", "phone": ""}
    )
    assert len(packed(plain)) < 0.6 * len(plain)


def test_what_is_short_stays_as_it_is():
    assert packed(b'{"text":"ok"}') == b'{"text":"ok"}'


@pytest.mark.parametrize("stored", [b"\x01", b"\x01abc", b"\x01\xff\xff\xff"])
def test_what_was_never_packed_is_refused(stored):
    with pytest.raises(ValueError, match="packed"):
        unpacked(stored)
