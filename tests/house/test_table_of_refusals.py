"""Every act in every state for every standing, of every kind of case: the table refuses all that it
does not name, and says why.

No database: tens of thousands of decisions take less than a second. That pages, programs and the kernel ask the table
is held by test_refused_acts.py and test_refusals.py.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.house.installed import kinds
from tongban.cases.access import WORKING
from tongban.cases.procedure import Procedure
from tongban.cases.refusal import Refusal

RELATIONS = ("lead", "assist", "above", "coordinator", "about", "part", "whole")
"""How an official can stand to a case (`access.standing`)."""
KINDS = sorted(kinds())


def standings() -> Iterator[frozenset[str]]:
    """Nobody, the sender, the house itself, an official before there is a case, every official of one
    post, and every one of two."""
    single = [f"{relation}:{role}" for relation in RELATIONS for role in sorted(WORKING)]
    yield from (frozenset(), frozenset({"resident"}), frozenset({"system"}), frozenset({"official"}))
    yield from (frozenset({one}) for one in single)
    yield from map(frozenset, itertools.combinations(single, 2))


def said(procedure: Procedure, act: str, state: str, standing: frozenset[str]) -> str:
    """What the rule says, counted from the lines of the table alone: "" allowed, else the code of the refusal."""
    lines = [edge for edge in procedure.edges if edge.act == act]
    here = [edge for edge in lines if state in edge.sources]
    if not standing or not lines:
        return "not_found"
    if any(edge.who & standing for edge in here):
        return ""
    return "wrong_state" if not here and any(edge.who & standing for edge in lines) else "not_allowed"


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_allows_what_it_names_and_refuses_the_rest(kind):
    procedure, asked = kinds()[kind], 0
    acts = [*dict.fromkeys(edge.act for edge in procedure.edges), "no such act"]
    for state in ("", *(state.name for state in procedure.states)):
        for act, standing in itertools.product(acts, standings()):
            try:
                edge = procedure.decide(act, state, standing)
            except Refusal as refusal:
                found = refusal.code
            else:
                assert edge.act == act
                assert state in edge.sources
                found = ""
            assert found == said(procedure, act, state, standing), (act, state, standing)
            asked += 1
    assert asked > 1_000


@pytest.mark.parametrize("kind", KINDS)
def test_every_standing_that_the_table_names_can_be_had(kind):
    known = frozenset().union(*standings())
    named = frozenset().union(*(edge.who for edge in kinds()[kind].edges))
    assert named <= known
