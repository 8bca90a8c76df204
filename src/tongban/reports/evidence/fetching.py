"""One request and its answer, byte by byte, over a connection to an address that was looked at before: no cookie, no
credential, nothing kept alive, and an end to everything: bytes, seconds, headers.

Asks by GET and nothing else. Follows nothing: whoever calls asks again for where an answer points.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ada_url import join_url

from tongban.webaddr import Address, BadAddress, parse

from .names import Names, Refused

SCHEMES = frozenset({"http", "https"})
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
"""What an ordinary browser says of itself: sites that cheat show something else to whoever looks like an office."""
STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?")
PIECE = 65_536


@dataclass(frozen=True)
class Bounds:
    """Where a look ends, whatever the other side does."""

    head: int = 64 * 1024
    body: int = 8 * 1024 * 1024
    in_all: int = 24 * 1024 * 1024
    each: float = 15.0
    whole: float = 45.0
    connecting: float = 5.0
    redirects: int = 10
    requests: int = 120


@dataclass
class Budget:
    """What is left of one look."""

    bounds: Bounds
    until: float = 0.0
    spent: int = 0
    asked: int = 0

    def __post_init__(self) -> None:
        self.until = time.monotonic() + self.bounds.whole

    def left(self) -> float:
        """Seconds. Raises Refused where there are none, or where enough was asked or read."""
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise Refused("time")
        if self.asked >= self.bounds.requests:
            raise Refused("requests")
        if self.spent >= self.bounds.in_all:
            raise Refused("size")
        return seconds


@dataclass
class Exchange:
    """What was asked and what came, as it came: `head` and `wire` are the bytes of the answer, `content` the body
    without chunks. `truncated` says why it is not all: length, time, disconnect."""

    address: Address
    ip: str
    request: bytes
    head: bytes
    status: int
    headers: list[tuple[str, str]]
    began: datetime
    wire: bytes = b""
    content: bytes = b""
    truncated: str = ""
    certificate: str = ""

    def header(self, name: str) -> str:
        """The first header of this name; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def onward(self) -> str:
        """Where a redirect points, in full, as a browser reads it; empty where the answer is none."""
        to = self.header("location").encode("latin-1").decode("utf-8", "replace")
        if self.status not in (301, 302, 303, 307, 308) or not to:
            return ""
        try:
            return str(join_url(self.address.href, to))
        except ValueError:
            return to


class Chunks:
    """Takes the chunks of a body apart as they come (RFC 9112 §7.1); `done` after the last one."""

    def __init__(self) -> None:
        self._waiting, self._left, self.done = b"", 0, False

    def feed(self, raw: bytes) -> bytes:
        """The content in what came. Raises Refused where it is no chunk."""
        self._waiting += raw
        found = []
        while not self.done:
            if self._left > 2:
                piece = self._waiting[: self._left - 2]
                found.append(piece)
                self._waiting, self._left = self._waiting[len(piece) :], self._left - len(piece)
            if self._left > 2 or (self._left and len(self._waiting) < self._left):
                break
            self._waiting, self._left = self._waiting[self._left :], 0
            line, end, rest = self._waiting.partition(b"\r\n")
            if not end:
                if len(self._waiting) > 1000:
                    raise Refused("not_http", "a chunk without a size")
                break
            try:
                size = int(line.split(b";")[0].strip(), 16)
            except ValueError:
                raise Refused("not_http", "a chunk without a size") from None
            self._waiting, self._left, self.done = rest, size + 2, size <= 0
        return b"".join(found)


@dataclass
class Fetcher:
    """Fetches for one look, all of it under the same rules, names and budget."""

    names: Names
    budget: Budget
    agent: str = AGENT
    bad_certificates: list[dict[str, str]] = field(default_factory=list)

    def fetch(self, text: str, accept: str = "*/*") -> Exchange:
        """Ask for one address. Raises Refused; then nothing was sent to anybody, or nothing came that could be read."""
        try:
            address = parse(text)
        except BadAddress as bad:
            raise Refused("scheme" if bad.reason == "scheme" else "no_address", text[:200]) from None
        if address.scheme not in SCHEMES:
            raise Refused("scheme", address.scheme)
        port = int(address.port or (443 if address.scheme == "https" else 80))
        until = time.monotonic() + min(self.budget.left(), self.budget.bounds.each)
        self.budget.asked += 1
        ip = self.names.pinned(address.host.strip("[]"), port)
        connection, certificate = self._connected(address, ip, port)
        with connection:
            return self._asked(connection, address, ip, certificate, accept, until)

    def _connected(self, address: Address, ip: str, port: int) -> tuple[socket.socket, str]:
        plain = self._plain(ip, port)
        if address.scheme == "http":
            return plain, ""
        host = address.host.strip("[]")
        try:
            with _ended_after(plain, self.budget.bounds.connecting):
                secure = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            self.bad_certificates.append(self._certificate(host, ip, port, error.verify_message))
            raise Refused("certificate", f"{host}: {error.verify_message}") from None
        except (OSError, ValueError) as error:
            plain.close()
            raise Refused("tls", f"{host}: {type(error).__name__}") from None
        return secure, hashlib.sha256(secure.getpeercert(binary_form=True) or b"").hexdigest()

    def _plain(self, ip: str, port: int) -> socket.socket:
        left = self.budget.until - time.monotonic()
        if left <= 0:
            raise Refused("time")
        try:
            made = socket.create_connection((ip, port), min(left, self.budget.bounds.connecting))
        except OSError as error:
            raise Refused("unreachable", f"{ip} {port} {type(error).__name__}") from None
        if made.getpeername()[0] != ip:  # connect() was given a number: it cannot differ, and is looked at all the same
            made.close()
            raise Refused("address", ip)
        return made

    def _certificate(self, host: str, ip: str, port: int, why: str) -> dict[str, str]:
        """The certificate that was not trusted, for the record. Nothing is asked over this connection."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        said = {"host": host, "ip": ip, "why": why}
        with (
            contextlib.suppress(OSError, ValueError, Refused),
            self._plain(ip, port) as plain,
            _ended_after(plain, self.budget.bounds.connecting),
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            raw = secure.getpeercert(binary_form=True) or b""
            said |= {"sha256": hashlib.sha256(raw).hexdigest(), "pem": ssl.DER_cert_to_PEM_cert(raw)}
        return said

    def _asked(
        self, connection: socket.socket, address: Address, ip: str, certificate: str, accept: str, until: float
    ) -> Exchange:
        shown = address.href.partition("://")[2].partition("#")[0]
        host = shown.split("/", 1)[0].split("?", 1)[0].rpartition("@")[2]
        accept = accept if re.fullmatch(r"[\x20-\x7e]{1,400}", accept) else "*/*"
        request = (
            f"GET {address.path}{address.query} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {self.agent}\r\n"
            f"Accept: {accept}\r\nAccept-Language: zh-CN,zh;q=0.9\r\nAccept-Encoding: identity\r\n"
            "Connection: close\r\n\r\n"
        ).encode("ascii", "replace")
        began = datetime.now(UTC)
        try:
            connection.settimeout(max(until - time.monotonic(), 0.1))
            connection.sendall(request)
        except OSError as error:
            raise Refused("unreachable", type(error).__name__) from None
        head, rest = self._head(connection, until)
        status, headers = _parsed(head)
        found = Exchange(address, ip, request, head, status, headers, began, certificate=certificate)
        self._body(connection, found, rest, until)
        return found

    def _head(self, connection: socket.socket, until: float) -> tuple[bytes, bytes]:
        raw = b""
        for _informational in range(6):
            while b"\r\n\r\n" not in raw:
                if len(raw) > self.budget.bounds.head:
                    raise Refused("head")
                piece, why = self._read(connection, until)
                if why:
                    raise Refused("time" if why == "time" else "not_http", why)
                raw += piece
            head, _end, rest = raw.partition(b"\r\n\r\n")
            if len(head) > self.budget.bounds.head:
                raise Refused("head")
            if not re.match(rb"HTTP/1\.[01] 1\d\d", head):
                return head + b"\r\n\r\n", rest
            raw = rest
        raise Refused("not_http", "informational answers without end")

    def _body(self, connection: socket.socket, found: Exchange, rest: bytes, until: float) -> None:
        if found.status in (204, 304):
            return
        chunks = Chunks() if "chunked" in found.header("transfer-encoding").lower() else None
        said = found.header("content-length").strip()
        length = int(said) if said.isascii() and said.isdigit() and len(said) < 16 and chunks is None else None
        most = min(self.budget.bounds.body, self.budget.bounds.in_all - self.budget.spent)
        wire, content, size, piece = [], [], 0, rest
        while True:
            if piece:
                piece = piece[: most - size]
                if length is not None:
                    piece = piece[: length - size]
                wire.append(piece)
                size += len(piece)
                self.budget.spent += len(piece)
                content.append(chunks.feed(piece) if chunks is not None else piece)
            if (chunks is not None and chunks.done) or (length is not None and size >= length):
                break
            if size >= most:
                found.truncated = "length"
                break
            piece, why = self._read(connection, until)
            if why:
                whole = why == "disconnect" and length is None and chunks is None
                found.truncated = "" if whole else why
                break
        found.wire, found.content = b"".join(wire), b"".join(content)

    def _read(self, connection: socket.socket, until: float) -> tuple[bytes, str]:
        left = min(until, self.budget.until) - time.monotonic()
        if left <= 0:
            return b"", "time"
        try:
            connection.settimeout(left)
            piece = connection.recv(PIECE)
        except TimeoutError:
            return b"", "time"
        except OSError:
            return b"", "disconnect"
        return piece, "" if piece else "disconnect"


@contextlib.contextmanager
def _ended_after(connection: socket.socket, seconds: float) -> Iterator[None]:
    """A handshake has so many seconds in all: each of its bytes may come in time, and the whole of it never."""

    def end() -> None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    clock = threading.Timer(seconds, end)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


def _parsed(head: bytes) -> tuple[int, list[tuple[str, str]]]:
    first, _end, rest = head.partition(b"\r\n")
    status = STATUS.fullmatch(first)
    if status is None:
        raise Refused("not_http", "no status line")
    headers = []
    for line in rest.split(b"\r\n")[:500]:
        name, colon, value = line.partition(b":")
        if colon and re.fullmatch(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", name):
            headers.append((name.decode("ascii"), value.strip().decode("latin-1")))
    return int(status[1]), headers


def plain(found: Exchange, most: int) -> bytes:
    """The content as a browser would have it: uncompressed, at most `most` bytes. Raises Refused where it would be
    more (a few kilobytes can be made to become gigabytes), or where it is packed in a way that is not read here."""
    how = found.header("content-encoding").strip().lower()
    if how in ("", "identity"):
        return found.content
    if how not in ("gzip", "x-gzip", "deflate"):
        raise Refused("encoding", how[:40])
    for bits in (47, -15) if how == "deflate" else (47,):
        unpacking = zlib.decompressobj(bits)
        try:
            content = unpacking.decompress(found.content, most)
        except zlib.error:
            continue
        if unpacking.unconsumed_tail:
            raise Refused("bomb", f"{len(found.content)} bytes become more than {most}")
        return content
    raise Refused("encoding", how)
