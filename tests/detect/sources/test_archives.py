"""ZIP files: what lies in them is read like files, to three levels; archives made to exhaust are
refused with their reason."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

import pytest

from tests.detect.sources.making import docx, paragraph, pdf, zip_bytes, zipped
from tests.detect.sources.reading import SMALL, check_resuming, rows_of, texts_of, whys
from tests.detect.sources.test_tables import PEOPLE, people, workbook, written
from tongban.detect.sources import BytesPiece, Finished, Limits, read_path

CSV = "\n".join(",".join(row) for row in [PEOPLE[0], *people(400)])


def test_everything_in_an_archive_is_read_and_resumed(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "信/名册.csv": CSV.encode("gb18030"),
        "信/": "",
        "a.docx": zip_bytes(docx(paragraph("电话13800138000"))),
        "b.xlsx": workbook(tmp_path / "b", 120).read_bytes(),
        "c.pdf": pdf(tmp_path / "c", ["13900139000"]).read_bytes(),
        "in.zip": zip_bytes({"deeper.zip": zip_bytes({"x.txt": "最里层" * 3_000})}),
        "z.txt": "末尾\n" * 3_000,
    }
    (tmp_path / "zips").mkdir()
    path = zipped(tmp_path / "zips" / "附件.zip", members)
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at), most=25)
    assert whys(pieces) == []
    assert len(rows_of(pieces, "信/名册.csv")) == 400
    assert len(rows_of(pieces, "b.xlsx!/居民")) == 121
    assert (
        texts_of([piece for piece in pieces if getattr(piece, "part", "") == "a.docx!/word/document.xml"])
        == "电话13800138000\n"
    )
    inner = b"".join(
        piece.raw for piece in pieces if isinstance(piece, BytesPiece) and piece.part == "in.zip!/deeper.zip!/x.txt"
    )
    assert inner.decode() == "最里层" * 3_000
    assert {piece.source for piece in pieces} == {str(path)}
    assert isinstance(pieces[-1], Finished)


def test_the_temporary_files_are_gone_even_when_one_stops_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    path = zipped(tmp_path / "a.zip", {"a.txt": "一\n" * 5_000, "b.txt": "二"})
    pieces = read_path(path, limits=SMALL)
    next(pieces)
    assert len(os.listdir(tmp_path / "t")) == 1
    pieces.close()  # type: ignore[attr-defined]
    assert os.listdir(tmp_path / "t") == []


def test_names_of_chinese_windows(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"abcd.txt": "张三"})
    path.write_bytes(path.read_bytes().replace(b"abcd.txt", "名册.txt".encode("gb18030")))
    assert next(read_path(path)).part == "名册.txt"


def test_too_deep(tmp_path: Path) -> None:
    raw: str | bytes = "最里层"
    for level in range(5):
        raw = zip_bytes({f"{level}.zip" if level else "x.txt": raw})
    (tmp_path / "a.zip").write_bytes(raw)
    assert whys(list(read_path(tmp_path / "a.zip"))) == ["depth"]


def test_bombs_by_ratio_size_total_and_number(tmp_path: Path) -> None:
    zeros = zipped(tmp_path / "ratio.zip", {"a.txt": b"0" * (40 << 20), "b.txt": "后面的照读"})
    pieces = check_resuming(lambda at: read_path(zeros, resume_at=at))
    assert whys(pieces) == ["ratio"]
    assert [piece.raw.decode() for piece in pieces if isinstance(piece, BytesPiece)] == ["后面的照读"]
    large = zipped(tmp_path / "large.zip", {"a.txt": "1\n" * 50_000, "b.txt": "后"}, zipfile.ZIP_STORED)
    assert whys(list(read_path(large, limits=Limits(member_bytes=50_000)))) == ["bomb"]
    many = zipped(tmp_path / "many.zip", {f"{number}.txt": "一\n" * 1_000 for number in range(20)})
    pieces = list(read_path(many, limits=Limits(expanded_bytes=10_000)))
    assert whys(pieces) == ["bomb", "bomb"]
    assert sum(isinstance(piece, BytesPiece) for piece in pieces) == 2
    assert whys(list(read_path(many, limits=Limits(members=5)))) == ["members"]
    document = zipped(tmp_path / "a.docx", docx(paragraph("a" * (40 << 20))))
    assert whys(list(read_path(document))) == ["ratio"]


def test_encrypted_members_are_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": "秘密", "b.txt": "公开"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    pieces = list(read_path(path))
    assert whys(pieces) == ["encrypted"]
    assert [piece.raw.decode() for piece in pieces if isinstance(piece, BytesPiece)] == ["公开"]


def test_damaged_members_and_archives(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": "一二三" * 1_000, "b.txt": "好的"}, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    raw[60] ^= 0xFF
    path.write_bytes(raw)
    pieces = list(read_path(path))
    assert whys(pieces) == ["damaged"]
    assert [piece.raw.decode() for piece in pieces if isinstance(piece, BytesPiece)] == ["好的"]
    for name, whole in (
        ("t.zip", bytes(raw)),
        ("t.xlsx", workbook(tmp_path / "w.xlsx", 50).read_bytes()),
    ):
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
        assert whys(list(read_path(tmp_path / name))) == ["damaged"]


def test_a_csv_in_an_archive_named_wrongly(tmp_path: Path) -> None:
    raw = written(tmp_path / "a", [PEOPLE[0], *people(10)]).read_bytes()
    assert len(rows_of(list(read_path(zipped(tmp_path / "x.pdf", {"a.docx": raw}))))) == 10
