"""The public notice of a hearing, each rule after its article (行政许可法); Monday 2 March 2026 is `NOON`."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tongban.accounts.models import Official
from tongban.cases.models import Act
from tongban.cases.refusal import Refusal
from tongban.services.hearings import announcing, pages
from tongban.services.models import HearingNotice

from .conftest import CIVIL, MARKET, NOON, accepted, after, fresh, official, sender
from .hearing_others import DAY, HEARING, named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]
SAID = {"why": "interest", "text": "在学校旁开设餐馆，听取周边居民的意见。", "open": "open",
        "take_part": "向区市场监管局审批科报名，电话 029-12345678。", "register_by": "2026-03-16"}  # fmt: skip


def fixed(case=None, at=NOON, /, **other):
    case = case or accepted()
    after(case, "set_aside", official(MARKET), at, ground="hearing", text="组织听证", expected="2026-03-20")
    return after(case, "appoint", official(MARKET), at, **{**HEARING, **other})


def announced(case=None, at=NOON, /, **said):
    return after(case or fixed(), "announce", official(MARKET), at, **{**SAID, **said})


def refused(case, at=NOON, /, **said):
    with pytest.raises(Refusal) as found:
        after(case, "announce", official(MARKET), at, **{**SAID, **said})
    assert not HearingNotice.objects.exists()
    return str(found.value.message)


def public(query=""):
    return Client().get(f"/services/hearings/{query}").content.decode()


def soon():
    """A notice of a hearing that is still to come, whatever the day on which the tests run."""
    case = announced(fixed(at="2036-03-18T10:00"))
    return case, HearingNotice.objects.get(case=case)


def test_a_hearing_is_announced_with_time_place_and_how_to_take_part_art_46():
    case, _row = soon()
    page = public()
    for words in ("食品经营许可", "2036-03-18 10:00", "小寨东路 1 号二楼会议室", "听取周边居民的意见", "029-12345678",
                  "公开举行，谁都可以报名", "2026-03-16"):  # fmt: skip
        assert words in page
    for secret in ("李明", case.code, "营业执照原件", "周正"):
        assert secret not in page
    assert Act.objects.get(case=case, act="announce").public["why"] == "interest"


def test_it_is_announced_seven_days_before_art_48():
    case = fixed()  # for 18 March
    assert "七日前" in refused(case, NOON + 9 * DAY)
    after(case, "appoint", official(MARKET), NOON + 9 * DAY, **{**HEARING, "at": "2026-03-25T10:00"})
    announced(case, NOON + 9 * DAY)
    assert HearingNotice.objects.get(case=case).starts_at == datetime.fromisoformat("2026-03-25T10:00+08:00")


def test_nothing_is_announced_before_a_time_is_fixed_or_where_it_is_no_hearing():
    case = after(
        accepted(), "set_aside", official(MARKET), NOON, ground="hearing", text="听证", expected="2026-03-20"
    )  # fmt: skip
    assert "约定听证" in refused(case)
    other = after(
        accepted(), "set_aside", official(MARKET), NOON, ground="inspection", text="核查", expected="2026-03-20"
    )  # fmt: skip
    assert "约定听证" in refused(after(other, "appoint", official(MARKET), NOON, **{**HEARING, "comes": "张力、王敏"}))


def test_nothing_personal_is_announced():
    case = fixed(named()[0])
    assert "姓名" in refused(case, text="李明申请开餐馆")
    assert "姓名" in refused(case, text="王芳住在对面")
    assert "号码" in refused(case, take_part="找小周报名，13912345678")
    assert "号码" in refused(case, text="证件 11010519491231002X")


def test_hearings_are_public_except_with_a_reason_art_48():
    case = fixed()
    assert "怎样参加" in refused(case, take_part="")
    assert "报名到哪一天" in refused(case, register_by="")
    assert "以前截止" in refused(case, register_by="2026-03-18")
    assert "写明理由" in refused(case, open="trade_secret")
    announced(case, open="trade_secret", closed_why="涉及配方。")
    row = HearingNotice.objects.get(case=case)
    assert (row.is_public, row.take_part, row.register_by, row.closed_why) == (False, "", None, "涉及配方。")


def test_a_link_is_for_those_who_registered():
    announced(fixed(way="video", where="https://meet.example.org/a"))
    assert HearingNotice.objects.get().where == ""
    assert "meet.example.org" not in public()
    assert "报名后告诉怎样进入" in public()


def test_only_the_unit_that_has_the_application_announces():
    case = fixed()
    for who in (official(CIVIL), sender(case), official("610113-GOV", "supervisor")):
        with pytest.raises(Refusal):
            after(case, "announce", who, NOON, **SAID)
    assert not HearingNotice.objects.exists()


def test_the_notice_follows_the_appointment():
    case = announced()
    after(case, "appoint", official(MARKET), NOON, **{**HEARING, "at": "2026-03-20T09:00", "where": "区政府三楼"})
    row = HearingNotice.objects.get(case=case)
    assert (row.where, row.moved, row.state) == ("区政府三楼", True, "ahead")
    after(case, "note_appointment", official(MARKET), NOON + DAY, result="put_off", text="场地有变")
    assert HearingNotice.objects.get(case=case).state == "off"
    after(case, "appoint", official(MARKET), NOON + DAY, **{**HEARING, "at": "2026-03-24T09:00"})
    assert HearingNotice.objects.get(case=case).state == "ahead"
    held = datetime.fromisoformat("2026-03-24T12:00+08:00")
    after(case, "note_appointment", official(MARKET), held, result="held", text="笔录见附件")
    assert HearingNotice.objects.get(case=case).state == "held"


@pytest.mark.parametrize("act", ["resume", "withdraw"])
def test_an_application_that_goes_on_or_ends_without_it_calls_it_off(act):
    case = announced()
    said = {"text": "不再听证"} if act == "resume" else {}
    after(case, act, official(MARKET) if act == "resume" else sender(case), NOON, **said)
    assert HearingNotice.objects.get(case=case).state == "off"


def test_past_notices_stand_for_a_year_and_are_then_taken_down():
    case = announced()
    row = HearingNotice.objects.get(case=case)
    assert row.starts_at + timedelta(days=365) <= row.shown_until <= row.starts_at + timedelta(days=366)
    assert list(pages.shown(row.shown_until - DAY)) == [row]
    assert list(pages.shown(row.shown_until + DAY)) == []
    assert announcing.forget_old(row.shown_until - DAY) == 0
    assert announcing.forget_old(row.shown_until + DAY) == 1


def test_one_looks_for_a_unit_or_an_item():
    _case, _row = soon()
    assert "2036-03-18" in public(f"?unit={MARKET}")
    assert "2036-03-18" in public("?item=7003")
    for other in (f"?unit={CIVIL}", "?item=7001"):
        assert "2036-03-18" not in public(other)
    assert "?item=7003" in Client().get("/services/7003/").content.decode()
    assert "/services/hearings/?item=" not in Client().get("/services/7001/").content.decode()
    assert "这个单位公告了听证" in Client().get(f"/services/?unit={MARKET}").content.decode()
    assert "/services/hearings/" in Client().get("/services/").content.decode()


def test_many_past_notices_are_shown_page_by_page():
    _case, row = soon()
    rows = []
    for number in range(pages.PAGE + 1):
        case = accepted()
        past = {"starts_at": timezone.now() - (number + 1) * DAY, "state": "held", "words": f"听证第{number}场"}
        rows.append(HearingNotice(**{**values(row), **past, "case": case, "shown_until": None}))
    HearingNotice.objects.bulk_create(rows)
    assert "听证第0场" in public()
    assert f"听证第{pages.PAGE}场" not in public()
    assert f"听证第{pages.PAGE}场" in public("?page=2")
    assert "将举行的" not in public("?page=2")


def values(row):
    left = {"id", "case"}
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in left}


def test_the_official_reads_it_as_everybody_will_before_it_is_published(settings):
    settings.SECOND_FACTOR = False
    case = fixed(at="2036-03-18T10:00")
    desk = Client()
    desk.force_login(Official.objects.get(pk=official(MARKET).official_id))
    address = f"/desk/c/{case.code}/announce/"
    assert address in desk.get(f"/desk/c/{case.code}/").content.decode()
    assert "看公告的样子" in desk.get(address).content.decode()
    given = {**SAID, "register_by": timezone.localdate().isoformat(), "nonce": "a" * 32}
    wrong = desk.post(address, {**given, "text": "李明要开店"})
    assert (wrong.status_code, "李明要开店" in wrong.content.decode()) == (422, True)
    seen = desk.post(address, given)
    assert "任何人看到的就是下面这些" in seen.content.decode()
    assert "听取周边居民的意见" in seen.content.decode()
    assert not HearingNotice.objects.exists()
    back = desk.post(address, {**given, "back": "yes"})
    assert "听取周边居民的意见" in back.content.decode()
    assert desk.post(address, {**given, "sure": "yes"}).status_code == 302
    assert HearingNotice.objects.get(case=case).words == SAID["text"]
    assert "已经公告" in desk.get(f"/desk/c/{case.code}/").content.decode()
    stranger = Client()
    stranger.force_login(Official.objects.get(pk=official(CIVIL).official_id))
    assert stranger.post(address, {**given, "sure": "yes"}).status_code == 404


def test_an_erased_case_has_no_notice():
    from tongban.cases import beside

    case = announced()
    beside.erase(fresh(case))
    assert not HearingNotice.objects.exists()
