"""The integrator: indices without a gap, in order, each batch whole or not at all, one at a time, killed anywhere."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tongban.ledger import integrator, keeping, log, signing
from tongban.ledger.models import Head, Position, QueuedEntry, SignedCheckpoint, Tile
from tongban.ledger.queue import enqueue
from tongban.merkle import Edge, leaf_hash
from tongban.merkle.tiles import tiles_of

from .conftest import drained, whole_log

pytestmark = pytest.mark.both_databases


def root_of(entries: list[bytes]) -> bytes:
    edge = Edge(0)
    edge.append([leaf_hash(entry) for entry in entries])
    return edge.root()


def numbers() -> list[int]:
    return [json.loads(raw)["number"] for raw in whole_log()]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 255, 256, 257, 511, 700])
def test_entries_get_indices_in_order_and_the_tiles_lead_to_their_root(filled, count):
    keys = filled(count)
    assert integrator.integrate() == count
    assert numbers() == list(range(count))
    assert [log.index_of(key) for key in keys] == list(range(count))
    assert log.standing().root == root_of(whole_log()) == integrator.rebuilt_root()
    assert not QueuedEntry.objects.exists()
    assert integrator.integrate() == 0


@pytest.mark.django_db
@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 400), min_size=1, max_size=6), st.sampled_from([1, 97, 256, 1000]))
def test_any_sequence_of_appends_in_any_batches(counts, most):
    told = 0
    with transaction.atomic():
        point = transaction.savepoint()
        for count in counts:
            enqueue({"number": told + i} for i in range(count))
            told += count
            integrator.integrate(max(most, count // 5 + 1))
        drained(max(most, 50))
        assert numbers() == list(range(told))
        assert log.standing().root == root_of(whole_log())
        for place in tiles_of(told, 0):
            assert log.tile(place.level, place.number, place.width)
        transaction.savepoint_rollback(point)


@pytest.mark.django_db
def test_an_act_that_rolls_back_leaves_no_entry(filled):
    filled(3)

    def fails() -> None:
        with transaction.atomic():
            enqueue([{"number": 99}])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    drained()
    assert numbers() == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_queued(db):
    with pytest.raises(RuntimeError, match="transaction of its act"):
        enqueue([{"number": 1}])


@pytest.mark.django_db
def test_a_damaged_tile_stops_the_log_and_says_so(filled):
    filled(300)
    drained()
    tile = Tile.objects.get(level=0, number=1)
    tile.data = b"\x00" + bytes(tile.data)[1:]
    tile.save()
    filled(1)
    with pytest.raises(integrator.Broken, match="do not lead to its root; restore the database"):
        integrator.integrate()
    assert QueuedEntry.objects.count() == 1
    assert log.standing().size == 300


@pytest.mark.django_db
def test_a_missing_tile_stops_the_log(filled):
    filled(300)
    drained()
    Tile.objects.filter(level=1).delete()
    filled(1)
    with pytest.raises(Exception, match="missing"):
        integrator.integrate()
    assert QueuedEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_writers_and_three_integrators_at_once(db):
    """Every entry once; each writer's entries in the order in which they were written."""
    writing = threading.Event()
    failures: list[BaseException] = []

    def write(who: int) -> None:
        try:
            for i in range(60):
                with transaction.atomic():
                    enqueue({"who": who, "number": i, "part": part} for part in range(3))
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    def integrate() -> None:
        try:
            while not writing.is_set():
                integrator.integrate(25)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    integrators = [threading.Thread(target=integrate) for _ in range(3)]
    for thread in writers + integrators:
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in integrators:
        thread.join()
    drained()
    assert not failures
    found = [json.loads(raw) for raw in whole_log()]
    assert len(found) == 4 * 60 * 3 == Position.objects.count()
    for who in range(4):
        assert [(entry["number"], entry["part"]) for entry in found if entry["who"] == who] == [
            (i, part) for i in range(60) for part in range(3)
        ]
    assert sorted(Position.objects.values_list("number", flat=True)) == list(range(720))
    assert integrator.rebuilt_root() == log.standing().root


def in_a_child(work) -> int:
    """Fork a process with connections of its own that does `work`; returns its number."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def checked_after_the_kills(told: int, guards: list[tuple[int, bytes]]) -> None:
    drained()
    assert numbers() == list(range(told)), "an entry was lost, doubled or moved"
    entries = whole_log()
    assert integrator.rebuilt_root() == log.standing().root == root_of(entries)
    assert sorted(Position.objects.values_list("number", flat=True)) == list(range(told))
    signing.publish()
    signed = [
        (row.size, signing.Note.parse(row.note).opened(signing.verifiers()).root)
        for row in SignedCheckpoint.objects.all()
    ]
    for size, root in guards + signed:
        assert root_of(entries[:size]) == root, f"a signed checkpoint of {size} is no beginning of the log"
    assert {row.size for row in SignedCheckpoint.objects.all()} >= {told}


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_sixty_times_while_it_integrates_and_signs(filled):
    """kill -9 at a random moment, sixty times: nothing lost, doubled or reordered, and
    nothing signed that is not so."""
    dice = random.Random(20261124)
    told, in_the_middle = 0, 0
    guards: list[tuple[int, bytes]] = []
    for _attempt in range(60):
        count = dice.randrange(50, 400)
        filled(count)
        told += count
        batch = dice.choice([1, 7, 30, 256, 300])
        reading, writing = os.pipe()

        def work(batch: int = batch, writing: int = writing) -> None:
            while integrator.integrate(batch):
                os.write(writing, b".")
                signing.publish()
            os.write(writing, b"!")
            time.sleep(5)

        pid = in_a_child(work)
        os.close(writing)
        first = os.read(reading, 1)
        time.sleep(dice.uniform(0, 0.03))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        said = first
        while more := os.read(reading, 4096):
            said += more
        os.close(reading)
        in_the_middle += b"!" not in said
        last = signing.last_signed()
        if last is not None:
            guards.append((last[1].size, last[1].root))
    assert in_the_middle >= 20, "hardly a kill hit the work"
    assert [size for size, _root in guards] == sorted(size for size, _root in guards)
    checked_after_the_kills(told, guards)


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_before_every_single_statement_and_file_operation(filled):
    """One child for each point: it dies before its n-th statement, fsync or rename, until one comes through."""
    told = 0
    guards: list[tuple[int, bytes]] = []
    for point in range(1, 80):
        filled(130)
        told += 130

        def work(point: int = point) -> None:
            seen = 0

            def step() -> None:
                nonlocal seen
                seen += 1
                if seen == point:
                    os.kill(os.getpid(), signal.SIGKILL)

            def watch(execute, sql, params, many, context):
                step()
                return execute(sql, params, many, context)

            fsync, replace = os.fsync, Path.replace
            os.fsync = lambda file: (step(), fsync(file))[1]
            Path.replace = lambda self, target: (step(), replace(self, target))[1]
            with connection.execute_wrapper(watch):
                keeping.keep()

        pid = in_a_child(work)
        _pid, status = os.waitpid(pid, 0)
        last = signing.last_signed()
        if last is not None:
            guards.append((last[1].size, last[1].root))
        if not os.WIFSIGNALED(status):
            break
    assert 10 < point < 79, "the points to die at were not all met"
    checked_after_the_kills(told, guards)


@pytest.mark.django_db
def test_the_head_is_one_row(filled):
    filled(3)
    drained()
    filled(3)
    drained()
    assert Head.objects.count() == 1
