"""Somebody gets a cell into a table that an official exports and opens in a spreadsheet program: `=cmd|…`,
`=HYPERLINK(…)`.

Before: rejected rows of an import of letters or of the registry, and the table of figures, were written as they were,
so that `=1+1` ran as a formula; full-width signs did so in every export.
Now: one function writes all CSV of the house, and one defuses cells; a test finds any other writer.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.house.test_meta import SOURCE
from tongban.detect.presenting import safe_cell
from tongban.registry import models
from tongban.registry.exchange import Rejected, write_rejected
from tongban.registry.reading import read_table
from tongban.tables import csv_bytes, defused

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "=cmd|' /C calc'!A0",
    "'=1",
]


def cells_of(raw: bytes) -> list[str]:
    return [cell for line in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")) for cell in line]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_travels_behind_an_apostrophe_and_comes_back_whole(cell):
    assert cells_of(csv_bytes([["code", cell]]))[1] == defused(cell) == safe_cell(cell) == f"'{cell}"
    if not cell.isspace():
        assert read_table(csv_bytes([["code", "name"], ["1", cell]])) == [(2, {"code": "1", "name": cell})]


@pytest.mark.parametrize("cell", ["", "a=1", "雁塔区", "2026-11-30", "1.5", "'", "it's", "(029) 1"])
def test_what_is_no_formula_stays_as_it_is(cell):
    assert defused(cell) == safe_cell(cell) == cell


def test_numbers_and_gaps_are_written_as_text():
    assert cells_of(csv_bytes([[1, None, 2.5, True]])) == ["1", "", "2.5", "True"]


def test_rejected_rows_of_the_registry_are_defused(tmp_path):
    path = tmp_path / "rejected.csv"
    write_rejected(path, [Rejected(2, "wrong", {"=2+2": "=1+1", "name": "+1"})])
    assert not [cell for cell in cells_of(path.read_bytes()) if cell[:1] in "=+"]


@pytest.mark.django_db
def test_rejected_letters_are_defused(registry, tmp_path):
    from rich.console import Console

    from tongban.intake.running import run

    source, rejected = tmp_path / "letters.csv", tmp_path / "rejected.csv"
    source.write_text("id,subject,sent_at,body\n1,=1+1,no time,+1\n", encoding="utf-8")
    assert (
        run(
            source,
            unit=None,
            place="610113",
            dry_run=True,
            rejected=rejected,
            publish=False,
            console=Console(quiet=True),
        )
        == 1
    )
    assert "'=1+1" in cells_of(rejected.read_bytes())


@pytest.mark.django_db
def test_the_table_of_figures_is_defused(letter):
    letter(now=timezone.now() - timedelta(days=62))  # units' figures are shown for months that are over
    models.Unit.objects.filter(code="610113-CG").update(name="=HYPERLINK(1)")
    from tongban.cases.settling import settle
    from tongban.registry import snapshot

    snapshot.touch()
    settle()
    cells = cells_of(Client().get("/figures.csv").content)
    assert "'=HYPERLINK(1)" in cells


def test_no_other_code_of_the_house_writes_csv():
    """The bench makes its own file; a masked copy (`detect/copying.py`) is a copy: it changes what it hides and
    nothing else."""
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"csv\.(?:Dict)?[wW]riter\(", path.read_text(encoding="utf-8"))
    }
    assert found - {"bench/imports.py", "detect/copying.py"} == {"tables/writing.py"}
