"""Import and export against a database: good rows kept, bad rows explained, twice the same."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from rich.console import Console

from tongban.registry import exchange, models, snapshot, tables
from tongban.registry.reading import UnreadableTable, read_table

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
HEAD = "unit,matter,place,role,since,until,basis\n"


@pytest.fixture
def console():
    return Console(quiet=True)


def take(table, text, **more):
    return exchange.import_rows(table, read_table(text.encode()), **more)


def everything():
    return {name: list(exchange.export_rows(name)) for name in exchange.TABLES}


def test_good_rows_are_taken_and_bad_ones_explained_by_line(registry):
    report = take(
        "duties",
        HEAD
        + (
            "610113-CG,0103,610113,lead,2026-01-01,,三定方案\nnobody,0103,610113,lead,2026-01-01,,x\n"
            "610113-ZJ,0103,610113,assist,2026-01-01,,x\n"
        ),
    )
    assert (report.added, report.changed, report.unchanged) == (2, 0, 0)
    assert [(item.line, item.row["unit"]) for item in report.rejected] == [(3, "nobody")]
    assert snapshot.current().route("0103", "610113", date(2026, 6, 1)).lead == "610113-CG"


def test_a_file_taken_twice_changes_nothing_the_second_time(registry):
    text = "code,parent,name,retention_days\n0104,01,路灯,365\n0101,01,噪音,\n"
    first, version = take("matters", text), models.Version.objects.get().number
    second = take("matters", text)
    assert (first.added, first.changed) == (1, 1)
    assert (second.added, second.changed, second.unchanged) == (0, 0, 2)
    assert models.Version.objects.get().number == version


def test_a_column_that_the_file_lacks_stays_as_it_is(registry):
    take("units", "code,place,name\n610113-CG,610113,雁塔区城市管理和综合执法局\n")
    unit = models.Unit.objects.get(code="610113-CG")
    assert (unit.name, unit.phone, unit.parent_id) == ("雁塔区城市管理和综合执法局", "029-00000001", "610113-GOV")


def test_a_dry_run_says_the_same_and_writes_nothing(registry):
    text = HEAD + (
        "610113-CG,0103,610113,lead,2026-01-01,,三定方案\nnobody,0103,610113,lead,2026-01-01,,x\n"
        "610113-ZJ,0102,610113,lead,2000-01-01,,新依据\n"
    )
    before = everything()
    dry = take("duties", text, dry_run=True)
    assert everything() == before
    real = take("duties", text)
    assert (dry.added, dry.changed, dry.rejected, dry.changes) == (
        real.added,
        real.changed,
        real.rejected,
        real.changes,
    )
    assert dry.changes[1].fields == {"basis": ("三定方案", "新依据")}


def test_a_needed_column_that_is_missing_is_named(registry):
    with pytest.raises(UnreadableTable, match="basis"):
        take("duties", "unit,matter,place,role,since\n610113-CG,0103,610113,lead,2026-01-01\n")


def test_the_lead_changes_hands_with_one_file_and_the_history_stays(registry):
    report = take(
        "duties",
        HEAD
        + "610113-ZJ,0101,610113,lead,2026-07-01,,调整\n610113-CG,0101,610113,lead,2000-01-01,2026-06-30,三定方案\n",
    )
    assert not report.rejected
    now = snapshot.current()
    assert now.route("0101", "610113", date(2026, 6, 30)).lead == "610113-CG"
    assert now.route("0101", "610113", date(2026, 7, 1)).lead == "610113-ZJ"


def test_ending_without_the_column_until_keeps_a_known_end(registry):
    models.Duty.objects.filter(unit_id="610113-CG").update(until=date(2026, 6, 30))
    report = take(
        "duties",
        "unit,matter,place,role,since,basis\n610113-CG,0101,610113,lead,2000-01-01,三定方案\n"
        "610113-ZJ,0101,610113,lead,2026-07-01,x\n",
    )
    assert (report.added, report.unchanged, report.rejected) == (1, 1, [])
    assert models.Duty.objects.get(unit_id="610113-CG").until == date(2026, 6, 30)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_is_imported_without_a_change(registry, form, tmp_path, console):
    models.Unit.objects.filter(code="610113-CG").update(phone="+86 29 1", address="=雁塔路")
    assert exchange.run_export(tmp_path, form=form, console=console) == 0
    for name in exchange.TABLES:
        report = exchange.import_rows(name, read_table((tmp_path / f"{name}.{form}").read_bytes()))
        assert (report.added, report.changed, report.rejected) == (0, 0, []), name


def test_an_export_fills_an_empty_registry(registry, tmp_path, console):
    before = everything()
    exchange.run_export(tmp_path, form="csv", console=console)
    for model in (models.Duty, models.TimeLimit, models.Matter, models.Unit, models.Place):
        model.objects.update(**({"parent": None} if hasattr(model, "parent") else {"basis": "x"}))
        model.objects.all().delete()
    for name in exchange.TABLES:
        assert (
            exchange.run_import(tmp_path / f"{name}.csv", table=name, dry_run=False, rejected=None, console=console)
            == 0
        )
    assert {name: sorted(rows) for name, rows in everything().items()} == {
        name: sorted(rows) for name, rows in before.items()
    }


def test_the_command_tells_by_its_exit_and_writes_the_rejected_rows(registry, tmp_path, console):
    file, rejected = tmp_path / "duties.csv", tmp_path / "rejected.csv"
    file.write_text(HEAD + "nobody,0103,610113,lead,2026-01-01,,x\n", encoding="utf-8")
    assert exchange.run_import(file, table="duties", dry_run=False, rejected=rejected, console=console) == 1
    rows = read_table(rejected.read_bytes())
    assert rows[0][1]["line"] == "2"
    assert rows[0][1]["unit"] == "nobody"
    assert exchange.run_import(file, table="dreams", dry_run=False, rejected=None, console=console) == 2
    assert (
        exchange.run_import(tmp_path / "absent.csv", table="duties", dry_run=False, rejected=None, console=console) == 2
    )
    file.write_bytes(b"PK\x03\x04")
    assert exchange.run_import(file, table="duties", dry_run=False, rejected=None, console=console) == 2
    assert exchange.run_export(tmp_path, form="pdf", console=console) == 2


def test_a_year_of_the_calendar_is_loaded_from_its_exceptions(registry, tmp_path, console):
    file = tmp_path / "2031.csv"
    file.write_text("日期,上班,说明\n2031-01-01,0,元旦\n2031-01-04,1,调休\n", encoding="utf-8")
    assert exchange.run_calendar(file, source="国办发明电〔2030〕1号", console=console) == 0
    calendar = snapshot.current().calendar
    assert not calendar.is_working_day(date(2031, 1, 1))
    assert calendar.is_working_day(date(2031, 1, 4))
    assert calendar.is_working_day(date(2031, 1, 2))


@pytest.mark.parametrize(
    "text",
    [
        "date,working\n2031-01-01,0\n2032-01-01,0\n",
        "date,working\n2031-01-01,\n",
        "date,working\n2031-01-01,0\n2031-01-01,1\n",
        "date,working\nlate,0\n",
        "date,working\n",
        "x\ny\n",
    ],
)
def test_a_calendar_that_is_not_one_clear_year_is_refused_whole(registry, tmp_path, console, text):
    file = tmp_path / "c.csv"
    file.write_text(text, encoding="utf-8")
    assert exchange.run_calendar(file, source="通知", console=console) == 2
    assert not models.CalendarDay.objects.exists()


def test_a_calendar_without_its_source_is_refused(registry):
    with pytest.raises(UnreadableTable):
        exchange.load_calendar(b"date,working\n2031-01-01,0\n", "  ")


# --- for which kinds of case a matter is ------------------------------------------------------------------------------
@pytest.fixture
def permit(monkeypatch):
    """Another kind of case is registered beside letters."""
    monkeypatch.setattr(tables, "KINDS", ["letter", "permit"])


def kinds():
    return {code: sorted(row.kinds) for code, row in snapshot.current().matters.items()}


def test_a_file_without_the_column_leaves_known_matters_and_adds_new_ones_as_the_matter_above(registry, permit):
    assert not take("matters", "code,name,kinds\n03,许可,permit\n0103,无人负责的事项,letter permit\n").rejected
    assert not take("matters", "code,parent,name\n0301,03,摆摊\n0103,01,无人负责\n0105,01,路灯\n04,,其他\n").rejected
    found = kinds()
    assert {code: found[code] for code in ("03", "0301", "0103", "0105", "04")} == {
        "03": ["permit"],
        "0301": ["permit"],
        "0103": ["letter", "permit"],
        "0105": ["letter"],
        "04": ["letter"],
    }


def test_kinds_travel_through_a_file_and_an_unknown_one_is_rejected_with_its_name(registry, permit):
    report = take("matters", "代码,名称,适用的件\n0101,噪音扰民,letter、permit\n0102,房屋质量,lettre\n0103,x,\n")
    assert (report.changed, [(item.line, "lettre" in item.reason) for item in report.rejected]) == (2, [(3, True)])
    assert kinds()["0101"] == ["letter", "permit"]
    exported = exchange.as_csv("matters")
    assert "letter permit" in exported.decode()
    again = exchange.import_rows("matters", read_table(exported))
    assert (again.added, again.changed, again.rejected) == (0, 0, [])


def test_matters_that_were_there_before_are_for_letters(registry):
    migration = import_module("tongban.registry.migrations.0005_figures_matter_kinds")
    migration.letters(apps, None)
    assert set(map(tuple, models.Matter.objects.values_list("kinds", flat=True))) == {("letter",)}
    models.Matter.objects.filter(pk="0101").update(kinds=["permit"])
    snapshot.touch()
    assert (kinds()["0101"], kinds()["0102"]) == (["permit"], ["letter"])
