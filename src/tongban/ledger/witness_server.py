"""A witness for other logs (c2sp.org/tlog-witness, as a server): `tongban witness serve`.

Keeps, for each log it watches, the last checkpoint it cosigned, in a SQLite file of its own; checks and stores in one
transaction before it answers, so it never cosigns two trees that do not belong together. No web part, no accounts.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tongban.merkle import Checkpoint, Note, Signer, Verifier
from tongban.merkle.errors import Malformed
from tongban.merkle.witness import Refused, Request, decide, origin_of

log = logging.getLogger("tongban.witness")
LARGEST = 200_000


class Witness:
    """The decision and its memory. `signer` must be of kind 04."""

    def __init__(self, signer: Signer, logs: Sequence[Verifier], store: Path) -> None:
        self.signer = signer
        self.logs = tuple(logs)
        self.store = store
        with closing(self._connect()) as database, database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, note TEXT NOT NULL, at INTEGER NOT NULL)"
            )

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.store, timeout=20, isolation_level=None)
        database.execute("PRAGMA synchronous=FULL")
        return database

    def add(self, raw: bytes) -> str:
        """The answer to a request: the cosignature line. Raises Refused."""
        try:
            request = Request.parse(raw)
        except Malformed as error:
            raise Refused(400, str(error)) from None
        origin = origin_of(request)
        with closing(self._connect()) as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                row = database.execute("SELECT note, at FROM seen WHERE origin = ?", [origin]).fetchone()
                last = Checkpoint.parse(Note.parse(row[0]).text) if row else None
                decide(request, self.logs, last)
                now = max(int(time.time()), row[1] if row else 0)
                signature = self.signer.sign(request.checkpoint.text, now)
                kept = request.checkpoint.with_signatures([signature])
                database.execute(
                    "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET note = excluded.note, at = "
                    "excluded.at",
                    [origin, str(kept), now],
                )
                database.execute("COMMIT")
            except BaseException:
                database.execute("ROLLBACK")
                raise
        return signature.line()

    def latest(self) -> list[str]:
        """The last cosigned checkpoint of each log."""
        with closing(self._connect()) as database:
            return [row[0] for row in database.execute("SELECT note FROM seen ORDER BY origin")]


def server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """An HTTP server around the witness; `serve_forever` runs it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
            raw = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > LARGEST:
                self.close_connection = True
                self._answer(413 if length.isdigit() else 411, "a request needs a Content-Length, and a small one\n")
                return
            raw = self.rfile.read(int(length))
            if self.path.rstrip("/").rsplit("/", 1)[-1] != "add-checkpoint":
                self._answer(404, "POST add-checkpoint\n")
                return
            try:
                self._answer(200, witness.add(raw))
            except Refused as refused:
                if refused.status == 409:
                    self._answer(409, f"{refused.size}\n", "text/x.tlog.size")
                else:
                    self._answer(refused.status, f"{refused}\n")

        def do_GET(self) -> None:
            if self.path == "/witness.vkey":
                self._answer(200, witness.signer.verifier.vkey + "\n")
            elif self.path == "/":
                self._answer(200, "\n".join(witness.latest()) or "nothing cosigned yet\n")
            else:
                self._answer(404, "nothing here\n")

        def log_message(self, format: str, *args: object) -> None:
            """Nobody's address is written down."""

    return ThreadingHTTPServer((host, port), Handler)
