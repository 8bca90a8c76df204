"""One act on several cases: done one by one, a result for each, nothing lost, and twice is once."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tongban.cases.models import Act, Case
from tongban.cases.writer import Step, perform

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def ticked(client, address="/desk/"):
    """The values of the boxes of the tray's rows."""
    return re.findall(r'name="case" value="([0-9A-Z]{12}\.\d+)"', client.get(address).content.decode())


def fields(page):
    """What the form for many starts with."""
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)[1]
    return {"case": re.findall(r'name="case" value="([^"]+)"', page), "nonce": nonce}


def go(client, act, cases, **values):
    """Both steps: the form, and sending it. The form's fields, and the answer."""
    page = client.post(reverse("desk:bulk"), {"act": act, "case": cases}).content.decode()
    form = {**fields(page), "act": act, "go": "1", **values}
    return form, client.post(reverse("desk:bulk"), form)


def test_the_tray_offers_what_its_table_does_in_bulk(desk, letter):
    letter()
    page = desk("handler").get("/desk/").content.decode()
    assert 'name="act" value="accept"' in page
    assert 'name="act" value="answer"' not in page
    assert 'name="act"' not in desk("supervisor").get("/desk/?scope=below&state=done").content.decode()


def test_chosen_cases_are_done_one_by_one_with_a_result_for_each(desk, letter, actor):
    one, _ = letter(subject="第一封")
    two, _ = letter(subject="第二封")
    three, _ = letter(subject="第三封")
    client = desk("handler")
    cases = ticked(client)
    assert len(cases) == 3
    perform(two.pk, Step("accept", actor("610113-CG", "head")))  # somebody else, meanwhile
    _form, response = go(client, "accept", cases)
    page = response.content.decode()
    assert "2 件已办理" in page
    assert "1 件没有办成" in page
    assert re.search(r"第二封.*?没有办成", page, re.S)
    assert set(Case.objects.values_list("state", flat=True)) == {"accepted"}
    assert Act.objects.filter(act="accept").count() == 3
    assert Act.objects.filter(case__in=(one, three), act="accept").count() == 2


def test_a_double_click_does_everything_once(desk, letter, url):
    letter()
    letter()
    client = desk("handler")
    form, first = go(client, "accept", ticked(client))
    again = client.post(reverse("desk:bulk"), form)
    assert first.status_code == again.status_code == 200
    assert "2 件已办理" in again.content.decode()
    assert Act.objects.filter(act="accept").count() == 2


def test_what_went_to_another_unit_with_the_first_click_is_still_told_as_done(desk, letter):
    case, _ = letter(matter="0103")
    client = desk("coordinator")
    form, first = go(client, "dispatch", ticked(client), unit="610113-ZJ")
    assert "1 件已办理" in first.content.decode()
    case.refresh_from_db()
    assert case.unit_id == "610113-ZJ"
    assert "1 件已办理" in client.post(reverse("desk:bulk"), form).content.decode()
    assert Act.objects.filter(act="dispatch").count() == 1


def test_a_bulk_act_leads_back_to_the_view_that_it_was_chosen_in(desk, letter):
    letter(matter="0103")
    client, view = desk("coordinator"), "?scope=own&unit=610113-XF&state=submitted"
    page = client.get(f"/desk/{view}").content.decode()
    assert 'name="back" value="?scope=own&amp;unit=610113-XF&amp;state=submitted"' in page
    _form, done = go(client, "dispatch", ticked(client), unit="610113-ZJ", back=view)
    assert 'href="/desk/?scope=own&amp;unit=610113-XF&amp;state=submitted"' in done.content.decode()
    letter()
    handler = desk("handler")
    _form, done = go(handler, "accept", ticked(handler), back="//elsewhere.example/")
    assert 'href="//elsewhere' not in done.content.decode()


def test_superiors_urge_several_at_once_and_a_case_that_is_over_says_why_not(desk, letter):
    letter(subject="未结的")
    over, _ = letter(subject="已经办结的")
    client = desk("supervisor")
    cases = ticked(client, "/desk/?scope=below")
    Case.objects.filter(pk=over.pk).update(state="closed", phase="over", due_at=None)
    _form, response = go(client, "urge", cases, text="请在本周内答复")
    page = response.content.decode()
    assert "1 件已办理" in page
    assert re.search(r"已经办结的.*?没有办成.*?件的状态已经变化", page, re.S)


def test_a_form_that_is_wrong_is_shown_again_and_nothing_is_done(desk, letter):
    letter()
    client = desk("handler")
    _form, response = go(client, "assign", ticked(client), official="")
    assert response.status_code == 422
    assert not Act.objects.filter(act="assign").exists()


def test_a_case_that_is_not_there_for_who_asks_is_as_one_that_does_not_exist(desk, letter):
    ours, _ = letter()
    theirs, _ = letter(matter="0102", subject="别单位的件")
    client = desk("handler")
    _form, response = go(client, "accept", [f"{ours.code}.{ours.version}", f"{theirs.code}.0", "0000000000ZZ.1", "x"])
    page = response.content.decode()
    assert "别单位的件" not in page
    assert "1 件已办理" in page
    assert "3 件没有办成" in page
    theirs.refresh_from_db()
    assert theirs.state == "dispatched"


@pytest.mark.parametrize("act", ["answer", "refuse", "look", "erase", "publish", "no_such"])
def test_an_act_that_the_table_does_not_do_in_bulk_is_refused(desk, letter, act):
    case, _ = letter()
    client = desk("handler")
    sent = {
        "act": act,
        "case": [f"{case.code}.{case.version}"],
        "go": "1",
        "nonce": "n" * 20,
        "text": "x",
        "basis": "x",
    }
    assert client.post(reverse("desk:bulk"), sent).status_code in (404, 200)
    case.refresh_from_db()
    assert case.state == "dispatched"
    assert not Act.objects.filter(case=case, act=act).exists()


def test_nothing_chosen_and_nobody_signed_in(desk, letter):
    letter()
    assert desk("handler").post(reverse("desk:bulk"), {"act": "accept"}).status_code == 422
    assert desk("stranger").post(reverse("desk:bulk"), {"act": "accept"}).status_code == 302
    assert desk("handler").get(reverse("desk:bulk")).status_code == 405
