"""A scan that was killed inside a file or a table goes on there, to the same report; and its state
tells nobody what it read."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.detect.making import resident_id
from tests.detect.test_scan import told
from tongban.detect.bookmark import Seal
from tongban.detect.scan import Options, Scan
from tongban.detect.sources import Limits
from tongban.detect.sources import database as databases

SMALL = Limits(block_bytes=1_500, text_bytes=1_500, overlap=64, rows=100)
ROWS = 400
IDS = [resident_id(f"61011319{50 + k % 50}0101{k:03d}") for k in range(ROWS)]
MOBILES = [f"139{k * 7_654_321 % 100_000_000:08d}" for k in range(1, ROWS + 1)]
NAMES = ["王小明", "李秀英", "张建国", "刘洋", "陈静"]
LINES = [f"{i},{m},{NAMES[k % 5]}" for k, (i, m) in enumerate(zip(IDS, MOBILES, strict=True))]
HOSTILE = [*IDS, *MOBILES, *NAMES]


def _sqlite(path: Path, key: str = "id INTEGER PRIMARY KEY, sfzh TEXT") -> None:
    with sqlite3.connect(path) as db:
        db.execute(f"CREATE TABLE people ({key}, sjh TEXT, xm TEXT, photo BLOB)")
        db.executemany("INSERT INTO people (sfzh, sjh, xm) VALUES (?, ?, ?)", [line.split(",") for line in LINES])
        db.execute("CREATE TABLE zoo (a TEXT)")
        db.execute("INSERT INTO zoo VALUES ('13800138000')")
    db.close()


MAKE: dict[str, Callable[[Path], Any]] = {
    "people.csv": lambda path: path.write_text("sfzh,sjh,xm\n" + "\n".join(LINES) + "\n", "utf-8"),
    "gb.csv": lambda path: path.write_text("sfzh,sjh,xm\n" + "\n".join(LINES) + "\n", "gb18030"),
    "people.tsv": lambda path: path.write_text("sfzh\tsjh\txm\n" + "\n".join(LINES).replace(",", "\t") + "\n", "utf-8"),
    "people.jsonl": lambda path: path.write_text("".join(json.dumps(dict(zip(("a", "b", "c"), line.split(","),
                        strict=True)), ensure_ascii=False) + "\n" for line in LINES), "utf-8"),
    "people.json": lambda path: path.write_text(json.dumps([dict(zip(("a", "b", "c"), line.split(","),
                        strict=True)) for line in LINES]), "utf-8"),
    "letter.txt": lambda path: path.write_text("".join(f"我叫{NAMES[k % 5]}，电话{m}，路灯坏了。\n" for k,
            m in enumerate(MOBILES)), "utf-8"),
    "letter16.txt": lambda path: path.write_text("".join(f"我叫{NAMES[k % 5]}，电话{m}，路灯坏了。\n" for k,
            m in enumerate(MOBILES)), "utf-16"),
    "people.parquet": lambda path: parquet.write_table(pa.table({"sfzh": IDS, "sjh": MOBILES, "photo": [b"x"] * ROWS}),
        path, row_group_size=130),
    "people.db": _sqlite,
    "keyed.db": lambda path: _sqlite(path, "sfzh TEXT PRIMARY KEY"),
    "bare.db": lambda path: _sqlite(path, "sfzh TEXT"),
}  # fmt: skip


def run(target: Path | str, state: Path | None = None, options: Options | None = None, every: float = 0.0) -> Scan:
    scan = Scan(str(target), options or Options(limits=SMALL), state, every)
    for _ in scan.run():
        pass
    return scan


def in_steps(target: str, state: Path, options: Options | None = None, steps: int = 3) -> tuple[Scan, int]:
    """The scan, stopped again and again after a few pieces; and how often it went on inside a part."""
    inside = 0
    while True:
        scan = Scan(target, options or Options(limits=SMALL), state, 0.0)
        for count, _ in enumerate(scan.run()):
            if count == steps:
                break
        else:
            return scan, inside
        raw = state.read_bytes().decode("utf-8")
        assert [value for value in HOSTILE if value in raw or json.dumps(value)[1:-1] in raw] == []
        inside += json.loads(raw)["inside"] is not None


@pytest.mark.parametrize("name", MAKE)
def test_stopped_inside_a_file_it_goes_on_to_the_same_report(tmp_path, name):
    MAKE[name](tmp_path / name)
    whole = told(run(tmp_path / name))
    scan, inside = in_steps(str(tmp_path / name), tmp_path / "state")
    assert inside >= 1
    assert scan.notes == []
    assert told(scan) == whole
    assert not (tmp_path / "state").exists()


def test_a_folder_and_an_archive_go_on_in_any_of_their_parts(tmp_path):
    import zipfile

    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("people.csv", "letter.txt", "people.db", "people.parquet"):
        MAKE[name](folder / name)
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for name in ("people.csv", "letter.txt", "people.db"):
            archive.write(folder / name, name)
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04broken")
    whole = told(run(folder))
    scan, inside = in_steps(str(folder), tmp_path / "state", steps=11)
    assert inside > 3
    assert told(scan) == whole


SCRIPT = """
import sys
from pathlib import Path
from tongban.detect.scan import Options, Scan
from tongban.detect.sources import Limits
from tongban.detect.sources import database as databases
limits = Limits(block_bytes=1_500, text_bytes=1_500, overlap=64, rows=100)
scan = Scan(sys.argv[1], Options(limits=limits), Path(sys.argv[2]), 0.0)
for now in scan.run():
    print(now.rows, flush=True)
    sys.stdin.readline()
"""


def killed(target: str, state: Path, after: int) -> bool:
    """Scans in another process and kills it with SIGKILL after so many pieces; whether it was still at work."""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, target, str(state)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=env,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(after):
            if not child.stdout.readline():
                return False
            child.stdin.write("\n")
            child.stdin.flush()
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    return True


@pytest.mark.parametrize("name", ["people.csv", "letter.txt", "people.parquet", "people.jsonl"])
def test_killed_with_sigkill_a_scan_goes_on(tmp_path, name):
    MAKE[name](tmp_path / name)
    assert killed(str(tmp_path / name), tmp_path / "state", 3)
    assert json.loads((tmp_path / "state").read_text("utf-8"))["inside"] is not None
    scan = run(tmp_path / name, tmp_path / "state")
    assert (scan.resumed, scan.notes) == (True, [])
    assert told(scan) == told(run(tmp_path / name))


@pytest.fixture(params=["sqlite", "sqlalchemy", "postgresql", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Callable[[str], Any]]]:
    """A database with one table whose key is a resident ID, one with a key of two columns, and one without a
    key; and how to change it."""
    kind, made = request.param, f"t_{uuid.uuid4().hex[:10]}"
    url = os.environ.get(f"TONGBAN_TEST_{kind.upper()}", "")
    statements = [
        "CREATE TABLE keyed (sfzh VARCHAR(20) PRIMARY KEY, sjh VARCHAR(20))",
        "CREATE TABLE pair (a VARCHAR(20), b INT, sfzh VARCHAR(20), PRIMARY KEY (a, b))",
        "CREATE TABLE bare (sfzh VARCHAR(20), sjh VARCHAR(20))",
    ]
    statements += ["INSERT INTO keyed VALUES " + ",".join(f"('{i}','{m}')" for i, m in zip(IDS, MOBILES, strict=True))]
    statements += [
        "INSERT INTO pair VALUES " + ",".join(f"('k{k // 30:03d}',{k % 30},'{i}')" for k, i in enumerate(IDS))
    ]
    statements += ["INSERT INTO bare VALUES " + ",".join(f"('{i}','{m}')" for i, m in zip(IDS, MOBILES, strict=True))]
    if kind in ("sqlite", "sqlalchemy"):
        connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        if kind == "sqlalchemy":  # as any database that has no reader of its own
            request.getfixturevalue("monkeypatch").setattr(databases, "_sqlite", databases.read_any)
        yield f"sqlite:///{tmp_path}/a.db", connection.execute
        connection.close()
    elif not url:
        pytest.skip(f"TONGBAN_TEST_{kind.upper()} is not set")
    elif kind == "postgresql":
        with psycopg.connect(url, autocommit=True) as control:
            control.execute(f"CREATE DATABASE {made}".encode())
            mine = urlsplit(url)._replace(path=f"/{made}").geturl()
            try:
                with psycopg.connect(mine, autocommit=True) as connection:
                    for statement in statements:
                        connection.execute(statement.encode())
                    yield mine, lambda sql: connection.execute(sql.encode())
            finally:
                control.execute(f"DROP DATABASE {made} WITH (FORCE)".encode())
    else:
        import pymysql

        parts = urlsplit(url)
        connection = pymysql.connect(
            host=parts.hostname, port=parts.port, user=parts.username, password=parts.password or "", autocommit=True
        )
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {made} CHARACTER SET utf8mb4")
            cursor.execute(f"USE {made}")
            try:
                for statement in statements:
                    cursor.execute(statement)
                yield parts._replace(path=f"/{made}").geturl(), cursor.execute
            finally:
                cursor.execute(f"DROP DATABASE {made}")
        connection.close()


@pytest.mark.parametrize("table", ["keyed", "pair"])
def test_a_table_goes_on_behind_its_key(database, tmp_path, table):
    url, _change = database
    options = Options(tables=(table,), limits=SMALL)
    whole = told(run(url, None, options))
    scan, inside = in_steps(url, tmp_path / "state", options, 2)
    assert inside >= 1
    assert (scan.notes, told(scan)) == ([], whole)


def test_a_killed_scan_of_a_database_goes_on(database, tmp_path):
    url, _change = database
    if databases._sqlite is databases.read_any:
        pytest.skip("the other process has the reader of SQLite")
    assert killed(url, tmp_path / "state", 8)
    scan = run(url, tmp_path / "state")
    assert scan.resumed
    assert told(scan) == told(run(url))


def test_a_table_without_a_key_begins_again_and_says_so(database, tmp_path):
    url, _change = database
    options = Options(tables=("bare",), limits=SMALL)
    scan = Scan(url, options, tmp_path / "state", 0.0)
    for count, _ in enumerate(scan.run()):
        if count == 2:
            break
    again = run(url, tmp_path / "state", options)
    keyless = (
        url.startswith("mysql") or databases._sqlite is databases.read_any
    )  # SQLite and PostgreSQL have a place in their storage instead
    assert again.notes == ([("keyless", "bare")] if keyless else [])
    assert told(again) == told(run(url, None, options))


@pytest.mark.parametrize("change", ["ALTER TABLE keyed ADD COLUMN more INT", "UPDATE keyed SET sjh = '13800138000'"])
def test_a_table_that_changed_begins_again_and_says_so(database, tmp_path, change):
    url, write = database
    options = Options(tables=("keyed",), limits=SMALL)
    scan = Scan(url, options, tmp_path / "state", 0.0)
    for count, _ in enumerate(scan.run()):
        if count == 2:
            break
    write(change)
    again = run(url, tmp_path / "state", options)
    assert [why for why, _what in again.notes] == ["changed"]
    assert told(again) == told(run(url, None, options))


def test_a_table_of_postgresql_that_was_written_anew_begins_again(tmp_path):
    url = os.environ.get("TONGBAN_TEST_POSTGRESQL")
    if not url:
        pytest.skip("TONGBAN_TEST_POSTGRESQL is not set")
    name = f"anew_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"CREATE TABLE {name} AS SELECT n AS id, 'x' || n AS v FROM generate_series(1, 1000) n".encode()
        )
        try:
            options = Options(tables=(name,), limits=SMALL)
            scan = Scan(url, options, tmp_path / "state", 0.0)
            for count, _ in enumerate(scan.run()):
                if count == 2:
                    break
            connection.execute(f"DELETE FROM {name} WHERE id BETWEEN 150 AND 900".encode())
            connection.execute(f"VACUUM FULL {name}".encode())  # the rows behind the place stand before it now
            again = run(url, tmp_path / "state", options)
            assert [why for why, _what in again.notes] == ["changed"]
            assert again.report.rows == 249
        finally:
            connection.execute(f"DROP TABLE {name}".encode())


@pytest.mark.parametrize("change", ["longer", "touched", "other"])
@pytest.mark.parametrize("name", ["people.csv", "people.db", "all.zip"])
def test_a_file_that_changed_begins_again_and_says_so(tmp_path, name, change):
    import zipfile

    folder = tmp_path / "data"
    folder.mkdir()
    MAKE["letter.txt"](folder / "a.txt")  # read before it, and not again
    path = folder / name
    if name == "all.zip":
        with zipfile.ZipFile(path, "w") as archive:
            for member in ("b.csv", "c.csv"):
                archive.writestr(member, "sfzh,sjh,xm\n" + "\n".join(LINES))
    else:
        MAKE[name](path)
    scan, state = Scan(str(folder), Options(limits=SMALL), tmp_path / "state", 0.0), tmp_path / "state"
    for now in scan.run():
        if (
            now.source.endswith(name)
            and json.loads(state.read_text("utf-8"))["inside"]
            and (name != "all.zip" or now.part == "c.csv")
        ):
            break
    raw = path.read_bytes()
    if change == "touched":
        os.utime(path, (1, 1))
    elif name == "people.csv":
        path.write_bytes(raw + b"x,13800138000,y\n" if change == "longer" else raw[::-1])
    elif name == "people.db":
        with sqlite3.connect(path) as db:
            db.execute("DELETE FROM people WHERE rowid > 200" if change == "other" else "INSERT INTO zoo VALUES ('x')")
        db.close()
    else:
        with zipfile.ZipFile(path, "a" if change == "longer" else "w") as archive:
            archive.writestr("d.csv", "sfzh,sjh,xm\n" + "\n".join(LINES))
    again = run(folder, state)
    assert [why for why, _what in again.notes] == ["changed"]
    assert told(again) == told(run(folder))


def test_a_state_opens_with_its_own_source_alone(tmp_path):
    from tongban.detect.tally import Tally

    tally = Tally(("a",))
    tally.feed_values([["13800138000"] * 3])
    seal = Seal(b"a" * 32)
    sealed = seal.close("[1]", tally)
    at, opened = Seal(b"a" * 32, seal.salt).open(sealed)
    assert (at, opened.packed()) == ("[1]", tally.packed())
    for other in (Seal(b"b" * 32, seal.salt), Seal(b"a" * 32)):
        with pytest.raises(ValueError, match="another source"):
            other.open(sealed)


def test_batches_of_json_with_other_keys_stay_in_their_columns(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        "".join(
            json.dumps({"a": "x", "phone": m} if k < 200 else {"phone": m, "b": "y"}) + "\n"
            for k, m in enumerate(MOBILES)
        ),
        "utf-8",
    )
    found = {field.column: (field.type, field.filled) for field in run(path).report.fields}
    assert found == {"a": ("", 200), "phone": ("mobile", 400), "b": ("", 200)}


def test_notes_of_the_place_are_seldom_where_they_are_dear(tmp_path, monkeypatch):
    MAKE["people.csv"](tmp_path / "a.csv")
    written = []
    keep = Scan._keep
    monkeypatch.setattr(Scan, "_keep", lambda self, inside=None: (written.append(inside), keep(self, inside))[1])
    run(tmp_path / "a.csv", tmp_path / "state", every=1e9)
    assert [inside for inside in written if inside] == []
    run(tmp_path / "a.csv", tmp_path / "state", every=0.0)
    assert [inside for inside in written if inside] != []
