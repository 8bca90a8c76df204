"""The evidence program goes where it may and nowhere else: every special range, redirects, names that point inward,
names that change, answers without end. Forbidden places listen here and count: nobody comes."""

from __future__ import annotations

import gzip
import io
import ipaddress
import json
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from tongban.reports.evidence import addresses, fetching, looking
from tongban.reports.evidence.fetching import Bounds, Budget, Fetcher, plain
from tongban.reports.evidence.names import Names, Refused, Rules, by_dns

from .hostile import Server, moved, page, serving

SPECIAL = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1", "192.0.0.8",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8",
    "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1",
    "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "2a00:1450:4001:80b::5efe:7f00:1",
]  # fmt: skip
OPEN = ["1.1.1.1", "8.8.8.8", "114.114.114.114", "223.255.255.254", "2400:3200::1", "2a00:1450:4001:80b::200e"]


@pytest.fixture
def site():
    server = Server()
    with serving(server):
        yield server


@pytest.fixture
def attempts(monkeypatch):
    """Every connection that the program tries to make."""
    tried, real = [], socket.create_connection
    monkeypatch.setattr(fetching.socket, "create_connection", lambda to, *more: tried.append(to) or real(to, *more))
    return tried


def a_look(site, ask=None, **bounds):
    """A look that may reach the hostile server as site.example, and forbidden addresses by no rule: all ports are open
    to it, so that the address alone is what is refused."""
    rules = Rules(ports=frozenset(range(1, 65536)), allowed=frozenset({(site.host, site.port)}))
    names = Names(rules, ask or (lambda host: [site.host] if host == "site.example" else []))
    return looking.Look(Fetcher(names, Budget(Bounds(**bounds))))


def at(site, path="/"):
    return f"http://site.example:{site.port}{path}"


def refused(look, address):
    with pytest.raises(Refused) as found:
        look.follow(address)
    return found.value.reason


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", SPECIAL)
def test_no_special_address_is_public(address):
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_open_net_is(address):
    assert addresses.is_public(address)


@given(st.one_of(st.ip_addresses(), *(st.ip_addresses(network=str(one)) for one in addresses.SPECIAL)))
def test_whatever_passes_is_global_and_in_no_special_range(address):
    if addresses.is_public(str(address)):
        assert address.is_global
        assert not any((address.is_private, address.is_loopback, address.is_link_local, address.is_multicast))
        assert not any(address in one for one in addresses.SPECIAL if one.version == address.version)
        assert getattr(address, "ipv4_mapped", None) is None
        assert getattr(address, "sixtofour", None) is None
        assert getattr(address, "teredo", None) is None


@given(st.ip_addresses(v=4))
def test_no_form_of_ipv6_that_carries_an_ipv4_address_passes(address):
    number = int(address)
    for carried in (
        number,
        0xFFFF << 32 | number,
        0xFFFF << 48 | number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80,
        0x20010000 << 96 | number ^ 0xFFFFFFFF,
        0x2A000000 << 96 | 0x5EFE << 32 | number,
    ):
        assert not addresses.is_public(str(ipaddress.IPv6Address(carried)))


@given(st.text(max_size=40))
def test_what_is_no_address_never_passes(text):
    if addresses.read(text) is None:
        assert not addresses.is_public(text)


def test_the_machines_own_addresses_are_never_reached(monkeypatch, attempts):
    monkeypatch.setattr("tongban.reports.evidence.names.own", lambda: [ipaddress.ip_network("8.8.8.8")])
    names = Names(Rules(), lambda _host: ["8.8.8.8"])
    names._own = [ipaddress.ip_network("8.8.8.8")]
    with pytest.raises(Refused, match="address"):
        names.pinned("own.example", 80)
    assert any("127.0.0.1" in str(one) for one in addresses.own())


# --- where a look may go ----------------------------------------------------------------------------------------------

FORBIDDEN = [
    "http://127.0.0.1:{port}/", "http://169.254.169.254/latest/meta-data/", "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://2130706433:{port}/", "http://0177.0.0.1:{port}/",
    "http://0x7f000001:{port}/", "http://0x7f.1:{port}/", "http://127.1:{port}/", "http://localhost:{port}/",
    "http://sub.localhost:{port}/", "http://localhost.:{port}/", "http://inward.example:{port}/", "http://0/",
    "http://half.example:{port}/", "http://router.local:{port}/", "http://intranet:{port}/", "http://１２７.0.0.1:{port}/",
    "http://user:secret@127.0.0.1:{port}/", "//127.0.0.1:{port}/", "https://127.0.0.1:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/", "http://[fe80::1]:{port}/", "http://100.64.1.1:{port}/",
]  # fmt: skip
OTHER_SCHEMES = ["file:///etc/passwd", "ftp://site.example/", "gopher://127.0.0.1:70/_x", "data:text/html,x",
                 "javascript:alert(1)", "ws://site.example/", "dict://127.0.0.1:11211/"]  # fmt: skip


def inward(host):
    return {
        "site.example": ["127.0.0.1"],
        "inward.example": ["127.0.0.1"],
        "half.example": ["8.8.8.8", "127.0.0.1"],
    }.get(host, [])


@pytest.mark.parametrize("to", FORBIDDEN + OTHER_SCHEMES)
@pytest.mark.parametrize("how", ["first", "redirect"])
def test_nothing_forbidden_is_reached_at_first_nor_by_redirect(site, attempts, to, how):
    inside, inside6 = Server(), Server(host="::1")
    with serving(inside, inside6):
        for port in (inside.port, inside6.port):
            target = to.format(port=port)
            site.answers["/"] = moved(target)
            reason = refused(a_look(site, inward), at(site) if how == "redirect" else target)
            assert reason in ("address", "name", "scheme", "no_address", "unknown_name"), reason
        assert (inside.connections, inside6.connections) == (0, 0)
    assert set(attempts) <= {(site.host, site.port)}


def test_a_name_that_changes_between_two_questions_is_asked_once_and_pinned(site):
    inside, answers = Server(), iter([["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"]])
    asked = []
    site.answers |= {"/": moved("/second"), "/second": page("second")}
    with serving(inside):
        look = a_look(site, lambda host: asked.append(host) or next(answers))
        assert look.follow(at(site)).content == b"second"
        assert asked == ["site.example"]
        assert {one.ip for one in look.exchanges} == {"127.0.0.1"}
        with pytest.raises(Refused):  # the name is the same, the port is not what was allowed
            look.fetch(f"http://site.example:{inside.port}/")
        assert inside.connections == 0


def test_a_name_with_one_public_and_one_private_answer_is_refused_as_a_whole(site, attempts):
    for found in (["8.8.8.8", "10.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["8.8.8.8", "::1"]):
        assert refused(a_look(site, lambda _host, found=found: found), "http://half.example/") == "address"
    assert attempts == []


def test_other_ports_are_refused_unless_a_setting_adds_them(attempts):
    names = Names(Rules(), lambda _host: ["8.8.8.8"])
    assert names.pinned("site.example", 443) == "8.8.8.8"
    for port in (22, 25, 8080, 6379):
        with pytest.raises(Refused) as found:
            names.pinned("site.example", port)
        assert found.value.reason == "port"
    more = Names(Rules(ports=frozenset({8080})), lambda _host: ["8.8.8.8"])
    assert more.pinned("site.example", 8080) == "8.8.8.8"
    assert attempts == []


def test_the_platform_itself_is_never_looked_at(attempts):
    names = Names(Rules(refused_hosts=frozenset({"city.example"})), lambda _host: ["8.8.8.8"])
    with pytest.raises(Refused, match="own"):
        names.pinned("city.example", 443)


def test_names_are_asked_for_in_dns_alone_and_all_their_addresses_count(attempts):
    from .test_control import nameserver

    records = {
        ("site.example", "A"): ["8.8.8.8"],
        ("half.example", "A"): ["8.8.8.8"],
        ("half.example", "AAAA"): ["::1"],
    }
    with nameserver(records) as (place, asked):
        names = Names(Rules(), by_dns(place))
        assert names.pinned("site.example", 443) == "8.8.8.8"
        assert names.pinned("site.example", 80) == "8.8.8.8"
        for name, reason in (("half.example", "address"), ("none.example", "unknown_name"), ("localhost", "name")):
            with pytest.raises(Refused) as found:
                names.pinned(name, 443)
            assert found.value.reason == reason
        assert asked.count(("site.example", "A")) == 1, "asked once, whatever comes after"
        assert not any(name.startswith("localhost") for name, _kind in asked)
    assert attempts == []


@pytest.mark.parametrize(
    "to",
    [
        r"/\127.0.0.1:{port}/",
        r"\\127.0.0.1:{port}\x",
        "//127.0.0.1:{port}",
        "http:127.0.0.1:{port}/",
        "\thttp://127.0.0.1:{port}/",
        "http://site.example@127.0.0.1:{port}/",
    ],
)
def test_a_redirect_is_read_as_a_browser_reads_it(site, attempts, to):
    inside = Server()
    with serving(inside):
        site.answers["/"] = moved(to.format(port=inside.port))
        if to.startswith("http:127"):  # to a browser a path of the same site
            assert a_look(site).follow(at(site)).address.host == "site.example"
        else:
            assert refused(a_look(site), at(site)) == "address"
        assert inside.connections == 0
    assert set(attempts) <= {(site.host, site.port)}


def test_a_page_that_asks_for_ever_fills_no_record(site):
    look = a_look(site)
    for one in range(800):
        with pytest.raises(Refused):
            look.fetch(f"http://127.0.0.1:1/{one}")
    assert len(look.refused) == looking.MOST_REFUSED


def test_redirects_end(site):
    site.answers |= {f"/{one}": moved(f"/{one + 1}") for one in range(40)}
    site.answers["/self"] = moved("/self")
    assert refused(a_look(site), at(site, "/0")) == "redirects"
    assert refused(a_look(site), at(site, "/self")) == "redirects"
    assert len(site.asked) <= 12


def test_nothing_is_said_of_whoever_looks_no_cookie_no_credential(site):
    site.answers |= {
        "/": moved("/next").replace(b"Content-Length", b"Set-Cookie: a=1\r\nContent-Length"),
        "/next": page("x"),
    }
    a_look(site).follow(f"http://user:secret@site.example:{site.port}/")
    for raw in site.requests:
        assert b"secret" not in raw
        assert b"ookie" not in raw
        assert b"uthorization" not in raw
        assert b"eferer" not in raw
        assert raw.startswith(b"GET /")
        assert b"Mozilla/5.0" in raw
        assert b"tongban" not in raw.lower()


# --- answers that would not end -----------------------------------------------------------------------------------


def endless(connection, _path):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def endless_head(connection, _path):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Header: " + b"y" * 4000 + b"\r\n")


def endless_continue(connection, _path):
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def drip(connection, _path):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def silent(connection, _path):
    time.sleep(10)


def endless_chunks(connection, _path):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"4000\r\n" + b"z" * 0x4000 + b"\r\n")


def test_bodies_without_end_are_cut_and_the_record_says_so(site):
    site.answers |= {"/": endless, "/drip": drip, "/chunks": endless_chunks}
    look = a_look(site, body=300_000, each=1.0)
    assert (look.follow(at(site)).truncated, len(look.exchanges[0].wire)) == ("length", 300_000)
    assert look.follow(at(site, "/chunks")).truncated == "length"
    dripped = look.follow(at(site, "/drip"))
    assert dripped.truncated == "time"
    assert len(dripped.wire) < 1000


def test_heads_without_end_and_silence_are_refused(site):
    site.answers |= {"/": endless_head, "/continue": endless_continue, "/silent": silent, "/none": b"SSH-2.0-x\r\n\r\n"}
    assert refused(a_look(site), at(site)) == "head"
    assert refused(a_look(site), at(site, "/continue")) == "not_http"
    assert refused(a_look(site, each=0.5), at(site, "/silent")) == "time"
    assert refused(a_look(site), at(site, "/none")) == "not_http"


def test_a_look_reads_so_much_in_all_and_asks_so_often(site):
    site.answers |= {f"/{one}": page("x" * 1000) for one in range(9)}
    look = a_look(site, in_all=2500)
    for one in range(3):
        look.fetch(at(site, f"/{one}"))
    with pytest.raises(Refused, match="size"):
        look.fetch(at(site, "/3"))
    few = a_look(site, requests=3)
    for one in range(3):
        few.fetch(at(site, f"/{one}"))
    with pytest.raises(Refused, match="requests"):
        few.fetch(at(site, "/3"))


def test_a_bomb_is_kept_as_it_came_and_never_unpacked(site):
    packed = gzip.compress(b"\0" * 50_000_000)
    site.answers["/"] = page(packed, more="Content-Encoding: gzip\r\n")
    found = a_look(site).follow(at(site))
    assert found.content == packed
    with pytest.raises(Refused, match="bomb"):
        plain(found, 1_000_000)
    site.answers["/ok"] = page(gzip.compress(b"<p>ok"), more="Content-Encoding: gzip\r\n")
    assert plain(a_look(site).follow(at(site, "/ok")), 1000) == b"<p>ok"


def test_chunks_are_taken_apart_however_they_come():
    raw = b"4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\n\r\n"
    for size in range(1, len(raw) + 1):
        chunks = fetching.Chunks()
        assert b"".join(chunks.feed(raw[at : at + size]) for at in range(0, len(raw), size)) == b"Wikipedia"
        assert chunks.done


# --- certificates, the record -----------------------------------------------------------------------------------------


def test_a_bad_certificate_is_recorded_and_nothing_is_asked(site, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "site.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=9)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = tmp_path / "pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    site.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    site.tls.load_cert_chain(pem)
    site.answers["/"] = page("x")
    look = a_look(site)
    assert refused(look, f"https://site.example:{site.port}/") == "certificate"
    (said,) = look.fetcher.bad_certificates
    assert said["sha256"] == certificate.fingerprint(hashes.SHA256()).hex()
    assert site.asked == []


def test_the_record_is_a_warc_with_every_request_and_answer_as_it_came(site, tmp_path):
    site.answers |= {
        "/": moved("/page"),
        "/page": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    }
    said = looking.look(
        {
            "address": at(site),
            "allowed": [[site.host, site.port]],
            "known": {"site.example": [site.host]},
        },
        tmp_path,
    )
    assert said["status"] == 200
    assert said["final"].endswith("/page")
    raw = (tmp_path / looking.RECORD).read_bytes()
    found = []
    for record in ArchiveIterator(io.BytesIO(raw), check_digests=True):
        kind, address = record.rec_type, record.rec_headers.get_header("WARC-Target-URI")
        found.append((kind, address, record.content_stream().read()))
        if kind in ("request", "response"):
            assert record.rec_headers.get_header("WARC-Payload-Digest") or kind == "request"
    assert [one[0] for one in found] == ["warcinfo", *["response", "request"] * 2, "metadata"]
    assert found[3][1:] == (at(site, "/page"), b"abc")
    assert json.loads(found[-1][2])["requests"] == 2
    assert said["sha256"] == __import__("hashlib").sha256(raw).hexdigest()


def test_what_was_refused_leaves_a_record_all_the_same(site, tmp_path):
    site.answers["/"] = moved("http://127.0.0.1:1/")
    order = {"address": at(site), "allowed": [[site.host, site.port]], "known": {"site.example": [site.host]}}
    said = looking.look(order, tmp_path)
    assert said["reason"] in looking.REASONS
    assert said["reason"] in ("address", "port")
    assert (tmp_path / looking.RECORD).stat().st_size > 300
