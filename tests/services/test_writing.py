"""Applying: the questions that follow from the item, by page and by program; promises."""

from __future__ import annotations

import pytest

from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.counter.parts import writing_of
from tongban.detect import checks
from tongban.services import models, promises, questions, reading

from .conftest import CIVIL, NOON, PLACE, accepted, after, official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
NUMBER = next(f"61011319800101001{last}" for last in "0123456789X" if checks.is_resident_id(f"61011319800101001{last}"))


def body(**more):
    given = {
        "matter": "7002", "place": PLACE, "name": "李明", "id_number": NUMBER, "declared": True,
        "answers": {"fact_hardship": "illness", "fact_resident_here": "yes"},
        "files": [{"name": "卡.txt", "content": "5Zuw6Zq+", "slot": "mat_bank_card"}],
    }  # fmt: skip
    return {**given, **more}


def sent(client, key="k", **more):
    return client.post(
        "/api/v1/applications", body(**more), content_type="application/json", headers={"Idempotency-Key": key * 16}
    )


def test_the_steps_follow_from_the_item():
    writing = writing_of("application")
    names = [step.name for step in writing.unfolded({"matter": "7002", "place": PLACE}).steps]
    assert names[:2] + names[-2:] == ["item", "place", "materials", "applicant"]
    assert [name for name in names if name.startswith("q")], "the questions of its conditions"
    assert [step.name for step in writing.unfolded({}).steps] == ["item", "place", "applicant"]


def test_a_program_applies_with_the_answers_of_the_item(client):
    answer = sent(client)
    assert answer.status_code == 201, answer.content
    case = Case.objects.get(code=answer.json()["code"])
    assert case.unit_id == CIVIL
    assert case.private["extra"]["facts"] == {"hardship": "illness", "resident_here": True}
    assert [item.purpose for item in case.attachments.all()] == ["mat_bank_card"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"answers": {"fact_resident_here": "yes"}}, "fact_hardship"),
        ({"answers": {"fact_hardship": "luck", "fact_resident_here": "yes"}}, "fact_hardship"),
        ({"id_number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, "id_number"),
        ({"files": []}, "files"),
        ({"declared": False}, "declared"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_by_its_name(client, more, field):
    answer = sent(client, **more)
    assert answer.status_code == 422, answer.content
    assert field in answer.content.decode()


def test_answers_to_questions_that_were_not_asked_never_leave():
    when = [{"fact": "hardship", "operator": "is", "arguments": {"value": "illness"}, "words": "", "article": ""}]
    models.Form.objects.create(
        matter_id="7002", version=1, published_at=NOON,
        content={"pages": [{"title": "情况", "title_en": "", "questions": [
            {"fact": "hardship", "required": True}, {"fact": "resident_here", "required": True, "when": when},
        ]}]},
    )  # fmt: skip
    from tongban.services.writing import application

    said = {"matter": "7002", "place": PLACE, "language": "zh-hans", "draft": None,
            "fact_hardship": "accident", "fact_resident_here": "yes", "fact_born": "1950-01-01"}  # fmt: skip
    assert application(said).extra["facts"] == {"hardship": "accident"}
    assert application({**said, "fact_hardship": "illness"}).extra["facts"] == {
        "hardship": "illness", "resident_here": True,
    }  # fmt: skip


def test_a_promise_asks_for_no_papers_and_a_false_one_closes_the_way(client):
    models.Item.objects.filter(matter="7002").update(by_promise=True)
    reading.touch()
    answer = sent(client, files=[], answers={**body()["answers"], "promised": True})
    assert answer.status_code == 201, answer.content
    case = Case.objects.get(code=answer.json()["code"])
    case = after(after(case, "accept", official()), "grant", official(), text="准予")
    case = after(case, "check_promise", official(), kept="false", text="核查不属实")
    assert case.state == "revoked"
    assert promises.barred(NUMBER)
    again = sent(client, "n", files=[], answers={**body()["answers"], "promised": True})
    assert again.status_code == 403
    assert sent(client, "m").status_code == 201, "with papers the way stays open"


def test_only_a_promise_is_checked_and_once():
    plain = after(accepted("7001", born="1950-01-01", resident_here=True), "grant", official(), text="准予")
    with pytest.raises(Refusal):
        after(plain, "check_promise", official(), kept="kept", text="…")


def test_facts_are_read_as_their_type_and_what_cannot_be_read_is_unknown():
    read = questions.facts_of({"fact_born": "1950-01-01", "fact_resident_here": "no", "fact_clean": True, "other": "x"})
    assert (read["born"].year, read["resident_here"], read["clean"]) == (1950, False, True)
    assert questions.facts_of({"fact_born": "yesterday", "fact_resident_here": "perhaps"}) == {}


def test_a_program_is_told_everything_that_is_wrong_at_once_by_question_as_the_page_would(client):
    answer = sent(client, answers={"fact_resident_here": "perhaps", "fact_clean": "yes"})
    assert answer.status_code == 422, answer.content
    told = {one["field"]: (one["code"], one["message"]) for one in answer.json()["errors"]}
    assert set(told) == {"fact_hardship", "fact_resident_here", "fact_clean"}
    assert (told["fact_hardship"][0], told["fact_clean"][0]) == ("required", "not_asked")
    assert all(words for _code, words in told.values())
    assert not Case.objects.exists()


def test_what_was_refused_can_be_sent_again_under_the_same_key_and_what_was_taken_comes_once(client):
    assert sent(client, answers={"fact_hardship": "luck"}).status_code == 422
    first = sent(client)
    assert first.status_code == 201, first.content
    again = sent(client)
    assert (again.status_code, again.json()["code"]) == (200, first.json()["code"])
    assert sent(client, name="王强").status_code == 409
    assert Case.objects.count() == 1


def test_answers_of_a_bundle_are_checked_by_the_form_of_each_item(client):
    row, _made = models.Bundle.objects.get_or_create(matter_id="7091")
    row.steps.all().delete()
    for order, matter in enumerate(("7001", "7002")):
        models.BundleStep.objects.create(bundle=row, matter_id=matter, order=order)
    reading.touch()
    given = {"matter": "7091", "place": PLACE, "name": "李明", "id_number": NUMBER, "declared": True,
             "answers": {"fact_hardship": "luck", "fact_resident_here": "yes"}}  # fmt: skip
    answer = client.post("/api/v1/bundles", given, content_type="application/json",
                         headers={"Idempotency-Key": "b" * 16})  # fmt: skip
    assert answer.status_code == 422, answer.content
    assert {one["field"] for one in answer.json()["errors"]} == {"fact_born", "fact_hardship"}
