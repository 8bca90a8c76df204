"""Trusted reporters: a token that can report and nothing else, batches with an answer for each row, lists as files."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta

import orjson
import pytest
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from tongban.cases.models import Case
from tongban.commands.main import app
from tongban.intake.models import RejectedRow
from tongban.reports import effects, on_desk, trusted
from tongban.reports.bringing import readers
from tongban.reports.models import Listed, Reported, Reporter

from .conftest import NOON, after, decision, official

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.both_databases]
SITE = "http://icbc-jifen.example/login"


@pytest.fixture
def bank():
    return trusted.issue("bank", "某银行反诈中心")


def call(method, path, token="", body=None, key="k" * 20):
    headers = {"Idempotency-Key": key, **({"Authorization": f"Bearer {token}"} if token else {})}
    data = orjson.dumps(body) if body is not None else b""
    return Client().generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers)


def send(token, *rows, **more):
    return call("POST", "/reporter/reports", token, {"reports": list(rows)}, **more)


def row(own="a1", found=SITE, matter="6001", **more):
    return {"id": own, "found": found, "matter": matter, **more}


# --- the API ----------------------------------------------------------------------------------------------------------


def test_each_row_of_a_batch_is_taken_known_or_refused_by_itself(bank):
    _reporter, token = bank
    answer = send(
        token,
        row(),
        row("a2", "http://b.example/", body="短信"),
        row("a3", matter="9999"),
        row("a1", "x"),
        row("a4", " "),
    )
    assert answer.status_code == 200
    told = answer.json()
    assert (told["taken"], told["known"], told["refused"]) == (2, 1, 2)
    assert [one["status"] for one in told["results"]] == ["taken", "taken", "refused", "known", "refused"]
    assert told["results"][2]["field"] == "matter"
    assert told["results"][4]["field"] == "found"
    assert {case.code for case in Case.objects.all()} == {one["code"] for one in told["results"][:2]}


def test_a_batch_sent_again_adds_nothing_and_answers_with_the_same_codes(bank):
    _reporter, token = bank
    first = send(token, row(), row("a2")).json()
    again = send(token, row(), row("a2"), row("a3"), key="other" * 5).json()
    assert (again["taken"], again["known"]) == (1, 2)
    assert [one["code"] for one in again["results"][:2]] == [one["code"] for one in first["results"]]
    assert Case.objects.count() == 3


def test_what_a_program_sends_is_a_report_and_never_a_decision(bank):
    _reporter, token = bank
    send(token, row())
    case = Case.objects.get()
    assert (case.kind, case.state, case.unit_id) == ("report", "received", "610000-WX")
    assert effects.site_of(case) == SITE
    assert not Listed.objects.exists()
    assert case.due_at is not None, "somebody owes a step"


def test_the_token_opens_nothing_else_and_no_other_token_opens_this(bank):
    _reporter, token = bank
    for path in ("/desk/cases", "/desk/export"):
        assert call("GET", path, token).status_code == 401
    send(token, row())
    assert call("GET", f"/reports/{Case.objects.get().code}", token).status_code == 401
    for wrong in ("", "tr_" + "x" * 43, "tb_" + "x" * 43):
        answer = call("GET", "/reporter", wrong)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_token_ends_when_it_is_revoked_renewed_or_over(bank):
    reporter, token = bank
    fresh = trusted.renew(reporter)
    assert call("GET", "/reporter", token).status_code == 401
    assert call("GET", "/reporter", fresh).status_code == 200
    Reporter.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert call("GET", "/reporter", fresh).status_code == 401
    Reporter.objects.update(expires_at=timezone.now() + timedelta(days=1))
    trusted.revoke(reporter)
    assert call("GET", "/reporter", fresh).status_code == 401


def test_only_the_hash_of_a_token_is_kept(bank):
    reporter, token = bank
    assert token not in str(Reporter.objects.values().get())
    assert trusted.find(token) == reporter


def test_the_hit_rate_counts_what_was_judged_and_takes_back_what_was_overturned(bank):
    reporter, token = bank
    send(token, *(row(f"a{n}", f"http://bad{n}.example/") for n in range(4)))
    who = official()
    cases = list(Case.objects.order_by("pk"))
    for case in cases[:3]:
        after(case, "accept", who, 1)
    after(cases[0], "decide", who, 2, **decision())
    after(cases[1], "decide", who, 2, **decision())
    after(cases[2], "dismiss", who, 2, text="没有发现有害")
    answer = call("GET", "/reporter", token).json()
    assert (answer["sent"], answer["waiting"], answer["decided"], answer["dismissed"]) == (4, 1, 2, 1)
    assert answer["rate"] == 0.667
    Listed.objects.filter(case__part_of=cases[0]).update(state="overturned", ended=NOON)
    assert trusted.record(reporter).rate == 0.333
    states = call("GET", "/reporter/reports?ids=a0,a2,a9,nobody", token).json()["items"]
    assert [(one["id"], one["state"]) for one in states] == [("a0", "decided"), ("a2", "dismissed")]
    shown = on_desk.reporter(type("Found", (), {"case": cases[0]}))
    assert (shown.label, shown.record.decided) == ("某银行反诈中心", 2)


def test_another_reporters_reports_are_never_found(bank):
    _reporter, token = bank
    send(token, row())
    _other, theirs = trusted.issue("telecom", "电信")
    assert call("GET", "/reporter/reports?ids=a1", theirs).json()["items"] == []
    assert send(theirs, row()).json()["taken"] == 1, "each has its own names"


def test_the_reporter_goes_with_the_report_when_it_is_erased(bank):
    from tongban.reports import targets

    _reporter, token = bank
    send(token, row())
    targets.forget(Case.objects.get())
    assert not Reported.objects.exists()


# --- files ------------------------------------------------------------------------------------------------------------

URLHAUS = b"""################
# abuse.ch URLhaus Database Dump
# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter
"3001","2026-02-01 10:00:07","http://203.0.113.9/bins/x86","online","2026-02-01","malware_download","elf,mirai","https://u/3001/","a"
"3002","2026-02-01 10:00:06","https://evil.example/a,b.exe","offline","","malware_download","exe","https://u/3002/","b"
"3003","2026-02-01"
"""
PHISHTANK = json.dumps(
    [
        {"phish_id": 71, "url": "https://icbc-jifen.example/login", "verified": "yes", "target": "ICBC"},
        {"phish_id": 72, "url": "not an address"},
        "nothing",
    ]
).encode()
HOSTS = b"127.0.0.1 localhost\n0.0.0.0 bad.example www.bad.example # two\n::1 ip6-localhost\n\n0.0.0.0 0.0.0.0\n"
PLAIN = "\ufeffbad.example\n# comment\nhttps://evil.example/a#b\n   \n中文.example # 说明\n??\n".encode()
STIX = json.dumps(
    {
        "type": "bundle",
        "objects": [
            {"type": "identity", "id": "identity--1"},
            {
                "type": "indicator",
                "id": "indicator--aa",
                "pattern": "[url:value = 'http://evil.example/a\\'b']",
                "name": "kit",
            },
            {
                "type": "indicator",
                "id": "indicator--bb",
                "pattern": "[domain-name:value = 'x.example' OR domain-name:value = 'y.example']",
            },
            {
                "type": "indicator",
                "id": "indicator--cc",
                "pattern": "[url:value = 'http://old.example/']",
                "revoked": True,
            },
            {"type": "indicator", "id": "indicator--dd", "pattern": "[file:hashes.MD5 = 'aa']"},
        ],
    }
).encode()
MISP = json.dumps(
    {
        "Event": {
            "Attribute": [
                {"uuid": "u1", "type": "url", "value": "http://evil.example/a", "category": "Network activity"},
                {"uuid": "u2", "type": "md5", "value": "aa"},
                {"uuid": "u3", "type": "domain|ip", "value": "bad.example|203.0.113.9"},
                {"uuid": "u4", "type": "domain", "value": "gone.example", "deleted": True},
            ],
            "Object": [{"Attribute": [{"uuid": "u5", "type": "hostname", "value": "in.object.example"}]}],
        }
    }
).encode()
FILES = {
    "urlhaus": (URLHAUS, ["http://203.0.113.9/bins/x86", "https://evil.example/a,b.exe"], [6]),
    "phishtank": (PHISHTANK, ["https://icbc-jifen.example/login"], [2, 3]),
    "hosts": (HOSTS, ["http://bad.example/", "http://www.bad.example/"], []),
    "plain": (PLAIN, ["http://bad.example/", "https://evil.example/a#b", "http://xn--fiq228c.example/"], [6]),
    "stix": (STIX, ["http://evil.example/a'b", "http://x.example/", "http://y.example/"], [5]),
    "misp": (MISP, ["http://evil.example/a", "http://bad.example/", "http://in.object.example/"], []),
}


def bring(tmp_path, form, content, *more):
    file = tmp_path / f"list.{form}"
    file.write_bytes(content)
    return CliRunner().invoke(
        app, ["import", "reports", str(file), "--from", form, "--reporter", "bank", "--matter", "6001", *more]
    )


@pytest.mark.parametrize("form", FILES)
def test_a_list_becomes_reports_and_each_bad_row_is_kept_with_its_line_and_reason(bank, tmp_path, form):
    content, sites, lines = FILES[form]
    result = bring(tmp_path, form, content)
    assert result.exit_code == (1 if lines else 0), result.output
    assert sorted(effects.site_of(case) for case in Case.objects.all()) == sorted(sites)
    assert {(case.kind, case.state) for case in Case.objects.all()} == {("report", "received")}
    assert sorted(RejectedRow.objects.values_list("line", flat=True)) == lines
    assert all(one.reason for one in RejectedRow.objects.all())
    assert Reported.objects.filter(reporter=bank[0]).count() == len(sites)
    assert not Listed.objects.exists()
    again = bring(tmp_path, form, content)
    assert again.exit_code == result.exit_code
    assert Case.objects.count() == len(sites), "running it twice adds nothing"


def test_a_row_of_a_file_is_the_same_as_the_one_that_the_program_sent(bank, tmp_path):
    send(bank[1], row("3002", "https://evil.example/a,b.exe", "6004"))
    bring(tmp_path, "urlhaus", URLHAUS)
    assert Case.objects.count() == 2


def test_a_dry_run_writes_nothing_and_rejected_rows_go_to_a_file(bank, tmp_path):
    assert bring(tmp_path, "plain", PLAIN, "--dry-run").exit_code == 1
    assert Case.objects.count() == 0
    out = tmp_path / "rejected.csv"
    bring(tmp_path, "plain", PLAIN, "--rejected", str(out))
    assert "no address of the web" in out.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--from", "csv"], "--from"),
        (["--reporter", "nobody"], "--reporter"),
        (["--matter", "0101"], "--matter"),
        (["--from", "stix"], "JSON"),
    ],
)
def test_what_cannot_be_taken_at_all_says_why(bank, tmp_path, more, words):
    result = bring(tmp_path, "plain", b"bad.example\n", *more)
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize("reader", readers.READERS)
def test_no_reader_breaks_on_odd_bytes(reader):
    for content in (
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"{}",
        b'{"Event": {}}',
        b'{"objects": [1, null]}',
        b'"',
        b"\x00" * 50,
        b'[{"Event": {"Object": [{}]}}]',
    ):
        with contextlib.suppress(readers.UnreadableList):
            assert all(isinstance(line, int) and row["id"] for line, row in readers.READERS[reader](content))


def test_the_commands_make_show_and_end_a_reporter():
    def run(*words):
        return CliRunner().invoke(app, ["reporter", *words])

    made = run("add", "bank-2", "--label", "银行")
    assert made.exit_code == 0
    token = made.output.strip()
    assert trusted.find(token).name == "bank-2"
    assert run("add", "bank-2", "--label", "x").exit_code == 2
    assert run("add", "Bank 3", "--label", "x").exit_code == 2
    assert "bank-2  银行  until" in run("list").output
    fresh = run("renew", "bank-2").output.strip()
    assert (trusted.find(token), trusted.find(fresh).name) == (None, "bank-2")
    assert run("revoke", "bank-2").exit_code == 0
    assert trusted.find(fresh) is None
    assert run("revoke", "nobody").exit_code == 2
