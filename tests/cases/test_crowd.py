"""Many at once, and killed processes: nothing lost, nothing doubled. With real connections, on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from tongban.cases.actor import NEWCOMER, Actor, resident
from tongban.cases.models import Act, Case, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.settling import settle
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.ledger.models import QueuedEntry

from ..conftest import fill_registry

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs):
    number = min(len(jobs), 16)
    gate = threading.Barrier(number)

    def run(indexed):
        index, job = indexed
        try:
            if index < number:
                gate.wait(30)
            return job()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(run, enumerate(jobs)))


@pytest.fixture
def busy(db):
    return fill_registry()


def handler(name: str) -> Actor:
    from tongban.accounts.models import Official

    user = Official.objects.create_user(name, password="x")
    return Actor("official", user.pk, (("610113-CG", "handler"),), name)


def test_two_officials_at_once_one_wins_the_other_is_told(busy):
    case, _ = submit(Submission("letter", "0101", "610113", "题", "文"), NEWCOMER)
    one, other = handler("one"), handler("other")
    results = at_once(
        [
            lambda: perform(case.pk, Step("accept", one, version=1)),
            lambda: perform(case.pk, Step("refuse", other, {"text": "x", "basis": "y"}, version=1)),
        ]
    )
    told = [result for result in results if isinstance(result, str)]
    assert len(told) == 1
    assert told[0] in ("stale", "wrong_state")
    assert Act.objects.filter(case=case).count() == 2


def test_64_residents_and_officials_on_the_same_cases_lose_nothing_and_double_nothing(busy):
    cases = [submit(Submission("letter", "0101", "610113", f"题{i}", "文"), NEWCOMER)[0] for i in range(4)]
    people = [handler(f"p{i}") for i in range(4)]
    jobs = []
    for i in range(64):
        case = cases[i % 4]
        if i % 2:
            jobs.append(
                lambda case=case, i=i: perform(
                    case.pk, Step("supplement", resident(case.pk), {"text": f"补充{i}"}, nonce=f"s{i}")
                )
            )
        else:
            jobs.append(
                lambda case=case, i=i: perform(
                    case.pk, Step("note", people[i % 4], {"text": f"记录{i}"}, nonce=f"n{i}")
                )
            )
    results = at_once(jobs + jobs[:8])
    assert not [result for result in results if isinstance(result, str)]
    assert Act.objects.exclude(act="submit").count() == 64
    for case in Case.objects.all():
        sequences = list(case.acts.order_by("sequence").values_list("sequence", flat=True))
        assert sequences == list(range(1, len(sequences) + 1))
        assert case.sequence == len(sequences)
    assert QueuedEntry.objects.count() == Act.objects.count()


def test_the_same_form_16_times_at_once_is_one_letter(busy):
    sent = Submission("letter", "0101", "610113", "题", "文", email="a@example.org")
    results = at_once([lambda: submit(sent, NEWCOMER, "one-form") for _ in range(16)])
    assert len({receipt.code for _case, receipt in results}) == 1
    assert Case.objects.count() == Act.objects.count() == QueuedEntry.objects.count() == Notice.objects.count() == 1


def test_no_time_is_booked_twice(busy):
    from datetime import timedelta

    from django.utils import timezone

    from tongban.desk import reception
    from tongban.desk.models import Slot

    reception.offer("610113-CG", timezone.now() + timedelta(days=1), 1, 20, "video", None)
    slot = Slot.objects.get()
    cases = [submit(Submission("letter", "0101", "610113", f"题{i}", "文"), NEWCOMER)[0] for i in range(12)]
    results = at_once([lambda case=case: reception.book(case, slot.pk, resident(case.pk), busy) for case in cases])
    assert sum(not isinstance(result, str) for result in results) == 1
    assert {result for result in results if isinstance(result, str)} == {"conflict"}
    assert Act.objects.filter(act="book").count() == 1


KILLED = """
import os, sys, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django; django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from tongban.cases.actor import NEWCOMER
from tongban.cases.writer import Submission, submit
from tongban.cases.settling import settle
import itertools
print("ready", flush=True)
for i in itertools.count():
    submit(Submission("letter", "0101", "610113", "题", "文", email="a@example.org"), NEWCOMER, f"{sys.argv[2]} {i}")
    print(i, flush=True)
    if i % 7 == 6:
        settle(5)
"""


def test_kill_9_in_mid_work_loses_nothing_and_doubles_nothing(busy):
    """What was acknowledged is there; every case has its act, its entry, its notice; the index
    is caught up with later."""
    acknowledged = 0
    for attempt in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(connection.settings_dict["NAME"]), f"try{attempt}"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ},
        )
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "ready"
        lines = [child.stdout.readline() for _ in range(10 + attempt * 5)]
        time.sleep(0.01 * attempt)
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().splitlines()
        child.wait()
        acknowledged += len([line for line in lines if line.strip()]) + len(rest)
    assert Case.objects.count() >= acknowledged >= 40
    assert Case.objects.count() == Act.objects.count() == QueuedEntry.objects.count() == Notice.objects.count()
    while settle():
        pass
    assert not Act.objects.filter(settled=False).exists()
    from tongban.scorecards.models import Tally

    assert Tally.objects.get(measure="received").count == Case.objects.count()
