"""A report on its way in: what is kept, what is refused, what a second scan changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.protection.conftest import CENSUS, DATABASE, FIELDS, IDENTITY, ILLNESS, MOBILE, PLAIN, UNIT, report
from tongban.cases.refusal import Refusal
from tongban.detect.report import Left
from tongban.protection.models import Difference, Field, Scan, Skipped, Source
from tongban.protection.reports import read
from tongban.protection.taking import take_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def differences(scan: Scan) -> set[tuple[str, str]]:
    return {(row.field.column, row.what) for row in Difference.objects.filter(scan=scan).select_related("field")}


def test_a_report_becomes_sources_fields_and_a_queue(catalogue):
    source = Source.objects.get()
    assert (source.unit_id, source.name, source.kind) == (UNIT, "许可系统", "database")
    row = catalogue["applicants.id_no"]
    assert (row.type, row.level, row.category, row.personal, row.persons) == (
        "resident_id",
        "general-4",
        "person",
        True,
        1180,
    )
    assert row.samples == ["61＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊"]
    assert row.path == DATABASE
    assert {name: (found.review, found.review_because) for name, found in catalogue.items() if found.review} == {
        "applicants.note": ("waiting", ["uncertain"]),
        "residents.id_no": ("waiting", ["serious"]),
    }
    assert Skipped.objects.get().key == "no-right"
    assert Scan.objects.get().fields == 5


def test_without_a_name_every_file_and_database_is_a_source_of_its_own(taken):
    taken(IDENTITY, replace(PLAIN, source="/data/a.csv", part=""), source="")
    assert {(row.name, row.kind) for row in Source.objects.all()} == {(DATABASE, "database"), ("/data/a.csv", "file")}
    assert set(Field.objects.values_list("path", flat=True)) == {""}


def test_the_same_report_twice_adds_nothing(taken):
    first = taken(*FIELDS)
    again = taken(*FIELDS)
    assert (again.again, again.scan) == (True, first.scan)
    assert (Scan.objects.count(), Field.objects.count(), Difference.objects.count()) == (1, 5, 5)


def test_a_second_scan_says_what_changed(taken):
    first = taken(*FIELDS)
    assert {what for _column, what in differences(first.scan)} == {"new"}
    new = replace(PLAIN, column="email", type="email", level="general-2", sure=0.98, personal=True)
    second = taken(
        PLAIN,
        replace(IDENTITY, level="important", persons=200_000),
        replace(MOBILE, type="phone", level="general-2"),
        replace(CENSUS, rows=12_000_001),
        new,
        day=2,
    )
    assert differences(second.scan) == {
        ("id_no", "raised"),
        ("id_no", "grown"),
        ("mobile", "type"),
        ("mobile", "lowered"),
        ("note", "gone"),
        ("email", "new"),
    }
    gone = Field.objects.get(column="note")
    assert gone.gone_at is not None
    third = taken(*FIELDS, day=3)
    assert ("note", "back") in differences(third.scan)
    assert Field.objects.get(column="note").gone_at is None


def test_a_change_waits_for_a_person_until_one_has_looked(taken):
    taken(IDENTITY)
    assert Field.objects.get().review == ""
    taken(replace(IDENTITY, level="general-3"), day=2)
    assert (Field.objects.get().review, Field.objects.get().review_because) == ("waiting", ["changed"])
    taken(replace(IDENTITY, level="general-3", rows=1300), day=3)
    assert (Field.objects.get().review, Field.objects.get().review_because) == ("waiting", ["changed"])


def test_an_uncertain_verdict_that_became_certain_leaves_the_queue(taken):
    taken(ILLNESS)
    taken(replace(ILLNESS, sure=0.9), day=2)
    assert Field.objects.get().review == ""


def test_what_was_not_looked_at_or_skipped_is_not_gone(taken):
    other = replace(PLAIN, source="/data/a.csv", part="")
    taken(IDENTITY, CENSUS, other)
    taken(IDENTITY, day=2, skipped=[Left(DATABASE, "residents", "no-right", "没有权限")])
    assert not Field.objects.filter(gone_at__isnull=False).exists()
    taken(day=3, sources=[DATABASE], skipped=[Left(DATABASE, "", "unreachable", "连接中断")])
    assert not Field.objects.filter(gone_at__isnull=False).exists()
    taken(IDENTITY, day=4)
    assert [row.part for row in Field.objects.filter(gone_at__isnull=False)] == ["residents"]


def test_an_older_report_does_not_overwrite_a_newer_one(taken):
    taken(IDENTITY, day=5)
    with pytest.raises(Refusal) as refused:
        taken(replace(IDENTITY, level="general-1"), day=4)
    assert refused.value.code == "conflict"
    assert (Field.objects.get().level, Scan.objects.count()) == ("general-4", 1)


@pytest.mark.parametrize(
    "sample", ["13800138000", "高血压", "王小明", "110105194912310029", "a＊ 13800138000", "a＊@x.cn 联系人：王小明"]
)
def test_a_report_with_a_value_that_is_not_masked_is_refused_whole(taken, sample):
    with pytest.raises(Refusal) as refused:
        taken(MOBILE, replace(IDENTITY, samples=(sample,)))
    assert refused.value.field == "report"
    assert sample not in str(refused.value.message)
    assert not Source.objects.exists()
    assert not Scan.objects.exists()


def test_names_of_files_and_columns_that_hold_personal_data_are_kept_masked(taken):
    first = replace(
        PLAIN,
        column="13800138000",
        part="",
        source="/data/王小明 13800138001.csv",
        comment="联系13800138002",
        where=("row 13800138003",),
    )
    taken(first, replace(first, column="13900139000"))
    rows = list(Field.objects.all())
    assert len(rows) == 2
    for row in rows:
        assert "＊" in row.column
        assert "138001380" not in json.dumps([row.column, row.path, row.comment, row.where, row.words, row.key])
    assert taken(first, replace(first, column="13900139000"), day=2).differences == {}


@pytest.mark.parametrize(
    "name",
    [
        "单位",
        "金额",
        "任务",
        "项目",
        "时间",
        "常住地址",
        "联系人",
        "姓名",
        "房号",
        "黄金",
        "车牌",
        "方向",
        "解释",
        "10.0.0.5",
    ],
)
def test_ordinary_headings_stay_as_they_are(taken, name):
    taken(replace(PLAIN, column=name, comment=name, part=name))
    row = Field.objects.get()
    assert (row.column, row.part, row.comment) == (name, name, name)


def test_a_name_with_its_context_is_masked_in_a_comment(taken):
    taken(replace(PLAIN, comment="联系人：王小明，电话 13800138000"))
    assert Field.objects.get().comment == "联系人：王某某，电话 ＊＊＊＊＊＊＊＊＊＊＊"


WRONG = [
    (b"{", "不是完整的 JSON"),
    (b"{\xff}", "UTF-8"),
    (b"[]", "不是扫描报告"),
    (b'{"a": 1}', "不是扫描报告"),
    (b'{"tongban_scan": 9}', "第 1、2 版"),
    (b'{"tongban_scan": 1}', "缺少"),
    (b'{"tongban_scan": 1, "started": "x", "profile": "45574", "fields": [{"no": 1}]}', "缺少"),
    (b'{"tongban_scan": 1, "started": "x", "profile": "45574", "fields": 5}', "缺少"),
    (b"[" * 100_000, "UTF-8"),
    (b'{"tongban_scan": 1, "started": "x", "profile": "45574", "rows": 1e999}', "缺少"),
]


@pytest.mark.parametrize(("raw", "words"), WRONG)
def test_what_is_no_report_is_refused_in_words(raw, words):
    with pytest.raises(Refusal) as refused:
        read(raw)
    assert words in str(refused.value.message)


@pytest.mark.parametrize(
    "change",
    [
        {"level": "secret"}, {"share": 1.5}, {"share": "x"}, {"share": float("nan")}, {"sure": True}, {"persons": -1},
        {"rows": 1.5}, {"persons": 10**20},
        {"type": "Not A Type"}, {"type": 5}, {"found": []}, {"found": {"x": "y"}}, {"personal": "yes"},
        {"column": "x" * 501}, {"column": 5}, {"because": (5,)},
        {"source": ""}, {"samples": ("＊",) * 21}, {"why": None}, {"sensitive": 3}, {"where": (["x"],)},
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_true_is_refused(taken, change):
    with pytest.raises(Refusal):
        taken(replace(IDENTITY, **change))
    assert not Scan.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"profile": "1"},
        {"started": ""},
        {"started": "yesterday"},
        {"finished": "x"},
        {"rows": -1},
        {"sources": [5]},
        {"fields": [IDENTITY, IDENTITY]},
    ],
)
def test_a_report_that_cannot_be_true_is_refused(taken, change):
    with pytest.raises(Refusal):
        taken(IDENTITY, **change)
    assert not Scan.objects.exists()


def test_a_scan_from_the_future_is_refused(officer):
    ahead = (timezone.now() + timedelta(days=2)).isoformat()
    with pytest.raises(Refusal):
        take_in(report(IDENTITY, started=ahead), UNIT, officer)


def test_a_report_with_nothing_in_it_says_so(taken):
    with pytest.raises(Refusal):
        taken(source="")


def test_the_form_of_the_scanner_goes_in_as_it_was_written(officer):
    raw = report(*FIELDS).as_json().encode()
    assert take_in(read(raw), UNIT, officer).scan.fields == 5
    assert take_in(read(json.dumps(json.loads(raw)).encode()), UNIT, officer).again
