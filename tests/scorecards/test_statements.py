"""The monthly statements: what the ledger says of a unit's ended month, from which anybody recounts every published
figure."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tongban.cases.actor import SYSTEM, resident
from tongban.cases.models import Act
from tongban.cases.procedure import DAYS_STEPS
from tongban.cases.settling import settle
from tongban.cases.writer import History, Step, Submission, perform, submit_many
from tongban.ledger import entry as ledger_entry
from tongban.ledger import statements as on_ledger
from tongban.ledger.models import QueuedEntry, Statement
from tongban.scorecards import statements
from tongban.scorecards.models import Item, Tally
from tongban.scorecards.recounting import Recount
from tongban.scorecards.rules import stepped

MARCH = datetime(2026, 3, 2, 4, tzinfo=UTC)
LATER = timedelta(days=40)


def settled() -> None:
    while settle(500):
        pass


def queued() -> list[dict[str, Any]]:
    return [json.loads(bytes(raw)) for raw in QueuedEntry.objects.order_by("key").values_list("entry", flat=True)]


def stated() -> list[dict[str, Any]]:
    return [entry for entry in queued() if entry["act"] == "statement"]


def recounted() -> Recount:
    found = Recount()
    for entry in queued():
        found.add(entry)
    return found


def tallied() -> Counter[tuple[str, str, str, str, int]]:
    rows = Tally.objects.values_list("unit_id", "month", "kind", "measure", "value", "count")
    return Counter(
        {
            (unit, month.strftime("%Y-%m"), kind, measure, value): count
            for unit, month, kind, measure, value, count in rows
        }
    )


@pytest.fixture
def march(letter, actor):
    """Four letters of March 2026, answered after 1, 9, 9 and 40 days, two of them rated."""
    handler = actor("610113-CG", "handler")
    for number, days in enumerate((1, 9, 9, 40)):
        case, _ = letter(subject=f"题{number}", now=MARCH)
        perform(case.pk, Step("answer", handler, {"text": "已处理", "at_once": True}, at=MARCH + timedelta(days=days)))
        if number < 2:
            perform(case.pk, Step("rate", resident(case.pk), {"grade": "4"}, at=MARCH + timedelta(days=days, hours=1)))
    settled()


@pytest.mark.django_db
def test_a_unit_s_month_is_one_entry_with_the_values_that_figures_need(march):
    assert statements.write() == 2  # March, and April for the answer after 40 days
    first, second = stated()
    assert {name: first[name] for name in ("v", "kind", "act", "month", "unit", "n")} == {
        "v": 2, "kind": "letter", "act": "statement", "month": "2026-03", "unit": "610113-CG", "n": 1,
    }  # fmt: skip
    assert {word: sorted(item[:-1] for item in items) for word, items in first["items"].items()} == {
        "sent": [[]] * 4,
        "answered": [[1, 1], [10, 1], [10, 1]],
        "rated": [[4], [4]],
    }
    assert [item[:-1] for item in second["items"]["answered"]] == [[45, 1]]
    assert recounted().tallies == tallied()
    assert list(recounted().uneven()) == []
    assert not Item.objects.exists()
    assert statements.write() == 0


@pytest.mark.django_db
def test_the_mark_of_an_item_is_found_by_the_salt_of_its_act_alone(march):
    statements.write()
    for act in Act.objects.filter(act="answer"):
        mark = ledger_entry.mark(ledger_entry.salt(bytes(act.salt))).hex()
        [(values, month)] = [
            (item[:-1], entry["month"])
            for entry in stated()
            for item in entry["items"].get("answered", ())
            if item[-1] == mark
        ]
        assert (values[0], month) == (
            stepped(act.public["days"], DAYS_STEPS),
            timezone.localdate(act.at).strftime("%Y-%m"),
        )
    marks = [item[-1] for entry in stated() for items in entry["items"].values() for item in items]
    assert len(set(marks)) == len(marks) == 10
    for entry in stated():
        for items in entry["items"].values():
            assert [item[-1] for item in items] == sorted(item[-1] for item in items), (
                "the order is that of random marks"
            )


@pytest.mark.django_db
def test_the_running_month_is_not_stated_and_an_ended_one_waits_an_hour_and_until_it_is_quiet(letter, settings):
    settings.LEDGER_DELAY = 600
    letter(now=MARCH)
    settled()
    counted = Item.objects.get().counted_at
    assert statements.write(counted + timedelta(seconds=599)) == 0
    Item.objects.update(counted_at=MARCH)
    assert statements.write(datetime(2026, 3, 31, 15, 59, tzinfo=UTC)) == 0, "still March in Shanghai"
    assert statements.write(datetime(2026, 3, 31, 16, 59, tzinfo=UTC)) == 0, "the last acts may not be settled yet"
    assert statements.write(datetime(2026, 3, 31, 17, 0, tzinfo=UTC)) == 1


@pytest.mark.django_db
def test_what_comes_later_for_a_stated_month_gives_a_further_statement(march, letter):
    statements.write()
    assert submit_many(
        [History(Submission("letter", "0101", "610113", "旧信", "文", channel="import", source="old"), MARCH)], SYSTEM
    )
    settled()
    assert statements.write() == 1
    last = stated()[-1]
    assert (last["month"], last["n"], [len(items) for items in last["items"].values()]) == ("2026-03", 2, [1])
    assert recounted().tallies == tallied()
    assert list(recounted().uneven()) == []


@pytest.mark.django_db
def test_a_large_month_is_split_so_that_an_entry_stays_small(db, registry):
    Item.objects.bulk_create(
        [
            Item(
                month=date(2026, 3, 1),
                kind="letter",
                unit="610113-CG",
                what="answered",
                brought="[365,0]",
                mark=i.to_bytes(16, "big"),
                counted_at=MARCH,
            )
            for i in range(2500)
        ]
    )
    assert statements.write() == 3
    assert [(entry["n"], len(entry["items"]["answered"])) for entry in stated()] == [(1, 1000), (2, 1000), (3, 500)]
    assert max(len(bytes(row.entry)) for row in QueuedEntry.objects.all()) < 60_000


@pytest.mark.django_db
def test_a_statement_that_could_not_be_queued_loses_no_item(march, monkeypatch):
    before = Item.objects.count()

    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Statement.objects, "bulk_create", fails)
        with pytest.raises(ZeroDivisionError):
            statements.write()
    assert (Item.objects.count(), len(stated()), Statement.objects.count()) == (before, 0, 0)
    assert statements.write() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_state_each_item_once(letter):
    for number in range(6):
        letter(subject=f"题{number}", now=MARCH - timedelta(days=31 * number))
    settled()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                statements.write()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while statements.write():
        pass
    assert not failures
    assert len(stated()) == Statement.objects.count() == 6
    assert recounted().tallies == tallied()


@pytest.mark.django_db
def test_the_items_of_an_erased_case_stay_and_belong_to_nothing(march, kept_long_enough):
    for case in {act.case for act in Act.objects.select_related("case")}:
        kept_long_enough(case)
        perform(case.pk, Step("erase", SYSTEM))
    settled()
    statements.write()
    assert list(recounted().uneven()) == []
    assert recounted().tallies == tallied()
    assert not Act.objects.exclude(salt=None).filter(act="answer").exists()


@pytest.mark.django_db
def test_an_act_erased_before_it_was_counted_counts_all_the_same(letter, actor, kept_long_enough):
    case, _ = letter(now=MARCH)
    perform(case.pk, Step("withdraw", resident(case.pk), {"text": "不用了"}, at=MARCH + timedelta(days=1)))
    kept_long_enough(case)
    perform(case.pk, Step("erase", SYSTEM, at=MARCH + timedelta(days=2)))
    settled()
    statements.write()
    assert [len(entry["items"]["sent"]) for entry in stated()] == [1]


@pytest.mark.django_db
def test_a_statement_on_the_log_is_found_by_its_unit_and_month(march, settings, tmp_path):
    from tongban.ledger import integrator

    act = Act.objects.filter(act="answer", public__days=9).first()
    mark = ledger_entry.mark(ledger_entry.salt(bytes(act.salt))).hex()
    assert on_ledger.find("letter", "610113-CG", "2026-03", mark) is None
    statements.write()
    integrator.integrate()
    found = on_ledger.find("letter", "610113-CG", "2026-03", mark)
    assert (found.item.what, found.item.values) == ("answered", (10, 1))
    assert on_ledger.find("letter", "610113-CG", "2026-04", mark) is None
    assert on_ledger.find("letter", "610113-CG", "2026-03", "0" * 32) is None


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    histories=st.lists(
        st.tuples(st.integers(0, 400), st.booleans(), st.one_of(st.none(), st.integers(0, 200))), max_size=12
    ),
    batches=st.integers(1, 40),
    pauses=st.integers(0, 3),
)
def test_any_history_recounts_to_the_figures(registry, histories, batches, pauses):
    """However acts come, are settled and stated in pieces, the statements add up to the tallies and to the entries."""
    with transaction.atomic():
        point = transaction.savepoint()
        rows = []
        for number, (ago, late, taken) in enumerate(histories):
            sent = datetime(2026, 6, 1, 4, tzinfo=UTC) - timedelta(days=ago)
            steps = [Step("escalate", SYSTEM, {"rung": "overdue"}, at=sent + timedelta(days=61))] if late else []
            if taken is not None:
                steps.append(Step("answer", SYSTEM, {"text": "答"}, at=sent + timedelta(days=taken)))
            submission = Submission(
                "letter", "0101", ("610113", "610124")[number % 2], "题", "文", channel="import", source=f"h{number}"
            )
            rows.append(History(submission, sent, steps))
        for start in range(0, len(rows), pauses + 1):
            submit_many(rows[start : start + pauses + 1], SYSTEM)
            settle(batches)
            statements.write(timezone.now() + LATER)
        settled()
        while statements.write(timezone.now() + LATER):
            pass
        found = recounted()
        assert found.tallies == tallied()
        assert list(found.uneven()) == []
        assert found.twice == []
        transaction.savepoint_rollback(point)
