"""Cases that belong together, and cases that stay in force: an appeal lifts a block, opinions
let an application go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tongban.cases import access, erasure, guards, procedure, retention
from tongban.cases.actor import NEWCOMER, SYSTEM
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Edge, State
from tongban.cases.refusal import Refusal
from tongban.cases.relations import Brings, Relation
from tongban.cases.writer import History, Step, Submission, perform, submit, submit_many
from tongban.registry import snapshot, tables
from tongban.registry.models import Matter
from tongban.workdays import shanghai_day

from .kinds import APPEAL, BENCH, BLOCK, KINDS, sent

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LEAD, ABOVE = "610113-CG", "610113-GOV"


@pytest.fixture(autouse=True)
def kinds(registry, monkeypatch):
    monkeypatch.setattr(procedure, "_procedures", dict(procedure._procedures))
    steps, known = list(tables.STEPS), list(tables.KINDS)
    for one in KINDS:
        procedure.register(one)
    Matter.objects.filter(pk="0101").update(kinds=["letter", "block", "bench"])
    snapshot.touch()
    yield
    tables.STEPS[:], tables.KINDS[:] = steps, known


def opened(kind: str, **changes) -> Case:
    return submit(Submission(**sent(kind, **changes)), NEWCOMER)[0]


@pytest.fixture
def blocked(actor):
    case = opened("block")
    return perform(case.pk, Step("block", actor(case.unit_id, "handler"), {"text": "依法处置"})).case


def test_what_is_in_force_is_kept_and_expires_on_its_day(blocked):
    """A block in force until 2034 was erased in 2031, and then could not expire, because open was yes or no."""
    until = shanghai_day(timezone.now()) + timedelta(days=365 * 9)
    Case.objects.filter(pk=blocked.pk).update(in_force_until=until)
    case = Case.objects.get(pk=blocked.pk)
    assert (case.phase, case.is_open, case.due_at, case.retain_until) == ("in_force", False, None, None)
    assert case.closed_at is not None
    assert retention.erase_due(until) == 0
    assert retention.expire_due(until) == 0
    assert retention.expire_due(until + timedelta(days=1)) == 1
    case.refresh_from_db()
    assert (case.state, case.phase) == ("expired", "over")
    assert case.retain_until == until + timedelta(days=1 + snapshot.current().matters["0101"].retention_days)
    assert retention.expire_due(until + timedelta(days=2)) == 0
    assert retention.erase_due(case.retain_until + timedelta(days=1)) == 1


def test_what_is_in_force_cannot_be_erased(blocked, actor):
    line = next(edge for edge in BLOCK.edges if edge.act == "erase")
    assert "blocked" not in line.sources
    refused = guards.refusal(line, _context(blocked, SYSTEM))
    assert refused is not None
    assert refused.code == "wrong_state"


def _context(case, actor):
    from tongban.cases.relations import related_to

    now, registry = timezone.now(), snapshot.current()
    return procedure.Context(case, actor, {}, now, registry, procedure.procedure_of(case), related=related_to(case))


def test_an_appeal_goes_above_the_unit_that_decided_and_grants_lift_the_block(blocked, actor):
    appeal = opened("appeal", about=blocked.pk)
    assert (appeal.unit_id, appeal.about_id) == (
        snapshot.current().above(blocked.unit_id, shanghai_day(timezone.now())),
        blocked.pk,
    )
    assert Act.objects.get(case=appeal).public["why"] == "about"
    done = perform(appeal.pk, Step("grant", actor(appeal.unit_id, "handler"), {"text": "处置有误"}))
    assert done.case.state == "granted"
    blocked.refresh_from_db()
    assert (blocked.state, blocked.phase) == ("lifted", "over")
    lifted = Act.objects.get(case=blocked, act="lift")
    assert (lifted.actor, lifted.at) == ("system", done.act.at)


def test_what_cannot_be_brought_about_refuses_the_whole_step(blocked, actor):
    appeal = opened("appeal", about=blocked.pk)
    perform(blocked.pk, Step("lift", actor(blocked.unit_id, "handler")))
    with pytest.raises(Refusal) as refused:
        perform(appeal.pk, Step("grant", actor(appeal.unit_id, "handler"), {"text": "处置有误"}))
    assert refused.value.code == "wrong_state"
    appeal.refresh_from_db()
    assert appeal.state == "lodged"
    assert not Act.objects.filter(case=appeal, act="grant").exists()


def test_an_appeal_is_about_something_that_can_be_appealed(blocked, actor):
    for about in (None, opened("block").pk, 10**9):
        with pytest.raises(Refusal):
            opened("appeal", about=about)
    letter = submit(Submission("letter", "0101", "610113", "题", "文"), NEWCOMER)[0]
    with pytest.raises(Refusal):
        opened("appeal", about=letter.pk)


def test_who_has_the_appeal_sees_what_it_is_about_and_nobody_else_does(blocked, actor):
    registry = snapshot.current()
    Case.objects.filter(pk=blocked.pk).update(unit_id="610113-ZJ", place_id="610113")
    blocked.refresh_from_db()
    handler, stranger = actor("610124-GOV", "handler"), actor("610124-XF", "handler")
    appeal = opened("appeal", about=blocked.pk)
    Case.objects.filter(pk=appeal.pk).update(unit_id="610124-GOV")
    assert "about:handler" in access.standing(handler, blocked, registry)
    assert blocked in access.cases_for(handler, registry)
    assert not access.may_see(stranger, blocked, registry)
    Case.objects.filter(pk=blocked.pk).update(against_id="610124-GOV")
    blocked.refresh_from_db()
    assert not access.may_see(handler, blocked, registry), "the accused never"
    assert blocked not in access.cases_for(handler, registry)


def test_nothing_is_erased_while_an_appeal_about_it_runs(blocked, actor):
    appeal = opened("appeal", about=blocked.pk)
    perform(blocked.pk, Step("lift", actor(blocked.unit_id, "handler")))
    blocked.refresh_from_db()
    late = blocked.retain_until + timedelta(days=1)
    assert retention.erase_due(late) == 0
    perform(appeal.pk, Step("dismiss", actor(appeal.unit_id, "handler"), {"text": "已解除"}))
    retention.erase_due(late)
    blocked.refresh_from_db()
    assert blocked.erased_at is not None


def test_opinions_are_asked_at_once_and_the_last_one_moves_the_whole_on(actor):
    bench = opened("bench")
    handler = actor(bench.unit_id, "handler")
    asked = perform(bench.pk, Step("ask_opinions", handler, {"units": ["610113-ZJ", "610113-XF"]}))
    parts = list(Case.objects.filter(part_of=bench).order_by("pk"))
    assert asked.case.state == "opinions"
    assert [(part.kind, part.unit_id, part.state, part.subject) for part in parts] == [
        ("toy_opinion", "610113-ZJ", "wanted", "题"),
        ("toy_opinion", "610113-XF", "wanted", "题"),
    ]
    assert all(part.due_at is not None or part.awaiting_calendar is not None for part in parts)
    assert len({part.code for part in parts}) == 2
    registry = snapshot.current()
    asked_unit = actor("610113-ZJ", "handler")
    assert "part:handler" in access.standing(asked_unit, bench, registry)
    assert "whole:handler" in access.standing(handler, parts[0], registry)
    assert {bench.pk, parts[0].pk} <= set(access.cases_for(asked_unit, registry).values_list("pk", flat=True))
    assert set(access.cases_for(handler, registry).values_list("pk", flat=True)) >= {
        bench.pk,
        *(part.pk for part in parts),
    }
    perform(parts[0].pk, Step("give", asked_unit, {"text": "同意"}))
    bench.refresh_from_db()
    assert bench.state == "opinions"
    perform(parts[1].pk, Step("give", actor("610113-XF", "handler"), {"text": "同意"}))
    bench.refresh_from_db()
    assert bench.state == "ready"
    assert perform(bench.pk, Step("permit", handler)).case.phase == "in_force"


def test_a_part_cannot_be_opened_from_outside(actor):
    bench = opened("bench")
    with pytest.raises(Refusal):
        submit(Submission(**sent("toy_opinion", part_of=bench.pk, unit="610113-ZJ")), NEWCOMER)


def test_a_table_that_brings_about_acts_without_end_is_stopped(blocked, actor):
    endless = replace(
        APPEAL,
        edges=tuple(
            replace(edge, brings=(Brings("about", "poke"),)) if edge.act == "grant" else edge for edge in APPEAL.edges
        ),
    )
    poke = Edge(
        "poke",
        frozenset({"blocked"}),
        None,
        frozenset({"system"}),
        "戳",
        "戳",
        brings=(Brings("those_about", "poked"),),
    )
    poked = Edge(
        "poked", frozenset({"granted"}), None, frozenset({"system"}), "被戳", "被戳", brings=(Brings("about", "poke"),)
    )
    procedure.register(replace(BLOCK, edges=(*BLOCK.edges, poke)))
    procedure.register(replace(endless, edges=(*endless.edges, poked)))
    appeal = opened("appeal", about=blocked.pk)
    with pytest.raises(ValueError, match="without end"):
        perform(appeal.pk, Step("grant", actor(appeal.unit_id, "handler"), {"text": "…"}))
    appeal.refresh_from_db()
    assert appeal.state == "lodged"


def test_a_case_goes_by_the_edition_it_was_opened_under(actor):
    before = opened("bench")
    second = replace(
        BENCH,
        edition=2,
        states=(*BENCH.states, State("refused", "不批准", "不批准", phase="over")),
        edges=(
            *BENCH.edges,
            Edge("refuse", frozenset({"asked"}), "refused", frozenset({"lead:handler"}), "不批准", "不批准"),
        ),
    )
    procedure.register(second)
    after = opened("bench")
    assert (before.edition, after.edition) == (1, 2)
    assert procedure.procedure_of(before) is BENCH
    with pytest.raises(Refusal):
        perform(before.pk, Step("refuse", actor(before.unit_id, "handler")))
    assert perform(after.pk, Step("refuse", actor(after.unit_id, "handler"))).case.state == "refused"
    assert procedure.procedure_for("bench").edition == 2


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({}, "site"),
        ({"site": "not an address"}, "site"),
        ({"site": "https://example.com", "signs": ["c"]}, "signs"),
        ({"site": "https://example.com", "seen": "tomorrow"}, "seen"),
        ({"site": "https://example.com", "seen": "2199-01-01"}, "seen"),
        ({"site": "https://example.com", "colour": "red"}, "colour"),
    ],
)
def test_inputs_of_the_opening_are_checked_by_their_own_rules(inputs, field):
    with pytest.raises(Refusal) as refused:
        opened("block", inputs=inputs)
    assert refused.value.field == field


def test_inputs_of_the_opening_are_kept_in_their_one_form():
    case = opened(
        "block", inputs={"site": "hxxps://WWW.Example[.]com/a/../b", "signs": ["b", "a"], "seen": "2026-01-05"}
    )
    act = Act.objects.get(case=case)
    assert act.private == {"site": "https://www.example.com/b", "signs": ["a", "b"], "seen": "2026-01-05"}


def test_a_decision_is_not_erased_while_its_sender_can_still_bring_it_before_the_unit_above(blocked):
    """Where the review is a case of its own, the guard of its opening says until when."""
    lifted = perform(blocked.pk, Step("lift", SYSTEM)).case
    over, today = shanghai_day(timezone.now()) + timedelta(days=9), shanghai_day(timezone.now())

    def within_nine_days(context):
        assert context.related.about.pk == lifted.pk
        return Refusal("not_allowed", "late") if shanghai_day(context.now) > over else None

    def erasable(day):
        now = timezone.now() + (day - today)
        context = procedure.Context(lifted, SYSTEM, {}, now, snapshot.current(), BLOCK)
        return not erasure.contestable(context)

    assert erasable(today), "an appeal is only about what is in force, and sets no time"
    submitting = next(edge for edge in APPEAL.edges if edge.act == "submit")
    limited = (replace(submitting, guard=within_nine_days), *(edge for edge in APPEAL.edges if edge is not submitting))
    about = (Relation("block", frozenset({"lifted"}), "above", "sender"),)
    procedure._procedures["appeal"] = {1: replace(APPEAL, edges=limited, about=about)}
    assert not erasable(today)
    assert not erasable(over)
    assert erasable(over + timedelta(days=1))


def test_an_imported_history_that_would_move_other_cases_is_refused_and_said(actor):
    handler = actor("610113-CG", "handler")
    alone = History(Submission(**sent("bench", channel="import", source="b1")), timezone.now())
    asking = replace(alone, submission=replace(alone.submission, source="b2"))
    asking.steps = (Step("ask_opinions", handler, {"units": ["610113-ZJ"]}),)
    kept, refused = submit_many([alone, asking], SYSTEM)
    assert kept.state == "asked"
    assert (refused.code, Case.objects.count()) == ("not_allowed", 1)


def test_a_double_click_on_an_appeal_is_one_appeal_though_the_block_has_moved_on(blocked, actor):
    appeal = Submission(**sent("appeal", about=blocked.pk))
    first, receipt = submit(appeal, NEWCOMER, "a nonce of the form")
    perform(blocked.pk, Step("lift", actor(blocked.unit_id, "handler")))
    again, second = submit(appeal, NEWCOMER, "a nonce of the form")
    assert (again.pk, second.secret, second.again) == (first.pk, receipt.secret, True)
    with pytest.raises(Refusal):
        submit(appeal, NEWCOMER, "another nonce")
