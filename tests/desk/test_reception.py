"""Reception that can happen: where it is, reminders, the queue for freed times, and who is told what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tongban.accounts.models import Post
from tongban.cases.actor import SYSTEM, resident
from tongban.cases.models import Act, Case, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.desk import queueing, reception
from tongban.desk.models import QueuedForSlot, Slot
from tongban.desk.reception_rules import rules
from tongban.desk.reminding import remind
from tongban.registry import snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LEAD, LINK = "610113-CG", "https://meeting.example.org/j/1"
TOLD = {"where": LINK, "who": "张科长", "bring": "身份证"}


def slot(hours=30.0, unit=LEAD, way="video", **more):
    return Slot.objects.create(
        unit_id=unit, starts_at=timezone.now() + timedelta(hours=hours), way=way, private=dict(TOLD), **more
    )


@pytest.fixture
def sent(letter):
    """Letters and their receipts, each of another sender."""

    def make(**more):
        return letter(nonce=f"letter {Case.objects.count()}", **more)

    return make


def book(case, one):
    reception.book(case, one.pk, resident(case.pk), snapshot.current())
    one.refresh_from_db()


def sender(case, receipt):
    client = Client()
    client.post("/follow/", {"code": case.code, "secret": receipt.secret})
    return client


def acts(case):
    return list(Act.objects.filter(case=case).order_by("sequence").values_list("act", flat=True))


# --- where it is ------------------------------------------------------------------------------------------------------


def test_who_booked_and_the_unit_see_where_it_is_and_nobody_else(sent, desk):
    (case, receipt), (other, its_receipt) = sent(), sent()
    one = slot()
    book(case, one)
    mine, theirs = sender(case, receipt), sender(other, its_receipt)
    for page in (f"/follow/{case.code}/", f"/letters/c/{case.code}/book/"):
        text = mine.get(page).content.decode()
        assert all(said in text for said in TOLD.values()), page
    file = mine.get(f"/letters/c/{case.code}/book/reception.ics")
    assert (file["Content-Type"], b"BEGIN:VEVENT" in file.content) == ("text/calendar; charset=utf-8", True)
    assert LINK.encode() in file.content.replace(b"\r\n ", b"")
    for client, page in (
        (theirs, f"/letters/c/{other.code}/book/"), (Client(), "/letters/reception/"), (desk("above"), "/desk/slots/")
    ):  # fmt: skip
        assert LINK not in client.get(page).content.decode(), page
    for page in (f"/letters/c/{case.code}/book/", f"/letters/c/{case.code}/book/reception.ics"):
        assert theirs.get(page).status_code == 404
    assert theirs.get(f"/letters/c/{other.code}/book/reception.ics").status_code == 404, "nothing is booked"
    for page in (f"/desk/slots/{one.pk}/", f"/desk/slots/{one.pk}/reception.ics"):
        assert desk("handler").get(page).status_code == 200
        assert desk("other unit").get(page).status_code == 404
    assert LINK in desk("handler").get(f"/desk/slots/day/?day={timezone.localdate(one.starts_at)}").content.decode()


def test_a_stolen_database_has_no_link(sent):
    one = slot()
    stored = Slot.objects.filter(pk=one.pk).values_list("private", flat=True)[0]
    assert LINK.encode() not in bytes(stored)
    assert one.seal != slot(31).seal


def test_a_change_is_told_to_who_booked(sent, desk):
    case, _ = sent(email="w@example.org")
    one = slot()
    book(case, one)
    new = {"way": "hall", "where": "政务大厅 3 号", "who": "张科长", "bring": ""}
    client, before = desk("handler"), Notice.objects.count()
    assert client.post(f"/desk/slots/{one.pk}/", {**new, "way": "video"}).status_code == 422
    for _twice in range(2):
        assert client.post(f"/desk/slots/{one.pk}/", new).status_code == 302
    one.refresh_from_db()
    assert (one.way, one.told["where"], one.told["bring"]) == ("hall", "政务大厅 3 号", "")
    assert acts(case)[-2:] == ["book", "rearrange"], "the same again changes nothing"
    assert Notice.objects.count() == before + 1
    assert desk("other unit").post(f"/desk/slots/{one.pk}/", new).status_code == 404


def test_no_change_once_it_began(sent, desk):
    case, _ = sent()
    one = slot()
    book(case, one)
    Slot.objects.filter(pk=one.pk).update(starts_at=timezone.now() - timedelta(minutes=5))
    assert desk("handler").post(f"/desk/slots/{one.pk}/", {"way": "hall", "where": "别处"}).status_code == 409


def test_every_week_leaves_out_days_off_and_says_so(desk, registry, monkeypatch):
    day = timezone.localdate() + timedelta(days=2)
    off = day + timedelta(days=14)
    calendar = type(snapshot.current().calendar)
    monkeypatch.setattr(calendar, "is_working_day", lambda self, one: one != off)
    form = {
        "do": "offer", "unit": LEAD, "first": f"{day}T09:00", "until": "11:00", "minutes": "20", "weeks": "4",
        "way": "video", **TOLD,
    }  # fmt: skip
    page = desk("handler").post("/desk/slots/", form, follow=True).content.decode()
    assert off.isoformat() in page
    assert Slot.objects.count() == 3 * 6
    assert {timezone.localdate(one.starts_at) for one in Slot.objects.all()} == {
        day + timedelta(weeks=week) for week in (0, 1, 3)
    }


def test_a_time_that_was_taken_back_can_be_offered_again(registry):
    start = timezone.now() + timedelta(days=2)
    assert reception.offer(LEAD, start, 1, 20, "video", None) == 1
    reception.withdraw_slot(Slot.objects.get())
    assert reception.offer(LEAD, start, 1, 20, "hall", None, {"where": "二楼"}) == 1
    one = Slot.objects.get()
    assert (one.cancelled_at, one.told["where"]) == (None, "二楼")


def test_who_did_not_come_can_book_again_once_the_unit_had_a_day_for_the_record(sent):
    case, receipt = sent()
    old, new = slot(), slot(40)
    book(case, old)
    Slot.objects.filter(pk=old.pk).update(starts_at=timezone.now() - timedelta(hours=2))
    with pytest.raises(Refusal) as caught:
        book(case, new)
    assert (caught.value.code, "还没有登记" in str(caught.value.message)) == ("conflict", True)
    assert LINK not in sender(case, receipt).get(f"/letters/c/{case.code}/book/").content.decode(), "it is over"
    Slot.objects.filter(pk=old.pk).update(starts_at=timezone.now() - timedelta(hours=25))
    book(case, new)
    assert new.booked_case_id == case.pk


# --- the queue --------------------------------------------------------------------------------------------------------


@pytest.fixture
def queue(sent):
    """A booked time of the unit, and two who wait for it, in order."""
    (first, _), (second, _), (third, _) = sent(email="1@example.org"), sent(email="2@example.org"), sent()
    one = slot()
    book(first, one)
    for case in (second, third):
        queueing.join(case, LEAD, resident(case.pk))
    return one, first, second, third


def test_a_freed_time_is_kept_for_the_first_who_waits_then_for_the_next(queue):
    one, first, second, third = queue
    reception.cancel(first, one.pk, resident(first.pk))
    registry = snapshot.current()
    assert not reception.free_for(third, registry).exists(), "nobody jumps the queue before it is passed on"
    assert queueing.pass_on() == 1
    one.refresh_from_db()
    assert (one.kept_for_id, acts(second)[-1]) == (second.pk, "keep_slot")
    assert Notice.objects.filter(case=second).exists()
    with pytest.raises(Refusal) as caught:
        book(third, one)
    assert caught.value.code == "conflict"
    assert queueing.pass_on() == 0, "once"
    assert queueing.pass_on(now=one.kept_until + timedelta(minutes=1)) == 2
    one.refresh_from_db()
    assert (one.kept_for_id, acts(second)[-1]) == (third.pk, "pass_slot")
    assert not QueuedForSlot.objects.filter(case=second).exists()
    book(third, one)
    assert one.booked_case_id == third.pk
    assert not QueuedForSlot.objects.exists()


def test_where_nobody_wants_it_the_time_is_everybodys(queue, sent):
    one, first, second, third = queue
    reception.cancel(first, one.pk, resident(first.pk))
    for case in (second, third):
        queueing.leave(case, LEAD, resident(case.pk))
    queueing.pass_on()
    assert acts(second)[-1] == "dequeue"
    case, _ = sent()
    book(case, one)
    assert one.booked_case_id == case.pk


def test_a_new_time_goes_to_who_waits(queue):
    _one, _first, second, third = queue
    new = slot(40)
    assert queueing.pass_on([LEAD]) == 1
    new.refresh_from_db()
    assert new.kept_for_id == second.pk
    assert not QueuedForSlot.objects.filter(case=second, unit_id="610113-XF").exists()
    assert new.kept_until <= timezone.now() + rules().keep


def test_it_is_not_kept_beyond_the_time_at_which_it_can_be_booked(queue):
    soon = slot(3)
    queueing.pass_on()
    soon.refresh_from_db()
    assert soon.kept_until == soon.starts_at - rules().lead


@pytest.mark.parametrize("how", ["withdraw", "merge", "erase", "mark", "unit"])
def test_whatever_frees_a_time_frees_it_for_the_next(how, queue, letter, actor, kept_long_enough):
    one, first, second, _third = queue
    handler = actor(LEAD, "handler")
    if how == "withdraw":
        perform(first.pk, Step("withdraw", resident(first.pk)))
    elif how == "merge":
        lead, _ = letter(subject="先来的", nonce="lead")
        perform(first.pk, Step("merge", handler, {"case": str(lead.pk)}))
    elif how == "erase":
        perform(first.pk, Step("answer", handler, {"text": "好", "at_once": True}))
        perform(kept_long_enough(first).pk, Step("erase", SYSTEM))
    elif how == "mark":
        perform(first.pk, Step("mark_against", resident(first.pk), {"against": LEAD}))
    else:
        reception.cancel(first, one.pk, handler, "当天停电")
        assert Act.objects.get(case=first, act="unbook").private["reason"] == "当天停电"
        assert Notice.objects.filter(case=first).exists(), "an official's cancelling is told"
    one.refresh_from_db()
    assert one.booked_case_id is None
    if how in ("withdraw", "merge"):
        assert acts(first)[-1] == "unbook"
    queueing.pass_on()
    one.refresh_from_db()
    assert one.kept_for_id == second.pk


def test_a_time_that_the_unit_closes_is_nobodys(queue, desk):
    one, first, _second, _third = queue
    client = desk("handler")
    form = {"do": "close", "slot": one.pk, "reason": "停电"}
    assert client.post("/desk/slots/", form).status_code == 302
    queueing.pass_on()
    one.refresh_from_db()
    assert (one.booked_case_id, one.kept_for_id) == (None, None)
    assert one.cancelled_at is not None
    assert acts(first)[-1] == "unbook"
    assert client.get(f"/desk/slots/{one.pk}/").status_code == 404


def test_who_withdrew_waits_no_more(queue):
    _one, _first, second, _third = queue
    perform(second.pk, Step("withdraw", resident(second.pk)))
    assert not QueuedForSlot.objects.filter(case=second).exists()


def test_queueing_is_refused_where_there_is_nothing_to_wait_for(sent, registry):
    case, _ = sent()
    one = slot()
    for unit, code in ((LEAD, "conflict"), ("610124-XF", "not_found"), ("nowhere", "not_found")):
        with pytest.raises(Refusal) as caught:
            queueing.join(case, unit, resident(case.pk))
        assert caught.value.code == code, unit
    book(case, one)
    with pytest.raises(Refusal) as caught:
        queueing.join(case, LEAD, resident(case.pk))
    assert caught.value.code == "conflict"
    with pytest.raises(Refusal) as caught:
        queueing.leave(case, LEAD, resident(case.pk))
    assert caught.value.code == "not_found"


def test_an_official_who_is_also_at_the_unit_complained_of_receives_nobody(letter, official):
    """One official, two posts: at the government, which has the case, and at the bureau it is about."""
    case, _ = letter(matter="0901", against=LEAD)
    both = official("610113-GOV", "handler", "both")
    Post.objects.create(official=both, unit_id=LEAD, role="handler", since=date(2020, 1, 1))
    bad, good = slot(unit=case.unit_id, official=both), slot(31, unit=case.unit_id)
    registry = snapshot.current()
    assert list(reception.free_for(case, registry)) == [good]
    assert LEAD not in reception.units_for(case, registry)
    with pytest.raises(Refusal) as caught:
        book(case, bad)
    assert caught.value.code == "conflict"


def test_the_page_books_waits_and_lets_go(queue, sent, desk):
    one, _first, _second, _third = queue
    case, receipt = sent()
    client, here = sender(case, receipt), f"/letters/c/{case.code}/book/"
    assert "排队等时段" in client.get(here).content.decode()
    assert client.post(here, {"queue": LEAD}).status_code == 302
    assert "您排在第 3 位" in client.get(here).content.decode()
    assert client.post(here, {"queue": LEAD}).status_code == 302, "a double click"
    assert acts(case).count("queue") == 1
    assert "3 人在排队" in desk("handler").get("/desk/slots/").content.decode()
    assert client.post(here, {"dequeue": LEAD}).status_code == 302
    assert client.post(here, {"dequeue": LEAD}).status_code == 404
    assert client.post(here, {"queue": "610124-XF"}).status_code == 404


# --- reminders --------------------------------------------------------------------------------------------------------


def test_a_reminder_goes_out_a_day_and_an_hour_before_each_once(sent):
    case, _ = sent(email="w@example.org", subject="噪音")
    one = slot(30)
    book(case, one)
    Notice.objects.all().delete()
    start = one.starts_at
    told = []
    for hours in (25, 23.9, 20, 1.5, 0.9, 0.5, -0.5):
        for _worker in range(2):
            remind(start - timedelta(hours=hours))
        told.append(Notice.objects.count())
    assert told == [0, 1, 1, 1, 2, 2, 2]
    text = Notice.objects.first().private["text"]
    assert timezone.localtime(start).strftime("%Y-%m-%d %H:%M") in text
    assert "噪音" not in text
    assert LINK not in text
    assert acts(case) == ["submit", "book"]


def test_what_is_booked_late_or_given_back_is_not_reminded_of(sent):
    case, _ = sent(email="w@example.org")
    one = slot(5)
    book(case, one)
    Notice.objects.all().delete()
    assert remind() == 0, "it was booked a minute ago"
    reception.cancel(case, one.pk, resident(case.pk))
    remind(one.starts_at - timedelta(minutes=30))
    assert not Notice.objects.exists()


def test_an_hour_in_which_nothing_ran_sends_one_reminder_and_not_two(sent):
    case, _ = sent(email="w@example.org")
    one = slot(30)
    book(case, one)
    Notice.objects.all().delete()
    assert remind(one.starts_at - timedelta(minutes=10)) == 1
    assert Notice.objects.count() == 1
