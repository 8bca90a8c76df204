"""What the tests of real resolvers share: BIND as primary and resolver on loopback with the set-up files that the house
ships, a server behind it that answers every name, the house's pages for a program that fetches them, and how often a
name was open while a resolver was killed. The fixtures are every test's of this folder by way of conftest.py."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tongban.bench import resolvers
from tongban.bench.resolvers import ANSWER, HERE, KEY, ZONE, NotInstalled
from tongban.reports.feeds import manuals, pushing

REFUSED = "NXDOMAIN"


@pytest.fixture(scope="module")
def shipped():
    return {name: manuals.text(name) for name in ("bind", "bind-options", "named-gate")}


@pytest.fixture(scope="module")
def upstream():
    server = resolvers.Upstream()
    yield server
    server.close()


@pytest.fixture
def follower_port():
    """Where a resolver answers that takes the zone from `bind`, which tells it of changes."""
    return resolvers.free_port()


@pytest.fixture
def bind(tmp_path, upstream, follower_port, shipped):
    try:
        found = resolvers.bind(tmp_path / "bind", shipped, upstream, [follower_port])
    except NotInstalled as missing:
        pytest.skip(str(missing))
    resolvers.compiled(tmp_path / "bind", resolvers.EMPTY + 'zzz-tongban-feed TXT "version=0"\n')
    with resolvers.ended(found):
        found.start()
        found.until("good.example", ANSWER)
        yield found


@pytest.fixture
def zones():
    return ZONE


@pytest.fixture
def primary(bind, zones, settings, monkeypatch):
    from .conftest import NOON

    settings.FEED_DNS, settings.FEED_DNS_KEY = f"127.0.0.1:{bind.port}/{zones}", KEY
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    for kept in ("_seen", "_said", "_holds"):
        monkeypatch.setattr(pushing, kept, {})
    (found,) = pushing.primaries()
    yield found
    found.close()


def opened_while(resolver, name, disturbing):
    """How often a name was open while `disturbing` went on."""
    found, stop = [], threading.Event()

    def ask():
        while not stop.is_set():
            found.append(resolver.says(name, 0.2))
            time.sleep(0.002)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        disturbing()
    finally:
        stop.set()
        asker.join()
    return found.count(ANSWER), found.count(REFUSED)


def never_open_over_kills(resolver, name):
    """A listed name is refused or not answered at all while a resolver is killed and started twice, and refused after
    each start."""
    said = []

    def killed():
        for _round in range(2):
            resolver.kill()
            resolver.start()
            resolver.until("good.example", ANSWER)
            said.extend(resolver.says(name) for _question in range(50))

    opened, _refused = opened_while(resolver, name, killed)
    assert opened == 0
    assert said.count(ANSWER) == 0
    assert said.count(REFUSED) >= 90


class House:
    """The feed and its signature as the house's pages give them, over HTTP on loopback."""

    def __init__(self, client):
        self.client, self.pages, self.asked, self.status = client, {}, [], 200
        house = self

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self):
                body, etag = house.pages[self.path]
                same = etag and self.headers.get("If-None-Match") == etag
                house.asked.append(304 if same else house.status)
                self.send_response(house.asked[-1])
                self.send_header("ETag", etag)
                self.send_header("Content-Length", "0" if same else str(len(body)))
                self.end_headers()
                if not same:
                    self.wfile.write(body)

            def log_message(self, *_said):
                """Not on the screen."""

        self.server = ThreadingHTTPServer((HERE, 0), Pages)
        self.url = f"http://{HERE}:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self):
        for path in ("/feeds/rpz", "/feeds/rpz.sig"):
            answer = self.client.get(path)
            assert answer.status_code == 200, answer.content
            self.pages[path] = answer.content, answer.get("ETag", "")

    def close(self):
        self.server.shutdown()
        self.server.server_close()
