"""The doors on PostgreSQL: who is let in, by page, by program and by form."""

from __future__ import annotations

from tests.house.postgresql import DOORS, ROOMS, ROOT, holds, on_postgresql


def test_every_half_names_what_is_there():
    assert all((ROOT / "tests" / door).exists() for door in DOORS)
    assert {"cases", "letters", "ledger", "registry", "protection"} < set(ROOMS) - set(DOORS)


@on_postgresql
def test_every_door_holds_on_postgresql():
    holds(DOORS)
