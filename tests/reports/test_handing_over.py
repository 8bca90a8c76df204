"""A report of harm to children that came by the ordinary way: one act seals the address to the named body's key and
erases what the house had; nobody else sees more than that there was one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.reports.conftest import NOON, UNIT, after, decision, official, report
from tests.reports.test_sealed_reports import ADDRESS, HOST, free_of_it
from tongban.accounts.models import Official
from tongban.cases import attachments
from tongban.cases.actor import NEWCOMER, resident
from tongban.cases.index import erasing
from tongban.cases.models import Act, Attachment, Case, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.search import case_ids, where
from tongban.cases.settling import settle
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.ledger.models import QueuedEntry
from tongban.registry import snapshot
from tongban.reports.models import Listed, Reported, SealedReport, SiteLook
from tongban.reports.sealed import envelope

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("city")]


@pytest.fixture
def body(settings, tmp_path, monkeypatch):
    private, public = envelope.new_keys("police.example")
    settings.CHILD_SAFETY_KEY, settings.CHILD_SAFETY_BODY = public, "省公安厅"
    settings.DATA, settings.ATTACHMENT_ROOT = tmp_path, tmp_path / "attachments"
    settings.SECOND_FACTOR = settings.RATE_LIMITS = False
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    cache.clear()
    return private


def ordinary(found=ADDRESS, words=f"在 {HOST} 看到的"):
    attachments.keep("x.txt", f"看 {ADDRESS}".encode(), "draft-of-it")
    sent = Submission(
        "report", "6003", "610000", "举报", words, inputs={"found": found}, visibility="confidential",
        email="who@sender.example", draft="draft-of-it",
    )  # fmt: skip
    return submit(sent, NEWCOMER, now=NOON)[0]


def everything_opened():
    """Every row of the kernel and the door, with its sealed parts opened."""
    rows = [case.private for case in Case.objects.all()] + [(act.private, act.public) for act in Act.objects.all()]
    rows += [item.private for item in Attachment.objects.all()] + [one.private for one in Notice.objects.all()]
    rows += list(Reported.objects.values()) + list(Listed.objects.values()) + list(SiteLook.objects.values())
    rows += [bytes(row.entry).decode() for row in QueuedEntry.objects.all()]
    return json.dumps(rows, ensure_ascii=False, default=str)


def test_one_act_seals_it_to_the_body_and_erases_the_ordinary_copy(body, settings, django_capture_on_commit_callbacks):
    case = ordinary()
    settle(500)
    case = after(case, "accept", official(), 0)
    after(case, "note", official(), 0, text=f"看了 {HOST}")
    assert not free_of_it(everything_opened())
    assert case_ids("unspeakable", where(official(), snapshot.current()))
    with django_capture_on_commit_callbacks(execute=True):
        case = after(case, "hand_over", official(), 0)
    settle(500)
    erasing.take_out()  # the worker's, within a second
    found = envelope.opened(body, bytes(SealedReport.objects.get().envelope))
    assert found["address"] == ADDRESS
    assert "在" not in json.dumps(found, ensure_ascii=False), "the address alone is handed over"
    assert free_of_it(everything_opened())
    assert "who@sender.example" not in everything_opened()
    assert not Reported.objects.exists()
    assert not Notice.objects.exists()
    assert not [file for file in Path(settings.ATTACHMENT_ROOT).rglob("*") if file.is_file()]
    assert not case_ids("unspeakable", where(official(), snapshot.current()))
    case.refresh_from_db()
    assert (case.state, case.private) == ("handed_over", None)
    assert case.erased_at is not None
    assert set(Act.objects.filter(case=case).values_list("private", "salt")) == {(None, None)}
    ledger = [json.loads(bytes(row.entry)) for row in QueuedEntry.objects.all()]
    assert [one for one in ledger if one["kind"] == "sealed"] == [
        {"act": "taken", "at": "2026-03", "kind": "sealed", "v": 2}
    ]


@pytest.mark.parametrize("who", ["handler", "head", "supervisor", "clerk"])
def test_no_page_of_the_desk_nor_the_senders_shows_it_afterwards(body, who):
    case = after(after(ordinary(), "accept", official(), 0), "hand_over", official(), 0)
    official(UNIT, who)
    browser = Client(raise_request_exception=False)
    browser.force_login(Official.objects.get(username=f"{UNIT}-{who}"))
    for address in (reverse("desk:case", args=[case.code]), reverse("desk:tray"), "/desk/tray/?group=done"):
        assert free_of_it(browser.get(address).content), address
    assert free_of_it(browser.get(f"/desk/reports/{case.code}/campaign/").content)


def test_what_was_merged_goes_the_same_way(body):
    first, second = after(ordinary(), "accept", official(), 0), ordinary(f"http://{HOST}/other")
    after(second, "merge", official(), 0, case=str(first.pk))
    after(first, "hand_over", official(), 0)
    assert {row.state for row in Case.objects.all()} == {"handed_over"}
    assert free_of_it(everything_opened())
    opened = {envelope.opened(body, bytes(row.envelope))["address"] for row in SealedReport.objects.all()}
    assert opened == {ADDRESS, f"http://{HOST}/other"}


def test_also_one_that_was_answered_already_and_what_a_second_person_gave_back(body, tmp_path):
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "popular.txt").write_text(f"{HOST}\n")
    done = after(after(ordinary(), "accept", official(), 0), "dismiss", official(), 0, text=f"{HOST} 没有发现")
    after(done, "hand_over", official(), 0)
    assert free_of_it(everything_opened())
    case = after(ordinary(), "accept", official(), 0)
    after(case, "decide", official(), 0, **decision("6003"))
    with pytest.raises(Refusal):
        after(case, "hand_over", official(), 0)
    after(Case.objects.get(part_of=case), "turn_down", official(role="head"), 0, text=f"{HOST} 不是")
    after(case, "hand_over", official(), 0)
    assert free_of_it(everything_opened())
    assert not Case.objects.exclude(private=None).exists()


def test_a_decision_in_the_register_is_lifted_first(body):
    case = after(report(), "accept", official(), 0)
    case = after(case, "decide", official(), 0, **decision())
    with pytest.raises(Refusal, match="wrong_state"):
        after(case, "hand_over", official(), 0)
    assert not SealedReport.objects.exists()


def test_without_a_named_body_or_an_address_nothing_is_erased(body, settings):
    number = after(report("13800138000"), "accept", official(), 0)
    with pytest.raises(Refusal, match="not_allowed"):
        after(number, "hand_over", official(), 0)
    settings.CHILD_SAFETY_KEY = ""
    case = after(ordinary(), "accept", official(), 0)
    with pytest.raises(Refusal, match="not_allowed"):
        after(case, "hand_over", official(), 0)
    assert Case.objects.get(pk=case.pk).erased_at is None


def test_only_the_units_own_handlers(body):
    case = ordinary()
    for who in (resident(case.pk), official("610113-CG")):
        with pytest.raises(Refusal):
            after(case, "hand_over", who, 0)
    assert Case.objects.get(pk=case.pk).erased_at is None


def test_where_it_cannot_be_sealed_nothing_is_erased(body, monkeypatch):
    case = after(ordinary(), "accept", official(), 0)

    def broken(*_arguments):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(envelope, "seal", broken)
    with pytest.raises(RuntimeError):
        perform(case.pk, Step("hand_over", official(), {}))
    case.refresh_from_db()
    assert (case.state, case.erased_at) == ("verifying", None)
    assert case.private is not None


def test_nothing_is_fetched_for_it_and_a_look_under_way_is_forgotten(body, settings):
    settings.EVIDENCE = True
    case = after(after(ordinary(), "accept", official(), 0), "take_evidence", official(), 0)
    after(case, "hand_over", official(), 0)
    assert not SiteLook.objects.exists()
    with pytest.raises(Refusal):
        after(case, "take_evidence", official(), 0)


def test_nothing_is_left_in_any_column_in_the_clear(body):
    after(after(ordinary(), "accept", official(), 0), "hand_over", official(), 0)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert free_of_it(repr(cursor.fetchall())), table
