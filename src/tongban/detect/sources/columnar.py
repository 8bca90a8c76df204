"""Parquet: row groups in batches of rows, all columns as strings; binary columns are noted and skipped. Needs pyarrow."""

from __future__ import annotations

from typing import Any

from .pieces import Limits, Pieces, Place
from .rows import Batches


def read_parquet(path: str, place: Place, limits: Limits, state: Any) -> Pieces:
    """The rows of a Parquet file. The state is [row group, rows of it given, number of the next row]."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        yield place.skipped("missing_extra")
        return
    group, given, row = state if state is not None else (0, 0, 0)
    with parquet.ParquetFile(path, pre_buffer=False) as file:
        schema = file.schema_arrow
        kept = [field for field in schema if not _is_binary(field.type, pa)]
        types = {field.name: str(field.type) for field in schema}
        binary = [field.name for field in schema if _is_binary(field.type, pa)]
        if state is None and binary:
            yield place.skipped("binary_column", [0, 0, 0], "、".join(binary[:20]))
        columns = tuple(field.name for field in kept)
        comments = {field.name: text for field in kept if (text := _comment(field))}
        batches = Batches(place, limits, columns, file.metadata.num_rows, comments, types)
        for number in range(group, file.metadata.num_row_groups):
            if file.metadata.row_group(number).total_byte_size > limits.member_bytes:
                yield place.skipped("too_large", [number + 1, 0, row], f"第 {number + 1} 个行组")
                continue
            passed = 0
            for batch in file.iter_batches(_rows_at_once(file.metadata.row_group(number), limits), [number], list(columns), use_threads=False):
                passed += batch.num_rows
                if passed <= given and number == group:
                    continue
                row += batch.num_rows
                yield batches.record_batch(_as_strings(batch, pa), row - batch.num_rows, [number, passed, row], row)
    yield place.finished(None, row)


def _rows_at_once(group: Any, limits: Limits) -> int:
    """Rows of a batch within the limit of bytes, by the group's own figures."""
    each = group.total_byte_size // max(group.num_rows, 1) + 1
    return int(max(1, min(limits.rows, limits.batch_bytes // each)))


def _is_binary(kind: Any, pa: Any) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _comment(field: Any) -> str:
    found = (field.metadata or {}).get(b"comment", b"")
    return str(found.decode("utf-8", "replace"))


def _as_strings(batch: Any, pa: Any) -> Any:
    """The same rows with every column as string: numbers and dates in their usual spelling, nested values as JSON-like text."""
    columns = []
    for column in batch.columns:
        try:
            columns.append(column.cast(pa.string()))
        except pa.ArrowException:
            columns.append(pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string()))
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
