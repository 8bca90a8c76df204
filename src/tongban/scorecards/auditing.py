"""Compares a log with the figures that its site publishes, and a receipt with the statement of its month.

Needs no settings and no database: anybody runs it. What a word of every kind means it knows itself; of a word that a
kind of case brings, the site says which figures it makes of it, and that is what is recounted. Not for checking
signatures, tiles and growth: `merkle/audit.py` does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol
from urllib.request import urlopen

from tongban.cases.counting import STANDARD, Measure, Value, values_of
from tongban.cases.counting import Counted as Word
from tongban.ledger.opening import Opened
from tongban.merkle import Checkpoint, LogError, inclusion_proof, leaf_hash, verify_inclusion
from tongban.merkle.audit import entries, reader
from tongban.merkle.errors import Malformed
from tongban.merkle.sources import Source

from .recounting import Recount, figures_of
from .rules import Figures

FIGURES = (
    "received",
    "answered",
    "in_time",
    "late",
    "in_time_percent",
    "median_days",
    "rated",
    "satisfied_percent",
    "overdue",
)
COUNTS_OF_EVERY_KIND = {*STANDARD, "received", "in_time", "late"}
DUE = timedelta(hours=3)
"""After the end of a month its statements should be on the log by then."""
SHANGHAI = timezone(timedelta(hours=8))
Published = Callable[[str, str], Iterator[dict[str, Any]]]
Words = Mapping[str, Mapping[str, Word]]
"""Kind of case → word → what it means."""


def ended(now: datetime) -> str:
    """The first month (YYYY-MM, Asia/Shanghai) that need not be on the ledger yet."""
    return (now.astimezone(SHANGHAI) - DUE).strftime("%Y-%m")


class Taking(Protocol):
    """What takes entries of a log in, one by one."""

    def add(self, entry: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True)
class Together:
    """The figures and what rooms recount beside them, fed by one reading of the log."""

    figures: Recount
    rooms: Mapping[str, Any]

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take one entry in, everywhere."""
        self.figures.add(entry)
        for room in self.rooms.values():
            room.add(entry)

    def kept(self) -> dict[str, Any]:
        """As values for JSON, to go on later."""
        return {**self.figures.kept(), "rooms": {name: room.kept() for name, room in self.rooms.items()}}


def take_in(recount: Taking, found: Sequence[bytes]) -> None:
    """Count the entries of a bundle; what is no JSON object adds nothing."""
    for raw in found:
        try:
            entry = json.loads(raw)
        except ValueError:
            continue
        if isinstance(entry, dict):
            recount.add(entry)


def _read(address: str) -> Any:
    if not address.startswith(("http://", "https://")):
        raise Malformed("a site begins with http:// or https://")
    try:
        with urlopen(address, timeout=30) as answer:  # noqa: S310 (http(s) only, checked above)
            return json.load(answer)
    except (OSError, ValueError) as error:
        raise LogError(f"{address}: {error}") from None


def published_figures(site: str, month: str) -> Iterator[dict[str, Any]]:
    """The figures of every unit in one month, from the site's API. Raises LogError."""
    cursor = ""
    while True:
        page = _read(f"{site.rstrip('/')}/api/v1/figures?by=unit&since={month}&until={month}&cursor={cursor}")
        yield from page["items"]
        cursor = page.get("next") or ""
        if not cursor:
            return


def published_words(site: str) -> Words:
    """What every kind of case counts, as the site says it. Raises LogError."""
    return read_words(_read(f"{site.rstrip('/')}/api/v1/figures/kinds"))


def read_words(page: Any) -> Words:
    """What every kind of case counts, from the answer of /api/v1/figures/kinds. A word of every kind means what it
    means everywhere, whatever a site says of it. Raises LogError where the answer is of another shape."""
    try:
        return {
            row["kind"]: {one["word"]: STANDARD.get(one["word"]) or _word(one, row["measures"]) for one in row["words"]}
            for row in page["items"]
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(f"what the kinds of case count is not told as it should be: {error!r}") from None


def _word(said: Mapping[str, Any], measures: Sequence[Mapping[str, Any]]) -> Word:
    values = tuple(Value(str(value["name"]), bool(value["days"])) for value in said["values"])
    known = {"", *(value.name for value in values)}
    made = tuple(
        Measure(str(one["name"]), "", one["how"], one["value"] or "", tuple(one["among"] or ()))
        for one in measures
        if one["word"] == said["word"]
    )
    for measure in made:
        if measure.value not in known or measure.how not in ("count", "share", "median"):
            raise ValueError(measure.name)
    return Word(str(said["word"]), made, values)


def differences(
    recount: Recount,
    site: str,
    running: str,
    published: Published = published_figures,
    words: Callable[[str], Words] = published_words,
) -> Iterator[str]:
    """Every difference in words, of the months before `running`: within the log, then between the log and the site, for
    all kinds of case together and for each."""
    for kind, month, word, on_log, items in recount.uneven():
        if month < running:
            yield f"{month} {kind} {word}: {on_log} entries on the log, {items} items in the statements of the month"
    for item in recount.twice:
        yield f"{item} stands twice in a statement"
    mine, nothing = figures_of(recount.tallies), Figures()
    kinds = sorted({kind for _unit, _month, kind, _measure, _value in recount.tallies})
    of_kind = {kind: figures_of(recount.tallies, kind) for kind in kinds}
    meaning: Words | None = None
    for month in (month for month in recount.months() if month < running):
        rows = {row["unit"]: row for row in published(site, month)}
        if meaning is None and any(row.get("kinds") for row in rows.values()):
            meaning = words(site)
        for unit in sorted({unit for unit, of in mine if of == month} | set(rows)):
            row, found = rows.get(unit), mine.get((unit, month), nothing)
            for name in FIGURES:
                told, counted = row[name] if row else getattr(nothing, name), getattr(found, name)
                if told != counted:
                    yield f"{unit} {month} {name}: published {told}, from the log {counted}"
            apart = None if row is None else row.get("kinds")
            for kind in sorted({kind for kind in kinds if (unit, month) in of_kind[kind]} | set(apart or ())):
                figures = of_kind.get(kind, {}).get((unit, month), nothing)
                told_of_kind = None if apart is None else apart.get(kind, {})
                yield from _of_kind(f"{unit} {month} {kind}", figures, told_of_kind, (meaning or {}).get(kind, {}))


def _of_kind(where: str, found: Figures, told: Mapping[str, Any] | None, words: Mapping[str, Word]) -> Iterator[str]:
    """What a site tells of one kind of case against what the log says; `told` None where it does not tell kinds
    apart."""
    own = sorted(word for word in found.counts if word not in COUNTS_OF_EVERY_KIND)
    if told is None:
        for word in own:
            yield f"{where} {word}: not published, from the log {found.counts[word]}"
        return
    for word in (word for word in own if word not in words):
        yield f"{where} {word}: the site does not say what it is, from the log {found.counts[word]}"
    known = {measure.name: (one, measure) for one in {**STANDARD, **words}.values() for measure in one.measures}
    for name in sorted(known.keys() | told.keys()):
        if name not in known:
            yield f"{where} {name}: published {told[name]}, but the site does not say what it is made of"
            continue
        counted = found.figure(*known[name])
        if told[name] != counted if name in told else counted:
            yield f"{where} {name}: published {told.get(name, 'nothing')}, from the log {counted}"


@dataclass(frozen=True, slots=True)
class Counted:
    """The item of an act: the index of its statement's entry, the word, and the values by their names."""

    index: int
    what: str
    told: dict[str, int]
    checked: bool = True
    """False where nobody said what the values of the item are: it counts for this word, and so much is certain."""


def needs_words(opened: Opened) -> bool:
    """Whether the act counts for a word whose values only its kind of case can name."""
    return opened.statement is not None and opened.entry.get("act") not in STANDARD


def counted(
    opened: Opened, source: Source, checkpoint: Checkpoint, now: datetime, words: Words | None = None
) -> Counted | None:
    """The item of a receipt's act in the statements of a checked log; None where its month need not be stated yet.

    `words` say what the values of a kind's own word are (`published_words`). Raises LogError where the month is stated
    and the act is not in it, or not as it was: only days may be rounded up.
    """
    if opened.statement is None:
        raise Malformed("the act of this receipt counts for no figure, or the receipt does not show it")
    kind, unit, month = opened.statement
    wanted = {"kind": kind, "unit": unit, "month": month, "act": "statement"}
    stated = False
    for first, rows in entries(source, 0, checkpoint.size):
        for index, raw in enumerate(rows, start=first):
            entry = json.loads(raw) if b'"statement"' in raw else {}
            if any(entry.get(name) != value for name, value in wanted.items()):
                continue
            stated = True
            for what, items in entry["items"].items():
                for item in items:
                    if item[-1] == opened.mark:
                        proof = inclusion_proof(reader(source, checkpoint.size), index, checkpoint.size)
                        verify_inclusion(leaf_hash(raw), index, checkpoint.size, proof, checkpoint.root)
                        known = STANDARD.get(what) or (words or {}).get(kind, {}).get(what)
                        return _as_it_was(opened, index, what, item[:-1], known)
    if stated or month < ended(now):
        raise LogError(f"no statement of {unit} for {month} counts this act, which has the mark {opened.mark}")
    return None


def _as_it_was(opened: Opened, index: int, what: str, brought: list[int | None], word: Word | None) -> Counted:
    if word is None and what == opened.entry["act"]:
        return Counted(index, what, {}, checked=not brought)
    word = word or Word(what, ())
    true = values_of(word, (opened.act or {}).get("public") or {})
    told = {value.name: one for value, one in zip(word.values, brought, strict=False) if one is not None}
    same = len(true) == len(brought) and all(map(_agrees, word.values, true, brought))
    if what != opened.entry["act"] or not same:
        raise LogError(f"entry {index} counts this act as {what} {told}, but it was {opened.entry['act']} {true}")
    return Counted(index, what, told)


def _agrees(value: Value, true: int | None, brought: int | None) -> bool:
    rounded_up = value.days and true is not None and brought is not None and brought > true
    return true == brought or rounded_up
