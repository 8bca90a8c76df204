"""Tables in files: the encoding is found from the whole, a broken row spoils no other, any bytes
end in rows or an error."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tongban.tables import (
    BROKEN,
    UnreadableTable,
    broken_columns,
    csv_bytes,
    read_table,
    readable,
    rejected_csv,
    xlsx_bytes,
)

HEADER = "编号,标题,正文"
LINES = ["1,路灯不亮,小区门口的路灯坏了", "2,噪音,夜里施工", "3,停水,已经停了三天", "4,垃圾,没有人清运"]
NAMES = {"编号": "id", "标题": "subject", "正文": "body"}


def raw(*lines: str | bytes, encoding: str) -> bytes:
    """A CSV of lines in an encoding; bytes stand as they are."""
    return b"".join((line if isinstance(line, bytes) else line.encode(encoding)) + b"\n" for line in (HEADER, *lines))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_of_this_country_reads_alike(encoding):
    rows = read_table("\n".join([HEADER, *LINES]).encode(encoding), NAMES)
    assert rows[0] == (2, {"id": "1", "subject": "路灯不亮", "body": "小区门口的路灯坏了"})
    assert len(rows) == len(LINES)


@pytest.mark.parametrize(
    ("encoding", "bad"),
    [
        ("utf-8", "5,停电,又停了".encode()[:-1]),
        ("utf-8", "5,停电,又停了".encode("gb18030")),
        ("utf-8", b"5,\xff\xfe,x"),
        ("gb18030", "5,停电,又停了".encode("gb18030")[:-1]),
        ("gb18030", b"5,\xff,x"),
    ],
)
def test_a_broken_row_keeps_its_place_and_the_others_are_whole(encoding, bad):
    rows = read_table(raw(LINES[0], LINES[1], bad, *LINES[2:], encoding=encoding), NAMES)
    assert [line for line, _row in rows] == [2, 3, 4, 5, 6]
    assert [line for line, row in rows if broken_columns(row)] == [4]
    whole = read_table(raw(*LINES, encoding=encoding), NAMES)
    assert [row for _line, row in rows if not broken_columns(row)] == [row for _line, row in whole]
    assert "\ufffd" in "".join(readable(rows[2][1]).values())
    csv_bytes([list(readable(rows[2][1]).values())])  # it can be written


def test_a_row_of_another_encoding_is_never_read_by_guess():
    """UTF-8 with one row that happens to be right GB18030, as the whole file then is: the rows around it decide."""
    lines = [f"{i},路灯,不亮" for i in range(40)]
    lines[20] = "20,停电,又停"
    file = "\n".join(["id,subject,body", *lines]).encode()
    file = file.replace("停电,又停".encode(), "停电,又停".encode("gb18030"))
    file.decode("gb18030")
    rows = read_table(file)
    assert [row["id"] for _line, row in rows if broken_columns(row)] == ["20"]
    assert rows[0][1]["subject"] == "路灯"


def test_a_replacement_character_that_stood_in_the_file_is_no_broken_row():
    [(_line, row)] = read_table("id,name\n1,路\ufffd灯\n".encode())
    assert row["name"] == "路\ufffd灯"
    assert not broken_columns(row)


def test_what_is_no_text_is_unreadable():
    with pytest.raises(UnreadableTable) as caught:
        read_table(b"\x89PNG\xff\n" + b"\xff\xfe\xfd\n" * 20)
    assert caught.value.problem == "encoding"


def test_a_quotation_mark_that_is_never_closed_is_said_with_its_line_and_swallows_nothing():
    with pytest.raises(UnreadableTable) as caught:
        read_table(raw(LINES[0], '2,"噪音,夜里', *LINES[2:], encoding="utf-8"), NAMES)
    assert (caught.value.problem, caught.value.facts["line"]) == ("quote", 3)


def test_a_heading_that_stands_twice_is_said():
    with pytest.raises(UnreadableTable, match="id"):
        read_table("编号,ID\n1,2\n".encode(), NAMES)


def test_too_many_rows_are_said():
    assert len(read_table(b"id\n1\n2\n", most=2)) == 2
    with pytest.raises(UnreadableTable, match="more than 2"):
        read_table(b"id\n1\n2\n3\n", most=2)


def test_a_workbook_s_numbers_and_times_are_read_as_they_are_meant():
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["id", "at", "yes"])
    book.active.append([7.0, datetime(2026, 3, 1, 10, 30), True])
    out = io.BytesIO()
    book.save(out)
    assert read_table(out.getvalue()) == [(2, {"id": "7", "at": "2026-03-01T10:30:00", "yes": "1"})]


def test_rejected_rows_come_back_as_the_rows_that_they_were():
    values = {"id": "1", "subject": "=1+1", "body": f"断{BROKEN}了"}
    table = rejected_csv([(7, "the text is broken", values)])
    assert list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))[1] == [
        "7",
        "the text is broken",
        "1",
        "'=1+1",
        "断\ufffd了",
    ]
    [(_line, row)] = read_table(table)
    assert row == {"line": "7", "reason": "the text is broken", **readable(values)}


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_end_in_rows_or_in_unreadable_table(file):
    try:
        rows = read_table(file)
    except UnreadableTable:
        return
    for _line, row in rows:
        csv_bytes([list(readable(row).values())])


TEXT = st.text("路灯不亮停水电梯噪音abc123 ，。", min_size=1, max_size=12)


@given(
    st.lists(st.tuples(TEXT, TEXT), min_size=3, max_size=12),
    st.data(),
    st.sampled_from(["utf-8", "gb18030"]),
    st.sampled_from([b"\xff", b"\x80", b"\xff\xff"]),
)
@example([("路灯", "不亮")] * 3, None, "gb18030", b"\xff")
def test_no_broken_row_changes_another(pairs, data, encoding, noise):
    """Bytes that are none in the encoding, put behind any field: that row alone is broken,
    the others read as before."""
    rows = [f"{i},{a},{b}" for i, (a, b) in enumerate(pairs)]
    at = 1 if data is None else data.draw(st.integers(0, len(rows) - 1))
    assume(sum(not row.isascii() for row in rows) >= 3)
    whole = read_table(raw(*rows, encoding=encoding), NAMES)
    mixed: list[str | bytes] = [*rows]
    mixed[at] = rows[at].encode(encoding) + noise
    found = read_table(raw(*mixed, encoding=encoding), NAMES)
    assert [line for line, row in found if broken_columns(row)] == [at + 2]
    assert [pair for pair in found if pair[0] != at + 2] == [pair for pair in whole if pair[0] != at + 2]


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=2, max_size=2), max_size=6))
def test_what_is_written_is_read_back(cells):
    clean = [[cell.replace("\x00", "") for cell in row] for row in cells]
    wanted = [{"a": a, "b": b} for a, b in clean if a.strip() or b.strip()]
    assert [row for _line, row in read_table(csv_bytes([["a", "b"], *clean]))] == wanted
    texts = [[f"x{''.join(filter(str.isalnum, cell))}" for cell in row] for row in clean]
    assert [[*row.values()] for _line, row in read_table(xlsx_bytes([["a", "b"], *texts], "t"))] == texts


def test_the_examples_of_the_room_are_true():
    import doctest

    from tongban import tables

    assert doctest.testmod(tables) == doctest.TestResults(0, 2)
