"""The child process that reads Parquet files, one after another: run by columnar.py as a script of its own,
within a limit of memory.

A line of JSON on its standard input asks for a file; frames on its standard output answer (a kind of one byte, a length
of eight, the content): H the heading, S a row group that is left out, P the place of the batch that follows, B a batch
of string columns (Arrow IPC), Z the end, E an error. Imports nothing of Tongban. Every column is turned into strings
here, so the reader only hands them on.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

TRIAL = 16
"""Rows of each group that are read first, to see how long they are: what a dictionary holds
once can stand in every row."""


def _say(kind: bytes, content: Any) -> None:
    raw = content if isinstance(content, bytes) or hasattr(content, "to_pybytes") else json.dumps(content).encode()
    out = sys.stdout.buffer
    out.write(kind + len(raw).to_bytes(8, "little"))
    out.write(raw)
    out.flush()


def read(path: str, group: int, given: int, rows: int, size: int, most: int) -> None:
    """The rows of a file after the first `given` of a row group; `rows` and `size` (bytes) limit a
    batch, `most` (bytes) a group."""
    import pyarrow as pa
    from pyarrow import parquet

    with parquet.ParquetFile(path, pre_buffer=False) as file:
        schema = file.schema_arrow
        kept = [field for field in schema if not _is_binary(field.type, pa)]
        columns = [field.name for field in kept]
        binary = [field.name for field in schema if _is_binary(field.type, pa)]
        comments = {field.name: text for field in kept if (text := _comment(field))}
        _say(
            b"H",
            {
                "rows": file.metadata.num_rows,
                "columns": columns,
                "types": {field.name: str(field.type) for field in schema},
                "binary": binary,
                "comments": comments,
            },
        )
        for number in range(group, file.metadata.num_row_groups):
            if file.metadata.row_group(number).total_byte_size > most:
                _say(b"S", number)
                continue
            passed = 0
            for batch in _batches(file, number, columns, rows, size, pa):
                passed += batch.num_rows
                if passed > given or number != group:
                    _say(b"P", [number, passed])
                    _say(b"B", batch.serialize())


def _batches(file: Any, number: int, columns: list[str], rows: int, size: int, pa: Any) -> Iterator[Any]:
    """The rows of a group in batches as large as the longest of the first rows allow."""
    trial = next(file.iter_batches(TRIAL, [number], columns, use_threads=False), None)
    if trial is None:
        return
    each = (
        max(
            _as_strings(trial, pa).nbytes // max(trial.num_rows, 1),
            file.metadata.row_group(number).total_byte_size // max(file.metadata.row_group(number).num_rows, 1),
        )
        + 1
    )
    for batch in file.iter_batches(max(1, min(rows, size // each)), [number], columns, use_threads=False):
        yield _as_strings(batch, pa)


def _is_binary(kind: Any, pa: Any) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _comment(field: Any) -> str:
    found = (field.metadata or {}).get(b"comment", b"")
    return str(found.decode("utf-8", "replace"))


def _as_strings(batch: Any, pa: Any) -> Any:
    """The same rows with every column as string: numbers and dates in their usual spelling, nested
    values as JSON-like text."""
    columns = []
    for column in batch.columns:
        try:
            texts = column.cast(pa.string())
            texts.validate(full=True)
        except (pa.ArrowException, UnicodeError):
            texts = _mended(column, pa)
        columns.append(texts)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _mended(column: Any, pa: Any) -> Any:
    """Values that arrow has no spelling for in Python's; wrong bytes in texts become U+FFFD."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        kept = column.cast(pa.large_binary()).to_pylist()
        return pa.array([None if raw is None else raw.decode("utf-8", "replace") for raw in kept], pa.string())
    return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())


def main() -> None:
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        try:
            read(**json.loads(line))
            _say(b"Z", {})
        except ImportError:
            _say(b"E", {"why": "missing_extra", "more": ""})
        except MemoryError:
            _say(b"E", {"why": "memory", "more": ""})
        except Exception as error:  # whatever a damaged file raises: the next one is read
            _say(b"E", {"why": "damaged", "more": type(error).__name__})


if __name__ == "__main__":
    main()
