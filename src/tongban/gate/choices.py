"""Choices of a select, grouped, from the registry: matters and places. In the language of the page;
not for what is allowed."""

from __future__ import annotations

from tongban.cases.inputs.registered import matters_for
from tongban.registry.snapshot import Snapshot

from .templatetags.tongban_names import place_name

Groups = list[tuple[str, list[tuple[str, str]]]]
"""Heading → (code, name) of what stands below it."""


def matter_choices(registry: Snapshot, conduct: bool = False, kind: str = "") -> Groups:
    """The leaves of the matters' tree that serve `kind` (empty: any), grouped by their top; with `conduct` those too
    that are about officials' conduct."""
    return matters_for(registry, kind, conduct=conduct)


def place_choices(registry: Snapshot) -> Groups:
    """Every place down to the townships, grouped by city; the province itself after its cities."""
    groups: Groups = []
    for root in registry.children("places", None):
        for city in registry.children("places", root):
            rows = [(city, place_name(city))]
            for code in registry.children("places", city):
                rows.append((code, place_name(code)))
                rows += [
                    (town, f"{place_name(code)} · {place_name(town)}") for town in registry.children("places", code)
                ]
            groups.append((place_name(city), rows))
        groups.append((place_name(root), [(root, place_name(root))]))
    return groups
