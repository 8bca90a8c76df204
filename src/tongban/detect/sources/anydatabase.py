"""Any database that SQLAlchemy speaks to: every table in the order of its primary key, streamed, in a
transaction that is rolled back.

The state is [key of the last row or null, rows given]: going on asks for the rows behind the key, where it is made
of whole numbers and texts; else it skips as many rows, which is right as long as nobody changes the table
meanwhile. A sample is the first rows by the key. Read only is asked of the database where SQLAlchemy can ask;
nothing but SELECT is ever sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .pieces import Limits, Pieces, Place, SourceError
from .rows import Batches
from .sqltables import Column, Table, read_each, taken


def read_any(
    url: str, place: Place, limits: Limits, state: Any, asked: Sequence[str] | None, sample: int | None
) -> Pieces:
    """The tables of the default schema. SourceError, without the password, if the database can't be reached."""
    try:
        import sqlalchemy as sa
    except ImportError:
        raise SourceError("needs_reader") from None
    try:
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        connection = engine.connect().execution_options(stream_results=True, max_row_buffer=1000)
    except Exception:  # drivers raise what they like, with the address in their words
        raise SourceError("refused") from None
    try:
        inspector = sa.inspect(connection)
        tables = [_table(inspector, name) for name in inspector.get_table_names()]
        plain = {table.name: _plain(inspector, table) for table in tables}

        def read(table: Table, part: Place, inner: Any) -> Pieces:
            last, row = inner if inner is not None else (None, 0)
            by_key = bool(table.key) and plain[table.name]
            batches = Batches(
                part, limits, tuple(column.name for column in table.read), None, table.comments, table.types, by_key
            )
            shape = sa.table(table.name, *(sa.column(column.name) for column in table.columns))
            keys = [shape.c[name] for name in table.key] if by_key else []
            query = sa.select(*keys, *(shape.c[column.name] for column in table.read)).select_from(shape)
            query = query.order_by(*(shape.c[name] for name in table.key))
            query = query.limit(max(sample - row, 0)) if sample is not None else query
            if last is not None:
                query = query.where(_behind(sa, keys, last))
            elif row:
                query = query.offset(row)
            for rows in taken_with_keys(connection.execute(query), len(keys), limits):
                row += len(rows)
                yield batches.batch(
                    [cells for _, cells in rows], row - len(rows), [list(rows[-1][0]) if keys else None, row], row
                )
            yield part.finished(None, row)

        yield from read_each(tables, asked, place, state, read, (sa.exc.SQLAlchemyError,))
    finally:
        connection.rollback()
        connection.close()
        engine.dispose()


def _table(inspector: Any, name: str) -> Table:
    import sqlalchemy as sa

    columns = []
    for column in inspector.get_columns(name):
        binary = isinstance(column["type"], sa.LargeBinary)
        columns.append(Column(column["name"], str(column["type"]), column.get("comment") or "", binary))
    key = tuple(inspector.get_pk_constraint(name).get("constrained_columns") or ())
    return Table(name, name, tuple(columns), key)


def _plain(inspector: Any, table: Table) -> bool:
    """Whether the key is made of whole numbers and texts, so that a row behind another can be asked for."""
    import sqlalchemy as sa

    types = {column["name"]: column["type"] for column in inspector.get_columns(table.name)}
    return all(
        isinstance(types.get(name), sa.Integer | sa.String) and not isinstance(types.get(name), sa.Enum)
        for name in table.key
    )


def _behind(sa: Any, keys: Sequence[Any], last: Sequence[Any]) -> Any:
    """That a row comes after the last one: a > x, or a = x and b > y, and so on; not every database compares rows."""
    return sa.or_(
        *(
            sa.and_(*(key == value for key, value in zip(keys[:at], last[:at], strict=True)), keys[at] > last[at])
            for at in range(len(keys))
        )
    )


def taken_with_keys(
    result: Iterable[Any], width: int, limits: Limits
) -> Iterator[list[tuple[Sequence[Any], list[str | None]]]]:
    """(key, cells as texts) of rows, in lists within the limits."""
    keys: list[Sequence[Any]] = []

    def cells() -> Iterator[list[str | None]]:
        for line in result:
            keys.append(tuple(line[:width]))
            yield [_text(cell) for cell in line[width:]]

    for rows in taken(cells(), limits):
        yield list(zip(keys, rows, strict=True))  # type: ignore[arg-type]
        keys.clear()


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
