"""A dishonest operator signs a statement that flatters a unit, and publishes figures that agree with it. Who finds out?

Before: each act's own entry carried its unit and days, so anybody who recounted did. Now units and days stand in the
statements alone. Whoever reads the log still finds every item too many or too few, and every item in another month; the
holder of the act's receipt finds an item that was changed, swapped for an invented one, or given to another unit.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.ledger.conftest import signer  # noqa: F401 (a fixture)
from tongban.cases import proofs
from tongban.cases.models import Act
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.commands.main import app
from tongban.ledger import integrator, keeping
from tongban.ledger.exporting import export
from tongban.scorecards import auditing, statements
from tongban.scorecards.models import Item
from tongban.scorecards.recounting import Recount, figures_of

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 2, 4, tzinfo=UTC)


class City:
    """Letters answered in March 2026, whose operator may touch the items before they are stated."""

    def __init__(self, folder: Path, vkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.vkey, self.monkeypatch = folder, vkey, monkeypatch

    def publish(self) -> None:
        """State, sign, and publish figures that agree with the statements, whatever they say."""
        while statements.write():
            pass
        while integrator.integrate():
            pass
        keeping.keep()
        export(self.folder / "log")
        self.monkeypatch.setattr(auditing, "published_figures", self._published)

    def _published(self, _site: str, month: str) -> list[dict[str, Any]]:
        from tongban.ledger import log

        recount = Recount()
        auditing.take_in(recount, [raw for _index, raw in log.newest(10**6, log.standing().size)])
        rows = {unit: found for (unit, of), found in figures_of(recount.tallies).items() if of == month}
        return [
            {"unit": unit, **{name: getattr(found, name) for name in auditing.FIGURES}} for unit, found in rows.items()
        ]

    def stranger(self) -> str:
        """What `tongban ledger audit` says, in one line."""
        told = CliRunner().invoke(
            app,
            [
                "ledger",
                "audit",
                str(self.folder / "log"),
                "--site",
                "https://city.example",
                "--key",
                self.vkey,
                "--patience",
                "0",
            ],
        )
        return " ".join(told.output.split())

    def holder(self, act: Act) -> str:
        """What the holder of an act's receipt is told when looking for it in the statements."""
        file = self.folder / "mine.tlog-proof"
        file.write_text(str(proofs.receipt_for(act.case, act)), encoding="utf-8")
        told = CliRunner().invoke(
            app,
            [
                "ledger",
                "verify-receipt",
                str(file),
                "--key",
                self.vkey,
                "--no-words",
                "--log",
                str(self.folder / "log"),
            ],
        )
        assert told.exit_code == (1 if "✗" in told.output else 0), told.output
        return " ".join(told.output.split())


@pytest.fixture
def city(tmp_path, signer, letter, actor, monkeypatch) -> City:  # noqa: F811
    for number, days in enumerate((2, 6, 27)):
        case, _ = letter(subject=f"题{number}", now=MARCH)
        perform(
            case.pk,
            Step(
                "answer",
                actor("610113-CG", "handler"),
                {"text": "已处理", "at_once": True},
                at=MARCH + timedelta(days=days),
            ),
        )
    while settle():
        pass
    return City(tmp_path, signer.verifier.vkey, monkeypatch)


def slow() -> Act:
    return Act.objects.select_related("case").get(act="answer", public__days=27)


def its_item() -> Item:
    return Item.objects.get(brought__startswith="[30,")


def test_an_honest_operator_is_found_honest(city):
    city.publish()
    assert "the published figures of 1 units agree" in city.stranger()
    assert "the statement of the month, counts it: answered {'days': 30, 'in_time': 1}" in city.holder(slow())
    opening = slow().case.acts.get(sequence=1)
    assert "counts it: sent" in city.holder(opening)


def test_a_dropped_answer_is_found_by_anybody(city):
    its_item().delete()
    city.publish()
    assert "2026-03 letter answered: 3 entries on the log, 2 items in the statements of the month" in city.stranger()
    assert "✗ no statement of 610113-CG for 2026-03 counts this act" in city.holder(slow())


def test_an_invented_answer_is_found_by_anybody(city):
    Item.objects.create(
        month=date(2026, 3, 1),
        kind="letter",
        unit="610113-CG",
        what="answered",
        brought="[1,1]",
        mark=b"\x07" * 16,
        counted_at=MARCH,
    )
    city.publish()
    assert "2026-03 letter answered: 3 entries on the log, 4 items in the statements of the month" in city.stranger()


def test_a_letter_that_was_never_counted_as_received_is_found_by_anybody(city):
    Item.objects.filter(what="sent").first().delete()
    city.publish()
    assert "2026-03 letter sent: 3 entries on the log, 2 items" in city.stranger()


def test_an_answer_counted_in_another_month_is_found_by_anybody(city):
    Item.objects.filter(pk=its_item().pk).update(month=date(2026, 2, 1))
    city.publish()
    told = city.stranger()
    assert "2026-02 letter answered: 0 entries on the log, 1 items" in told
    assert "2026-03 letter answered: 3 entries on the log, 2 items" in told


def test_a_good_item_listed_twice_in_place_of_a_bad_one_is_found_by_anybody(city):
    good = Item.objects.filter(brought__startswith="[2,").get()
    Item.objects.filter(pk=its_item().pk).update(mark=good.mark, brought=good.brought)
    city.publish()
    assert "stands twice in a statement" in city.stranger()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"brought": "[3,1]"}, "counts this act as answered {'days': 3, 'in_time': 1}, but it was answered [27, 1]"),
        ({"brought": "[3,1]", "mark": b"\x07" * 16}, "no statement of 610113-CG for 2026-03 counts this act"),
        ({"unit": "610113-ZJ"}, "no statement of 610113-CG for 2026-03 counts this act"),
    ],
)
def test_a_changed_invented_or_moved_item_is_found_by_the_holder_of_the_receipt_alone(city, change, told):
    """The lists are as long as before, so nobody else can: every sender who looks guards the figures for all."""
    Item.objects.filter(pk=its_item().pk).update(**change)
    city.publish()
    assert "agree with them" in city.stranger()
    assert f"✗ {'entry' if 'counts this act as' in told else 'no'}" in city.holder(slow())
    assert told in city.holder(slow())


def test_figures_that_differ_from_the_statements_are_found_by_anybody(city):
    city.publish()
    honest = city._published
    city.monkeypatch.setattr(
        auditing, "published_figures", lambda site, month: [{**row, "median_days": 2.0} for row in honest(site, month)]
    )
    assert "≠ 610113-CG 2026-03 median_days: published 2.0, from the log 6.0" in city.stranger()
