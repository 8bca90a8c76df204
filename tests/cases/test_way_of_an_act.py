"""The way of one act: submit, dispatch, accept, answer; what is stored, queued and refused."""

from __future__ import annotations

import orjson
import pytest

from tongban.cases.actor import NEWCOMER, SYSTEM, Actor, resident
from tongban.cases.models import Act, ActChanged, Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.ledger.models import QueuedEntry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_letter_goes_to_the_unit_of_the_responsibility_list(letter):
    case, receipt = letter()
    assert (case.unit_id, case.state, case.is_open) == ("610113-CG", "dispatched", True)
    assert case.answer_due_at is not None
    assert case.due_at is not None
    assert case.due_at <= case.answer_due_at
    assert len(receipt.code) == 12
    assert len(receipt.secret) == 20


def test_without_a_duty_it_waits_in_the_coordinating_tray(letter):
    case, _ = letter(matter="0103")
    assert (case.unit_id, case.state) == ("610113-XF", "submitted")


def test_a_complaint_about_a_unit_goes_to_the_unit_above(letter):
    case, _ = letter(matter="0901", against="610113-CG")
    assert case.unit_id == "610113-GOV"
    case, _ = letter(matter="0901", against="610000-GOV")
    assert case.unit_id == "610000-JW"


def test_the_same_form_twice_is_one_letter(letter):
    one, first = letter(nonce="form-1")
    two, second = letter(nonce="form-1")
    assert one.pk == two.pk
    assert (first.code, first.secret, first.again, second.again) == (second.code, second.secret, False, True)
    other, _ = letter(nonce="form-1", body="另一封信的内容")
    assert other.pk != one.pk


def test_from_submission_to_closing(letter, actor):
    case, receipt = letter(name="王小明", phone="13800000000")
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("accept", handler, version=1))
    perform(case.pk, Step("answer", handler, {"text": "已责令停工整改。", "at_once": True}, version=2))
    done = perform(case.pk, Step("rate", resident(case.pk), {"grade": 5, "text": "很快"})).case
    perform(case.pk, Step("close", SYSTEM))
    assert done.grade == 5
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.is_open) == ("closed", False)
    assert case.retain_until is not None
    assert [act.act for act in case.acts.order_by("sequence")] == ["submit", "accept", "answer", "rate", "close"]
    assert case.acts.get(act="answer").public == {"days": 0, "in_time": True}
    assert QueuedEntry.objects.count() == 5


def test_an_entry_says_nothing_about_the_person(letter, actor):
    case, receipt = letter(name="王小明", phone="13800000000", email="wang@example.org", address="科技路 1 号")
    perform(case.pk, Step("accept", actor("610113-CG", "handler")))
    everything = b"".join(bytes(row.entry) for row in QueuedEntry.objects.all())
    for private in (
        "王小明",
        "13800000000",
        "wang@example.org",
        "科技路",
        case.subject,
        case.body,
        receipt.code,
        receipt.secret,
    ):
        assert private.encode() not in everything
    entries = [orjson.loads(bytes(row.entry)) for row in QueuedEntry.objects.order_by("key")]
    assert entries[0]["link"] != entries[1]["link"]
    assert entries[0]["v"] == 2
    assert [set(entry) for entry in entries] == [{"v", "kind", "act", "at", "commit", "link"}] * 2


def test_acts_never_change(letter):
    case, _ = letter()
    act = case.acts.get()
    act.act = "other"
    with pytest.raises(ActChanged):
        act.save()
    with pytest.raises(ActChanged):
        act.delete()


def test_the_database_itself_refuses_to_change_an_act(letter):
    from django.db import Error, transaction

    case, _ = letter()
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        Act.objects.filter(case=case).update(act="other")
    assert Act.objects.get(case=case).act == "submit"


def test_a_stale_page_is_told_and_changes_nothing(letter, actor):
    case, _ = letter()
    perform(case.pk, Step("accept", actor("610113-CG", "handler"), version=1))
    with pytest.raises(Refusal) as refusal:
        perform(case.pk, Step("refuse", actor("610113-CG", "head"), {"text": "不属于", "basis": "条例"}, version=1))
    assert refusal.value.code == "stale"
    assert Case.objects.get(pk=case.pk).state == "accepted"


def test_a_double_click_makes_one_act(letter, actor):
    case, _ = letter()
    step = Step("accept", actor("610113-CG", "handler"), version=1, nonce="click")
    assert perform(case.pk, step).again is False
    assert perform(case.pk, step).again is True
    assert case.acts.count() == 2


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (("610113-ZJ", "handler"), "not_found"),
        (("610113-CG", "administrator"), "not_found"),
        (("610124-GOV", "head"), "not_found"),
        (("610113-GOV", "supervisor"), "not_allowed"),
    ],
)
def test_another_unit_cannot_act(letter, actor, who, code):
    case, _ = letter()
    with pytest.raises(Refusal) as refusal:
        perform(case.pk, Step("accept", actor(*who)))
    assert refusal.value.code == code
    assert case.acts.count() == 1


def test_a_stranger_without_the_secret_cannot_act(letter):
    case, _ = letter()
    for stranger in (NEWCOMER, resident(case.pk + 1), Actor("official")):
        with pytest.raises(Refusal):
            perform(case.pk, Step("withdraw", stranger))


def test_an_unknown_input_is_refused_with_its_name(letter, actor):
    case, _ = letter()
    with pytest.raises(Refusal) as refusal:
        perform(case.pk, Step("accept", actor("610113-CG", "handler"), {"colour": "red"}))
    assert (refusal.value.code, refusal.value.field) == ("bad_input", "colour")


def test_a_submission_takes_at_most_eight_statements(registry, django_assert_max_num_queries):
    sent = Submission("letter", "0101", "610113", "主题", "内容", email="a@example.org")
    with django_assert_max_num_queries(8):
        submit(sent, NEWCOMER, "nonce-of-a-form-1")
