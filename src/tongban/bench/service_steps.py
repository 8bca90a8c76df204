"""Steps of the benches of services, each in a process of its own with a bench's database: `form`, `drafts FROM NUMBER`,
`wide ITEMS PLACES`, `offerings FILE NUMBER`, `take FILE`, `insert NUMBER`, `search READINGS`. The door is reached by
name: the bench imports none."""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from .memory import forget_peak, peak_bytes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.bench.settings")
HERE = "tongban.services"
MATTER, PLACE = "7001", "610113"
FACTS, PAGES = 40, 4
KEY = "bench-draft-key-of-thirty-two-signs-{n}"


def loaded(name: str) -> Any:
    """Something of the door."""
    from tongban.gate.door import loaded as found

    return found(f"{HERE}.{name}")


def model(name: str, app: str = "services") -> Any:
    from django.apps import apps

    return apps.get_model(app, name)


# --- a form of forty facts --------------------------------------------------------------------------------------------


def form() -> None:
    """The demo's catalogue, and for one of its items a form of forty facts on four pages, without papers."""
    from tongban.demo.load import load_registry, load_tables
    from tongban.record.writing import By

    load_registry()
    load_tables()
    loaded("demo:seed")()
    kinds = ("bool", "text", "number", "date")
    model("Fact").objects.bulk_create(
        model("Fact")(code=f"bench_{at}", type=kinds[at % 4], question=f"第{at}个问题") for at in range(FACTS)
    )
    model("Need").objects.filter(matter=MATTER).delete()
    loaded("reading:touch")()
    pages = [
        {
            "title": f"第{page + 1}页",
            "title_en": "",
            "questions": [
                {"fact": f"bench_{at}", "required": True, "when": []}
                for at in range(page * FACTS // PAGES, (page + 1) * FACTS // PAGES)
            ],
        }
        for page in range(PAGES)
    ]
    draft = loaded("designing.versions:start")(MATTER, {"pages": pages, "tests": []})
    state = loaded("designing.content:state_of")(draft.content)
    loaded("designing.versions:publish")(draft, By(reason="bench"), state)


def answers(first: int = 0, until: int = FACTS) -> dict[str, str]:
    """Answers of those facts as a browser or a program sends them."""
    made = ("yes", "西安市雁塔区小寨东路一号", "12.5", "1990-05-01")
    return {f"fact_bench_{at}": made[at % 4] for at in range(first, until)}


def drafts(first: int, number: int) -> None:
    """So many drafts that stand before the first page, each of a browser of its own whose cookie the driver knows."""
    from django.utils import timezone

    from tongban.counter import drafts as counter
    from tongban.counter.models import Draft
    from tongban.vault import halves

    version = loaded("questions:version_of")(MATTER)
    values = {
        "matter": MATTER, "place": PLACE, "nonce": "n", "done": ["item", "place"], "version": f"{MATTER}:{version}",
    }  # fmt: skip
    until = timezone.now() + timedelta(days=1)
    for begin in range(first, first + number, 1000):
        rows = []
        for one in range(begin, min(begin + 1000, first + number)):
            key = KEY.replace("{n}", f"{one:09d}")
            sealed = {"sealed": halves.seal(key, values, counter.PURPOSE)}
            digest = halves.row_of(key, counter.PURPOSE)
            rows.append(Draft(digest=digest, private=sealed, files=f"bench{one}", expires_at=until))
        Draft.objects.bulk_create(rows)


# --- a catalogue of many offerings ------------------------------------------------------------------------------------


def wide(items: int, townships: int) -> None:
    """So many items, and so many townships below every county, so that there is something to offer and where."""
    from tongban.registry import snapshot

    Matter, Place, Item = model("Matter", "registry"), model("Place", "registry"), model("Item")
    Matter.objects.bulk_create(
        [
            Matter(code=f"B{at:05d}", name=f"{WORDS[at % len(WORDS)]}第{at}项", kinds=["application"])
            for at in range(items)
        ]
    )
    Item.objects.bulk_create(
        Item(matter_id=f"B{at:05d}", type="license", summary=f"{WORDS[at % len(WORDS)]}，第{at}项")
        for at in range(items)
    )
    counties = list(Place.objects.filter(level="county").values_list("code", flat=True))
    Place.objects.bulk_create(
        Place(code=f"{county}-{at:02d}", name=f"第{at}镇", level="township", parent_id=county)
        for county in counties
        for at in range(1, townships + 1)
    )
    snapshot.forget()
    loaded("reading:touch")()


WORDS = ("食品经营许可", "居住证办理", "养老补贴", "施工许可", "道路占用", "生育登记", "公积金提取", "残疾人补贴")


def rows_of(number: int) -> Iterator[tuple[str, str, str]]:
    """(item, unit, place) of so many offerings: whole counties first, then their townships, each by a unit of the
    county."""
    from tongban.registry import snapshot

    known = snapshot.current()
    matters = [code for code in known.matters if code.startswith("B")]
    units: dict[str, list[str]] = {}
    for unit in known.units.values():
        units.setdefault(unit.place, []).append(unit.code)
    left = number
    for level in ("county", "township"):
        for place in known.places.values():
            by = units.get(place.code if level == "county" else place.parent or "", [])
            if place.level != level or not by:
                continue
            for at, matter in enumerate(matters):
                if not left:
                    return
                left -= 1
                yield matter, by[at % len(by)], place.code


def offerings(file: str, number: int) -> None:
    """A file of so many rows, as a province would bring it."""
    from tongban.tables.writing import csv_lines

    head = ["matter", "unit", "place", "promised", "channels", "window", "hours", "phone"]
    said = [5, "online counter", "政务服务中心 3 号窗口", "9:00–17:00", "029-1"]
    with Path(file).open("w", encoding="utf-8", newline="") as out:
        out.writelines(csv_lines(chain([head], ([*row, *said] for row in rows_of(number)))))


def take(file: str) -> None:
    """Take the file in as `tongban import services` does."""
    from tongban.tables import stream_table

    headers = loaded("exchange.tables:HEADERS")
    forget_peak()
    began, by_the_clock = time.process_time(), time.perf_counter()
    report = loaded("exchange.taking:import_rows")("offerings", stream_table(Path(file), headers))
    print(json.dumps({
        "added": report.added, "rejected": report.refused, "cpu_s": round(time.process_time() - began, 1),
        "seconds": round(time.perf_counter() - by_the_clock, 1), "megabytes": peak_bytes() // 2**20,
    }))  # fmt: skip


def insert(number: int) -> None:
    """So many offerings without the import: for measuring the search alone."""
    Offering = model("Offering")
    batch: list[Any] = []
    for matter, unit, place in rows_of(number):
        batch.append(Offering(matter_id=matter, unit_id=unit, place_id=place, promised=5, channels=["online"]))
        if len(batch) == 10_000:
            Offering.objects.bulk_create(batch)
            batch = []
    Offering.objects.bulk_create(batch)
    loaded("reading:touch")()


def search(readings: int) -> None:
    """Searches as the pages ask them: by words, by words in a place, by unit, by place. The floor of those with a place
    or a unit is the count of that place's rows."""
    from django.db import connection

    from tongban.registry import snapshot

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found, Wanted, by_unit = (loaded(f"finding:{one}") for one in ("found", "Wanted", "by_unit"))
    rng, known = random.Random(5), snapshot.current()
    Offering = model("Offering")
    towns = [place.code for place in known.places.values() if place.level == "township"]
    units = [unit.code for unit in known.units.values() if unit.place and known.places[unit.place].level == "county"]
    forget_peak()
    began = time.perf_counter()
    entries = len(loaded("finding:index")().entries)
    told: dict[str, Any] = {
        "offerings": Offering.objects.count(), "items": entries,
        "index_s": round(time.perf_counter() - began, 2),
    }  # fmt: skip
    asked = {
        "words": lambda: {"words": rng.choice(WORDS)},
        "words_and_place": lambda: {"words": rng.choice(WORDS), "place": rng.choice(towns)},
        "place": lambda: {"place": rng.choice(towns)},
        "unit": lambda: {"unit": rng.choice(units)},
    }
    for name, ask in asked.items():
        told[name] = _timed(lambda ask=ask: found(Wanted(**ask())), readings)
    told["units_of_a_place"] = _timed(lambda: by_unit(rng.choice(towns)), readings)
    told["floor_rows_of_a_place"] = _timed(lambda: Offering.objects.filter(place=rng.choice(towns)).count(), readings)
    told["megabytes"] = peak_bytes() // 2**20
    print(json.dumps(told))


def _timed(work: Any, readings: int) -> dict[str, float]:
    work()
    times = []
    for _reading in range(readings):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    return {"p50_ms": round(statistics.median(times), 2), "p95_ms": round(times[int(len(times) * 0.95)], 2)}


if __name__ == "__main__":
    import django

    django.setup()
    steps = {
        "form": form, "drafts": drafts, "wide": wide, "offerings": offerings, "take": take, "insert": insert,
        "search": search,
    }  # fmt: skip
    steps[sys.argv[1]](*(int(one) if one.isdigit() else one for one in sys.argv[2:]))  # type: ignore[operator]
