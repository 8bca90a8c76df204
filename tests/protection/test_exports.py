"""The lists that departments report, as files; what a spreadsheet program would compute is defused."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import openpyxl
import pytest

from tests.protection.conftest import CENSUS, FIELDS, IDENTITY, PLAIN, UNIT
from tongban.cases.actor import SYSTEM
from tongban.protection import access
from tongban.protection.deciding import Verdict, act_on
from tongban.protection.exports import FORMATS, export
from tongban.protection.exports.rows import HEADINGS
from tongban.protection.models import Field, Source
from tongban.registry import snapshot

pytestmark = pytest.mark.django_db


def written(form: str) -> bytes:
    registry = snapshot.current()
    return export(form, access.fields_for(SYSTEM, registry), registry)


def sheets() -> dict[str, list[list[str]]]:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    return {sheet.title: [[cell.value or "" for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_the_workbook_has_the_two_lists_in_the_shape_that_departments_report(catalogue, officer):
    row = catalogue["applicants.note"]
    act_on(
        row.code,
        "decide",
        officer,
        version=row.version,
        verdict=Verdict("mobile", "general-2"),
        reason="备注栏只有回访电话",
    )
    found = sheets()
    assert list(found) == ["分类分级清单", "重要数据目录"]
    every, serious = found.values()
    assert tuple(every[0]) == tuple(serious[0]) == HEADINGS
    assert len(every) == 6
    assert every[2][:10] == [
        "2",
        "身份证号",
        "雁塔区城市管理局",
        "许可系统",
        "postgresql://db.example/permits / applicants / id_no",
        "个人信息",
        "一般数据 4 级",
        "是",
        "",
        "1180",
    ]
    assert every[4][10] == "人工判定：备注栏只有回访电话"
    assert every[4][12] == "扫描器判为一般数据 4 级"
    assert len(serious) == 2
    assert (serious[1][0], serious[1][6], serious[1][9]) == ("1", "重要数据", "12000000")
    assert "第二十八条" in serious[1][10]


def test_the_list_is_in_chinese_whatever_the_page_speaks(catalogue):
    from django.utils.translation import override

    with override("en"):
        assert sheets()["分类分级清单"][2][6] == "一般数据 4 级"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_formulas_are_defused(taken, name):
    taken(replace(PLAIN, part="", column="x", comment=name), source=name)
    for row in sheets().values():
        assert not [cell for line in row for cell in line if str(cell)[:1] in "=+-@\t" and cell]
    cells = [cell for line in csv.reader(io.StringIO(written("csv").decode("utf-8-sig"))) for cell in line]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t" and cell]
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_no_export_holds_a_sample_or_a_gone_source(catalogue, officer):
    for form in FORMATS:
        assert "61＊＊".encode() not in written(form)
        if form != "xlsx":
            assert b"id_no" in written(form)
    Source.objects.update(removed_at=Source.objects.get().created_at)
    for form in ("csv", "json", "dcat", "openmetadata"):
        assert b"id_no" not in written(form)


def test_dcat_says_datasets_publishers_columns_and_personal_data(catalogue):
    found = json.loads(written("dcat"))
    assert found["@type"] == "dcat:Catalog"
    (dataset,) = found["dcat:dataset"]
    assert (dataset["@type"], dataset["dct:title"]["@value"], dataset["dct:publisher"]["foaf:name"]) == (
        "dcat:Dataset",
        "许可系统",
        "雁塔区城市管理局",
    )
    assert dataset["dpv:hasPersonalData"] == {"@id": "dpv:SensitivePersonalData"}
    assert [column["csvw:name"] for column in dataset["csvw:column"]] == ["id", "id_no", "mobile", "note", "id_no"]
    prefixes = set(found["@context"])

    def keys(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    inside = {name: value for name, value in found.items() if name != "@context"}
    assert {key.split(":")[0] for key in keys(inside) if not key.startswith("@")} <= prefixes


def test_openmetadata_tables_have_columns_with_tags(catalogue):
    tables = json.loads(written("openmetadata"))["tables"]
    assert [len(table["columns"]) for table in tables] == [4, 1]
    tags = {tag["tagFQN"] for tag in tables[0]["columns"][1]["tags"]}
    assert tags == {"PII.Sensitive", "DataLevel.general-4"}
    assert tables[0]["columns"][3]["tags"][0]["state"] == "Suggested"
    assert all("::" not in table["name"] for table in tables)


def test_json_tells_what_stands_and_what_the_scanner_says(catalogue):
    rows = json.loads(written("json"))["fields"]
    assert len(rows) == 5
    assert rows[3]["scanner"] == {"type": "medical", "level": "general-4", "personal": True, "sensitive": "医疗健康"}


def test_three_thousand_fields_are_written_in_a_few_statements(taken, django_assert_max_num_queries):
    taken(*(replace(IDENTITY, column=f"c{number}") for number in range(3000)), CENSUS, *FIELDS[:1])
    with django_assert_max_num_queries(8):
        written("csv")
    assert Field.objects.count() == 3002


def test_the_command_brings_in_and_takes_out(registry, tmp_path):
    from typer.testing import CliRunner

    from tests.protection.conftest import report
    from tongban.commands.main import app

    path, out = tmp_path / "report.json", tmp_path / "list.xlsx"
    path.write_text(report(*FIELDS).as_json(), encoding="utf-8")
    run = CliRunner().invoke
    done = run(app, ["catalogue", "import", str(path), "--unit", UNIT, "--source", "许可系统"])
    assert done.exit_code == 0, done.output
    assert "5 fields" in done.output
    assert (
        "nothing added" in run(app, ["catalogue", "import", str(path), "--unit", UNIT, "--source", "许可系统"]).output
    )
    for form in FORMATS:
        assert run(app, ["catalogue", "export", "--unit", UNIT, "--format", form, str(out)]).exit_code == 0
        assert out.stat().st_size > 200
    assert run(app, ["catalogue", "export", "--unit", "610113-GOV", "--below", str(out)]).output.endswith("5 fields\n")
    assert run(app, ["catalogue", "export", "--unit", "610113-GOV", str(out)]).output.endswith("0 fields\n")
    assert run(app, ["catalogue", "export", "--unit", "nobody", str(out)]).exit_code == 2
    assert run(app, ["catalogue", "export", "--unit", UNIT, "--format", "doc", str(out)]).exit_code == 2
    path.write_text("{}", encoding="utf-8")
    assert run(app, ["catalogue", "import", str(path), "--unit", UNIT]).exit_code == 1
    assert run(app, ["catalogue", "import", str(tmp_path / "none"), "--unit", UNIT]).exit_code == 2
