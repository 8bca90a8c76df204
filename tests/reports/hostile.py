"""A hostile server on loopback for the tests of the evidence program, and places that nobody may reach, which count who
comes. The rules of a look are told of this one address and port; nothing else on loopback is open to them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Answer = Callable[[socket.socket, str], None]


class Server:
    """Listens at a port of loopback; `answers` maps paths to bytes, or to functions that are given the connection."""

    def __init__(
        self, answers: dict[str, bytes | Answer] | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.answers = answers or {}
        self.asked: list[str] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self.tls: ssl.SSLContext | None = None
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        self._socket.listen(64)
        self.host, self.port = host, self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _who = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.settimeout(20)
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            raw = b""
            while b"\r\n\r\n" not in raw:
                piece = connection.recv(4096)
                if not piece:
                    return
                raw += piece
            path = raw.split(b" ", 2)[1].decode()
            self.asked.append(path)
            self.requests.append(raw)
            found = self.answers.get(path.partition("?")[0], b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            if callable(found):
                found(connection, path)
            else:
                connection.sendall(found)
            connection.close()

    def close(self) -> None:
        """No longer listen."""
        self._socket.close()


def page(body: str | bytes, kind: str = "text/html; charset=utf-8", more: str = "") -> bytes:
    """A whole answer."""
    raw = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(raw)}\r\n{more}\r\n".encode() + raw


def moved(to: str, status: int = 302) -> bytes:
    """A redirect."""
    return f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


@contextlib.contextmanager
def serving(*servers: Server) -> Iterator[None]:
    """Closes them whatever happens."""
    try:
        yield
    finally:
        for one in servers:
            one.close()
