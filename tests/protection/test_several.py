"""Several fields decided at once, each with its own record; and a step taken back by whoever took it or by the head."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from tests.protection.conftest import UNIT
from tongban.cases.refusal import Refusal
from tongban.protection import undoing
from tongban.protection.deciding import Verdict, act_on
from tongban.protection.models import Decision, Field

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ADDRESS = "/protection/several/"


def marks(*rows):
    return [f"{row.code}:{row.version}" for row in rows]


def waiting():
    return list(Field.objects.filter(review="waiting").order_by("pk"))


def refused(call, *args, **more):
    with pytest.raises(Refusal) as told:
        call(*args, **more)
    return told.value.code


def test_ticked_fields_are_accepted_each_with_its_own_record_and_the_others_wait(desk, catalogue):
    first, second = waiting()
    page = desk("officer").post(ADDRESS, {"do": "accept", "field": marks(first)}).content.decode()
    assert "已认可 1 个字段" in page
    assert [made.field_id for made in Decision.objects.all()] == [first.pk]
    assert waiting() == [second]


def test_all_fields_of_the_page_are_taken_without_ticking(desk, catalogue):
    rows = waiting()
    desk("officer").post(ADDRESS, {"do": "later", "all": "1", "here": marks(*rows), "field": []})
    assert Field.objects.filter(review="later").count() == len(rows)


def test_one_verdict_for_several_leaves_what_is_to_stay_and_needs_a_reason(desk, catalogue):
    rows, client = waiting(), desk("officer")
    given = {"do": "decide", "field": marks(*rows)}
    page = client.post(ADDRESS, given).content.decode()
    assert "改判 2 个字段" in page
    assert "各自不变" in page
    verdict = {"type": "-", "level": "general-2", "sensitive": "-", "decided": "1"}
    answer = client.post(ADDRESS, {**given, **verdict, "reason": ""})
    assert answer.status_code == 422
    assert "请写明理由" in answer.content.decode()
    assert not Decision.objects.exists()
    other = client.post(ADDRESS, {**given, **verdict, "reason": "只有回访电话", "choose": "35273"}).content.decode()
    assert "个人健康生理信息" in other
    assert not Decision.objects.exists()
    assert "已改判 2 个字段" in client.post(ADDRESS, {**given, **verdict, "reason": "只有回访电话"}).content.decode()
    assert {(row.level, row.type) for row in Field.objects.filter(review="decided")} == {
        ("general-2", "medical"),
        ("general-2", "resident_id"),
    }
    assert Decision.objects.filter(act="decide", reason="只有回访电话").count() == 2


def test_what_is_refused_is_told_and_stops_no_other(desk, catalogue, officer):
    first, second = waiting()
    before = marks(first, second)
    act_on(first.code, "later", officer, version=first.version)
    page = desk("officer").post(ADDRESS, {"do": "accept", "field": [*before, "nowhere:1"]}).content.decode()
    assert "已认可 1 个字段" in page
    assert "没有办成的 1 个" in page
    assert "刚刚有了变化" in page
    assert "另有 1 个字段没有找到" in page
    assert Field.objects.get(pk=second.pk).review == "accepted"


@pytest.mark.parametrize("given", [{}, {"do": "accept"}, {"do": "withdraw"}, {"do": "accept", "field": "x"}])
def test_nothing_ticked_or_no_such_act_is_said(desk, catalogue, given):
    assert desk("officer").post(ADDRESS, given).status_code == 422
    assert not Decision.objects.exists()


def test_fields_of_others_are_not_decided(desk, catalogue):
    rows = marks(*waiting())
    assert desk("other").post(ADDRESS, {"do": "accept", "field": rows}).status_code == 422
    page = desk("above").post(ADDRESS, {"do": "accept", "field": rows}).content.decode()
    assert "没有办成的 2 个" in page
    assert desk("head").post(ADDRESS, {"do": "accept", "field": rows}).status_code == 403
    assert not Decision.objects.exists()


# --- taking back ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ["accept", "later", "decide"])
def test_a_slip_is_taken_back_and_both_stay_on_record(catalogue, officer, act):
    row = waiting()[0]
    before = (row.review, row.review_because, row.type, row.level)
    act_on(row.code, act, officer, version=row.version, reason="手滑", verdict=Verdict("", "general-1"))
    step = Decision.objects.get()
    undoing.undo(row.code, officer, step=step.pk)
    row.refresh_from_db()
    assert (row.review, row.review_because, row.type, row.level) == before
    assert row.decision is None
    assert [made.act for made in Decision.objects.order_by("pk")] == [act, "undo"]
    assert Decision.objects.get(act="undo").undoes == step
    assert refused(undoing.undo, row.code, officer, step=step.pk) == "stale"


def test_steps_are_taken_back_one_after_the_other(catalogue, officer):
    row = waiting()[0]
    act_on(row.code, "decide", officer, version=row.version, reason="一", verdict=Verdict("", "general-1"))
    act_on(row.code, "withdraw", officer, version=row.version + 1, reason="二")
    first, second = Decision.objects.order_by("pk")
    assert refused(undoing.undo, row.code, officer, step=first.pk) == "stale"
    undoing.undo(row.code, officer, step=second.pk)
    row.refresh_from_db()
    assert (row.decision, row.level) == (first, "general-1")
    undoing.undo(row.code, officer, step=first.pk)
    assert Field.objects.get(pk=row.pk).decision is None


def test_what_a_later_scan_asks_stays_asked(catalogue, officer, taken):
    from dataclasses import replace

    from tests.protection.conftest import FIELDS, ILLNESS

    row = waiting()[0]
    act_on(row.code, "accept", officer, version=row.version)
    taken(*(replace(one, level="important") if one is ILLNESS else one for one in FIELDS), day=2)
    undoing.undo(row.code, officer, step=Decision.objects.get().pk)
    row.refresh_from_db()
    assert (row.review, "changed" in row.review_because) == ("waiting", True)


def test_after_some_days_a_step_stays(catalogue, officer):
    row = waiting()[0]
    act_on(row.code, "accept", officer, version=row.version)
    late = timezone.now() + timedelta(days=undoing.days(), minutes=1)
    assert refused(undoing.undo, row.code, officer, step=Decision.objects.get().pk, now=late) == "wrong_state"


def test_only_whoever_took_it_and_the_head_take_a_step_back(catalogue, officer, actor):
    row = waiting()[0]
    act_on(row.code, "accept", officer, version=row.version)
    step = Decision.objects.get().pk
    for unit, role, who, code in (
        (UNIT, "data_officer", "colleague", "not_allowed"),
        ("610113-GOV", "data_officer", "above", "not_allowed"),
        ("610113-ZJ", "head", "elsewhere", "not_found"),
        (UNIT, "clerk", "clerk", "not_found"),
    ):
        assert refused(undoing.undo, row.code, actor(unit, role, who), step=step, reason="不对") == code
    head = actor(UNIT, "head", "head")
    assert refused(undoing.undo, row.code, head, step=step) == "bad_input"
    undoing.undo(row.code, head, step=step, reason="还没有核实")
    assert Field.objects.get(pk=row.pk).review == "waiting"


def test_the_page_of_decisions_takes_back_and_shows_both(desk, catalogue, officer):
    row, client = waiting()[0], desk("officer")
    act_on(row.code, "accept", officer, version=row.version)
    address, step = reverse("protection:decisions"), Decision.objects.get()
    assert f'name="step" value="{step.pk}"' in client.get(address).content.decode()
    assert "撤销刚才的认可" in client.get(reverse("protection:field", args=[row.code])).content.decode()
    page = client.post(address, {"field": row.code, "step": step.pk}, follow=True).content.decode()
    assert "撤销 官员officer 的认可" in page
    assert f'name="step" value="{step.pk}"' not in page
    assert "撤销：认可" in client.get(reverse("protection:field", args=[row.code])).content.decode()
    again = client.post(address, {"field": row.code, "step": step.pk})
    assert (again.status_code, "已经撤销" in again.content.decode()) == (409, True)


def test_a_head_sees_the_decisions_of_the_last_days_without_samples_and_nothing_else(desk, catalogue, officer):
    row, head = waiting()[0], desk("head")
    address = reverse("protection:decisions")
    act_on(row.code, "accept", officer, version=row.version)
    step = Decision.objects.get().pk
    page = head.get(address).content.decode()
    assert "note" in page
    assert "＊＊" not in page
    assert reverse("protection:field", args=[row.code]) not in page
    assert head.post(address, {"field": row.code, "step": step}).status_code == 422
    assert head.post(address, {"field": row.code, "step": step, "reason": "再看"}).status_code == 302
    assert desk("clerk").get(address).status_code == 403
    assert desk("administrator").get(address).status_code == 403


def test_the_guard_of_the_database_still_keeps_decisions(catalogue, officer):
    row = waiting()[0]
    act_on(row.code, "accept", officer, version=row.version)
    for statement in ("UPDATE protection_decision SET before = NULL", "DELETE FROM protection_decision"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
