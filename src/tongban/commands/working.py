"""The worker: the ledger, notices, the search index and figures, deadlines, retention, witnesses.

One loop of small steps, each safe beside other workers and safe to kill at any point; what is half done is done again.
Not one job per row: steps take batches.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from django.db import OperationalError, close_old_connections

log = logging.getLogger("tongban.worker")
REST = 2.0
"""After a batch the worker rests so many times as long as it took: requests go before background work."""


@dataclass
class Step:
    """Something the worker does again and again; `run` returns how much there was."""

    name: str
    run: Callable[[], int]
    every: float
    aside: bool = False
    """Begun here, done by another process: not for who runs the worker once to see nothing waiting."""
    next_at: float = field(default=0.0)


def steps(once: bool = False) -> list[Step]:
    """What the worker does, and how often (seconds) it looks when there was nothing.

    With `once` the ledger's entries are not left waiting for their tick.
    """
    from tongban.cases import escalation, notices, retention, settling
    from tongban.cases.index import merging
    from tongban.gate.timed import timed
    from tongban.ledger import keeping, signing, witnessing

    return [
        Step("ledger", lambda: keeping.keep(once), 0.5),
        Step("settle", settling.settle, 0.5),
        Step("index", merging.keep_up, 1),
        Step("notices", notices.send_waiting, 2),
        Step("deadlines", escalation.raise_rungs, 60),
        Step("calendar", escalation.catch_up_with_calendar, 60),
        *(Step(piece.name, piece.run, piece.every, piece.aside) for piece in timed()),
        Step("expiry", retention.expire_due, 600),
        Step("retention", retention.erase_due, 3600),
        Step("orphans", retention.orphans, 3600),
        Step("witnesses", witnessing.ask_all, 30),
        Step("checkpoints", signing.forget_old, 3600),
    ]


def work(once: bool = False) -> None:
    """Run until told to stop; with `once`, until nothing waits."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    if not once:
        os.nice(10)  # requests go before background work
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    todo = [step for step in steps(once) if not (once and step.aside)]
    while not stopping:
        busy = False
        for step in todo:
            if stopping or step.next_at > time.monotonic():
                continue
            began = time.monotonic()
            try:
                found = step.run()
            except OperationalError:
                log.warning("the database was busy; will try again", extra={"step": step.name})
                close_old_connections()
                found = 0
            except Exception:
                log.exception("a step of the worker failed; will try again", extra={"step": step.name})
                found = 0
            busy = busy or found > 0
            if found and not once:
                time.sleep(min(REST * (time.monotonic() - began), 1.0))
            step.next_at = 0.0 if found else time.monotonic() + step.every
        if once and not busy:
            return
        if not busy:
            time.sleep(0.2)
