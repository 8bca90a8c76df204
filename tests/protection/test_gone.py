"""What is gone at the next whole scan of its target, what comes back, and what a sample or an
unreadable file leaves as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.protection.conftest import PLAIN, UNIT, report
from tongban.cases.actor import SYSTEM
from tongban.detect.report import Left
from tongban.detect.scan import Options, Scan
from tongban.protection import access, figures
from tongban.protection.exports import export
from tongban.protection.models import Difference, Field
from tongban.protection.taking import take_in
from tongban.registry import snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
A = replace(
    PLAIN,
    source="/data/a.csv",
    part="",
    column="x",
    type="mobile",
    level="general-3",
    personal=True,
    found={"mobile": 3},
)
B = replace(A, source="/data/b.csv")
B2 = replace(B, column="y")


def there() -> set[str]:
    return {
        f"{row.source.name}{row.path}#{row.column}"
        for row in Field.objects.filter(gone_at__isnull=True).select_related("source")
    }


@pytest.mark.parametrize("name", ["许可系统", ""])
def test_a_file_that_is_gone_takes_its_fields_with_it_and_brings_them_back(taken, name):
    taken(A, B, B2, source=name, target="/data")
    before = there()
    second = taken(A, source=name, target="/data", day=2)
    assert len(before) == 3
    assert there() == {next(iter(one for one in before if "a.csv" in one))}
    assert second.differences == {"gone": 2}
    assert {row.what for row in Difference.objects.filter(scan=second.scan)} == {"gone"}
    assert figures.count(Field.objects.all()).fields == 1
    registry = snapshot.current()
    kept = access.fields_for(SYSTEM, registry).filter(gone_at__isnull=True)
    assert b"b.csv" not in export("json", kept, registry)
    assert Field.objects.count() == 3  # kept with their history
    third = taken(A, B, B2, source=name, target="/data", day=3)
    assert third.differences == {"back": 2}
    assert there() == before


def test_a_column_that_is_gone_is_marked_and_the_others_stay(taken):
    taken(A, B, B2, target="/data")
    assert taken(A, B, target="/data", day=2).differences == {"gone": 1}


@pytest.mark.parametrize("more", [
    {"sampled": 500, "target": ""}, {"sampled": 500, "target": "/data"}, {"target": ""}, {"target": "/other"},
    {"target": "/data/a.csv"},
    {"target": "/data", "skipped": [Left("/data/b.csv", "", "unreadable", "无法打开")]},
    {"target": "/data", "skipped": [Left("/data/b.csv", "", "damaged", "损坏")]},
    {"target": "/data", "skipped": [Left("/data", "", "unreadable", "无法打开")]},
    {"target": "/data", "skipped": [Left("/data/sub", "", "unreadable", "无法打开")]},
    {"target": "/data", "skipped": [Left("/data/b.csv", "", "symlink", "符号链接")]},
])  # fmt: skip
def test_a_sample_another_target_or_an_unreadable_file_makes_nothing_gone(taken, more):
    taken(A, B, target="/data")
    taken(A, day=2, **more)
    assert len(there()) == 2


def test_a_sample_in_between_does_not_hide_that_a_file_is_gone(taken):
    taken(A, B, target="/data")
    taken(A, B, day=2, sampled=10)
    assert taken(A, target="/data", day=3).differences == {"gone": 1}


def test_a_file_that_is_empty_now_holds_nothing(taken):
    taken(A, B, target="/data")
    assert taken(A, target="/data", day=2, skipped=[Left("/data/b.csv", "", "empty", "空")]).differences == {"gone": 1}


def test_a_binary_column_beside_does_not_keep_what_is_gone(taken):
    taken(A, B, B2, replace(B, column="z"), target="/data")
    taken(A, B, target="/data", day=2, skipped=[Left("/data/b.csv", "", "binary_column", "二进制列（y）", "y")])
    assert sorted(name.rpartition("#")[2] for name in there()) == ["x", "x", "y"]


def test_another_unit_or_another_system_with_the_same_target_keeps_its_fields(taken, officer, actor):
    taken(A, B, target="/data", source="一")
    taken(A, target="/data", source="二", day=2)
    taken(A, target="/data", source="一", unit="610113-ZJ", who=actor("610113-ZJ", "data_officer", "other"), day=3)
    assert not Field.objects.filter(gone_at__isnull=False).exists()


def test_a_folder_scanned_again_after_a_file_and_a_column_went(tmp_path, officer):
    def scanned(options: Options | None = None):
        scan = Scan(str(tmp_path / "data"), options)
        for _ in scan.run():
            pass
        return scan.report

    (tmp_path / "data").mkdir()
    rows = "".join(f"1380013{number:04d},x{number}\n" for number in range(60))
    (tmp_path / "data" / "a.csv").write_text("手机,编号\n" + rows, "utf-8")
    (tmp_path / "data" / "b.csv").write_text("手机,编号\n" + rows, "utf-8")
    assert take_in(scanned(), UNIT, officer, "系统").scan.fields == 4
    (tmp_path / "data" / "b.csv").unlink()
    (tmp_path / "data" / "a.csv").write_text(
        "手机\n" + rows.replace(",x", "\n#")[:0] + "".join(f"{line.split(',')[0]}\n" for line in rows.split()), "utf-8"
    )
    assert take_in(replace(scanned(), rows=7), UNIT, officer, "系统").differences == {"gone": 3}
    assert [row.column for row in Field.objects.filter(gone_at__isnull=True)] == ["手机"]
    assert scanned(Options(sample=5)).target == ""
    assert scanned(Options(tables=("x",))).target == ""


def test_a_report_of_version_1_is_still_read():
    import json

    from tongban.protection.reports import read

    raw = json.loads(report(A).as_json())
    assert raw["tongban_scan"] == 2
    del raw["target"]
    raw["tongban_scan"] = 1
    assert read(json.dumps(raw)).fields == [A]
