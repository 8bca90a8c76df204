"""People other than the applicant, each rule after its article of 行政许可法; `NOON` is Monday 2 March 2026."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tongban.cases.models import Act, Case, Notice
from tongban.cases.refusal import Refusal
from tongban.services import appointments
from tongban.services.parties import clock
from tongban.workdays import shanghai_day

from .conftest import CIVIL, MARKET, NOON, accepted, after, applied, fresh, official, sender
from .hearing_others import BY_MAIL, CONCERNS, DAY, HEARING, OVER, by_paper, named, right_told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]


def refused(case, act, who, at=NOON, /, **said):
    with pytest.raises(Refusal) as found:
        after(case, act, who, at, **said)
    return str(found.value.message)


def test_whoever_is_concerned_is_told_and_gets_a_case_of_their_own_art_36():
    case, party = named()
    assert (party.state, party.unit_id, party.part_of_id, party.sender) == ("told", MARKET, case.pk, "王芳")
    assert (party.subject, party.body) == ("食品经营许可", CONCERNS)
    assert (case.state, party.secret_digest != case.secret_digest) == ("accepted", True)
    assert Act.objects.get(case=party, act="submit").public["until"] == "2026-03-09"


def test_the_first_message_says_how_to_get_a_password_and_nothing_of_the_application():
    _case, party = named()
    sent = Notice.objects.get(case=party).private
    assert sent["to"] == BY_MAIL["email"]
    assert "2026-03-09" in sent["text"]
    assert "/follow/recover/" in sent["text"]
    for secret in ("李明", "王芳", "食品", "排烟", "小寨"):
        assert secret not in sent["text"] + sent["subject"]


def test_nobody_is_named_without_a_way_to_reach_them_twice_or_who_is_the_applicant():
    case, _party = named()
    again = {**BY_MAIL, "party": "赵四"}
    assert "联系办法" in refused(case, "name_party", official(MARKET), party="赵四", text="同他有关")
    assert "已经告知过" in refused(case, "name_party", official(MARKET), **BY_MAIL)
    assert "申请人本人" in refused(case, "name_party", official(MARKET), **{**again, "party": "李明"})
    assert "申请人的姓名" in refused(case, "name_party", official(MARKET), **{**again, "text": "李明要开店"})


def test_only_the_unit_names_somebody_and_only_while_the_application_is_examined():
    case = accepted()
    for who in (official(CIVIL), sender(case), official("610113-GOV", "supervisor")):
        refused(case, "name_party", who, **BY_MAIL)
    refused(applied(), "name_party", official(MARKET), **BY_MAIL)
    assert not Case.objects.filter(kind="interested").exists()


def test_who_has_no_electronic_address_is_told_once_the_sheet_is_delivered_art_36():
    case, party = by_paper()
    assert (party.state, Notice.objects.filter(case=party).count()) == ("to_tell", 0)
    said = {"delivered": "2026-03-03", "how": "post"}
    assert "先制作告知书" in refused(party, "tell", official(MARKET), NOON + DAY, **said)
    after(party, "make_sheet", official(MARKET), NOON, digest="a" * 64, link="a" * 64)
    assert "没有告知到" in refused(right_told(case), "grant", official(MARKET), OVER + 30 * DAY, text="准予")
    assert "不能早于" in refused(
        party, "tell", official(MARKET), NOON + DAY, **{**said, "delivered": "2026-03-01"})  # fmt: skip
    party = after(party, "tell", official(MARKET), NOON + 2 * DAY, **said)
    assert (party.state, Act.objects.get(case=party, act="tell").public["until"]) == ("told", "2026-03-10")


def test_who_answers_before_the_delivery_was_noted_has_been_told():
    _case, party = by_paper()
    after(party, "make_sheet", official(MARKET), NOON, digest="a" * 64, link="a" * 64)
    party = after(party, "speak", sender(party), NOON + DAY, text="刚收到")
    assert (party.state, Act.objects.get(case=party, act="speak").public["until"]) == ("told", "2026-03-10")
    assert after(party, "ask_hearing", sender(party), NOON + DAY).state == "hearing"


def test_a_message_that_did_not_arrive_told_nobody():
    case, party = named()
    Notice.objects.filter(case=party).update(state="failed")
    assert clock.close_asking(NOON + DAY) == 1
    assert fresh(party).state == "to_tell"
    assert "没有告知到" in refused(right_told(case), "grant", official(MARKET), OVER, text="准予")


def test_who_answered_was_told_however_the_message_went():
    _case, party = named()
    after(party, "speak", sender(party), NOON, text="看到了")
    Notice.objects.filter(case=party).update(state="failed")
    assert clock.close_asking(NOON + DAY) == 0


def test_the_decision_waits_five_working_days_for_the_party_art_47():
    case, party = named()
    right_told(case)
    for act in ("grant", "grant_in_part", "refuse"):
        assert "2026-03-09" in refused(case, act, official(MARKET), NOON + DAY, text="决定")
    assert clock.close_asking(OVER - DAY) == 0
    assert clock.close_asking(OVER) == 1
    assert (fresh(party).state, clock.close_asking(OVER)) == ("silent", 0)
    assert after(case, "grant", official(MARKET), OVER, text="准予").state == "in_force"
    assert fresh(party).state == "decided"


def test_the_days_end_with_the_day_even_where_the_worker_has_not_been_there():
    case, party = named()
    right_told(case)
    assert "期限已过" in refused(party, "ask_hearing", sender(party), OVER)
    assert after(case, "refuse", official(MARKET), OVER, text="不符合").state == "refused"
    assert fresh(party).state == "decided"


def test_the_applicant_is_told_of_the_same_right_before_the_decision_art_47():
    case, party = named()
    after(party, "waive_hearing", sender(party), NOON)
    assert "告知申请人" in refused(case, "grant", official(MARKET), NOON, text="准予")
    assert after(right_told(case), "grant", official(MARKET), NOON, text="准予").state == "in_force"


def test_what_a_party_says_is_weighed_before_the_decision_and_told_with_it_art_36():
    case, party = named()
    right_told(case)
    assert "还没有利害关系人的意见" in refused(case, "weigh", official(MARKET), text="没有")
    party = after(party, "speak", sender(party), NOON, text="油烟会进家里，要求装净化设备")
    assert after(party, "waive_hearing", sender(party), NOON).state == "spoke"
    assert "写明怎样考虑" in refused(case, "grant", official(MARKET), NOON, text="准予")
    after(case, "weigh", official(MARKET), NOON, text="要求装油烟净化设备，验收后营业。")
    after(party, "speak", sender(party), NOON, text="还有噪音")
    assert "写明怎样考虑" in refused(case, "grant", official(MARKET), NOON, text="准予")
    after(case, "weigh", official(MARKET), NOON, text="装净化设备，风机做减振。")
    after(case, "grant_in_part", official(MARKET), NOON, text="李明提交的流水表明……准予一年")
    told = Act.objects.get(case=party, act="tell_part")
    assert (told.text, fresh(party).state) == ("装净化设备，风机做减振。", "decided")
    assert "李明" not in str(told.private) + str(told.public)


def test_who_was_silent_can_still_speak_until_the_decision_art_36():
    case, party = named()
    right_told(case)
    clock.close_asking(OVER)
    assert after(party, "speak", sender(party), OVER + DAY, text="刚看到").state == "spoke"
    assert "写明怎样考虑" in refused(case, "grant", official(MARKET), OVER + DAY, text="准予")


def test_a_hearing_asked_for_is_held_within_twenty_days_that_do_not_count_arts_45_47():
    case, party = named()
    party = after(party, "ask_hearing", sender(party), NOON + DAY, text="要当面说")
    case = fresh(case)
    assert (party.state, case.state, case.due_at) == ("hearing", "set_aside", None)
    asked = Act.objects.get(case=case, act="party_asked")
    assert (asked.public["ground"], asked.public["expected"]) == ("hearing", "2026-03-31")
    assert shanghai_day(party.due_at) == date(2026, 3, 31)
    late = {**HEARING, "at": "2026-04-01T10:00"}
    assert "二十日内" in refused(case, "appoint", official(MARKET), NOON + DAY, **late)
    soon = {**HEARING, "at": "2026-03-11T10:00"}
    assert "七日前" in refused(case, "appoint", official(MARKET), NOON + DAY, **soon)


def asked_and_fixed():
    case, party = named()
    after(party, "ask_hearing", sender(party), NOON)
    after(case, "appoint", official(MARKET), NOON, **HEARING)
    return fresh(case), fresh(party)


def test_the_hearing_is_told_to_the_parties_seven_days_before_with_who_presides_art_48():
    case, party = asked_and_fixed()
    _same, other = named(case, NOON, party="赵四", email="zhaosi@example.org")
    for one in (party, other):
        found = appointments.appointed(one)
        assert (found.where, found.comes, found.prepare) == ("小寨东路 1 号二楼会议室", "主持人 周正", "")
    sent = [notice.private["text"] for notice in Notice.objects.filter(case=party)]
    assert any("听证的时间和地点" in text for text in sent)
    assert not any("会议室" in text or "03-18" in text for text in sent)


def test_an_inspection_is_not_told_to_the_parties():
    case, party = named()
    after(case, "set_aside", official(MARKET), NOON, ground="inspection", text="现场核查", expected="2026-03-20")
    after(case, "appoint", official(MARKET), NOON, **{**HEARING, "comes": "张力、王敏"})
    assert appointments.appointed(fresh(party)) is None
    assert not Act.objects.filter(case=party, act="told_hearing").exists()


def test_no_decision_before_the_hearing_that_a_party_asked_for_was_held_art_47():
    case, party = asked_and_fixed()
    held = datetime.fromisoformat("2026-03-18T12:00+08:00")
    after(case, "note_appointment", official(MARKET), NOON + DAY, result="given_up", text="算了")
    assert (fresh(case).state, fresh(party).state) == ("accepted", "hearing")
    assert "还没有举行" in refused(case, "grant", official(MARKET), held, text="准予")
    after(case, "set_aside", official(MARKET), NOON + 2 * DAY, ground="hearing", text="听证", expected="2026-03-20")
    after(case, "appoint", official(MARKET), NOON + 2 * DAY, **HEARING)
    after(case, "note_appointment", official(MARKET), held, result="held", text="笔录见附件")
    assert fresh(party).state == "heard"
    assert "写明怎样考虑" in refused(case, "grant", official(MARKET), held, text="准予")
    after(case, "weigh", official(MARKET), held, text="根据听证笔录，要求装净化设备。")
    assert after(case, "grant", official(MARKET), held, text="准予").state == "in_force"


def test_a_hearing_begun_again_keeps_the_twenty_days_of_who_asked():
    case, party = asked_and_fixed()
    after(case, "resume", official(MARKET), NOON + DAY, text="结束")
    assert (fresh(party).state, appointments.appointed(fresh(party))) == ("hearing", None)
    after(case, "set_aside", official(MARKET), NOON + DAY, ground="hearing", text="听证", expected="2026-03-20")
    late = {**HEARING, "at": "2026-04-02T10:00"}
    assert "二十日内" in refused(case, "appoint", official(MARKET), NOON + DAY, **late)


def test_who_asked_can_do_without_and_the_decision_need_not_wait():
    case, party = asked_and_fixed()
    assert after(party, "waive_hearing", sender(party), NOON + DAY).state == "silent"
    after(case, "note_appointment", official(MARKET), NOON + DAY, result="given_up", text="利害关系人不再要求")
    assert after(case, "grant", official(MARKET), NOON + DAY, text="准予").state == "in_force"


def test_a_hearing_asked_for_during_an_inspection_follows_it():
    case, party = named()
    after(case, "set_aside", official(MARKET), NOON, ground="inspection", text="现场核查", expected="2026-03-20")
    after(party, "ask_hearing", sender(party), NOON)
    after(case, "resume", official(MARKET), NOON + DAY, text="查完了")
    assert (fresh(case).state, fresh(party).state) == ("accepted", "hearing")
    assert "还没有举行" in refused(case, "refuse", official(MARKET), NOON + DAY, text="不准")


def test_the_reminder_of_a_hearing_reaches_the_party():
    case, party = asked_and_fixed()
    Notice.objects.all().delete()
    assert appointments.remind(datetime.fromisoformat("2026-03-17T12:00+08:00")) >= 1
    assert Notice.objects.filter(case=party).exists()
    assert not any("会议室" in notice.private["text"] for notice in Notice.objects.filter(case=party))


def test_an_application_that_ends_without_a_decision_needs_nobody_any_more():
    case, party = named()
    after(case, "withdraw", sender(case), NOON)
    assert fresh(party).state == "not_needed"
    refused(party, "speak", sender(party), NOON, text="等等")


def test_found_by_mistake_is_taken_back_before_they_were_told_and_not_afterwards():
    case, party = by_paper()
    assert after(party, "take_back", official(MARKET), NOON, text="地址写错了").state == "not_needed"
    assert after(case, "grant", official(MARKET), NOON, text="准予").state == "in_force"
    _case, told = named(accepted())
    refused(told, "take_back", official(MARKET), NOON, text="不想听了")


def test_a_sheet_is_not_made_any_more_once_its_person_answered():
    _case, party = named()
    assert after(party, "make_sheet", official(MARKET), NOON, digest="b" * 64, link="b" * 64).secret_digest == "b" * 64
    assert "以前的密码已作废" in Notice.objects.filter(case=party).latest("pk").private["text"]
    after(party, "speak", sender(party), NOON, text="我有话说")
    assert "已经答复" in refused(party, "make_sheet", official(MARKET), NOON, digest="c" * 64, link="c" * 64)


def test_decided_anew_after_an_appeal_the_party_is_heard_again():
    from tongban.cases.actor import SYSTEM

    case, party = named()
    right_told(case)
    after(party, "speak", sender(party), NOON, text="油烟")
    after(party, "waive_hearing", sender(party), NOON)
    after(case, "weigh", official(MARKET), NOON, text="装净化设备。")
    after(case, "grant", official(MARKET), NOON, text="准予")
    after(case, "begin_anew", SYSTEM, NOON + DAY)
    assert fresh(party).state == "spoke"
    after(party, "speak", sender(party), NOON + DAY, text="设备没有装")
    assert "写明怎样考虑" in refused(case, "refuse", official(MARKET), NOON + DAY, text="不准")


def test_a_unit_asked_for_an_opinion_does_not_see_the_parties():
    from tongban.cases import access
    from tongban.registry import snapshot

    case, party = named()
    after(case, "ask_opinions", official(MARKET), NOON, units=["610113-CG"], text="油烟排放？")
    registry = snapshot.current()
    for other in (official("610113-CG"), official(CIVIL)):
        assert not access.may_see(other, party, registry)
        assert not access.cases_for(other, registry).filter(pk=party.pk).exists()
    assert access.may_see(official(MARKET), party, registry)


def test_neither_sees_the_case_of_the_other():
    case, party = named()
    _case, other = named(case, NOON, party="赵四", email="zhaosi@example.org")
    for who, act, of in ((party, "speak", other), (other, "speak", party), (case, "speak", party)):
        assert "没有找到" in refused(of, act, sender(who), text="冒充")
    assert "没有找到" in refused(case, "withdraw", sender(party))
