"""How a room makes itself known: once, in one place; whoever needs parts of a type finds
those of all rooms, in order."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tongban.cases import procedure, settling
from tongban.cases.actor import Actor
from tongban.gate import door, navigation
from tongban.gate.door import Door, Room, door_of, doors, loaded, parts, register, rooms
from tongban.gate.parts import (
    DeskLink,
    Kind,
    NavLink,
    Resealed,
    Settled,
    Timed,
)
from tongban.letters.procedure import LETTER
from tongban.vault import rotation


@dataclass(frozen=True)
class Bench:
    """A part that some room reads."""

    name: str
    order: int = 0


@dataclass(frozen=True)
class Tree:
    name: str


@pytest.fixture
def empty(monkeypatch):
    """A house without rooms."""
    monkeypatch.setattr(door, "_rooms", {})
    monkeypatch.setattr(door, "_parts", {})
    for module, name in ((procedure, "_procedures"), (rotation, "_registered")):
        monkeypatch.setattr(module, name, dict(getattr(module, name)))
    monkeypatch.setattr(settling, "_settlers", list(settling._settlers))


def test_parts_of_a_type_are_found_in_every_room_by_their_order(empty):
    register(Door("park", "park", (Bench("late", 20), Tree("lime"), Bench("early", 10))))
    register(Room("street", "street", (Bench("between", 15),)))
    assert [part.name for part in parts(Bench)] == ["early", "between", "late"]
    assert parts(Tree) == [Tree("lime")]
    assert parts(Timed) == []


def test_rooms_stand_as_in_installed_apps_whenever_they_registered(empty):
    for name in ("elsewhere", "scorecards", "protection", "letters"):
        register(Room(name, name, (Tree(name),)) if name == "scorecards" else Door(name, name, (Tree(name),)))
    assert [room.name for room in rooms()] == ["letters", "protection", "scorecards", "elsewhere"]
    assert [found.name for found in doors()] == ["letters", "protection", "elsewhere"]
    assert [part.name for part in parts(Tree)] == ["letters", "protection", "scorecards", "elsewhere"]


def test_the_same_name_again_replaces_a_room(empty):
    register(Door("park", "park", (Tree("lime"), Tree("oak"))))
    assert len(parts(Tree)) == 2
    register(Door("park", "park", (Tree("elm"),)))
    assert parts(Tree) == [Tree("elm")]
    assert len(doors()) == 1


def test_who_changes_the_list_changes_no_other_s(empty):
    register(Door("park", "park", (Tree("lime"),)))
    parts(Tree).clear()
    assert parts(Tree) == [Tree("lime")]


def test_a_kind_of_case_is_registered_and_belongs_to_its_door(empty):
    procedure._procedures.clear()
    register(Door("park", "park", (Kind(LETTER),)))
    assert procedure.procedures()["letter"] is LETTER
    assert door_of("letter").name == "park"
    assert door_of("walk") is None
    register(Door("park", "park", (Kind(LETTER),)))


def test_two_doors_cannot_bring_the_same_kind(empty):
    register(Door("park", "park", (Kind(LETTER),)))
    with pytest.raises(ValueError, match="park"):
        register(Door("street", "street", (Kind(LETTER),)))
    assert [found.name for found in doors()] == ["park"]


def test_what_the_kernel_and_the_vault_keep_is_handed_to_them(empty):
    def seen(acts):
        """Nothing."""

    def again():
        yield from ()

    register(Door("park", "park", (Settled(seen), Resealed("boxes", again, lambda: 3))))
    assert seen in settling._settlers
    assert rotation._registered["boxes"].count() == 3


def test_what_is_heavy_is_named_and_loaded_when_used():
    assert loaded("tongban.letters.procedure:LETTER") is LETTER
    with pytest.raises(AttributeError):
        loaded("tongban.letters.procedure:NOTHING")
    with pytest.raises(ImportError):
        loaded("tongban.nowhere:NOTHING")


def test_residents_links_stand_in_the_navigation_or_at_the_foot(empty):
    register(
        Door("park", "park", (NavLink("b:b", "B", 20), NavLink("c:c", "C", 5, foot=True), NavLink("a:a", "A", 10)))
    )
    assert [link.name for link in navigation.resident_links()] == ["a:a", "b:b"]
    assert [link.name for link in navigation.foot_links()] == ["c:c"]


def test_a_link_of_a_role_is_shown_to_that_role_alone(empty):
    register(Door("park", "park", (DeskLink("a:a", "A", "list", 10), DeskLink("b:b", "B", "list", 5, role="head"))))
    assert [link.name for link in navigation.desk_links(None)] == ["a:a"]
    head = Actor("official", 1, (("610113-CG", "head"),))
    assert [link.name for link in navigation.desk_links(head)] == ["b:b", "a:a"]
