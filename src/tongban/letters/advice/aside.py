"""Long work of the advice (learning, topics) in a process of its own, so that neither requests
nor the ledger wait for it.

One process for each kind of work at a time; how it ended is in the log, without a word of any letter.
"""

from __future__ import annotations

import logging
import subprocess
import sys

log = logging.getLogger("tongban.advice")
_running: dict[str, subprocess.Popen[bytes]] = {}


def begin(work: str) -> bool:
    """Start `tongban text WORK --here` ("train", "topics"); False where it still runs. The last
    one's failure is logged."""
    before = _running.get(work)
    if before is not None:
        code = before.poll()
        if code is None:
            return False
        if code:
            log.error(
                "long work of the advice failed; run `tongban text %s --here` to see why", work, extra={"exit": code}
            )
    _running[work] = subprocess.Popen(
        [sys.executable, "-m", "tongban", "text", work, "--here"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return True
