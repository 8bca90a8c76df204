"""From a hint to a block that explains itself, ends and can be undone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.cases import access, retention
from tongban.cases.actor import NEWCOMER, resident
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission, submit
from tongban.registry import snapshot
from tongban.reports import register
from tongban.reports.models import Listed, Reported

from .conftest import ABOVE, NOON, UNIT, after, decision, listed, official, report

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("city")]


def in_feed(days=3):
    return [row.name for row in register.in_force((NOON + timedelta(days=days)).date())]


def test_a_decision_is_in_the_feed_at_once_and_ends_by_itself_on_its_day():
    listing = listed()
    assert (listing.unit_id, listing.state, listing.phase) == (UNIT, "in_force", "in_force")
    assert in_feed() == ["icbc-jifen.example"]
    report_case = Case.objects.get(pk=listing.part_of_id)
    assert (report_case.state, report_case.phase) == ("decided", "over")
    last = listing.in_force_until
    assert in_feed((last - NOON.date()).days) == ["icbc-jifen.example"]
    assert in_feed((last - NOON.date()).days + 1) == [], "out of the feed before the worker says so"
    assert retention.expire_due(NOON + timedelta(days=31)) == 1
    assert Listed.objects.get().state == "expired"


def test_the_serial_grows_with_every_change_and_with_the_day_on_which_a_row_is_out():
    listing = listed()
    last = listing.in_force_until
    serials = [register.serial(NOON.date())]
    after(listing, "suspend", official(ABOVE, "supervisor"), 3)
    serials.append(register.serial(NOON.date()))
    after(listing, "resume", official(ABOVE, "supervisor"), 3)
    serials += [register.serial(NOON.date()), register.serial(last), register.serial(last + timedelta(days=1))]
    assert serials == sorted(set(serials))


def test_a_message_is_read_for_its_address_and_a_number_can_only_be_referred():
    pasted = report("【工行】您的积分到期，请登录 hxxp://icbc-jifen[.]example/login 兑换")
    assert (pasted.private or {})["extra"]["site"] == "http://icbc-jifen.example/login"
    number = after(report("13800000000 来电说我快递丢失"), "accept", official())
    with pytest.raises(Refusal, match="not_allowed"):
        after(number, "decide", official(), 2, **decision())
    after(number, "refer", official(), 2, to="police", text="已转公安机关。")
    assert not Listed.objects.exists()


@pytest.mark.parametrize(
    ("found", "scope"),
    [
        ("http://1.2.3.4/x", "host"),
        ("http://shaanxi.gov.cn/x", "url"),
        ("http://bucket.oss-cn-beijing.aliyuncs.com/x", "host"),
        ("http://someone.github.io/x", "domain"),
        ("https://bit.ly/", "url"),
    ],
)
def test_what_would_block_other_people_is_refused_with_the_reason_at_its_field(found, scope):
    case = after(report(found), "accept", official())
    if found == "http://someone.github.io/x":
        after(case, "decide", official(), 2, **decision(scope=scope))  # one person's own name under a shared one
        return
    with pytest.raises(Refusal) as refused:
        after(case, "decide", official(), 2, **decision(scope=scope))
    assert (refused.value.code, refused.value.field) == ("bad_input", "scope")
    assert not Listed.objects.exists()


def test_a_whole_domain_needs_a_second_person_who_is_another():
    case = after(report("http://a.evil.example/x"), "accept", official())
    case = after(case, "decide", official(), 2, **decision(scope="domain"))
    listing = Case.objects.get(part_of=case)
    assert (case.state, listing.state, in_feed()) == ("proposed", "proposed", [])
    with pytest.raises(Refusal, match="not_allowed"):
        after(listing, "confirm", official(UNIT, "head", f"{UNIT}-handler"), 3)
    after(listing, "confirm", official(UNIT, "head"), 3)
    case.refresh_from_db()
    assert (case.state, in_feed()) == ("decided", ["evil.example"])


def test_the_second_person_turns_down_and_it_is_verified_again():
    case = after(report("http://a.evil.example/x"), "accept", official())
    after(case, "decide", official(), 2, **decision(scope="domain"))
    after(Case.objects.get(part_of=case), "turn_down", official(UNIT, "head"), 3, text="证据不足")
    case.refresh_from_db()
    assert (case.state, Listed.objects.count()) == ("verifying", 0)


def test_a_decision_names_an_article_of_its_own_harm_and_at_most_ninety_days():
    case = after(report(), "accept", official())
    with pytest.raises(Refusal, match="bad_input"):
        after(case, "decide", official(), 2, **{**decision(), "basis": "《民法典》第一千零三十二条、第一千零三十三条"})
    with pytest.raises(Refusal, match="bad_input"):
        after(case, "decide", official(), 2, **decision(days=91))


def test_an_objection_by_anyone_goes_above_and_lifts_in_the_same_transaction():
    listing = listed("http://qipai.example/", "6002")
    sent = Submission(
        "report_objection", "6002", "610000", "申诉", "我们只是资讯", about=listing.pk, inputs={"role": "owner"}
    )
    objection = submit(sent, NEWCOMER, now=NOON + timedelta(days=1))[0]
    assert objection.unit_id == ABOVE
    assert not access.may_see(official(), objection, snapshot.current()), "who decided does not decide again"
    assert access.may_see(official(ABOVE), listing, snapshot.current())
    after(objection, "pause", official(ABOVE), 25)
    listing.refresh_from_db()
    assert (listing.state, in_feed()) == ("suspended", [])
    after(objection, "grant", official(ABOVE), 26, text="确是资讯网站")
    listing.refresh_from_db()
    assert (listing.state, listing.phase, Listed.objects.get().state) == ("lifted", "over", "overturned")


def test_an_objection_that_fails_brings_a_paused_block_back_for_what_is_left_of_it():
    listing = listed("http://qipai.example/", "6002")
    until = listing.in_force_until
    sent = Submission(
        "report_objection", "6002", "610000", "申诉", "我们只是资讯", about=listing.pk, inputs={"role": "hit"}
    )
    objection = submit(sent, NEWCOMER, now=NOON + timedelta(days=1))[0]
    after(objection, "pause", official(ABOVE), 25)
    with pytest.raises(Refusal, match="not_allowed"):
        after(listing, "resume", official(ABOVE, "supervisor"), 26)
    renewed = {"until": (NOON + timedelta(days=60)).date().isoformat(), "statement": "仍在提供充值"}
    with pytest.raises(Refusal, match="wrong_state"):
        after(listing, "renew", official(UNIT, "head"), 26, **renewed)
    after(objection, "reject", official(ABOVE), 27, text="提供充值提现")
    listing.refresh_from_db()
    assert (listing.state, listing.in_force_until, in_feed()) == ("in_force", until, ["qipai.example"])


def test_reports_on_one_name_are_decided_together():
    first = after(report(), "accept", official())
    twin = report("http://icbc-jifen.example/other", hours=1)
    after(twin, "merge", official(), 2, case=first.pk)
    after(first, "decide", official(), 3, **decision())
    twin.refresh_from_db()
    assert twin.state == "decided"


def test_the_name_is_found_again_by_a_keyed_hash_that_goes_with_the_report():
    case = report()
    kept = Reported.objects.get()
    assert "icbc" not in f"{kept.host_key}{kept.site_key}"
    case = after(case, "withdraw", resident(case.pk))
    assert retention.erase_due(date(2099, 1, 1)) == 1
    assert not Reported.objects.exists()


def test_a_stranger_and_another_unit_do_nothing():
    case = report()
    for who in (official("610113-CG"), resident(0)):
        with pytest.raises(Refusal):
            after(case, "accept", who)


def test_what_a_report_has_just_written_is_not_read_again():
    report("http://warm.example/")
    with CaptureQueriesContext(connection) as asked:
        case = report()
    assert not [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    assert case.acts.get().private, "what was typed is sealed to the case, which was there already"
