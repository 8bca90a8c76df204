"""Talks to a primary DNS server: asks how far its policy zone has come, sends updates (RFC 2136), reads the whole zone.

What goes over the network and nothing else: what has to change is decided in `pushing.py`. Every message is signed by
TSIG (RFC 8945), and so is every answer.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsig

from . import wire
from .forms import RECENT, STATE
from .zone import Change, State

ALGORITHMS = {
    "hmac-sha256": dns.tsig.HMAC_SHA256,
    "hmac-sha384": dns.tsig.HMAC_SHA384,
    "hmac-sha512": dns.tsig.HMAC_SHA512,
}
PLACE = re.compile(
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+)(?::(?P<port>\d{1,5}))?/(?P<zone>[^\s/+]+)(?:\+(?P<recent>[^\s/+]+))?"
)


class PrimaryError(RuntimeError):
    """The primary cannot be reached, refuses, or answers something that is no answer; says which and why."""


class Overtaken(PrimaryError):
    """Somebody else has pushed meanwhile: the zone no longer says what it said. Look again."""


class BadPlace(ValueError):
    """TONGBAN_FEED_DNS or TONGBAN_FEED_DNS_KEY cannot be read; says how they are written."""


def read_key(text: str) -> dns.tsig.Key:
    """From `name:secret in base64`, or `hmac-sha256:name:secret`, as `tsig-keygen` names them. Raises BadPlace."""
    *algorithm, name, secret = text.strip().split(":") if text.count(":") else ("", "")
    kind = ALGORITHMS.get(algorithm[0] if algorithm else "hmac-sha256")
    if kind is None or len(algorithm) > 1 or not name or not secret:
        raise BadPlace(
            "TONGBAN_FEED_DNS_KEY is written NAME:SECRET or hmac-sha256:NAME:SECRET (also hmac-sha384, hmac-sha512), "
            "the secret in base64, as `tsig-keygen NAME` makes one"
        )
    try:
        return dns.tsig.Key(dns.name.from_text(name), secret, kind)
    except (ValueError, dns.exception.DNSException):
        raise BadPlace("the secret in TONGBAN_FEED_DNS_KEY is not base64") from None


@dataclass
class Primary:
    """A policy zone at a primary server. One connection, made when it is needed; not for several threads."""

    host: str
    port: int
    zone: str
    key: dns.tsig.Key = field(repr=False)
    timeout: float = 10.0
    label: str = STATE
    """The name in the zone at which it says how far it has come."""
    recent: Primary | None = None
    """The small zone before this one, for what has changed lately (`zone.py`)."""
    _socket: socket.socket | None = field(default=None, repr=False)

    @classmethod
    def at(cls, place: str, key: dns.tsig.Key) -> Primary:
        """From `host:port/zone` or `host:port/zone+recent` (port 53 where there is none; IPv6 in brackets). Raises
        BadPlace."""
        match = PLACE.fullmatch(place.strip())
        if match is None or not 0 < int(match["port"] or 53) < 65536:
            raise BadPlace(
                "TONGBAN_FEED_DNS is written HOST:PORT/ZONE+RECENT, such as 127.0.0.1:53/rpz.tongban+recent.tongban, "
                f"or HOST:PORT/ZONE: {place!r}"
            )
        host, port = match["host"].strip("[]"), int(match["port"] or 53)
        small = cls(host, port, match["recent"].rstrip("."), key, label=RECENT) if match["recent"] else None
        return cls(host, port, match["zone"].rstrip("."), key, recent=small)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.zone}"

    @property
    def origin(self) -> dns.name.Name:
        """The zone's name."""
        return dns.name.from_text(self.zone)

    def close(self) -> None:
        """Close the connection, where there is one."""
        if self.recent is not None:
            self.recent.close()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def state(self) -> State | None:
        """How far the zone says that it has come; None where it says nothing that we understand. Raises
        PrimaryError."""
        return State.parse(self.said() or "")

    def said(self) -> str | None:
        """What the zone says of how far it has come; None where it says nothing. Raises PrimaryError."""
        question = dns.message.make_query(f"{self.label}.{self.zone}", dns.rdatatype.TXT)
        question.flags = 0  # the zone's own server is asked, nothing is to be looked for
        number = question.id
        answer = self._asked(number, question.to_wire())
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise PrimaryError(f"{self}: asked for the zone, it answers {dns.rcode.to_text(answer.rcode())}")
        for rrset in answer.answer:
            if rrset.rdtype == dns.rdatatype.TXT:
                return b"".join(rrset[0].strings).decode("ascii", "replace")
        return None

    def send(self, before: str | None, changes: Iterable[Change], after: State | str | None) -> int:
        """Make the changes, in as many messages as they take; with the last the zone says `after`. Returns how many
        messages.

        Each message is done as a whole or not at all, and only where the zone still says `before` (None: nothing).
        Raises Overtaken, PrimaryError; then what was sent before stays, and sending it again does no harm.
        """
        sent, waiting = 0, (b"", 0, 0)
        for body in wire.bodies(changes):
            if waiting[1]:
                self._update(before, waiting, None)
                sent += 1
            waiting = body
        self._update(before, waiting, after)
        return sent + 1

    def _update(self, before: str | None, body: tuple[bytes, int, int], after: State | str | None) -> None:
        answer = self._asked(*wire.update(self.zone, before, body[0], body[1], after, self.label))
        code = answer.rcode()
        if code in (dns.rcode.NXRRSET, dns.rcode.YXRRSET, dns.rcode.NXDOMAIN):
            raise Overtaken(f"{self}: somebody else has changed the zone meanwhile")
        if code != dns.rcode.NOERROR:
            raise PrimaryError(f"{self}: the update was refused: {dns.rcode.to_text(code)}")

    def whole(self) -> dict[str, str]:
        """Every CNAME of the zone, owner below the zone → answer, by a zone transfer. Raises PrimaryError."""
        found: dict[str, str] = {}
        try:
            where = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0][4][0]
            for message in dns.query.xfr(
                str(where),
                self.origin,
                port=self.port,
                keyring={self.key.name: self.key},
                keyname=self.key.name,
                keyalgorithm=self.key.algorithm,
                relativize=False,
                timeout=self.timeout,
            ):
                found.update(wire.names_of(message, self.origin))
        except (OSError, EOFError, dns.exception.DNSException) as problem:
            raise PrimaryError(f"{self}: the zone cannot be read: {_said(problem)}") from None
        return found

    def _asked(self, number: int, message: bytes) -> dns.message.Message:
        raw, mac = wire.signed(number, message, self.key)
        for attempt in (1, 2):
            fresh = self._socket is None
            try:
                answer = self._exchanged(raw)
                break
            except (OSError, EOFError, dns.exception.Timeout) as problem:
                self.close()
                # A connection that was kept may have been closed by the other side: once more on a new one. An update
                # that was done and not answered is not done again, because the zone no longer says `before`.
                if fresh or attempt == 2:
                    raise PrimaryError(f"{self}: cannot be reached: {_said(problem)}") from None
        try:
            found = dns.message.from_wire(answer, keyring={self.key.name: self.key}, request_mac=mac)
        except dns.exception.DNSException as problem:
            self.close()
            raise PrimaryError(f"{self}: its answer cannot be trusted: {_said(problem)}") from None
        if not found.had_tsig or found.id != number:
            self.close()
            code = dns.rcode.to_text(found.rcode())
            raise PrimaryError(f"{self}: it answered {code} without a signature; is the key {self.key.name} the same?")
        return found

    def _exchanged(self, raw: bytes) -> bytes:
        if self._socket is None:
            self._socket = socket.create_connection((self.host, self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(self.timeout)
        self._socket.sendall(len(raw).to_bytes(2, "big") + raw)
        return self._read(int.from_bytes(self._read(2), "big"))

    def _read(self, size: int) -> bytes:
        found = b""
        assert self._socket is not None
        while len(found) < size:
            piece = self._socket.recv(size - len(found))
            if not piece:
                raise EOFError("the connection was closed")
            found += piece
        return found


def _said(problem: BaseException) -> str:
    return str(problem) or type(problem).__name__
