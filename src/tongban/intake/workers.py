"""Several processes that import one file by turns: each judges, masks and decides its batch while another one writes.

Worker 0 is the command itself. It takes batches alone until the others have started; from then on batch k is worker k
modulo n's. Batches are written in the order of the file: a token goes round a ring of pipes, and who holds it may
write. A worker that dies closes its pipes, and the others stop at once; what was written stays, with the note of how
far the file has come. Not for taking a batch: `batches.py`.

Nothing of Django is imported here before a worker has set it up: this module is what a new process reads first.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .batches import Mark, Report
    from .parts import Format, ImportOptions
    from .rows import Row

MOST = 4
FEWEST_BATCHES = 8
"""With fewer batches a process takes longer to start than it would help."""
TOKEN = b"."
READY = "ready"
SETTLED = 500
"""Acts that are indexed and counted in one transaction."""
Batch = tuple["Sequence[Row]", "Mark"]


class WorkerLost(RuntimeError):
    """A process of the import ended before its work."""

    def __init__(self) -> None:
        super().__init__("a process of the import ended too early; run the command again, it goes on where it was")


def worth_it(batches: int) -> bool:
    """Whether so many batches are taken sooner by several processes on this machine."""
    return batches >= FEWEST_BATCHES and (os.cpu_count() or 1) > 1


class _Turn:
    """Entering waits for the token; leaving hands it on, but not after an error: nobody writes behind a gap."""

    def __init__(self, before: Connection, after: Connection) -> None:
        self._before, self._after = before, after

    def __enter__(self) -> None:
        try:
            self._before.recv_bytes()
        except (EOFError, OSError):
            raise WorkerLost from None

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is None:
            with suppress(OSError):  # the last worker may be gone already
                self._after.send_bytes(TOKEN)


def together(
    batches: Sequence[Batch], form: Format, options: ImportOptions, settled: Callable[[int], None]
) -> Iterator[tuple[Report, int]]:
    """Takes batches by turns; yields the report of each and how many rows it had, in order. Raises WorkerLost.

    When all are in, the workers share what follows them: the search index and the figures.
    `settled` hears how many acts.
    """
    number = min(MOST, os.cpu_count() or 1, len(batches))
    context = multiprocessing.get_context("spawn")
    ring = [context.Pipe(duplex=False) for _ in range(number)]  # ring[i]: from worker i - 1 to worker i, who reads [0]
    works = [context.Pipe() for _ in range(number - 1)]
    ring[0][1].send_bytes(TOKEN)
    processes = []
    for i in range(1, number):
        theirs = (works[i - 1][1], ring[i][0], ring[(i + 1) % number][1])
        processes.append(context.Process(target=_work, args=theirs, daemon=True))
        processes[-1].start()
        for end in theirs:
            end.close()  # so that the end of one worker is seen by the others
    mine = [ours for ours, _theirs in works]
    try:
        left = yield from _alone(batches, form, options, mine)
        yield from _shared_out(batches[left:], form, options, mine, _Turn(ring[0][0], ring[1][1]))
        for i, other in enumerate(mine, start=1):
            _send(other, (i, number))
        _settle((0, number), settled)
        for other in mine:
            settled(_receive(other))
    finally:
        for end in (*mine, ring[0][0], ring[1][1]):
            end.close()
        for process in processes:
            process.join(30)


def _alone(
    batches: Sequence[Batch], form: Format, options: ImportOptions, others: Sequence[Connection]
) -> Generator[tuple[Report, int], None, int]:
    """Takes batches until all others are ready; returns how many."""
    from .batches import take

    starting, done = list(others), 0
    while done < len(batches):
        starting = [other for other in starting if not other.poll()]
        if not starting:
            break
        rows, mark = batches[done]
        yield take(rows, form, options, mark=mark), len(rows)
        done += 1
    for other in others:
        _receive(other)
    return done


def _shared_out(
    batches: Sequence[Batch], form: Format, options: ImportOptions, others: Sequence[Connection], turn: _Turn
) -> Iterator[tuple[Report, int]]:
    from .batches import take

    number = len(others) + 1
    reports: dict[int, Report] = {}
    told = sent = 0
    due = list(range(number))  # of each worker, the next batch that it tells of
    for other in others:
        _send(other, (form, options))
    for first in range(0, len(batches), number):
        while sent < min(first + 2 * number, len(batches)):  # those of this round, and of the next
            if sent % number:
                _send(others[sent % number - 1], batches[sent])
            sent += 1
        rows, mark = batches[first]
        reports[first] = take(rows, form, options, mark=mark, turn=turn)
        last = first + number >= len(batches)
        for i, other in enumerate(others, start=1):
            while due[i] < min(first + number, len(batches)) and (last or other.poll()):
                reports[due[i]] = _receive(other)
                due[i] += number
        while told in reports:
            yield reports[told], len(batches[told][0])
            told += 1


def _send(other: Connection, what: object) -> None:
    try:
        other.send(what)
    except OSError:
        raise WorkerLost from None


def _receive(other: Connection) -> Any:
    try:
        return other.recv()
    except (EOFError, OSError):
        raise WorkerLost from None


def _settle(share: tuple[int, int], settled: Callable[[int], None]) -> None:
    from tongban.cases.settling import settle

    while count := settle(SETTLED, share):
        settled(count)


def _work(work: Connection, before: Connection, after: Connection) -> None:
    """What another process does: batches as they come, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command hears it, and closes the pipes
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while True:
                waiting.put(work.recv())
        except (EOFError, OSError):
            waiting.put(None)

    import django

    django.setup()
    from .batches import take

    gc.freeze()  # what is loaded stays: the collector need not look through it for every few hundred letters
    turn = _Turn(before, after)
    try:
        work.send(READY)
        form, options = work.recv()
        threading.Thread(target=listen, daemon=True).start()
        while (asked := waiting.get()) is not None:
            if isinstance(asked[0], int):
                counts: list[int] = []
                _settle(asked, counts.append)
                work.send(sum(counts))
            else:
                work.send(take(asked[0], form, options, mark=asked[1], turn=turn))
    except (WorkerLost, EOFError, OSError):
        return  # the command is gone, or another worker: it has said so
