"""The scanner: MB a second on one core, right and wrong findings by type, first result, memory; peers
and floors in the same run.

Peers are measured where they are installed (argus-redact, presidio-analyzer, hyperscan); they are not
dependencies of Tongban.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .scan_text import TYPES, Inventor, Labelled
from .server import machine, say

PEERS = {
    "measured on another machine of this kind": (
        "Presidio 0.04–0.09 MB/s with recall 0 on resident IDs, credit codes, cards and plates; argus-redact "
        "0.32 MB/s; datafog-core 20 MB/s; Hyperscan with 32 patterns 90–106 MB/s; memcpy 11,356 MB/s"
    ),
}

# The command as people start it, saying last how much memory it held at most.
TELLS_ITS_MEMORY = (
    "import atexit, runpy, sys\nfrom tongban.bench.memory import peak_bytes\natexit.register(lambda: "
    "print(peak_bytes(), file=sys.stderr))\nrunpy.run_module('tongban', run_name='__main__', alter_sys=True)"
)


def quickest(work: Callable[[], Any], times: int = 5) -> float:
    """Seconds of processor time of the quickest run."""
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def floors() -> dict[str, float]:
    """MB/s of this machine's memcpy and memchr."""
    raw = b"\xe4\xb8\xad" * 20_000_000
    copied = bytearray(len(raw))
    view = memoryview(copied)

    def copy() -> None:
        view[:] = raw

    return {
        "memcpy": round(len(raw) / quickest(copy) / 1e6),
        "memchr": round(len(raw) / quickest(lambda: raw.find(b"\x00")) / 1e6),
    }


def texts(megabytes: int, identifiers: float, seed: int) -> list[Labelled]:
    """Letters of about so many MB in UTF-8; a part is made and repeated in another order."""
    inventor, made, size = Inventor(seed), [], 0
    while size < min(megabytes, 4) * 1_000_000:
        made.append(inventor.letter(identifiers))
        size += len(made[-1].text.encode())
    kept = list(made)
    while size < megabytes * 1_000_000:
        inventor.chance.shuffle(made)
        kept += made
        size += sum(len(letter.text.encode()) for letter in made)
    return kept


def scores(
    letters: Iterable[Labelled], find: Callable[[str], Iterable[tuple[str, int, int]]], types: Iterable[str] = TYPES
) -> dict[str, dict[str, float]]:
    """Precision and recall by type, exact spans."""
    right: Counter[str] = Counter()
    found_in_all: Counter[str] = Counter()
    true_in_all: Counter[str] = Counter()
    for letter in letters:
        found = {item for item in find(letter.text) if item[0] in types}
        truth = set(letter.truth)
        for kind, _start, _end in found & truth:
            right[kind] += 1
        found_in_all.update(kind for kind, _start, _end in found)
        true_in_all.update(kind for kind, _start, _end in truth)
    return {
        kind: {
            "precision": round(right[kind] / found_in_all[kind], 4) if found_in_all[kind] else 0.0,
            "recall": round(right[kind] / true_in_all[kind], 4),
            "true": true_in_all[kind],
        }
        for kind in types
        if true_in_all[kind]
    }


def run(*, megabytes: int) -> int:
    """Measure; 0."""
    from tongban.detect import engine, scan_text
    from tongban.detect.tally import Tally

    floor = floors()
    say(bench="scan", machine=machine(), floors_mb_s=floor, peers=PEERS, compiled=engine.fast() is not None)
    with_identifiers, as_real, without, prose = (
        texts(megabytes, share, seed) for share, seed in ((1.5, 1), (0.05, 6), (0.0, 2), (0.0, 3))
    )
    # Real letters to a mayor's box hold some 40 findings in a MB; the first text here nearly a hundred times as
    # many, the second three times.
    for name, letters in (
        ("text with identifiers", with_identifiers),
        ("text with few identifiers, as letters have", as_real),
        ("text with decoys only", without),
    ):
        raw = "\n".join(letter.text for letter in letters).encode()
        _say_speed("checked identifiers, " + name, raw, lambda raw=raw: engine.find(raw), floor)  # type: ignore[misc]
    raw = re.sub(r"（[^）]*）|[0-9A-Za-z]", "", "\n".join(letter.text for letter in prose)).encode()
    _say_speed("checked identifiers, text without", raw, lambda: engine.find(raw), floor)
    table = Inventor(4).table(20_000) * max(1, megabytes // 8)
    _say_speed(
        "wide table, CSV: findings, columns, distinct values",
        table,
        lambda: Tally(tuple(f"c{n}" for n in range(30))).feed_bytes(table),
        floor,
    )
    small = [letter.text for letter in with_identifiers[:4000]]
    size = sum(len(text.encode()) for text in small)
    took = quickest(lambda: [scan_text(text) for text in small], 3)
    say(
        bench="scan",
        step="everything, letter by letter",
        mb_per_second=round(size / took / 1e6, 2),
        letters_per_second=round(len(small) / took),
    )
    whole = "\n".join(small)
    took = quickest(lambda: scan_text(whole), 3)
    say(bench="scan", step="everything, one long text", mb_per_second=round(size / took / 1e6, 2))
    _people(small, size)
    measured = texts(2, 2.5, 99)
    say(
        bench="scan",
        step="right and wrong",
        letters=len(measured),
        by_type=scores(measured, lambda text: [(f.type, f.start, f.end) for f in scan_text(text)]),
    )
    _peers(measured[:400])
    _command()
    return 0


def _say_speed(name: str, raw: bytes, work: Callable[[], Any], floor: dict[str, float]) -> None:
    work()
    speed = len(raw) / quickest(work) / 1e6
    say(
        bench="scan",
        step=name,
        mb=round(len(raw) / 1e6),
        mb_per_second=round(speed, 1),
        of_memcpy=round(speed / floor["memcpy"], 4),
    )


def _people(small: list[str], size: int) -> None:
    """The second stage alone, where its model is there."""
    with contextlib.suppress(ImportError):
        people = importlib.import_module("tongban.detect.people")
        whole = "\n".join(small)
        people.find_people(whole)
        say(
            bench="scan",
            step="names, addresses and organisations",
            mb_per_second=round(size / quickest(lambda: people.find_people(whole), 3) / 1e6, 2),
        )


def _peers(letters: list[Labelled]) -> None:
    size = sum(len(letter.text.encode()) for letter in letters)
    for name, make in (("argus-redact", _argus), ("presidio-analyzer", _presidio), ("hyperscan", _hyperscan)):
        try:
            find = make()
        except ImportError:
            say(bench="scan", peer=name, skipped="not installed")
            continue
        except Exception as error:  # a peer that does not start is no failure of ours
            say(bench="scan", peer=name, skipped=f"{type(error).__name__}: {error}"[:200])
            continue
        find(letters[0].text)
        begun = time.process_time()
        by_type = scores(letters, find)
        say(
            bench="scan", peer=name, mb_per_second=round(size / (time.process_time() - begun) / 1e6, 3), by_type=by_type
        )


_NAMES = {
    "id_number": "resident_id", "id_card": "resident_id", "phone": "mobile", "mobile": "mobile",
    "bank_card": "bank_card", "credit_card": "bank_card", "email": "email", "license_plate": "plate",
    "ip": "ipv4", "ip_address": "ipv4", "landline": "phone", "phone_landline": "phone", "credit_code": "credit_code",
    "uscc": "credit_code", "organization_code": "credit_code",
    "EMAIL_ADDRESS": "email", "CREDIT_CARD": "bank_card", "IP_ADDRESS": "ipv4", "PHONE_NUMBER": "mobile",
}  # fmt: skip


def _argus() -> Callable[[str], list[tuple[str, int, int]]]:
    redact = importlib.import_module("argus_redact").redact

    def find(text: str) -> list[tuple[str, int, int]]:
        *_rest, details = redact(text, lang="zh", mode="fast", detailed=True)
        entities = details.get("entities", details) if isinstance(details, dict) else details
        found = []
        for item in entities if isinstance(entities, list) else []:
            row = item if isinstance(item, dict) else vars(item)
            name = _NAMES.get(str(row.get("type")), str(row.get("type")))
            found.append((name, int(row.get("start", -1)), int(row.get("end", -1))))
        return found

    return find


def _presidio() -> Callable[[str], list[tuple[str, int, int]]]:
    analyzer = importlib.import_module("presidio_analyzer")
    spacy = importlib.import_module("spacy")
    providers = importlib.import_module("presidio_analyzer.nlp_engine")
    blank = providers.SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    blank.nlp = {"en": spacy.blank("en")}
    machine_ = analyzer.AnalyzerEngine(nlp_engine=blank, supported_languages=["en"])
    return lambda text: [
        (_NAMES.get(item.entity_type, item.entity_type), item.start, item.end)
        for item in machine_.analyze(text, language="en")
    ]


def _hyperscan() -> Callable[[str], list[tuple[str, int, int]]]:
    hyperscan = importlib.import_module("hyperscan")
    patterns = {
        "resident_id": rb"[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]",
        "mobile": rb"1[3-9][0-9]{9}",
        "bank_card": rb"(62|4|5)[0-9]{14,18}",
        "email": rb"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,10}",
        "credit_code": rb"[0-9AN]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}",
        "ipv4": rb"([0-9]{1,3}\.){3}[0-9]{1,3}",
        "phone": rb"0[0-9]{2,3}-[2-8][0-9]{6,7}",
    }
    database = hyperscan.Database()
    names = list(patterns)
    database.compile(
        expressions=list(patterns.values()),
        ids=list(range(len(names))),
        elements=len(names),
        flags=[hyperscan.HS_FLAG_SOM_LEFTMOST] * len(names),
    )

    def find(text: str) -> list[tuple[str, int, int]]:
        raw = text.encode()
        hits: dict[tuple[int, int], int] = {}

        def on_match(number: int, start: int, end: int, _flags: int, _context: Any) -> None:
            hits[number, start] = max(end, hits.get((number, start), 0))

        database.scan(raw, match_event_handler=on_match)
        return [
            (names[number], len(raw[:start].decode()), len(raw[:end].decode())) for (number, start), end in hits.items()
        ]

    return find


def _command() -> None:
    """The command itself: seconds until its first result, and the most memory for a file of 1 GB."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
        small, large = Path(folder, "small.txt"), Path(folder, "large.csv")
        small.write_text("我的手机是13800138000，谢谢。\n", "utf-8")
        table = Inventor(5).table(20_000)
        with large.open("wb") as file:
            for _ in range(1_000_000_000 // len(table)):
                file.write(table)
        scan = [sys.executable, "-m", "tongban", "scan", "-q", "--checked-only"]
        subprocess.run([*scan, str(large.parent / "small.txt")], check=True, capture_output=True)
        begun = time.perf_counter()
        subprocess.run([*scan, str(small)], check=True, capture_output=True)
        first = time.perf_counter() - begun
        begun = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-c", TELLS_ITS_MEMORY, *scan[3:], str(large)], check=True, capture_output=True, text=True
        ).stderr
        took = time.perf_counter() - begun
        most = int(told.split()[-1])
        say(
            bench="scan",
            step="the command",
            first_result_seconds=round(first, 2),
            gigabyte_seconds=round(took, 1),
            gigabyte_mb_per_second=round(large.stat().st_size / took / 1e6),
            most_memory_mb=most >> 20,
        )
