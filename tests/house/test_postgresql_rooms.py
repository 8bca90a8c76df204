"""The rooms on PostgreSQL: all that tests/house/test_postgresql_doors.py does not run."""

from __future__ import annotations

from tests.house.postgresql import DOORS, ROOMS, holds, on_postgresql


@on_postgresql
def test_every_room_behind_the_doors_holds_on_postgresql():
    holds([room for room in ROOMS if room not in DOORS])
