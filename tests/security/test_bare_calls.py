"""Somebody who calls the kernel past the page: an act that no page offers, and inputs that no form would send.

Did not hold: what the desk's menu hid, the kernel took. `call_back` without a poor rating, a handler of another unit,
a unit of another county, a look at name and contact by who handles nothing, a record of a reception that never was, a
complaint about conduct that names nobody.

Holds now: every such condition is a guard of the table. The menu, the APIs and the kernel ask the same one, and the
last test goes over the whole table: what is not offered is refused.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from tests.publishing import publish
from tongban.accounts.models import Post
from tongban.cases import access, guards
from tongban.cases.actor import NEWCOMER, SYSTEM, resident
from tongban.cases.models import Act, Assist, Case
from tongban.cases.procedure import Context
from tongban.cases.refusal import Refusal
from tongban.cases.writer import History, Step, Submission, perform, submit, submit_many
from tongban.desk.models import Slot
from tongban.intake.batches import Rejected, history_of
from tongban.intake.parts import ImportOptions, RowContext
from tongban.intake.rows import Row
from tongban.letters.intake import FORMAT
from tongban.letters.procedure import EDGES, LETTER
from tongban.registry import models as rows
from tongban.registry import snapshot

pytestmark = pytest.mark.django_db
LEAD, ABOVE = "610113-CG", "610113-GOV"
ANSWER = {"text": "已责令停工。", "at_once": True}


def refused(case, step, code=None):
    before = (Case.objects.filter(pk=case.pk).values().get(), Act.objects.filter(case=case).count())
    with pytest.raises(Refusal) as refusal:
        perform(case.pk, step)
    assert (Case.objects.filter(pk=case.pk).values().get(), Act.objects.filter(case=case).count()) == before
    assert code is None or refusal.value.code == code
    return refusal.value


# --- acts that the page hides -----------------------------------------------------------------------------------------


def test_a_call_back_without_a_poor_rating(letter, actor):
    case, _ = letter()
    handler = actor(LEAD, "handler")
    perform(case.pk, Step("answer", handler, ANSWER))
    refused(case, Step("call_back", handler, {"text": "回访"}), "not_allowed")
    perform(case.pk, Step("rate", resident(case.pk), {"grade": 5}))
    refused(case, Step("call_back", handler, {"text": "回访"}), "not_allowed")
    other, _ = letter(nonce="poor")
    perform(other.pk, Step("answer", handler, ANSWER))
    perform(other.pk, Step("rate", resident(other.pk), {"grade": 2}))
    assert perform(other.pk, Step("call_back", handler, {"text": "回访"})).act


def test_a_second_rating(letter, actor):
    case, _ = letter()
    perform(case.pk, Step("answer", actor(LEAD, "handler"), ANSWER))
    perform(case.pk, Step("rate", resident(case.pk), {"grade": 1}))
    refused(case, Step("rate", resident(case.pk), {"grade": 5}), "conflict")


def test_a_review_after_the_time_to_ask_is_over(letter, actor):
    start = timezone.now() - timedelta(days=40)
    case, _ = letter(now=start)
    perform(case.pk, Step("answer", actor(LEAD, "handler"), ANSWER, at=start + timedelta(days=5)))
    refused(case, Step("ask_review", resident(case.pk), {"text": "不满意"}), "not_allowed")


@pytest.mark.parametrize("act", ["request_extension", "extend"])
def test_more_days_than_the_registry_gives(act, letter, actor):
    case, _ = letter()
    head = actor(LEAD, "head")
    perform(case.pk, Step("accept", head))
    refused(case, Step(act, head, {"days": 31, "text": "需要时间"}), "bad_input")
    rows.TimeLimit.objects.filter(step="extend_max").delete()
    snapshot.touch()
    refused(case, Step(act, head, {"days": 1, "text": "需要时间"}), "not_allowed")


def test_a_look_for_what_nobody_looks_for_and_at_a_contact_by_who_handles_nothing(letter, actor):
    case, _ = letter(name="王小明", phone="13800000000")
    refused(case, Step("look", actor(LEAD, "handler"), {"purpose": "好奇"}), "bad_input")
    refused(case, Step("look", actor(ABOVE, "supervisor"), {"purpose": "查看联系方式"}), "not_allowed")
    assert perform(case.pk, Step("look", actor(LEAD, "handler"), {"purpose": "查看联系方式"})).act


def test_a_reception_that_nobody_booked(letter, actor):
    case, _ = letter()
    refused(case, Step("receive", actor(LEAD, "handler"), {"text": "来信人到访"}), "not_found")
    refused(
        case, Step("receive", actor(LEAD, "handler"), {"slot": "2026-12-01 09:00", "text": "来信人到访"}), "not_found"
    )
    refused(case, Step("book", resident(case.pk), {"slot": "2026-12-01 09:00"}), "not_found")
    refused(case, Step("unbook", actor(LEAD, "handler"), {"slot": "2026-12-01 09:00", "reason": "停电"}), "not_found")
    later = timezone.now() + timedelta(days=1)
    refused(case, Step("queue", resident(case.pk), {"unit": LEAD}), "not_found")
    refused(case, Step("dequeue", resident(case.pk), {"unit": LEAD}), "not_found")
    refused(case, Step("keep_slot", SYSTEM, {"slot": "2026-12-01 09:00", "until": "2026-12-01 08:00"}), "not_found")
    refused(case, Step("rearrange", actor(LEAD, "handler"), {"slot": "2026-12-01 09:00"}), "not_found")
    Slot.objects.create(unit_id=LEAD, starts_at=later, booked_case=case)
    label = timezone.localtime(later).strftime("%Y-%m-%d %H:%M")
    refused(case, Step("receive", actor(LEAD, "handler"), {"slot": label, "text": "还没有开始"}), "wrong_state")


def test_publishing_what_may_not_be_public(letter, actor):
    words = {"subject": "噪音", "body": "噪音", "answer": "已处理"}
    handler = actor(LEAD, "handler")
    secret, _ = letter(visibility="confidential", nonce="secret")
    perform(secret.pk, Step("answer", handler, ANSWER))
    refused(secret, Step("propose_publication", handler, words), "not_allowed")
    case, _ = letter()
    perform(case.pk, Step("answer", handler, ANSWER))
    refused(case, Step("unpublish", handler, {"text": "撤下"}), "conflict")
    refused(case, Step("propose_publication", handler, {**words, "body": "电话13800000000"}), "bad_input")
    refused(case, Step("publish", handler, words), "not_allowed")  # nobody publishes past the sender
    refused(case, Step("publish", SYSTEM, words), "not_yet")
    publish(case, handler, words)
    refused(case, Step("propose_publication", handler, words), "conflict")


# --- inputs that no form would send ---------------------------------------------------------------------------------


def test_a_handler_of_another_unit_one_whose_post_has_ended_or_not_begun_and_a_closed_account(letter, actor, official):
    case, _ = letter()
    handler = actor(LEAD, "handler")
    stranger = official("610113-ZJ", "handler")
    ended, early, closed = (official(LEAD, "handler", name) for name in ("ended", "early", "closed"))
    Post.objects.filter(official=ended).update(until=timezone.localdate() - timedelta(days=1))
    Post.objects.filter(official=early).update(since=timezone.localdate() + timedelta(days=3))
    closed.is_active = False
    closed.save()
    supervisor = official(LEAD, "supervisor", "supervisor")
    for wrong in (stranger, ended, early, closed, supervisor):
        refused(case, Step("assign", handler, {"official": wrong.pk}), "bad_input")
    refused(case, Step("assign", handler, {"official": 2**31 - 1}), "bad_input")


def test_a_handler_who_also_holds_a_post_at_the_unit_complained_of(letter, actor, official):
    case, _ = letter(matter="0901", against=LEAD)
    both = official(ABOVE, "handler", "both")
    Post.objects.create(official=both, unit_id="610113-CG1", role="clerk", since="2020-01-01")
    refused(case, Step("assign", actor(ABOVE, "head"), {"official": both.pk}), "bad_input")


@pytest.mark.parametrize(
    ("unit", "code"), [("610124-XF", "not_allowed"), ("nowhere", "bad_input"), ("610113-OLD", "bad_input")]
)
def test_a_unit_of_another_county_an_unknown_one_and_one_that_is_gone(unit, code, letter, actor):
    gone = timezone.localdate() - timedelta(days=1)
    rows.Unit.objects.create(code="610113-OLD", name="旧", place_id="610113", parent_id=ABOVE, until=gone)
    snapshot.touch()
    case, _ = letter(matter="0103")
    clerk = actor("610113-XF", "clerk")
    assert case.state == "submitted"
    refused(case, Step("dispatch", clerk, {"unit": unit}), code)
    refused(case, Step("dispatch", clerk, {"unit": LEAD, "assist": [unit]}), code)
    assert not Assist.objects.filter(case=case).exists()


def test_a_matter_that_has_others_below_it(letter, actor):
    case, _ = letter(matter="0103")
    clerk = actor("610113-XF", "clerk")
    refused(case, Step("change_matter", clerk, {"matter": "01"}), "bad_input")
    refused(case, Step("dispatch", clerk, {"unit": LEAD, "matter": "01"}), "bad_input")
    with pytest.raises(Refusal):
        letter(matter="01", nonce="parent")


# --- a complaint about conduct that names nobody --------------------------------------------------------------------


def test_a_complaint_about_conduct_names_the_unit_by_every_entry(letter, actor, registry):
    with pytest.raises(Refusal) as refusal:
        submit(Submission("letter", "0901", "610113", "态度恶劣", "窗口人员态度恶劣"), NEWCOMER)
    assert refusal.value.field == "against"
    history = History(
        Submission("letter", "0901", "610113", "态度", "态度", channel="import", source="import:1", unit=LEAD),
        timezone.now(),
    )
    assert [isinstance(one, Refusal) for one in submit_many([history], SYSTEM)] == [True]
    values = {"id": "7", "subject": "态度", "body": "态度", "sent_at": "2026-01-05", "matter": "0901", "unit": LEAD}
    context = RowContext("letter", registry, ImportOptions(), timezone.now())
    found = history_of(Row(2, values), FORMAT, context)
    assert isinstance(found, Rejected)
    assert "against" in found.reason
    named = history_of(Row(2, {**values, "unit": ABOVE, "against": LEAD}), FORMAT, context)
    [case] = submit_many([named], SYSTEM)
    assert (case.against_id, case.unit_id) == (LEAD, ABOVE)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("act", ["change_matter", "dispatch"])
def test_no_letter_becomes_a_complaint_about_conduct_without_the_unit(act, letter, actor):
    case, _ = letter(matter="0103")
    given = {"matter": "0901"} if act == "change_matter" else {"matter": "0901", "unit": LEAD}
    assert refused(case, Step(act, actor("610113-XF", "clerk"), given), "bad_input").field == "against"


# --- the whole table ------------------------------------------------------------------------------------------------


def inputs(edge):
    """Something for every input that an act asks for."""
    values = {
        "text": "文字", "line": "文字", "unit": "610113-ZJ", "units": ["610113-ZJ"], "matter": "0101", "number": 1,
        "grade": 3, "case": "1",
        "flag": True, "against": "610113-ZJ", "official": 1,
    }  # fmt: skip
    return {need.name: values[need.kind] for need in edge.inputs}


@pytest.mark.parametrize("who", [(LEAD, "handler"), (ABOVE, "head"), ("610113-XF", "head")])
def test_what_the_menu_does_not_offer_the_kernel_refuses(who, letter, actor):
    """Every act of the table in every state, called bare by every standing: it is offered, or refused with a word."""
    number, someone, tried = count(), actor(*who), 0
    case, _ = letter(name="王小明", nonce="table")
    registry = snapshot.current()
    for state in LETTER.states:
        Case.objects.filter(pk=case.pk).update(state=state.name, phase=state.phase)
        now = Case.objects.get(pk=case.pk)
        standing = frozenset(access.standing(someone, now, registry))
        shown = {edge.act for edge in guards.offered(LETTER, now, someone, standing, registry, timezone.now())}
        for edge in EDGES:
            if edge.act in shown:
                continue
            with pytest.raises(Refusal):
                perform(now.pk, Step(edge.act, someone, inputs(edge), nonce=f"bare-{who}-{next(number)}"))
            tried += 1
    assert tried > 400
    assert Act.objects.filter(case=case).count() == 1


def test_a_guard_is_asked_with_nothing_before_anything_is_filled_in(letter, actor):
    """So that every button can ask it: no guard of the table looks at an input that is not there."""
    case, _ = letter()
    someone = actor(LEAD, "head")
    for edge in EDGES:
        found = guards.refusal(
            edge, Context(case, someone, {}, timezone.now(), snapshot.current(), LETTER, frozenset({"lead:head"}))
        )
        assert found is None or isinstance(found, Refusal)
