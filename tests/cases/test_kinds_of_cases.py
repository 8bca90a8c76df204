"""What a new kind of case is asked for when it is registered, and what the house then knows of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.cache import cache

from tongban.cases import procedure
from tongban.cases.actor import SYSTEM, Actor
from tongban.cases.guards import leaf_matter
from tongban.cases.inputs import MatterChoice
from tongban.cases.notices import for_resident
from tongban.cases.procedure import HOUSE_ACTS, Edge, Procedure, State, Within
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.gate import door
from tongban.gate.door import Door
from tongban.gate.navigation import desk_links
from tongban.gate.parts import DeskLink, Timed
from tongban.gate.templatetags.tongban_names import act_label, act_told
from tongban.letters.procedure import LETTER
from tongban.registry import snapshot, tables
from tongban.registry.models import Matter

pytestmark = pytest.mark.both_databases

DONE = frozenset({"done"})


def table(*leave_out: str, kind: str = "walk") -> Procedure:
    acts = [
        Edge(act, DONE, None, frozenset({"lead:head" if who == "official" else who}), act, act)
        for act, who in HOUSE_ACTS.items()
        if act not in leave_out
    ]
    return Procedure(
        kind, kind, (State("done", "done", "done", step="walking"),), tuple(acts), initial="done", answer_step="walked"
    )


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    monkeypatch.setattr(procedure, "_procedures", dict(procedure._procedures))
    steps, kinds = list(tables.STEPS), list(tables.KINDS)
    yield
    tables.STEPS[:], tables.KINDS[:] = steps, kinds


@pytest.mark.parametrize("act", HOUSE_ACTS)
def test_a_table_without_an_act_that_the_house_performs_is_refused(act):
    with pytest.raises(ValueError, match=act):
        procedure.register(table(act))
    assert "walk" not in procedure.procedures()


def test_a_name_that_its_column_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="more than 16"):
        procedure.register(table(kind="a_kind_with_a_long_name"))


def test_limits_can_be_set_for_the_steps_of_a_registered_kind():
    read = tables.TABLES["limits"].columns["step"]
    with pytest.raises(tables.BadRow):
        read("walking")
    procedure.register(table())
    assert (read("walking"), read("walked"), read("answer")) == ("walking", "walked", "answer")


def test_limits_can_be_set_for_what_a_table_s_guards_ask_for_and_for_the_time_to_ask():
    contest = Edge("contest", DONE, None, frozenset({"resident"}), "x", "x", within=Within("walk_contest"))
    procedure.register(replace(table(), limits=("walk_again",), edges=(*table().edges, contest)))
    assert {"walking", "walked", "walk_again", "walk_contest"} <= set(tables.STEPS)


def test_a_matter_can_be_for_a_registered_kind_and_for_no_other():
    read = tables.TABLES["matters"].columns["kinds"]
    with pytest.raises(tables.BadRow, match="nowhere"):
        read("letter nowhere")
    procedure.register(table())
    assert (read("walk, letter"), read("letter、walk；letter"), read(" ")) == (
        ["letter", "walk"],
        ["letter", "walk"],
        [],
    )


@pytest.mark.django_db
def test_a_case_is_only_about_a_matter_that_is_for_its_kind(registry):
    """The kernel refuses it, whatever door it came through: on opening, and where the matter is changed afterwards."""
    procedure.register(
        replace(
            table(),
            edges=(
                Edge("submit", frozenset({""}), "done", frozenset({"system"}), "出发", "出发"),
                Edge("rename", DONE, None, frozenset({"system"}), "改", "改", guard=leaf_matter,
                     inputs=(MatterChoice("matter", "事项"),)),
                *table().edges,
            ),
        )
    )  # fmt: skip
    walk = Submission("walk", "0101", "610113", "题", "文")
    with pytest.raises(Refusal) as refused:
        submit(walk, SYSTEM)
    assert (refused.value.code, refused.value.field) == ("bad_input", "matter")
    Matter.objects.filter(pk="0101").update(kinds=["walk"])
    snapshot.touch()
    case, _receipt = submit(walk, SYSTEM)
    with pytest.raises(Refusal) as refused:
        perform(case.pk, Step("rename", SYSTEM, {"matter": "0102"}))
    assert (refused.value.code, refused.value.field) == ("bad_input", "matter")
    perform(case.pk, Step("rename", SYSTEM, {"matter": "0101"}))
    with pytest.raises(Refusal):
        submit(replace(walk, kind="letter"), SYSTEM)


def test_the_desk_shows_what_doors_name_in_order_and_a_role_s_link_to_that_role_alone(monkeypatch):
    monkeypatch.setattr(door, "_rooms", {})
    monkeypatch.setattr(door, "_parts", {})
    links = (
        DeskLink("b:list", "B", "list", 20),
        DeskLink("a:list", "A", "list", 10),
        DeskLink("c:list", "C", "list", 5, role="data_officer"),
    )
    door.register(Door("walks", "walks", links))
    assert [link.name for link in desk_links(None)] == ["a:list", "b:list"]
    assert [link.name for link in desk_links(Actor("official", 1, (("610113-CG", "clerk"),)))] == ["a:list", "b:list"]
    assert [link.name for link in desk_links(Actor("official", 1, (("610113-CG", "data_officer"),)))] == [
        "c:list",
        "a:list",
        "b:list",
    ]


def test_the_worker_does_what_doors_name(monkeypatch):
    from tongban.commands.working import steps

    monkeypatch.setattr(door, "_rooms", dict(door._rooms))
    monkeypatch.setattr(door, "_parts", {})
    door.register(Door("walks", "walks", (Timed("walks", lambda: 0, 60, aside=True),)))
    found = {step.name: step for step in steps()}
    assert (found["walks"].every, found["walks"].aside) == (60, True)
    assert {"close", "drafts", "topics"} <= set(found)


@pytest.mark.django_db
def test_an_act_is_named_as_its_own_kind_names_it(letter, monkeypatch):
    case, _receipt = letter()
    opening = case.acts.get()
    assert (act_label(opening), act_told(opening)) == ("提交", "您提交了来信")
    monkeypatch.setitem(
        procedure._procedures,
        "walk",
        {
            1: Procedure(
                "walk",
                "walk",
                (State("done", "", ""),),
                (Edge("submit", frozenset({""}), "done", frozenset({"system"}), "出发", "您出发了"),),
                "done",
            )
        },
    )
    case.kind = "walk"
    opening.case = case
    assert (act_label(opening), act_told(opening)) == ("出发", "您出发了")


@pytest.mark.django_db
def test_a_sender_is_told_where_this_kind_is_followed_or_not_at_all(letter):
    case, _receipt = letter(email="someone@example.org")
    edge = LETTER.named("accept")
    [notice] = for_resident(case, edge, LETTER, case.submitted_at)
    assert "/follow/" in notice.private["text"]
    assert "来信" in notice.private["subject"]
    assert (
        "/walks/"
        in for_resident(case, edge, replace(LETTER, label="散步", follow="/walks/"), case.submitted_at)[0].private[
            "text"
        ]
    )
    assert for_resident(case, edge, replace(LETTER, follow=""), case.submitted_at) == []


@pytest.mark.django_db
def test_who_signs_in_comes_to_the_page_that_the_settings_name(client, official, settings):
    cache.clear()
    official("610113-CG", "handler", "anna")
    assert client.post("/accounts/login/", {"login": "anna", "password": "a long password"}).url == "/desk/"
    client.logout()
    settings.LOGIN_REDIRECT_URL = "portal:home"
    assert client.post("/accounts/login/", {"login": "anna", "password": "a long password"}).url == "/"
