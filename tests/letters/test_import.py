"""Letters from files: every row by the one way with its times, bad rows kept with line and reason,
masked before they are public."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.letters_file import GOOD, HEADER, go, table
from tongban.cases.models import Act, Case
from tongban.cases.writer import History
from tongban.intake.batches import history_of
from tongban.intake.models import ImportedFile, RejectedRow
from tongban.intake.parts import ImportOptions, RowContext
from tongban.intake.rows import Row, read_rows
from tongban.ledger.models import QueuedEntry
from tongban.letters.intake import FORMAT
from tongban.letters.models import PublishedLetter
from tongban.registry import snapshot
from tongban.scorecards.models import Tally

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "letters-with-replies.csv"


def test_a_row_takes_the_one_way_with_its_times(registry, tmp_path):
    assert go(table(tmp_path / "a.csv", GOOD)) == 0
    case = Case.objects.get()
    assert (case.state, case.unit_id, case.submitted_at.isoformat()) == (
        "answered",
        "610113-CG",
        "2019-03-01T02:00:00+00:00",
    )
    assert [act.act for act in case.acts.order_by("sequence")] == ["submit", "answer", "publish"]
    assert case.acts.get(act="answer").public == {"days": 3, "in_time": True}
    assert QueuedEntry.objects.count() == 3
    assert PublishedLetter.objects.count() == 1
    assert Tally.objects.get(measure="answered").month.isoformat() == "2019-03-01"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({3: "gestern"}, "sent_at is no time"),
        ({2: "  "}, "subject is empty"),
        ({6: "2019-02-01"}, "replied_at"),
        ({3: "2999-01-01T00:00:00+08:00"}, "future"),
        ({0: ""}, "id is empty"),
        ({4: "长" * 20_001}, "20000"),
    ],
)
def test_a_bad_row_is_kept_with_line_and_reason_and_the_rest_goes_in(registry, tmp_path, change, reason):
    bad = [change.get(i, cell) for i, cell in enumerate(["2", *GOOD[1:]])]
    out = tmp_path / "rejected.csv"
    assert go(table(tmp_path / "a.csv", GOOD, bad, ["3", *GOOD[1:]]), rejected=out) == 1
    assert Case.objects.count() == 2
    row = RejectedRow.objects.get()
    assert row.line == 3
    assert reason in row.reason
    rows = list(csv.reader(out.open(encoding="utf-8-sig")))
    assert rows[1][0] == "3"


def test_personal_data_is_masked_or_the_letter_stays_unpublished(registry, tmp_path):
    go(
        table(
            tmp_path / "a.csv",
            ["5", "王小明", "路灯", GOOD[3], "我叫王小明，电话13800000000，住3号楼2单元501室。", "王小明您好", GOOD[6]],
        )
    )
    row = PublishedLetter.objects.get()
    assert "13800000000" not in row.body
    assert "王小明" not in row.body + row.answer
    assert "501" not in row.body


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*HEADER, "matter", "place", "unit", "visibility"]),
        st.text(max_size=30) | st.sampled_from(GOOD),
        max_size=11,
    )
)
def test_any_row_is_a_history_or_a_reason(registry, values):
    from django.utils import timezone

    context = RowContext("letter", snapshot.current(), ImportOptions(), timezone.now())
    found = history_of(Row(2, values), FORMAT, context)
    assert isinstance(found, History) or found.reason


@pytest.mark.skipif(not REAL.exists(), reason=f"the real letters are not on this machine ({REAL})")
def test_all_1463_real_letters_go_in_and_are_found_tracked_and_counted(registry):
    from tongban.cases import search

    assert go(REAL) in (0, 1)
    note = ImportedFile.objects.get()
    assert (note.taken, note.known, RejectedRow.objects.count()) == (1463, 0, 0)
    assert Case.objects.filter(answered_at__isnull=False).count() == 1463
    expected = sum(
        "噪音" in row.values["subject"] + row.values["body"] or "噪音" in row.values["reply"]
        for row in read_rows(REAL, FORMAT)
    )
    assert Case.objects.filter(pk__in=search.case_ids("噪音")).count() == expected > 50
    assert sum(Tally.objects.filter(measure="received").values_list("count", flat=True)) == 1463
    assert Act.objects.count() == QueuedEntry.objects.count()
    from tests.ledger.closed_list import assert_not_in_the_log, assert_nothing_personal

    assert assert_nothing_personal() == QueuedEntry.objects.count()
    assert_not_in_the_log(*Case.objects.values_list("code", flat=True))


def test_chinese_headings_and_words_are_taken_as_the_english_ones(registry, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(
        "编号,标题,来信时间,来信内容,公开意愿\n1,路灯,2019/03/01 10:00,路灯不亮,不公开\n".encode("gb18030")
    )
    assert go(path) == 0
    case = Case.objects.get()
    assert (case.source, case.subject, case.visibility) == ("import:1", "路灯", "confidential")
