"""Who gets what on every route of the desk: those who may, and strangers of every sort, who get nothing."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.urls import reverse

from tongban.cases import attachments
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.writer import Step, perform
from tongban.desk import opening
from tongban.desk.models import Slot
from tongban.desk.opening import CONTACT, OVERSEEING

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SECRETS = ("夜里的秘密", "王小明的来信", "13800000000", "xiaoming@example.org", "证据.txt")


@pytest.fixture
def complaint(letter, actor):
    """A letter about the conduct of 610113-CG, which the government above has, with a file and a booked time."""
    attachments.keep("证据.txt", "夜里的秘密".encode(), "draft-1")
    case, _ = letter(
        matter="0901", against="610113-CG", subject="王小明的来信", body="夜里的秘密", name="王小明",
        phone="13800000000",
        email="xiaoming@example.org", draft="draft-1",
    )  # fmt: skip
    assert case.unit_id == "610113-GOV"
    return case


def routes(case):
    """(method, address, data) of every route of the desk."""
    slot = Slot.objects.filter(booked_case=case).first() or Slot.objects.create(
        unit_id="610113-GOV", starts_at=case.submitted_at, booked_case=case
    )
    key = Attachment.objects.get(case=case).key
    about = {name: reverse(name, args=[case.code]) for name in ("desk:case", "desk:answer", "desk:merge")} | {
        "publish": reverse("desk:page", args=[case.code, "publish"])
    }
    acts = [
        ("POST", reverse("desk:act", args=[case.code, act]), {"text": "x"})
        for act in ("accept", "note", "urge", "refuse", "erase", "look")
    ]
    return [
        ("GET", reverse("desk:tray"), {}),
        ("GET", reverse("desk:tray") + "?state=all", {}),
        ("GET", reverse("desk:tray") + "?scope=area&state=all&unit=610113-GOV", {}),
        ("GET", reverse("desk:tray") + "?scope=below&unit=610113-GOV", {}),
        ("GET", reverse("desk:tray") + "?scope=assist", {}),
        ("GET", reverse("desk:search") + f"?q={case.code}", {}),
        ("GET", reverse("desk:search") + "?q=13800000000", {}),
        ("GET", reverse("desk:search"), {}),
        ("GET", reverse("desk:search") + "?q=%E7%A7%98%E5%AF%86", {}),
        ("GET", reverse("desk:slots"), {}),
        ("GET", reverse("desk:slots") + "?unit=610113-GOV", {}),
        ("POST", reverse("desk:slots"), {"do": "cancel", "slot": slot.pk}),
        ("GET", reverse("desk:slot_record", args=[slot.pk]), {}),
        ("POST", reverse("desk:slot_record", args=[slot.pk]), {"text": "x"}),
        ("GET", reverse("desk:file", args=[case.code, key]), {}),
        *(("GET", address, {}) for address in about.values()),
        *(("POST", address, {"text": "x", "do": "save", "contact": "1", "case": "x"}) for address in about.values()),
        *acts,
    ]


LISTS = {"/desk/", "/desk/search/", "/desk/slots/"}


@pytest.mark.parametrize(
    "who", ["stranger", "expired", "administrator", "other unit", "handler", "head", "below", "elsewhere"]
)
def test_a_stranger_gets_nothing_on_any_route(who, desk, complaint):
    """`handler` and `head` are of the unit complained of, `below` of one below it (信访工作条例 Art. 30)."""
    from tongban.cases.settling import settle

    settle()
    client, before = desk(who), Act.objects.count()
    for method, address, data in routes(complaint):
        response = client.get(address) if method == "GET" else client.post(address, data)
        body = response.content.decode()
        assert not [secret for secret in SECRETS if secret in body and secret not in unquote(address)], (
            who,
            method,
            address,
        )
        if who == "stranger":
            assert response.status_code == 302
            assert response["Location"].startswith("/accounts/login/")
        elif who == "expired":
            assert response.status_code == 403
        elif address.split("?")[0] in LISTS and method == "GET":
            assert response.status_code == 200
            assert f"/desk/c/{complaint.code}/" not in body, (who, address)
        else:
            assert response.status_code in (403, 404), (who, method, address, response.status_code)
    assert Act.objects.count() == before, "a stranger left a trace on the case"
    assert Slot.objects.get(booked_case=complaint).unit_id == "610113-GOV"


def test_a_case_that_is_not_there_and_one_that_is_not_yours_look_the_same(desk, complaint):
    client = desk("below")
    missing = client.get("/desk/c/0000000000ZZ/")
    hidden = client.get(f"/desk/c/{complaint.code}/")
    assert (missing.status_code, hidden.status_code) == (404, 404)
    assert missing.content.replace(b"0000000000ZZ", b"") == hidden.content.replace(complaint.code.encode(), b"")


def test_the_unit_above_reads_the_complaint(desk, complaint, url):
    page = desk("above").get(url("case", complaint)).content.decode()
    assert "夜里的秘密" in page
    assert "被反映单位" in page


def test_every_reading_is_a_look_that_stands_on_the_case(desk, letter, url):
    case, _ = letter()
    client = desk("handler")
    client.get(url("case", case))
    client.get(url("case", case))
    looks = Act.objects.filter(case=case, act="look")
    assert [(act.private["purpose"], act.unit_id, act.role) for act in looks] == [("办理", "610113-CG", "handler")]


def test_who_works_on_a_part_looks_at_the_whole_to_work_on_it_and_who_reviews_says_what_for():
    for standing in ("part:handler", "whole:handler", "lead:head"):
        assert opening.purpose_of({standing: None}) == "办理", standing
    for standing in ("part:supervisor", "about:handler"):
        assert opening.purpose_of({standing: None}) is None, standing


@pytest.mark.parametrize(("who", "purpose"), [("handler", "办理"), ("coordinator", "分办"), ("above", "督办")])
def test_the_purpose_of_a_look_follows_from_the_post(who, purpose, desk, letter, url):
    case, _ = letter()
    assert "每天夜里十二点" in desk(who).get(url("case", case)).content.decode()
    assert Act.objects.get(case=case, act="look").private["purpose"] == purpose


def test_a_supervisor_says_what_for_before_a_word_is_shown(desk, letter, url):
    case, _ = letter(subject="主题在后", body="每天夜里十二点以后")
    client = desk("supervisor")
    for name in ("case", "answer", "merge"):
        response = client.get(url(name, case), follow=True)
        assert "每天夜里" not in response.content.decode()
    assert not Act.objects.filter(case=case, act="look").exists()
    assert client.post(url("case", case), {"purpose": "好奇"}).status_code == 422
    response = client.post(url("case", case), {"purpose": OVERSEEING}, follow=True)
    assert "每天夜里" in response.content.decode()
    assert Act.objects.get(case=case, act="look").private["purpose"] == "督办"


def test_the_contact_is_shown_to_handlers_after_a_look_of_its_own(desk, letter, url):
    case, _ = letter(name="王小明", phone="13800000000", email="xiaoming@example.org")
    client = desk("handler")
    page = client.get(url("case", case)).content.decode()
    assert "显示联系方式" in page
    assert not [text for text in ("王小明", "13800000000", "xiaoming@example.org") if text in page]
    page = client.post(url("case", case), {"contact": "1"}, follow=True).content.decode()
    assert "13800000000" in page
    assert [act.private["purpose"] for act in Act.objects.filter(case=case, act="look").order_by("sequence")] == [
        "办理",
        CONTACT,
    ]


@pytest.mark.parametrize("who", ["above", "coordinator", "other unit"])
def test_nobody_above_or_beside_sees_the_contact(who, desk, letter, url):
    from tongban.cases.models import Assist

    case, _ = letter(name="王小明", phone="13800000000")
    Assist.objects.create(case=case, unit_id="610113-ZJ")
    client = desk(who)
    page = client.get(url("case", case)).content.decode()
    assert "显示联系方式" not in page
    response = client.post(url("case", case), {"contact": "1"})
    assert response.status_code == 403
    assert "13800000000" not in response.content.decode()


def test_one_officials_look_at_the_contact_shows_it_to_nobody_else(desk, letter, url):
    case, _ = letter(name="王小明", phone="13800000000")
    desk("handler").post(url("case", case), {"contact": "1"})
    assert "13800000000" not in desk("head").get(url("case", case)).content.decode()


def test_an_attachment_is_a_download_that_cannot_run(desk, complaint, url):
    item = Attachment.objects.get(case=complaint)
    response = desk("above").get(url("file", complaint, item.key))
    assert response.status_code == 200
    assert response.content.decode() == "夜里的秘密"
    assert response["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert Act.objects.filter(case=complaint, act="look").count() == 1


def test_an_attachment_of_another_case_is_not_found(desk, complaint, letter, url):
    mine, _ = letter()
    key = Attachment.objects.get(case=complaint).key
    assert desk("handler").get(url("file", mine, key)).status_code == 404


def test_an_erased_letter_is_a_tombstone_without_acts(desk, letter, actor, url, kept_long_enough):
    case, _ = letter(subject="要删的", name="王小明")
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "答复", "at_once": True}))
    kept_long_enough(case)
    perform(case.pk, Step("propose_erasure", actor("610113-CG", "clerk"), {"reason": "保存期限届满"}))
    perform(case.pk, Step("erase", actor("610113-CG", "head")))
    client = desk("head")
    page = client.get(url("case", case)).content.decode()
    assert "内容已经按规定删除" in page
    assert "要删的" not in page
    assert "这一件已经没有要办的了" in page
    for name in ("answer", "publish", "merge"):
        assert client.get(url(name, case)).status_code == 409
    assert client.post(url("act", case, "note"), {"text": "x"}).status_code == 409
    assert client.get("/desk/?state=done").status_code == 200
    assert Case.objects.get(pk=case.pk).erased_at
