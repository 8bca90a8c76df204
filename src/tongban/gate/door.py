"""How a room makes itself known: it declares its parts once, in `apps.py`, and whoever needs parts of a
type goes over all rooms.

A door is a room that brings what residents and officials come for; the shell, the API, the commands, the demo, the
worker and the meta-tests learn of it here and nowhere else. What the parts are stands in `parts.py` and in the rooms
that read them. Not for permission: a declaration opens nothing, every view says itself who may use it (`allow.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.apps import apps

from .parts import AtStart, Kind

if TYPE_CHECKING:
    from tongban.cases.inputs.one import Words

T = TypeVar("T")


@dataclass(frozen=True)
class Room:
    """A room with its parts: `name` is the label of its app, `label` its name on screen.

    Parts are small frozen dataclasses; of which types they are is for the rooms that read them.
    """

    name: str
    label: Words
    parts: tuple[object, ...] = ()


@dataclass(frozen=True)
class Door(Room):
    """A room that residents or officials come to for something of their own: letters, the catalogue of data, …"""


_rooms: dict[str, Room] = {}
_parts: dict[type, tuple[Any, ...]] = {}
"""Type → parts of that type, as they were found; emptied by `register`. They are read once, not on every page."""


def register(room: Room) -> None:
    """Make a room or a door known. Called when its app is ready; the same name again replaces it.

    Raises ValueError where another room brings the same kind of case, and what registering one of its kinds raises.
    """
    for part in room.parts:
        other = door_of(part.procedure.kind) if isinstance(part, Kind) else None
        if other is not None and other.name != room.name:
            raise ValueError(f"{room.name}: {other.name} brings the kind of case that {room.name} brings too")
    for part in room.parts:
        if isinstance(part, AtStart):
            part.start()
    _rooms[room.name] = room
    _parts.clear()


def rooms() -> tuple[Room, ...]:
    """Every room that made itself known, doors too, in the order of INSTALLED_APPS; what is no app comes last."""
    order = {config.label: number for number, config in enumerate(apps.get_app_configs())}
    return tuple(sorted(_rooms.values(), key=lambda room: order.get(room.name, len(order))))


def doors() -> tuple[Door, ...]:
    """Every door, in the order of INSTALLED_APPS."""
    return tuple(room for room in rooms() if isinstance(room, Door))


def parts(kind: type[T]) -> list[T]:
    """Every part of this type of every room, by their `order` where they have one, then in the
    order of INSTALLED_APPS."""
    if kind not in _parts:
        found = [part for room in rooms() for part in room.parts if isinstance(part, kind)]
        _parts[kind] = tuple(sorted(found, key=lambda part: getattr(part, "order", 0)))
    return list(_parts[kind])


def door_of(kind: str) -> Room | None:
    """The door that brings this kind of case; None where no door does."""
    for room in _rooms.values():
        if any(isinstance(part, Kind) and part.procedure.kind == kind for part in room.parts):
            return room
    return None


def loaded(name: str) -> Any:
    """What a part names as "package.module:attribute". Imported when it is used, so that a declaration costs nothing.

    Raises ImportError or AttributeError where there is no such thing.
    """
    module, _sign, attribute = name.partition(":")
    return cast(Any, getattr(import_module(module), attribute))
