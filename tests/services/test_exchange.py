"""The catalogue in files: good rows kept, bad rows explained by line, twice the same, out and in again unchanged."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.record.models import Change
from tongban.record.writing import By, ReasonMissing
from tongban.registry.reading import UnreadableTable
from tongban.services import models, reading
from tongban.services.exchange import giving, taking
from tongban.services.exchange.tables import HEADERS, TABLES
from tongban.services.exchange.taking import import_rows
from tongban.tables import read_table, stream_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]
OFFERINGS = "matter,unit,place,promised,channels,phone\n"
ITEMS = "matter,type,subject,since,until\n"


def take(table, text, **more):
    return import_rows(table, read_table(text.encode(), HEADERS), **more)


def test_good_rows_are_kept_and_bad_ones_explained_by_line():
    report = take(
        "offerings",
        OFFERINGS
        + "7001,610102-MZ,610102,1,online counter,029-1\n7001,nobody,610102,1,online,1\n"
        + "7001,610103-MZ,610103,一,online,1\n"
        + "7001,610104-MZ,610104,1,pigeon,1\n7001,610102-MZ,610102,2,online,1\n",
    )
    assert (report.added, report.changed, report.unchanged, report.refused) == (1, 0, 0, 4)
    assert [one.line for one in report.rejected] == [3, 4, 5, 6]
    assert "nobody" in report.rejected[0].reason
    assert "pigeon" in report.rejected[2].reason
    assert "第 2 行" in report.rejected[3].reason
    row = models.Offering.objects.get(matter="7001", place="610102")
    assert (row.promised, row.channels, row.phone) == (1, ["online", "counter"], "029-1")


def test_a_file_taken_twice_changes_nothing_the_second_time():
    text = OFFERINGS + "7001,610113-MZ,610113,2,counter,029-9\n7002,610102-MZ,610102,5,counter,029-1\n"
    first, edition = take("offerings", text), reading.edition()
    second = take("offerings", text)
    assert (first.added, first.changed) == (1, 1)
    assert (second.added, second.changed, second.unchanged) == (0, 0, 2)
    assert reading.edition() == edition


def test_a_column_that_the_file_lacks_stays_as_it_is():
    before = models.Offering.objects.get(matter="7003", place="610113")
    report = take("offerings", "matter,unit,place,phone\n7003,610113-SJ,610113,029-12345\n")
    after = models.Offering.objects.get(pk=before.pk)
    assert report.changed == 1
    assert after.phone == "029-12345"
    assert (after.promised, after.window, after.channels) == (before.promised, before.window, before.channels)


def test_a_dry_run_says_the_same_and_writes_nothing():
    text = OFFERINGS + "7001,610113-MZ,610113,2,counter,029-9\n7001,x,610113,2,counter,029-9\n"
    rows = models.Offering.objects.count()
    dry = take("offerings", text, dry_run=True)
    assert models.Offering.objects.count() == rows
    assert models.Offering.objects.get(matter="7001", place="610113").promised == 1
    wet = take("offerings", text)
    assert (dry.added, dry.changed, dry.refused, dry.digest) == (wet.added, wet.changed, wet.refused, wet.digest)


def test_what_is_taken_out_can_be_taken_in_and_changes_nothing(tmp_path):
    for name in TABLES:
        giving.write_csv(name, tmp_path / f"{name}.csv")
    for name in TABLES:
        report = import_rows(name, stream_table(tmp_path / f"{name}.csv", HEADERS))
        assert (report.added, report.changed, report.rejected) == (0, 0, []), name
        assert report.unchanged == TABLES[name].model.objects.count(), name


def test_a_workbook_says_the_same():
    rows = read_table(giving.as_xlsx("conditions"), HEADERS)
    report = import_rows("conditions", rows)
    assert (report.added, report.changed, report.refused) == (0, 0, 0)
    assert report.unchanged == models.Condition.objects.count()


def test_versions_of_one_item_do_not_overlap_and_may_follow_in_any_order():
    report = take("items", ITEMS + "7001,confirmation,person,2027-01-01,\n")
    assert "重叠" in report.rejected[0].reason
    start = models.Item.objects.get(matter="7001").since.isoformat()
    report = take(
        "items", ITEMS + f"7001,confirmation,person,2027-01-01,\n7001,confirmation,person,{start},2026-12-31\n"
    )
    assert (report.added, report.changed, report.refused) == (1, 1, 0)
    assert reading.current(date(2026, 12, 31)).items["7001"].since.isoformat() == start
    assert reading.current(date(2027, 1, 1)).items["7001"].since == date(2027, 1, 1)


def test_an_item_that_does_not_change_never_gives_way_to_one_that_overlaps():
    start = models.Item.objects.get(matter="7001").since.isoformat()
    text = ITEMS + f"7001,confirmation,person,2027-01-01,\n7001,confirmation,person,{start},\n"
    report = take("items", text)
    assert [one.line for one in report.rejected] == [2]
    assert models.Item.objects.filter(matter="7001").count() == 1


def test_a_condition_that_nobody_can_judge_is_refused_with_its_line():
    head = "matter,group,fact,operator,arguments,words,article\n"
    report = take(
        "conditions",
        head
        + "7001,9,born,distance,unit=weeks; low=1,满一周,lnrqy:2\n7001,9,born,nosuch,,某,lnrqy:2\n"
        + "7001,9,nofact,is,value=true,某,lnrqy:2\n7001,9,born,distance,low,某,lnrqy:2\n"
        + "7001,9,born,distance,unit=years; low=60,满六十,nolaw:1\n",
    )
    assert [one.line for one in report.rejected] == [2, 3, 4, 5, 6]
    assert report.added == 0


def test_a_matter_that_is_not_for_applications_has_no_item():
    report = take("items", ITEMS + "0101,public,person,,\n")
    assert "application" in report.rejected[0].reason


def test_a_file_without_a_column_that_it_needs_is_refused_whole():
    with pytest.raises(UnreadableTable, match="place"):
        take("offerings", "matter,unit\n7001,610113-MZ\n")


def test_chinese_headings_are_understood():
    report = take("offerings", "事项,实施单位,行政区划,承诺办结,办理渠道\n7001,610102-MZ,610102,1,counter\n")
    assert report.added == 1


def test_broken_bytes_spoil_one_row_and_no_other():
    good = "7001,610102-MZ,610102,1,counter,中\n".encode()
    raw = OFFERINGS.encode() + good + b"7001,610103-MZ,610103,1,counter,\xff\xfe\n" + good.replace(b"610102", b"610104")
    report = import_rows("offerings", read_table(raw, HEADERS))
    assert (report.added, [one.line for one in report.rejected]) == (2, [3])


def test_batches_are_written_one_by_one_and_a_stopped_import_goes_on(monkeypatch):
    monkeypatch.setattr(taking, "BATCH", 2)
    lines = [f"7001,{code}-MZ,{code},1,counter,1\n" for code in ("610102", "610103", "610104", "610111", "610112")]

    def stopped():
        rows = read_table((OFFERINGS + "".join(lines)).encode(), HEADERS)
        yield from rows[:3]
        raise KeyboardInterrupt

    before = models.Offering.objects.count()
    with pytest.raises(KeyboardInterrupt):
        import_rows("offerings", stopped())
    assert models.Offering.objects.count() == before + 2
    seen = []
    report = take("offerings", OFFERINGS + "".join(lines), progress=seen.append)
    assert (report.added, report.unchanged) == (3, 2)
    assert seen == [2, 4]


def test_who_changed_what_stands_in_the_record_and_a_page_has_to_say_why():
    text = OFFERINGS + "7001,610102-MZ,610102,1,counter,1\n"
    with pytest.raises(ReasonMissing):
        take("offerings", text, by=By(1, "韩", "", "page"))
    take("offerings", OFFERINGS + "7001,610103-MZ,610103,1,counter,1\n", by=By(reason="新增"))
    row = Change.objects.latest("pk")
    assert (row.table, row.rows) == ("offerings", 1)
    assert row.private["details"]["changes"][0]["key"].startswith("7001 610103-MZ 610103")


def test_basis_of_an_item_is_changed_with_the_rest():
    report = take("items", "matter,type,subject,basis\n7001,confirmation,person,lnrqy:2 lnrqy:53\n")
    item = models.Item.objects.get(matter="7001")
    assert report.changed == 1
    assert set(item.basis.values_list("pk", flat=True)) == {"lnrqy:2", "lnrqy:53"}
    assert item.summary  # the file has no such column
    assert take("items", "matter,type,subject,basis\n7001,confirmation,person,lnrqy:53 lnrqy:2\n").unchanged == 1
