"""What comes next: what was asked for, then what the state's line says, then the rest; nothing is lost."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from tongban.cases.next_act import asked_for, asked_with, coming
from tongban.cases.procedure import Edge, State

EVERYBODY = frozenset({"lead:head"})
FREE = Edge("free", frozenset({"open"}), None, EVERYBODY, "", "")
ANSWER = Edge("answer", frozenset({"open"}), "over", EVERYBODY, "", "")
GRANT = Edge("grant", frozenset({"open"}), None, EVERYBODY, "", "", asked_by="ask")
WIPE = Edge("wipe", frozenset({"open"}), None, EVERYBODY, "", "", danger=True)
STATE = State("open", "", "", next=("answer",))
names = st.lists(st.sampled_from(["ask", "grant", "answer", "free"]), max_size=8)
edges = st.permutations([FREE, ANSWER, GRANT, WIPE])


def acts(*named):
    return [SimpleNamespace(act=name, public={"days": place}, private={}) for place, name in enumerate(named)]


@given(names)
def test_an_act_is_asked_for_until_it_is_done(named):
    last = next((name for name in reversed(named) if name in ("ask", "grant")), "")
    assert (asked_for(GRANT, acts(*named)) is not None) == (last == "ask")
    assert asked_for(ANSWER, acts(*named)) is None


@given(names, edges)
def test_every_offered_act_stands_once_what_was_asked_for_first_and_danger_last(named, offered):
    found = coming(STATE, offered, acts(*named))
    assert sorted(edge.act for edge in (*found.next, *found.rest)) == ["answer", "free", "grant", "wipe"]
    asked = asked_for(GRANT, acts(*named)) is not None
    assert [edge.act for edge in found.next] == (["grant", "answer"] if asked else ["answer"])
    assert found.rest[-1] is WIPE


def test_what_was_asked_for_with_it_is_that_of_the_last_time():
    assert asked_with(acts("ask", "free", "ask"), "ask", "days") == 2
    assert asked_with(acts("free"), "ask", "days") is None
