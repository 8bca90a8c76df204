"""Topics of invented letters whose troubles are known: how right, how long, how much memory beside the letters.

Few enough letters are also grouped the way that serves very many, to say how far the two agree.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from tongban.text import Letter, cluster
from tongban.text.scores import b_cubed
from tongban.text.topics import AT_ONCE

from .memory import forget_peak, peak_bytes
from .server import machine, say
from .topic_letters import letters as invented


def run(*, letters: int, threshold: float | None) -> int:
    """Measure; 0 where nothing failed."""
    say(bench="text", machine=machine())
    before = _held()
    found: list[Letter] = []
    truth: dict[int | str, int] = {}
    for letter, event in invented(letters):
        found.append(letter)
        truth[letter.id] = event
    say(bench="text", step="invented letters", letters=letters, events=len(set(truth.values())), bytes=_held() - before)
    of = _measured("all at once" if letters <= AT_ONCE else "in parts", found, truth, threshold, AT_ONCE)
    if letters <= AT_ONCE:
        other = _measured("in parts", found, truth, threshold, max(letters // 4, 1))
        precision, recall, f1 = b_cubed(other, {number: place for place, group in enumerate(of) for number in group})
        say(
            bench="text",
            step="in parts, against all at once",
            b_cubed_precision=precision,
            b_cubed_recall=recall,
            b_cubed_f1=f1,
        )
    return 0


def _measured(
    how: str, letters: list[Letter], truth: dict[int | str, int], threshold: float | None, at_once: int
) -> list[tuple[int | str, ...]]:
    forget_peak()
    held, began, worked = _held(), time.perf_counter(), time.process_time()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def at(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)

        found = cluster(letters, threshold, at_once, at)
    took = {"seconds": round(time.perf_counter() - began, 1), "cpu_seconds": round(time.process_time() - worked, 1)}
    peak = peak_bytes()
    precision, recall, f1 = b_cubed(found.groups, truth)
    say(
        bench="text", step="topics", how=how, letters=len(letters), groups=len(found.groups),
        largest=[len(group) for group in found.groups[:5]], threshold=found.threshold,
        b_cubed_precision=precision, b_cubed_recall=recall, b_cubed_f1=f1, **took, peak_memory_bytes=peak,
        beside_the_letters_bytes=peak - held,
    )  # fmt: skip
    return found.groups


def _held() -> int:
    """Bytes in memory now; the peak so far where the system does not tell."""
    tells = Path("/proc/self/statm")
    if tells.exists():
        return int(tells.read_text().split()[1]) * resource.getpagesize()
    return peak_bytes()
