"""Reads one file, whatever it is: recognised by its content, given to the reader for it, and every
failure turned into a reason."""

from __future__ import annotations

import zipfile
from typing import Any

from .archives import Reading, read_zip
from .blobs import Blob
from .columnar import read_parquet
from .decoded import read_encoded
from .delimited import dialect_of, read_delimited
from .jsonfiles import form_of, read_json, read_jsonl
from .pdf import read_pdf
from .pieces import DONE, Pieces, Place
from .raw import read_raw
from .recognise import Kind, recognise
from .records import read_records
from .sqlite import read_sqlite


def read_file(blob: Blob, place: Place, reading: Reading, state: Any) -> Pieces:
    """All pieces of a file from `state` on. Never raises for what is in the file: a Skipped says what is wrong."""
    if state == DONE:
        return
    if blob.size == 0:
        yield place.skipped("empty")
        return
    try:
        kind = recognise(blob)
        if kind.form == "text":
            yield from _text(blob, place, reading, state, kind)
        elif kind.form == "zip":
            yield from read_zip(blob, place, reading, state, read_file)
        elif kind.form == "pdf":
            yield from read_pdf(blob.path, blob.size, place, reading.limits, state)
        elif kind.form == "parquet":
            yield from read_parquet(blob.path, place, reading.limits, state)
        elif kind.form == "sqlite":
            yield from read_sqlite(blob.path, place, reading.limits, state)
        else:
            yield place.skipped(kind.form)
    except MemoryError:
        yield place.skipped("memory")
    except zipfile.BadZipFile:
        yield place.skipped("damaged")
    except Exception as error:  # readers of other makes raise what they like at a hostile file; the scan goes on
        yield place.skipped("damaged", more=type(error).__name__)


def _text(blob: Blob, place: Place, reading: Reading, state: Any, kind: Kind) -> Pieces:
    limits, encoding, begin = reading.limits, kind.encoding, kind.begin
    if blob.size == begin:
        yield place.skipped("empty")
        return
    plain = encoding == "utf-8"
    if plain and reading.mode == "bytes":
        yield from read_raw(blob, place, limits, state, begin)
        return
    form = form_of(blob, begin) if plain else ""
    dialect = None if form else dialect_of(blob, encoding, begin)
    if form:
        yield from (read_jsonl if form == "jsonl" else read_json)(blob, place, limits, state, begin)
        return
    if dialect is not None and len(dialect.columns) <= limits.columns:
        if plain and reading.mode == "records" and dialect.line_end == "\n":
            yield from read_records(blob, place, limits, state, dialect, begin)
            return
        yield from read_delimited(blob, place, limits, state, dialect, encoding, begin)
        return
    as_raw = plain and reading.mode != "text"
    if dialect is not None and state is None:
        yield place.skipped("columns", begin if as_raw else [begin, begin, 0])
    if as_raw:
        yield from read_raw(blob, place, limits, state, begin)
    else:
        yield from read_encoded(blob, place, limits, state, encoding, begin)
