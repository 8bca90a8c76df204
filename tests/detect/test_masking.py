"""Masked, hashed, replaced, generalised: nothing else changes, nothing checked is left, and
only the key turns it back."""

from __future__ import annotations

import csv
import functools
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detect.making import (
    IN_3_4_4,
    IN_6_8_4,
    IN_FOURS,
    PROSE,
    cards,
    chinese,
    credit_codes,
    emails,
    found,
    grouped,
    mobiles,
    phones,
    plain,
    plates,
    resident_id,
    resident_ids,
    wide,
    with_luhn,
)
from tongban.detect import copying, ff1, is_credit_code, is_resident_id, luhn_ok, mask_text, scan_text
from tongban.detect.copying import copy
from tongban.detect.masking import SHAPES, shown
from tongban.detect.patterns import narrow
from tongban.detect.replacing import MODES, Replacer, _plain, key_from
from tongban.detect.reversible import REVERSIBLE
from tongban.detect.sources import Limits, SourceError, read_path

MANY = settings(max_examples=100, deadline=None)
KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
spelled = (
    st.tuples(st.just("resident_id"), resident_ids, st.sampled_from([plain, wide, *IN_6_8_4]))
    | st.tuples(st.just("mobile"), mobiles, st.sampled_from([plain, wide, chinese, grouped(3, 4, sign="‐"), *IN_3_4_4]))
    | st.tuples(st.just("bank_card"), cards, st.sampled_from([plain, wide, *IN_FOURS]))
    | st.tuples(st.just("credit_code"), credit_codes, st.sampled_from([plain, wide]))
    | st.tuples(st.just("phone"), phones.map("-".join), st.sampled_from([plain, wide]))
)
pieces = st.lists(
    PROSE
    | spelled.map(lambda row: f"，{row[2](row[1])}。")
    | emails.map(lambda e: f" {e} ")
    | plates
    | st.text(max_size=8)
    | st.just("我叫王小明，住3号楼2单元501室，月薪8000元"),
    max_size=6,
).map("".join)


@pytest.mark.parametrize("mode", MODES)
@MANY
@given(text=pieces)
def test_nothing_outside_the_spans_changes(mode, text):
    replacer, hits = Replacer(mode, KEY), scan_text(text)
    made, at, rest = replacer.text(text, hits), 0, []
    for finding in hits:
        rest += [text[at : finding.start], replacer.value(text[finding.start : finding.end], finding.type)]
        at = finding.end
    assert made == "".join([*rest, text[at:]])


@MANY
@given(pieces)
def test_after_mask_nothing_checked_is_left(text):
    masked = mask_text(text)
    assert len(masked.text) == len(text)
    for finding in masked.findings:
        assert not scan_text(masked.text[finding.start : finding.end], checked_only=True)


@pytest.mark.parametrize("mode", ["mask", "hash", "generalise"])
@MANY
@given(row=spelled)
def test_no_number_stands_in_what_takes_its_place(mode, row):
    kind, value, spell = row
    made = Replacer(mode, KEY).value(spell(value), kind)
    assert _plain(value) not in _plain(made)
    assert mode != "hash" or made == Replacer("hash", KEY).value(value, kind)


def form_of(value: str) -> str:
    """The spelling: digits and letters as one sign, half and full width apart."""
    return "".join(
        ("9" if ord(c) < 0xFF00 else "９")
        if narrow(c).isalnum() and c not in "零一二三四五六七八九"
        else "九"
        if c in "零一二三四五六七八九"
        else c
        for c in value
    )


@MANY
@given(spelled)
def test_replaced_values_are_valid_of_the_same_type_and_spelling(row):
    kind, value, spell = row
    made = Replacer("replace", KEY).value(spell(value), kind)
    assert form_of(made) == form_of(spell(value))
    bare = _plain(made)
    assert {"resident_id": is_resident_id, "credit_code": is_credit_code, "bank_card": luhn_ok}.get(kind, str.isdigit)(
        bare
    )
    assert kind in {"phone"} or found(made, kind) == [made] or kind in ("bank_card", "credit_code")


@MANY
@given(spelled)
def test_replaced_values_are_the_same_for_every_spelling_and_turned_back_with_the_key_only(row):
    kind, value, spell = row
    made = Replacer("replace", KEY).value(spell(value), kind)
    assert _plain(made) == _plain(Replacer("replace", KEY).value(value, kind))
    assert _plain(Replacer("replace", KEY, backwards=True).value(made, kind)) == _plain(value)


def test_another_key_turns_nothing_back():
    values = [f"1380000{k:04d}" for k in range(200)]
    mine, theirs = Replacer("replace", KEY), Replacer("replace", OTHER, backwards=True)
    assert sum(theirs.value(mine.value(value, "mobile"), "mobile") == value for value in values) <= 1


def test_a_country_before_a_number_does_not_make_another_person():
    replacer = Replacer("replace", KEY)
    assert replacer.value("8613800000000", "mobile")[2:] == replacer.value("13800000000", "mobile")


@MANY
@given(st.sampled_from(["qq", "passport", "travel_permit", "ssn"]), st.data())
def test_contextual_numbers_are_found_again_and_turned_back(kind, data):
    form = {
        "qq": ("QQ：", r"[1-9][0-9]{6,10}"),
        "passport": ("护照号", r"E[0-9]{8}|1[45][0-9]{7}"),
        "travel_permit": ("港澳通行证", r"[HM][0-9]{8}|C[0-9]{8}"),
        "ssn": ("SSN ", r"[1-5][0-9]{2}-1[0-9]-1[0-9]{3}"),
    }[kind]
    text = form[0] + data.draw(st.from_regex(form[1], fullmatch=True))
    if len(found(text, kind)) != 1:
        return  # QQ 1111111
    made = Replacer("replace", KEY).text(text)
    assert Replacer("replace", KEY, backwards=True).text(made) == text


def test_different_values_stay_different():
    replacer = Replacer("replace", KEY)
    assert len({replacer.value(f"1380000{k:04d}", "mobile") for k in range(3_000)}) == 3_000
    ids = {resident_id(f"61011319900101{k:03d}") for k in range(1_000)}
    assert len({replacer.value(value, "resident_id") for value in ids}) == 1_000


def test_names_become_consistent_others():
    replacer = Replacer("replace", KEY)
    assert replacer.value("王小明", "name") == Replacer("replace", KEY).value("王小明", "name") != "王小明"
    assert len(replacer.value("王小明", "name")) == 3


def test_what_backwards_did_not_make_it_leaves_alone():
    backwards = Replacer("replace", KEY, backwards=True)
    assert backwards.value("6101", "resident_id") == "6101"
    assert backwards.value("没有身份证", "resident_id") == "没有身份证"
    assert backwards.text("我叫王小明，邮箱a@example.com") == "我叫王小明，邮箱a@example.com"
    assert {"name", "address", "email"}.isdisjoint(REVERSIBLE)


def test_a_job_says_what_key_it_needs():
    for mode in ("hash", "replace"):
        with pytest.raises(ValueError, match="32 bytes"):
            Replacer(mode, b"short")
    with pytest.raises(ValueError, match="turned back"):
        Replacer("mask", KEY, backwards=True)
    with pytest.raises(ValueError, match="too short"):
        key_from("12345")
    assert key_from("a long secret") == key_from("a long secret") != key_from("a long secreT")


@pytest.mark.parametrize(("kind", "value", "made"), [
    ("resident_id", "610113199001011234", "6101＊＊199＊＊＊＊＊＊＊＊"),
    ("mobile", "138 0000 0000", "138＊＊＊＊＊＊＊＊"), ("birth_date", "1990-01-02", "1990年代"),
    ("address", "陕西省西安市雁塔区小寨路1号", "陕西省西安市雁塔区"),
    ("ipv4", "10.1.2.3", "10.1.0.0/16"), ("name", "王小明", "王某"), ("financial", "12,345元", "10000+"),
    ("email", "wang@example.com", "＊＊＊@example.com"), ("medical", "糖尿病", "＊＊＊"),
])  # fmt: skip
def test_generalised_values(kind, value, made):
    assert Replacer("generalise").value(value, kind)[: len(made)] == made


@MANY
@given(spelled)
def test_a_shown_sample_hides_the_value(row):
    kind, value, spell = row
    sample, shape = shown(spell(value), kind), SHAPES[kind]
    assert sum(c.isalnum() for c in sample) <= shape.head + shape.tail
    assert sample.count("＊") >= 4
    assert not scan_text(sample)
    assert not any(c.isalnum() for c in shown("王小明" + value, kind))


SAMPLES = [
    ("mobile", "13812345678", "138＊＊＊＊5678"),
    ("mobile", "138 1234 5678", "138 ＊＊＊＊ 5678"),
    ("mobile", "１３８１２３４５６７８", "１３８＊＊＊＊５６７８"),
    ("mobile", "1381234", "＊＊＊＊＊＊＊"),
    ("mobile", "13812345678转302", "＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊"),
    ("phone", "029-88251234", "029-＊＊＊＊＊＊34"),
    ("resident_id", "610113199003071234", "610＊＊＊＊＊＊＊＊＊＊＊＊＊34"),
    ("resident_id", "61011319900307123X", "610＊＊＊＊＊＊＊＊＊＊＊＊＊3X"),
    ("bank_card", "6222 0212 3456 7894", "6222 ＊＊＊＊ ＊＊＊＊ 7894"),
    ("plate", "陕A·12345", "陕A·＊＊＊＊5"),
    ("email", "wang.fang@example.com", "w＊＊＊＊＊＊＊＊@＊＊＊＊＊＊＊.com"),
    ("email", "wf@qq.com", "＊＊@＊＊.com"),
    ("email", "a@b", "＊＊＊＊@＊＊＊＊"),
    ("name", "王小明", "＊＊＊"),
    ("name", "欧阳建国", "＊＊＊＊"),
    ("name", "John Smith", "＊＊＊＊＊＊＊＊"),
    ("birth_date", "1990-03-07", "＊＊＊＊-＊＊-＊＊"),
    ("birth_date", "1990年3月7日", "＊＊＊＊年＊月＊日"),
    ("address", "西安市雁塔区小寨东路1号2单元301室", "＊＊市＊＊区＊＊＊路＊号＊单元＊＊＊室"),
    ("address", "路里", "＊＊"),
    ("password", "hunter2", "＊＊＊＊＊＊＊＊"),
    ("secret_key", "AKIAIOSFODNN7EXAMPLE", "＊＊＊＊＊＊＊＊"),
    ("gender", "女", "＊"),
    ("medical", "糖尿病", "＊＊＊"),
    ("passport", "E12345678", "E＊＊＊＊＊＊78"),
    ("case_number", "A-7", "＊＊＊"),
    ("ipv4", "10.1.2.3", "＊＊＊＊＊＊"),
]


@pytest.mark.parametrize(("kind", "value", "sample"), SAMPLES)
def test_a_sample_keeps_its_shape_and_short_ones_nothing(kind, value, sample):
    assert shown(value, kind) == sample


@pytest.mark.parametrize("kind", [kind for kind, _value, _sample in SAMPLES])
@pytest.mark.parametrize("stray", ["王小明", "患者李娜，电话13812345678", "A-7", "陕A12345的车主", "路号王小明楼室"])
def test_what_strays_into_a_column_shows_nothing(kind, stray):
    """One cell in a hundred is something else than the column: it keeps no letter and no digit of its own."""
    assert not set(shown(stray, kind)) & set("王小明患者李娜陕A13579")


# FF1, samples of NIST ("Examples with intermediate values", SP 800-38G).

K128 = "2B7E151628AED2A6ABF7158809CF4F3C"
K192 = K128 + "EF4359D8D580AA4F"
K256 = K192 + "7F036D6F04FC6A94"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(("key", "tweak", "radix", "text", "cipher"), [
    (K128, "", 10, "0123456789", "2433477484"), (K128, "39383736353433323130", 10, "0123456789", "6124200773"),
    (K128, "3737373770717273373737", 36, "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (K192, "", 10, "0123456789", "2830668132"), (K192, "39383736353433323130", 10, "0123456789", "2496655549"),
    (K192, "3737373770717273373737", 36, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (K256, "", 10, "0123456789", "6657667009"), (K256, "39383736353433323130", 10, "0123456789", "1001623463"),
    (K256, "3737373770717273373737", 36, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
])  # fmt: skip
def test_nist_sp_800_38g_samples(key, tweak, radix, text, cipher):
    numerals = [ALPHABET.index(c) for c in text]
    made = ff1.encrypt(bytes.fromhex(key), bytes.fromhex(tweak), numerals, radix)
    assert "".join(ALPHABET[n] for n in made) == cipher
    assert ff1.decrypt(bytes.fromhex(key), bytes.fromhex(tweak), made, radix) == numerals


@pytest.mark.parametrize(("numerals", "radix"), [([1] * 5, 10), ([1, 10] * 5, 10), ([1], 65_536), ([1] * 10, 1)])
def test_domains_that_are_too_small_or_wrong_are_refused(numerals, radix):
    with pytest.raises(ValueError, match="numerals"):
        ff1.encrypt(KEY, b"", numerals, radix)


# Copies.

PEOPLE = [
    (
        resident_id(f"61011319900101{k:03d}"),
        f"1380000{k * 7919 % 10_000:04d}",
        with_luhn(f"62220200000{k * 7919 % 10_000:04d}"),
        f"第{k}次来信，电话1390000{k:04d}，请回复",
    )
    for k in range(120)
]


def secrets() -> list[str]:
    return [value for row in PEOPLE for value in row[:3]] + [f"1390000{k:04d}" for k in range(120)]


def leaks(text: str) -> list[str]:
    return [value for value in secrets() if value in text]


@pytest.mark.parametrize("size", [600, 1_000, 4_096])
def test_a_text_is_copied_across_the_borders_of_pieces(tmp_path, monkeypatch, size):
    monkeypatch.setattr(copying, "read_path", functools.partial(read_path, limits=Limits(text_bytes=size, overlap=64)))
    source, target = tmp_path / "letter.txt", tmp_path / "masked.txt"
    text = "".join(f"{row[3]}，身份证{row[0]}。" for row in PEOPLE)
    source.write_text(text, "utf-8")
    done = copy(str(source), str(target), Replacer("replace", KEY))
    made = target.read_text("utf-8")
    assert leaks(made) == []
    assert len(made) == len(text)
    assert done.replaced["resident_id"] == 120
    back = tmp_path / "back.txt"
    copy(str(target), str(back), Replacer("replace", KEY, backwards=True))
    assert back.read_text("utf-8") == text


def table(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["身份证号", "手机", "银行卡", "来信", "状态"])
        out.writerows([*row, "已办"] for row in PEOPLE)


def test_a_csv_is_copied_by_column_and_turned_back(tmp_path):
    source, target, back = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.csv"
    table(source)
    done = copy(str(source), str(target), Replacer("replace", KEY))
    rows = list(csv.reader(target.open(encoding="utf-8")))
    assert (done.rows, len(rows)) == (120, 121)
    assert leaks(target.read_text("utf-8")) == []
    assert all(is_resident_id(row[0]) and row[4] == "已办" for row in rows[1:])
    copy(str(target), str(back), Replacer("replace", KEY, backwards=True))
    assert list(csv.reader(back.open(encoding="utf-8"))) == list(csv.reader(source.open(encoding="utf-8")))


def test_a_csv_without_a_header_gets_none_and_ragged_rows_stay(tmp_path):
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_text(
        "".join(f"{row[0]},{row[1]}\n" for row in PEOPLE[:40]) + f"{PEOPLE[41][0]},{PEOPLE[41][1]},more\n", "utf-8"
    )
    copy(str(source), str(target), Replacer("mask"))
    rows = list(csv.reader(target.open(encoding="utf-8")))
    assert len(rows) == 41
    assert rows[40][2] == "more"
    assert leaks(target.read_text("utf-8")) == []


def test_parquet_is_copied(tmp_path):
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    source, target = tmp_path / "a.parquet", tmp_path / "b.parquet"
    parquet.write_table(
        pa.table(
            {
                "sfzh": [row[0] for row in PEOPLE],
                "sjh": [int(row[1]) for row in PEOPLE],
                "lx": [row[3] for row in PEOPLE],
                "n": list(range(120)),
            }
        ),
        source,
    )
    copy(str(source), str(target), Replacer("mask"))
    made = parquet.read_table(target).to_pydict()
    assert leaks(str(made)) == []
    assert made["n"] == list(range(120))


def test_sqlite_is_copied_to_sqlite_and_what_is_not_is_told(tmp_path):
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    with sqlite3.connect(source) as db:
        db.execute(
            'CREATE TABLE "居民 表" (id INTEGER PRIMARY KEY, sfzh TEXT, mobile TEXT, card TEXT, note TEXT, photo BLOB)'
        )
        db.executemany('INSERT INTO "居民 表" (sfzh, mobile, card, note) VALUES (?,?,?,?)', PEOPLE)
        db.execute("CREATE TABLE bare (a TEXT)")
    db.close()
    done = copy(str(source), str(target), Replacer("mask"))
    made = sqlite3.connect(target)
    rows = made.execute('SELECT id, sfzh, mobile, card, note FROM "居民 表"').fetchall()
    made.close()
    assert len(rows) == 120
    assert rows[5][0] == 6
    assert leaks(str(rows)) == []
    assert any("photo" in line for line in done.left)
    assert any("bare" in line for line in done.left)


def test_nothing_is_overwritten(tmp_path):
    source, target = tmp_path / "a.txt", tmp_path / "b.txt"
    source.write_text("电话13800000000", "utf-8")
    target.write_text("mine", "utf-8")
    for there in (target, source):
        with pytest.raises(SourceError, match="不覆盖"):
            copy(str(source), str(there), Replacer("mask"))
    assert target.read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.parquet", "a.db"])
def test_nothing_is_left_of_a_failed_copy(tmp_path, monkeypatch, name):
    source, target = tmp_path / name, tmp_path / ("copy" + name)
    if name == "a.db":
        with sqlite3.connect(source) as db:
            db.execute("CREATE TABLE t (mobile TEXT)")
            db.executemany("INSERT INTO t VALUES (?)", [(row[1],) for row in PEOPLE])
        db.close()
    elif name == "a.parquet":
        pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pa.table({"mobile": [row[1] for row in PEOPLE]}), source)
    elif name == "a.csv":
        table(source)
    else:
        source.write_text("，".join(row[1] for row in PEOPLE), "utf-8")
    replacer = Replacer("mask")
    replacer.value = lambda _value, _type: 1 / 0  # type: ignore[assignment,return-value]
    with pytest.raises(ZeroDivisionError):
        copy(str(source), str(target), replacer)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.json", b'[{"a":"13800000000"}]'),
        ("a.jsonl", b'{"a":"13800000000"}\n' * 3),
        ("a.txt", b""),
        ("a.parquet", b"PAR1 broken PAR1"),
        ("a.bin", bytes(range(256)) * 20),
    ],
)
def test_what_cannot_be_copied_is_refused_in_words(tmp_path, name, raw):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(SourceError):
        copy(str(tmp_path / name), str(tmp_path / "copy"), Replacer("mask"))
    assert [path.name for path in tmp_path.iterdir()] == [name]
