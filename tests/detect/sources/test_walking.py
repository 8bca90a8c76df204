"""Folders: a fixed order, resumed anywhere, links not followed, and hostile or unreadable files
that never stop the scan."""

from __future__ import annotations

import os
import random
import socket
import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.detect.sources.making import docx, paragraph, zip_bytes, zipped
from tests.detect.sources.reading import SMALL, check_resuming, rows_of, whys
from tests.detect.sources.test_tables import PEOPLE, people, workbook, written
from tongban.detect.sources import WHY, BytesPiece, Skipped, SourceError, read_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a little of everything."""
    root = tmp_path / "root"
    for name in ("a", "a.b", "a/c.csv", "空"):
        (root / name).mkdir(parents=True)
    written(root / "a" / "名册.csv", [PEOPLE[0], *people(300)])
    written(root / "a.b" / "z.txt", people(300), "gb18030")
    (root / "a" / "c.csv" / "信.txt").write_text("一行\n" * 4_000)
    zipped(root / "b.zip", {"x.txt": "一\n" * 3_000, "y.docx": zip_bytes(docx(paragraph("字" * 5_000)))})
    with sqlite3.connect(root / "d.db") as database:
        database.execute("CREATE TABLE 人 (姓名 TEXT, 手机 TEXT)")
        database.executemany("INSERT INTO 人 VALUES (?, ?)", [row[:2] for row in people(350)])
    database.close()
    (root / "空.txt").write_bytes(b"")
    os.symlink("/etc/passwd", root / "e")
    os.symlink(root / "a", root / "f")
    os.mkfifo(root / "pipe")
    return root


def test_a_folder_is_read_in_order_and_resumed_anywhere(folder: Path) -> None:
    pieces = check_resuming(lambda at: read_path(folder, limits=SMALL, resume_at=at), most=60)
    sources = list(dict.fromkeys(piece.source for piece in pieces))
    assert [os.path.relpath(source, folder) for source in sources] == [
        "a/c.csv/信.txt",
        "a/名册.csv",
        "a.b/z.txt",
        "b.zip",
        "d.db",
        "e",
        "f",
        "pipe",
        "空.txt",
    ]
    assert whys(pieces) == ["symlink", "symlink_inside", "not_a_file", "empty"]
    assert len(rows_of(pieces, "人")) == 350


def test_files_that_came_or_went_do_not_disturb_resuming(folder: Path) -> None:
    pieces = list(read_path(folder, limits=SMALL))
    at = next(piece.at for piece in pieces if piece.source.endswith("z.txt"))
    (folder / "a.b" / "z.txt").unlink()
    (folder / "c.txt").write_text("新来的")
    rest = list(read_path(folder, limits=SMALL, resume_at=at))
    assert rest[0].source.endswith("b.zip")
    assert any(piece.source.endswith("c.txt") for piece in rest)


def test_what_cannot_be_read_has_a_reason_and_the_scan_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random.seed(1)
    noise = random.randbytes(200_000)
    sheet = workbook(tmp_path / "w", 100).read_bytes()
    parquet.write_table(pa.table({"a": [str(number) for number in range(10_000)]}), tmp_path / "p")
    columns = (tmp_path / "p").read_bytes()
    root = tmp_path / "root"
    root.mkdir()
    for name, raw in {
        "01-noise.csv": noise,
        "02-cut.xlsx": sheet[: len(sheet) // 2],
        "03-cut.parquet": columns[: len(columns) // 2],
        "04-damaged.parquet": columns[:2_000] + noise[:2_000] + columns[4_000:],
        "05-noise.pdf": b"%PDF-1.4" + noise,
        "06-cut.zip": b"PK\x03\x04" + noise,
        "07-noise.db": b"SQLite format 3\x00" + noise,
        "08-old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise,
        "09-picture.txt": b"\x89PNG\r\n\x1a\n" + noise,
        "10-parquet.csv": b"PAR1",
        "11-bom.txt": b"\xff\xfe",
        "12-empty.zip": b"PK\x05\x06" + bytes(18),
    }.items():
        (root / name).write_bytes(raw)
    (root / "13-secret.txt").write_text("x")
    (root / "14-folder").mkdir()
    (root / "14-folder" / "x.txt").write_text("x")
    (root / "99.txt").write_text("读到最后")
    real_open, real_scan = os.open, os.scandir

    def refuse_file(path: object, *more: object, **others: object) -> int:
        if str(path).endswith("13-secret.txt"):
            raise PermissionError(path)
        return real_open(path, *more, **others)  # type: ignore[arg-type]

    def refuse_folder(path: object) -> object:
        if str(path).endswith("14-folder"):
            raise PermissionError(path)
        return real_scan(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "open", refuse_file)
    monkeypatch.setattr(os, "scandir", refuse_folder)
    pieces = check_resuming(lambda at: read_path(root, resume_at=at))
    reasons: dict[str, str] = {
        os.path.basename(piece.source)[:2]: piece.why for piece in pieces if isinstance(piece, Skipped)
    }
    assert reasons == {
        "01": "binary", "02": "damaged", "03": "damaged", "04": "damaged", "05": "damaged", "06": "damaged",
        "07": "damaged",
        "08": "old_office", "09": "unsupported", "10": "damaged", "11": "empty", "13": "unreadable", "14": "unreadable",
    }  # fmt: skip
    assert all(piece.words.startswith(WHY[piece.why]) for piece in pieces if isinstance(piece, Skipped))
    assert any(isinstance(piece, BytesPiece) and piece.raw.decode() == "读到最后" for piece in pieces)


def test_a_name_that_is_no_utf8_can_be_shown(tmp_path: Path) -> None:
    name = os.fsdecode("名册.txt".encode("gb18030"))
    (tmp_path / name).write_text("张三")
    pieces = check_resuming(lambda at: read_path(tmp_path, resume_at=at))
    assert {piece.source for piece in pieces} == {f"{tmp_path}/名册.txt"}


def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        assert whys(list(read_path(tmp_path))) in (["not_a_file"], ["unreadable"])


def test_a_path_or_place_that_is_none_is_an_error_for_people(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="找不到"):
        read_path(tmp_path / "nothing")
    for wrong in ("x", "[]", "3", "[3,4]"):
        with pytest.raises(SourceError, match="续读位置"):
            read_path(tmp_path, resume_at=wrong)
