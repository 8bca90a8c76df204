"""告知承诺 inside a bundle (优化营商环境条例 Art. 40): offered for each item that can be had so, by its name; that part
is opened with the promise, the others are not touched by it."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from django.test import Client
from django.utils import timezone

from tongban.accounts.models import Official
from tongban.cases.models import Act, Attachment, Case
from tongban.registry.names import matter_name
from tongban.services import bundled, models, promises, questions, reading, rules
from tongban.services.models import FalsePromise
from tongban.vault.keyring import ring

from .bundling import ITEMS, TYPED, WHOLE, begin, files, finish, parts, send, shop, slots, walk  # noqa: F401
from .conftest import CIVIL, PLACE, after, applied, official
from .registers import LI, registers, said  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("offered"), pytest.mark.both_databases]
BY_PROMISE = ("7002", "7003")


@pytest.fixture
def offered(shop):  # noqa: F811
    """Two of the three items can be had by promise."""
    models.Item.objects.filter(matter__in=ITEMS).update(by_promise=False)
    models.Item.objects.filter(matter__in=BY_PROMISE).update(by_promise=True)
    reading.touch()


def bar(number=LI):
    until = timezone.now() + promises.BARRED
    FalsePromise.objects.create(key=ring().blind(number, promises.PURPOSE), until=until, case=applied("7002"))


def test_the_choice_is_offered_for_each_item_that_can_be_had_so_by_its_name_and_for_no_other():
    client = Client()
    begin(client)
    walk(client)
    page = said(client.get("/new/bundle/promises/"))
    for item in ITEMS:
        assert (f'name="promised_{item}"' in page) == (item in BY_PROMISE)
        assert (f"“{matter_name(item)}”：我选择告知承诺" in page) == (item in BY_PROMISE)
    assert "承诺不属实的，决定会被撤销" in page
    models.Item.objects.update(by_promise=False)
    reading.touch()
    assert client.get("/new/bundle/promises/").status_code == 404


def test_nothing_is_chosen_for_anybody():
    client = Client()
    begin(client)
    case = finish(client)
    assert "promised" not in rules.sent(case)
    assert all("promised" not in rules.sent(part) for part in parts(case).values())
    assert files(case) == {"mat_lease_b", "mat_shared_photo"}


CHOICES = list(chain.from_iterable(combinations(BY_PROMISE, n) for n in range(len(BY_PROMISE) + 1)))


@pytest.mark.parametrize("chosen", CHOICES, ids=lambda one: "+".join(one) or "none")
def test_whatever_is_chosen_each_part_has_its_own_promise_papers_and_facts_and_nothing_of_another(chosen):
    client = Client()
    begin(client)
    case = finish(client, promises=chosen)
    after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    begun = parts(case)
    assert set(begun) == set(ITEMS)
    facts = questions.read_facts(rules.sent(case)["facts"])
    for item, part in begun.items():
        sent, opening = rules.sent(part), Act.objects.get(case=part, sequence=1)
        assert sent.get("promised", False) == (item in chosen)
        assert opening.public.get("promised", False) == (item in chosen)
        assert files(part) == (set() if item in chosen else bundled.purposes_of(item, facts, PLACE))
        assert sent["facts"] == bundled.given_to(item, facts, PLACE)
        assert not {"items", "forms"} & set(sent)
    wanted = {need.material_id for item in ITEMS if item not in chosen for need in questions.needs_of(item, {}, PLACE)}
    assert files(case) == {f"mat_{code}" for code in wanted}


def test_a_paper_that_was_handed_in_before_the_promise_was_chosen_does_not_leave_with_the_bundle():
    client = Client()
    begin(client)
    assert walk(client).status_code == 200  # the papers of all items are handed in
    client.post("/new/bundle/promises/", {"promised_7003": "on"})
    assert "租房合同" not in said(client.get("/new/bundle/check/"))
    case = finish(client, promises=("7003",))
    assert rules.sent(case)["promised"] == ["7003"]
    assert files(case) == {"mat_shared_photo"}
    assert not Attachment.objects.filter(case=None).exists()


def test_a_part_by_promise_is_opened_as_an_application_of_its_own_by_promise():
    from tongban.cases.actor import NEWCOMER
    from tongban.cases.writer import submit
    from tongban.services.writing import application

    client = Client()
    begin(client)
    part = parts(finish(client, promises=("7002",)))["7002"]
    said_ = {"matter": "7002", "place": PLACE, "language": "zh-hans", "draft": None, "name": "李秀兰", "id_number": LI,
             "promised": True, **{f"fact_{code}": value for code, value in TYPED.items()}}  # fmt: skip
    alone = submit(application(said_), NEWCOMER)[0]
    assert rules.sent(part) == rules.sent(alone)
    assert (part.state, part.unit_id) == (alone.state, alone.unit_id)
    one, other = (Act.objects.get(case=case, sequence=1).public for case in (part, alone))
    assert one["promised"] is other["promised"] is True


def test_the_unit_of_a_part_reads_that_it_is_by_promise_and_the_unit_of_another_does_not(settings):
    settings.SECOND_FACTOR = False
    client = Client()
    begin(client)
    begun = parts(finish(client, promises=("7002",)))
    desk = Client()
    desk.force_login(Official.objects.get(pk=official(CIVIL).official_id))
    assert "告知承诺" in said(desk.get(f"/desk/c/{begun['7002'].code}/"))
    assert "告知承诺" not in said(desk.get(f"/desk/c/{begun['7001'].code}/"))


def test_a_promise_of_a_part_is_checked_later_and_a_false_one_ends_that_part_alone():
    client = Client()
    begin(client)
    case = finish(client, promises=("7002",))
    food = after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    assert "7003" in parts(case)
    food = after(food, "check_promise", official(CIVIL), kept="false", text="核查不属实")
    assert food.state == "revoked"
    assert promises.barred(LI)
    assert {item: part.state for item, part in parts(case).items() if item != "7002"} == {
        "7001": "received", "7003": "received"}  # fmt: skip


def test_whoever_made_a_false_promise_is_told_for_which_item_and_sends_nothing_so():
    bar()
    client = Client()
    begin(client)
    assert finish(client, promises=("7003",)) is None
    answer = send(client)
    assert answer.status_code == 403
    assert f"“{matter_name('7003')}”" in said(answer)
    assert not Case.objects.filter(kind="bundle").exists()
    client.post("/new/bundle/promises/", {})
    assert finish(client) is not None, "with papers the way stays open"


def test_a_promise_chosen_for_an_item_that_has_none_is_no_promise_and_its_papers_are_asked():
    models.Item.objects.filter(matter="7002").update(by_promise=False)
    reading.touch()
    client = Client()
    begin(client)
    case = finish(client, promises=("7002", "7001"))
    assert "promised" not in rules.sent(case)
    assert all("promised" not in rules.sent(part) for part in parts(case).values())
    assert files(parts(case)["7002"]) == {"mat_shared_photo"}


def test_an_item_that_the_answers_rule_out_makes_no_promise():
    rule = [{"fact": "has_premises", "operator": "is", "arguments": {"value": True}}]
    models.BundleStep.objects.filter(bundle=WHOLE, matter="7003").update(when=rule)
    reading.touch()
    client = Client()
    begin(client)
    walk(client, promises=("7003",))
    page = client.post("/new/bundle/q7003-1/", {**{f"fact_{code}": value for code, value in TYPED.items()},
                                                "fact_has_premises": "no"})  # fmt: skip
    assert page.status_code == 302, said(page)
    case = finish(client)
    assert rules.sent(case)["items"] == ["7001", "7002"]
    assert rules.sent(case)["facts"]["has_premises"] is False  # what ruled it out was told, and is there to be read
    assert "promised" not in rules.sent(case)
    after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    assert set(parts(case)) == {"7001", "7002"}


@pytest.mark.parametrize("why", ["barred", "ended"])
def test_a_later_part_whose_promise_cannot_be_had_any_more_begins_without_it_and_its_sender_is_told(why):
    client = Client()
    begin(client)
    case = finish(client, promises=("7003",))
    if why == "barred":
        bar()
    else:
        models.Item.objects.filter(matter="7003").update(by_promise=False)
        reading.touch()
    after(after(parts(case)["7002"], "accept", official(CIVIL)), "grant", official(CIVIL), text="准予")
    part = parts(case)["7003"]
    assert "promised" not in rules.sent(part)
    assert "promised" not in Act.objects.get(case=part, sequence=1).public
    assert "您选过告知承诺" in said(client.get(f"/follow/{part.code}/"))
    assert "您选过告知承诺" not in said(client.get(f"/follow/{parts(case)['7001'].code}/"))


def test_in_an_application_of_its_own_the_choice_and_the_papers_stand_on_one_page_and_choosing_it_asks_for_none():
    client = Client()
    client.post("/ask/write/application/", {"matter": "7002"})
    client.post("/new/application/place/", {"place": PLACE})
    client.post("/new/application/registers/", {"answer": "no"})
    client.post("/new/application/q1/", {f"fact_{code}": value for code, value in TYPED.items()})
    client.post("/new/application/q2/", {f"fact_{code}": value for code, value in TYPED.items()})
    assert client.post("/new/application/materials/", {"body": ""}).status_code == 422
    answer = client.post("/new/application/materials/", {"body": "", "promised": "on"})
    assert (answer.status_code, answer.url) == (302, "/new/application/applicant/")


def test_a_program_chooses_it_by_the_same_name():
    from tongban.services import bundles

    body = {"matter": WHOLE, "place": PLACE, "name": "李秀兰", "id_number": LI, "declared": True,
            "answers": {**{f"fact_{code}": value for code, value in TYPED.items()},
                        "promised_7002": True, "promised_7003": True, "promised_7001": True}}  # fmt: skip
    answer = Client().post("/api/v1/bundles", body, content_type="application/json",
                           headers={"Idempotency-Key": "p" * 16})  # fmt: skip
    assert answer.status_code == 201, answer.content
    case = Case.objects.get(kind="bundle")
    assert rules.sent(case)["promised"] == ["7002", "7003"]
    bundles.begin_waiting()
    assert {item: rules.sent(part).get("promised") for item, part in parts(case).items()} == {
        "7001": None, "7002": True}  # fmt: skip
