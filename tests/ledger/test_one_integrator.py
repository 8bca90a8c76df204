"""One integrator at a time on PostgreSQL: while another connection holds the lock, nothing is taken from the queue."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.db import connection, connections

from tongban.ledger import integrator
from tongban.ledger.models import QueuedEntry

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite the writing transaction is the lock"),
]


@pytest.mark.django_db(transaction=True)
def test_while_another_integrator_works_this_one_takes_nothing(filled):
    filled(3)
    with closing(connections.create_connection("default")) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [integrator.LOCK])
        assert integrator.integrate() == 0
        assert QueuedEntry.objects.count() == 3
        cursor.execute("SELECT pg_advisory_unlock(%s)", [integrator.LOCK])
        assert integrator.integrate() == 3
    assert QueuedEntry.objects.count() == 0
