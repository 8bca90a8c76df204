"""Readers count without an account: once a browser, once a double click, seen by nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tongban.gate import cookies, rates
from tongban.gate.models import SharedLimit
from tongban.published import counting
from tongban.published.models import PublishedCase

from .test_public_pages import published

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _nobody_counted_yet() -> None:
    rates.BUCKETS.clear()


@pytest.fixture
def row(letter: Any, actor: Any) -> PublishedCase:
    return published(letter, actor)


def press(
    row: PublishedCase, what: str, browser: Client | None = None, address: str = "192.0.2.1", **headers: str
) -> Any:
    return (browser or Client()).post(f"{row.address}{what}/", REMOTE_ADDR=address, headers={**HERE, **headers})


def numbers(row: PublishedCase) -> tuple[int, int]:
    row.refresh_from_db()
    return row.useful, row.met


def test_a_browser_counts_once_for_each_case_and_each_number(row):
    browser = Client()
    first = press(row, "useful", browser)
    assert (first.status_code, first["Location"]) == (303, f"{row.address}?done=useful#count")
    rates.BUCKETS.clear()
    press(row, "useful", browser, "192.0.2.9")
    press(row, "met", browser)
    assert numbers(row) == (1, 1)


def test_a_double_click_counts_once_though_neither_half_has_a_mark(row):
    press(row, "useful")
    press(row, "useful")
    assert numbers(row) == (1, 0)


def test_others_count_too(row):
    for last in range(3):
        press(row, "useful", address=f"192.0.2.{last}")
    assert numbers(row) == (3, 0)


def test_one_address_without_cookies_counts_a_few_times_a_day_and_no_more(row):
    for _time in range(8):
        SharedLimit.objects.all().delete()  # ten seconds pass
        for name in list(rates.BUCKETS._buckets):
            bucket = rates.BUCKETS._buckets[name]
            bucket.filled -= 11
        press(row, "met")
    assert numbers(row) == (0, 5)


def test_many_requests_are_told_to_wait(row, settings):
    settings.RATE_LIMITS = True
    browser = Client()
    answers = [press(row, "useful", browser).status_code for _time in range(22)]
    assert answers[0] == 303
    assert answers[-1] == 429


def test_a_form_on_another_site_counts_nothing(row):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert press(row, "useful", **headers).status_code == 403
    elsewhere = Client().post(f"{row.address}met/", headers={"Origin": "https://elsewhere.example"})
    assert elsewhere.status_code == 403
    assert numbers(row) == (0, 0)


def test_counting_is_never_done_by_a_link(row):
    assert Client().get(f"{row.address}useful/").status_code == 405
    assert Client().get(f"{row.address}met/").status_code == 200
    assert numbers(row) == (0, 0)


def test_what_is_not_published_counts_nothing(row):
    assert press(row, "unknown").status_code == 404
    assert Client().post("/letters/published/000000000000/useful/", headers=HERE).status_code == 404
    PublishedCase.objects.filter(pk=row.pk).update(answer="")
    assert press(row, "useful").status_code == 404


def test_the_cookie_names_no_case_and_tells_no_two_browsers_apart(row):
    one, other = Client(), Client()
    for browser, address in ((one, "192.0.2.1"), (other, "192.0.2.2")):
        press(row, "met", browser, address)
    kept = [browser.cookies[cookies.named(counting.COOKIE)].value for browser in (one, other)]
    assert kept[0] == kept[1]
    assert len(kept[0]) == 4
    assert row.slug not in kept[0]
    assert one.cookies[cookies.named(counting.COOKIE)]["httponly"]


def test_a_cookie_that_is_not_ours_is_nothing_and_a_full_one_forgets_the_oldest(row):
    browser = Client()
    name = cookies.named(counting.COOKIE)
    browser.cookies[name] = "../../etc"
    press(row, "useful", browser)
    assert numbers(row) == (1, 0)
    browser.cookies[name] = "0001" + "abcd" * (counting.MOST - 1)
    press(row, "met", browser)
    kept = browser.cookies[name].value
    assert len(kept) == 4 * counting.MOST
    assert not kept.startswith("0001")
    assert kept.endswith(counting.mark(row.slug, "met"))


def test_nothing_of_who_counted_lies_in_the_database(row):
    press(row, "useful", address="198.51.100.7")
    assert all("198.51.100.7" not in limit.key for limit in SharedLimit.objects.all())
    assert {field.name for field in PublishedCase._meta.get_fields()} >= {"useful", "met"}


def test_whoever_met_the_same_is_offered_a_letter_with_its_matter_and_place(row):
    browser = Client()
    assert press(row, "met", browser)["Location"] == f"{row.address}met/"
    html = browser.get(f"{row.address}met/").content.decode()
    assert "记下了，您也遇到" in html
    assert "现在有 1 人说也遇到" in html
    assert f'name="matter" value="{row.matter_id}"' in html
    assert f'name="place" value="{row.place_id}"' in html
    assert row.body not in html


def test_the_page_stays_the_same_for_everybody(row):
    browser = Client()
    before = browser.get(row.address)
    press(row, "useful", browser)
    thanked = browser.get(row.address, {"done": "useful"})
    assert "谢谢，记下了" in thanked.content.decode()
    for response in (before, thanked):
        assert response["Public-For"] == "30"
        assert not response.cookies
    assert "csrfmiddlewaretoken" not in thanked.content.decode()


def test_leaving_the_computer_takes_the_marks_away(row):
    browser = Client()
    press(row, "useful", browser)
    browser.post("/follow/leave/")
    assert not browser.cookies[cookies.named(counting.COOKIE)].value


def test_programs_and_officials_see_the_numbers(row, official, signed_in):
    press(row, "met")
    found = Client().get(f"/api/v1/published/{row.slug}").json()
    assert (found["useful"], found["met"]) == (0, 1)
    desk = signed_in(official("610113-CG", "handler")).get(f"/desk/c/{row.case.code}/", follow=True)
    assert "读者点的数" in desk.content.decode()
