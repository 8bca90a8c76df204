"""What the tests of real resolvers share: BIND as primary and resolver on loopback with the set-up files that the house
ships, a server behind it that answers every name, and how often a name was open while a resolver was killed. The
fixtures are every test's of this folder by way of conftest.py."""

from __future__ import annotations

import threading
import time

import pytest

from tongban.bench import resolvers
from tongban.bench.resolvers import ANSWER, KEY, ZONE, NotInstalled
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
