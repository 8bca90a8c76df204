"""What the database itself refuses, whoever asks: an act that was stored is never changed, on either database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tongban.cases.models import Act

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
COLUMNS = {
    "case_id": 0,
    "sequence": 99,
    "act": "answer",
    "actor": "system",
    "role": "head",
    "at": "2020-01-01 00:00:00+00:00",
    "state_before": "closed",
    "state_after": "closed",
    "public": "{}",
    "nonce": "another",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_no_statement_changes_a_stored_act(letter, column):
    case, _receipt = letter()
    before = list(Act.objects.values())
    with (
        pytest.raises(DatabaseError, match="an act is never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE cases_act SET {column} = %s WHERE case_id = %s", [COLUMNS[column], case.pk])
    assert list(Act.objects.values()) == before


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such guard yet")
def test_no_statement_deletes_a_stored_act(letter):
    case, _receipt = letter()
    with (
        pytest.raises(DatabaseError, match="an act is never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM cases_act WHERE case_id = %s", [case.pk])
    assert Act.objects.filter(case=case).exists()
