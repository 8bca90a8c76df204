"""Publications as files: made when the register has changed, signed, checked by whoever takes them, and what changed
since."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from typer.testing import CliRunner

from tongban.cases.refusal import Refusal
from tongban.commands.main import app
from tongban.merkle import Note, new_signer
from tongban.merkle.errors import Malformed
from tongban.reports import lists
from tongban.reports.feeds import noted, publishing
from tongban.reports.guarding import SCOPES, judged, target
from tongban.reports.harms import harms
from tongban.reports.models import Listed

from .conftest import NOON, after, listed, official, report

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(autouse=True)
def house(city, settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path / "data"
    key = new_signer("city.example/ledger")
    settings.LEDGER_ORIGIN, settings.LEDGER_KEYS = key.name, key.secret()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    return key


def run(*arguments, code=0):
    told = CliRunner().invoke(app, ["feed", *map(str, arguments)])
    assert told.exit_code == code, (told.output, told.exception)
    return told.output


def test_each_feed_is_signed_and_whoever_takes_it_can_check_it_offline(client, house, tmp_path):
    listed()
    (tmp_path / "feed").write_bytes(client.get("/feeds/rpz").content)
    (tmp_path / "sig").write_bytes(client.get("/feeds/rpz.sig").content)
    vkey = house.verifier.vkey
    assert "feeds/rpz, serial" in run("verify", tmp_path / "feed", tmp_path / "sig", "--key", vkey)
    (tmp_path / "feed").write_text("$TTL 5\n")
    run("verify", tmp_path / "feed", tmp_path / "sig", "--key", vkey, code=1)
    other = new_signer("city.example/ledger").verifier.vkey
    run("verify", tmp_path / "feed", tmp_path / "sig", "--key", other, code=1)


def test_the_signature_of_a_feed_can_never_pass_for_a_checkpoint_of_the_ledger(client, house):
    listed()
    note = Note.parse(client.get("/feeds/jsonl.sig").content)
    with pytest.raises(Malformed):
        note.opened([house.verifier])
    said = noted.opened(note, [house.verifier])
    assert (said.rows, said.sha256) == (1, publishing.publication("jsonl").sha256)


def test_without_a_key_there_is_no_signature(client, settings):
    settings.LEDGER_KEYS = ""
    listed()
    assert client.get("/feeds/rpz").status_code == 200
    assert client.get("/feeds/rpz.sig").status_code == 404


def test_a_publication_is_made_once_and_again_only_when_it_would_say_something_else(settings):
    listing = listed()
    first = publishing.publication("domains")
    assert publishing.publication("domains") == first
    after(listing, "lift", official(), 5, text="网站已经关闭")
    second = publishing.publication("domains")
    assert second.serial > first.serial
    assert second.file.read_text() == ""
    settings.SITE_NAME = "别的名字"
    assert publishing.publication("domains").key != second.key


def test_after_an_old_backup_other_decisions_with_the_same_numbers_are_another_publication():
    listed()
    first = publishing.publication("domains")
    Listed.objects.update(name="other.example", host="other.example")
    assert publishing.publication("domains").file.read_text() == "other.example\n"
    assert first.serial == publishing.publication("domains").serial


def test_a_publication_that_is_half_written_is_never_served(client, monkeypatch):
    listed()
    monkeypatch.setattr(publishing, "published", lambda *_: iter(["evil", 1 / 0 if False else None]))
    with pytest.raises(AttributeError):
        publishing.publication("domains")
    monkeypatch.undo()
    assert publishing.latest("domains") is None


def test_since_gives_every_change_after_a_version_with_what_became_of_it(client):
    first = listed()
    listed("http://qipai.example/", "6002")
    after(first, "lift", official(), 5, text="网站已经关闭")
    rows = [json.loads(line) for line in client.get("/feeds/jsonl", {"since": 0}).content.splitlines()]
    assert [(one["name"], one["state"], one["version"]) for one in rows] == [
        ("qipai.example", "in_force", 2),
        ("icbc-jifen.example", "lifted", 3),
    ]
    answer = client.get("/feeds/csv", {"since": 2})
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (row["state"], answer["Tongban-Version"]) == ("lifted", "3")
    assert client.get("/feeds/jsonl", {"since": 3}).content == b""
    bundle = json.loads(client.get("/feeds/stix", {"since": 2}).content)
    assert bundle["objects"][1]["revoked"] is True
    for wrong in ({"since": "x"}, {"since": "-1"}, {"since": ""}):
        assert client.get("/feeds/jsonl", wrong).status_code == 400
    assert client.get("/feeds/rpz", {"since": 1}).status_code == 400


def test_export_writes_every_form_with_its_signature_or_nothing(tmp_path, settings):
    listed()
    told = run("export", tmp_path / "out")
    assert len(told.splitlines()) == len(publishing.FORMS)
    assert (tmp_path / "out" / "rpz.zone").read_text().count("icbc-jifen.example") == 2
    assert (tmp_path / "out" / "rpz.zone.sig").exists()
    (settings.DATA / "names").mkdir()
    (settings.DATA / "names" / "protected.txt").write_text("icbc-jifen.example\n")
    assert "2026-000001: protected" in run("export", tmp_path / "other", code=1)
    assert not list((tmp_path / "other").iterdir())


def test_each_resolver_has_its_file_with_this_house_filled_in(client, settings):
    settings.FEED_DNS, settings.FEED_PAGE_HOST = "127.0.0.1:53/rpz.city+new.city", "blocked.city.example"
    text = client.get("/feeds/").content.decode()
    for name in ("bind", "bind-options", "named-gate", "unbound", "knot", "knot-fetch", "powerdns", "adguard"):
        told = run("manual", name)
        assert told == client.get(f"/feeds/manual/{name}").content.decode()
        assert not [word for word in told.split() if word.startswith("@") and word.endswith("@")], name
        assert f"/feeds/manual/{name}" in text
    assert 'zone "rpz.city"' in run("manual", "bind")
    for name in ("bind", "bind-options", "unbound", "powerdns"):
        told = run("manual", name)
        assert 0 < told.index('"new.city"') < len(told)
    assert run("manual", "bind-options").index('"new.city"') < run("manual", "bind-options").index('"rpz.city"')
    assert run("manual", "unbound").index('"new.city"') < run("manual", "unbound").index('"rpz.city"')
    assert client.get("/feeds/manual/other").status_code == 404


def test_push_says_what_is_missing(settings):
    assert "--dns" in run("push", code=2)
    assert "TONGBAN_FEED_DNS names no primary" in run("push", "--dns", code=2)
    settings.FEED_DNS = "127.0.0.1:1/rpz.tongban"
    assert "TONGBAN_FEED_DNS_KEY is written" in run("push", "--dns", code=2)
    settings.FEED_DNS_KEY = "tongban-feed:c2VjcmV0"
    assert "cannot be reached" in run("push", "--dns", code=1)
    settings.FEED_DNS = "no place"
    assert "HOST:PORT/ZONE" in run("push", "--dns", code=2)


SITES = ("http://evil.example/x", "http://www.clinic.example/a", "http://files.example/u/1", "http://popular.example/")
OPERATIONS = st.one_of(
    st.tuples(st.just("report"), st.sampled_from(SITES)),
    st.tuples(st.just("decide"), st.sampled_from(SITES), st.sampled_from(SCOPES), st.sampled_from(["6001", "6002"])),
    st.tuples(
        st.just("list"),
        st.sampled_from(lists.KINDS),
        st.sampled_from(["clinic.example", "files.example", "popular.example", "x.evil.example"]),
    ),
    st.tuples(st.just("lift"), st.integers(0, 3)),
)


def carried_out(operation, folder):
    what, *said = operation
    if what == "report":
        report(*said)
    elif what == "decide":
        site, scope, harm = said
        listed(site, harm, scope=scope)
    elif what == "list":
        kind, name = said
        file = folder / "names" / f"{kind}.txt"
        known = file.read_text().split() if file.exists() else []
        more = folder / "more"
        more.write_text("\n".join([*known, name]))
        lists.take_in(kind, more)
    else:
        holding = list(Listed.objects.filter(state="in_force").order_by("number"))
        if said[0] < len(holding):
            after(holding[said[0]].case, "lift", official(), 5, text="网站已经关闭")


def outcome():
    """The decisions in the feed, and those that stopped it."""
    try:
        made = publishing.publication("jsonl")
    except publishing.Stopped as stopped:
        return set(), {number for number, _why in stopped.rows}
    return {json.loads(line)["number"] for line in made.file.read_text().splitlines()}, set()


@given(st.lists(OPERATIONS, min_size=2, max_size=6))
@settings_of_hypothesis(max_examples=15, suppress_health_check=list(HealthCheck))
def test_no_sequence_of_reports_decisions_and_lists_publishes_a_row_that_the_guards_forbid(settings, operations):
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        settings.DATA = Path(folder)
        for operation in operations:
            before = set(Listed.objects.values_list("number", "state"))
            try:
                with transaction.atomic():
                    carried_out(operation, Path(folder))
            except Refusal:
                assert operation[0] == "decide"
            if operation[0] in ("report", "list"):
                assert set(Listed.objects.values_list("number", "state")) == before, "a report decides nothing"
            holding = publishing.rows_of(Listed.objects.filter(state="in_force"))
            forbidden = {
                row.number
                for row in holding
                if judged(target(f"http://{row.name}", row.scope), harms()[row.harm], lists.current()).refused
            }
            published, stopped = outcome()
            assert stopped == forbidden
            assert forbidden or published == {row.number for row in holding}
        transaction.set_rollback(True)
