"""The compiled twin says what the plain loops say, on any bytes and wherever a buffer is cut."""

from __future__ import annotations

import itertools
import random
import shutil
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.detect.making import cards, chinese, credit_codes, emails, grouped, mobiles, plates, resident_ids, vins, wide
from tests.detect.test_identifiers import WORDS_AND_SIGNS
from tongban.detect import cells, compiled, context, engine, loops, signs, tables

MANY = settings(max_examples=300, deadline=None)
identifiers = (
    mobiles
    | resident_ids
    | cards
    | credit_codes
    | plates
    | emails
    | vins
    | mobiles.map(chinese)
    | mobiles.map(wide)
    | mobiles.map(grouped(3, 4))
    | credit_codes.map(lambda c: wide(c.lower()))
    | st.uuids().map(str)
)
noise = st.text(
    "0123456789０１２９ＡａｚXx－-–—‐) （）\u00a0\u3000.,，。:+@＠_%陕京A1b·•\n"
    "\r\t\x00电话订单号卡身份证一二三幺〇○零😀\ud800\udfff",
    max_size=40,
)
days = st.sampled_from(["2024-05-06", "+2024-05-06", "于1999-12-31", "2024-5-06", "20240506", "2024-05-06T"])
fractions = st.builds("{}.{}".format, st.integers(0, 10**7), st.integers(0, 10**12)) | st.sampled_from(
    ["1.2.3.4", "v1.2.3.4", "1.5", "0.00"]
)
dotted = st.builds(
    "{}{}{}".format,
    st.sampled_from(["陕A", "沪Ｂ", "京", "使a"]),
    st.sampled_from(["", "·", "•", " ", "-", ".", "··"]),
    st.text("0123456789ABDFIＡ１警学", min_size=3, max_size=8),
)
words = st.sampled_from(" ".join(tables.WORDS_OF).split()) | st.sampled_from(
    [" ", "（", "(", "：", "/", "\n", "“", "”"]
)
mixtures = st.lists(identifiers | noise | days | fractions | dotted | words | st.text(max_size=10), max_size=12).map(
    "".join
)

long = st.builds(
    lambda sign, times: sign * times,
    st.sampled_from([*"Az1Ｘｚ１ -_@.·X二：电\u3000", "0a", "a1", "1 ", "x-", "１ａ", "A1 "]),
    st.integers(1, 1500),
)


@pytest.fixture(scope="module")
def twin() -> Any:
    """The compiled loops and cells. Compiling them the first time takes a while; later runs read them from disk."""
    return compiled.load("loops"), compiled.load("cells")


def rows(spans: Any) -> list[tuple[int, int, int, int]]:
    return [tuple(map(int, row)) for row in zip(spans.start, spans.end, spans.kind, spans.sure, strict=True)]  # type: ignore[misc]


def same(twin: Any, raw: bytes) -> None:
    assert rows(engine._fast(twin[0], raw)) == rows(engine._plain(raw))


@MANY
@given(mixtures)
def test_on_generated_mixtures(twin, text):
    same(twin, text.encode("utf-8", "surrogatepass"))


@MANY
@given(st.lists(identifiers | long | noise, max_size=6).map("".join))
@example("A" * 700 + "1" * 9)
def test_on_words_longer_than_the_room_for_them(twin, text):
    same(twin, text.encode("utf-8", "surrogatepass"))


@MANY
@given(
    st.lists(
        st.binary(max_size=30)
        | identifiers.map(str.encode)
        | st.sampled_from(
            [b"\xef", b"\xef\xbc", b"\xef\xbd", b"\xe2\x80", b"\xc2", b"\xe9\x99\x95A", b"@", b"1380000"]
        ),
        max_size=12,
    ).map(b"".join)
)
def test_on_bytes_that_are_no_utf_8(twin, raw):
    same(twin, raw)


def test_on_the_words_and_signs_around_a_number(twin):
    for _kind, text, _values in WORDS_AND_SIGNS:
        same(twin, text.encode())
        same(twin, ("卡号 visa " + text + " 版本 " + text).encode())


def test_on_random_bytes(twin):
    dice = random.Random(11643)
    for size in (0, 1, 2, 3, 33, 34, 35, 1_000, 60_000):
        same(twin, dice.randbytes(size))
        same(twin, bytes(dice.choice(b"0123456789X -\xef\xbc\x90@.aA") for _ in range(size)))


def test_a_full_width_small_letter_at_the_end_of_a_quiet_stretch(twin):
    for before in range(70):
        raw = b"." * before + "陕ａ１２３４５".encode()
        same(twin, raw)
        assert len(engine._fast(twin[0], raw)) == 1


def test_letters_between_groups_of_digits_are_no_digits(twin):
    for text in (
        "05a-1234-56789",
        "029 X 81234567",
        "0Z9-8123-4567",
        "1380000a 1234",
        "02z 81234567",
        "6222 0212 34a 5678 9012",
    ):
        same(twin, text.encode())
        assert rows(engine._plain(text.encode())) == []
    dice = random.Random(9834)
    same(twin, "\n".join(str(uuid.UUID(int=dice.getrandbits(128))) for _ in range(20_000)).encode())


def test_a_number_after_a_broken_character_is_found(twin):
    for broken in (b"\xef", b"\xef\xbc", b"\xe9", b"\xff\xfe", b"\xc2"):
        assert [kind for _s, _e, kind, _sure in engine._plain(broken + b"13812345678")] == ["mobile"]
        full = broken + wide("13812345678").encode()
        assert (
            rows(engine._plain(full))
            == rows(engine._fast(twin[0], full))
            == [(len(broken), len(full), loops.MOBILE, 96)]
        )


def test_days_and_fractions_hide_no_number_that_follows_them():
    for text in (
        "2024-05-06 13812345678",
        "1.5,13812345678",
        "于2024-05-06,13812345678",
        "7.13,2024-05-06;13812345678",
    ):
        assert rows(engine._plain(text.encode()))[-1][1:3] == (len(text.encode()), loops.MOBILE)


def test_every_word_before_a_number_is_known_by_its_kind():
    places = (
        context.ID_WORDS,
        context.CARD_WORDS,
        context.PHONE_WORDS,
        context.CREDIT_WORDS,
        context.AGAINST_WORDS,
        context.RELEASE_WORDS,
        context.HOST_WORDS,
    )
    for kind, text in zip(places, tables.WORDS_OF, strict=True):
        for word in text.split():
            for raw in (word.encode(), b"ab " + word.upper().encode()):
                assert (context.context(raw + b"  1", len(raw) + 2) >> kind) & context.FAR == 2, word
                assert (
                    context.context(raw + b"\n1", len(raw) + 1)
                    == context.context(raw + b",1", len(raw) + 1)
                    == context.NOTHING
                )
    assert context.context("路灯坏了1".encode(), 12) == context.NOTHING


def test_the_signs_of_plates_and_the_numerals_are_known_and_no_others():
    characters = [chr(code) for code in range(0x4E00, 0xA000)] + ["〇", "○", "、", "\x00\x00\x00"]
    assert "".join(c for c in characters if signs.is_plate_character(c.encode(), 3)) == "".join(
        sorted("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领")
    )
    values = {c: value for c in characters if (value := signs.numeral_at(c.encode(), 0, 3)) >= 0}
    assert values == {
        **{c: k for k, c in enumerate("零一二三四五六七八九")},
        **{c: k + 1 for k, c in enumerate("壹贰叁肆伍陆柒捌玖")},
        "〇": 0,
        "○": 0,
        "幺": 1,
    }


def test_a_change_in_any_file_makes_compiled_code_new(tmp_path, monkeypatch):
    here = Path(compiled.__file__).parent
    for file in here.glob("*.py"):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(compiled, "__file__", str(tmp_path / "compiled.py"))
    assert compiled.stamp.__wrapped__() == compiled.stamp()
    for name in ("tables", "vectors", "signs", "loops"):
        (tmp_path / f"{name}.py").write_text((here / f"{name}.py").read_text("utf-8") + "# changed\n", "utf-8")
        assert compiled.stamp.__wrapped__() != compiled.stamp()
        shutil.copy(here / f"{name}.py", tmp_path)


def test_a_twin_calls_twins_and_every_room_of_loops_can_have_one(twin):
    assert twin[0].MOBILE_RANGES is tables.MOBILE
    assert tables.MOBILE.tolist() == loops.MOBILE_RANGES
    assert twin[0].numeral_at is not signs.numeral_at
    assert twin[0].numeral_at is compiled.load("signs").numeral_at
    here = Path(compiled.__file__).parent
    decorated = {
        file.stem
        for file in here.glob("*.py")
        if {"@compiled", "@inner", "@inlined"} & set(file.read_text("utf-8").split())
    }
    assert decorated == compiled.ROOMS


@MANY
@given(mixtures, st.integers(64, 200))
def test_findings_are_the_same_wherever_lines_are_cut(twin, text, size):
    raw = "\n".join(text[k : k + 60] for k in range(0, len(text), 60)).encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        whole = rows(engine._fast(twin[0], raw))
        longest = max(map(len, raw.split(b"\n"))) + 1
        patch.setattr(engine, "PIECE", max(size, longest))
        assert rows(engine._fast(twin[0], raw)) == whole


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["我们", "小区", "路灯，", "噪音。", "十二", "\uff0c好"])
        | identifiers.map(lambda t: f"{t}号楼"),
        min_size=3,
        max_size=40,
    ).map("".join),
    st.integers(120, 300),
)
def test_findings_are_the_same_where_prose_without_lines_is_cut(twin, text, size):
    raw = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        whole = rows(engine._fast(twin[0], raw))
        patch.setattr(engine, "PIECE", size)
        assert rows(engine._fast(twin[0], raw)) == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(mobiles | resident_ids | cards | emails, min_size=3, max_size=30), st.integers(90, 300))
def test_findings_are_the_same_where_json_in_one_line_is_cut(twin, values, size):
    raw = ("[" + ",".join(f'{{"v":"{value}"}}' for value in values) + "]").encode()
    with pytest.MonkeyPatch.context() as patch:
        whole = rows(engine._fast(twin[0], raw))
        patch.setattr(engine, "PIECE", size)
        assert rows(engine._fast(twin[0], raw)) == whole


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.integers(1, 50))
def test_pieces_cover_every_byte_once(raw, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "PIECE", size)
        cuts = list(engine.pieces(raw, len(raw)))
    assert [begin for begin, _end in cuts] == [0, *(end for _begin, end in cuts)][: len(cuts)]
    assert all(begin < end <= begin + size for begin, end in cuts)
    assert b"".join(raw[begin:end] for begin, end in cuts) == raw


@MANY
@given(mixtures)
def test_spans_in_characters_are_those_of_the_text(twin, text):
    raw = text.encode("utf-8", "surrogatepass")
    spans = engine._plain(raw)
    starts, ends = engine.in_characters(raw, spans)
    places = np.asarray([p for s, e, _k, _c in rows(spans) for p in (s, e)], np.int64)
    counted = np.empty(len(places), np.int64)
    twin[0].characters(np.frombuffer(raw, np.uint8), len(raw), places, counted)
    assert counted.tolist() == [int(p) for pair in zip(starts, ends, strict=True) for p in pair]
    for start, end, span in zip(starts, ends, rows(spans), strict=True):
        assert text[start:end].encode("utf-8", "surrogatepass") == raw[span[0] : span[1]]


@MANY
@given(mixtures)
def test_findings_stand_in_order_and_do_not_overlap(text):
    spans = rows(engine._plain(text.encode("utf-8", "surrogatepass")))
    assert all(start < end for start, end, _kind, _sure in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


@MANY
@given(
    st.lists(st.sampled_from([*'ab1,"\n\r ', "13812345678", '""', "路"]), max_size=60).map("".join),
    st.integers(1, 4),
    st.sampled_from([34, 0]),
)
def test_cells_are_walked_alike(twin, text, columns, quote):
    raw = text.encode()
    spans = engine._plain(raw)
    starts, ends = np.asarray(spans.start, np.int64), np.asarray(spans.end, np.int64)
    answers = []
    for machine, buf in ((cells, raw), (twin[1], np.frombuffer(raw, np.uint8))):
        out = [np.zeros(len(starts), np.int64) for _ in range(3)]
        filled, kept = np.zeros(columns, np.int64), np.zeros(12, np.int64)
        registers = np.zeros((columns, cells.REGISTERS), np.uint8)
        count = machine.place_spans(
            buf,
            0,
            len(raw),
            44,
            quote,
            starts,
            ends,
            len(starts),
            columns,
            *out,
            filled,
            np.arange(columns),
            registers,
            kept,
            5,
        )
        answers.append(
            (count, [o.tolist() for o in out], filled.tolist(), kept[: kept[0] + 1].tolist(), registers.tobytes())
        )
    assert answers[0] == answers[1]


@MANY
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 2), st.integers(1, 9), st.integers(1, 9), st.integers(0, 1)),
        max_size=40,
    )
)
def test_findings_are_counted_alike_by_column_and_type(twin, spans):
    columns, kinds, lengths, more, steps = (
        np.asarray(column, np.int64) for column in (zip(*spans, strict=True) if spans else [[]] * 5)
    )
    lines, ends, count = np.cumsum(steps), np.cumsum(lengths), len(spans)
    codes = [int(column * 3 + kind) for column, kind in zip(columns, kinds, strict=True)]
    fills = [bool(length >= size * 0.8) for length, size in zip(lengths, lengths + more, strict=True)]
    for machine in (cells, twin[1]):
        numbers, place = np.zeros(12, np.int64), np.zeros(count, np.int64)
        pairs = machine.number_pairs(columns, kinds, count, 3, numbers, place)
        assert [codes.index(code) for code in dict.fromkeys(codes)] == [
            place.tolist().index(pair) for pair in range(pairs)
        ]
        whole, inside, last, kept = (
            np.zeros(pairs, np.int64),
            np.zeros(pairs, np.int64),
            np.full(pairs, -1, np.int64),
            np.zeros((pairs, 3), np.int64),
        )
        machine.count_pairs(
            ends - lengths, ends, lines, lengths + more, place, count, 0.8, whole, inside, last, kept, 2
        )
        for code in set(codes):
            at = int(numbers[code]) - 1
            mine = [k for k in range(count) if codes[k] == code]
            assert whole[at] == sum(fills[k] for k in mine)
            assert inside[at] == len({int(lines[k]) for k in mine if not fills[k]})
            assert kept[at, 1 : 1 + kept[at, 0]].tolist() == [int(lines[k]) for k in mine[:2]]


@MANY
@given(st.binary(max_size=40))
def test_hashes_and_registers_are_alike(twin, raw):
    buf = np.frombuffer(raw, np.uint8)
    assert int(twin[1].hashed(buf, 0, len(raw))) == cells.hashed(raw, 0, len(raw))
    mine, theirs = np.zeros(cells.REGISTERS, np.uint8), np.zeros(cells.REGISTERS, np.uint8)
    cells.count_in(mine, cells.hashed(raw, 0, len(raw)))
    twin[1].count_in(theirs, np.uint64(cells.hashed(raw, 0, len(raw))))
    assert mine.tolist() == theirs.tolist()


def test_the_mobile_ranges_that_loops_know_are_looked_up():
    assert loops.MOBILE_RANGES[138]
    assert not loops.MOBILE_RANGES[154]
