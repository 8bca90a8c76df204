"""What a kind of case says in its table about the ledger: what acts count for, which facts are public, how coarse time
is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.cases.test_kinds_of_cases import _as_before, table  # noqa: F401 (a fixture for every test here)
from tongban.cases import effects, procedure
from tongban.cases.actor import SYSTEM
from tongban.cases.inputs import Line, Text
from tongban.cases.models import Act
from tongban.cases.procedure import Edge, Outcome, Procedure, State
from tongban.cases.settling import settle
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.ledger.models import QueuedEntry
from tongban.registry import snapshot
from tongban.registry.models import Matter
from tongban.scorecards import statements
from tongban.scorecards.figures import by_unit

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
SYSTEM_ONLY = frozenset({"system"})


def decided(context: procedure.Context) -> Outcome:
    return Outcome(public={"basis": "L-50", "until": "2026-09-01", "days": 11, "in_time": True})


BLOCK = Procedure(
    "block", "处置", (State("open", "open", "open"), State("done", "done", "done", phase="over")),
    (
        Edge("submit", frozenset({""}), "open", SYSTEM_ONLY, "报", "报", effect=effects.submit),
        Edge("decide", frozenset({"open"}), "done", SYSTEM_ONLY, "决定", "决定", effect=decided, counts="blocked",
             inputs=(Text("text", "理由"),), on_ledger=frozenset({"basis", "until", "unit"})),
        Edge("answer", frozenset({"open"}), "done", SYSTEM_ONLY, "答", "答", effect=decided, counts="answered"),
        *table().edges,
    ),
    "open",
)  # fmt: skip


@pytest.fixture
def block(registry, monkeypatch):
    """A kind whose decisions the law makes public, with whatever is replaced in its table."""

    def make(**changes):
        monkeypatch.setitem(procedure._procedures, "block", {1: replace(BLOCK, **changes)})
        Matter.objects.filter(pk="0101").update(kinds=["letter", "block"])
        snapshot.touch()
        return submit(Submission("block", "0101", "610113", "题", "文"), SYSTEM, now=NOON)[0]

    return make


def entries() -> list[dict]:
    return [json.loads(bytes(raw)) for raw in QueuedEntry.objects.order_by("key").values_list("entry", flat=True)]


@pytest.mark.django_db
def test_by_default_nothing_but_the_word_and_the_day_stands_on_an_entry(block):
    case = block()
    perform(case.pk, Step("answer", SYSTEM, at=NOON + timedelta(days=11)))
    told = [{name: value for name, value in entry.items() if name not in ("commit", "link")} for entry in entries()]
    assert told == [
        {"v": 2, "kind": "block", "act": "sent", "at": "2026-03-02"},
        {"v": 2, "kind": "block", "act": "answered", "at": "2026-03-13"},
    ]


@pytest.mark.django_db
def test_a_decision_that_the_law_makes_public_names_its_facts_and_its_unit(block):
    case = block()
    perform(case.pk, Step("decide", SYSTEM, {"text": "秘密的理由"}))
    last = entries()[-1]
    assert (last["act"], last["facts"]) == ("blocked", {"basis": "L-50", "until": "2026-09-01", "unit": case.unit_id})
    assert "facts" not in entries()[0]
    while settle():
        pass
    assert (
        by_unit(None, NOON.date().replace(day=1), timezone.localdate(), kind="block")[case.unit_id].counts["blocked"]
        == 1
    )


@pytest.mark.django_db
def test_a_kind_can_leave_the_day_out(block):
    block(dated="month")
    assert [entry["at"] for entry in entries()] == ["2026-03"]


@pytest.mark.django_db
@pytest.mark.parametrize(("steps", "counted"), [((15, 30), 15), ((), 11), (procedure.DAYS_STEPS, 12)])
def test_a_kind_says_how_coarsely_its_days_are_counted(block, steps, counted):
    case = block(days_steps=steps)
    perform(case.pk, Step("answer", SYSTEM, at=NOON + timedelta(days=11)))
    while settle():
        pass
    statements.write(timezone.now() + timedelta(days=1))
    stated = {entry["month"]: entry["items"] for entry in entries() if entry["act"] == "statement"}
    assert [item[:-1] for item in stated["2026-03"]["answered"]] == [[counted, 1]]
    assert (
        by_unit(None, NOON.date().replace(day=1), timezone.localdate(), kind="block")[case.unit_id].median_days
        == counted
    )
    assert Act.objects.get(act="answer").public["days"] == 11, "the sender is told the true number"


@pytest.mark.parametrize("word", ["step", "statement", "sent", "a_word_that_is_too_long"])
def test_a_word_that_means_something_else_or_is_too_long_is_refused(word):
    edge = replace(table().edges[0], counts=word)
    with pytest.raises(ValueError, match="cannot count for"):
        procedure.register(replace(table(), edges=(edge, *table().edges[1:])))


def test_freely_written_words_cannot_be_put_on_the_ledger():
    edge = Edge(
        "close",
        frozenset({"done"}),
        None,
        frozenset({"lead:head"}),
        "结",
        "结",
        inputs=(Line("basis", "依据", private=False),),
        on_ledger=frozenset({"basis"}),
    )
    with pytest.raises(ValueError, match="freely written"):
        procedure.register(replace(table(), edges=(*table().edges, edge)))
