"""Hearings and inspections by appointment, each rule after its article (行政许可法); Monday 2 March 2026 is `NOON`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from tongban.accounts.models import Official
from tongban.cases import receipts
from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Act, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission, submit
from tongban.services import appointments, documents, rules

from .conftest import MARKET, NOON, PLACE, accepted, after, fresh, official, sender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]
DAY = timedelta(days=1)
FIXED = {"at": "2026-03-05T10:00+08:00", "minutes": 60, "way": "hall", "where": "小寨东路 1 号",
         "comes": "张力、王敏", "prepare": "平面图"}  # fmt: skip


def aside(ground="inspection", case=None, at=NOON):
    case = case or accepted()
    return after(case, "set_aside", official(MARKET), at, ground=ground, text="现场核查", expected="2026-03-20")


def fixed(case, at=NOON, **other):
    return after(case, "appoint", official(MARKET), at, **{**FIXED, **other})


def refused(case, act, who, at=NOON, /, **said):
    with pytest.raises(Refusal) as found:
        after(case, act, who, at, **said)
    return str(found.value.message)


def test_an_inspection_is_made_by_two_officials_art_34():
    case = aside()
    assert "两名以上" in refused(case, "appoint", official(MARKET), **{**FIXED, "comes": "张力"})
    assert "两名以上" in refused(case, "appoint", official(MARKET), **{**FIXED, "comes": "张力、张力"})
    found = appointments.appointed(fixed(case))
    assert (found.starts_at, found.comes, found.prepare) == (
        datetime(2026, 3, 5, 2, tzinfo=UTC),
        "张力、王敏",
        "平面图",
    )


def test_an_appraisal_needs_no_two_officials_and_nothing_is_fixed_in_the_past():
    case = aside("appraisal")
    assert "晚于现在" in refused(case, "appoint", official(MARKET), **{**FIXED, "at": "2026-03-02T08:00"})
    assert "https" in refused(case, "appoint", official(MARKET), **{**FIXED, "way": "video", "where": "不知道"})
    assert appointments.appointed(fixed(case, comes="鉴定所"))


def test_the_applicant_asks_for_another_time_once_and_the_unit_fixes_it_anew():
    case = aside()
    assert "还没有约定" in refused(case, "ask_other_time", sender(case), text="换一天")
    case = after(fixed(case), "ask_other_time", sender(case), NOON, text="那天要上班，周五可以")
    assert "申请过一次" in refused(case, "ask_other_time", sender(case), text="再换一天")
    case = after(
        case, "appoint", official(MARKET), NOON + DAY, **{**FIXED, "at": "2026-03-06T10:00"})  # fmt: skip
    assert appointments.appointed(case).changes == 1
    assert "申请过一次" in refused(case, "ask_other_time", sender(case), NOON + DAY, text="还要换")


def test_another_time_is_not_asked_for_once_it_has_begun():
    case = fixed(aside())
    assert "不能再改" in refused(case, "ask_other_time", sender(case), NOON + 4 * DAY, text="换一天")


def test_held_the_excluded_time_ends_by_itself_and_both_limits_end_later_by_it_art_45():
    case = accepted()
    promised, legal = case.answer_due_at, datetime.fromisoformat(rules.worked(case)["legal_due"])
    case = fixed(aside(case=case, at=NOON + DAY), at=NOON + DAY)
    assert case.due_at is None
    assert "还没有到" in refused(case, "note_appointment", official(MARKET), NOON + DAY, result="held", text="符合")
    case = after(case, "note_appointment", official(MARKET), NOON + 4 * DAY, result="held", text="现场符合要求")
    assert (case.state, case.paused_at) == ("accepted", None)
    assert case.answer_due_at.date() == promised.date() + 3 * DAY
    moved = datetime.fromisoformat(rules.worked(case)["legal_due"])
    assert moved.date() == date(2026, 4, 2)  # three working days after 30 March
    assert moved > legal
    assert appointments.appointed(case) is None
    assert after(case, "grant", official(MARKET), NOON + 4 * DAY, text="准予").state == "in_force"


def test_put_off_the_clock_stands_still_from_the_first_day_on_art_45():
    case = accepted()
    promised = case.answer_due_at
    case = fixed(aside(case=case, at=NOON + DAY), at=NOON + DAY)
    case = after(case, "note_appointment", official(MARKET), NOON + 3 * DAY, result="put_off", text="下雨")
    assert (case.state, appointments.appointed(case)) == ("set_aside", None)
    case = after(case, "appoint", official(MARKET), NOON + 3 * DAY, **{**FIXED, "at": "2026-03-06T10:00"})
    case = after(case, "note_appointment", official(MARKET), NOON + 4 * DAY, result="given_up", text="不用再查")
    assert case.answer_due_at.date() == promised.date() + 3 * DAY


def test_a_hearing_is_told_seven_days_before_art_48():
    case = aside("hearing")
    assert "七日前" in refused(case, "appoint", official(MARKET), **{**FIXED, "at": "2026-03-10T10:00"})
    assert appointments.appointed(after(
        case, "appoint", official(MARKET), NOON, **{**FIXED, "at": "2026-03-11T10:00"}))  # fmt: skip


def test_the_right_to_a_hearing_is_told_before_the_decision_which_waits_five_days_art_47():
    case = accepted()
    assert "没有告知" in refused(case, "ask_hearing", sender(case), text="")
    case = after(case, "tell_hearing", official(MARKET), NOON, text="涉及邻居的重大利益")
    assert "告知过" in refused(case, "tell_hearing", official(MARKET), text="再告知")
    assert "2026-03-09" in refused(case, "grant", official(MARKET), NOON + DAY, text="准予")
    last = NOON.replace(hour=15, minute=59) + 7 * DAY
    assert "期限已过" in refused(case, "ask_hearing", sender(case), last + timedelta(minutes=2), text="")
    assert after(case, "grant", official(MARKET), last + timedelta(minutes=2), text="准予").state == "in_force"


def test_who_asks_for_a_hearing_has_it_within_twenty_days_that_do_not_count_art_47():
    case = after(accepted(), "tell_hearing", official(MARKET), NOON, text="涉及邻居的重大利益")
    last = NOON.replace(hour=15, minute=59) + 7 * DAY  # 23:59 on the fifth working day
    case = after(case, "ask_hearing", sender(case), last, text="我有话说")
    assert (case.state, case.due_at) == ("set_aside", None)
    assert Act.objects.get(case=case, act="ask_hearing").public["expected"] == "2026-04-07"
    assert "二十日内" in refused(case, "appoint", official(MARKET), last, **{**FIXED, "at": "2026-04-08T10:00"})
    case = after(case, "appoint", official(MARKET), last, **{**FIXED, "at": "2026-04-07T10:00"})
    held = datetime(2026, 4, 7, 4, tzinfo=UTC)
    case = after(case, "note_appointment", official(MARKET), held, result="held", text="笔录见附件")
    assert "已经答复" in refused(case, "ask_hearing", sender(case), held, text="再听一次")
    assert after(case, "refuse", official(MARKET), held, text="不符合").state == "refused"


def test_who_wants_no_hearing_does_not_wait_for_the_decision():
    case = after(accepted(), "tell_hearing", official(MARKET), NOON, text="涉及邻居的重大利益")
    case = after(case, "waive_hearing", sender(case), NOON)
    assert after(case, "grant", official(MARKET), NOON, text="准予").state == "in_force"


def held_by_secret(email="li@example.org"):
    sent = Submission("application", "7003", PLACE, "食品经营许可", "", visibility="confidential", name="李明",
                      email=email, extra={"facts": {}, "item": "1949-10-01"})  # fmt: skip
    case, receipt = submit(sent, NEWCOMER, now=NOON)
    case = aside(case=after(case, "accept", official(MARKET), NOON))
    far = {**FIXED, "way": "video", "where": "https://meet.example.org/a", "at": "2036-03-05T10:00"}
    return after(case, "appoint", official(MARKET), NOON, **far), receipt


def test_its_applicant_sees_it_has_it_as_a_calendar_file_and_in_writing_and_a_stranger_does_not():
    case, receipt = held_by_secret()
    mine = Client()
    mine.post("/follow/", {"code": receipts.grouped(receipt.code), "secret": receipt.secret})
    page = mine.get(f"/follow/{case.code}/").content.decode()
    for words in ("2036-03-05 10:00", "https://meet.example.org/a", "张力、王敏", "平面图", "申请改时间"):
        assert words in page
    file = mine.get(f"/follow/{case.code}/appointment.ics")
    assert "DTSTART:20360305T020000Z" in file.content.decode()
    assert "食品经营" not in file.content.decode()
    assert [title for _a, title in documents.links(case, ()) if "时间地点通知书" in title]
    act = Act.objects.get(case=case, act="appoint")
    assert documents.made(case, act).startswith(b"%PDF")
    assert Client().get(f"/follow/{case.code}/appointment.ics").status_code == 404


def test_reminders_go_out_once_each_and_say_when_and_nothing_of_the_place():
    case, _receipt = held_by_secret()
    begins = datetime(2036, 3, 5, 2, tzinfo=UTC)
    Notice.objects.all().delete()
    assert appointments.remind(begins - timedelta(hours=25)) == 0
    assert appointments.remind(begins - timedelta(hours=23)) == 1
    assert appointments.remind(begins - timedelta(hours=22)) == 0
    assert appointments.remind(begins - timedelta(minutes=50)) == 1
    assert appointments.remind(begins + timedelta(minutes=1)) == 0
    told = [str(one.private) for one in Notice.objects.filter(case=case)]
    assert len(told) == 2
    assert all("2036-03-05 10:00" in text for text in told)
    assert not any(words in text for text in told for words in ("meet.example.org", "张力", "平面图"))
    assert fresh(case).state == "set_aside"


def test_an_official_fixes_it_and_an_applicant_asks_for_another_time_by_their_pages(settings):
    settings.SECOND_FACTOR = False
    case, receipt = held_by_secret(email="")
    desk = Client()
    desk.force_login(Official.objects.get(pk=official(MARKET).official_id))
    page = desk.get(f"/desk/c/{case.code}/").content.decode()
    assert 'type="datetime-local"' in page
    assert "张力、王敏" in page
    given = {**FIXED, "way": "video", "where": "https://meet.example.org/b", "at": "2036-03-06T14:30"}
    assert desk.post(f"/desk/c/{case.code}/act/appoint/", given).status_code == 302
    fixed_now = appointments.appointed(fresh(case))
    assert fixed_now.starts_at == datetime(2036, 3, 6, 6, 30, tzinfo=UTC)
    assert desk.post(f"/desk/c/{case.code}/act/appoint/", {**given, "comes": "张力"}).status_code == 422
    mine = Client()
    mine.post("/follow/", {"code": receipts.grouped(receipt.code), "secret": receipt.secret})
    assert mine.post(f"/follow/{case.code}/act/ask_other_time/", {"text": "那天不行"}).status_code == 302
    assert "已经申请改时间" in mine.get(f"/follow/{case.code}/").content.decode()
