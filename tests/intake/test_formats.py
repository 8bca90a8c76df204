"""A second kind of case comes in through a format of its own, by the same machinery, beside
letters with the same ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from django.utils import timezone
from rich.console import Console

from tests.intake.letters_file import GOOD, go, table
from tongban.cases import effects, procedure
from tongban.cases.actor import SYSTEM
from tongban.cases.inputs import Flag
from tongban.cases.models import Case
from tongban.cases.procedure import HOUSE_ACTS, Edge, Procedure, State
from tongban.cases.refusal import Refusal
from tongban.cases.writer import History, Step, Submission
from tongban.gate import door
from tongban.gate.parts import Kind
from tongban.intake.batches import Rejected, history_of
from tongban.intake.parts import Column, Format, ImportOptions, RowContext, format_for, formats, moment
from tongban.intake.rows import read_rows, template
from tongban.intake.running import run, write_template
from tongban.registry import snapshot, tables
from tongban.registry.models import Matter

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

BOTH = frozenset({"walking", "done"})
IMPORTED = Flag("imported", "导入", required=False, private=False)
WALK = Procedure(
    "walk",
    "散步",
    (State("walking", "散步中", "散步中", step="answer"), State("done", "走完", "走完", "over")),
    (
        Edge(
            "submit", frozenset({""}), "walking", frozenset({"system"}), "出发", "出发了", (IMPORTED,), effects.submit
        ),
        Edge("arrive", frozenset({"walking"}), "done", frozenset({"system"}), "到达", "到达了"),
        *(
            Edge(act, BOTH, None, frozenset({"lead:head" if who == "official" else who}), act, act)
            for act, who in HOUSE_ACTS.items()
        ),
    ),
    initial="walking",
)


def walk_of(values: Mapping[str, str], context: RowContext) -> History | Refusal:
    """A walk: where from, where to, when it began, and when it ended where it did."""
    began = moment(values["began"])
    if began is None:
        return Refusal("bad_input", "began is no time", "began")
    if values.get("to") == values["from"]:
        raise Refusal("bad_input", "a walk leads somewhere", "to")
    arrived = moment(values.get("arrived", ""))
    matter = values.get("matter") or context.default_matter
    sent = Submission(
        "walk", matter, context.options.place or "610113", values["from"], f"从{values['from']}走到{values.get('to')}"
    )
    return History(sent, began, [Step("arrive", SYSTEM, at=arrived)] if arrived else [])


WALKS = Format(
    "walk",
    "walks",
    (
        Column("id", "编号", required=True),
        Column("from", "起点", required=True),
        Column("to", "终点"),
        Column("began", "出发时间", required=True),
        Column("arrived", "到达时间"),
        Column("matter", "事项"),
    ),
    walk_of,
    examples=({"id": "1", "from": "南门", "to": "北门", "began": "2020-05-01 08:00", "arrived": "2020-05-01 09:30"},),
)


@pytest.fixture
def walks(registry, monkeypatch) -> Iterator[None]:
    Matter.objects.filter(code__in=("0101", "0102")).update(kinds=["letter", "walk"])
    snapshot.touch()
    monkeypatch.setattr(door, "_rooms", dict(door._rooms))
    monkeypatch.setattr(door, "_parts", {})
    monkeypatch.setattr(procedure, "_procedures", dict(procedure._procedures))
    monkeypatch.setattr(tables, "KINDS", list(tables.KINDS))
    steps = list(tables.STEPS)
    door.register(door.Door("walks", "散步", (Kind(WALK), WALKS)))
    yield
    tables.STEPS[:] = steps


def bring(path, kind: str | None = "walk", **more) -> tuple[int, str]:
    console = Console(record=True, quiet=False, width=300, file=open("/dev/null", "w"))  # noqa: SIM115
    options = {"unit": None, "place": "610113", "dry_run": False, "rejected": None, "publish": False, **more}
    return run(path, kind=kind, console=console, **options), console.export_text()


def walks_file(path, *lines: str):
    path.write_text("\n".join(["编号,起点,终点,出发时间,到达时间,事项", *lines]), encoding="gb18030")
    return path


def test_a_second_kind_of_case_comes_in_by_its_own_format(walks, tmp_path):
    path = walks_file(
        tmp_path / "w.csv", "1,南门,北门,2020-05-01 08:00,2020-05-01 09:30,", "2,东门,西门,2020/05/02,,0101"
    )
    status, said = bring(path)
    assert (status, "2 taken" in said, "walks" in said) == (0, True, True)
    first, second = Case.objects.order_by("pk")
    assert (first.kind, first.channel, first.source, first.state) == ("walk", "import", "walk:import:1", "done")
    assert [act.act for act in first.acts.order_by("sequence")] == ["submit", "arrive"]
    assert first.acts.get(act="submit").public["imported"] is True
    assert first.matter_id in ("0101", "0102"), "a row that names no matter gets one that is for its kind"
    assert first.submitted_at.isoformat() == "2020-05-01T00:00:00+00:00"
    assert (second.state, second.matter_id) == ("walking", "0101")
    assert "2 already there" in bring(path)[1]
    assert Case.objects.count() == 2


def test_the_same_id_of_another_kind_is_another_case(walks, tmp_path):
    assert bring(walks_file(tmp_path / "w.csv", "1,南门,北门,2020-05-01 08:00,,"))[0] == 0
    assert go(table(tmp_path / "a.csv", GOOD), kind="letter") == 0
    assert set(Case.objects.values_list("kind", "source")) == {("walk", "walk:import:1"), ("letter", "import:1")}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("3,南门,北门,gestern,,", "began is no time"),
        ("3,南门,南门,2020-05-01,,", "a walk leads somewhere"),
        ("3,,北门,2020-05-01,,", "from is empty"),
        (",南门,北门,2020-05-01,,", "id is empty"),
        ("x" * 61 + ",南门,北门,2020-05-01,,", "id is longer"),
        ("3,南门,北门,2020-05-01,,9999", "事项"),
        ("3,南门,北门,2020-05-01,,0103", "这个事项不能用来办理这一种件"),
    ],
)
def test_a_row_that_the_format_the_machinery_or_the_kernel_refuses_is_said_with_its_line(walks, tmp_path, line, reason):
    path = walks_file(tmp_path / "w.csv", "1,南门,北门,2020-05-01,,", line, "2,南门,北门,2020-05-01,,")
    for dry_run, verb in ((True, "2 would be taken"), (False, "2 taken")):
        status, said = bring(path, dry_run=dry_run)
        assert status == 1
        assert verb in said
        assert reason in next(row for row in said.splitlines() if "line 3:" in row)


def test_which_kind_is_asked_for_where_there_are_several(walks, tmp_path):
    path = walks_file(tmp_path / "w.csv", "1,南门,北门,2020-05-01,,")
    for kind in (None, "inspection"):
        status, said = bring(path, kind)
        assert status == 2
        assert "letter" in said
        assert "walk" in said
    assert Case.objects.count() == 0


def test_where_one_kind_alone_can_be_imported_it_is_taken_without_asking(registry, monkeypatch):
    monkeypatch.setattr(door, "_parts", {Format: (WALKS,)})
    assert format_for(None) is WALKS


def test_every_format_takes_what_its_own_template_shows(walks, tmp_path):
    assert {form.kind for form in formats()} >= {"letter", "walk"}
    context = {"registry": snapshot.current(), "options": ImportOptions(place="610113"), "now": timezone.now()}
    for form in formats():
        path = tmp_path / f"{form.kind}.csv"
        assert write_template(path, kind=form.kind, console=Console(quiet=True)) == 0
        assert path.read_bytes() == template(form)
        rows = read_rows(path, form)
        assert len(rows) == len(form.examples) > 0
        for row in rows:
            found = history_of(row, form, RowContext(form.kind, **context))
            assert not isinstance(found, Rejected), found
        assert len(form.headings) == len(form.columns)
