"""Plain text: every encoding, cut at any size, in pieces whose owned parts are the whole text; blocks of
bytes that cut no identifier."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.detect.sources.reading import SMALL, check_resuming, texts_of, whys
from tongban.detect.sources import BytesPiece, Finished, Limits, TextPiece, read_path
from tongban.detect.sources.blobs import opened
from tongban.detect.sources.decoded import read_chunks, read_encoded
from tongban.detect.sources.pieces import Place
from tongban.detect.sources.raw import read_raw

PLACE = Place("s", "", lambda state: ["s", state])
LETTER = "本人住在雁塔区小寨路，水压不足已有三天，请派人查看。联系电话13800138000，张三。\n"
_TEXT = st.text(
    st.one_of(st.characters(codec="utf-8", exclude_categories=["Cs"]), st.sampled_from("\n\n  ，。a1你好")),
    max_size=400,
)


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-8", b""),
        ("gb18030", b""),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
def test_text_in_every_encoding_is_recognised_by_its_content(tmp_path: Path, encoding: str, bom: bytes) -> None:
    path = tmp_path / "信.dat"
    path.write_bytes(bom + (LETTER * 300).encode(encoding))
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at, mode="text"))
    assert texts_of(pieces) == LETTER * 300
    assert isinstance(pieces[-1], Finished)


def test_a_long_ascii_beginning_does_not_hide_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"2026-01-01 GET /index HTTP/1.1 200\n" * 20_000 + LETTER.encode("gb18030") * 3_000)
    pieces = list(read_path(path))
    assert isinstance(pieces[0], TextPiece)
    assert texts_of(pieces).endswith(LETTER)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=_TEXT,
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be"]),
    block=st.integers(8, 200),
    overlap=st.integers(1, 50),
)
def test_owned_parts_make_up_any_text(tmp_path: Path, text: str, encoding: str, block: int, overlap: int) -> None:
    path = tmp_path / "t"
    path.write_bytes(text.encode(encoding))
    limits = Limits(text_bytes=block, overlap=overlap)
    with opened(str(path)) as blob:

        def read(at: str | None):  # noqa: ANN202
            import json

            return (
                read_encoded(blob, PLACE, limits, json.loads(at)[1] if at else None, encoding)
                if at is None or '"done"' not in at
                else iter(())
            )

        pieces = check_resuming(read, most=20)
    assert texts_of(pieces) == text
    for piece in pieces:
        if isinstance(piece, TextPiece):
            assert text[piece.offset : piece.offset + len(piece.text)] == piece.text
            assert piece.owned_from == min(overlap, piece.offset + piece.owned_from) or piece.owned_from < overlap


@settings(max_examples=80, deadline=None)
@given(chunks=st.lists(_TEXT, max_size=8), block=st.integers(4, 100), overlap=st.integers(1, 20))
def test_owned_parts_of_chunks_make_up_the_text(chunks: list[str], block: int, overlap: int) -> None:
    limits = Limits(text_bytes=block, overlap=overlap)
    pieces = list(read_chunks(chunks, PLACE, limits, None))
    text = "".join(chunks)
    assert texts_of(pieces) == text
    assert all(
        text[piece.offset : piece.offset + len(piece.text)] == piece.text
        for piece in pieces
        if isinstance(piece, TextPiece)
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TEXT, block=st.integers(8, 200))
def test_blocks_of_bytes_make_up_the_file_and_cut_no_character(tmp_path: Path, text: str, block: int) -> None:
    path = tmp_path / "t"
    path.write_bytes(text.encode())
    with opened(str(path)) as blob:
        pieces = [
            piece for piece in read_raw(blob, PLACE, Limits(block_bytes=block), None) if isinstance(piece, BytesPiece)
        ]
    assert b"".join(piece.raw for piece in pieces) == text.encode()
    assert "".join(piece.raw.decode() for piece in pieces) == text


def test_an_identifier_over_a_cut_is_seen_whole_once(tmp_path: Path) -> None:
    path = tmp_path / "一行.txt"
    number = "13800138000"
    path.write_bytes(b"\xff\xfe" + ("a" * 997 + number).encode("utf-16-le") * 50)
    owners = 0
    for piece in read_path(path, limits=SMALL):
        if isinstance(piece, TextPiece):
            starts = [start for start in range(len(piece.text)) if piece.text.startswith(number, start)]
            owners += sum(piece.owned_from <= start < piece.owned_until for start in starts)
    assert owners == 50


def test_blocks_of_bytes_are_cut_at_line_ends_and_resume(tmp_path: Path) -> None:
    path = tmp_path / "信.txt"
    path.write_text(LETTER * 500)
    pieces = check_resuming(lambda at: read_path(path, limits=SMALL, resume_at=at))
    blocks = [piece for piece in pieces if isinstance(piece, BytesPiece)]
    assert len(blocks) > 5
    assert all(block.raw.endswith(b"\n") for block in blocks)
    assert [block.offset for block in blocks] == [
        sum(len(one.raw) for one in blocks[:index]) for index in range(len(blocks))
    ]
    assert blocks[-1].done == blocks[-1].total == path.stat().st_size


def test_an_endless_line_is_cut_before_chinese_or_after_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "一行.txt"
    path.write_text("电话13800138000张三" * 5_000)
    for piece in read_path(path, limits=SMALL):
        if isinstance(piece, BytesPiece):
            assert piece.raw.decode().count("13800138000") * 11 == sum(c.isdigit() for c in piece.raw.decode())


@pytest.mark.parametrize("how", ["a", "中", "1,"])
def test_one_line_of_64_mb_takes_little_memory(tmp_path: Path, how: str) -> None:
    path = tmp_path / "一行.txt"
    with path.open("w") as file:
        for _ in range(64):
            file.write(how * ((1 << 20) // len(how.encode())))
    code = f"""
from tongban.bench.memory import peak_bytes
from tongban.detect.sources import read_path
before = peak_bytes()
seen = 0
for mode in ("columns", "text"):
    for piece in read_path({str(path)!r}, mode=mode):
        if hasattr(piece, "raw"): seen += len(piece.raw)
        elif hasattr(piece, "text"): seen += len(piece.owned.encode())
        elif hasattr(piece, "values"):
            for name in piece.columns: seen += sum(len((cell or "").encode()) for cell in piece.column(name))
print(seen, (peak_bytes() - before) >> 20)
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert int(out[0]) >= 2 * path.stat().st_size * (0.49 if how == "1," else 1)
    assert int(out[1]) < 48


def test_nuls_are_kept_in_text_and_refused_in_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(LETTER.encode() * 50 + b"\x00" * 20 + LETTER.encode() * 50)
    (tmp_path / "b.txt").write_bytes(bytes(range(256)) * 400)
    (tmp_path / "c.txt").write_bytes(b"\x00" * 100_000)
    pieces = list(read_path(tmp_path))
    assert b"".join(piece.raw for piece in pieces if isinstance(piece, BytesPiece)).count(b"\x00") == 20
    assert whys(pieces) == ["binary", "binary"]
