"""A CSV of any size is read row by row, as `read_table` reads it."""

from __future__ import annotations

import pytest

from tongban.tables import UnreadableTable, broken_columns, read_table, stream_table, xlsx_bytes

TEXTS = {
    "utf-8": '代码,名称\n1,甲\n\n2,"乙\n丙"\n'.encode(),
    "with a mark": "代码,名称\n1,甲\n".encode("utf-8-sig"),
    "gb18030": "代码,名称\n1,甲\n2,㐀\n".encode("gb18030"),
    "utf-16": "代码,名称\n1,甲\n".encode("utf-16"),
    "a broken row": "代码,名称\n1,甲\n".encode() + b"2,\xff\n" + "3,乙\n4,丙\n5,丁\n".encode() * 5,
    "a formula": b"a,b\n'=1+1,'x\n",
    "nothing below the header": b"a,b\n",
    "zeros": b"a,b\n1\x00,2\n",
    "a workbook": xlsx_bytes([["a", "b"], ["1", "2"]], "t"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_rows_are_those_of_the_whole_file(tmp_path, name):
    file = tmp_path / "t.csv"
    file.write_bytes(TEXTS[name])
    assert list(stream_table(file, {"代码": "code"})) == read_table(TEXTS[name], {"代码": "code"})


def test_a_broken_row_is_marked_and_the_others_are_whole(tmp_path):
    file = tmp_path / "t.csv"
    file.write_bytes(TEXTS["a broken row"])
    assert [line for line, row in stream_table(file) if broken_columns(row)] == [3]


def test_rows_come_before_the_end_is_read(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text('a\n1\n2\n"never closed\n', encoding="utf-8")
    rows = stream_table(file)
    assert next(rows) == (2, {"a": "1"})
    with pytest.raises(UnreadableTable):
        list(rows)


@pytest.mark.parametrize("raw", [b"", b"a,a\n1,2\n"])
def test_a_file_that_is_no_table_is_refused(tmp_path, raw):
    file = tmp_path / "t.csv"
    file.write_bytes(raw)
    with pytest.raises(UnreadableTable):
        list(stream_table(file))
