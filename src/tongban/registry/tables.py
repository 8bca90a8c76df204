"""What the tables of the registry are, and which rows of a file can be taken: pure, callable without a database.

A row is rejected for itself, for what it names, or for a tree or a list of duties that it would break; the others are
kept whatever surrounds them, in any order. Not for files (`reading.py`) nor for writing (`exchange.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models as orm
from django.utils.translation import gettext as _

from . import models

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,31}")
STEPS = [
    "register",
    "accept",
    "answer",
    "object",
    "extend_max",
    "review_ask",
    "review_answer",
    "recheck_ask",
    "recheck_answer",
]
"""The steps that a limit may be for: those of the law on letters, and what kinds of cases add (`know_steps`)."""
KINDS: list[str] = []
"""The kinds of case that a matter can be for: those that were registered (`know_kind`)."""
Codes = Mapping[str, Mapping[str, str | None]]
"""Table → code → code of its parent: what the database has."""


class BadRow(ValueError):
    """A row cannot be taken; the message says why."""


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken: its line (the header is line 1), why, and what stood in it."""

    line: int
    reason: str
    row: Mapping[str, str]


@dataclass(frozen=True)
class Good:
    """A row that can be taken: its line, every column's value, and the columns that the file really has."""

    line: int
    values: dict[str, Any]
    given: frozenset[str]


@dataclass(frozen=True)
class Lead:
    """A lead duty as the overlap rule sees it."""

    unit: str
    matter: str
    place: str
    since: date
    until: date | None

    @property
    def key(self) -> tuple[str, str, str, date]:
        return (self.unit, self.matter, self.place, self.since)

    def meets(self, other: Lead) -> bool:
        """Whether both hold on some day for the same matter and place; the last day counts."""
        if (self.matter, self.place) != (other.matter, other.place):
            return False
        return (self.until is None or other.since <= self.until) and (other.until is None or self.since <= other.until)


def text(most: int, required: bool = True) -> Callable[[str], Any]:
    """A reader of text: spaces made one."""

    def read(value: str) -> str:
        value = " ".join(value.split())
        if required and not value:
            raise BadRow(_("没有填写"))
        if len(value) > most:
            raise BadRow(_("超过 %(most)d 个字") % {"most": most})
        return value

    return read


def code(required: bool = True) -> Callable[[str], Any]:
    """A reader of codes."""

    def read(value: str) -> str | None:
        value = value.strip()
        if not value:
            if required:
                raise BadRow(_("没有填写"))
            return None
        if not CODE.fullmatch(value):
            raise BadRow(_("不是代码（字母、数字、- 和 _，最长 32 位）"))
        return value

    return read


def know_steps(*names: str) -> None:
    """Let limits be set for these steps too: a kind of case names its own when it is registered."""
    STEPS.extend(name for name in names if name not in STEPS)


def know_kind(name: str) -> None:
    """Let matters serve this kind of case: it says so itself when it is registered."""
    if name not in KINDS:
        KINDS.append(name)


def kinds(value: str) -> list[str]:
    """The kinds of case that a cell names, in order and each once; empty: as the matter above. Raises BadRow."""
    names = sorted(set(re.split(r"[\s,，;；、/]+", value.strip())) - {""})
    for name in names:
        if name not in KINDS:
            raise BadRow(
                _("没有这种件：%(name)s，只能是 %(values)s") % {"name": name[:40], "values": " / ".join(KINDS)}
            )
    return names


def choice(values: Sequence[str]) -> Callable[[str], Any]:
    """A reader of one of some words."""

    def read(value: str) -> str:
        if value.strip() not in values:
            raise BadRow(_("只能是 %(values)s") % {"values": " / ".join(values)})
        return value.strip()

    return read


def flag(default: bool) -> Callable[[str], Any]:
    """A reader of yes or no."""

    def read(value: str) -> bool:
        word = value.strip().lower()
        if not word:
            return default
        if word in ("1", "true", "yes", "是"):
            return True
        if word in ("0", "false", "no", "否"):
            return False
        raise BadRow(_("只能是 1 或 0"))

    return read


def day(required: bool) -> Callable[[str], Any]:
    """A reader of dates; the time of a spreadsheet's date is left away."""

    def read(value: str) -> date | None:
        word = value.strip()
        if not word and not required:
            return None
        found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]00:00(?::00)?)?", word, re.ASCII)
        try:
            if found is None:
                raise ValueError
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise BadRow(_("不是日期（例如 2026-03-01）")) from None

    return read


def number(most: int, default: int | None = None) -> Callable[[str], Any]:
    """A reader of whole numbers from 0."""

    def read(value: str) -> int:
        word = value.strip()
        if not word and default is not None:
            return default
        if not re.fullmatch(r"\d{1,6}", word, re.ASCII) or int(word) > most:
            raise BadRow(_("只能是不超过 %(most)d 的整数") % {"most": most})
        return int(word)

    return read


def degrees(most: int) -> Callable[[str], Any]:
    """A reader of degrees of latitude or longitude, to five places (a metre)."""

    def read(value: str) -> float | None:
        word = value.strip()
        if not word:
            return None
        if not re.fullmatch(r"-?\d{1,3}(\.\d{1,15})?", word, re.ASCII) or abs(float(word)) > most:
            raise BadRow(_("只能是 -%(most)d 到 %(most)d 之间的度数，例如 34.25") % {"most": most})
        return round(float(word), 5)

    return read


@dataclass(frozen=True)
class Table:
    """A table of the registry: its model, how each column is read, what identifies a row, which columns name others."""

    model: type[orm.Model]
    columns: Mapping[str, Callable[[str], Any]]
    key: tuple[str, ...]
    links: Mapping[str, str]
    tree: bool = False
    needed: tuple[str, ...] = field(default=())

    def attribute(self, column: str) -> str:
        """The model's attribute of a column."""
        return f"{column}_id" if column in self.links else column

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What identifies a row."""
        return tuple(values[name] for name in self.key)


TABLES: dict[str, Table] = {
    "places": Table(
        models.Place,
        {"code": code(), "name": text(80), "name_en": text(120, False),
            "level": choice(("province", "city", "county", "township")), "parent": code(False),
            "latitude": degrees(90), "longitude": degrees(180), "position_trust": choice(("V", "X", "M", ""))},
        ("code",), {"parent": "places"}, True, ("code", "name", "level", "parent"),
    ),
    "units": Table(
        models.Unit,
        {
            "code": code(), "place": code(), "name": text(120), "name_en": text(200, False), "parent": code(False),
            "coordinating": flag(False),
            "oversight": flag(False),
            "second_eyes": flag(False), "phone": text(40, False), "address": text(200, False),
            "since": day(False), "until": day(False),
        },
        ("code",), {"place": "places", "parent": "units"}, True, ("code", "place", "name"),
    ),
    "successions": Table(
        models.Succession,
        {"unit": code(), "successor": code(), "since": day(True), "basis": text(300), "active": flag(True)},
        ("unit", "successor"), {"unit": "units", "successor": "units"}, False, ("unit", "successor", "since", "basis"),
    ),
    "matters": Table(
        models.Matter,
        {
            "code": code(), "parent": code(False), "name": text(120), "name_en": text(200, False),
            "description": text(2000, False), "conduct": flag(False),
            "second_eyes": flag(False), "publishable": flag(True), "retention_days": number(36500, 1825),
            "active": flag(True),
            "delicate": flag(False),
            "kinds": kinds,
        },
        ("code",), {"parent": "matters"}, True, ("code", "name"),
    ),
    "duties": Table(
        models.Duty,
        {"unit": code(), "matter": code(), "place": code(), "role": choice(("lead", "assist")), "since": day(True),
            "until": day(False), "basis": text(300)},
        ("unit", "matter", "place", "since"), {"unit": "units", "matter": "matters", "place": "places"}, False,
        ("unit", "matter", "place", "role", "since", "basis"),
    ),
    "limits": Table(
        models.TimeLimit,
        {
            "matter": code(False), "place": code(False), "step": choice(STEPS), "days": number(3650),
            "unit": choice(("working", "calendar")),
            "basis": text(300), "trust": choice(("V", "X", "M")),
        },
        ("matter", "place", "step"), {"matter": "matters", "place": "places"}, False,
        ("step", "days", "unit", "basis", "trust"),
    ),
}  # fmt: skip


def missing_columns(table: Table, names: Iterable[str]) -> list[str]:
    """The columns that a file must have and this header has not."""
    have = set(names)
    return [name for name in table.needed if name not in have]


def check_rows(
    table: Table, rows: Sequence[tuple[int, Mapping[str, str]]], known: Codes
) -> tuple[list[Good], list[Rejected]]:
    """Good rows, parents before children, and rejected ones by line. Pure."""
    original = dict(rows)
    good: list[Good] = []
    bad: list[Rejected] = []
    seen: dict[tuple[Any, ...], int] = {}
    for line, row in rows:
        try:
            values = read_row(table, row)
            key = table.key_of(values)
            if key in seen:
                raise BadRow(_("与第 %(line)d 行重复") % {"line": seen[key]})
            seen[key] = line
            good.append(Good(line, values, frozenset(row)))
        except BadRow as error:
            bad.append(Rejected(line, str(error), original[line]))
    own = next((name for name, other in TABLES.items() if other is table), "")
    while True:
        lost = (
            {item.line: reason for item in good if (reason := _lost(table, item, known, own, good))}
            if table.links
            else {}
        )
        if not lost and table.tree:
            lost = dict.fromkeys(_loops(good, known.get(own, {})), _("上下级绕成了圈"))
        if not lost:
            break
        bad += [Rejected(line, reason, original[line]) for line, reason in lost.items()]
        good = [item for item in good if item.line not in lost]
    return (_parents_first(good) if table.tree else good), sorted(bad, key=lambda item: item.line)


def read_row(table: Table, row: Mapping[str, str]) -> dict[str, Any]:
    """Every column's value; a column that the row lacks has its default. Raises BadRow."""
    values = {}
    for name, read in table.columns.items():
        try:
            values[name] = read(row.get(name) or "")
        except BadRow as error:
            raise BadRow(f"{name}：{error}") from None
    if values.get("since") and values.get("until") and values["until"] < values["since"]:
        raise BadRow(_("终止日期早于起始日期"))
    if "latitude" in values and (values["latitude"] is None) != (values["longitude"] is None):
        raise BadRow(_("纬度和经度要么都写，要么都不写"))
    if "successor" in values and values["successor"] == values["unit"]:
        raise BadRow(_("单位不能承继自己"))
    return values


def _lost(table: Table, item: Good, known: Codes, own: str, good: Sequence[Good]) -> str:
    for name, other in table.links.items():
        wanted = item.values[name]
        if wanted is None or wanted in known.get(other, {}):
            continue
        if not (table.tree and other == own and wanted in {row.values["code"] for row in good}):
            return _("%(column)s：没有 %(code)s") % {"column": name, "code": wanted}
    return ""


def _loops(good: Sequence[Good], known: Mapping[str, str | None]) -> list[int]:
    """The lines that stand on a loop of the tree as it would be; what only hangs below a loop is not among them."""
    parents = {**known, **{item.values["code"]: item.values["parent"] for item in good}}
    safe: set[str] = set()
    looped: set[str] = set()
    for item in good:
        path: list[str] = []
        at: str | None = item.values["code"]
        while at is not None and at not in safe and at not in path:
            path.append(at)
            at = parents.get(at)
        if at in path:
            looped.update(path[path.index(at) :])
        safe.update(path)
    return [item.line for item in good if item.values["code"] in looped]


def _parents_first(good: Sequence[Good]) -> list[Good]:
    by_code = {item.values["code"]: item for item in good}
    ordered: dict[str, Good] = {}
    for item in good:
        path: list[str] = []
        at: str | None = item.values["code"]
        while at is not None and at in by_code and at not in ordered:
            path.append(at)
            at = by_code[at].values["parent"]
        for name in reversed(path):
            ordered[name] = by_code[name]
    return list(ordered.values())


Duties = Mapping[tuple[str, str, str, date], tuple[str, date | None]]
"""(unit, matter, place, since) → (role, until) of every duty there is."""


def check_duties(good: Sequence[Good], known: Duties) -> tuple[list[Good], list[tuple[int, str]]]:
    """Who leads must be clear: two lead duties of one matter and place never hold on the same day.

    Judged is the list as it would be after the whole file, so that ending the old duty and beginning the new one may
    stand in any order. Of two rows that meet, one that changes nothing stays, else the earlier line. Returns the rows
    to take and (line, reason) of the others; the same file judged again gives the same. Pure.
    """
    while True:
        taken, bad = _without_meetings(good, known)
        after = {**known, **{_key(item): _held(item) for item in taken}}
        if after == known:
            return taken, bad
        known = after


def _without_meetings(good: Sequence[Good], known: Duties) -> tuple[list[Good], list[tuple[int, str]]]:
    taken = {_key(item): item for item in good}
    bad: list[tuple[int, str]] = []
    while True:
        leads: dict[tuple[str, str], list[Lead]] = {}
        for key, (role, until) in {**known, **{key: _held(item) for key, item in taken.items()}}.items():
            if role == "lead":
                leads.setdefault((key[1], key[2]), []).append(Lead(*key, until))
        lost: dict[tuple[str, str, str, date], Lead] = {}
        for pair in {(key[1], key[2]) for key in taken}:
            rows = sorted(leads.get(pair, ()), key=lambda lead: (_weight(lead, taken, known), lead.since))
            for at, later in enumerate(rows):
                if _weight(later, taken, known) == 0:
                    continue
                other = next(
                    (earlier for earlier in rows[:at] if earlier.key not in lost and earlier.meets(later)), None
                )
                if other is not None:
                    lost[later.key] = other
        if not lost:
            return list(taken.values()), sorted(bad)
        for key, other in lost.items():
            end = other.until.isoformat() if other.until else _("至今")
            said = {"unit": other.unit, "since": other.since, "until": end}
            bad.append(
                (
                    taken.pop(key).line,
                    _("%(unit)s 在这个事项和地点已是主办（%(since)s – %(until)s），请先终止那一条") % said,
                )
            )


def _key(item: Good) -> tuple[str, str, str, date]:
    return (item.values["unit"], item.values["matter"], item.values["place"], item.values["since"])


def _held(item: Good) -> tuple[str, date | None]:
    return (item.values["role"], item.values["until"])


def _weight(lead: Lead, taken: Mapping[tuple[str, str, str, date], Good], known: Duties) -> int:
    """What stays before what: rows as they are in the database, then the file's by line."""
    item = taken.get(lead.key)
    return 0 if item is None or known.get(lead.key) == _held(item) else item.line + 1
