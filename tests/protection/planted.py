"""A catalogue of data for the tests of refusals (tests/house/refused.py): of a unit that none of their
intruders keeps or stands above."""

from __future__ import annotations

from dataclasses import replace

from tests.house.refused import Planted
from tests.protection.conftest import IDENTITY, report
from tongban.cases.actor import SYSTEM
from tongban.protection.models import Field
from tongban.protection.taking import take_in

UNIT = "610124-XF"
DATABASE = "postgresql://hidden-db.example/permits"


def plant() -> Planted:
    """One field of one source, found by one scan."""
    hidden = replace(IDENTITY, source=DATABASE, part="hidden_table", column="hidden_column", comment="藏着的字段")
    taken = take_in(report(hidden), UNIT, SYSTEM, "藏着的系统")
    field = Field.objects.select_related("source").get(source__unit_id=UNIT)
    scan = taken.scan.code
    return Planted(
        ("hidden-db", "hidden_table", "hidden_column", "藏着的字段", "藏着的系统"),
        {
            "protection/fields/<slug:code>/": f"protection/fields/{field.code}/",
            "protection/sources/<slug:code>/": f"protection/sources/{field.source.code}/",
            "protection/scans/<slug:code>/": f"protection/scans/{scan}/",
            "api/v1/protection/scans/<code>/differences": f"api/v1/protection/scans/{scan}/differences",
        },
    )
