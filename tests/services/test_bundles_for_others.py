"""A bundle told for another person, by mandate or at a counter: its parts say who wrote them as an application of its
own does, and a mandate has to cover each item."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tongban.accounts.models import Official, Post
from tongban.cases.models import Act, Case
from tongban.registry.names import matter_name
from tongban.services import models, reading, rules
from tongban.services.models import Mandate, Pull

from .bundling import ITEMS, WHOLE, finish, mark, parts, send, shop, walk  # noqa: F401
from .conftest import CIVIL, MARKET, PLACE, after, official
from .registers import LI, WANG, ZHENG, registers, said, show  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop"), pytest.mark.both_databases]


def given(bundles=(WHOLE,), items=(), asks=True):
    """Li lets Wang apply in her name."""
    client = Client()
    show(client, LI)
    form = {"name": "王强", "id_number": WANG, "bundles": list(bundles), "items": list(items),
            "until": (timezone.localdate() + timedelta(days=30)).isoformat()}  # fmt: skip
    answer = client.post("/mandates/", {**form, **({"registers": "on"} if asks else {})})
    assert answer.status_code == 302, said(answer)
    return Mandate.objects.latest("pk")


def take_up(mandate, who=WANG, matter=WHOLE):
    client = Client()
    show(client, who)
    answer = client.post(f"/mandates/{mandate.code}/apply/", {"matter": matter})
    if answer.status_code == 302:
        client.post("/new/bundle/place/", {"place": PLACE})
    return client, answer


def consent(client):
    assert client.post("/new/bundle/registers/", {"answer": "yes"}).status_code == 302
    assert client.post("/new/bundle/registers/", {"next": "1"}).status_code == 302


def revoke(mandate):
    giver = Client()
    show(giver, LI)
    assert giver.post(f"/mandates/{mandate.code}/revoke/").status_code == 302


# --- by mandate -------------------------------------------------------------------------------------------------------


def test_a_mandate_for_a_bundle_names_each_of_its_items():
    assert given().items == sorted(ITEMS)
    assert given(bundles=(), items=("7002",)).items == ["7002"]
    client = Client()
    show(client, LI)
    day = timezone.localdate().isoformat()
    nothing = client.post("/mandates/", {"name": "王强", "id_number": WANG, "until": day})
    assert nothing.status_code == 422
    assert "请至少选一个事项，或者一件事" in said(nothing)


def test_by_mandate_each_part_has_the_applicant_the_taker_and_the_mandate_as_an_application_has():
    mandate = given()
    client, _ = take_up(mandate)
    assert "您凭委托替 李秀兰 办理" in said(client.get("/new/bundle/registers/"))
    consent(client)
    case = finish(client)
    begun = parts(case)
    assert set(begun) == {"7001", "7002"}
    for one in (case, *begun.values()):
        sent = rules.sent(one)
        assert one.sender == "李秀兰"
        assert sent["id_number"] == LI
        assert sent["typed"] == {"by": "mandate", "mandate": mandate.code, "name": "王强", "id_number": WANG}
        assert Act.objects.get(case=one, sequence=1).public["typed_by"] == "mandate"
        assert "由受托人代为提交" in said(client.get(f"/follow/{one.code}/"))


def test_the_registers_are_asked_about_the_giver_with_the_mandate_and_its_words(monkeypatch):
    from tongban.services.sources import pulling

    asked = []
    monkeypatch.setattr(pulling, "pull", lambda *said, pull=pulling.pull: asked.append(said) or pull(*said))
    mandate = given()
    client, _ = take_up(mandate)
    consent(client)
    (person, matter, _codes, words, by, code), = asked  # fmt: skip
    assert (person.id_number, matter, by, code) == (LI, WHOLE, "mandate", mandate.code)
    assert words.startswith("我受李秀兰委托，同意为一起办理的这些事项：")
    assert {row.by for row in Pull.objects.all()} == {"mandate"}
    assert {(row.private or {})["consent"] for row in Pull.objects.all()} == {words}


def test_the_unit_of_a_part_reads_who_wrote_it_and_sees_no_other_part(settings):
    settings.SECOND_FACTOR = False
    client, _ = take_up(given())
    case = finish(client)
    after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    begun = parts(case)
    desk = Client()
    desk.force_login(Official.objects.get(pk=official(MARKET).official_id))
    assert f"受托人代为提交：王强（{WANG}）" in said(desk.get(f"/desk/c/{begun['7003'].code}/"))
    for item in ("7001", "7002"):
        assert desk.get(f"/desk/c/{begun[item].code}/").status_code == 404
    assert desk.get(f"/desk/c/{case.code}/").status_code == 404


def test_a_later_part_carries_the_mandate_too_though_it_has_ended_since():
    mandate = given()
    client, _ = take_up(mandate)
    case = finish(client)
    revoke(mandate)
    after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    assert rules.sent(parts(case)["7003"])["typed"]["mandate"] == mandate.code


def test_what_a_mandate_does_not_cover_is_said_by_name_before_anything_is_asked():
    mandate = given(bundles=(), items=("7001", "7003"))
    client, answer = take_up(mandate)
    assert answer.status_code == 403
    page = said(answer)
    assert f"委托不包括：“{matter_name('7002')}”" in page
    assert matter_name("7001") not in page.split("委托不包括：")[1].split("，所以")[0]
    assert "bundle" not in "".join(answer.cookies)  # nothing is begun
    listed = said(client.get("/mandates/"))
    assert f"委托不包括：“{matter_name('7002')}”" in listed
    assert f'value="{WHOLE}">一件事' not in listed
    full = Client()
    show(full, WANG)
    given()
    assert f"一件事，一起办：{matter_name(WHOLE)}" in said(full.get("/mandates/"))


def test_a_bundle_that_was_changed_to_one_that_the_mandate_does_not_cover_asks_nothing_and_sends_nothing():
    client, _ = take_up(given())
    client.post("/new/bundle/", {"matter": "7094"})
    page = client.get("/new/bundle/check/")
    assert page.url == "/new/bundle/registers/"
    refused = client.get(page.url)
    assert refused.status_code == 403
    for item in ("7010", "7011", "7023"):
        assert f"“{matter_name(item)}”" in said(refused)
    assert client.post(page.url, {"answer": "no"}).status_code == 403
    assert send(client).status_code == 302  # back to that page
    assert not Case.objects.exists()


def test_an_item_that_joins_the_bundle_later_is_not_sent_by_the_old_mandate():
    client, _ = take_up(given())
    assert walk(client).status_code == 200
    row = models.Bundle.objects.get(matter_id=WHOLE)
    models.BundleStep.objects.create(bundle=row, matter_id="7012", order=9, after=[])
    reading.touch()
    answer = send(client)
    assert (answer.status_code, answer.url) == (302, "/new/bundle/registers/")
    assert f"“{matter_name('7012')}”" in said(client.get(answer.url))
    assert not Case.objects.exists()


def test_an_item_that_joins_the_bundle_after_it_was_sent_is_not_begun_with_it():
    client, _ = take_up(given())
    case = finish(client)
    row = models.Bundle.objects.get(matter_id=WHOLE)
    models.BundleStep.objects.create(bundle=row, matter_id="7012", order=9, after=["7002"])
    reading.touch()
    after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    assert set(parts(case)) == set(ITEMS)
    assert matter_name("7012") not in said(client.get(f"/follow/{case.code}/"))


def test_nobody_but_its_taker_and_only_while_it_holds():
    mandate = given()
    for who in (ZHENG, LI):
        assert take_up(mandate, who)[1].status_code == 404
    assert Client().post(f"/mandates/{mandate.code}/apply/", {"matter": WHOLE}).status_code == 404
    Mandate.objects.update(since="2020-01-01", until="2020-12-31")
    assert take_up(mandate)[1].status_code == 404


def test_a_mandate_that_ends_in_the_middle_sends_nothing_and_shows_nothing_of_the_registers_any_more():
    mandate = given()
    client, _ = take_up(mandate)
    consent(client)
    assert "1958年3月2日" in said(client.get("/new/bundle/registers/"))
    assert walk(client).status_code == 200
    revoke(mandate)
    for address in ("/new/bundle/registers/", "/new/bundle/check/"):
        page = said(client.get(address))
        assert "1958年3月2日" not in page
        assert "撤销" in page
    assert send(client).status_code == 403
    assert not Case.objects.exists()


def test_by_mandate_nobody_tells_a_bundle_for_a_third_person():
    client, _ = take_up(given())
    assert finish(client, number=ZHENG, name="郑玉芬") is None
    assert not Case.objects.exists()


def test_without_its_word_a_mandate_lets_no_register_be_asked():
    client, _ = take_up(given(asks=False))
    assert client.post("/new/bundle/registers/", {"answer": "yes"}).status_code == 422
    assert finish(client) is not None
    assert not Pull.objects.exists()


def test_sent_twice_it_is_one_bundle():
    client, _ = take_up(given())
    page = walk(client)
    shown = mark(client, "/new/bundle/check/")
    ticket = said(page).partition('name="form" value="')[2].partition('"')[0]
    sent = [client.post("/new/bundle/check/", {"send": "1", "form": ticket, "version": shown})
            for _half in range(2)]  # fmt: skip
    assert [one.status_code for one in sent] == [302, 302]
    assert Case.objects.filter(kind="bundle").count() == 1
    assert Case.objects.filter(kind="application").count() == 2


# --- at a counter -----------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(settings):
    settings.SECOND_FACTOR = False
    actor = official(CIVIL, "clerk")
    client = Client()
    client.force_login(Official.objects.get(pk=actor.official_id))
    return client


def helped(client, number=LI, name="李秀兰", kind="bundle"):
    who = {"name": name, "id_number": number, "unit": CIVIL, "seen": "on", "kind": kind}
    answer = client.post("/desk/helping/", who)
    assert (answer.status_code, answer.url) == (302, f"/new/{kind}/")
    return answer


def chosen(client):
    client.post("/new/bundle/", {"matter": WHOLE})
    assert client.post("/new/bundle/place/", {"place": PLACE}).status_code == 302


def test_at_a_counter_the_official_opens_it_in_their_own_name_and_bundle_and_parts_say_which_counter(clerk):
    helped(clerk)
    chosen(clerk)
    assert "正在窗口为 李秀兰 填写" in said(clerk.get("/new/bundle/registers/"))
    consent(clerk)
    case = finish(clerk)
    first = Act.objects.get(case=case, sequence=1)
    assert (first.actor, first.official_id, case.channel) == ("official", Official.objects.get().pk, "counter")
    assert {row.by for row in Pull.objects.all()} == {"helper"}
    for one in (case, *parts(case).values()):
        opening = Act.objects.get(case=one, sequence=1)
        assert (opening.public["typed_by"], opening.public["typed_at"]) == ("helper", CIVIL)
        assert rules.sent(one)["typed"] == {"by": "helper", "unit": CIVIL}
        assert "窗口的工作人员代为填写" in said(clerk.get(f"/follow/{one.code}/"))


def test_the_clerk_sees_nothing_of_it_after_the_visit_and_the_resident_sees_it_with_the_receipt(clerk):
    from tongban.cases import receipts

    helped(clerk)
    chosen(clerk)
    case = finish(clerk)
    page = clerk.get("/follow/receipt/")
    receipt = page.context["receipt"]
    clerk.post("/desk/helping/", {"end": "1"})
    for one in (case, *parts(case).values()):
        assert clerk.get(f"/follow/{one.code}/").status_code == 404
    resident = Client()
    resident.post("/follow/", {"code": receipts.grouped(receipt.code), "secret": receipt.secret})
    for one in (case, *parts(case).values()):
        assert "窗口的工作人员代为填写" in said(resident.get(f"/follow/{one.code}/"))


def test_one_and_the_same_visit_can_go_on_with_a_bundle_and_with_an_item_and_loses_neither(clerk):
    helped(clerk, kind="application")
    clerk.post("/new/application/", {"matter": "7001"})
    assert clerk.post("/desk/helping/", {"go_on": "bundle"}).url == "/new/bundle/"
    chosen(clerk)
    assert clerk.post("/desk/helping/", {"go_on": "bundle"}).url == "/new/bundle/"
    assert "正在窗口为 李秀兰 填写" in said(clerk.get("/new/bundle/registers/"))
    assert clerk.post("/desk/helping/", {"go_on": "application"}).url == "/new/application/"
    assert clerk.get("/new/application/check/").url == "/new/application/place/"  # what was chosen is still there
    finish(clerk)
    assert clerk.post("/desk/helping/", {"go_on": "bundle"}).url == "/new/bundle/"
    chosen(clerk)
    assert rules.sent(finish(clerk))["typed"]["by"] == "helper"  # the next one is hers as well, and says so
    clerk.post("/desk/helping/", {"end": "1"})
    assert clerk.post("/desk/helping/", {"go_on": "bundle"}).url == "/desk/helping/"


def test_what_was_written_for_the_resident_before_is_gone_with_the_next(clerk):
    helped(clerk)
    chosen(clerk)
    old = said(clerk.get("/new/bundle/registers/")).partition('name="form" value="')[2].partition('"')[0]
    helped(clerk, ZHENG, "郑玉芬")
    assert clerk.post("/new/bundle/check/", {"send": "1", "form": old}).status_code == 409
    chosen(clerk)
    case = finish(clerk, number=ZHENG, name="郑玉芬")
    assert {rules.sent(one)["id_number"] for one in (case, *parts(case).values())} == {ZHENG}


def test_at_a_counter_nobody_types_a_bundle_for_somebody_else_than_who_stands_there(clerk):
    helped(clerk)
    chosen(clerk)
    assert finish(clerk, number=ZHENG, name="郑玉芬") is None
    assert not Case.objects.exists()


def test_who_has_no_post_at_that_counter_any_more_sends_no_bundle(clerk):
    helped(clerk)
    chosen(clerk)
    assert walk(clerk).status_code == 200
    Post.objects.update(unit_id="610113-SJ")
    assert send(clerk).status_code == 403
    assert not Case.objects.exists()


@pytest.mark.parametrize("kind", ["bundle", "application"])
def test_a_draft_that_was_thrown_away_and_begun_again_is_not_sent_as_if_nobody_had_typed_it(clerk, kind):
    helped(clerk, kind=kind)
    clerk.post(f"/new/{kind}/", {"discard": "1"})
    clerk.post(f"/new/{kind}/", {"matter": WHOLE if kind == "bundle" else "7001"})
    clerk.post(f"/new/{kind}/place/", {"place": PLACE})
    page = clerk.get(f"/new/{kind}/registers/")
    assert page.status_code == 403
    assert "请回到“窗口代填”" in said(page)
    assert clerk.post(f"/new/{kind}/registers/", {"answer": "no"}).status_code == 403
    assert clerk.post("/desk/helping/", {"go_on": kind}).url == f"/new/{kind}/"
    clerk.post(f"/new/{kind}/", {"matter": WHOLE if kind == "bundle" else "7001"})
    clerk.post(f"/new/{kind}/place/", {"place": PLACE})
    assert "正在窗口为 李秀兰 填写" in said(clerk.get(f"/new/{kind}/registers/"))


def test_another_official_in_the_same_browser_sends_nothing_that_was_begun_before(clerk):
    helped(clerk)
    chosen(clerk)
    assert walk(clerk).status_code == 200
    clerk.force_login(Official.objects.get(pk=official(CIVIL, "clerk", "other").official_id))
    assert send(clerk).status_code == 403
    assert not Case.objects.exists()
