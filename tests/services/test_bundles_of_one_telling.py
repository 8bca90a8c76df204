"""A bundle is told once: its registers are asked with one consent that names its items, its papers are handed in once,
and each part is given what it asks for and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tongban.accounts.models import Official
from tongban.cases import attachments
from tongban.cases.actor import resident
from tongban.cases.models import Attachment, Case
from tongban.cases.writer import Step, perform
from tongban.services import bundled, questions, reading, rules
from tongban.services.models import Pull
from tongban.services.sources import prefilling

from .bundling import ITEMS, TYPED, WHOLE, begin, files, finish, parts, shop, slots  # noqa: F401
from .conftest import CIVIL, MARKET, after, official
from .registers import registers, said, show  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop"), pytest.mark.both_databases]


def told(client, *, consents=True):
    show(client)
    begin(client)
    client.post("/new/bundle/registers/", {"answer": "yes" if consents else "no"})
    if consents:
        client.post("/new/bundle/registers/", {"next": "1"})
    return finish(client)


def test_one_consent_names_every_item_that_registers_answer_for():
    client = Client()
    show(client)
    begin(client)
    page = said(client.get("/new/bundle/registers/"))
    assert "老年人优待证办理" in page
    assert "用于：" in page
    client.post("/new/bundle/registers/", {"answer": "yes"})
    agreed = Pull.objects.get(source="population").private["consent"]
    known = [code for facts in prefilling.offered(WHOLE).values() for code in facts]
    for item in ITEMS:
        name = reading.current().items[item].matter.name
        asks = any(item in asking for asking in bundled.items_asking(known, ITEMS).values())
        assert (f"“{name}”" in agreed) == asks


def test_each_register_is_asked_once_and_each_part_gets_what_its_own_form_asks():
    case = told(Client())
    assert sorted(Pull.objects.values_list("source", "case")) == [("firms", case.pk), ("population", case.pk)]
    begun = parts(case)
    assert set(begun) == {"7001", "7002"}
    for item, part in begun.items():
        sent = rules.sent(part)
        asked = {one.fact.code for page in questions.pages_of(item) for one in page.questions}
        assert set(sent["facts"]) <= asked
        assert {one["source"] for one in sent["pulled"]} == {"population"}
        assert set(sent["pulled"][0]["facts"]) == asked & {"born", "resident_here"}
    assert rules.sent(begun["7001"])["facts"]["born"] == "1958-03-02"
    assert "born" not in rules.sent(begun["7002"])["pulled"][0]["facts"]


def test_without_consent_everything_is_typed_and_no_part_holds_anything_of_a_register():
    case = told(Client(), consents=False)
    assert not Pull.objects.exists()
    assert all("pulled" not in rules.sent(part) for part in (case, *parts(case).values()))


def test_a_material_is_handed_in_once_and_says_who_needs_it():
    client = Client()
    show(client)
    begin(client)
    client.post("/new/bundle/registers/", {"answer": "no"})
    for number in range(1, 4):
        for item in ITEMS:
            client.post(f"/new/bundle/q{item}-{number}/", {f"fact_{code}": value for code, value in TYPED.items()})
    page = said(client.get("/new/bundle/materials/"))
    assert slots(client) == ["mat_lease_b", "mat_shared_photo"]
    names = [reading.current().items[item].matter.name for item in ("7001", "7002")]
    assert f"用于：{'、'.join(names)}。" in page
    assert client.post("/new/bundle/materials/", {}).status_code == 422  # one item cannot do without it


def test_each_part_has_copies_of_its_own_papers_and_a_later_part_gets_its_own_when_it_begins():
    case = told(Client())
    assert files(case) == {"mat_lease_b", "mat_shared_photo"}
    begun = parts(case)
    assert [files(begun[item]) for item in ("7001", "7002")] == [{"mat_shared_photo"}] * 2
    after(after(begun["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    assert files(parts(case)["7003"]) == {"mat_lease_b"}
    assert files(begun["7001"]) == {"mat_shared_photo"}  # not copied again
    assert Attachment.objects.filter(case__in=parts(case).values()).count() == 3
    one, other = (Attachment.objects.get(case=parts(case)[item]) for item in ("7001", "7002"))
    assert attachments.content_of(one) == attachments.content_of(other)


def test_a_part_that_is_erased_takes_its_copies_and_leaves_the_others(django_capture_on_commit_callbacks):
    from datetime import date

    from tongban.cases import retention

    case = told(Client())
    part = parts(case)["7001"]
    mine = Attachment.objects.get(case=part)
    perform(part.pk, Step("withdraw", resident(part.pk)))
    with django_capture_on_commit_callbacks(execute=True):
        retention.erase_due(date(2099, 1, 1))
    assert not Path(attachments.path_of(mine.key)).exists()
    assert files(parts(case)["7002"]) == {"mat_shared_photo"}
    assert attachments.content_of(Attachment.objects.get(case=parts(case)["7002"]))


def test_what_cannot_be_stored_begins_no_part(monkeypatch):
    def full(item, act):
        raise OSError(28, "No space left on device")

    client = Client(raise_request_exception=False)
    monkeypatch.setattr(attachments, "copy", full)
    show(client)
    begin(client)
    client.post("/new/bundle/registers/", {"answer": "no"})
    with pytest.raises(AssertionError):
        assert finish(client) is not None
    case = Case.objects.get(kind="bundle")
    assert (case.state, len(parts(case))) == ("begun", 0)  # the worker begins it later
    assert files(case) == {"mat_lease_b", "mat_shared_photo"}


def test_the_unit_of_a_part_opens_its_own_copies_alone(settings):
    settings.SECOND_FACTOR = False
    case = told(Client())
    desk = Client()
    desk.force_login(Official.objects.get(pk=official(MARKET).official_id))
    for part in parts(case).values():
        mine = Attachment.objects.get(case=part)
        assert desk.get(f"/desk/c/{part.code}/file/{mine.key}/").status_code == 404
    handler = Client()
    handler.force_login(Official.objects.get(pk=official(CIVIL).official_id))
    page = said(handler.get(f"/desk/c/{parts(case)['7001'].code}/"))
    assert "人口登记" in page
    assert "photo.jpg" in page
    assert "租房合同" not in page


def test_its_sender_sees_at_the_bundle_and_at_a_part_which_registers_were_asked():
    client = Client()
    case = told(client)
    assert "谁用过我的数据（2）" in said(client.get(f"/follow/{case.code}/"))
    part = parts(case)["7001"]
    assert "谁用过我的数据（1）" in said(client.get(f"/follow/{part.code}/"))
    assert "1958年3月2日" in said(client.get(f"/registers/c/{part.code}/"))
    assert Client().get(f"/registers/c/{part.code}/").status_code == 404
