"""Databases: the same tables read the same way from SQLite, PostgreSQL, MariaDB and through SQLAlchemy; read
only, resumable, sampled.

PostgreSQL is asked when TONGBAN_TEST_POSTGRESQL holds its URL, MariaDB when TONGBAN_TEST_MARIADB does.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.detect.sources.reading import SMALL, check_resuming, rows_of, whys
from tongban.detect.sources import (
    Finished,
    Limits,
    SourceError,
    TableBatch,
    mysql,
    postgresql,
    read_database,
    read_path,
    sqlite,
)
from tongban.detect.sources.database import public

ROWS = 1_500
WHERE = ("sqlite", "postgresql", "mariadb", "sqlalchemy")


@dataclass(frozen=True)
class Made:
    """A database with the tables 人 (a key), 记录 (no key), 关系 (a key of two columns): how to reach it,
    and how it calls a table."""

    kind: str
    url: str
    run: Callable[[str], None]
    prefix: str = ""

    def read(self, **how: Any) -> Iterator[Any]:
        names = how.pop("tables", ["人", "记录", "关系"])
        return read_database(
            self.url, tables=names and [self.prefix + name for name in names], **{"limits": SMALL, **how}
        )


def _fill(run: Callable[[str], None], binary: str, comment: Callable[[str], str]) -> None:
    run(
        f"CREATE TABLE 人 (id BIGINT PRIMARY KEY, 姓名 VARCHAR(50){comment('居民姓名')}, 手机 BIGINT, 照片 {binary}, "
        "余额 DECIMAL(10,2), 生日 DATE)"
    )
    run("CREATE TABLE 记录 (内容 TEXT, 数 INT)")
    run("CREATE TABLE 关系 (甲 VARCHAR(20), 乙 INT, 说明 TEXT, PRIMARY KEY (甲, 乙))")
    for begin in range(0, ROWS, 500):
        numbers = range(begin, begin + 500)
        run(
            "INSERT INTO 人 VALUES "
            + ",".join(
                (
                    f"({7 * n}, '张{n}', 1380000{n:04d}, NULL, {n}.50, "
                    f"{'NULL' if n % 2 else chr(39) + '1980-01-31' + chr(39)})"
                )
                for n in numbers
            )
        )
        run("INSERT INTO 记录 VALUES " + ",".join(f"('第{n}次来电 100% 属实', {n})" for n in numbers))
        run("INSERT INTO 关系 VALUES " + ",".join(f"('户{n // 10:04d}', {n % 10}, NULL)" for n in numbers))


@pytest.fixture(params=WHERE)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Made]:
    yield from {"sqlite": _sqlite, "postgresql": _postgresql, "mariadb": _mariadb, "sqlalchemy": _sqlalchemy}[
        request.param
    ](tmp_path)


def _sqlite(folder: Path) -> Iterator[Made]:
    with closing(sqlite3.connect(folder / "a.db", isolation_level=None)) as database:
        _fill(lambda sql: database.execute(sql) and None, "BLOB", lambda _: "")
    yield Made("sqlite", f"sqlite:///{folder}/a.db", lambda sql: None)


def _sqlalchemy(folder: Path) -> Iterator[Made]:
    for made in _sqlite(folder):
        yield Made("sqlalchemy", made.url, made.run)


def _postgresql(_: Path) -> Iterator[Made]:
    url = os.environ.get("TONGBAN_TEST_POSTGRESQL")
    if not url:
        pytest.skip("TONGBAN_TEST_POSTGRESQL is not set")
    schema = f"sources_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; SET search_path = {schema}".encode()
        )
        _fill(lambda sql: connection.execute(sql.encode()) and None, "BYTEA", lambda _: "")
        connection.execute(b"COMMENT ON COLUMN " + "人.姓名 IS '居民姓名'".encode())
        try:
            yield Made("postgresql", url, lambda sql: connection.execute(sql.encode()) and None, f"{schema}.")
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def _mariadb(_: Path) -> Iterator[Made]:
    url = os.environ.get("TONGBAN_TEST_MARIADB")
    if not url:
        pytest.skip("TONGBAN_TEST_MARIADB is not set")
    import pymysql

    parts = urlsplit(url)
    name = f"sources_{os.getpid()}"
    with closing(
        pymysql.connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=parts.username,
            password=parts.password or "",
            charset="utf8mb4",
            autocommit=True,
        )
    ) as connection:

        def run(sql: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute(sql)

        run(f"DROP DATABASE IF EXISTS {name}")
        run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        connection.select_db(name)
        _fill(run, "LONGBLOB", lambda text: f" COMMENT '{text}'")
        try:
            yield Made("mariadb", f"{parts.scheme}://{parts.netloc}/{name}", run)
        finally:
            run(f"DROP DATABASE {name}")


@pytest.fixture(autouse=True)
def _through_sqlalchemy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fourth way reads the SQLite file as if there were no reader of its own for it."""
    if "made" in request.fixturenames and request.getfixturevalue("made").kind == "sqlalchemy":
        from tongban.detect.sources import database
        from tongban.detect.sources.anydatabase import read_any

        monkeypatch.setattr(database, "_sqlite", read_any)


def test_every_row_of_every_table_and_resuming_after_any_batch(made: Made) -> None:
    pieces = check_resuming(lambda at: made.read(resume_at=at), most=12)
    people = rows_of(pieces, f"{made.prefix}人")
    assert [row["姓名"] for row in people] == [f"张{number}" for number in range(ROWS)]
    assert list(people[0]) == ["id", "姓名", "手机", "余额", "生日"]
    assert people[1]["手机"] == "13800000001"
    assert people[1]["生日"] is None
    assert people[2]["生日"] == "1980-01-31"
    assert float(people[3]["余额"] or 0) == 3.5
    assert sorted(int(row["数"] or 0) for row in rows_of(pieces, f"{made.prefix}记录")) == list(range(ROWS))
    assert rows_of(pieces, f"{made.prefix}记录")[0]["内容"] == "第0次来电 100% 属实"
    assert [(row["甲"], row["乙"]) for row in rows_of(pieces, f"{made.prefix}关系")] == [
        (f"户{n // 10:04d}", str(n % 10)) for n in range(ROWS)
    ]
    assert whys(pieces) == ["binary_column"]
    assert {piece.rows for piece in pieces if isinstance(piece, Finished) and piece.part} == {ROWS}
    batches = [piece for piece in pieces if isinstance(piece, TableBatch)]
    assert max(batch.rows for batch in batches) <= SMALL.rows
    people_batch = next(batch for batch in batches if batch.table.endswith("人"))
    assert "照片" in people_batch.types
    if made.kind in ("postgresql", "mariadb"):
        assert people_batch.comments == {"姓名": "居民姓名"}


def test_a_sample_is_no_larger_than_asked_spread_and_the_same_again(made: Made) -> None:
    first = rows_of(list(made.read(sample=130)), f"{made.prefix}人")
    assert rows_of(check_resuming(lambda at: made.read(sample=130, resume_at=at)), f"{made.prefix}人") == first
    assert len(first) == 130
    if made.kind in ("sqlite", "mariadb", "postgresql"):
        numbers = [int(row["id"] or 0) for row in first]
        assert len(set(numbers)) == 130
        assert max(numbers) > 7 * ROWS * 0.7


def test_a_table_that_is_not_there_is_said(made: Made) -> None:
    assert whys(list(made.read(tables=["没有"]))) == ["no_table"]


def test_small_batches_by_bytes(made: Made) -> None:
    pieces = list(made.read(limits=Limits(batch_bytes=2_000), tables=["人"]))
    assert len(rows_of(pieces)) == ROWS
    assert sum(isinstance(piece, TableBatch) for piece in pieces) > 20


def test_stopping_early_is_quick(made: Made) -> None:
    pieces = made.read(tables=["记录"])
    assert isinstance(next(pieces), TableBatch)
    pieces.close()  # type: ignore[attr-defined]


def test_writing_through_the_same_connection_is_refused(made: Made) -> None:
    path = made.url.removeprefix("sqlite:///")
    if made.kind == "postgresql":
        with closing(postgresql.connect(made.url)) as connection:
            for sql in (f"DELETE FROM {made.prefix}人", "CREATE TABLE x (a int)"):
                with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                    connection.execute(sql.encode())
                connection.rollback()
    elif made.kind == "mariadb":
        import pymysql

        with closing(mysql.connect(made.url)) as connection:
            for sql in ("DELETE FROM 人", "CREATE TABLE x (a int)"):
                with pytest.raises(pymysql.MySQLError, match=r"READ ONLY|read only"), connection.cursor() as cursor:
                    cursor.execute(sql)
    else:
        with closing(sqlite.connect(path, Limits())) as connection:
            for sql in ("DELETE FROM 人", "CREATE TABLE x (a int)", "PRAGMA user_version = 3"):
                with pytest.raises(sqlite3.OperationalError, match="readonly"):
                    connection.execute(sql)
    assert len(rows_of(list(made.read(tables=["人"])))) == ROWS


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:hunter2@127.0.0.1:1/x",
        "mysql://someone:hunter2@127.0.0.1:1/x",
        "mysql://someone:hunter2@127.0.0.1:port/x",
        "mssql+nothing://someone:hunter2@127.0.0.1/x",
        "oracle://someone:hunter2@[bad/x",
        "sqlite:////nowhere/a.db",
    ],
)
def test_credentials_never_show(url: str) -> None:
    with pytest.raises(SourceError) as caught:
        list(read_database(url))
    shown = f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {public(url)}"
    assert "hunter2" not in shown
    assert "someone" not in shown
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_pieces_hold_no_credentials(made: Made) -> None:
    piece = next(made.read())
    assert "@" not in repr(piece)
    assert piece.source.startswith(urlsplit(made.url).scheme)


def test_what_sqlite_files_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("CREATE TABLE a (rowid TEXT, v)")
        database.executemany("INSERT INTO a VALUES (?, ?)", [("x", 1), ("y", b"13800138000"), ("z", 2.5), (None, None)])
        database.execute("CREATE TABLE b (k BLOB PRIMARY KEY, v TEXT) WITHOUT ROWID")
        database.executemany("INSERT INTO b VALUES (?, ?)", [(bytes([n]), str(n)) for n in range(250)])
        database.execute("INSERT INTO a VALUES (CAST(x'e5bca0ff' AS TEXT), 'wrong bytes')")
        database.execute("CREATE TABLE c (v TEXT)")
        database.executemany("INSERT INTO c VALUES (?)", [("前",), ("长" * 100_000,), ("后",)])
        database.execute("CREATE VIRTUAL TABLE f USING fts5(t)")
        database.execute("CREATE VIEW w AS SELECT * FROM a")
        database.execute("CREATE TABLE d (x INTEGER GENERATED ALWAYS AS (1) VIRTUAL, y TEXT)")
        database.execute("INSERT INTO d VALUES ('13800138000')")
    limits = Limits(rows=100, cell_bytes=200_000)
    pieces = check_resuming(lambda at: read_path(path, limits=limits, resume_at=at))
    assert [row["v"] for row in rows_of(pieces, "a")] == ["1", "13800138000", "2.5", None, "wrong bytes"]
    assert rows_of(pieces, "a")[4]["rowid"] == "张\ufffd"
    assert [row["v"] for row in rows_of(pieces, "b")] == [str(n) for n in range(250)]
    assert [row["v"] for row in rows_of(pieces, "c")] == ["前", "后"]
    assert rows_of(pieces, "d")[0]["y"] == "13800138000"
    assert sorted(whys(pieces)) == ["binary_column", "long_value", "not_a_table"]


def test_a_damaged_tree_that_leads_in_a_circle_ends(tmp_path: Path) -> None:
    """Two children of a table's root that are one and the same page: rowids go round."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE a (x TEXT)")
        database.executemany("INSERT INTO a VALUES (?)", [(f"t{number}" * 20,) for number in range(800)])
    raw = bytearray(path.read_bytes())
    root = 4096
    assert raw[root] == 5
    first = int.from_bytes(raw[root + 12 : root + 14], "big")
    raw[root + 8 : root + 12] = raw[root + first : root + first + 4]
    path.write_bytes(raw)
    pieces = list(read_path(path, limits=SMALL))
    assert whys(pieces) in (["failed"], ["damaged"])
    assert len(rows_of(pieces)) < 2_000


def test_a_sqlite_file_in_use_is_read_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE a (v TEXT)")
        database.execute("INSERT INTO a VALUES ('13800138000')")
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO a VALUES ('not yet')")
        assert [row["v"] for row in rows_of(list(read_database(f"sqlite:///{path}")))] == ["13800138000"]
        database.execute("COMMIT")
    assert len(rows_of(list(read_path(path)))) == 2
    assert sorted(os.listdir(tmp_path)) == ["a.db"]


def test_large_values_of_postgresql_are_cut_and_it_is_said(tmp_path: Path) -> None:
    making = _postgresql(tmp_path)
    made = next(making)
    made.run("CREATE TABLE 长文 (t TEXT)")
    made.run("INSERT INTO 长文 SELECT repeat('长', 20000) FROM generate_series(1, 5)")
    pieces = check_resuming(
        lambda at: made.read(tables=["长文"], limits=Limits(record_bytes=10_000, batch_bytes=25_000), resume_at=at)
    )
    assert [len(row["t"] or "") for row in rows_of(pieces)] == [10_000] * 5
    assert "long_value" in whys(pieces)
    making.close()  # type: ignore[attr-defined]


def test_a_table_of_postgresql_that_one_may_not_read_is_said() -> None:
    url = os.environ.get("TONGBAN_TEST_POSTGRESQL")
    if not url:
        pytest.skip("TONGBAN_TEST_POSTGRESQL is not set")
    role = f"reader_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"CREATE SCHEMA {role}; CREATE ROLE {role} LOGIN PASSWORD 'x';"
            f"GRANT USAGE ON SCHEMA {role} TO {role}".encode()
        )
        try:
            connection.execute(
                f"CREATE TABLE {role}.hidden (a text); CREATE TABLE {role}.open (a text);"
                f"INSERT INTO {role}.open VALUES ('b'); GRANT SELECT ON {role}.open TO {role}".encode()
            )
            parts = urlsplit(url)
            theirs = parts._replace(netloc=f"{role}:x@{parts.netloc.rpartition('@')[2]}").geturl()
            pieces = [piece for piece in read_database(theirs) if piece.part.startswith(role)]
            assert whys(pieces) == ["no_right"]
            assert rows_of(pieces) == [{"a": "b"}]
        finally:
            connection.execute(f"DROP SCHEMA {role} CASCADE; DROP ROLE {role}".encode())
