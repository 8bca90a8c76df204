"""Entries are taken at full ticks of the clock and their order within a batch is drawn by lot: whoever watches the log
grow learns neither the moment nor the order of what was done since the tick before."""

from __future__ import annotations

import json
from random import Random, SystemRandom

import pytest
from django.db import transaction

from tongban.ledger import entry, integrator, keeping, log
from tongban.ledger.entry import EntryError
from tongban.ledger.models import QueuedEntry
from tongban.ledger.queue import enqueue

from .conftest import whole_log

pytestmark = pytest.mark.django_db
NOON = 1_795_000_200.0  # a full tick of 600 seconds
DELAY = 600


@pytest.fixture
def clock(monkeypatch):
    """Sets the time of queueing and of integrating."""

    def at(seconds: float) -> None:
        monkeypatch.setattr(entry.time, "time_ns", lambda: int((NOON + seconds) * 1e9))
        monkeypatch.setattr(integrator.time, "time", lambda: NOON + seconds)

    monkeypatch.setattr(entry, "_last", (0, 0))
    return at


def queue(*numbers: int) -> None:
    with transaction.atomic():
        enqueue({"number": number} for number in numbers)


def numbers() -> list[int]:
    return [json.loads(raw)["number"] for raw in whole_log()]


def test_the_tick_of_the_test_is_one():
    assert NOON % DELAY == 0


def test_nothing_appears_before_the_tick_and_everything_queued_before_it_at_the_tick(clock):
    clock(10)
    queue(1)
    clock(550)
    queue(2)
    assert integrator.integrate(delay=DELAY) == 0
    clock(601)
    queue(3)
    assert integrator.integrate(delay=DELAY) == 2
    assert sorted(numbers()) == [1, 2]
    clock(1199)
    assert integrator.integrate(delay=DELAY) == 0, (
        "an act of the first second after a tick waits for the next one, as one of the last"
    )
    clock(1200)
    assert integrator.integrate(delay=DELAY) == 1


def test_a_single_act_appears_at_the_same_moment_whenever_in_the_tick_it_was_done(clock):
    """Were it taken so many seconds after it was queued, a lonely entry would tell its second."""
    for start, moment in ((0, 3), (600, 597)):
        clock(start + moment)
        queue(1)
        for second in range(moment, 600, 60):
            clock(start + second)
            assert integrator.integrate(delay=DELAY) == 0
        clock(start + 600)
        assert integrator.integrate(delay=DELAY) == 1


def test_a_crowd_does_not_wait(clock, monkeypatch):
    monkeypatch.setattr(integrator, "CROWD", 30)
    clock(10)
    queue(*range(29))
    assert integrator.integrate(delay=DELAY) == 0
    queue(29)
    assert integrator.integrate(delay=DELAY) == 30


def test_called_directly_it_takes_what_waits_and_so_does_the_worker_that_runs_once(clock, settings):
    settings.LEDGER_DELAY = DELAY
    clock(10)
    queue(1)
    assert keeping.keep() == 0
    assert keeping.keep(at_once=True) == 1
    queue(2)
    assert integrator.integrate() == 1


def test_the_order_within_a_batch_is_drawn_by_lot(monkeypatch):
    """The lot is the system's; here it is loaded, to see that it alone decides, and that each key finds its own
    entry."""
    assert isinstance(integrator._dice, SystemRandom)
    loaded = Random(7)
    monkeypatch.setattr(integrator._dice, "shuffle", loaded.shuffle)
    with transaction.atomic():
        keys = enqueue({"number": number} for number in range(200))
    assert integrator.integrate() == 200
    assert numbers() != list(range(200))
    assert sorted(numbers()) == list(range(200))
    assert [json.loads(log.entry_at(log.index_of(key)))["number"] for key in keys] == list(range(200))


def test_a_register_that_is_no_case_may_queue_its_changes(clock):
    """As the administration of posts does: who got which power is public; who it was is sealed."""
    seed = entry.new_seed()
    private = {"official": 17, "by": 3, "why": "新任"}
    with transaction.atomic():
        [key] = enqueue([{
            "kind": "post", "act": "granted", "at": "2026-11-24", "unit": "610113-CG", "role": "handler",
            "since": "2026-12-01",
            "commit": entry.commitment(entry.salt(seed), private),
        }])  # fmt: skip
    said = json.loads(bytes(QueuedEntry.objects.get(pk=key).entry))
    assert (said["v"], said["kind"], said["unit"]) == (2, "post", "610113-CG")
    assert "新任" not in bytes(QueuedEntry.objects.get(pk=key).entry).decode()


def test_an_entry_that_a_bundle_could_not_hold_is_refused(db):
    with transaction.atomic(), pytest.raises(EntryError, match="60,000 bytes"):
        enqueue([{"kind": "letter", "act": "statement", "items": {"sent": [["0" * 32]] * 3000}}])
