"""A stranger tries tracking codes and compares how long the answers take, without any secret.

Before: a code that exists was answered more slowly than one that does not, because the whole letter was read and
unsealed before the secret was looked at; the same at the address of a letter's page. So codes could be told apart
from noise.
Now: a code that exists and one that does not cost the same look-ups, one digest, and nothing is unsealed. Work is
counted here, not time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.vault.keyring import KeyRing

pytestmark = pytest.mark.django_db
UNKNOWN = "0" * 12
WAYS: dict[str, Callable[[Client, str], Any]] = {
    "tracking page": lambda client, code: client.post("/follow/", {"code": code, "secret": "X" * 20}),
    "page of the letter": lambda client, code: client.get(f"/follow/{code}/"),
    "its proofs": lambda client, code: client.get(f"/follow/{code}/proof/"),
    "programs": lambda client, code: client.get(
        f"/api/v1/letters/{code}", headers={"Authorization": f"Receipt {'X' * 20}"}
    ),
    "programs' proofs": lambda client, code: client.get(
        f"/api/v1/letters/{code}/proofs", headers={"Authorization": f"Receipt {'X' * 20}"}
    ),
    "Open311": lambda client, code: client.get(
        f"/open311/v2/requests/{code}.json", headers={"X-Receipt-Secret": "X" * 20}
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_code_that_exists_costs_the_same_work_as_one_that_does_not(letter, monkeypatch, way):
    case, _receipt = letter()
    unsealed: list[bytes] = []
    unseal = KeyRing.open

    def counted(self: KeyRing, sealed: bytes, purpose: bytes) -> bytes:
        unsealed.append(purpose)
        return unseal(self, sealed, purpose)

    monkeypatch.setattr(KeyRing, "open", counted)
    client = Client()
    WAYS[way](client, UNKNOWN)  # what is read once and kept
    work = []
    for code in (UNKNOWN, case.code):
        unsealed.clear()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = WAYS[way](client, code)
        work.append(
            (
                answer.status_code,
                [query["sql"].replace(code, "CODE") for query in asked.captured_queries],
                len(unsealed),
            )
        )
    assert work[0] == work[1]
    assert work[0][2] == 0
