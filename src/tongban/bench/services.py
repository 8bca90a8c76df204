"""Conditions and forms of services, on this processor alone, without server or database; each beside a floor.

One person against 2,000 tables with the reasons of each; a million people against 200; a form of 39 fields checked with
every error, as the services' API checks it. Then certificates (`certificates.py`), and what needs a server or a large
catalogue (`service_load.py`).
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import jsonschema_rs
import numpy as np

from tongban.rules import (
    Catalogue,
    Column,
    Declared,
    Distance,
    Group,
    Is,
    Leaf,
    OneOf,
    Range,
    Setting,
    Table,
    verdicts,
)

from .server import machine, say

FACTS, WORDS = 70, ("a", "b", "c", "d", "e")
TODAY = Setting(date(2026, 3, 2))


def run(*, tables: int, people: int, forms: int, seconds: float, offerings: int, database: str) -> int:
    """Measure; 1 where a request failed, a row was refused, or a database is not there."""
    from . import certificates, service_load

    say(bench="services", machine=machine())
    one_person(tables)
    many_people(people, 200)
    one_form(forms)
    failed = certificates.run(database=database)
    if seconds:
        failed |= service_load.run(seconds=seconds, database=database)
    if offerings:
        failed |= service_load.catalogue(offerings=offerings, database=database)
    return failed


def tables_of(number: int, rng: random.Random) -> list[Table]:
    """So many tables of two to four groups of one or two leaves, over seventy facts of five kinds."""
    return [
        Table(
            f"item{at}",
            tuple(
                Group(tuple(_leaf(rng) for _leaf_at in range(rng.choice((1, 1, 2))))) for _n in range(rng.randint(2, 4))
            ),
        )
        for at in range(number)
    ]


def _leaf(rng: random.Random) -> Leaf:
    at = rng.randrange(FACTS)
    fact, kind = f"fact{at}", at % 5
    if kind == 0:
        return Leaf(fact, Is(rng.random() < 0.7), "words", "law:1")
    if kind == 1:
        return Leaf(fact, OneOf(frozenset(rng.sample(WORDS, 2))), "words", "law:1")
    if kind == 2:
        return Leaf(fact, Range(low=rng.randrange(100)), "words", "law:1")
    if kind == 3:
        return Leaf(fact, Distance("years", low=rng.choice((16, 18, 60))), "words", "law:1")
    return Leaf(fact, Declared(), "words", "law:1")


def facts_of(rng: random.Random) -> dict[str, Any]:
    """One person: nine of ten facts known."""
    made: dict[int, Callable[[], Any]] = {
        0: lambda: rng.random() < 0.5,
        1: lambda: rng.choice(WORDS),
        2: lambda: rng.randrange(200),
        3: lambda: date(rng.randrange(1940, 2015), 5, 1),
        4: lambda: rng.random() < 0.5,
    }
    return {f"fact{at}": made[at % 5]() for at in range(FACTS) if rng.random() < 0.9}


def one_person(number: int) -> None:
    """Every table for one person, with the failed and open groups of each that is not a yes."""
    rng = random.Random(1)
    catalogue, facts = Catalogue(tables_of(number, rng), TODAY), facts_of(rng)
    leaves = sum(len(group.leaves) for group in catalogue.groups)
    took = best(lambda: catalogue.judge(facts).reasons(), 30)
    floor = best(lambda: [facts.get(f"fact{at % FACTS}") for at in range(leaves)], 30)
    say(
        bench="services", what="one person", tables=number, leaves=leaves, facts=len(facts),
        milliseconds=round(took * 1000, 2), floor="a dictionary asked once a leaf",
        floor_milliseconds=round(floor * 1000, 2),
    )  # fmt: skip


def many_people(people: int, number: int) -> None:
    """So many people against so many tables, with the reasons of everybody; the floor reads every column once."""
    rng, chance = random.Random(2), np.random.default_rng(2)
    tables = tables_of(number, rng)
    columns = {f"fact{at}": _column(at % 5, people, chance) for at in range(FACTS)}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = best(lambda: sum(piece.counts(0)[2] for piece in verdicts(tables, columns, TODAY)), 3)
    floor = best(lambda: [column.values.max() for column in columns.values()], 3)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    say(
        bench="services", what="many people", people=people, tables=number, seconds=round(took, 3),
        floor="the greatest of each column", floor_seconds=round(floor, 3),
        megabytes_more=round((after - before) / 1024, 1), megabytes=round(after / 1024, 1),
    )  # fmt: skip


def _column(kind: int, people: int, chance: np.random.Generator) -> Column:
    known = chance.random(people) < 0.9
    if kind in (0, 4):
        return Column(chance.random(people) < 0.5, known)
    if kind == 1:
        return Column(chance.integers(0, len(WORDS), people, dtype=np.int32), known, WORDS)
    if kind == 2:
        return Column(chance.integers(0, 200, people, dtype=np.int32), known)
    days = chance.integers(-11000, 16000, people)
    return Column(days.astype("datetime64[D]"), known)


def one_form(number: int) -> None:
    """A form of 39 fields: right, with about one wrong answer, with one in five; every error found. The floor copies
    the answers."""
    schema = _form(39)
    ready = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    rng = random.Random(3)
    for name, right in (("right", 1.0), ("about one error", 0.97), ("one in five wrong", 0.8)):
        sent = [_answers(schema, rng, right) for _n in range(1000)]
        turns = max(1, number // len(sent))
        took = best(lambda sent=sent, turns=turns: _all_errors(ready, sent, turns), 3)  # type: ignore[misc]
        floor = best(lambda sent=sent, turns=turns: _copied(sent, turns), 3)  # type: ignore[misc]
        forms = len(sent) * turns
        say(
            bench="services", what="a form checked", forms=name, fields=39,
            errors_a_form=round(_all_errors(ready, sent, 1) / len(sent), 1), per_second=round(forms / took),
            floor="the answers copied", floor_per_second=round(forms / floor),
        )  # fmt: skip


def _all_errors(ready: Any, sent: list[dict[str, Any]], turns: int) -> int:
    """How many errors there are; each is made and let go."""
    found = 0
    for _turn in range(turns):
        for one in sent:
            for _error in ready.iter_errors(one):
                found += 1
    return found


def _copied(sent: list[dict[str, Any]], turns: int) -> None:
    for _turn in range(turns):
        for one in sent:
            dict(one)


def _form(fields: int) -> dict[str, Any]:
    kinds: tuple[dict[str, Any], ...] = (
        {"type": "boolean"}, {"type": "string", "enum": list(WORDS)}, {"type": "number"},
        {"type": "string", "format": "date"}, {"type": "string", "minLength": 1, "maxLength": 200},
    )  # fmt: skip
    names = {f"fact{at}": kinds[at % 5] for at in range(fields)}
    required = list(names)[: fields // 2]
    return {"type": "object", "properties": names, "required": required, "additionalProperties": False}


def _answers(schema: dict[str, Any], rng: random.Random, right: float) -> dict[str, Any]:
    made = {"boolean": True, "number": 12.5}
    found: dict[str, Any] = {}
    for name, kind in schema["properties"].items():
        good = made.get(kind["type"], kind.get("enum", ["2026-03-02" if "format" in kind else "words"])[0])
        found[name] = good if rng.random() < right else ["wrong"]
    return found


def best(function: Callable[[], Any], turns: int) -> float:
    """Seconds of processor time of the best of several turns."""
    found = []
    for _turn in range(turns):
        began = time.process_time()
        function()
        found.append(time.process_time() - began)
    return min(found)
