"""Reports on one target together, and many of one campaign at once: every name is judged by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tongban.accounts.models import Official
from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Act, Case
from tongban.cases.writer import Submission, submit
from tongban.desk.opening import Found
from tongban.registry import snapshot
from tongban.reports import on_desk, targets
from tongban.reports.harms import harms
from tongban.reports.models import Listed

from .conftest import NOON, UNIT, after, official, report

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.both_databases]


def found(case, who=None):
    return Found(case, who or official(), snapshot.current(), {"lead:handler": (UNIT, "handler")})


def with_contact(phone, site="http://icbc-jifen.example/a", hours=0):
    sent = Submission(
        "report", "6001", "610000", "举报", "x", inputs={"found": site}, phone=phone, visibility="confidential"
    )
    return submit(sent, NEWCOMER, now=NOON + timedelta(hours=hours))[0]


@pytest.fixture
def desk(settings):
    settings.SECOND_FACTOR = False
    official()
    browser = Client()
    browser.force_login(Official.objects.get(username=f"{UNIT}-handler"))
    return browser


def test_people_are_counted_once_by_the_contact_that_they_left():
    first = report()
    for hours, phone in enumerate(("13800000000", "+86 138 0000 0000", "13911112222", ""), 1):
        with_contact(phone, hours=hours)
    same = on_desk.about_site(found(first)).same
    assert (same.number, same.people, same.programs) == (4, 3, 0)
    assert (same.first, same.last) == (NOON + timedelta(hours=1), NOON + timedelta(hours=4))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("icbc-jifen07.top", "icbcjifen"), ("icbcjifen.cc", "icbcjifen"), ("a1b2.top", ""), ("12306.cn", ""),
        ("xn--fiq228c.example", "xn--fiq228c"),
    ],
)  # fmt: skip
def test_the_shape_of_a_name_is_its_letters(name, letters):
    assert targets.shape(name) == letters


def test_a_campaign_is_names_that_share_host_registered_name_or_letters():
    first = report("http://icbc-jifen01.example/a")
    for other in ("http://icbc-jifen02.example/", "http://m.icbc-jifen01.example/x", "http://icbcjifen.example/"):
        report(other)
    report("http://something-else.example/")
    closed = after(report("http://icbc-jifen09.example/"), "accept", official())
    after(closed, "dismiss", official(), 2, text="没有发现")
    rows = targets.campaign(first, official(), snapshot.current())
    assert rows.count() == 4
    assert on_desk.about_site(found(first)).campaign == 3
    assert not targets.campaign(first, official("610113-CG"), snapshot.current()).exists(), "what others do not see"


def test_nothing_readable_is_kept_of_a_name():
    report("http://icbc-jifen01.example/a")
    with_contact("13800000000")
    kept = str(list(targets.Reported.objects.values()))
    assert "icbc" not in kept
    assert "13800000000" not in kept


def test_likenesses_have_their_reasons_and_the_history_of_the_name_is_there():
    from .conftest import listed

    listed("http://icbc.evil.example/x")
    case = report("http://icbc.evil.example/y")
    shown = on_desk.about_site(found(case))
    assert [(one.name, one.why) for one in shown.alike] == [("icbc.com.cn", "子域名里有它的品牌")]
    assert [row.number for row in shown.before] == ["2026-000001"]


def test_what_a_wide_scope_would_take_along_is_named(settings, tmp_path):
    settings.DATA = tmp_path
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "popular.txt").write_text("mail.portal.example\nother.example\n")
    case = report("http://bad.portal.example/")
    assert on_desk.about_site(found(case)).below == ("mail.portal.example",)


def test_many_are_decided_from_one_page_each_judged_by_itself(desk, settings, tmp_path):
    settings.DATA = tmp_path
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "popular.txt").write_text("icbc-jifen03.example\n")
    cases = [after(report(f"http://icbc-jifen0{n}.example/a"), "accept", official(), n) for n in range(1, 4)]
    page = desk.get(f"/desk/reports/{cases[0].code}/campaign/").content.decode()
    assert page.count('type="checkbox"') == 3
    assert "icbc-jifen02[.]example/a" in page
    assert "很多人在用的网站" in page, "what would be hit is said before"
    assert "http://icbc-jifen" not in page
    assert 'value="decide"' in page
    chosen = [f"{case.code}.{Case.objects.get(pk=case.pk).version}" for case in cases]
    form = desk.post("/desk/bulk/", {"act": "decide", "case": chosen}).content.decode()
    nonce = form.split('name="nonce" value="')[1].split('"')[0]
    said = {
        "scope": "host",
        "until": (timezone.localdate() + timedelta(days=30)).isoformat(),
        "basis": harms()["6001"].basis[0],
        "statement": "同一批仿冒银行的网站",
        "text": "逐个看过",
    }
    done = desk.post("/desk/bulk/", {"act": "decide", "case": chosen, "go": "1", "nonce": nonce, **said})
    assert done.status_code == 200
    assert sorted(Listed.objects.values_list("host", flat=True)) == ["icbc-jifen01.example", "icbc-jifen02.example"]
    assert Case.objects.get(pk=cases[2].pk).state == "verifying", "the popular one is refused alone"
    again = desk.post("/desk/bulk/", {"act": "decide", "case": chosen, "go": "1", "nonce": nonce, **said})
    assert again.status_code == 200
    assert Listed.objects.count() == 2, "a double click decides once"


def test_opening_the_page_is_a_look_and_a_stranger_gets_nothing(desk, settings):
    case = report()
    assert desk.get(f"/desk/reports/{case.code}/campaign/").status_code == 200
    assert Act.objects.filter(case=case, act="look").count() == 1
    official("610113-CG")
    other = Client()
    other.force_login(Official.objects.get(username="610113-CG-handler"))
    assert other.get(f"/desk/reports/{case.code}/campaign/").status_code == 404
    assert Client().get(f"/desk/reports/{case.code}/campaign/").status_code == 302


def test_the_case_page_shows_it_all(desk):
    case = report("http://icbc-jifen01.example/a")
    report("http://icbc-jifen02.example/a")
    page = desk.get(f"/desk/c/{case.code}/").content.decode()
    assert "还有 1 件没办结的举报可能是同一批" in page
    number = report("13800000000 来电说我快递丢失")
    page = desk.get(f"/desk/c/{number.code}/").content.decode()
    assert "由电信运营商决定" in page
