"""Reports of harm to children: nobody but the named body reads the address, on no route, export, log line, notice,
search, feed or ledger entry, nor in the database, the files or a crash."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path

import pytest
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from typer.testing import CliRunner

from tests.reports.conftest import NOON, UNIT, official
from tongban.accounts.models import Official
from tongban.cases.models import Act, Case
from tongban.cases.notices import send_waiting
from tongban.cases.settling import settle
from tongban.commands.main import app
from tongban.counter.models import Draft
from tongban.ledger.models import QueuedEntry
from tongban.reports.feeds.forms import FORMS
from tongban.reports.models import SealedReport
from tongban.reports.sealed import auditing, envelope, taking
from tongban.webaddr import full_hash

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("city")]
HOST = "unspeakable-zq7.example"
ADDRESS = f"https://{HOST}/hidden/room?k=9"
PAGE = "/report-harm-to-children/"


@pytest.fixture
def body(settings, tmp_path):
    """The body's private key; the city's settings have the public one."""
    private, public = envelope.new_keys("police.example")
    settings.CHILD_SAFETY_KEY, settings.CHILD_SAFETY_BODY = public, "省公安厅"
    settings.DATA = tmp_path
    settings.ATTACHMENT_ROOT = tmp_path / "attachments"
    cache.clear()
    return private


def traces() -> list[str]:
    """Every form in which the address could be lying about."""
    found = [HOST, "unspeakable-zq7", "/hidden/room", ADDRESS, full_hash(f"{HOST}/").hex()]
    found += [base64.b64encode(one.encode()).decode().rstrip("=")[2:-4] for one in (HOST, ADDRESS)]
    return [*found, HOST.encode().hex(), full_hash(f"{HOST}/").hex()[:8]]


def free_of_it(text: str | bytes) -> bool:
    said = text.decode("latin-1") if isinstance(text, bytes) else text
    return not any(one in said for one in traces())


def whole_database() -> str:
    """Every cell of every table."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                rows += [
                    bytes(cell).decode("latin-1") + bytes(cell).hex()
                    if isinstance(cell, bytes | memoryview)
                    else str(cell)
                    for cell in row
                ]
    return "\n".join(rows)


def _words(cell) -> str:
    if not isinstance(cell, bytes | memoryview):
        return str(cell)
    return bytes(cell).decode("latin-1") + bytes(cell).hex()


def hand_over(text: str = ADDRESS, client: Client | None = None):
    return (client or Client(enforce_csrf_checks=True)).post(PAGE, {"address": text})


def test_the_body_reads_what_was_sealed_and_nobody_else_can(body):
    answer = hand_over()
    assert answer.status_code == 200
    row = SealedReport.objects.get()
    assert row.number in answer.content.decode()
    found = envelope.opened(body, bytes(row.envelope))
    assert found["address"] == ADDRESS
    assert full_hash(f"{HOST}/").hex() in found["hashes"]
    other, _public = envelope.new_keys("someone")
    with pytest.raises(envelope.Unopened):
        envelope.opened(other, bytes(row.envelope))


def test_nothing_of_it_lies_in_the_database_in_files_in_logs_or_in_mail(body, settings, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = hand_over()
        settle(500)
        send_waiting()
    assert free_of_it(answer.content)
    assert free_of_it(repr(answer.headers))
    assert not answer.cookies
    assert free_of_it(whole_database())
    assert free_of_it(caplog.text)
    assert all(free_of_it(file.read_bytes()) for file in Path(settings.DATA).rglob("*") if file.is_file())
    assert mail.outbox == []


def entries():
    return [json.loads(bytes(row.entry)) for row in QueuedEntry.objects.all()]


def test_it_makes_no_case_no_act_no_draft_no_file_and_no_notice(body):
    hand_over()
    for model in (Case, Act, Draft, apps.get_model("cases", "Attachment"), apps.get_model("cases", "Notice")):
        assert not model.objects.exists(), model
    held = {field.name for field in SealedReport._meta.get_fields()}
    assert held == {"id", "number", "envelope", "key_id", "received_at", "fetched_at"}


def test_the_ledger_says_that_there_is_one_more_and_nothing_of_it(body, monkeypatch, tmp_path):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    hand_over()
    hand_over("http://another-unspeakable.example/")
    assert entries() == [{"act": "taken", "at": "2026-03", "kind": "sealed", "v": 2}] * 2, "all of a month are alike"
    hand_over("unspeakable-zq7 没有点的名字")
    assert len(entries()) == 2
    CliRunner().invoke(app, ["sealed", "export", str(tmp_path / "out")])
    CliRunner().invoke(app, ["sealed", "export", str(tmp_path / "out")])
    assert [one["act"] for one in entries()] == ["taken", "taken", "fetched", "fetched"]
    said = Client().get(f"{PAGE}counts").json()
    assert said == {"taken": {"2026-03": 2}, "fetched": {"2026-03": 2}}
    assert "至今收到 2 件" in Client().get(PAGE).content.decode()
    assert "另有 2 件侵害未成年人的举报" in Client().get("/decisions/months/2026-03/").content.decode()


def test_where_the_ledger_cannot_take_it_none_is_taken(body, monkeypatch):
    def full(_entries):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(taking.queue, "enqueue", full)
    answer = Client(raise_request_exception=False).post(PAGE, {"address": ADDRESS})
    assert answer.status_code == 500
    assert not SealedReport.objects.exists()


@pytest.mark.parametrize(
    ("site", "found"),
    [
        ({"taken": {"2026-02": 2, "2026-03": 1}, "fetched": {"2026-03": 1}}, []),
        ({"taken": {"2026-02": 1, "2026-03": 1}, "fetched": {"2026-03": 1}}, ["taken in 2026-02: the site says 1"]),
        ({"taken": {"2026-02": 3, "2026-03": 1}, "fetched": {"2026-03": 1}}, ["taken in 2026-02: the site says 3"]),
        ({"taken": {"2026-02": 2, "2026-03": 2}, "fetched": {"2026-03": 1}}, []),  # on its way to the log
        ({"taken": {"2026-02": 2}, "fetched": {"2026-03": 1}}, ["taken in 2026-03: the site says 0"]),
        ({"taken": {"2026-02": 2, "2026-03": 1}, "fetched": {}}, ["fetched in 2026-03: the site says 0"]),
        ({"nothing": 1}, ["no numbers"]),
        (None, ["the log has 3 sealed reports"]),
    ],
)
def test_whoever_audits_the_log_finds_a_dropped_one(monkeypatch, site, found):
    monkeypatch.setattr(auditing, "read", lambda _where: None if site is None else json.dumps(site).encode())
    recount = auditing.Sealed()
    for act, month in (("taken", "2026-02"), ("taken", "2026-02"), ("taken", "2026-03"), ("fetched", "2026-03")):
        recount.add({"kind": "sealed", "act": act, "at": month, "v": 2})
    recount.add({"kind": "sealed", "act": "taken", "at": "2026-03", "link": "0" * 32})
    recount = auditing.Sealed(json.loads(json.dumps(recount.kept())))
    said = list(recount.differences("https://city.example", [], NOON))
    assert len(said) == len(found)
    assert all(want in one for want, one in zip(found, said, strict=True)), said


def routes(resolver=None, prefix=""):
    """The path of every route of the house."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, path)
        else:
            yield path


def addresses() -> list[str]:
    """Every route of the house that needs no argument, and the door's with one."""
    fixed = [f"/{path}" for path in routes() if not set("<^$(") & set(path)]
    fixed += [f"/feeds/{form}" for form in FORMS]
    fixed += [f"/blocked/?name={HOST}", f"/decisions/?q={HOST}", f"/search/?q={HOST}", "/decisions/months/2026-03/"]
    fixed += [f"/api/v1/listed/{full_hash(f'{HOST}/').hex()[:digits]}" for digits in (4, 8)]
    return sorted(set(fixed) - {"/accounts/logout/", "/follow/leave/"})


@pytest.mark.parametrize("who", ["nobody", "handler", "head", "supervisor", "administrator", "data_officer"])
def test_no_route_shows_it_to_anybody(body, who, settings):
    settings.SECOND_FACTOR = settings.RATE_LIMITS = False
    hand_over()
    browser = Client(raise_request_exception=False)
    if who != "nobody":
        official(UNIT, who)
        browser.force_login(Official.objects.get(username=f"{UNIT}-{who}"))
    asked = 0
    for address in addresses():
        answer = browser.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        said = content.decode("utf-8", "replace")
        for echoed in (f"name={HOST}", f"q={HOST}"):  # what was asked for, said back to who asked
            if address.endswith(echoed):
                said = said.replace(HOST, "").replace(HOST.replace(".", "[.]"), "").replace("unspeakable-zq7", "")
        if "/api/v1/listed/" in address:
            assert answer.json()["hashes"] == []
            said = ""
        assert free_of_it(said), address
        asked += 1
    assert asked > 40
    if who not in ("nobody", "administrator", "data_officer"):
        found = browser.post("/desk/search/", {"q": "unspeakable"})
        assert "没有找到" in found.content.decode() or free_of_it(found.content.replace(b"unspeakable", b""))


def test_a_crash_while_sealing_tells_nothing(body, monkeypatch, caplog):
    def broken(*_arguments):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(taking.envelope, "seal", broken)
    browser = Client(raise_request_exception=False)
    with caplog.at_level(logging.DEBUG):
        answer = browser.post(PAGE, {"address": ADDRESS})
    assert answer.status_code == 500
    assert free_of_it(answer.content)
    assert free_of_it(caplog.text)
    assert not SealedReport.objects.exists()


def test_what_is_wrong_is_said_without_saying_it_back(body):
    answer = hand_over("unspeakable-zq7 没有点的名字")
    assert answer.status_code == 422
    assert free_of_it(answer.content)
    assert not SealedReport.objects.exists()


def test_another_sites_page_cannot_send(body):
    answer = Client().post(PAGE, {"address": ADDRESS}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not SealedReport.objects.exists()


def test_without_a_named_body_nothing_is_taken_and_the_page_says_whom_to_call(settings):
    for key in ("", "nonsense", envelope.new_keys("x")[0]):
        settings.CHILD_SAFETY_KEY = key
        answer = hand_over()
        assert answer.status_code == 404, "a private key in the settings is no key"
        assert "110" in answer.content.decode()
        assert not SealedReport.objects.exists()


def test_the_page_asks_for_the_address_and_nothing_else(body):
    page = Client().get(PAGE).content.decode()
    form = page[page.index(f'action="{PAGE}"') :].split("</form>")[0]
    assert form.count("<input") == 1
    assert 'type="file"' not in page
    assert "<textarea" not in form


def test_every_envelope_has_one_size_and_no_two_are_alike(body):
    hand_over()
    hand_over()
    hand_over("http://a.example/" + "x" * 1500)
    rows = [bytes(row.envelope) for row in SealedReport.objects.all()]
    assert len({len(row) for row in rows}) == 1
    assert len({row[15:] for row in rows}) == 3


@pytest.mark.parametrize("at", [0, 8, 20, 60, -1])
def test_an_envelope_that_was_changed_does_not_open(body, at):
    hand_over()
    raw = bytearray(bytes(SealedReport.objects.get().envelope))
    raw[at] ^= 1
    with pytest.raises(envelope.Unopened):
        envelope.opened(body, bytes(raw))


def test_the_commands_carry_closed_envelopes_and_the_body_opens_them_on_its_own(body, tmp_path, caplog):
    def run(*words):
        return CliRunner().invoke(app, ["sealed", *map(str, words)])

    made = run("keys", "police.example", tmp_path / "private")
    assert made.output.startswith("TONGBAN_CHILD_SAFETY_KEY=tbseal-public:police.example:")
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600
    assert run("keys", "police.example", tmp_path / "private").exit_code == 2, "never written over"
    hand_over()
    number = SealedReport.objects.get().number
    out = tmp_path / "out"
    told = [run("export", out), run("status"), run("export", out, "--forget"), run("status")]
    assert [one.exit_code for one in told] == [0, 0, 0, 0]
    assert all(free_of_it(one.output) for one in told)
    assert "1 reports, 0 wait" in told[3].output
    assert SealedReport.objects.get().envelope is None, "deleted once it was fetched"
    file = out / f"{number}.sealed"
    assert free_of_it(file.read_bytes())
    (tmp_path / "key").write_text(body)
    opened = run("open", tmp_path / "key", file)
    assert json.loads(opened.output) == {"number": number, **envelope.opened(body, file.read_bytes())}
    assert run("open", tmp_path / "private", file).exit_code == 1
