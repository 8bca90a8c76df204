"""Certificates when many are granted at once, and when the process is killed in the middle. On both databases."""

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

from tests.services.certificates_crowd import NOON, granted, opened, small_city
from tongban.cases.models import Act, Case
from tongban.credentials import verify
from tongban.services.certificates import keys, lists
from tongban.services.certificates.rows import Certificate, IssuingKey, StatusList

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _city(db):
    small_city()
    lists.forget()


def test_many_grants_at_once_get_an_entry_each_of_one_list_under_one_key():
    cases = [opened() for _one in range(6)]
    gate = threading.Barrier(len(cases))

    def grant(case):
        try:
            gate.wait(60)
            return granted(case).state
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(cases)) as pool:
        assert list(pool.map(grant, cases)) == ["granted"] * len(cases)
    assert StatusList.objects.get().taken == len(cases)
    assert IssuingKey.objects.count() == 1
    made = list(Certificate.objects.all())
    assert len({one.status_index for one in made}) == len({one.number for one in made}) == len(cases)
    for one in made:
        verify(one.sealed["sdjwt"], keys=keys.keys_of, now=int(NOON.timestamp()) + 86400)


KILLED = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django; django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from tests.services.certificates_crowd import granted, opened
print("ready", flush=True)
while True:
    print(granted(opened()).pk, flush=True)
"""


def test_kill_9_between_grant_and_certificate_leaves_neither():
    told = []
    for attempt in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(connection.settings_dict["NAME"])],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "ready"
        told += [child.stdout.readline().strip() for _one in range(4)]
        time.sleep(0.013 * attempt)
        os.kill(child.pid, signal.SIGKILL)
        told += child.stdout.read().splitlines()
        child.wait()
    granted = set(Act.objects.filter(act="grant").values_list("case_id", flat=True))
    assert {int(one) for one in told if one.strip()} <= granted
    assert set(Certificate.objects.values_list("case_id", flat=True)) == granted
    assert set(Case.objects.filter(state="granted").values_list("pk", flat=True)) == granted
    assert StatusList.objects.get().taken == len(granted) == Certificate.objects.count()
