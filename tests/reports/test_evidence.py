"""Taking evidence from the desk: off unless switched on, asked for by a press on one case, done by the worker's
process, kept as files of the case by an act; nothing begins a look by itself."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from tongban.accounts.models import Official
from tongban.cases import attachments, filing
from tongban.cases.actor import NEWCOMER, SYSTEM, resident
from tongban.cases.models import Act, Attachment
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission, submit
from tongban.commands.main import app
from tongban.reports.evidence import acts, browsing, jobs, looking, taking
from tongban.reports.models import Listed, SiteLook

from .conftest import ABOVE, NOON, UNIT, after, listed, official, report
from .hostile import Server, moved, page, serving

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(autouse=True)
def switched_on(city, settings, monkeypatch):
    cache.clear()
    settings.EVIDENCE, settings.SECOND_FACTOR, settings.RATE_LIMITS = True, False, False
    settings.EVIDENCE_BROWSER = "/nowhere"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(hours=3))


@pytest.fixture
def site(monkeypatch):
    """The reported site, which the program may reach at this one address and port."""
    server, real = Server({"/login": page("<h1>假银行</h1>")}), taking.order

    def order(address):
        return real(address, allowed=[[server.host, server.port]], known={"icbc-jifen.example": [server.host]})

    monkeypatch.setattr(taking, "order", order)
    with serving(server):
        yield server


def verifying(site):
    return after(report(f"http://icbc-jifen.example:{site.port}/login"), "accept", official())


def taken_act(case):
    return Act.objects.get(case=case, act="evidence_taken")


@pytest.mark.both_databases
def test_an_official_asks_and_the_record_becomes_a_file_of_the_case(site):
    case = after(verifying(site), "take_evidence", official(), 2)
    assert site.asked == [], "asking alone fetches nothing"
    assert jobs.work() == 1
    assert site.asked == ["/login"]
    row, act = SiteLook.objects.get(), taken_act(case)
    assert (row.state, row.reason, row.no_picture) == ("done", "", "no_browser")
    (item,) = Attachment.objects.filter(case=case, act=act)
    assert item.media_type == "application/warc"
    assert item.name.endswith(".warc.gz")
    assert "恶意" in attachments.warning(item)
    content = attachments.content_of(item)
    assert act.private["record"] == hashlib.sha256(content).hexdigest()
    assert act.private["status"] == "200"
    assert "假银行" not in json.dumps(act.public)
    assert jobs.work() == 0


def test_each_look_is_asked_for_anew_and_one_at_a_time(site):
    case = after(verifying(site), "take_evidence", official(), 2)
    with pytest.raises(Refusal, match="conflict"):
        after(case, "take_evidence", official(), 2)
    jobs.work()
    jobs.work()
    assert SiteLook.objects.count() == 1
    after(case, "take_evidence", official(), 3)
    assert jobs.work() == 1


def test_off_by_default_and_not_for_what_is_no_site(site, settings):
    from tongban.config.environment import Environment

    assert Environment().evidence is False
    case = verifying(site)
    number = after(report("13800138000", "6001"), "accept", official())
    with pytest.raises(Refusal, match="not_allowed") as refused:
        after(number, "take_evidence", official(), 2)
    assert "不是网址" in str(refused.value.message)
    settings.EVIDENCE = False
    with pytest.raises(Refusal, match="not_allowed"):
        after(case, "take_evidence", official(), 2)
    assert not SiteLook.objects.exists()


def test_only_the_units_own_handlers_and_never_the_sender_nor_the_system(site):
    case = verifying(site)
    for who in (resident(case.pk), SYSTEM, official("610113-CG")):
        with pytest.raises(Refusal):
            after(case, "take_evidence", who, 2)
    assert jobs.work() == 0
    assert site.connections == 0


def asked(case, who, hours=2):
    """The case after a look that `who` asked for, and its files."""
    case = after(case, "take_evidence", who, hours)
    assert jobs.work() == 1
    return case, [one.name.partition(".")[2] for one in Attachment.objects.filter(case=case)]


@pytest.mark.both_databases
def test_whoever_renews_or_lifts_a_decision_looks_first_and_nobody_once_it_is_over(site):
    case = listed(f"http://icbc-jifen.example:{site.port}/login")
    for who in (official("610113-CG"), official(ABOVE, "supervisor"), SYSTEM):
        with pytest.raises(Refusal):
            after(case, "take_evidence", who, 2)
    case, files = asked(case, official(role="head"))
    assert files == ["warc.gz"]
    assert taken_act(case).private["status"] == "200"
    assert filing.for_sender(case) == {}
    row = Listed.objects.get(case=case)
    assert (row.state, row.version) == ("in_force", 1), "a look changes nothing of what is published"
    after(case, "lift", official(), 3, text="已核实无害")
    with pytest.raises(Refusal):
        after(case, "take_evidence", official(), 4)


@pytest.mark.both_databases
def test_the_unit_that_decides_on_an_objection_looks_for_itself(site):
    decided = listed(f"http://icbc-jifen.example:{site.port}/login")
    sent = Submission(
        "report_objection", "6001", "610000", "申诉", "已经换成新的", about=decided.pk, inputs={"role": "owner"}
    )
    case = submit(sent, NEWCOMER, now=NOON + timedelta(hours=1))[0]
    for who in (official(), resident(case.pk)):
        with pytest.raises(Refusal):
            after(case, "take_evidence", who, 2)
    case, files = asked(case, official(ABOVE))
    assert files == ["warc.gz"]
    assert site.asked == ["/login"]
    assert filing.for_sender(case) == {}
    browser = Client()
    browser.force_login(Official.objects.get(username=f"{ABOVE}-handler"))
    assert "取证完成" in browser.get(reverse("desk:case", args=[case.code])).content.decode()


def test_nothing_but_the_press_begins_a_look(site):
    case = verifying(site)
    for _round in range(2):
        jobs.keep_up()
        jobs.work()
    assert site.connections == 0
    assert not jobs.due()
    after(case, "take_evidence", official(), 2)
    assert jobs.due()


def test_what_could_not_be_read_is_said_in_words_and_its_record_is_kept(site):
    site.answers["/login"] = moved("http://169.254.169.254/latest")
    case = after(verifying(site), "take_evidence", official(), 2)
    jobs.work()
    row = SiteLook.objects.get()
    assert (row.state, row.reason) == ("failed", "address")
    act = Act.objects.get(case=case, act="evidence_failed")
    assert act.private["reason"] == "address"
    assert Attachment.objects.filter(case=case, act=act).count() == 1
    browser = Client()
    browser.force_login(Official.objects.get(username=f"{UNIT}-handler"))
    text = browser.get(reverse("desk:case", args=[case.code])).content.decode()
    assert "没有取到网页" in text
    assert "内部网络" in text


def test_the_case_page_shows_the_button_how_far_it_is_and_the_file(site):
    case = verifying(site)
    browser = Client()
    browser.force_login(Official.objects.get(username=f"{UNIT}-handler"))
    where = reverse("desk:case", args=[case.code])
    first = browser.get(where).content.decode()
    assert reverse("desk:act", args=[case.code, "take_evidence"]) in first
    case = after(case, "take_evidence", official(), 2)
    assert "正在取证" in browser.get(where).content.decode()
    jobs.work()
    done = browser.get(where).content.decode()
    assert "取证完成" in done
    assert ".warc.gz" in done
    key = Attachment.objects.get(case=case).key
    answer = browser.get(reverse("desk:file", args=[case.code, key]))
    assert "attachment" in answer["Content-Disposition"]
    assert answer.content.startswith(b"\x1f\x8b")


def test_a_process_that_died_leaves_a_look_that_can_be_asked_for_again(site, monkeypatch):
    case = after(verifying(site), "take_evidence", official(), 2)
    row = SiteLook.objects.get()
    SiteLook.objects.update(state="running", began_at=NOON)
    assert jobs.due()
    jobs.work()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("failed", "died")
    assert site.connections == 0
    after(case, "take_evidence", official(), 4)


@pytest.mark.both_databases
def test_two_workers_do_not_look_twice(site):
    after(verifying(site), "take_evidence", official(), 2)
    first = jobs._claimed()
    assert first is not None
    assert jobs._claimed() is None


def test_the_sender_reads_that_it_was_looked_at_and_gets_no_file(site):
    case = after(verifying(site), "take_evidence", official(), 2)
    jobs.work()
    assert filing.for_sender(case) == {}


@pytest.mark.skipif(not any(map(shutil.which, browsing.PROGRAMS)), reason="no Chromium on this machine")
def test_the_picture_becomes_a_file_whose_digest_the_act_says(site, settings):
    settings.EVIDENCE_BROWSER, settings.EVIDENCE_AS_ROOT = "", True
    case = after(verifying(site), "take_evidence", official(), 2)
    jobs.work()
    row = SiteLook.objects.get()
    if row.no_picture == "no_namespace":
        pytest.skip("this machine lets nobody make a network namespace")
    assert row.no_picture == ""
    item = Attachment.objects.get(case=case, media_type="image/png")
    assert taken_act(case).private["picture"] == hashlib.sha256(attachments.content_of(item)).hexdigest()
    assert site.asked == ["/login"], "what the record has is what the picture shows: each address is fetched once"


def test_every_reason_has_words():
    assert looking.REASONS | {"died"} == set(acts.REASONS)


def test_the_command_writes_what_was_found(site, tmp_path):
    found = CliRunner().invoke(
        app, ["evidence", "take", f"http://icbc-jifen.example:{site.port}/login", "--out", str(tmp_path / "out")]
    )
    assert found.exit_code == 0, found.output
    assert (tmp_path / "out" / looking.RECORD).exists()
    assert json.loads((tmp_path / "out" / looking.LOOK).read_text())["status"] == 200
    inward = CliRunner().invoke(app, ["evidence", "take", "http://127.0.0.1/", "--out", str(tmp_path / "in")])
    assert inward.exit_code == 1
    assert "address" in inward.output


def test_the_program_is_told_of_the_settings_and_of_the_platforms_own_names(settings):
    settings.ORIGIN, settings.EVIDENCE_PORTS, settings.EVIDENCE_REFUSE = (
        "https://city.example",
        "8080, 8443",
        "203.0.113.0/24",
    )
    told = taking.order("http://a.example/")
    assert "city.example" in told["refused_hosts"]
    assert told["ports"] == [8080, 8443]
    assert told["refused_networks"] == ["203.0.113.0/24"]
    assert "allowed" not in told
    assert "known" not in told
