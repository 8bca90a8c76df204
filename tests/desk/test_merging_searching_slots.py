"""Merging letters, finding them, and the times at which a unit receives residents."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.test_answering import hidden
from tests.desk.test_tray import codes_on
from tongban.cases.actor import resident
from tongban.cases.models import Act, Case
from tongban.cases.receipts import grouped
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.desk import paging, reception, searching
from tongban.desk.models import Slot
from tongban.registry import snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def merge(client, case, url, code):
    form = hidden(client.get(url("merge", case)).content.decode())
    return client.post(url("merge", case), {**form, "case": code})


def test_the_effect_is_shown_before_merging_and_then_it_is_done(desk, letter, url):
    lead, _ = letter(subject="先来的")
    case, _ = letter(subject="后来的")
    client = desk("handler")
    page = client.get(url("merge", case) + f"?lead={lead.code}").content.decode()
    assert "并入之后" in page
    assert "先来的" in page
    assert f'value="{grouped(lead.code)}"' in page
    response = merge(client, case, url, grouped(lead.code))
    assert response.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.lead_case_id) == ("merged", lead.pk)
    page = client.get(url("case", case)).content.decode()
    assert grouped(lead.code) in page
    assert f"/desk/c/{case.code}/" in client.get(url("case", lead)).content.decode()


def test_a_letter_is_merged_only_into_one_that_exists_for_who_merges(desk, letter, url):
    case, _ = letter()
    hidden_one, _ = letter(matter="0102", subject="别单位的件")
    client = desk("handler")
    for code in (hidden_one.code, "0000000000ZZ", "随便"):
        response = merge(client, case, url, code)
        assert response.status_code == 422
        assert "没有找到这个件" in response.content.decode()
        assert "别单位的件" not in response.content.decode()
        shown = client.get(url("merge", case), {"lead": code})
        assert "别单位的件" not in shown.content.decode()
        assert 'id="effect"' not in shown.content.decode()


def test_the_kernels_rules_of_merging_are_said_at_the_field(desk, letter, url):
    case, _ = letter()
    response = merge(desk("handler"), case, url, case.code)
    assert response.status_code == 422
    assert 'id="id_merge_case_error"' in response.content.decode()


def test_merging_is_for_handlers_and_clerks(desk, letter, url):
    case, _ = letter()
    assert desk("above").get(url("merge", case)).status_code == 403
    assert desk("coordinator").get(url("merge", case)).status_code == 200


# --- searching ------------------------------------------------------------------------------------------------------


def found(client, q):
    return codes_on(client.post("/desk/search/", {"q": q}, follow=True))


def test_a_letter_is_found_by_its_code_however_it_is_typed(desk, letter):
    case, _ = letter()
    client = desk("handler")
    for typed in (case.code, grouped(case.code), grouped(case.code).lower(), f" {case.code} "):
        assert found(client, q=typed) == [case.code]


def test_a_letter_is_found_by_exact_telephone_and_email(desk, letter):
    case, _ = letter(phone="13800138000", email="Xiaoming@Example.org")
    settle()
    client = desk("handler")
    for typed in ("13800138000", "+86 138-0013-8000", "xiaoming@example.org"):
        assert found(client, q=typed) == [case.code]
    for typed in ("13800138001", "1380013800", "xiaomin@example.org"):
        assert found(client, q=typed) == []


@pytest.mark.parametrize("q", ["138 0013 8000", "夜间施工", "longword"])
def test_neither_a_contact_nor_a_word_stands_in_an_address(q, desk, letter):
    case, _ = letter(phone="13800138000", body="夜间施工 longword")
    settle()
    client = desk("handler")
    response = client.post("/desk/search/", {"q": q})
    assert response.status_code == 302
    address = response["Location"]
    assert quote(q) not in address
    assert "8000" not in address.partition("?")[0]
    assert len(address) == len(client.post("/desk/search/", {"q": "别的"})["Location"]), "the length tells nothing"
    assert codes_on(client.get(address)) == [case.code]
    other = desk("coordinator").get(address)
    assert (codes_on(other), "已经失效" in other.content.decode()) == ([], True), "the address is one official's"


def test_a_letter_is_found_by_its_words_and_not_by_the_name_of_its_sender(desk, letter):
    case, _ = letter(name="王小明")
    letter(subject="另一封", body="路灯不亮")
    settle()
    client = desk("handler")
    assert found(client, q="夜间施工") == [case.code]
    assert found(client, q="夜間施工") == [case.code]
    assert found(client, q="十") == [case.code]
    assert found(client, q="王小明") == []
    assert found(client, q="施工 路灯") == []


@pytest.mark.parametrize("who", ["other unit", "elsewhere", "administrator"])
def test_search_finds_only_what_exists_for_who_asks(who, desk, letter):
    case, _ = letter(phone="13800138000")
    settle()
    client = desk(who)
    for typed in (case.code, "13800138000", "夜间施工"):
        assert found(client, q=typed) == []


def test_many_letters_are_paged_by_key(desk, letter, monkeypatch):
    monkeypatch.setattr(paging.page, "__defaults__", ("", "", 2))
    codes = [letter(subject=f"施工{n}")[0].code for n in range(5)]
    settle()
    client = desk("handler")
    seen, address = [], client.post("/desk/search/", {"q": "施工"})["Location"]
    while address:
        page = client.get(address)
        seen += codes_on(page)
        link = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        address = "/desk/search/" + link.group(1).replace("&amp;", "&") if link else ""
    assert seen == list(reversed(codes))


@pytest.mark.parametrize("q", ["", " ", "\x00", "'\"*()", "AND OR NOT", "¶", "-", "x" * 500])
def test_odd_queries_find_nothing_and_break_nothing(q, desk, letter):
    letter()
    settle()
    assert desk("handler").post("/desk/search/", {"q": q}, follow=True).status_code == 200
    assert desk("handler").get("/desk/search/", {"s": q}).status_code == 200


@given(st.text(max_size=30))
def test_what_is_typed_is_a_code_or_a_contact_or_neither(text):
    code = searching.as_code(text)
    assert code == "" or len(code) == 12
    contact = searching.as_contact(text)
    assert contact is None or contact[0] in {"phone", "email"}


# --- reception ------------------------------------------------------------------------------------------------------


def offer(client, **changes):
    day = timezone.localdate() + timedelta(days=2)
    form = {
        "do": "offer",
        "unit": "610113-CG",
        "first": f"{day.isoformat()}T09:00",
        "until": "10:00",
        "minutes": "20",
        "weeks": "1",
        "way": "video",
        "myself": "on",
    }
    return client.post("/desk/slots/", {**form, **changes})


def test_a_unit_publishes_times_once(desk, registry, official):
    client = desk("handler")
    assert offer(client).status_code == 302
    assert offer(client).status_code == 302
    assert (
        list(Slot.objects.values_list("unit_id", "minutes", "official_id"))
        == [("610113-CG", 20, official("610113-CG", "handler").pk)] * 3
    )
    page = client.get("/desk/slots/").content.decode()
    assert page.count("取消时段") == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"until": "08:00"},
        {"until": "23:59", "minutes": "5"},
        {"minutes": "2"},
        {"first": "2020-01-01T09:00"},
        {"first": "明天"},
        {"unit": "610113-ZJ"},
        {"weeks": "27"},
        {"where": "http://meeting.example.org/1"},
    ],
)
def test_wrong_times_are_refused_in_the_form(changes, desk, registry):
    assert offer(desk("handler"), **changes).status_code == 422
    assert not Slot.objects.exists()


def test_supervisors_and_administrators_publish_no_times(desk, registry):
    for who in ("supervisor", "administrator"):
        client = desk(who)
        assert client.get("/desk/slots/").status_code == 200
        assert offer(client, unit="610113-GOV").status_code == 403
    assert not Slot.objects.exists()


@pytest.fixture
def booked(letter):
    case, _ = letter(subject="要谈的事")
    slot = Slot.objects.create(unit_id="610113-CG", starts_at=timezone.now() + timedelta(hours=5))
    reception.book(case, slot.pk, resident(case.pk), snapshot.current())
    slot.refresh_from_db()
    return case, slot


def test_a_free_time_is_withdrawn_and_a_booked_one_is_not(desk, booked):
    _case, slot = booked
    free = Slot.objects.create(unit_id="610113-CG", starts_at=timezone.now() + timedelta(hours=9))
    client = desk("handler")
    assert client.post("/desk/slots/", {"do": "withdraw", "slot": free.pk}).status_code == 302
    assert client.post("/desk/slots/", {"do": "withdraw", "slot": slot.pk}).status_code == 409
    free.refresh_from_db()
    slot.refresh_from_db()
    assert free.cancelled_at is not None
    assert slot.cancelled_at is None


def test_a_booking_is_seen_and_can_be_cancelled(desk, booked):
    case, slot = booked
    client = desk("handler")
    assert "要谈的事" in client.get("/desk/slots/").content.decode()
    without = client.post("/desk/slots/", {"do": "cancel", "slot": slot.pk})
    assert (without.status_code, "取消的原因" in without.content.decode()) == (422, True)
    cancelling = {"do": "cancel", "slot": slot.pk, "reason": "当天停电"}
    assert client.post("/desk/slots/", cancelling).status_code == 302
    slot.refresh_from_db()
    assert slot.booked_case_id is None
    assert Act.objects.get(case=case, act="unbook").private["reason"] == "当天停电"


@pytest.mark.parametrize("slot", ["", "x", "²", "-1", "9" * 30])
def test_a_time_that_is_not_there_is_not_found(slot, desk, registry):
    assert desk("handler").post("/desk/slots/", {"do": "withdraw", "slot": slot}).status_code == 404


def test_another_units_times_are_not_mine(desk, booked):
    _case, slot = booked
    for do in ("withdraw", "cancel"):
        assert desk("other unit").post("/desk/slots/", {"do": do, "slot": slot.pk}).status_code == 404


def test_what_was_said_is_recorded_once_after_it_began(desk, booked):
    case, slot = booked
    client, address = desk("handler"), f"/desk/slots/{slot.pk}/record/"
    assert client.get(address).status_code == 409
    Slot.objects.filter(pk=slot.pk).update(starts_at=timezone.now() - timedelta(minutes=30))
    assert "登记接访" in client.get("/desk/slots/").content.decode()
    form = hidden(client.get(address).content.decode())
    assert client.post(address, {**form, "text": ""}).status_code == 422
    assert [client.post(address, {**form, "text": "谈了两件事"}).status_code for _ in range(2)] == [302, 302]
    assert case.acts.get(act="receive").text == "谈了两件事"
    slot.refresh_from_db()
    assert slot.held_at is not None
    assert client.get(address).status_code == 409


def test_a_booking_whose_letter_does_not_exist_for_me_is_only_taken(desk, booked, official, signed_in):
    """The government's handler has no standing on a letter that is with the city management, though it can book
    there."""
    case, slot = booked
    Slot.objects.filter(pk=slot.pk).update(unit_id="610113-GOV")
    client = signed_in(official("610113-GOV", "handler"))
    page = client.get("/desk/slots/").content.decode()
    assert "已预约" in page
    assert "要谈的事" not in page
    assert case.code not in page
    assert client.get(f"/desk/slots/{slot.pk}/record/").status_code == 404
    assert client.post("/desk/slots/", {"do": "cancel", "slot": slot.pk}).status_code == 404


def test_the_whole_way_of_a_letter_over_the_desk(desk, letter, act, actor):
    """Dispatch, accept, ask, answer, poor rating, call back."""
    case, _ = letter(matter="0103")
    assert act(desk("coordinator"), case, "dispatch", unit="610113-CG").status_code == 302
    handler = desk("handler")
    assert act(handler, case, "accept").status_code == 302
    assert act(handler, case, "ask_resident", text="哪个路口？").status_code == 302
    perform(case.pk, Step("reply", resident(case.pk), {"text": "科技路口"}))
    assert act(handler, case, "answer", text="已修好").status_code == 302
    perform(case.pk, Step("rate", resident(case.pk), {"grade": 1, "text": "没修"}))
    page = handler.get(f"/desk/c/{case.code}/").content.decode()
    assert "/act/call_back/" in page
    assert "差评" in page
    assert act(handler, case, "call_back", text="已重新修理").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "answered"
