"""CSV, TSV, JSON, JSON lines, XLSX and Parquet come as columns, with nothing left out, and resume after any batch."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.detect.sources.making import zipped
from tests.detect.sources.reading import SMALL, check_resuming, rows_of, whys
from tongban.detect.sources import BytesPiece, Finished, Limits, TableBatch, TextPiece, read_path

PEOPLE = [
    ["姓名", "手机", "备注"],
    ["张三", "13800138000", "住二楼"],
    ["李四", "13900139000", "说：“不在”"],
    ["王五", "13700137000", ""],
]


def people(count: int) -> list[list[str]]:
    return [[f"张{number}", f"138{number:08d}", "水压不足，请查"] for number in range(count)]


def written(path: Path, rows: list[list[str]], encoding: str = "utf-8", **how: Any) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, **how).writerows(rows)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_a_table_in_every_encoding_and_delimiter(tmp_path: Path, encoding: str, mark: str) -> None:
    path = written(tmp_path / "名册.csv", [PEOPLE[0], *people(1_000)], encoding, delimiter=mark)
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at))
    rows = rows_of(pieces)
    assert [list(row.values()) for row in rows] == people(1_000)
    assert all(list(row) == PEOPLE[0] for row in rows)
    assert isinstance(pieces[-1], Finished)
    assert pieces[-1].rows == 1_000
    first_rows = [batch.first_row for batch in pieces if isinstance(batch, TableBatch)]
    assert first_rows[0] == 0
    assert len(first_rows) >= 10


def test_a_table_is_recognised_without_its_name(tmp_path: Path) -> None:
    path = written(tmp_path / "export.dat", [PEOPLE[0], *people(50)])
    assert rows_of(list(read_path(path)))[0] == {"姓名": "张0", "手机": "13800000000", "备注": "水压不足，请查"}


def test_quoted_line_ends_and_quotes_stay_in_their_cells(tmp_path: Path) -> None:
    rows = [["id", "text"], *[[str(number), f'第一行\n第"{number}"行,\r\n尾'] for number in range(700)]]
    path = written(tmp_path / "a.csv", rows)
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at))
    assert [list(row.values()) for row in rows_of(pieces)] == rows[1:]


def test_ragged_rows_are_kept(tmp_path: Path) -> None:
    rows = [PEOPLE[0], *people(30), ["short"], ["a", "b", "c", "d", "e"], *people(30)]
    path = written(tmp_path / "a.csv", rows)
    read = rows_of(list(read_path(path)))
    assert read[30] == {"姓名": "short", "手机": None, "备注": None, "列4": None, "列5": None}
    assert read[31] == {"姓名": "a", "手机": "b", "备注": "c", "列4": "d", "列5": "e"}
    assert len(read) == 62


def test_a_quotation_mark_that_is_not_closed_costs_no_row(tmp_path: Path) -> None:
    lines = [
        "id,text",
        *[f"{number},一般" for number in range(300)],
        '300,"不闭合',
        *[f"{number},一般" for number in range(301, 2_000)],
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at))
    text = "\n".join(",".join(cell or "" for cell in row.values()) for row in rows_of(pieces))
    assert all(f"{number},一般" in text for number in range(300) if number != 300)
    assert "1999,一般" in text
    assert "不闭合" in text


def test_a_row_of_data_is_not_taken_for_a_header(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", people(20))
    rows = rows_of(list(read_path(path)))
    assert len(rows) == 20
    assert list(rows[0]) == ["列1", "列2", "列3"]


def test_a_title_above_the_header_stays_a_row(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", [["雁塔区居民名册 13800138000", "", ""], PEOPLE[0], *people(20)])
    rows = rows_of(list(read_path(path)))
    assert len(rows) == 21
    assert rows[0]["姓名"] == "雁塔区居民名册 13800138000"
    assert rows[1]["手机"] == "13800000000"


def test_old_line_ends_of_one_carriage_return(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\r".join(",".join(row) for row in PEOPLE).encode())
    assert [row["手机"] for row in rows_of(list(read_path(path)))] == ["13800138000", "13900139000", "13700137000"]


def test_prose_with_commas_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Dear sir, hello.\nI write, as said, about water.\nThanks\n" * 10)
    assert isinstance(next(read_path(path)), BytesPiece)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12), min_size=2, max_size=2
        ),
        min_size=5,
        max_size=40,
    ),
    block=st.integers(40, 400),
)
def test_every_cell_of_any_table_is_read(tmp_path: Path, rows: list[list[str]], block: int) -> None:
    head = [["编号", "姓名"], *[["1234567", "张三"]] * 30]
    path = tmp_path / "a.csv"
    path.write_text("".join(_line(row) for row in [*head, *rows]), newline="")
    read = [list(row.values()) for row in rows_of(list(read_path(path, limits=Limits(block_bytes=10_000, rows=7))))]
    assert [[cell or "" for cell in row][:2] for row in read] == [*head[1:], *rows]
    cut = "".join(
        cell or "" for row in rows_of(list(read_path(path, limits=Limits(block_bytes=block)))) for cell in row.values()
    )
    for row in rows:
        for cell in row:
            assert all(word in cut for word in cell.split('"') if word.strip() and "\n" not in word and "," not in word)


def _line(row: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(row)
    return out.getvalue()


def test_ten_thousand_columns_are_said_and_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(",".join(f"x{row}_{number}" for number in range(10_000)) for row in range(20)))
    pieces = check_resuming(lambda at: read_path(path, resume_at=at))
    assert whys(pieces) == ["columns"]
    assert b"".join(piece.raw for piece in pieces if isinstance(piece, BytesPiece)) == path.read_bytes()


def test_mode_bytes_gives_tables_as_they_stand(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", [PEOPLE[0], *people(500)])
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at, mode="bytes"))
    assert b"".join(piece.raw for piece in pieces if isinstance(piece, BytesPiece)) == path.read_bytes()
    written(tmp_path / "a.csv", [PEOPLE[0], *people(500)], "gb18030")
    assert isinstance(next(read_path(path, mode="bytes")), TableBatch)


def test_json_lines_become_columns_by_path(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    values = [
        {"a": {"b": [{"c": f"x{n}"}, {"c": "y"}]}, "n": n, "z": None, "t": True, "姓名": "张三"} for n in range(500)
    ]
    path.write_text("\n".join(json.dumps(value, ensure_ascii=n % 2 == 0) for n, value in enumerate(values)))
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at))
    rows = rows_of(pieces)
    assert rows[7] == {"a.b[].c": "x7\ny", "n": "7", "z": None, "t": "true", "姓名": "张三"}
    assert len(rows) == 500


def test_a_damaged_line_of_json_lines_is_kept_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": "1"}\n{"a": "2", 13800138000\n{"a": "3"}\n{"a": "\\ud800x"}\n')
    rows = rows_of(list(read_path(path)))
    assert [row["a"] for row in rows] == ["1", None, "3", "\ufffdx"]
    assert rows[1]["value"] == '{"a": "2", 13800138000'
    assert all((cell or "").encode() is not None for row in rows for cell in row.values())


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_json_array_is_read_element_by_element(tmp_path: Path, wrapped: bool) -> None:
    values = [{"id": n, "名": f'张"{n}\\', "in": {"p": ["138", "139"]}} for n in range(3_000)]
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps({"code": 0, "data": values, "end": {"x": "y"}} if wrapped else values, indent=1, ensure_ascii=False)
    )
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at))
    rows = rows_of(pieces)
    prefix = "data[]." if wrapped else ""
    named = [row for row in rows if row.get(f"{prefix}名")]
    assert [row[f"{prefix}名"] for row in named] == [value["名"] for value in values]
    assert named[5][f"{prefix}in.p[]"] == "138\n139"
    assert not wrapped or (rows[0]["code"], rows[-1]["end.x"]) == ("0", "y")


@pytest.mark.parametrize(
    "text",
    ['[{"a":"13800138000"}, {"b": 1', '{"a": ["13800138000", tru', "[1, 2] tail 13800138000", '["13800138000" "x"]'],
)
def test_broken_json_goes_on_as_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    pieces = check_resuming(lambda at: read_path(path, resume_at=at))
    seen = str(rows_of(pieces)) + "".join(piece.raw.decode() for piece in pieces if isinstance(piece, BytesPiece))
    assert whys(pieces) == ["structure"]
    assert "13800138000" in seen


def test_deep_and_many_keyed_json_stays_within_limits(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000 + "]" * 100_000)
    (tmp_path / "keys.jsonl").write_text(
        "\n".join(json.dumps({f"k{n}_{m}": f"v{n}" for m in range(40)}) for n in range(3_000))
    )
    pieces = list(read_path(tmp_path))
    assert "structure" in whys(pieces)
    batches = [piece for piece in pieces if isinstance(piece, TableBatch)]
    assert max(len(batch.columns) for batch in batches) <= 4_096
    assert "v2999" in str(batches[-1].values)


def workbook(path: Path, rows: int) -> Path:
    book = openpyxl.Workbook(write_only=True)
    for title in ("居民", "干部"):
        sheet = book.create_sheet(title)
        sheet.append(["名册"])
        sheet.append(["姓名", "手机", "生日", "时间", "余额", "空"])
        for number in range(rows):
            sheet.append(
                [f"{title}{number}", 13800000000 + number, date(1980, 1, 31), datetime(2026, 1, 2, 3, 4, 5), 1.5, None]
            )
    book.create_sheet("空表")
    book.save(path)
    return path


def test_every_sheet_of_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "名册.dat", 350)
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at), most=10)
    rows = rows_of(pieces, "干部")
    assert rows[0]["姓名"] == "名册"
    assert rows[8] == {
        "姓名": "干部7",
        "手机": "13800000007",
        "生日": "1980-01-31",
        "时间": "2026-01-02 03:04:05",
        "余额": "1.5",
        "空": None,
    }
    assert len(rows) == len(rows_of(pieces, "居民")) == 351


def test_a_workbook_is_read_as_openpyxl_reads_it(tmp_path: Path) -> None:
    """The same values from a file with a table of strings, formats of dates, gaps, merged cells and a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B2"], sheet["D2"], sheet["C5"], sheet["AA5"] = (
        "姓名 <&> 换\n行",
        1.38e10,
        datetime(2026, 1, 31, 8, 30),
        -0.25,
    )
    sheet["A7"], sheet["B7"], sheet["C7"], sheet["D7"] = True, "", 45000, date(2024, 2, 29)
    sheet["C7"].number_format = "yyyy年m月d日"
    sheet["E7"] = "=1+1"
    sheet.merge_cells("F7:G8")
    book.save(tmp_path / "a.xlsx")
    values = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True).active
    assert values is not None
    expected = [[cell for cell in row if cell is not None] for row in values.iter_rows(values_only=True)]
    read = [
        [cell for cell in row.values() if cell is not None] for row in rows_of(list(read_path(tmp_path / "a.xlsx")))
    ]
    assert read == [
        ["姓名 <&> 换\n行", "13800000000"],
        ["2026-01-31 08:30:00", "-0.25"],
        ["true", "2023-03-15", "2024-02-29"],
    ]
    assert [len([cell for cell in row if cell != ""]) for row in expected if row] == [2, 2, 3]


def test_a_sheet_that_lies_about_its_places_keeps_every_value(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 3)
    members: dict[str, str | bytes] = {}
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    cells = (
        '<c r="B1"><v>1</v></c><c r="A1"><v>2</v></c><c r="ZZZ1"><v>13800138000</v></c><c '
        't="s"><v>999999</v></c><c t="n"><v>x</v></c>'
    )
    members["xl/worksheets/sheet1.xml"] = (
        f'<worksheet><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576">{cells}</row></sheetData></worksheet>'
    )
    rows = rows_of(list(read_path(zipped(path, members))), "居民")
    assert [[cell for cell in row.values() if cell] for row in rows] == [["1", "2", "13800138000", "999999", "x"]]


def test_parquet_in_batches_with_binary_columns_noted(tmp_path: Path) -> None:
    table = pa.table(
        {
            "姓名": [f"张{n}" for n in range(2_500)],
            "手机": pa.array([13800000000 + n for n in range(2_500)], pa.int64()),
            "日": [date(2026, 1, 1)] * 2_500,
            "表": [["a", "b"]] * 2_500,
            "图": pa.array([b"\x00"] * 2_500, pa.binary()),
            "空": pa.array([None] * 2_500, pa.string()),
            "类": pa.array(["甲"] * 2_500).dictionary_encode(),
        }
    )
    path = tmp_path / "a.bin"
    parquet.write_table(table, path, row_group_size=900)
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at))
    rows = rows_of(pieces)
    assert rows[2_001] == {
        "姓名": "张2001",
        "手机": "13800002001",
        "日": "2026-01-01",
        "表": "['a', 'b']",
        "空": None,
        "类": "甲",
    }
    assert whys(pieces) == ["binary_column"]
    batch = next(piece for piece in pieces if isinstance(piece, TableBatch))
    assert batch.types["图"] == "binary"
    assert batch.total == 2_500


def test_wrong_bytes_in_texts_of_parquet_are_replaced(tmp_path: Path) -> None:
    raw = pa.array([b"13800138000\xff", "张三".encode(), None], pa.binary())
    wrong = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    parquet.write_table(pa.table({"a": wrong}), tmp_path / "a.parquet")
    assert [row["a"] for row in rows_of(list(read_path(tmp_path / "a.parquet")))] == ["13800138000\ufffd", "张三", None]


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"a": ["b"]}), path)
    csv_path = written(tmp_path / "b.csv", PEOPLE)
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    pieces = list(read_path(path))
    assert whys(pieces) == ["missing_extra"]
    assert "tongban[scan]" in str(pieces[0])
    assert rows_of(list(read_path(csv_path)))[0]["手机"] == "13800138000"


def test_text_pieces_never_come_from_tables(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", PEOPLE)
    assert not any(isinstance(piece, TextPiece) for piece in read_path(path, mode="text"))
