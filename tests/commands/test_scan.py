"""`tongban scan` and `tongban mask` as one uses them: formats, exit codes, and errors that are sentences."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests.detect.test_scan import IDS, MOBILES, SECRETS
from tongban.commands.main import app

RULE = '[staff]\nzh="工号"\npattern="XA[0-9]{6}"\nlevel="general-4"\nmatches=["XA123456"]\nignores=["XA1"]\n'


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TONGBAN_SCAN_URL", "TONGBAN_MASK_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(
        "姓名,身份证号,手机号\n" + "".join(f"李小华,{i},{m}\n" for i, m in zip(IDS, MOBILES, strict=True)), "utf-8"
    )
    return path


def run(*words: object) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert [secret for secret in SECRETS if secret in result.output] == []
    return result


@pytest.mark.parametrize("form", ["table", "json", "html", "xlsx"])
def test_every_format_is_written_and_opens(people, tmp_path, form):
    out = tmp_path / f"report.{form}"
    assert run("scan", people, "--format", form, "-o", out).exit_code == 0
    if form == "json":
        assert {f["type"] for f in json.loads(out.read_text("utf-8"))["fields"]} == {"name", "resident_id", "mobile"}
    elif form == "xlsx":
        book = openpyxl.load_workbook(out)
        assert book.worksheets[0].max_row == 4
        assert len(book.worksheets) == 3
    else:
        text = out.read_text("utf-8")
        assert "公民身份号码" in text
        assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("form", ["table", "json", "html"])
def test_a_report_goes_to_the_terminal_too(people, form):
    assert "身份证号" in run("scan", people, "--format", form).stdout


@pytest.mark.parametrize(
    ("words", "reason"),
    [(("--lang", "en"), "the name of the column agrees"), (("--lang", "zh"), "列名相符"), ((), "列名相符")],
)
def test_reasons_are_told_in_the_language_that_was_asked_for(people, words, reason):
    assert reason in run("scan", people, "--format", "html", *words).stdout


def test_english(people):
    assert "Resident ID number" in run("scan", people, "--language", "en").stdout


@pytest.mark.parametrize(
    ("level", "code"), [("any", 1), ("general-1", 1), ("general-4", 1), ("important", 0), ("core", 0)]
)
def test_fail_on_a_level(people, level, code):
    assert run("scan", people, "--fail-on", level).exit_code == code


def test_nothing_found_is_no_failure(tmp_path):
    (tmp_path / "a.txt").write_text("路灯坏了。", "utf-8")
    result = run("scan", tmp_path / "a.txt", "--fail-on", "any")
    assert (result.exit_code, "没有发现" in result.stdout) == (0, True)


def test_own_rules_are_tried_and_used(tmp_path):
    rules, text = tmp_path / "rules.toml", tmp_path / "a.txt"
    rules.write_text(RULE, "utf-8")
    text.write_text("工号XA654321已到。", "utf-8")
    assert run("scan", "--rules", rules, "--check-rules").exit_code == 0
    assert run("scan", text, "--rules", rules, "--fail-on", "general-4").exit_code == 1
    rules.write_text(RULE.replace('XA1"', 'XA111111"'), "utf-8")
    result = run("scan", "--rules", rules, "--check-rules")
    assert (result.exit_code, "不应匹配却匹配了" in result.output) == (2, True)


def test_wrong_use_is_a_sentence_and_exit_2(people, tmp_path):
    state = tmp_path / "state.json"
    state.write_text("not json", "utf-8")
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\x00" + b"x" * 200)
    for words in (
        ["scan"], ["scan", tmp_path / "none"], ["scan", people, "--format", "xlsx"],
        ["scan", people, "--format", "pdf"], ["scan", people, "--sample", "few"], ["scan", people, "--sample", "0"],
        ["scan", people, "--profile", "1"],
        ["scan", people, "--fail-on", "high"], ["scan", "env"], ["scan", "--check-rules"],
        ["scan", people, "--rules", tmp_path / "none.toml"], ["scan", people, "--state", state],
        ["scan", people, "-o", tmp_path / "no" / "x"],
        ["scan", people, "--format", "xlsx", "-o", tmp_path / "no" / "x.xlsx"], ["scan", "sqlite:////none.db"],
        ["scan", "nosuch://u:Tr0ub4dor&3@h/x"], ["mask", people, people], ["mask", tmp_path / "none", tmp_path / "x"],
        ["mask", people, tmp_path / "x", "--mode", "hash"], ["mask", people, tmp_path / "x", "--reverse"],
        ["mask", people, tmp_path / "no" / "x.csv"], ["mask", people, tmp_path / "x", "--mode", "burn"],
        ["mask", people, tmp_path / "x", "--rules", tmp_path / "none.toml"],
        ["mask", "nosuch://u:Tr0ub4dor&3@h/x", tmp_path / "x"],
    ):  # fmt: skip
        result = run(*words)
        assert result.exit_code == 2, (words, result.output)
        assert result.output.strip()
        assert "Traceback" not in result.output


def test_a_password_comes_from_the_environment_and_stays_there(tmp_path, monkeypatch):
    monkeypatch.setenv("TONGBAN_SCAN_URL", "mysql://app:Tr0ub4dor&3@127.0.0.1:9/x")
    result = run("scan", "env", "--state", tmp_path / "s.json")
    assert (result.exit_code, "app" in result.output) == (2, False)


def test_mask_and_back(people, tmp_path, monkeypatch):
    monkeypatch.setenv("TONGBAN_MASK_KEY", "a long enough secret")
    copy, back = tmp_path / "copy.csv", tmp_path / "back.csv"
    assert run("mask", people, copy, "--mode", "replace").exit_code == 0
    assert not [secret for secret in IDS + MOBILES if secret in copy.read_text("utf-8")]
    assert run("mask", copy, back, "--mode", "replace", "--reverse").exit_code == 0
    first, last = (list(csv.DictReader(path.open(encoding="utf-8"))) for path in (people, back))
    assert [(row["身份证号"], row["手机号"]) for row in first] == [(row["身份证号"], row["手机号"]) for row in last]
    monkeypatch.setenv("TONGBAN_MASK_KEY", "short")
    assert run("mask", people, tmp_path / "x.csv", "--mode", "hash").exit_code == 2


def test_it_runs_in_an_empty_folder_without_settings(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "TONGBAN"))}
    code = "from tongban.commands.main import app; app()"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, "scan", "."],
        cwd=empty,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(empty.iterdir()) == []
