"""Scans of files and databases into reports: complete, resumable, and never with a value that was found."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.detect.making import resident_id, with_luhn
from tongban.detect.presenting import as_html, safe_cell, write_xlsx
from tongban.detect.report import from_json
from tongban.detect.scan import Options, Scan, public_target

IDS = [resident_id(f"61011319{50 + k % 50}0101{k:03d}") for k in range(90)]
MOBILES = [f"139{k * 7_654_321 % 100_000_000:08d}" for k in range(1, 91)]
CARDS = [with_luhn(f"622202{k * 7_919_333 % 10**10:010d}") for k in range(1, 91)]
SECRETS = [*IDS, *MOBILES, *CARDS, "Tr0ub4dor&3", "lihua@example.com", "李小华"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Tables and texts of every kind that tests need."""
    top = tmp_path / "data"
    (top / "inner").mkdir(parents=True)
    (top / "people.csv").write_text(
        "姓名,身份证号,手机号\n" + "".join(f"李小华,{i},{m}\n" for i, m in zip(IDS, MOBILES, strict=True)), "utf-8"
    )
    (top / "inner" / "letter.txt").write_text(
        f"路灯坏了。\n请打{MOBILES[0]}，我叫李小华，邮箱lihua@example.com\npassword=Tr0ub4dor&3\n", "utf-8"
    )
    (top / "ragged.csv").write_text("a,b\n" + "".join(f"{c},x\n" for c in CARDS) + f"1,2,{MOBILES[3]}\n", "gb18030")
    (top / "empty.txt").write_text("")
    with sqlite3.connect(top / "town.db") as db:
        db.execute("CREATE TABLE residents (id INTEGER PRIMARY KEY, xm TEXT, sfzh TEXT, photo BLOB)")
        db.execute("CREATE TABLE cards (id INTEGER PRIMARY KEY, yhkh TEXT, note TEXT)")
        db.executemany("INSERT INTO residents (xm, sfzh) VALUES ('李小华', ?)", [(i,) for i in IDS])
        db.executemany(
            "INSERT INTO cards (yhkh, note) VALUES (?, ?)",
            [(c, f"请打{m}") for c, m in zip(CARDS, MOBILES, strict=True)],
        )
    db.close()
    return top


def told(scan: Scan) -> dict:
    """The report without its times."""
    raw = asdict(scan.report)
    return {
        **raw,
        "started": "",
        "finished": "",
        "fields": sorted(raw["fields"], key=str),
        "skipped": sorted(raw["skipped"], key=str),
        "sources": sorted(raw["sources"]),
    }


def run(target: Path | str, options: Options | None = None, state: Path | None = None) -> Scan:
    scan = Scan(str(target), options, state)
    for _ in scan.run():
        pass
    return scan


def test_a_folder_of_many_kinds(folder):
    report = run(folder).report
    types = {(Path(f.source).name, f.part, f.column): f.type for f in report.fields}
    assert types["people.csv", "", "身份证号"] == "resident_id"
    assert types["people.csv", "", "手机号"] == "mobile"
    assert types["people.csv", "", "姓名"] == "name"
    assert types["town.db", "cards", "yhkh"] == "bank_card"
    assert types["town.db", "residents", "sfzh"] == "resident_id"
    assert types["ragged.csv", "", "a"] == "bank_card"
    letter = next(f for f in report.fields if f.source.endswith("letter.txt"))
    assert {"mobile", "email", "name", "password"} <= set(letter.found)
    assert letter.where[0] == "line 2"
    assert {"empty", "binary_column"} <= {left.key for left in report.skipped}
    assert report.finished


def test_no_value_that_was_found_stands_in_any_report(folder, tmp_path):
    report = run(folder).report
    write_xlsx(report, tmp_path / "r.xlsx")
    import openpyxl

    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    sheets = "\n".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    for text in (report.as_json(), as_html(report, "zh"), as_html(report, "en"), sheets):
        assert [secret for secret in SECRETS if secret in text] == []
        assert "身份证号" in text
    assert any(field.samples for field in report.fields)


def test_checked_only_finds_the_same_numbers_and_nothing_else(folder):
    letter = next(f for f in run(folder / "inner", Options(checked_only=True)).report.fields)
    assert set(letter.found) == {"mobile", "email"}


@pytest.mark.parametrize("what", [".", "town.db", "url"])
def test_a_scan_that_was_killed_between_parts_goes_on_to_the_same_report(folder, tmp_path, what):
    target = f"sqlite:///{folder / 'town.db'}" if what == "url" else str(folder / what)
    whole, state, stops, begun = told(run(target)), tmp_path / "state.json", 0, 0
    while True:
        scan = Scan(target, None, state)
        begun += scan.resumed
        kept = state.read_text("utf-8") if state.exists() else ""
        for _ in scan.run():
            if state.exists() and state.read_text("utf-8") != kept:
                assert [secret for secret in SECRETS if secret in state.read_text("utf-8")] == []
                stops += 1
                break  # killed as soon as one more part is done
        else:
            break
    assert stops > 1
    assert begun == stops
    assert told(scan) == whole
    assert not state.exists()


def test_a_state_of_another_scan_is_refused(folder, tmp_path):
    state = tmp_path / "state.json"
    scan = Scan(str(folder), None, state)
    for _ in scan.run():
        if state.exists():
            break
    for target, options in (
        (folder / "inner", None),
        (folder, Options(profile="35273")),
        (folder, Options(checked_only=True)),
        (folder, Options(tables=("cards",))),
    ):
        with pytest.raises(ValueError, match="另一次扫描"):
            Scan(str(target), options, state)
    state.write_text("[]", "utf-8")
    with pytest.raises(ValueError, match="另一次扫描"):
        Scan(str(folder), None, state)


def test_a_report_is_read_back_as_it_was(folder):
    report = run(folder).report
    assert from_json(report.as_json()) == report
    for text in (
        "",
        "[]",
        "{}",
        '{"tongban_scan": 2}',
        '{"tongban_scan": 1}',
        json.dumps({"tongban_scan": 1, "started": "", "profile": "", "fields": [{"x": 1}]}),
    ):
        with pytest.raises(ValueError, match="not|missing"):
            from_json(text)


def test_a_sample_tells_its_error(folder):
    report = run(f"sqlite:///{folder / 'town.db'}", Options(sample=20)).report
    field = next(f for f in report.fields if f.column == "sfzh")
    assert (field.rows, field.type) == (20, "resident_id")
    assert 0 < field.error_bound < 0.2


def test_rows_that_grow_longer_in_a_later_batch_are_scanned(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("姓名,手机\n" + "李华,x\n" * 10_500 + f"李华,x,{MOBILES[0]}\n" * 300, "gb18030")
    report = run(path).report
    assert [f.type for f in report.fields if f.column not in ("姓名", "手机")] == ["mobile"]


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_formula_becomes_text(value):
    assert safe_cell(value) == "'" + value


def test_what_is_no_formula_stays():
    assert [safe_cell(value) for value in ("", "a=1", 5, None)] == ["", "a=1", 5, None]


def test_formulas_in_names_are_defused_in_a_workbook(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        '=HYPERLINK("http://x"),手机\n' + "".join(f"{i},{m}\n" for i, m in zip(IDS, MOBILES, strict=True)), "utf-8"
    )
    write_xlsx(run(path).report, tmp_path / "r.xlsx")
    import openpyxl

    cells = [cell for sheet in openpyxl.load_workbook(tmp_path / "r.xlsx") for row in sheet for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []


def test_a_name_of_a_column_is_no_markup_in_a_page(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        "<script>alert(1)</script>,手机\n" + "".join(f"{i},{m}\n" for i, m in zip(IDS, MOBILES, strict=True)), "utf-8"
    )
    assert "<script>" not in as_html(run(path).report)


@pytest.mark.parametrize("url", [
    "postgresql://app:Tr0ub4dor@db:5432/x?sslpassword=Tr0ub4dor", "mysql://u:Tr0ub4dor/1@h/x",
    "mysql://u:12/Tr0ub4dor@h/x", "mysql://u:12?Tr0ub4dor@h/x", "mysql://u:1#Tr0ub4dor@h/x", "mysql://u:Tr0@ub4dor@h/x",
])  # fmt: skip
def test_the_password_of_a_database_is_never_shown(url):
    assert not any(part in public_target(url) for part in ("Tr0", "ub4dor", "12", "u:"))


def test_detect_needs_neither_django_nor_numba_to_begin():
    code = (
        "import sys, tongban.detect as d; d.mask_text('13800000000'); print(sorted({m.partition('.')[0] for m in "
        "sys.modules} & {'django', 'numba', 'pyarrow', 'sqlalchemy'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
    )
    assert done.stdout.strip() == "[]"
