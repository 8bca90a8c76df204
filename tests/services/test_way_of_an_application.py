"""The way of an application through its tables, each rule after its article."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tongban.accounts.models import Official
from tongban.cases.actor import NEWCOMER, SYSTEM
from tongban.cases.models import Act, Case
from tongban.cases.refusal import Refusal
from tongban.cases.retention import expire_due
from tongban.cases.writer import Submission, submit
from tongban.services import clock, models, rules

from .conftest import ABOVE, CIVIL, MARKET, NOON, accepted, after, applied, fresh, official, sender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]


def test_an_application_goes_to_the_unit_that_is_responsible_and_is_accepted_within_five_days():
    case = applied()
    assert (case.unit_id, case.state) == (MARKET, "received")
    assert case.due_at.date() == date(2026, 3, 9)  # five working days after Monday 2 March


def test_the_limits_run_from_acceptance_and_the_laws_own_is_kept_beside_the_promise():
    case = after(applied(), "accept", official(MARKET), NOON + timedelta(days=1))
    assert case.answer_due_at.date() == date(2026, 3, 17)
    legal = datetime.fromisoformat(rules.worked(case)["legal_due"])
    assert legal.date() == date(2026, 3, 31)


def test_what_is_missing_is_told_once_art_32():
    case = after(applied(), "tell_missing", official(MARKET), text="缺平面布局图")
    assert case.state == "correcting"
    assert case.due_at is None
    case = after(case, "correct", sender(case), NOON + timedelta(days=9), text="已补")
    with pytest.raises(Refusal) as refused:
        after(case, "tell_missing", official(MARKET), NOON + timedelta(days=9), text="还缺别的")
    assert "不能再要求补正" in str(refused.value.message)
    assert after(case, "accept", official(MARKET), NOON + timedelta(days=9)).state == "accepted"


def test_nobody_answers_in_five_working_days_and_it_is_accepted_from_receipt_art_32():
    case = applied()
    last = NOON.replace(hour=15, minute=59) + timedelta(days=7)  # 23:59 on the fifth working day
    assert clock.deem_accepted(last) == 0
    assert clock.deem_accepted(last + timedelta(minutes=2)) == 1
    case = fresh(case)
    assert case.state == "accepted"
    assert case.answer_due_at.date() == date(2026, 3, 16)  # ten working days from 2 March, not from 10
    assert clock.deem_accepted(last + timedelta(minutes=3)) == 0


def test_time_of_a_hearing_or_an_inspection_does_not_count_art_45():
    case = accepted()
    before = case.answer_due_at
    with pytest.raises(Refusal):
        after(case, "set_aside", official(MARKET), ground="weather", text="…", expected="2026-03-20")
    case = after(case, "set_aside", official(MARKET), NOON + timedelta(days=1), ground="experts", text="专家评审",
                 expected="2026-03-05")  # fmt: skip
    assert case.due_at is None
    case = after(case, "resume", official(MARKET), NOON + timedelta(days=4), text="评审结束")
    assert case.answer_due_at.date() == before.date() + timedelta(days=3)  # three working days


def test_ten_days_more_once_by_the_head_art_42():
    case = accepted()
    with pytest.raises(Refusal):
        after(case, "extend", official(MARKET), text="情况复杂")
    case = after(case, "extend", official(MARKET, "head"), NOON + timedelta(days=1), text="情况复杂")
    assert case.answer_due_at.date() == date(2026, 3, 30)
    assert datetime.fromisoformat(rules.worked(case)["legal_due"]).date() == date(2026, 4, 14)
    with pytest.raises(Refusal) as refused:
        after(case, "extend", official(MARKET, "head"), NOON + timedelta(days=2), text="还是复杂")
    assert "已经延长过一次" in str(refused.value.message)


def test_units_are_asked_at_the_same_time_and_the_decision_waits_for_them():
    case = accepted()
    after(case, "ask_opinions", official(MARKET), units=["610113-CG", "610113-WJ"], text="门头是否符合要求")
    opinions = list(Case.objects.filter(part_of=case).order_by("unit_id"))
    assert [one.unit_id for one in opinions] == ["610113-CG", "610113-WJ"]
    assert all(one.answer_due_at.date() == date(2026, 3, 9) for one in opinions)
    with pytest.raises(Refusal) as refused:
        after(case, "grant", official(MARKET), NOON + timedelta(days=2), text="准予")
    assert "还在等" in str(refused.value.message)
    with pytest.raises(Refusal):  # another unit's opinion is not theirs to give
        after(opinions[0], "give", official("610113-WJ"), NOON + timedelta(days=1), verdict="agree", text="同意")
    after(opinions[0], "give", official("610113-CG"), NOON + timedelta(days=1), verdict="agree", text="同意")
    after(opinions[1], "give", official("610113-WJ"), NOON + timedelta(days=2), verdict="conditions", text="装油烟净化")
    case = after(fresh(case), "grant", official(MARKET), NOON + timedelta(days=3), text="准予")
    assert case.state == "in_force"
    with pytest.raises(Refusal):
        after(case, "ask_opinions", official(MARKET), NOON + timedelta(days=3), units=[MARKET], text="?")


def test_a_licence_is_in_force_until_its_day_and_expires_by_itself():
    case = after(accepted(), "grant", official(MARKET), NOON + timedelta(days=3), text="准予")
    assert case.in_force_until == date(2031, 3, 4)  # sixty months from 5 March 2026
    assert expire_due(date(2031, 3, 4)) == 0
    assert expire_due(date(2031, 3, 5)) == 1
    assert fresh(case).state == "expired"


def test_what_has_no_end_is_over_when_it_is_granted():
    case = after(accepted("7001", born="1958-03-02", resident_here=True), "grant", official(CIVIL), text="准予")
    assert (case.state, case.phase) == ("granted", "over")


def renewal_of(case, at):
    sent = Submission("renewal", case.matter_id, case.place_id, "延续", "请延续", about=case.pk,
                      visibility="confidential")  # fmt: skip
    return submit(sent, sender(case), now=at)[0]


def test_silence_renews_art_50():
    case = after(accepted(), "grant", official(MARKET), NOON, text="准予")
    last = case.in_force_until
    asked = renewal_of(case, NOON + timedelta(days=1700))
    on_last_day = datetime(last.year, last.month, last.day, 15, 59, tzinfo=NOON.tzinfo)  # 23:59 in Shanghai
    assert clock.deem_renewed(on_last_day) == 0
    assert expire_due(last + timedelta(days=1)) == 0  # it waits for the decision
    assert clock.deem_renewed(on_last_day + timedelta(minutes=2)) == 1
    assert fresh(asked).state == "granted"
    assert fresh(case).in_force_until == date(last.year + 5, last.month, last.day)
    assert expire_due(last + timedelta(days=1)) == 0


def test_a_refusal_is_appealed_above_and_decided_anew_by_the_same_unit():
    case = after(accepted(), "refuse", official(MARKET), NOON + timedelta(days=1), text="场所不符合第三十三条")
    sent = Submission("service_appeal", case.matter_id, case.place_id, "复查", "场所符合", about=case.pk,
                      visibility="confidential")  # fmt: skip
    appeal = submit(sent, sender(case), now=NOON + timedelta(days=2))[0]
    assert appeal.unit_id == ABOVE
    with pytest.raises(Refusal):
        after(appeal, "set_aside", official(MARKET), NOON + timedelta(days=3), text="撤销")
    after(appeal, "set_aside", official(ABOVE, "supervisor"), NOON + timedelta(days=3), text="事实不清")
    case = fresh(case)
    assert (case.state, case.unit_id) == ("accepted", MARKET)
    assert case.answered_at is None


def test_the_head_revokes_and_nobody_else():
    case = after(accepted(), "grant", official(MARKET), NOON, text="准予")
    with pytest.raises(Refusal):
        after(case, "revoke", official(MARKET), NOON + timedelta(days=1), text="以欺骗取得")
    assert (
        after(case, "revoke", official(MARKET, "head"), NOON + timedelta(days=1), text="以欺骗取得").state == "revoked"
    )


def test_the_decision_says_whether_it_was_in_time_against_both_limits():
    case = after(accepted(), "grant", official(MARKET), NOON + timedelta(days=20), text="准予")
    public = Act.objects.get(case=case, act="grant").public
    assert (public["in_time"], public["in_law"]) == (False, True)


def test_the_clock_alone_deems():
    case = applied()
    with pytest.raises(Refusal):
        after(case, "deem_accepted", official(MARKET))
    assert after(case, "deem_accepted", SYSTEM).state == "accepted"


def test_what_is_suspended_has_no_effect_until_it_is_reinstated_and_expires_all_the_same():
    case = after(accepted(), "grant", official(MARKET), NOON, text="准予")
    with pytest.raises(Refusal):
        after(case, "suspend", official(MARKET), NOON + timedelta(days=1), text="限期改正")
    case = after(case, "suspend", official(MARKET, "head"), NOON + timedelta(days=1), text="限期改正")
    assert (case.state, case.phase) == ("suspended", "in_force")
    assert case.certificates.get().state == "suspended"
    case = after(case, "reinstate", official(MARKET, "head"), NOON + timedelta(days=2), text="已经改正")
    assert case.certificates.get().state == "good"
    case = after(case, "suspend", official(MARKET, "head"), NOON + timedelta(days=3), text="再次限期改正")
    assert expire_due(case.in_force_until + timedelta(days=1)) == 1
    assert fresh(case).state == "expired"


def test_silence_renews_what_is_suspended_too_and_it_stays_suspended_art_50():
    case = after(accepted(), "grant", official(MARKET), NOON, text="准予")
    last = case.in_force_until
    asked = renewal_of(case, NOON + timedelta(days=1700))
    after(case, "suspend", official(MARKET, "head"), NOON + timedelta(days=1701), text="限期改正")
    next_day = datetime(last.year, last.month, last.day, 16, 1, tzinfo=NOON.tzinfo)  # 00:01 in Shanghai
    assert clock.deem_renewed(next_day) == 1
    case = fresh(case)
    assert (fresh(asked).state, case.state) == ("granted", "suspended")
    assert case.in_force_until == date(last.year + 5, last.month, last.day)
    assert set(case.certificates.values_list("state", flat=True)) == {"replaced", "suspended"}


def test_a_false_promise_ends_the_certificate_with_the_decision_art_40():
    models.Item.objects.filter(matter="7003").update(by_promise=True)
    extra = {"facts": {}, "item": "1949-10-01", "valid_months": 60, "promised": True, "id_number": "x"}
    sent = Submission("application", "7003", "610113", "食品经营许可", "", visibility="confidential", extra=extra)
    case = submit(sent, NEWCOMER, now=NOON)[0]
    case = after(after(case, "accept", official(MARKET)), "grant", official(MARKET), text="准予")
    assert case.certificates.get().state == "good"
    case = after(case, "check_promise", official(MARKET), NOON + timedelta(days=9), kept="false", text="核查不属实")
    assert (case.state, case.certificates.get().state) == ("revoked", "revoked")


def test_the_page_of_an_opinion_speaks_of_no_sender_for_there_is_none(client, settings):
    settings.SECOND_FACTOR = False
    case = accepted()
    after(case, "ask_opinions", official(MARKET), units=["610113-CG"], text="门头是否符合要求")
    asked = Case.objects.get(part_of=case)
    client.force_login(Official.objects.get(pk=official("610113-CG").official_id))
    page = client.get(f"/desk/c/{asked.code}/").content.decode()
    assert "门头是否符合要求" in page
    assert 'id="act-give"' in page
    for words in ("匿名提交", 'id="contact"', "提交人可以下载"):
        assert words not in page, words
    client.force_login(Official.objects.get(pk=official(MARKET).official_id))
    assert 'id="contact"' in client.get(f"/desk/c/{case.code}/").content.decode()
