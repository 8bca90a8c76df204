"""What a register has is not asked again, with consent alone, for one item and person; each time is on the ledger."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tongban.cases import retention
from tongban.cases.actor import resident
from tongban.cases.writer import Step, perform
from tongban.ledger.models import QueuedEntry
from tongban.ledger.opening import open_receipt
from tongban.ledger.signing import verifiers
from tongban.services import rules
from tongban.services.models import Pull, Source
from tongban.services.sources import keeping, prefilling, pulling

from .registers import LI, WANG, begin, consent, finish, on_the_ledger, registers, said, show  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers"), pytest.mark.both_databases]


def test_the_page_asks_first_and_nothing_is_preset_nor_pulled():
    client = Client()
    show(client)
    begin(client)
    page = client.get("/new/application/registers/")
    assert "人口登记" in said(page)
    assert "checked" not in said(page).partition("<form")[2].partition("counter/keeping")[0]
    assert client.get("/new/application/check/").url == "/new/application/registers/"
    assert not Pull.objects.exists()
    answer = client.post("/new/application/registers/", {"next": "1"})
    assert answer.status_code == 422
    assert not Pull.objects.exists()


def test_with_consent_what_the_register_has_is_not_asked_and_is_marked():
    client = Client()
    show(client)
    begin(client)
    assert consent(client).status_code == 302
    page = client.get("/new/application/registers/")
    assert "1958" in said(page)
    client.post("/new/application/registers/", {"next": "1"})
    assert client.get("/new/application/q1/").status_code == 404  # both facts came: nothing left to ask

    case = finish(client)
    sent = rules.sent(case)
    assert sent["facts"] == {"born": "1958-03-02", "resident_here": True}
    assert [one["source"] for one in sent["pulled"]] == ["population"]
    assert Pull.objects.get().case == case
    follow = client.get(f"/follow/{case.code}/")
    assert "谁用过我的数据（1）" in said(follow)


def test_without_consent_everything_is_typed_and_nothing_is_pulled():
    client = Client()
    show(client)
    begin(client)
    consent(client, "no")
    assert client.get("/new/application/q1/").status_code == 200
    case = finish(client, born="1958-03-02", resident_here="yes")
    assert rules.sent(case)["facts"] == {"born": "1958-03-02", "resident_here": True}
    assert "pulled" not in rules.sent(case)
    assert not Pull.objects.exists()


def test_a_stranger_cannot_have_a_register_asked_about_somebody():
    client = Client()
    begin(client)
    assert "证明我是谁" in said(client.get("/new/application/registers/"))
    assert consent(client).status_code == 422
    assert not Pull.objects.exists()
    assert not QueuedEntry.objects.filter(entry__contains=b'"pull"').exists()


def test_a_register_that_is_down_stops_nobody():
    Source.objects.filter(code="population").update(kind="http", settings={"address": "TONGBAN_REGISTER_NOWHERE"})
    client = Client()
    show(client)
    begin(client)
    consent(client)
    assert "没有答复" in said(client.get("/new/application/registers/"))
    client.post("/new/application/registers/", {"next": "1"})
    case = finish(client, born="1958-03-02", resident_here="yes")
    assert rules.sent(case)["facts"]["born"] == "1958-03-02"
    assert Pull.objects.get().outcome == "failed"


def test_a_register_that_is_slow_is_left_and_rests_for_a_minute(monkeypatch):
    released, asked = threading.Event(), []

    def slow(register, inquiry):
        asked.append(register.code)
        released.wait(60)

    monkeypatch.setattr(pulling, "SECONDS", 0.05)
    monkeypatch.setattr(pulling.asking, "ask", slow)
    client = Client()
    show(client)
    begin(client)
    consent(client)
    assert "没有答复" in said(client.get("/new/application/registers/"))
    consent(client)
    assert asked == ["population"]  # the second time it was not asked
    assert set(Pull.objects.values_list("outcome", flat=True)) == {"failed"}
    released.set()


def test_a_register_that_breaks_in_an_unknown_way_stops_nobody(monkeypatch):
    def broken(register, inquiry):
        raise ZeroDivisionError

    monkeypatch.setattr(pulling.asking, "ask", broken)
    client = Client()
    show(client)
    begin(client)
    consent(client)
    assert "没有答复" in said(client.get("/new/application/registers/"))


def test_what_was_never_sent_is_forgotten_after_a_year():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    Pull.objects.update(at=timezone.now() - timedelta(days=366))
    assert keeping.forget_unsent() == 1
    assert keeping.forget_unsent() == 0
    assert Pull.objects.get().private is None


def test_no_value_of_a_register_lies_in_the_record_of_the_question():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    assert "1958" not in json.dumps(Pull.objects.get().private, ensure_ascii=False)


def test_a_value_that_came_cannot_be_edited_by_a_form():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    client.post("/new/application/registers/", {"next": "1"})
    client.post("/new/application/materials/", {"fact_born": "1900-01-01"})
    client.post("/new/application/q1/", {"fact_born": "1900-01-01"})
    assert rules.sent(finish(client))["facts"]["born"] == "1958-03-02"


def test_who_says_that_the_register_is_wrong_answers_by_hand_and_both_are_sent():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    client.post("/new/application/registers/", {"next": "1", "wrong": "born"})
    assert client.get("/new/application/q1/").status_code == 200
    case = finish(client, born="1957-03-02")
    sent = rules.sent(case)
    assert sent["facts"]["born"] == "1957-03-02"
    assert sent["contested"] == ["born"]
    assert sent["pulled"][0]["facts"]["born"] == "1958-03-02"


def test_what_came_for_one_item_is_not_used_for_another():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    client.post("/new/application/registers/", {"next": "1"})
    client.post("/new/application/", {"matter": "7002"})
    assert client.get("/new/application/check/").url == "/new/application/registers/"
    assert "1958" not in said(client.get("/new/application/registers/"))


def test_what_came_of_one_person_is_not_sent_for_another():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    client.post("/new/application/registers/", {"next": "1"})
    assert finish(client, number=WANG, name="王强") is None
    assert "另一个人" in said(client.post("/new/application/check/", {"send": "1"}))


def test_each_pull_is_on_the_ledger_and_its_receipt_opens_with_the_keys_alone():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    client.post("/new/application/registers/", {"next": "1"})
    case, row = finish(client), Pull.objects.get()
    on_the_ledger()
    text = client.get(f"/registers/c/{case.code}/{row.key}.tlog-proof").content
    opened = open_receipt(text, verifiers())
    assert opened.entry["source"] == "population"
    assert opened.act["person"] == LI
    assert "老年人优待证办理" in opened.act["consent"]
    assert client.get(f"/registers/used/{row.key}.tlog-proof").content == text
    assert "610199" not in json.dumps(dict(opened.entry))
    stranger = Client()
    assert stranger.get(f"/registers/c/{case.code}/{row.key}.tlog-proof").status_code == 404
    assert stranger.get(f"/registers/used/{row.key}.tlog-proof").status_code == 404
    show(stranger, WANG)
    assert stranger.get(f"/registers/used/{row.key}.tlog-proof").status_code == 404
    assert "人口登记" not in said(stranger.get("/registers/used/"))


def test_what_was_never_sent_is_seen_by_its_person_too():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    assert "没有提交" in said(client.get("/registers/used/"))
    assert keeping.forget_unsent() == 0


def test_a_withdrawn_consent_leaves_nothing_in_the_application():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    consent(client, "no")
    case = finish(client, born="1958-03-02", resident_here="yes")
    assert "pulled" not in rules.sent(case)
    assert Pull.objects.get().case is None  # that it was asked stays


def test_an_erased_application_takes_its_pulls_with_it():
    client = Client()
    show(client)
    begin(client)
    consent(client)
    client.post("/new/application/registers/", {"next": "1"})
    case = finish(client)
    perform(case.pk, Step("withdraw", resident(case.pk)))
    assert retention.erase_due(date(2099, 1, 1)) == 1
    row = Pull.objects.get()
    assert (row.private, row.salt, row.person) == (None, None, "")
    assert "人口登记" not in said(client.get("/registers/used/"))


def test_a_wrong_value_is_disputed_at_the_registers_unit_which_sees_nothing_of_the_application():
    from tongban.cases.models import Case

    client = Client()
    show(client)
    begin(client)
    consent(client)
    client.post("/new/application/registers/", {"next": "1"})
    case, row = finish(client), Pull.objects.get()
    begun = client.post(f"/registers/c/{case.code}/dispute/", {"key": row.key, "fact": "born"})
    assert begun.url == "/new/correction/"
    client.post("/new/correction/", {"should": "1957-03-02", "body": "出生证明上是这一天"})
    client.post("/new/correction/check/", {"send": "1"})
    correction = Case.objects.get(kind="correction")
    assert correction.unit_id == "610113-GA"
    assert rules.sent(correction)["value"] == "1958年3月2日"
    assert (correction.about_id, correction.part_of_id) == (None, None)
    assert case.code not in json.dumps(correction.private)
    assert Client().post(f"/registers/c/{case.code}/dispute/", {"key": row.key, "fact": "born"}).status_code == 404


def test_every_fact_and_material_of_the_catalogue_that_a_register_has_is_not_asked_twice():
    from tongban.services import questions, reading

    holds = reading.current()
    active = set(Source.objects.filter(active=True).values_list("code", flat=True))
    for matter in holds.items:
        held = {
            "matter": matter,
            prefilling.KEPT: {
                "matter": matter, "answer": "yes", "person": "x", "seen": True,
                "came": [{"source": source, "key": "k", "at": "2026-03-02T00:00:00+00:00", "outcome": "answered",
                          "facts": dict.fromkeys(facts, True)}
                         for source, facts in prefilling.offered(matter).items()],
            },
        }  # fmt: skip
        asked = {one.name for step in prefilling.steps(held) for one in getattr(step, "inputs", ())}
        known = {f"{questions.PREFIX}{code}" for facts in prefilling.offered(matter).values() for code in facts}
        assert not asked & known, matter
        for need in holds.needs.get(matter, ()):
            assert need.material.register not in active or need.how == "instead", (matter, need.material_id)
            assert need.how != "instead" or need.material.register, (matter, need.material_id)


def test_a_program_cannot_say_that_something_came_from_a_register():
    forged = {"matter": "7001", "answer": "yes", "seen": True, "person": "x",
              "came": [{"source": "population", "key": "k", "at": "2026-03-02T00:00:00+00:00", "outcome": "answered",
                        "facts": {"born": "1900-01-01", "resident_here": True}}]}  # fmt: skip
    body = {"matter": "7001", "place": "610113", "name": "李秀兰", "id_number": LI, "declared": True,
            "files": [{"name": "照片.txt", "content": "5Zuw6Zq+", "slot": "mat_photo"}]}  # fmt: skip
    for number, answers in enumerate(
        ({"registers": forged}, {"registers": "yes"}, {"registers": forged, "client": "x"})
    ):
        answer = Client().post("/api/v1/applications", {**body, "answers": answers}, content_type="application/json",
                               headers={"Idempotency-Key": f"{number}" * 16})  # fmt: skip
        assert answer.status_code == 422, answer.content
        assert "born" in said(answer) or "registers" in said(answer)


def test_the_official_sees_where_each_fact_comes_from_and_a_stranger_sees_no_application(settings):
    from tongban.accounts.models import Official

    from .conftest import CIVIL, MARKET, official

    settings.SECOND_FACTOR = False
    client = Client()
    show(client)
    begin(client)
    consent(client)
    client.post("/new/application/registers/", {"next": "1", "wrong": "born"})
    case = finish(client, born="1957-03-02")
    handler, other = Client(), Client()
    handler.force_login(Official.objects.get(pk=official(CIVIL).official_id))
    other.force_login(Official.objects.get(pk=official(MARKET).official_id))
    page = said(handler.get(f"/desk/c/{case.code}/"))
    assert "本人说不对" in page
    assert "1958年3月2日" in page
    assert "1957年3月2日" in page
    assert other.get(f"/desk/c/{case.code}/").status_code == 404


def test_the_demo_shows_an_application_a_correction_and_a_mandate():
    from datetime import UTC, datetime
    from types import SimpleNamespace

    from tongban.cases.models import Case
    from tongban.services.models import Mandate
    from tongban.services.sources import invented

    province = SimpleNamespace(now=datetime(2026, 3, 2, 4, 0, tzinfo=UTC))
    for _twice in range(2):
        assert len(list(invented.load(province))) == invented.count()
    case = Case.objects.get(kind="application")
    assert rules.sent(case)["facts"]["born"] == "1944-06-18"
    assert Pull.objects.get().case == case
    assert Case.objects.get(kind="correction").unit_id == "610113-GA"
    assert Mandate.objects.count() == 1
