"""A text masked in small pieces is the text masked whole: keys, tokens and numbers over the borders too."""

from __future__ import annotations

import base64
import functools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detect.making import cards, emails, mobiles, resident_ids
from tongban.detect import copying, mask_text, scan_text
from tongban.detect.copying import copy
from tongban.detect.masking import mask_value
from tongban.detect.replacing import Replacer
from tongban.detect.sources import Limits, read_path
from tongban.detect.streaming import pieces_with_findings

drawn = random.Random(5)


def lines(count: int) -> str:
    raw = base64.b64encode(drawn.randbytes(48 * count)).decode()
    return "\n".join(raw[at : at + 64] for at in range(0, len(raw), 64))


def key(count: int, kind: str = "RSA ", head: str = "", end: bool = True) -> str:
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{head}{lines(count)}\n" + (
        f"-----END {kind}PRIVATE KEY-----\n" if end else "\n完。\n"
    )


def token(size: int) -> str:
    return ".".join(
        [
            "eyJhbGciOiJSUzI1NiIs",
            "eyJ" + base64.urlsafe_b64encode(drawn.randbytes(size)).decode().rstrip("="),
            "c2lnbmF0dXJl" * 4,
        ]
    )


KEYS = [
    key(4), key(26), key(200), key(26, "", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00AA11BB\n\n"),
    key(9, "OPENSSH "), key(26, end=False),
    key(26).replace("\n", "\\n"), "token " + token(30) + " 完\n", token(900) + "\n", "sk-" + "Ab3" * 300 + "\n",
    "ghp_" + "a1B2" * 9 + "。",
]  # fmt: skip
prose = st.text("我们小区的路灯坏了请尽快处理，每天晚上都很吵。电话卡号\n", max_size=120)
parts = st.one_of(
    prose, st.sampled_from(KEYS), mobiles, cards, resident_ids, emails, st.just("password=Tr0ub4dor&3\n"), st.just("\n")
)
texts = st.lists(parts, max_size=14).map("".join)


def in_pieces(text: str, step: int, cut: int, margin: int = 600) -> str:
    chunks = (text[at : at + cut] for at in range(0, len(text), cut))
    made = []
    for piece, found in pieces_with_findings(chunks, scan_text, step=step, margin=margin):
        assert [one for one in found if one.start < 0 or one.end > len(piece)] == []
        at = 0
        for one in found:
            made += [piece[at : one.start], mask_value(piece[one.start : one.end], one.type)]
            at = one.end
        made.append(piece[at:])
    return "".join(made)


@settings(max_examples=150, deadline=None)
@given(texts, st.sampled_from([1, 7, 64, 500]), st.sampled_from([3, 50, 997]))
def test_a_text_masked_in_pieces_is_masked_as_a_whole(text, step, cut):
    whole = mask_text(text).text
    made = in_pieces(text, step, cut)
    assert made == whole
    assert len(made) == len(text)


@pytest.mark.parametrize("secret", KEYS)
@pytest.mark.parametrize("before", [0, 1, 300, 599, 600, 601, 1200])
def test_a_secret_is_masked_whole_wherever_the_border_falls(secret, before):
    text = "路" * before + "\n" + secret + "\n" + "灯坏了。" * 300
    made = in_pieces(text, 40, 11)
    assert made == mask_text(text).text
    for at in range(0, len(secret) - 24, 8):  # nothing of the body stays
        run = secret[at : at + 24]
        if run.isascii() and run.isalnum():
            assert run not in made


@pytest.mark.parametrize(
    "secret",
    [
        key(400),
        key(26, "", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00AA11BB\n\n"),
        token(3000),
        key(26, end=False),
    ],
)
def test_a_copy_of_a_file_holds_nothing_of_a_long_secret(tmp_path, monkeypatch, secret):
    monkeypatch.setattr(copying, "read_path", functools.partial(read_path, limits=Limits(text_bytes=700, overlap=64)))
    monkeypatch.setattr(copying, "pieces_with_findings", functools.partial(pieces_with_findings, step=300, margin=600))
    source, target = tmp_path / "a.txt", tmp_path / "b.txt"
    source.write_text("路灯坏了。\n" * 150 + secret + "\n" + "路灯坏了。\n" * 150, "utf-8")
    copy(str(source), str(target), Replacer("mask"))
    made = target.read_text("utf-8")
    assert made == mask_text(source.read_text("utf-8")).text
    assert not any(
        run in made for run in (secret[at : at + 20] for at in range(60, len(secret) - 60, 20)) if run.isalnum()
    )


def test_a_word_without_an_end_is_cut_at_last_and_nothing_is_lost():
    text = "x" * 9_000 + "电话13800138000"
    made = []
    for piece, _found in pieces_with_findings(
        (text[at : at + 100] for at in range(0, len(text), 100)), scan_text, step=100, margin=300, most=2_000
    ):
        made.append(piece)
    assert "".join(made) == text
    assert max(map(len, made)) < 3_000


def test_many_first_lines_of_keys_take_no_longer_than_their_length():
    short, long = "-----BEGIN PRIVATE KEY-----\n" * 300, "-----BEGIN PRIVATE KEY-----\n" * 3_000
    assert len(scan_text(long)) == 10 * len(scan_text(short)) == 3_000
