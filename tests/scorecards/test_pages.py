"""The public figures, their CSV, and the supervisors' page: units only, never a person."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tongban.cases.models import Case
from tongban.scorecards.models import Tally

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def tallies(registry):
    for unit, month, measure, value, count in [
        ("610113-CG", 1, "received", 0, 12), ("610113-CG", 1, "answered", 0, 10), ("610113-CG", 1, "in_time", 0, 9),
        ("610113-CG", 1, "late", 0, 1),
        ("610113-CG", 1, "days", 4, 6), ("610113-CG", 1, "days", 30, 4), ("610113-CG", 2, "grade", 5, 3),
        ("610113-CG", 2, "grade", 1, 1),
        ("610113-CG", 2, "overdue", 0, 7), ("610124-XF", 2, "received", 0, 5),
    ]:  # fmt: skip
        Tally.objects.create(
            unit_id=unit, month=date(2026, month, 1), kind="letter", measure=measure, value=value, count=count
        )


PERIOD = {"since": "2026-01", "until": "2026-03"}


def cells(html: str, unit: str) -> list[str]:
    """The unit's cells in the last table of the page; the tables before it are those of the charts."""
    row = re.findall(rf"<tr><th scope=\"row\"[^>]*>(?:<a[^>]*>)?{unit}(?:</a>)?</th>(.*?)</tr>", html, re.S)[-1]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]


def test_everybody_sees_the_figures_of_the_units_with_a_table_beside_every_chart(client, tallies):
    response = client.get(reverse("scorecards:figures"), PERIOD)
    html = response.content.decode()
    assert response["Public-For"] == "60"
    assert cells(html, "雁塔区城市管理局") == ["12", "10", "90.0%", "4 天", "4", "75.0%", "7"]
    assert cells(html, "周至县信访局") == ["5", "0", "—", "—", "0", "—", "0"]
    for figure in re.findall(r"<figure.*?</figure>", html, re.S):
        assert "<table" in figure


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"place": "610124"}, "周至县信访局"),
        ({"unit": "610113-CG"}, "雁塔区城市管理局"),
        ({"since": "2026-02", "until": "2026-02", "place": "610124"}, "周至县信访局"),
    ],
)
def test_figures_are_narrowed_by_place_unit_and_period(client, tallies, query, shown):
    html = client.get(reverse("scorecards:figures"), {**PERIOD, **query}).content.decode()
    headings = re.findall(r"<tr><th scope=\"row\" data-label=\"单位\">(.*?)</th>", html)
    assert headings == [shown]


@pytest.mark.parametrize(
    "query",
    [
        {"since": "never"},
        {"until": "2026-13"},
        {"since": "9999-12", "until": "0001-01"},
        {"place": "x", "unit": "'"},
        {"since": "2026-٣"},
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_the_default(client, tallies, query):
    assert client.get(reverse("scorecards:figures"), query).status_code == 200
    assert client.get(reverse("scorecards:figures_csv"), query).status_code == 200


def test_a_county_and_its_units_can_be_chosen(client, tallies):
    html = client.get(reverse("scorecards:figures"), {**PERIOD, "place": "610113"}).content.decode()
    assert '<option value="610113" selected>' in html
    assert '<option value="610113-ZJ">' in html
    assert '<option value="610124-XF">' not in html


def test_the_csv_says_what_the_page_says(client, tallies):
    raw = client.get(reverse("scorecards:figures_csv"), {**PERIOD, "place": "610113"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw)))
    assert [row["unit"] for row in rows] == ["610113-CG"]
    assert {name: rows[0][name] for name in ("received", "answered", "in_time", "late", "in_time_percent",
            "median_days", "rated", "satisfied_percent", "overdue")} == {
        "received": "12", "answered": "10", "in_time": "9", "late": "1", "in_time_percent": "90.0",
        "median_days": "4.0", "rated": "4", "satisfied_percent": "75.0",
        "overdue": "7",
    }  # fmt: skip


def charts_of(html: str) -> str:
    """All that is drawn as bars."""
    return "".join(re.findall(r"<figure.*?</figure>", html, re.S))


def test_a_share_of_fewer_than_ten_is_said_in_words_and_not_drawn(client, tallies):
    for unit, in_time, late in (("610124-XF", 2, 1), ("610113-ZJ", 6, 0)):
        for measure, count in (("answered", in_time + late), ("in_time", in_time), ("late", late)):
            Tally.objects.create(
                unit_id=unit, month=date(2026, 2, 1), kind="letter", measure=measure, value=0, count=count
            )
    html = client.get(reverse("scorecards:figures"), PERIOD).content.decode()
    bars = charts_of(html).split("按时答复率", 1)[1]
    assert "雁塔区城市管理局" in bars
    assert "周至县信访局" not in bars
    assert "2 个单位各不足 10 件" in html
    assert "9 件中 8 件" in html


def test_what_a_chart_comes_to_stands_in_words_beside_it(client, tallies):
    html = client.get(reverse("scorecards:figures"), PERIOD).content.decode()
    assert "收到：共 17，最多的是 2026-01，12" in html


def test_each_unit_has_a_page_of_its_own_and_a_phone_two_numbers_of_each(client, tallies):
    html = client.get(reverse("scorecards:figures"), {**PERIOD, "page": "1"}).content.decode()
    row = re.search(r'<th scope="row"[^>]*><a href="([^"]+)">雁塔区城市管理局</a></th>(.*?)</tr>', html, re.S)
    narrow = [cell for cell in re.findall(r'<td class="([^"]*)"', row[2]) if "wide-only" not in cell]
    assert len(narrow) == 2
    own = client.get(reverse("scorecards:figures") + row[1].replace("&amp;", "&")).content.decode()
    assert "wide-only" not in own
    assert cells(own, "雁塔区城市管理局") == ["12", "10", "90.0%", "4 天", "4", "75.0%", "7"]


def test_what_is_overdue_leads_to_the_cases_for_whoever_looks_after_the_unit_alone(
    client, official, signed_in, tallies
):
    def leads(who) -> bool:
        html = who.get(reverse("scorecards:figures"), PERIOD).content.decode()
        row = re.findall(r"雁塔区城市管理局(?:</a>)?</th>(.*?)</tr>", html, re.S)[-1]
        return re.search(r'<a href="(/desk/[^"]+)">7</a>', row) is not None

    head = signed_in(official("610113-GOV", "head"))
    assert leads(head)
    assert "Public-For" not in head.get(reverse("scorecards:figures"), PERIOD)
    for who in (client, signed_in(official("610113-CG", "handler")), signed_in(official("610124-XF", "head"))):
        assert not leads(who)


# --- the supervisors' page -------------------------------------------------------------------------------------------
def test_a_stranger_is_sent_to_sign_in(client, registry):
    assert client.get(reverse("scorecards:load")).status_code == 302


@pytest.mark.parametrize("role", ["clerk", "handler", "data_officer", "administrator"])
def test_who_looks_after_no_unit_is_refused(official, signed_in, role):
    assert signed_in(official("610113-CG", role)).get(reverse("scorecards:load")).status_code == 403


def test_a_head_sees_the_units_below_and_the_way_to_their_work(official, signed_in, letter):
    for number in range(3):
        letter(subject=f"路灯{number}")
    Case.objects.filter(pk=Case.objects.first().pk).update(rung="overdue")
    letter(place="610124")
    client = signed_in(official("610113-GOV", "head"))
    html = client.get(reverse("scorecards:load")).content.decode()
    assert cells(html, "雁塔区城市管理局")[:4] == ["3", "0", "1", "0"]
    assert "周至县信访局" not in html.split("<main", 1)[1]
    link = re.search(r'<th scope="row"><a href="([^"]+)">雁塔区城市管理局', html).group(1).replace("&amp;", "&")
    assert "路灯1" in client.get(link).content.decode()


def test_what_is_long_overdue_leads_to_those_cases(official, signed_in, letter):
    for number in range(2):
        letter(subject=f"路灯{number}")
    Case.objects.filter(pk=Case.objects.first().pk).update(
        rung="long_overdue", due_at=timezone.now() - timedelta(days=200)
    )
    client = signed_in(official("610113-GOV", "head"))
    html = client.get(reverse("scorecards:load")).content.decode()
    link = re.search(r'data-label="严重逾期"><a href="([^"]+)">1</a>', html)[1].replace("&amp;", "&")
    shown = client.get(link).content.decode()
    assert "路灯0" in shown
    assert "路灯1" not in shown


def test_a_complaint_about_the_head_s_own_unit_is_not_even_counted(official, signed_in, letter):
    letter(subject="路灯")
    complaint, _receipt = letter(matter="0901", against="610113-CG1", subject="态度差")
    Case.objects.filter(pk=complaint.pk).update(unit_id="610113-CG")
    assert (
        cells(
            signed_in(official("610113-CG", "head")).get(reverse("scorecards:load")).content.decode(),
            "雁塔区城市管理局",
        )[0]
        == "2"
    )
    Case.objects.filter(pk=complaint.pk).update(against_id="610113-CG")
    assert (
        cells(
            signed_in(official("610113-CG", "head")).get(reverse("scorecards:load")).content.decode(),
            "雁塔区城市管理局",
        )[0]
        == "1"
    )


def test_no_page_of_figures_names_an_official(client, official, signed_in, letter, tallies):
    handler = official("610113-CG", "handler", "li.ming")
    case, _receipt = letter()
    Case.objects.filter(pk=case.pk).update(handler_id=handler.pk)
    head = signed_in(official("610113-GOV", "head"))
    for html in (
        client.get(reverse("scorecards:figures"), PERIOD).content.decode(),
        head.get(reverse("scorecards:load")).content.decode(),
    ):
        assert "li.ming" not in html
