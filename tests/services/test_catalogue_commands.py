"""The commands that bring the catalogue in and take it out: a folder in its order, a dry run, the exit status."""

from __future__ import annotations

from importlib.resources import as_file, files

import pytest
import typer
from typer.testing import CliRunner

from tongban.services import models
from tongban.services.exchange import commands
from tongban.services.exchange.tables import TABLES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
ROWS = "matter,unit,place,promised,channels\n7001,610102-MZ,610102,1,counter\n7001,nobody,610102,1,counter\n"


def run(command, *words):
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, list(map(str, words)))


def empty():
    for table in reversed(TABLES.values()):
        table.model.objects.all().delete()


def test_a_folder_is_taken_in_with_what_is_named_before_what_names_it():
    empty()
    with as_file(files("tongban.services").joinpath("data/catalogue")) as folder:
        assert run(commands.bring_in, folder, "--dry-run").exit_code == 0
        assert not models.Law.objects.exists()
        assert run(commands.bring_in, folder).exit_code == 0
        assert models.Condition.objects.count() > 100
        again = run(commands.bring_in, folder)
    assert again.exit_code == 0
    assert "items: 0 added, 0 changed, 46 as they were, 0 rejected" in again.output


def test_rejected_rows_end_in_status_1_and_in_a_file(tmp_path):
    file = tmp_path / "offerings.csv"
    file.write_text(ROWS, encoding="utf-8")
    done = run(commands.bring_in, file, "--rejected", tmp_path / "bad")
    assert done.exit_code == 1
    assert "line 3" in done.output
    bad = (tmp_path / "bad/offerings-rejected.csv").read_text(encoding="utf-8-sig")
    assert bad.splitlines()[0].startswith("line,reason,matter")
    assert "nobody" in bad
    assert models.Offering.objects.filter(place="610102").exists()


@pytest.mark.parametrize(
    ("name", "text"), [("nosuch.csv", "a\n1\n"), ("items.csv", "matter\n7001\n"), ("items.csv", "")]
)
def test_a_file_that_is_no_table_ends_in_status_2(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert run(commands.bring_in, tmp_path / name).exit_code == 2


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_folder_that_was_taken_out_is_taken_in_and_changes_nothing(tmp_path, form):
    assert run(commands.take_out, tmp_path, "--format", form).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.{form}" for name in TABLES)
    done = run(commands.bring_in, tmp_path)
    assert done.exit_code == 0
    assert " 0 added, 0 changed" in done.output
    assert run(commands.take_out, tmp_path, "--format", "pdf").exit_code == 2


def test_a_folder_without_laws_ends_in_status_2(tmp_path):
    assert run(commands.laws, tmp_path).exit_code == 2
