"""A month that reads by itself, mistakes too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tongban.cases.actor import NEWCOMER
from tongban.cases.writer import Submission, submit
from tongban.reports import monthly
from tongban.reports.models import Listed

from .conftest import ABOVE, NOON, after, listed, official, report

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def _late_in_march(city, monkeypatch):
    cache.clear()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=20))


def object_to(listing, day):
    sent = Submission(
        "report_objection", "6002", "610000", "申诉", "只是资讯", about=listing.pk, inputs={"role": "owner"}
    )
    return submit(sent, NEWCOMER, now=NOON + timedelta(days=day))[0]


@pytest.fixture
def march():
    """Four decisions: one wrong for nine days, one lifted after five, one kept; a report without harm, one waiting."""
    wrong, gone = listed("http://qipai.example/", "6002"), listed("http://gone.example/")
    kept = listed("http://kept.example/", "6002")
    listed("http://a.fourth.example/x", scope="url")
    after(gone, "lift", official(), 24 * 5 + 2, text="网站已经关闭")
    objection = object_to(wrong, 6)
    after(objection, "grant", official(ABOVE), 24 * 9 + 2, text="确是资讯网站")
    after(object_to(kept, 7), "reject", official(ABOVE), 24 * 8, text="提供充值")
    after(after(report("http://slow.example/"), "accept", official()), "dismiss", official(), 24 * 2, text="没有发现")
    report("13800000000 来电")
    return monthly.counted(date(2026, 3, 1))


def test_the_figures_are_those_of_the_month(march):
    assert (march.received, march.by_programs, march.closed) == (6, 0, 5)
    assert march.answered == {"decided": 4, "dismissed": 1, "referred": 0}
    assert march.answer_days == 0
    assert (march.decisions, march.by_scope) == (4, {"host": 3, "url": 1})
    assert (march.objections, march.granted, march.rejected, march.objection_days) == (2, 1, 1, 2.0)
    assert (march.lifted, march.lifted_days) == (1, 5.0)
    assert (march.overturned, march.wrong_days) == (1, 9.0)
    assert march.in_force == 2
    assert [(one.row.host, one.days) for one in march.mistakes] == [("qipai.example", 9)]


def test_the_page_reads_by_itself_and_names_the_mistakes(march):
    text = Client().get("/decisions/months/2026-03/").content.decode()
    number = Listed.objects.get(host="qipai.example").number
    for said in (
        "收到举报 6 件",
        "办结 5 件",
        "一半的举报在 0 天以内",
        "作出处置决定 4 个",
        "申诉成立 1 件",
        "处置错了的 1 个",
        f"/decisions/{number}/",
        "qipai[.]example",
        "这个月还没有过完",
    ):
        assert said in text, said
    assert "qipai.example" not in text


def test_a_month_in_which_nothing_was_wrong_says_so():
    listed()
    text = Client().get("/decisions/months/2026-03/").content.decode()
    assert "没有因申诉改正的错误" in text
    assert "没有收到申诉" in text


@pytest.mark.parametrize("month", ["2026-04", "2025-12", "2026-3", "2026-13", "nonsense", "0000-00"])
def test_a_month_that_is_none_or_not_yet_is_not_there(march, month):
    assert Client().get(f"/decisions/months/{month}/").status_code == 404


def test_the_turn_of_a_month_is_that_of_shanghai(march):
    from django.utils import timezone

    last = report("http://late.example/")
    last.__class__.objects.filter(pk=last.pk).update(
        submitted_at=timezone.make_aware(timezone.datetime(2026, 3, 1, 0, 30))
    )
    assert monthly.counted(date(2026, 3, 1)).received == 7
    assert monthly.counted(date(2026, 2, 1)).received == 0
    assert monthly.following(date(2026, 12, 1)) == date(2027, 1, 1)


def test_nothing_at_all_is_said_in_one_sentence():
    assert "没有举报，也没有处置" in Client().get("/decisions/months/2026-03/").content.decode()
