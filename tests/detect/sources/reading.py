"""What the tests of readers share: reading everything, resuming after every piece, and the rows of batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tongban.detect.sources import Finished, Limits, Piece, Skipped, TableBatch

SMALL = Limits(block_bytes=4096, text_bytes=4096, overlap=64, rows=100, record_bytes=4096)


def whys(pieces: list[Piece]) -> list[str]:
    return [piece.why for piece in pieces if isinstance(piece, Skipped)]


def rows_of(pieces: list[Piece], table: str | None = None) -> list[dict[str, str | None]]:
    """All rows of all batches, column name to value."""
    rows: list[dict[str, str | None]] = []
    for batch in pieces:
        if isinstance(batch, TableBatch) and table in (None, batch.table):
            columns = [batch.column(name) for name in batch.columns]
            assert {len(column) for column in columns} <= {batch.rows}
            rows += [dict(zip(batch.columns, line, strict=True)) for line in zip(*columns, strict=True)]
    return rows


def texts_of(pieces: list[Piece]) -> str:
    return "".join(piece.owned for piece in pieces if hasattr(piece, "owned"))


def comparable(piece: Piece) -> Any:
    """A piece without what its values are kept in."""
    if isinstance(piece, TableBatch):
        return (
            piece.source,
            piece.table,
            piece.columns,
            piece.first_row,
            piece.rows,
            piece.at,
            [piece.column(name) for name in piece.columns],
        )
    return piece


def check_resuming(read: Callable[[str | None], Iterator[Piece]], most: int = 60) -> list[Piece]:
    """Reading on after any piece gives exactly the pieces that came after it."""
    pieces = list(read(None))
    assert pieces
    expected = [comparable(piece) for piece in pieces]
    step = max(1, len(pieces) // most)
    for index in {*range(0, len(pieces), step), len(pieces) - 1}:
        rest = [comparable(piece) for piece in read(pieces[index].at)]
        assert rest == expected[index + 1 :], (index, pieces[index])
    assert isinstance(pieces[-1], Finished | Skipped)
    return pieces
