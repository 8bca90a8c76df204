"""The sealed search at size: letters of the bench's own making in many counties and units, and officials who
see few or many of them.

`tongban bench search` prints JSON lines: the size of the index for each letter, how fast acts are indexed, and how long
a search takes for an official of a unit, of a county and of a whole city, with nothing kept in memory and with what a
process keeps. Not for the page around it.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.bench.settings")

COUNTIES, UNITS = 100, 20
BATCH = 500
READINGS = 60
QUESTIONS = 40


@dataclass(frozen=True)
class Who:
    """An official of the bench: what they are called, and the counties and units that they see."""

    name: str
    counties: tuple[str, ...]
    units: tuple[str, ...]


def officials() -> list[Who]:
    """One unit of a county, a county, a city of ten counties, and all."""
    return [
        Who("unit", (), ("c007-u03",)),
        Who("county", ("c007",), ()),
        Who("city", tuple(f"c{number:03}" for number in range(10)), ()),
        Who("all", tuple(f"c{number:03}" for number in range(COUNTIES)), ()),
    ]


def texts(seed: int) -> Iterator[tuple[str, str]]:
    """(letter, answer) without end: 300 to 700 characters of a language whose words are as unevenly
    spread as those of letters."""
    rng = random.Random(seed)
    characters = [chr(0x4E00 + number) for number in range(3_000)]
    words = [
        "".join(rng.choices(characters[: 200 + number // 20], k=rng.choice((1, 2, 2, 2, 3, 4))))
        for number in range(40_000)
    ]
    weights = [1 / (number + 20) for number in range(len(words))]
    while True:
        some = rng.choices(words, weights, k=320)
        for place in range(9, len(some), 10):
            some[place] += "，"
        cut = rng.randint(130, 190)
        yield "".join(some[:cut]), "".join(some[cut:])


def fill(letters: int) -> tuple[float, list[str]]:
    """Index so many letters with their answers; returns the seconds spent on that alone, and some texts to ask for."""
    from django.db import transaction

    from tongban.cases.index import merging, segments
    from tongban.cases.index.segments import Doc
    from tongban.cases.index.tables import WORDS

    rng, source = random.Random(1), texts(2)
    spent, kept = 0.0, []
    for start in range(0, letters, BATCH // 2):
        docs, said = [], []
        for number in range(start, min(start + BATCH // 2, letters)):
            county = f"c{rng.randrange(COUNTIES):03}"
            unit = (f"{county}-u{rng.randrange(UNITS):02}",)
            letter, answer = next(source)
            docs += [Doc(2 * number + 1, number + 1, 1, county, unit), Doc(2 * number + 2, number + 1, 2, county, unit)]
            said += [letter, answer]
            if number % (letters // QUESTIONS + 1) == 0:
                kept.append(letter)
        began = time.perf_counter()
        ready = segments.ready(segments.draft_of_words(WORDS, docs, said))
        with transaction.atomic():
            segments.store(ready, 0)
        merging.keep_few()
        spent += time.perf_counter() - began
    began = time.perf_counter()
    while merging.merge_some():
        pass
    return spent + time.perf_counter() - began, kept


def questions(kept: Sequence[str]) -> list[str]:
    """Words of two to five characters, out of the texts."""
    rng = random.Random(3)
    found = []
    for text in kept:
        run = max(text.split("，"), key=len)
        size = rng.choice((2, 2, 2, 3, 4, 5))
        place = rng.randrange(max(len(run) - size, 1))
        found.append(run[place : place + size])
    return found


def measure(who: Who, asked: Sequence[str], letters: int, warm: bool) -> None:
    """Times the finding of candidates, newest first and as many as there are: what the page does of it
    is the same for everybody."""
    from tongban.cases import search
    from tongban.cases.index import reading
    from tongban.cases.search import Where

    place, times, found = Where(frozenset(who.counties), frozenset(who.units)), [], []
    worked = time.process_time()
    for number in range(max(READINGS, len(asked))):
        if not warm:
            reading.forget()
        began = time.perf_counter()
        hits = search.find(asked[number % len(asked)], place)
        if hits is not None:
            next(hits.chunks(), None)
            found.append(len(hits.hits.cases))
        times.append(1000 * (time.perf_counter() - began))
    worked = (time.process_time() - worked) / len(times)
    times.sort()
    from django.db import connection

    seen = letters * len(who.counties) // COUNTIES + letters * len(who.units) // (COUNTIES * UNITS)
    print(json.dumps({
        "bench": "search", "database": connection.vendor, "letters": letters, "who": who.name, "sees": seen,
        "warm": warm, "found_median": int(statistics.median(found)),
        "p50_ms": round(statistics.median(times), 2), "p95_ms": round(times[int(0.95 * len(times)) - 1], 2),
        "max_ms": round(times[-1], 2),
        "cpu_ms": round(1000 * worked, 2),
    }), flush=True)  # fmt: skip


def run(*, letters: int, database: str) -> int:
    """Measure on one database or on both; 1 where one of them is not there."""
    from . import server

    server.say(bench="search", **server.machine())
    missing = 0
    for which in ("sqlite", "postgresql") if database == "both" else (database,):
        with server.database(which) as environment:
            if environment is None:
                missing = 1
                server.say(bench="search", database=which, skipped=f"set {server.POSTGRESQL}")
                continue
            sys.stdout.write(server.run_python("tongban.bench.search", environment, [str(letters)]))
            sys.stdout.flush()
    return missing


def main() -> None:
    """`python -m tongban.bench.search NUMBER`: in the database of the environment, which must be empty."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db.models import Count, Sum

    from tongban.cases.index.tables import Segment
    from tongban.vault.sealed_pages import PAGE

    letters = int(sys.argv[1])
    call_command("migrate", verbosity=0, run_syncdb=True)
    spent, kept = fill(letters)
    size = Segment.objects.aggregate(segments=Count("id"), pages=Sum("pages"))
    print(json.dumps({
        "bench": "search index", "letters": letters, "letters_per_s": round(letters / spent),
        "segments": size["segments"], "bytes_per_letter": round(size["pages"] * PAGE / letters),
    }), flush=True)  # fmt: skip
    asked = questions(kept)
    for who in officials():
        for warm in (False, True):
            measure(who, asked, letters, warm)


if __name__ == "__main__":
    main()
