"""The log as it stands in the database: what the public is served, and the proofs made from it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from tongban.merkle import (
    EMPTY_ROOT,
    Checkpoint,
    Edge,
    Note,
    Receipt,
    Tiles,
    decode_bundle,
    encode_bundle,
    inclusion_proof,
)
from tongban.merkle.errors import Malformed, Missing
from tongban.merkle.tiles import HEIGHT, TILE_BYTES, WIDTH, split_tile, tile_path, width_at

from .models import Head, Position, SignedCheckpoint, WitnessView

_TILE = "SELECT data FROM ledger_tile WHERE level = %s AND number = %s"
HASH = TILE_BYTES // WIDTH


@dataclass(frozen=True, slots=True)
class Standing:
    """The size of the integrated log and the root that its tiles must lead to."""

    size: int
    root: bytes


def standing() -> Standing:
    """How far the log has come; an empty one where nothing was ever integrated."""
    row = Head.objects.filter(pk=1).values_list("size", "root").first()
    return Standing(row[0], bytes(row[1])) if row else Standing(0, EMPTY_ROOT)


def tile(level: int, number: int, width: int) -> bytes:
    """The bytes of a tile, or of an entry bundle (level −1), cut to `width`. Raises Missing where it is not as wide."""
    with connection.cursor() as cursor:
        cursor.execute(_TILE, [level, number])
        row = cursor.fetchone()
    raw = bytes(row[0]) if row else b""
    if level >= 0:
        if len(raw) < width * HASH:
            raise Missing(f"{tile_path(level, number, width)} is missing")
        return raw[: width * HASH]
    if not raw:
        raise Missing(f"{tile_path(level, number, width)} is missing")
    entries = decode_bundle(raw)
    if len(entries) < width:
        raise Missing(f"{tile_path(level, number, width)} is missing")
    return raw if len(entries) == width else encode_bundle(entries[:width])


def served(level: int, number: int, width: int, size: int) -> bytes:
    """The same for the public: only what a log of `size` has at that width. Raises Missing."""
    if width > width_at(level, number, size):
        raise Missing(f"{tile_path(level, number, width)} is missing")
    return tile(level, number, width)


def edge(size: int) -> Edge:
    """The right edge of the tree of `size`, from the tiles. Raises Malformed where they do not fit."""
    tiles = []
    level = 0
    while size >> (HEIGHT * level):
        number, width = divmod(size >> (HEIGHT * level), WIDTH)
        try:
            tiles.append(split_tile(tile(level, number, width), width) if width else [])
        except Missing as error:
            raise Malformed(str(error)) from None
        level += 1
    return Edge(size, tiles)


_reader = Tiles(tile, 0, keep=512)


def reader(size: int) -> Tiles:
    """A reader of the tree of `size`. The one for the growing log keeps what it took apart, within bounds."""
    if size >= _reader.size:
        return _reader.grown(size)
    return Tiles(tile, size)


def forget() -> None:
    """Forget what was read: for tests, and after a log was replaced."""
    global _reader
    _reader = Tiles(tile, 0, keep=512)


def latest() -> tuple[Note, Checkpoint] | None:
    """The newest signed checkpoint, with its cosignatures; None before the first."""
    row = SignedCheckpoint.objects.order_by("-size").values_list("note", flat=True).first()
    if row is None:
        return None
    note = Note.parse(row)
    return note, Checkpoint.parse(note.text)


def entry_at(index: int) -> bytes:
    """The bytes of one entry. Raises Missing."""
    number, at = divmod(index, WIDTH)
    return decode_bundle(tile(-1, number, at + 1))[at]


def newest(count: int, size: int) -> list[tuple[int, bytes]]:
    """The last entries of the tree of `size`, newest first, with their indices."""
    found: list[tuple[int, bytes]] = []
    end = size
    while end > 0 and len(found) < count:
        number = (end - 1) // WIDTH
        rows = decode_bundle(tile(-1, number, end - number * WIDTH))
        found += [(number * WIDTH + at, row) for at, row in reversed(list(enumerate(rows)))]
        end = number * WIDTH
    return found[:count]


def index_of(key: bytes) -> int | None:
    """The index of the entry queued under `key`; None while it waits."""
    return Position.objects.filter(pk=key).values_list("number", flat=True).first()


def cosigned(beyond: int = -1) -> tuple[Note, Checkpoint] | None:
    """The newest checkpoint that a witness has cosigned, where it has more than `beyond` entries."""
    sizes = list(WitnessView.objects.filter(size__gt=beyond, cosigned_at__isnull=False).values_list("size", flat=True))
    row = (
        SignedCheckpoint.objects.filter(pk__in=sizes).order_by("-size").values_list("note", flat=True).first()
        if sizes
        else None
    )
    if row is None:
        return None
    note = Note.parse(row)
    return note, Checkpoint.parse(note.text)


def receipt(index: int, extra: bytes | None = None) -> Receipt | None:
    """The proof that entry `index` is in a signed tree, the newest cosigned one where there
    is one; None before that."""
    head = cosigned(index) or latest()
    if head is None or index >= head[1].size:
        return None
    note, checkpoint = head
    return Receipt(index, tuple(inclusion_proof(reader(checkpoint.size), index, checkpoint.size)), note, extra)
