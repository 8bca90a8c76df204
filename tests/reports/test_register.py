"""The public register and the ledger: one change after the other, each an entry, all recounted by anybody."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from typer.testing import CliRunner

from tongban.commands.main import app
from tongban.ledger import integrator, signing
from tongban.ledger.models import QueuedEntry
from tongban.merkle import new_signer
from tongban.reports import register
from tongban.reports.feeds import entering, publishing
from tongban.reports.feeds.recounting import Recount, fingerprint
from tongban.reports.models import Listed

from .conftest import NOON, after, listed, official, small_city


def entries(kind):
    found = [json.loads(bytes(row.entry)) for row in QueuedEntry.objects.order_by("key")]
    return [one for one in found if one["kind"] == kind]


@pytest.mark.usefixtures("city")
class TestEntries:
    def test_every_decision_lifting_and_suspension_is_an_entry_and_names_nobody_and_no_address(self):
        listing = listed()
        after(listing, "lift", official(), 5, text="网站已经关闭")
        found = entries("decision")
        assert [(one["act"], one["number"], one["version"]) for one in found] == [
            ("in_force", "2026-000001", 1),
            ("lifted", "2026-000001", 2),
        ]
        assert found[0]["target"] == fingerprint("host", "icbc-jifen.example")
        assert found[0]["until"] == "2026-04-01"
        for one in found:
            assert set(one) == {
                "kind", "act", "at", "number", "version", "harm", "scope", "target", "until", "v",
            }  # fmt: skip
            assert "icbc" not in json.dumps(one)

    def test_the_digest_of_each_publication_is_an_entry_once(self, settings, tmp_path, monkeypatch):
        settings.DATA = tmp_path
        monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
        assert not entering.due()
        listed()
        assert entering.due()
        assert entering.publish() == 2
        assert entering.publish() == 0
        assert not entering.due()
        assert {one["form"]: one["sha256"] for one in entries("feed")} == {
            form: publishing.publication(form).sha256 for form in ("rpz", "jsonl")
        }
        publishing.publication("csv")
        assert entering.enter_digests() == 1


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_have_a_version_each_and_none_is_seen_before_the_one_ahead_of_it():
    """Whoever has pushed version N has pushed all before it: a transaction that waits for another must not go on from
    the number that both have seen."""
    small_city()
    listings = [listed(f"http://one{number}.example/") for number in range(6)]
    gate = threading.Barrier(6)

    def lift(case):
        try:
            gate.wait(30)
            after(case, "lift", official(), 5, text="网站已经关闭")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lift, listings))
    versions = sorted(Listed.objects.values_list("version", flat=True))
    assert versions == list(range(7, 13))


@pytest.mark.django_db(transaction=True)
def test_a_second_change_waits_for_the_first_to_be_committed():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    order = []
    began = threading.Event()

    def second():
        try:
            began.wait(30)
            with transaction.atomic():
                register._one_by_one()
                order.append("second")
        finally:
            connections.close_all()

    other = threading.Thread(target=second)
    other.start()
    with transaction.atomic():
        register._one_by_one()
        began.set()
        other.join(0.5)
        order.append("first")
    other.join(30)
    assert order == ["first", "second"]


@pytest.fixture
def published(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path / "data"
    key = new_signer("city.example/ledger")
    settings.LEDGER_ORIGIN, settings.LEDGER_KEYS = key.name, key.secret()
    settings.LEDGER_GUARD = tmp_path / "guard"
    monkeypatch.setattr(signing, "_seen", ("", 0, 0))
    return key


def signed():
    while integrator.integrate():
        pass
    signing.publish()


def audited(live_server, key, code):
    told = CliRunner().invoke(
        app, ["ledger", "audit", f"{live_server.url}/ledger/", "--key", key.verifier.vkey, "--patience", "0"]
    )
    assert told.exit_code == code, told.output
    return " ".join(told.output.split())


@pytest.mark.django_db(transaction=True)
class TestAudit:
    @pytest.fixture(autouse=True)
    def city(self, published):
        small_city()
        self.key = published
        begin = timezone.now() - timedelta(hours=1)
        self.first, self.second = listed(begin=begin), listed("http://qipai.example/", "6002", begin)
        signed()

    def test_the_register_and_the_feed_are_recounted_from_the_log(self, live_server):
        assert "2 decisions on the log; the public register and the feed agree" in audited(live_server, self.key, 0)
        after(self.first, "lift", official(), 0, timezone.now(), text="网站已经关闭")
        signed()
        assert "2 decisions on the log" in audited(live_server, self.key, 0)

    def test_a_feed_row_without_a_decision_is_named(self, live_server):
        row = Listed.objects.get(name="qipai.example")
        row.pk, row.case, row.number, row.name, row.host, row.version = (
            None,
            None,
            "2026-000009",
            "x.example",
            "x.example",
            9,
        )
        row.save()
        told = audited(live_server, self.key, 1)
        assert "feed row 2026-000009 (x[.]example): no decision on the log is behind it" in told

    def test_a_row_put_back_after_its_lifting_and_one_made_longer_or_wider_are_named(self, live_server):
        after(self.first, "lift", official(), 0, timezone.now(), text="网站已经关闭")
        signed()
        Listed.objects.filter(case=self.first).update(state="in_force", ended=None)
        Listed.objects.filter(case=self.second).update(name="example.com", host="example.com")
        told = audited(live_server, self.key, 1)
        assert "here in_force, on the log lifted" in told
        assert "the decision on the log is about another name" in told

    def test_a_decision_that_was_dropped_from_the_register_is_named(self, live_server):
        Listed.objects.filter(case=self.second).delete()
        assert "the log has it, the register has not" in audited(live_server, self.key, 1)


def test_what_is_newer_than_the_log_can_be_is_passed_over_and_nothing_else():
    recount, now = Recount(), datetime.fromisoformat("2026-03-02T04:00:00+00:00")
    row = {
        "number": "1",
        "name": "a.example",
        "scope": "host",
        "until": "2026-05-01",
        "state": "in_force",
        "version": 1,
        "changed": (now - timedelta(minutes=5)).isoformat(),
    }
    assert not [*recount.register([row], now), *recount.feed([row], now)]
    later = now + timedelta(minutes=30)
    assert len([*recount.register([row], later), *recount.feed([row], later)]) == 2
