"""Applying for another person: by mandate, and by an official at a counter. Nobody mixes two people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tongban.accounts.models import Official, Post
from tongban.cases.models import Act, Case
from tongban.services import rules
from tongban.services.models import Mandate, Pull

from .conftest import CIVIL, official
from .registers import LI, WANG, ZHENG, consent, finish, registers, said, show  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers"), pytest.mark.both_databases]


def given(items=("7001",), asks=True, days=30):
    """Li lets Wang apply in her name."""
    client = Client()
    show(client, LI)
    until = (timezone.localdate() + timedelta(days=days)).isoformat()
    form = {"name": "王强", "id_number": WANG, "items": list(items), "until": until}
    answer = client.post("/mandates/", {**form, **({"registers": "on"} if asks else {})})
    assert answer.status_code == 302, said(answer)
    return Mandate.objects.latest("pk")


def taken_up(mandate, matter="7001"):
    client = Client()
    show(client, WANG)
    answer = client.post(f"/mandates/{mandate.code}/apply/", {"matter": matter})
    if answer.status_code == 302:
        client.post("/new/application/place/", {"place": "610113"})
    return client, answer


def test_by_mandate_the_registers_are_asked_about_the_giver_and_the_application_says_who_wrote_it():
    client, _ = taken_up(given())
    assert "您凭委托替 李秀兰 办理" in said(client.get("/new/application/registers/"))
    consent(client)
    client.post("/new/application/registers/", {"next": "1"})
    case = finish(client)
    sent = rules.sent(case)
    assert sent["facts"]["born"] == "1958-03-02"
    assert sent["typed"]["name"] == "王强"
    assert Act.objects.get(case=case, sequence=1).public["typed_by"] == "mandate"
    row = Pull.objects.get()
    assert row.by == "mandate"
    assert "我受李秀兰委托" in row.private["consent"]
    giver = Client()
    show(giver, LI)
    assert "受托人" in said(giver.get("/registers/used/"))


def test_the_draft_that_begins_outlives_the_one_that_is_thrown_away():
    """A browser, unlike the test client, forgets a cookie whose age is nought."""
    _client, answer = taken_up(given())
    assert answer.cookies["tongban_draft_application"]["max-age"] in ("", None)


def test_a_mandate_is_for_its_items_its_taker_and_its_time():
    mandate = given()
    assert taken_up(mandate, "7002")[1].status_code == 404
    stranger = Client()
    show(stranger, ZHENG)
    assert stranger.post(f"/mandates/{mandate.code}/apply/", {"matter": "7001"}).status_code == 404
    assert Client().post(f"/mandates/{mandate.code}/apply/", {"matter": "7001"}).status_code == 404
    Mandate.objects.update(since="2020-01-01", until="2020-12-31")
    assert taken_up(mandate)[1].status_code == 404


def test_a_mandate_that_is_taken_back_in_the_middle_sends_nothing():
    mandate = given()
    client, _ = taken_up(mandate)
    consent(client)
    client.post("/new/application/registers/", {"next": "1"})
    giver = Client()
    show(giver, LI)
    assert client.post(f"/mandates/{mandate.code}/revoke/").status_code == 404  # it is not the taker's
    assert giver.post(f"/mandates/{mandate.code}/revoke/").status_code == 302
    assert finish(client) is None
    assert "撤销" in said(client.post("/new/application/check/", {"send": "1"}))
    assert not Case.objects.exists()


def test_without_its_word_a_mandate_lets_no_register_be_asked():
    client, _ = taken_up(given(asks=False))
    assert consent(client).status_code == 422
    assert not Pull.objects.exists()
    consent(client, "no")
    assert finish(client, born="1958-03-02", resident_here="yes") is not None


def test_by_mandate_nobody_applies_for_a_third_person():
    client, _ = taken_up(given())
    consent(client, "no")
    assert finish(client, number=ZHENG, name="郑玉芬", born="1944-06-18", resident_here="yes") is None


def test_a_mandate_needs_somebody_else_a_right_number_and_a_day_within_a_year():
    client = Client()
    show(client, LI)
    good = {"name": "王强", "id_number": WANG, "items": ["7001"], "until": timezone.localdate().isoformat()}
    wrong = [{"id_number": LI}, {"id_number": WANG[:-1] + "0"}, {"items": []}, {"until": "2020-01-01"},
             {"until": (timezone.localdate() + timedelta(days=400)).isoformat()}]  # fmt: skip
    for one in wrong:
        assert client.post("/mandates/", {**good, **one}).status_code == 422, one
    assert not Mandate.objects.exists()


# --- at a counter ----------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(settings):
    settings.SECOND_FACTOR = False
    actor = official(CIVIL, "clerk")
    client = Client()
    client.force_login(Official.objects.get(pk=actor.official_id))
    return client


def helped(client, number=LI, name="李秀兰"):
    answer = client.post("/desk/helping/", {"name": name, "id_number": number, "unit": CIVIL, "seen": "on"})
    assert answer.status_code == 302, said(answer)
    client.post("/new/application/", {"matter": "7001"})
    client.post("/new/application/place/", {"place": "610113"})


def test_at_a_counter_the_official_opens_it_in_their_own_name_and_the_resident_sees_it(clerk):
    helped(clerk)
    assert "正在窗口为 李秀兰 填写" in said(clerk.get("/new/application/registers/"))
    consent(clerk)
    clerk.post("/new/application/registers/", {"next": "1"})
    case = finish(clerk)
    first = Act.objects.get(case=case, sequence=1)
    assert (first.actor, first.official_id) == ("official", Official.objects.get().pk)
    assert (case.channel, first.public["channel"], first.public["typed_at"]) == ("counter", "counter", CIVIL)
    assert Pull.objects.get().by == "helper"
    assert "窗口的工作人员代为填写" in said(clerk.get(f"/follow/{case.code}/"))


def test_where_nothing_was_written_yet_nothing_is_said_to_be_unfinished(clerk):
    clerk.post("/desk/helping/", {"name": "李秀兰", "id_number": LI, "unit": CIVIL, "seen": "on"})
    assert "您有没写完的" not in said(clerk.get("/new/application/"))
    clerk.post("/new/application/", {"matter": "7001"})
    assert "您有没写完的" in said(clerk.get("/new/application/"))


def test_the_receipt_is_there_to_print_and_goes_with_the_next_resident(clerk):
    helped(clerk)
    consent(clerk, "no")
    case = finish(clerk, born="1958-03-02", resident_here="yes")
    assert clerk.get("/follow/receipt/").status_code == 200
    clerk.post("/desk/helping/", {"end": "1"})
    assert clerk.get("/follow/receipt/").status_code != 200
    assert clerk.get(f"/follow/{case.code}/").status_code == 404


def test_a_page_left_open_from_the_resident_before_changes_nothing_of_the_next(clerk):
    helped(clerk)
    old = said(clerk.get("/new/application/registers/"))
    ticket = old.partition('name="form" value="')[2].partition('"')[0]
    helped(clerk, ZHENG, "郑玉芬")
    late = clerk.post("/new/application/applicant/", {"name": "李秀兰", "id_number": LI, "form": ticket})
    assert late.status_code == 409
    assert "另一份" in said(late)
    assert clerk.post("/new/application/check/", {"send": "1", "form": ticket}).status_code == 409
    consent(clerk, "no")
    case = finish(clerk, ZHENG, "郑玉芬", born="1944-06-18", resident_here="yes")
    assert rules.sent(case)["id_number"] == ZHENG
    assert Case.objects.count() == 1


def test_at_a_counter_nobody_types_for_somebody_else_than_who_stands_there(clerk):
    helped(clerk)
    consent(clerk, "no")
    assert finish(clerk, ZHENG, "郑玉芬", born="1944-06-18", resident_here="yes") is None


def test_who_signs_out_or_loses_the_post_helps_nobody_any_more(clerk):
    helped(clerk)
    consent(clerk)
    clerk.post("/new/application/registers/", {"next": "1"})
    Post.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert finish(clerk) is None
    assert not Case.objects.exists()


def test_only_a_clerk_helps(clerk, settings):
    handler = Client()
    handler.force_login(Official.objects.get(pk=official(CIVIL, "handler").official_id))
    assert handler.get("/desk/helping/").status_code == 403
    assert Client().get("/desk/helping/").status_code == 302
    answer = clerk.post("/desk/helping/", {"name": "李秀兰", "id_number": LI, "unit": "610113-SJ", "seen": "on"})
    assert answer.status_code == 422  # not a counter of theirs
