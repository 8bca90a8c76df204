"""Advice on letters: near-copies, rising topics, notes on an answer. It tells only what exists for who looks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.desk import copies
from tongban.letters.advice import noting, rising
from tongban.letters.models import RisingTopic

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LAMP = "科技路三号院北门外的路灯已经坏了三个星期，晚上漆黑一片，老人出门买菜摔了一跤，请尽快派人来修。"


@pytest.fixture
def case_of(letter):
    return lambda **values: letter(**values)[0]


def test_a_copy_is_found_among_the_letters_and_a_letter_about_something_else_is_not(case_of):
    first = case_of(subject="路灯坏了", body=LAMP)
    case_of(subject="公交站牌", body="公交站牌上的线路图已经是两年前的，换乘信息都不对，请更换新的线路图。")
    settle()
    second = case_of(subject="路灯坏了", body=LAMP.replace("三个星期", "四个星期"))
    found = copies.near(second)
    assert [number for number, _share in found] == [first.pk]
    assert found[0][1] > 0.6


def test_an_erased_letter_is_a_copy_of_nothing(case_of, kept_long_enough):
    case = case_of(subject="路灯坏了", body=LAMP)
    settle()
    other = case_of(subject="路灯坏了", body=LAMP)
    assert [number for number, _share in copies.near(other)] == [case.pk]
    Case.objects.filter(pk=case.pk).update(state="closed", phase="over")
    kept_long_enough(case)
    perform(case.pk, Step("erase", SYSTEM))
    assert copies.near(other) == []


def spread(case_of, count: int, senders: int, body: str, days_ago: float, **more) -> list[Case]:
    made = []
    for number in range(count):
        case = case_of(
            subject="小区停车", body=body.format(number), phone=f"138{senders:02d}{number % senders:06d}", **more
        )
        Case.objects.filter(pk=case.pk).update(submitted_at=timezone.now() - timedelta(days=days_ago, minutes=number))
        made.append(case)
    return made


OTHERS = [
    "自来水发黄有一股铁锈味已经一周",
    "幼儿园报名为什么要提前排队",
    "公交三路晚上不按时发车等一个小时",
    "菜市场门口的垃圾没有人清运",
    "社保卡补办窗口排队太长",
    "村口的桥栏杆断了很危险",
]
PARKING = "金桂苑开发商强制业主购买地下车位，不买车位就不让车辆进入小区，第{}位业主请求查处捆绑销售车位的行为。"


def background(case_of) -> None:
    for number, body in enumerate(OTHERS * 2):
        case = case_of(
            subject=body[:6], body=f"{body}，反映多次没有人管，请处理。编号{number}", phone=f"1390000{number:04d}"
        )
        Case.objects.filter(pk=case.pk).update(submitted_at=timezone.now() - timedelta(days=2 * number))


def test_a_trouble_that_many_people_write_of_this_week_is_rising(case_of):
    background(case_of)
    made = spread(case_of, 8, 8, PARKING, 1, visibility="confidential")
    rising.work_out()
    desk = [topic for topic in rising.shown(public=False) if set(topic.case_ids) & {case.pk for case in made}]
    assert desk
    assert desk[0].senders == 8
    assert "车位" in desk[0].name or "停车" in desk[0].name
    public = [topic for topic in rising.shown(public=True) if set(topic.case_ids) & {case.pk for case in made}]
    assert public == [], "confidential letters stand behind no public topic"
    Case.objects.filter(pk__in=[case.pk for case in made]).update(visibility="public")
    rising.work_out()
    assert [
        topic.senders for topic in rising.shown(public=True) if set(topic.case_ids) & {case.pk for case in made}
    ] == [8]


def test_of_two_sets_of_topics_the_newer_is_shown(case_of):
    background(case_of)
    spread(case_of, 8, 8, PARKING, 1)
    rising.work_out()
    older = RisingTopic.objects.filter(public=True).get()
    shown = [topic.pk for topic in rising.shown(public=True)]
    older.pk, older.worked_out_at = None, older.worked_out_at - timedelta(hours=1)
    older.save()
    assert [topic.pk for topic in rising.shown(public=True)] == shown


def test_complaints_about_conduct_make_no_topic(case_of):
    background(case_of)
    made = spread(
        case_of,
        8,
        8,
        "某局窗口工作人员态度恶劣推诿扯皮，第{}次去办事又被赶出来，要求严肃处理窗口人员。",
        1,
        against="610113-CG",
    )
    rising.work_out()
    assert not [topic for topic in RisingTopic.objects.all() if set(topic.case_ids) & {case.pk for case in made}]


def test_the_pages_of_topics_tell_everybody_the_public_ones_and_officials_their_own_letters(
    case_of, client, signed_in, official
):
    background(case_of)
    made = spread(case_of, 8, 8, PARKING, 1)
    rising.work_out()
    topic = rising.shown(public=True)[0]
    page = client.get("/topics/")
    assert page.status_code == 200
    assert topic.name in page.content.decode()
    assert made[0].code not in page.content.decode(), "the public page links no letter that is not published"
    assert client.get("/desk/topics/").status_code == 302
    mine = signed_in(official("610113-XF", "clerk")).get("/desk/topics/").content.decode()
    assert made[0].code in mine
    other = signed_in(official("610124-XF", "clerk")).get("/desk/topics/").content.decode()
    assert made[0].code not in other
    assert topic.name not in other


def test_one_sender_with_many_letters_raises_nothing(case_of):
    background(case_of)
    made = spread(case_of, 12, 1, PARKING, 1)
    rising.work_out()
    assert not [topic for topic in RisingTopic.objects.all() if set(topic.case_ids) & {case.pk for case in made}]


def test_notes_say_what_is_missing_and_warn_of_personal_data(case_of):
    case = case_of(subject="路灯坏了", body=LAMP + "请问什么时候能修好？")
    told = noting.notes(case, "您好，来信收悉。您反映的问题我们高度重视。身份证61011319700101001X不符。", [])
    words = [note.words for note in told]
    assert any("依据" in word for word in words)
    assert any("问题可能还没有答复" in word for word in words)
    good = noting.notes(
        case,
        "路灯已于今天派人查看，依据《城市道路照明设施管理规定》第二十条，科技路北门路灯将在12月5日前修好。联系人："
        "李工，029-85230000。",
        [],
    )
    assert sum(note.open for note in good) < sum(note.open for note in told)
    assert noting.notes(case, "  ", []) == []
