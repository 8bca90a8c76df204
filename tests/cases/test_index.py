"""How the search indexes are set up in the database."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's index has no such setting")
@pytest.mark.parametrize("table", ["published_index"])
def test_fts5_gathers_a_whole_batch_before_it_writes(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT v FROM {table}_config WHERE k = 'hashsize'")
        assert cursor.fetchone() == (8 << 20,)
