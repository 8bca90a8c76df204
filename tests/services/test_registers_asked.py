"""Asking one register: what is slow, down, too large, of the wrong kind or leads elsewhere becomes no answer."""

from __future__ import annotations

import json
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tongban.services.models import Fact
from tongban.services.sources import answers, asking
from tongban.services.sources.asking import Inquiry, Register, Unanswered, ask

LI = "610199195803028124"
WHO = Inquiry(LI, "ab" * 16, "self", "city.example/ledger", "7001")


def register(kind, columns=(("born", "born"),), **settings):
    return Register("population", kind, {"address": "TONGBAN_REGISTER_P", **settings}, tuple(columns))


def refused(one, why, **more):
    with pytest.raises(Unanswered) as error:
        ask(one, WHO, **more)
    assert error.value.why == why
    assert LI not in str(error.value)
    return error.value


# --- an SQL view -----------------------------------------------------------------------------------------------------


@pytest.fixture
def view(tmp_path, monkeypatch):
    path = tmp_path / "people.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE all_people (id_number TEXT, born TEXT, secret TEXT)")
        database.execute("INSERT INTO all_people VALUES (?, '1958-03-02', 'x')", (LI,))
        database.execute("CREATE VIEW people AS SELECT id_number, born FROM all_people")
    monkeypatch.setenv("TONGBAN_REGISTER_P", f"sqlite:///{path}")
    return path


def test_a_view_gives_the_named_columns_of_one_person(view):
    assert ask(register("sql", view="people"), WHO) == {"born": "1958-03-02"}
    other = Inquiry("610199198007158116", "1", "self", "c", "7001")
    assert ask(register("sql", view="people"), other) is None


def test_a_column_that_the_view_has_not_is_no_answer(view):
    refused(register("sql", [("born", "secret")], view="people"), "down")


@pytest.mark.parametrize("name", ["people; DROP TABLE all_people", "a.b.c", "", 'pe"ople', "people--"])
def test_names_in_the_settings_are_names_and_nothing_else(view, name):
    refused(register("sql", view=name), "set_up")
    refused(register("sql", [("born", name or "a b")], view="people"), "set_up")


def test_a_number_that_is_sql_is_a_number(view):
    assert ask(register("sql", view="people"), Inquiry("' OR 1=1 --", "1", "self", "c", "7001")) is None


def test_two_rows_for_one_person_are_no_answer(view):
    with sqlite3.connect(view) as database:
        database.execute("INSERT INTO all_people VALUES (?, '1960-01-01', 'y')", (LI,))
    refused(register("sql", view="people"), "wrong")


def test_a_register_cannot_be_written_to(view):
    with sqlite3.connect(view) as database:
        database.execute("CREATE TABLE t (id_number TEXT)")
    with pytest.raises(sqlite3.OperationalError):
        asking._sqlite(f"sqlite:///{view}", "DELETE FROM all_people WHERE id_number = ?", LI, lambda: 0.0)


def test_a_view_that_takes_too_long_is_left(view):
    with sqlite3.connect(view) as database:
        database.execute(
            "CREATE VIEW slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) "
            "SELECT CAST(i AS TEXT) AS id_number, i AS born FROM n"
        )
    clock = iter(range(0, 10**9, 100))
    refused(register("sql", view="slow"), "down", now=lambda: float(next(clock)))


def test_an_address_comes_from_a_variable_of_registers_alone(monkeypatch):
    monkeypatch.setenv("TONGBAN_SECRET_KEY", "https://evil.example/")
    for name in ("TONGBAN_SECRET_KEY", "https://evil.example/", "", "TONGBAN_REGISTER_UNSET"):
        refused(Register("p", "http", {"address": name}, (("born", "born"),)), "set_up")


@pytest.mark.django_db
@pytest.mark.both_databases
def test_a_view_on_postgresql_is_read_alone(monkeypatch):
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.skip("for PostgreSQL")
    told = connection.settings_dict
    address = f"postgresql://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"
    monkeypatch.setenv("TONGBAN_REGISTER_P", address)
    columns = [("a", "code")]
    found = ask(register("sql", columns, view="registry_place", key="code"), Inquiry("none", "1", "self", "c", "7001"))
    assert found is None
    with pytest.raises(Exception, match="read-only"):
        asking._postgresql(address, "DELETE FROM registry_place WHERE code = %s", "none")
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    with pytest.raises(Exception, match="timeout"):
        asking._postgresql(address, "SELECT pg_sleep(5) WHERE '' <> %s", "x")


# --- an HTTP service -------------------------------------------------------------------------------------------------


class Service(BaseHTTPRequestHandler):
    answers = (200, {"facts": {"born": "1958-03-02"}}, {})
    seen: list = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append((self.path, dict(self.headers), json.loads(body)))
        status, found, headers = type(self).answers
        raw = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST

    def log_message(self, *args):
        pass


@pytest.fixture
def service(monkeypatch):
    Service.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("TONGBAN_REGISTER_P", f"http://127.0.0.1:{server.server_port}/ask")

    def answers_with(status, found, **headers):
        Service.answers = (status, found, headers)

    yield answers_with
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_service_is_told_who_asks_why_and_gets_the_number_in_the_body_alone(service, monkeypatch):
    service(200, {"facts": {"birthDate": "1958-03-02", "other": 1}})
    monkeypatch.setenv("TONGBAN_REGISTER_T", "sesame")
    one = register("http", [("born", "birthDate")], token="TONGBAN_REGISTER_T")
    assert ask(one, Inquiry(LI, "ab" * 16, "mandate", "city.example", "7001", "cd" * 16)) == {"born": "1958-03-02"}
    path, headers, body = Service.seen[0]
    told = {name.lower(): value for name, value in headers.items()}
    assert told["x-road-client"] == "city.example"
    assert (told["x-road-userid"], told["x-road-issue"]) == ("mandate", "ab" * 16)
    assert told["x-road-represented-party"] == "MANDATE/" + "cd" * 16
    assert told["authorization"] == "Bearer sesame"
    assert LI not in path + json.dumps(headers)
    assert body == {"id_number": LI, "purpose": "7001", "facts": ["birthDate"]}


def test_404_says_that_the_register_does_not_know_the_person(service):
    service(404, {})
    assert ask(register("http"), WHO) is None


@pytest.mark.parametrize(
    ("status", "found", "why"),
    [
        (500, {}, "down"),
        (200, b"not json", "wrong"),
        (200, b"[" * 50_000, "wrong"),
        (200, [], "wrong"),
        (200, {"facts": 1}, "wrong"),
        (200, b" " * 70_000, "wrong"),
        (204, b"", "wrong"),
    ],
)
def test_an_answer_that_is_none(service, status, found, why):
    service(status, found)
    refused(register("http"), why)


def test_another_type_of_answer_is_none(service):
    service(200, {"facts": {}}, **{"Content-Type": "text/html"})
    refused(register("http"), "wrong")


@pytest.mark.parametrize("where", ["http://127.0.0.1:1/", "http://169.254.169.254/", "file:///etc/passwd"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(service, where, status):
    service(status, {}, Location=where)
    refused(register("http"), "wrong")
    assert len(Service.seen) == 1


def test_an_answer_that_drips_is_left(service):
    service(200, {"facts": {"born": "1958-03-02"}})
    clock = iter([0.0, 100.0, 200.0, 300.0])
    refused(register("http"), "down", now=lambda: next(clock))


@pytest.mark.parametrize("address", ["http://register.example/", "ftp://register.example/", "file:///etc/passwd"])
def test_only_https_or_this_machine(monkeypatch, address):
    monkeypatch.setenv("TONGBAN_REGISTER_P", address)
    refused(register("http"), "set_up")


def test_nobody_there_is_no_answer(monkeypatch):
    monkeypatch.setenv("TONGBAN_REGISTER_P", "http://127.0.0.1:1/")
    refused(register("http"), "down")


# --- a file ----------------------------------------------------------------------------------------------------------


def test_a_file_gives_the_row_of_one_person(tmp_path, monkeypatch):
    path = tmp_path / "people.csv"
    path.write_text(f"id_number,born\n{LI.lower()},1958-03-02\n", encoding="utf-8-sig")
    monkeypatch.setenv("TONGBAN_REGISTER_P", str(path))
    assert ask(register("file"), WHO) == {"born": "1958-03-02"}
    assert ask(register("file", [("born", "no_such_column")]), WHO) == {}
    path.write_bytes(b"id_number,born\n\xff\xfe\xfd,1\n")
    refused(register("file"), "down")


def test_a_file_of_the_package_is_named_by_one_word():
    refused(Register("p", "file", {"address": "package:../../../etc/passwd"}, ()), "set_up")


# --- what came -------------------------------------------------------------------------------------------------------

FACTS = {
    "born": Fact(code="born", type="date"),
    "here": Fact(code="here", type="bool"),
    "income": Fact(code="income", type="number"),
    "why": Fact(code="why", type="choice", options=[["illness", "重病", "Illness"]]),
    "name": Fact(code="name", type="text"),
    "clean": Fact(code="clean", type="declared"),
}


def test_values_of_the_right_kind_are_taken():
    came = {"born": "1958-03-02", "here": "是", "income": 12.5, "why": "illness", "name": " 李 "}
    taken, wrong = answers.checked(came, FACTS)
    assert taken == {"born": "1958-03-02", "here": True, "income": "12.5", "why": "illness", "name": "李"}
    assert wrong == []


def test_no_is_no_and_nothing_is_unknown():
    assert answers.checked({"here": 0, "born": None, "name": ""}, FACTS) == ({"here": False}, [])


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("born", "1958-13-02"), ("born", "03/02/1958"), ("born", 19580302), ("born", {"y": 1958}), ("here", "maybe"),
        ("here", 2), ("here", []), ("income", "NaN"), ("income", "1e400"), ("income", True), ("income", "1;2"),
        ("why", "accident"), ("why", ["illness"]), ("name", "x" * 201), ("name", "a\x00b"), ("name", {"a": 1}),
        ("clean", True), ("clean", "yes"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_left_out_and_never_a_no(fact, value):
    assert answers.checked({fact: value}, FACTS) == ({}, [fact])


def test_what_was_not_asked_is_not_taken():
    assert answers.checked({"stranger": 1}, FACTS) == ({}, [])
