"""Finding an item: by words, by what happened, by place and unit, and by the first sound of its name.

All items that hold today stand in memory with what is searched of them; places and units are asked of the database.
For the pages, the search of the site, the box of the home page and the API. Not for the conditions (`judging.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from disarm import transliterate
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from tongban.gate.parts import Asked, Hit, SitemapUrl
from tongban.registry import snapshot
from tongban.registry.names import matter_name, spoken
from tongban.text import MatterText, SayingIndex
from tongban.text.folding import fold

from . import reading
from .events import EVENTS
from .models import Bundle, Item, Offering

COUNTED = 999
FEW_WORDS = 12
"""Characters up to which what was typed in the box is looked for as it stands."""
CANDIDATES = 8
NEAR, SHARE, SURE = 0.7, 0.4, 5.0
"""A service is told where it is spoken for nearly as much as what is spoken for most; of the services those with a fair
share of the first one's score. Without a whole word as the reason only a high score counts. Tried on thirty sentences
(tests/services/test_the_box_and_services.py)."""
CHUNK = 2_000
NAMED, CALLED, SAID = 0, 1, 2
"""Where all words stood: in the name, in what people call it, in the summary or its English."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it is looked for: `texts` folded, by where they stand; `initial` the first sound of its name."""

    code: str
    item: Item
    texts: tuple[str, str, str]
    initial: str


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """A bundle (一件事) as it is looked for, with the event that most of its items belong to."""

    code: str
    bundle: Bundle
    event: str


@dataclass(frozen=True)
class Index:
    """Every item that holds today, by the sounds of its name."""

    entries: tuple[Entry, ...]
    bundles: tuple[BundleEntry, ...] = ()
    _saying: list[SayingIndex] = field(default_factory=list, repr=False, compare=False)
    _weighing: list[SayingIndex] = field(default_factory=list, repr=False, compare=False)

    def saying(self) -> SayingIndex:
        """What finds items for a sentence; made when it is first asked."""
        if not self._saying:
            registry = snapshot.current().matters
            texts = [
                MatterText(one.code, [registry[one.code].name], f"{registry[one.code].description} {one.item.summary}")
                for one in self.entries
            ]
            self._saying.append(SayingIndex.build(texts))
        return self._saying[0]

    def weighing(self) -> SayingIndex:
        """The same over everything that the registry has a matter for, whichever door: what a sentence is about before
        it is about a service."""
        if not self._weighing:
            registry = snapshot.current().matters
            above = {row.parent for row in registry.values()}
            said = {one.code: one.item.summary for one in self.entries}
            said |= {one.code: one.bundle.summary for one in self.bundles}
            texts = [
                MatterText(code, [row.name], f"{row.description} {said.get(code, '')}")
                for code, row in registry.items()
                if code not in above and row.active
            ]
            self._weighing.append(SayingIndex.build(texts))
        return self._weighing[0]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; all that is said has to hold. A place takes in what is offered for the places above it."""

    words: str = ""
    event: str = ""
    unit: str = ""
    place: str = ""
    type: str = ""
    subject: str = ""
    letter: str = ""

    @property
    def anything(self) -> bool:
        """Whether something is said."""
        return self != Wanted()


_kept: dict[tuple[int, int, date], Index] = {}


def index() -> Index:
    """The index of today's catalogue; made anew where the catalogue or the registry changed."""
    registry, day = snapshot.current(), timezone.localdate()
    key = (reading.edition(), registry.version, day)
    if key not in _kept:
        _kept.clear()
        entries = [_entry(item) for item in reading.current(day).items.values() if item.matter_id in registry.matters]
        found = tuple(entry for _sound, entry in sorted(entries, key=lambda pair: pair[0]))
        _kept[key] = Index(found, tuple(_bundles()))
    return _kept[key]


def _bundles() -> Iterator[BundleEntry]:
    holding = reading.current()
    for bundle in Bundle.objects.filter(active=True, pk__in=holding.bundles).order_by("pk"):
        items = [holding.items[one.matter_id] for one in holding.bundles[bundle.pk] if one.matter_id in holding.items]
        events = Counter(event for item in items for event in item.events)
        yield BundleEntry(str(bundle.pk), bundle, events.most_common(1)[0][0] if events else "")


def bundles(event: str = "") -> list[BundleEntry]:
    """The bundles, or those of one event."""
    return [one for one in index().bundles if not event or one.event == event]


def _entry(item: Item) -> tuple[tuple[str, str], Entry]:
    row = snapshot.current().matters[item.matter_id]
    sound = transliterate(row.name, lang="zh").strip().lower()
    initial = sound[:1].upper() if sound[:1].isascii() and sound[:1].isalpha() else "#"
    texts = (
        fold(f"{row.name} {row.name_en}"),
        fold(row.description),
        fold(f"{item.summary} {item.summary_en} {item.result} {item.result_en}"),
    )
    return (sound, item.matter_id), Entry(item.matter_id, item, texts, initial)


def found(wanted: Wanted, ordered: bool = True) -> list[Entry]:
    """The items that are wanted; with words the best first, else by the sounds of their names."""
    entries: Sequence[Entry] = index().entries
    if wanted.unit or wanted.place:
        codes = offered(wanted.unit, wanted.place)
        entries = [one for one in entries if one.code in codes]
    if wanted.event:
        entries = [one for one in entries if wanted.event in one.item.events]
    if wanted.type:
        entries = [one for one in entries if one.item.type == wanted.type]
    if wanted.subject:
        entries = [one for one in entries if one.item.subject in (wanted.subject, "both")]
    if wanted.letter:
        entries = [one for one in entries if one.initial == wanted.letter]
    words = fold(wanted.words).split()
    if not words:
        return list(entries)
    ranked = [(rank, one) for one in entries if (rank := _rank(one, words)) is not None]
    if ordered:
        ranked.sort(key=lambda pair: pair[0])
    return [one for _rank_, one in ranked] or _alike(wanted.words, {one.code: one for one in entries})


def _rank(entry: Entry, words: Sequence[str]) -> int | None:
    """Where the words stand, the farthest of them; None where one stands nowhere."""
    worst = NAMED
    for word in words:
        where = next((number for number, text in enumerate(entry.texts) if word in text), None)
        if where is None:
            return None
        worst = max(worst, where)
    return worst


def _alike(text: str, entries: dict[str, Entry], most: int = 10) -> list[Entry]:
    """The items that the words of a sentence speak for, where no item has all of them."""
    return [entries[one.code] for one in index().saying().suggest(text, most) if one.code in entries]


def offered(unit: str = "", place: str = "", day: date | None = None) -> set[str]:
    """The codes of what is offered by a unit, for a place and the places above it."""
    rows = Offering.objects.filter(reading.holding(day or timezone.localdate()))
    if unit and unit not in snapshot.current().units:
        return set()
    if unit:
        rows = rows.filter(unit=unit)
    if place:
        rows = rows.filter(place__in=snapshot.current().line("places", place))
    rows = (
        rows.order_by()
    )  # the order of the table would have every column of it read, and sorted, before it is distinct
    return set(rows.values_list("matter_id", flat=True).distinct())


def by_event() -> list[tuple[str, str, int]]:
    """(code, words, how many items) of every event that has some, in the order of a page."""
    numbers: dict[str, int] = {}
    for one in index().entries:
        for event in one.item.events:
            numbers[event] = numbers.get(event, 0) + 1
    known = [code for code in EVENTS if code in numbers]
    return [(code, str(EVENTS.get(code, code)), numbers[code]) for code in (*known, *sorted(set(numbers) - set(known)))]


def types() -> list[tuple[str, Promise | str]]:
    """(code, words) of the types of which there are items."""
    there = {one.item.type for one in index().entries}
    return [(code, words) for code, words in Item.TYPES if code in there]


def by_letter() -> dict[str, list[Entry]]:
    """Letter → items whose names begin with that sound."""
    letters: dict[str, list[Entry]] = {}
    for one in index().entries:
        letters.setdefault(one.initial, []).append(one)
    return dict(sorted(letters.items()))


def by_unit(place: str) -> list[tuple[str, int]]:
    """(unit, how many items) of who offers something for a place, or for the places above it."""
    rows = Offering.objects.filter(
        reading.holding(timezone.localdate()), place__in=snapshot.current().line("places", place)
    )
    counted = rows.order_by().values("unit_id").annotate(number=Count("matter", distinct=True))
    return sorted(counted.values_list("unit_id", "number"))


# --- for the site's search, the box of the home page and search engines -----------------------------------------------


def hits(words: str, most: int) -> list[Hit]:
    """The first items for the search of the site."""
    return [_hit(one) for one in found(Wanted(words=words))[:most]]


def count(words: str) -> int:
    """How many items the words find."""
    return min(len(found(Wanted(words=words))), COUNTED + 1)


def _hit(one: Entry) -> Hit:
    return Hit(matter_name(one.code), address(one.code), spoken(one.item.summary, one.item.summary_en))


def address(code: str) -> str:
    """Where the guide of an item stands."""
    return reverse("services:guide", args=(code,))


def answering(asked: Asked) -> dict[str, object] | None:
    """What the box of the home page shows: the items and bundles that what was said speaks for, at the place that was
    said. Nothing where it speaks more for something else: a lift that is stuck needs no benefit."""
    told: list[Entry | BundleEntry] = list(_literal(asked.text)) or _spoken_for(asked.text)
    if asked.place:
        here = offered(place=asked.place)
        told = sorted(told, key=lambda one: isinstance(one, Entry) and one.code not in here)
    return {"rows": told[:3]} if told else None


def _literal(text: str) -> list[Entry]:
    """Where only some words were typed: the items in which all of them stand."""
    if len(text) > FEW_WORDS:
        return []
    ranked = [(rank, one) for one in index().entries if (rank := _rank(one, fold(text).split())) is not None]
    return [one for _rank_, one in sorted(ranked, key=lambda pair: pair[0])]


def _spoken_for(text: str) -> list[Entry | BundleEntry]:
    wholes = {one.code: one for one in index().bundles}
    known: dict[str, Entry | BundleEntry] = {**{one.code: one for one in index().entries}, **wholes}
    rows = index().weighing().suggest(text, CANDIDATES)
    ours = [row for row in rows if row.code in known and (row.words or row.score >= SURE)]
    if not ours or ours[0].score < NEAR * rows[0].score:
        return []
    ours = [row for row in ours if row.score >= SHARE * ours[0].score]
    return [known[row.code] for row in sorted(ours, key=lambda row: row.code not in wholes)]


def sitemap(chunk: int) -> list[SitemapUrl]:
    """The guides of a chunk, from 0, and since when each holds."""
    rows = index().entries[chunk * CHUNK : (chunk + 1) * CHUNK]
    return [(address(one.code), one.item.since) for one in rows]


def chunks() -> int:
    """How many files the guides take in the map of the site."""
    return max(1, -(-len(index().entries) // CHUNK))
