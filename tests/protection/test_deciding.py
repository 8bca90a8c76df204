"""What officers say to a verdict: mandatory reasons, nothing lost, nothing overwritten."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from tests.protection.conftest import IDENTITY, ILLNESS
from tongban.cases.refusal import Refusal
from tongban.detect.report import Left
from tongban.protection.deciding import Verdict, act_on
from tongban.protection.models import Decision, Difference, Field, Skipped, Source, Unchanging
from tongban.protection.removing import remove

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TO = Verdict("mobile", "general-2", "")


@pytest.fixture
def field(taken):
    taken(ILLNESS)
    return Field.objects.get()


def act(officer, name, **more):
    row = Field.objects.get()
    return act_on(row.code, name, officer, version=more.pop("version", row.version), **more)


def test_accepting_takes_the_field_out_of_the_queue(field, officer):
    assert act(officer, "accept").review == "accepted"
    assert Decision.objects.get().said_level == "general-4"


def test_a_decision_needs_a_reason(field, officer):
    with pytest.raises(Refusal) as refused:
        act(officer, "decide", verdict=TO)
    assert refused.value.field == "reason"
    assert not Decision.objects.exists()


def test_a_reason_holds_no_value_of_personal_data(field, officer):
    with pytest.raises(Refusal) as refused:
        act(officer, "decide", verdict=TO, reason="是 13800138000 的号码")
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    ("verdict", "name"),
    [
        (Verdict("x", "general-1"), "type"),
        (Verdict("", "none"), "level"),
        (Verdict("", "core", "x"), "sensitive"),
        (None, "level"),
    ],
)
def test_a_verdict_that_there_is_not_is_refused(field, officer, verdict, name):
    with pytest.raises(Refusal) as refused:
        act(officer, "decide", verdict=verdict, reason="x")
    assert refused.value.field == name


def test_a_decision_stands_above_later_scans_which_are_still_told(field, officer, taken):
    act(officer, "decide", verdict=TO, reason="备注栏只有回访电话")
    row = Field.objects.get()
    assert (row.type, row.level, row.sensitive, row.personal, row.category, row.review) == (
        "mobile",
        "general-2",
        "",
        True,
        "person",
        "decided",
    )
    taken(ILLNESS, day=2)
    assert Field.objects.get().review == "decided"
    taken(replace(ILLNESS, level="important"), day=3)
    row = Field.objects.get()
    assert (row.type, row.level, row.said_level, row.review) == ("mobile", "general-2", "important", "waiting")
    assert "changed" in row.review_because


def test_a_decision_is_withdrawn_with_a_reason_and_the_scanner_stands_again(field, officer):
    act(officer, "decide", verdict=TO, reason="备注栏只有回访电话")
    with pytest.raises(Refusal):
        act(officer, "withdraw")
    row = act(officer, "withdraw", reason="看错了表")
    assert (row.type, row.level, row.sensitive, row.review, row.decision) == (
        "medical",
        "general-4",
        "医疗健康",
        "waiting",
        None,
    )
    assert [made.act for made in Decision.objects.order_by("pk")] == ["decide", "withdraw"]
    with pytest.raises(Refusal) as refused:
        act(officer, "withdraw", reason="再来一次")
    assert refused.value.code == "wrong_state"


def test_later_keeps_it_in_the_queue(field, officer, taken):
    assert act(officer, "later").review == "later"
    taken(ILLNESS, day=2)
    assert Field.objects.get().review == "later"


def test_what_was_accepted_is_asked_again_only_when_it_changes(field, officer, taken):
    act(officer, "accept")
    taken(ILLNESS, day=2)
    assert Field.objects.get().review == "accepted"
    taken(replace(ILLNESS, type="religion", sensitive="宗教信仰"), day=3)
    assert Field.objects.get().review == "waiting"


def test_two_officers_at_once_do_not_overwrite_each_other(field, officer):
    act(officer, "accept", version=1)
    with pytest.raises(Refusal) as refused:
        act(officer, "decide", version=1, verdict=TO, reason="x")
    assert refused.value.code == "stale"
    assert Decision.objects.count() == 1


def test_an_unknown_act_is_refused(field, officer):
    with pytest.raises(Refusal):
        act(officer, "delete")


def test_decisions_are_never_changed_not_even_by_sql(field, officer):
    act(officer, "accept")
    made = Decision.objects.get()
    made.reason = "other"
    with pytest.raises(Unchanging):
        made.save()
    with pytest.raises(Unchanging):
        made.delete()
    for change in (lambda: Decision.objects.update(reason="x"), lambda: Decision.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_removed_source_leaves_a_tombstone_and_no_sample(field, officer, taken):
    taken(ILLNESS, IDENTITY, day=2, skipped=[Left("/data/old.zip", "", "encrypted", "有密码")])
    row = Field.objects.get(column="note")
    act_on(row.code, "decide", officer, version=row.version, verdict=TO, reason="备注栏只有回访电话")
    source = Source.objects.get()
    with pytest.raises(Refusal):
        remove(source.code, officer, "")
    remove(source.code, officer, "系统已下线")
    source.refresh_from_db()
    assert (source.removed_fields, source.removed_why, source.removed_by_id) == (2, "系统已下线", officer.official_id)
    left = Field.objects.get()
    assert (left.column, left.samples, left.found, left.where, left.words, left.review) == ("note", [], {}, [], "", "")
    assert not Difference.objects.exists()
    assert not Skipped.objects.exists()
    assert Decision.objects.count() == 1
    with pytest.raises(Refusal):
        remove(source.code, officer, "again")
    with pytest.raises(Refusal):
        act_on(left.code, "withdraw", officer, version=left.version, reason="x")
    taken(IDENTITY, day=3)
    assert Source.objects.filter(removed_at__isnull=True).count() == 1
