"""Whoever objects shows control of the site: a TXT record, a file, a code to the contact address; asked when a button
is pressed, bounded, and never into anybody's network."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from datetime import timedelta

import dns.message
import dns.rdatatype
import dns.rrset
import pytest
from django.core import mail
from django.test import Client

from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Act, Case
from tongban.cases.notices import send_waiting
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.registry import snapshot
from tongban.reports import on_desk
from tongban.reports.control import asking, pages, proving

from .conftest import ABOVE, NOON, after, listed, official

pytestmark = pytest.mark.usefixtures("city")
HOST = "qipai.example"


@contextmanager
def nameserver(records: dict[tuple[str, str], list[str]]):
    """A resolver on loopback that knows these records; yields its address and the questions that it was asked."""
    asked: list[tuple[str, str]] = []
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(0.1)
    going = threading.Event()

    def answer() -> None:
        while not going.is_set():
            try:
                raw, sender = server.recvfrom(4096)
            except TimeoutError:
                continue
            query = dns.message.from_wire(raw)
            name, kind = query.question[0].name, dns.rdatatype.to_text(query.question[0].rdtype)
            asked.append((name.to_text(omit_final_dot=True), kind))
            reply = dns.message.make_response(query)
            found = records.get(asked[-1], [])
            if found:
                reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, found))
            elif not any(known == asked[-1][0] for known, _kind in records):
                reply.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(reply.to_wire(), sender)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.getsockname()[1]}", asked
    finally:
        going.set()
        thread.join()
        server.close()


@pytest.fixture
def objection():
    """The owner objects, without an account; the case and its secret."""
    listing = listed(f"http://www.{HOST}/", "6002")
    sent = Submission(
        "report_objection", "6002", "610000", "申诉", "我们只是资讯", about=listing.pk, inputs={"role": "owner"}
    )
    return submit(sent, NEWCOMER, now=NOON + timedelta(days=1))


@pytest.fixture
def browser(objection):
    case, receipt = objection
    client = Client()
    client.post("/follow/", {"code": case.code, "secret": receipt.secret})
    return client


def test_the_page_says_which_record_and_nothing_is_asked_before_the_button(objection, browser, settings):
    case, _receipt = objection
    with nameserver({}) as (address, asked):
        settings.RESOLVERS = address
        page = browser.get(f"/follow/{case.code}/control/").content.decode()
        assert asked == []
    assert f"_tongban.www.{HOST}" in page
    assert f"_tongban.{HOST}" in page
    assert proving.value(case) in page
    assert "/control/" in browser.get(f"/follow/{case.code}/").content.decode()


@pytest.mark.both_databases
@pytest.mark.parametrize("name", [f"_tongban.www.{HOST}", f"_tongban.{HOST}"])
def test_a_txt_record_at_the_host_or_above_shows_control_and_whoever_decides_sees_it(
    objection, browser, settings, name
):
    case, _receipt = objection
    with nameserver({(name, "TXT"): ['"v=spf1 -all"', f'"{proving.value(case)}"']}) as (address, asked):
        settings.RESOLVERS = address
        answer = browser.post(f"/follow/{case.code}/control/", {"how": "dns"})
        assert {kind for _name, kind in asked} == {"TXT"}
    assert answer["Location"] == f"/follow/{case.code}/"
    act = Act.objects.get(case=case, act="show_control")
    assert (act.actor, act.public["how"]) == ("system", "dns")
    acts = list(Act.objects.filter(case=case).order_by("sequence"))
    assert on_desk.control(type("Found", (), {"acts": acts})).how == "域名的 TXT 记录"


@pytest.mark.parametrize(
    "text", ["", '"tongban-objection=0000"', '"xx tongban-objection"', '"{value} more"', '"{value}" "more"']
)
def test_a_record_that_says_something_else_shows_nothing(objection, browser, settings, text):
    case, _receipt = objection
    records = {(f"_tongban.{HOST}", "TXT"): [text.format(value=proving.value(case))]} if text else {}
    with nameserver(records) as (address, _asked):
        settings.RESOLVERS = address
        answer = browser.post(f"/follow/{case.code}/control/", {"how": "dns"})
    assert answer.status_code == 422
    assert "还没有查到" in answer.content.decode()
    assert proving.shown(case) is None


def test_the_value_of_another_objection_shows_nothing(objection, browser, settings):
    case, _receipt = objection
    other = Case.objects.get(pk=case.pk)
    other.code = "ABCDEFGHJKLM"
    with nameserver({(f"_tongban.{HOST}", "TXT"): [f'"{proving.value(other)}"']}) as (address, _asked):
        settings.RESOLVERS = address
        assert browser.post(f"/follow/{case.code}/control/", {"how": "dns"}).status_code == 422


def test_a_resolver_that_does_not_answer_is_told_apart_and_bounded(objection, browser, settings, monkeypatch):
    case, _receipt = objection
    monkeypatch.setattr(asking, "SECONDS", 0.3)
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 0))
    settings.RESOLVERS = f"127.0.0.1:{silent.getsockname()[1]}"
    answer = browser.post(f"/follow/{case.code}/control/", {"how": "dns"})
    silent.close()
    assert answer.status_code == 422
    assert "没有回答" in answer.content.decode()


def test_a_stranger_and_a_closed_objection_have_no_such_page(objection, browser):
    case, _receipt = objection
    assert Client().get(f"/follow/{case.code}/control/").status_code == 404
    after(case, "reject", official(ABOVE), 30, text="提供充值")
    assert browser.get(f"/follow/{case.code}/control/").status_code == 404


def test_control_is_no_condition_and_lifts_nothing_by_itself(objection):
    case, _receipt = objection
    perform(case.pk, Step("show_control", official(ABOVE), {"how": "dns"}, at=NOON + timedelta(days=1, hours=2)))
    case.refresh_from_db()
    assert case.state == "lodged"
    with pytest.raises(Refusal):
        perform(case.pk, Step("show_control", official(), {"how": "dns"}, at=NOON + timedelta(days=1, hours=2)))


def test_the_official_who_decides_asks_by_a_button_of_their_own(objection, settings):
    from tongban.accounts.models import Official

    settings.SECOND_FACTOR = False
    case, _receipt = objection
    official(ABOVE)
    desk = Client()
    desk.force_login(Official.objects.get(username=f"{ABOVE}-handler"))
    assert "查证控制权" in desk.get(f"/desk/c/{case.code}/").content.decode()
    page = desk.get(f"/desk/c/{case.code}/control/").content.decode()
    assert proving.value(case) in page
    nonce = page.split('name="nonce" value="')[1].split('"')[0]
    form = {"how": "dns", "nonce": nonce, "version": str(Case.objects.get(pk=case.pk).version)}
    with nameserver({(f"_tongban.{HOST}", "TXT"): ['"nothing"']}) as (address, _asked):
        settings.RESOLVERS = address
        assert desk.post(f"/desk/c/{case.code}/control/", form).status_code == 422
        assert proving.shown(case) is None
    with nameserver({(f"_tongban.{HOST}", "TXT"): [f'"{proving.value(case)}"']}) as (address, _asked):
        settings.RESOLVERS = address
        assert desk.post(f"/desk/c/{case.code}/control/", form).status_code == 302
    assert proving.shown(case).official_id == Official.objects.get(username=f"{ABOVE}-handler").pk


@pytest.mark.both_databases
def test_a_code_to_the_contact_address_shows_control(objection, browser):
    case, _receipt = objection
    page = browser.get(f"/follow/{case.code}/control/").content.decode()
    assert "digits" not in page, "no code was sent yet"
    assert browser.post(f"/follow/{case.code}/control/", {"how": "contact", "digits": ""}).status_code == 422
    contact = {"contact": "hostmaster@qipai.example"}
    perform(case.pk, Step("ask_contact", official(ABOVE), contact, at=NOON + timedelta(days=1, hours=1)))
    send_waiting(NOON + timedelta(days=2))
    (message,) = mail.outbox
    assert message.to == ["hostmaster@qipai.example"]
    code = proving.code(case, "hostmaster@qipai.example")
    assert message.body.count(code) == 2
    assert "http://" not in message.body
    wrong = str((int(code) + 1) % 10**8).zfill(8)
    assert browser.post(f"/follow/{case.code}/control/", {"how": "contact", "digits": wrong}).status_code == 422
    spaced = f"{code[:4]} {code[4:]}"
    assert browser.post(f"/follow/{case.code}/control/", {"how": "contact", "digits": spaced}).status_code == 302
    assert proving.shown(case).public["how"] == "contact"


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::", "nonsense",
    ],
)  # fmt: skip
def test_no_address_of_a_network_is_ever_asked(address, settings, monkeypatch):
    assert not asking.is_public(address)
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("connected"))
    kind = "AAAA" if ":" in address else "A"
    known = {(HOST, kind): [address]} if address != "nonsense" else {}
    with nameserver(known) as (server, _asked):
        settings.RESOLVERS = server
        with pytest.raises(asking.NotAsked):
            asking.in_file(HOST, "x")


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_public(address):
    assert asking.is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_ask_none(settings, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("connected"))
    with nameserver({(HOST, "A"): ["93.184.216.34", "127.0.0.1"]}) as (server, _asked):
        settings.RESOLVERS = server
        with pytest.raises(asking.NotAsked):
            asking.in_file(HOST, "x")


@contextmanager
def site(reply: bytes, forever: bool = False):
    """A web server on loopback; yields its port and the requests."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    seen: list[bytes] = []
    going = threading.Event()

    def serve() -> None:
        while not going.is_set():
            try:
                connection, _sender = server.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(1)
                seen.append(connection.recv(4096))
                try:
                    connection.sendall(reply)
                    while forever and not going.is_set():
                        connection.sendall(b"x" * 512)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], seen
    finally:
        going.set()
        thread.join()
        server.close()


def read(reply: bytes, value: str, settings, monkeypatch, forever: bool = False):
    """Ask for the file of a site that stands on loopback, as if its address were a public one."""
    really = socket.create_connection
    with site(reply, forever) as (port, seen), nameserver({(HOST, "A"): ["93.184.216.34"]}) as (server, _asked):
        settings.RESOLVERS = server

        def connect(to, timeout=None):
            assert to[0] == "93.184.216.34", "the address that was checked, and no other"
            if to[1] == 443:
                raise ConnectionRefusedError
            return really(("127.0.0.1", port), timeout)

        monkeypatch.setattr(socket, "create_connection", connect)
        return asking.in_file(HOST, value), seen


def test_the_file_is_read_from_the_address_that_was_checked(settings, monkeypatch):
    found, seen = read(
        b"HTTP/1.1 200 OK\r\n\r\ntongban-objection=abc\n", "tongban-objection=abc", settings, monkeypatch
    )
    assert found
    assert seen[0].startswith(b"GET /.well-known/tongban-objection.txt HTTP/1.0\r\nHost: qipai.example\r\n")
    assert b"Cookie" not in seen[0]


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\ntongban-objection=abc",
        b"HTTP/1.1 404 Not Found\r\n\r\ntongban-objection=abc",
        b"HTTP/1.1 200 OK\r\n\r\nxtongban-objection=abcx",
        b"tongban-objection=abc",
        b"",
    ],
)
def test_a_redirect_an_error_and_another_text_show_nothing(settings, monkeypatch, reply):
    assert read(reply, "tongban-objection=abc", settings, monkeypatch)[0] is False


def test_an_endless_file_ends(settings, monkeypatch):
    found, _seen = read(b"HTTP/1.1 200 OK\r\n\r\n", "abc", settings, monkeypatch, forever=True)
    assert found is False


def test_the_file_is_not_fetched_unless_the_city_switches_it_on(objection, browser, settings, monkeypatch):
    case, _receipt = objection
    monkeypatch.setattr(asking, "in_file", lambda *_a: pytest.fail("fetched"))
    settings.CONTROL_FILE = False
    assert browser.post(f"/follow/{case.code}/control/", {"how": "file"}).status_code == 422
    settings.CONTROL_FILE = True
    monkeypatch.setattr(
        pages.asking, "in_file", lambda host, value: (host, value) == (f"www.{HOST}", proving.value(case))
    )
    assert browser.post(f"/follow/{case.code}/control/", {"how": "file"}).status_code == 302


def test_an_address_without_a_name_has_no_control_to_show():
    snapshot.current()
    case = Case(code="ABCDEFGHJKLM", private={"extra": {"site": "http://1.2.3.4/"}})
    assert proving.hosts(case) == ()
    case.private = {"extra": {"site": "http://github.io/"}}
    assert proving.hosts(case) == ()
