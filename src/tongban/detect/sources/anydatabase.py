"""Any database that SQLAlchemy speaks to: every table in the order of its primary key, streamed, in a transaction that is rolled back.

The state is the number of rows given: going on reads the rows before it again on the server's side. A sample is the first rows by the key. Read
only is asked of the database where SQLAlchemy can ask; nothing but SELECT is ever sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .pieces import Limits, Pieces, Place, SourceError
from .rows import Batches
from .sqltables import Column, Table, read_each, taken


def read_any(url: str, place: Place, limits: Limits, state: Any, asked: Sequence[str] | None, sample: int | None) -> Pieces:
    """The tables of the default schema. SourceError, without the password, if the database can't be reached."""
    try:
        import sqlalchemy as sa
    except ImportError:
        raise SourceError("读取这种数据库需要可选组件，请安装 tongban[scan]") from None
    try:
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        connection = engine.connect().execution_options(stream_results=True, max_row_buffer=1000)
    except Exception:  # drivers raise what they like, with the address in their words
        raise SourceError("无法连接数据库，请检查地址、驱动、用户名和密码") from None
    try:
        inspector = sa.inspect(connection)
        tables = [_table(inspector, name) for name in inspector.get_table_names()]

        def read(table: Table, part: Place, inner: Any) -> Pieces:
            row = int(inner or 0)
            batches = Batches(part, limits, tuple(column.name for column in table.read), None, table.comments, table.types)
            shape = sa.table(table.name, *(sa.column(column.name) for column in table.columns))
            query = sa.select(*(shape.c[column.name] for column in table.read)).select_from(shape)
            query = query.order_by(*(shape.c[name] for name in table.key))
            query = query.limit(max(sample - row, 0)) if sample is not None else query
            result = connection.execute(query.offset(row) if row else query)
            for rows in taken(([_text(cell) for cell in line] for line in result), limits):
                row += len(rows)
                yield batches.batch(rows, row - len(rows), row, row)
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


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
