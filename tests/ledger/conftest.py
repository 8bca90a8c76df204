"""A log with a key, a guard file of its own, and hands that fill its queue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tongban.ledger import integrator, keeping, log, signing
from tongban.ledger.queue import enqueue
from tongban.merkle import Signer, new_signer

ORIGIN = "city.example/ledger"


@pytest.fixture(autouse=True)
def signer(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Signer:
    """The log's key, in the settings. Batches keep the queue's order, by which these tests know an entry (the lot and
    the tick have tests of their own, `test_ticks.py`)."""
    monkeypatch.setattr(integrator._dice, "shuffle", lambda rows: None)
    made = new_signer(ORIGIN)
    settings.LEDGER_ORIGIN, settings.LEDGER_KEYS, settings.LEDGER_RETIRED = ORIGIN, made.secret(), ""
    settings.LEDGER_GUARD, settings.LEDGER_POLICY = tmp_path / "second-place" / "last-checkpoint", ""
    keeping._said.clear()
    return made


@pytest.fixture
def filled() -> Callable[..., list[bytes]]:
    """Queue so many entries; returns their keys, in order."""
    told = 0

    def fill(count: int) -> list[bytes]:
        nonlocal told
        with transaction.atomic():
            keys = enqueue({"kind": "letter", "act": "note", "number": told + i} for i in range(count))
        told += count
        return keys

    return fill


def whole_log() -> list[bytes]:
    """Every entry of the log, in order."""
    return [raw for _index, raw in reversed(log.newest(10**9, log.standing().size))]


def drained(most: int = 10_000) -> None:
    """Integrate all that waits."""
    while integrator.integrate(most):
        pass


@pytest.fixture
def grown(filled: Callable[..., list[bytes]]) -> Callable[[int], None]:
    """Put so many entries more into the log, and sign."""

    def grow(count: int) -> None:
        filled(count)
        drained()
        signing.publish()

    return grow
