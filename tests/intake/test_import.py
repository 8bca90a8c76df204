"""Imports: resumable, twice adds nothing, a dry run writes nothing, broken and unreadable files are said."""

from __future__ import annotations

import csv

import pytest

from tests.intake.letters_file import GOOD, HEADER, go, table
from tongban.cases.models import Case
from tongban.intake import files
from tongban.intake.models import ImportedFile, RejectedRow
from tongban.intake.rows import read_rows
from tongban.letters.intake import FORMAT

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_twice_adds_nothing_under_any_name(registry, tmp_path):
    go(table(tmp_path / "a.csv", GOOD))
    go(table(tmp_path / "a.csv", GOOD))
    go(table(tmp_path / "b.csv", [*GOOD[:4], "改了的内容", *GOOD[5:]]))
    assert Case.objects.count() == 1


def test_a_dry_run_writes_nothing(registry, tmp_path):
    assert go(table(tmp_path / "a.csv", GOOD), dry_run=True) == 0
    assert Case.objects.count() == ImportedFile.objects.count() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_this_country_are_read(registry, tmp_path, encoding):
    assert [row.values["subject"] for row in read_rows(table(tmp_path / "a.csv", GOOD, encoding=encoding), FORMAT)] == [
        "路灯"
    ]


def test_an_interrupted_import_goes_on_where_it_was(registry, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "BATCH", 2)
    path = table(tmp_path / "a.csv", *[[str(i), *GOOD[1:]] for i in range(7)])
    calls = []
    real = files.take

    def dying(rows, form, options, **more):
        calls.append(len(rows))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(rows, form, options, **more)

    monkeypatch.setattr(files, "take", dying)
    with pytest.raises(KeyboardInterrupt):
        go(path)
    assert Case.objects.count() == 4
    monkeypatch.setattr(files, "take", real)
    assert go(path) == 0
    assert Case.objects.count() == 7
    assert ImportedFile.objects.get().finished_at is not None


def test_an_unreadable_file_is_said(registry, tmp_path):
    (tmp_path / "x.csv").write_bytes(b"a,b\n1,2\n")
    assert go(tmp_path / "x.csv") == 2
    assert go(tmp_path / "none.csv") == 2


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_row_with_broken_bytes_is_rejected_with_its_line_and_the_others_go_in(registry, tmp_path, encoding):
    path = table(tmp_path / "a.csv", *[[str(i), *GOOD[1:]] for i in range(5)], encoding=encoding)
    lines = path.read_bytes().split(b"\r\n")
    lines[3] = lines[3].replace("已修".encode(encoding), b"\xff\xfe")
    path.write_bytes(b"\r\n".join(lines))
    out = tmp_path / "rejected.csv"
    assert go(path, rejected=out) == 1
    assert set(Case.objects.values_list("source", flat=True)) == {f"import:{i}" for i in (0, 1, 3, 4)}
    row = RejectedRow.objects.get()
    assert (row.line, row.reason.split()[0], row.private["subject"]) == (4, "reply", "路灯")
    assert "\ufffd" in list(csv.reader(out.open(encoding="utf-8-sig")))[1][2 + HEADER.index("reply")]


def test_a_file_whose_quotation_mark_never_ends_is_unreadable_and_nothing_of_it_is_taken(registry, tmp_path):
    path = table(tmp_path / "a.csv", GOOD)
    path.write_text(path.read_text() + '2,x,"路灯,2019-03-01,不亮\n3,x,路灯,2019-03-01,不亮\n')
    assert go(path) == 2
    assert Case.objects.count() == 0
