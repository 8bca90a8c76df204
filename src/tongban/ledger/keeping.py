"""What the worker does for the log: integrate, sign, and say it once where signing is refused."""

from __future__ import annotations

import logging
import time

from django.conf import settings

from tongban.merkle import LogError

from . import integrator, signing

log = logging.getLogger("tongban.ledger")
_said: dict[str, float] = {}


def keep(at_once: bool = False) -> int:
    """Integrate what is due and sign the new head; returns how many entries. `at_once` takes all that waits.

    A signature refused does not stop the log; but where an old backup was restored nothing is integrated either, so
    that what was signed can be brought back.
    """
    done = 0
    try:
        done = integrator.integrate(delay=0 if at_once else settings.LEDGER_DELAY)
        signing.publish()
    except LogError as error:
        if _said.get(str(error), 0) < time.monotonic() - 300:
            _said[str(error)] = time.monotonic()
            log.error("the ledger is not signed: %s", error)
    return done
