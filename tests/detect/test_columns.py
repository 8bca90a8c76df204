"""What a column is, told from generated tables; what only looks like data of persons is not; tallies of parts
join to that of the whole."""

from __future__ import annotations

import csv
import io
import random
import uuid
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detect.making import credit_code, emails, iban, mobiles, resident_id, resident_ids, vin, with_luhn
from tongban.detect import cells
from tongban.detect.columns import half_width, verdicts
from tongban.detect.findings import TYPES
from tongban.detect.naming import says, tokens
from tongban.detect.people_basic import SURNAMES
from tongban.detect.scan import scan_table
from tongban.detect.tally import PLAIN, Tally, cells_of

DICE = random.Random(35273)
ROWS = 60


def many(make) -> list[str | None]:
    return [make() for _ in range(ROWS)]


def number(count: int) -> str:
    return str(DICE.randrange(10 ** (count - 1), 10**count))


def born() -> date:
    return date(1950, 1, 1) + timedelta(DICE.randrange(20_000))


COLUMNS = {
    "resident_id": lambda: resident_id(f"6101{number(2)}{born():%Y%m%d}{DICE.randrange(1000):03d}"),
    "mobile": lambda: "1" + DICE.choice("35789") + f"{DICE.randrange(10**9):09d}",
    "bank_card": lambda: with_luhn("622202" + number(12)),
    "credit_code": lambda: credit_code("91610113MA" + "".join(DICE.choice("ABCDEFGH12345") for _ in range(7))),
    "email": lambda: f"u{number(5)}@example.com", "plate": lambda: f"陕A{number(5)}",
    "vin": lambda: vin("LSV" + "".join(DICE.choice("ABCDEF") for _ in range(7)) + number(6)),
    "name": lambda: DICE.choice(SURNAMES) + DICE.choice("伟芳娜敏静丽强") + DICE.choice("磊军洋勇艳杰"),
    "address": lambda: f"西安市雁塔区小寨路{DICE.randrange(1, 300)}号{DICE.randrange(1, 30)}楼",
    "gender": lambda: DICE.choice("男女"), "ethnicity": lambda: DICE.choice(["汉族", "回族", "藏族"]),
    "birth_date": lambda: f"{born():%Y-%m-%d}", "phone": lambda: f"029-8{number(7)}",
    "ipv4": lambda: f"10.{DICE.randrange(256)}.{DICE.randrange(256)}.{DICE.randrange(1, 255)}",
    "mac": lambda: ":".join(f"{DICE.randrange(256):02x}" for _ in range(6)), "iban": lambda: iban("DE", number(18)),
    "passport": lambda: "E" + number(8), "qq": lambda: number(9), "wechat": lambda: "wx_" + number(7),
    "financial": lambda: number(5) + ".00", "ssn": lambda: f"123-{DICE.randrange(10, 99)}-{number(4)}",
    "organisation": lambda: f"西安{DICE.choice(['长风', '大雁', '曲江'])}{DICE.choice(['科技', '贸易'])}有限公司",
}  # fmt: skip
NAMES = {
    "resident_id": ["身份证号", "sfzh", "idCard", "ID_NO"], "mobile": ["手机号", "sjhm", "mobilePhone", "lxdh"],
    "bank_card": ["银行卡号", "yhkh", "card_no"], "credit_code": ["统一社会信用代码", "tyshxydm", "uscc"],
    "email": ["电子邮箱", "youxiang", "email"], "plate": ["车牌号", "cphm", "plateNo"],
    "vin": ["车架号", "clsbdh", "vin"], "name": ["姓名", "xm", "realName"],
    "address": ["家庭住址", "jtdz", "home_address"],
    "gender": ["性别", "xb", "sex"], "ethnicity": ["民族", "mz", "nation"], "birth_date": ["出生日期", "csrq", "dob"],
    "phone": ["固定电话", "zuoji", "landline"], "ipv4": ["登录IP", "client_ip"], "mac": ["MAC地址", "mac_addr"],
    "iban": ["IBAN", "iban"], "passport": ["护照号", "hzhm", "passport_no"], "qq": ["QQ号", "qq"],
    "wechat": ["微信号", "weixin"], "financial": ["月收入", "salary", "gongzi"], "ssn": ["社会保障号", "ssn"],
    "organisation": ["工作单位", "dwmc", "company"],
}  # fmt: skip
BY_VALUES = [
    "resident_id",
    "mobile",
    "bank_card",
    "credit_code",
    "email",
    "plate",
    "vin",
    "name",
    "address",
    "gender",
    "ethnicity",
    "ipv4",
    "mac",
    "iban",
]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NAMES.items() for name in names])
def test_a_column_is_told_by_a_name_in_chinese_pinyin_or_english(kind, name):
    field = scan_table({name: many(COLUMNS[kind])})[0]
    assert (field.type, field.share >= 0.9, field.sure >= 0.7) == (kind, True, True)


@pytest.mark.parametrize("kind", BY_VALUES)
def test_a_column_is_told_by_its_values_alone(kind):
    field = scan_table({"c7": many(COLUMNS[kind])})[0]
    assert field.type == kind
    assert field.level != "general-1" or kind == "credit_code"


@pytest.mark.parametrize("kind", ["passport", "qq", "birth_date", "wechat"])
def test_a_column_is_told_by_its_comment(kind):
    assert scan_table({"c7": many(COLUMNS[kind])}, comments={"c7": NAMES[kind][0]})[0].type == kind


DECOYS = {
    "order_no": lambda: "6222" + number(12) if DICE.random() > 0.1 else with_luhn("6222" + number(11)),
    "created_at": lambda: str(DICE.randrange(1_500_000_000, 1_800_000_000)),
    "ts": lambda: str(DICE.randrange(1_500_000_000_000, 1_800_000_000_000)), "n16": lambda: number(16),
    "n18": lambda: number(18), "uuid": lambda: str(uuid.UUID(int=DICE.getrandbits(128))),
    "sha256": lambda: f"{DICE.getrandbits(256):064x}", "金额": lambda: f"{number(6)}.{number(2)}",
    "version": lambda: f"1.{DICE.randrange(20)}.{DICE.randrange(90)}", "isbn": lambda: "978" + number(10),
    "status": lambda: DICE.choice(["open", "closed"]), "件数": lambda: number(2),
    "订单号": lambda: "20240115" + number(12),
    "updated": lambda: f"2024-01-{DICE.randrange(10, 28)} 10:{DICE.randrange(10, 59)}:00",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(DECOYS))
def test_a_decoy_is_nothing(name):
    field = scan_table({name: many(DECOYS[name])})[0]
    assert (field.type, field.level) == ("", "general-1")


def test_numbers_counted_up_are_nobodys_telephones():
    assert scan_table({"n": [str(13_800_000_000 + k) for k in range(ROWS)]})[0].type == ""
    assert scan_table({"手机": [str(13_800_000_000 + k) for k in range(ROWS)]})[0].type == "mobile"


def test_hidden_values_count_by_their_name_only():
    masked: list[str | None] = [f"138****{k:04d}" for k in range(ROWS)]
    hashed = many(lambda: f"{DICE.getrandbits(128):032x}")
    assert (scan_table({"手机号": masked})[0].type, scan_table({"c": masked})[0].type) == ("mobile", "")
    assert (scan_table({"sfzh": hashed})[0].type, scan_table({"c": hashed})[0].type) == ("resident_id", "")


def test_running_text_tells_what_stands_in_it_and_how_often():
    field = scan_table(
        {
            "来信内容": [
                f"第{k}封，请打{COLUMNS['mobile']()}找我" if k % 2 else "路灯坏了，请尽快来修理" for k in range(ROWS)
            ]
        }
    )[0]
    assert (field.type, field.share, field.found["mobile"]) == ("mobile", 0.5, ROWS // 2)
    assert field.persons in range(28, 33)


def test_words_as_long_as_an_iban_of_the_country_that_begins_them_end_no_scan():
    assert (
        scan_table(
            {
                "remark": [
                    "No. 93-86.011",
                    "Is it. What we meant there",
                    "DE89.70400440532013000",
                    "DE²9370400440532013000",
                ]
            }
        )[0].type
        == ""
    )


def test_what_stands_in_the_later_rows_of_a_sorted_table_is_seen():
    notes = [f"第{k}批设备已经验收入库" for k in range(500)] + [
        f"设备{k}的物理地址 6C-1D-EB-0A-{k % 90 + 10}-3F" for k in range(120)
    ]
    assert scan_table({"备注": notes})[0].found["mac"] > 60


def test_names_in_two_columns_and_foreign_telephones_are_told_by_the_name_of_the_column():
    first, last = ["Ada", "Grace", "Edsger", "Barbara"], ["Lovelace", "Hopper", "Dijkstra", "O'Neil"]
    columns = {
        "FirstName": first,
        "LastName": last,
        "HomePhone": ["(617) 204-5538", "617-204-5539", "+44 20 7946 0018", "6172045540"],
        "Brand": first,
    }
    assert [field.type for field in scan_table(columns)] == ["name", "name", "phone", ""]


def test_empty_columns_and_empty_tables():
    fields = scan_table({"手机": [None, ""] * 3, "x": [None] * 6})
    assert [(f.type, f.filled, f.share) for f in fields] == [("mobile", 0, 0.0), ("", 0, 0.0)]
    assert scan_table({}) == []
    assert scan_table({"a": []})[0].rows == 0


def test_children_are_told_by_their_numbers():
    young = f"{date.today() - timedelta(3_000):%Y%m%d}"
    field = scan_table({"身份证": [resident_id(f"610113{young}{k:03d}") for k in range(ROWS)]})[0]
    assert field.sensitive == "不满十四周岁"


def test_names_of_columns_in_tokens():
    assert tokens("homeAddress2") == ["home", "address2", "address"]
    assert says("company_name").get("name") is None
    assert says("订单编号")["_decoy"] == 1.0
    assert says("c1", "客户手机号码")["mobile"] == 0.8


def test_the_interval_of_a_share():
    assert half_width(0.5, 0) == 1.0
    assert half_width(0.5, 100) == pytest.approx(0.096, abs=0.002)
    assert half_width(0.0, 1000) < half_width(0.0, 100)


# Tallies.


def counts(tally: Tally) -> tuple:
    positive = [{key: count for key, count in counter.items() if count} for counter in (tally.whole, tally.inside)]
    return (
        tally.rows,
        tally.filled.tolist(),
        positive,
        {key: registers.tobytes() for key, registers in tally.registers.items()},
    )


cell = st.one_of(
    st.none(),
    st.just(""),
    mobiles,
    resident_ids,
    emails,
    st.text("路灯坏了，请打", max_size=8),
    mobiles.map(lambda m: f"请打{m}，或{m}"),
    st.sampled_from(["a b", "0", "138 0000 0000", "＋", "x"]),
)
tables = st.lists(st.tuples(cell, cell, cell), max_size=25)


def tallied(rows) -> Tally:
    tally = Tally(("a", "b", "c"), watched=(1,))
    tally.feed_values([[row[k] for row in rows] for k in range(3)])
    return tally


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(0, 25), st.integers(0, 25))
def test_tallies_of_parts_join_to_the_tally_of_the_whole(rows, first, second):
    low, high = sorted((min(first, len(rows)), min(second, len(rows))))
    joined = tallied(rows[:low])
    joined.join(tallied(rows[low:high]))
    joined.join(tallied(rows[high:]))
    whole = tallied(rows)
    assert counts(joined) == counts(whole)
    assert joined.seen == whole.seen
    assert all(0 <= place < whole.rows for places in joined.where.values() for place in places)


def as_csv(rows, quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=quoting).writerows(rows)
    return out.getvalue().encode()


@settings(max_examples=100, deadline=None)
@given(tables, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_bytes_and_values_are_counted_alike(rows, quoting):
    by_bytes = Tally(("a", "b", "c"), watched=(1,))
    assert by_bytes.feed_bytes(as_csv(rows, quoting)) == len(rows)
    by_values = tallied(rows)
    assert counts(by_bytes)[:3] == counts(by_values)[:3]
    kept = [
        {key: row.tobytes() for key, row in tally.registers.items() if row.any()} for tally in (by_bytes, by_values)
    ]
    assert kept[0] == kept[1]


@settings(max_examples=500, deadline=None)
@given(
    st.text(st.sampled_from("a陕 ,;\t\"'\r\n\x00\\😀") | st.characters(), max_size=30),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(['"', "'", None]),
)
def test_a_record_without_quotes_has_the_cells_that_a_parser_finds(record, delimiter, quote):
    try:
        rows = list(
            csv.reader(
                io.StringIO(record, newline=""),
                delimiter=delimiter,
                quotechar=quote,
                quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            )
        )
    except csv.Error:
        return  # where a parser goes on after its first record
    assert [cell for cell in cells_of(record, delimiter, quote) if cell] == [
        cell for cell in (rows[0] if rows else []) if cell
    ]


def test_a_record_with_a_cell_beyond_the_parsers_limit_has_no_cells():
    assert cells_of("a," + "1" * (csv.field_size_limit() + 1), ",", '"') == []
    assert csv.field_size_limit() > PLAIN


def test_quoted_line_ends_and_ragged_rows_keep_their_cells():
    raw = (
        b'13812345678,"one\ntwo, 13912345678\n",x\n"he said ""13700000000"""\n\n13612345678,b,c,13512345678\r\n'
        b"15912345678,,"
    )
    tally = Tally(("a", "b", "c"))
    assert tally.feed_bytes(raw) == 4
    mobile = TYPES.index("mobile")
    assert tally.filled.tolist() == [4, 2, 3]
    assert (tally.whole[0, mobile], tally.inside[0, mobile], tally.inside[1, mobile], tally.whole[2, mobile]) == (
        3,
        1,
        1,
        1,
    )
    assert tally.where[0] == [0, 1, 2, 3]


def test_rows_that_grow_longer_widen_a_tally():
    tally = tallied([("13812345678", "x", None)])
    tally.widen(("a", "b", "c", "列4"))
    tally.feed_values([["13912345678"], [None], [None], ["13512345678"]])
    assert (tally.rows, tally.filled.tolist()) == (2, [2, 1, 0, 1])
    assert [verdict.type for verdict in verdicts(tally)][3] == "mobile"


@pytest.mark.parametrize("count", [10, 100, 1_000, 5_000, 20_000, 200_000])
def test_distinct_values_are_estimated_within_bounds(count):
    """4,096 registers: a standard error of 1.6 %; three of them, and 2 for the small. Hashes of a fixed
    walk stand for the values."""
    registers = np.zeros(cells.REGISTERS, np.uint8)
    step = 0x9E3779B97F4A7C15
    values = (np.arange(1, count + 1, dtype=np.uint64) * np.uint64(step)) if count > 20_000 else None
    if values is None:
        for k in range(count):
            raw = str(13_800_000_000 + 7 * k).encode()
            cells.count_in(registers, cells.hashed(raw, 0, len(raw)))
    else:
        values ^= values >> np.uint64(33)
        values *= np.uint64(0xFF51AFD7ED558CCD)
        values ^= values >> np.uint64(33)
        rest = (values << np.uint64(12)) | np.uint64(1 << 11)
        ranks = 64 - np.floor(np.log2(rest.astype(np.float64))).astype(np.int64)
        np.maximum.at(registers, (values >> np.uint64(52)).astype(np.int64), ranks.astype(np.uint8))
    assert abs(cells.estimate(registers) - count) <= max(2, 0.048 * count)


def test_a_value_counts_once_in_whatever_spelling_and_case():
    registers = np.zeros(cells.REGISTERS, np.uint8)
    for raw in (b"13812345678", b"138 1234 5678", b"138-1234-5678", b'"13812345678"', b"abcX", b"ABCx"):
        cells.count_in(registers, cells.hashed(raw, 0, len(raw)))
    assert cells.estimate(registers) == 2
