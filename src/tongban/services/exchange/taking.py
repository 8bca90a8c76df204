"""Takes tables of the catalogue in: a dry run, every rejected row with its line and why, the rest kept.

Rows come one at a time and are written in batches, each in a transaction of its own, so that a file of millions needs
little memory and can be stopped: taken in again, what is there already changes nothing. Of what is there only keys,
numbers and digests are held.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models as orm
from django.db import transaction
from django.utils.translation import gettext as _

from tongban.record.models import What
from tongban.record.writing import COMMAND, By, write
from tongban.registry import models as registry
from tongban.registry.reading import UnreadableTable
from tongban.registry.tables import BadRow, Rejected
from tongban.tables import broken_columns, readable

from .. import models, reading
from .tables import TABLES, Table

BATCH = 5000
SHOWN = 200
REJECTED_KEPT = 100_000
OTHERS: dict[str, type[orm.Model]] = {
    "places": registry.Place, "units": registry.Unit, "matters": registry.Matter, "laws": models.Law,
    "articles": models.Article, "facts": models.Fact, "materials": models.Material,
    "bundles": models.Bundle,
}  # fmt: skip
Rows = Iterable[tuple[int, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is added or changed: its line, what identifies it, and column → (before, after)."""

    line: int
    key: str
    fields: Mapping[str, tuple[str, str]]
    added: bool


@dataclass
class Report:
    """What an import did, or would do. `rejected` and `changes` hold the first of them, the numbers all."""

    table: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    digest: str = ""
    """Of what is added, changed and rejected: the same for a dry run and the import that does the same."""

    @property
    def done(self) -> int:
        """Rows that were looked at."""
        return self.added + self.changed + self.unchanged + self.refused


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    values: dict[str, Any]
    source: Mapping[str, str]


def import_rows(
    name: str,
    rows: Rows,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    by: By = COMMAND,
    coming: Mapping[str, Iterable[str]] | None = None,
) -> Report:
    """Take a table in. `coming`: codes of other tables that the same folder brings, for a dry run. Raises KeyError for
    an unknown table, UnreadableTable where a column is missing, ReasonMissing (`By`). A page that has to take all or
    nothing wraps it in a transaction."""
    taking = _Taking(name, dry_run, by, coming or {})
    batch: list[tuple[int, Mapping[str, str]]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            taking.take(batch)
            batch = []
            if progress is not None:
                progress(taking.report.done)
    if batch:
        taking.take(batch)
    return taking.finish()


class _Taking:
    """One table on its way in. `seen` is the line of each key of this file, `there` number and digest of each row of
    the database, by key; keys and digests are 64-bit numbers."""

    def __init__(self, name: str, dry_run: bool, by: By, coming: Mapping[str, Iterable[str]]) -> None:
        self.table: Table = TABLES[name]
        self.report = Report(name)
        self.dry_run, self.by = dry_run, by
        self.known = {
            other: {*OTHERS[other]._default_manager.values_list("pk", flat=True), *coming.get(other, ())}
            for other in {*self.table.links.values(), *self.table.many.values()}
        }
        self.serving: set[str] = _applied_for() if name == "items" else set()
        self.given: tuple[str, ...] = ()
        self.seen: dict[int, int] = {}
        self.there: dict[int, tuple[Any, int]] = {}
        self.spans: dict[tuple[Any, ...], list[tuple[Any, Any, int]]] = {}
        self.seal = hashlib.sha256()

    def take(self, rows: list[tuple[int, Mapping[str, str]]]) -> None:
        """A batch: checked, compared, written."""
        if not self.given:
            self._begin(rows[0][1])
        good = [row for row in map(self._read, rows) if row is not None]
        good = self._without_overlaps(good)
        with transaction.atomic():
            self._write(good)

    def _begin(self, header: Mapping[str, str]) -> None:
        if missing := [name for name in self.table.needed if name not in header]:
            raise UnreadableTable(_("文件缺少这些列：%(names)s") % {"names": ", ".join(missing)})
        self.given = tuple(name for name in self.table.columns if name in header)
        plain = [name for name in self.given if name not in self.table.many]
        wanted = [self.table.attribute(name) for name in (*self.table.key, *plain)]
        many = {name: _many(self.table.model, name) for name in self.table.many if name in self.given}
        width = len(self.table.key)
        for pk, *cells in self.table.model._default_manager.values_list("pk", *wanted).iterator(chunk_size=BATCH):
            said = tuple(self.table.say(name, cell) for name, cell in zip(plain, cells[width:], strict=True))
            said += tuple(" ".join(sorted(many[name].get(pk, ()))) for name in many)
            self.there[hash(tuple(cells[:width]))] = (pk, hash(said))
        if self.table.lasting:
            self._spans()

    def _spans(self) -> None:
        attributes = [self.table.attribute(name) for name in self.table.lasting]
        for *cells, since, until in self.table.model._default_manager.values_list(*attributes, "since", "until"):
            self.spans.setdefault(tuple(cells), []).append((since, until, 0))

    def _read(self, row: tuple[int, Mapping[str, str]]) -> _Row | None:
        line, source = row
        try:
            if columns := broken_columns(source):
                raise BadRow(_("%(column)s：有读不出的字节，这一行的文字已损坏") % {"column": columns[0]})
            values = self._values(source)
            key = hash(self.table.key_of(values))
            if key in self.seen:
                raise BadRow(_("与第 %(line)d 行重复") % {"line": self.seen[key]})
            self.seen[key] = line
        except BadRow as error:
            self._refuse(Rejected(line, str(error), readable(source)))
            return None
        return _Row(line, values, source)

    def _values(self, source: Mapping[str, str]) -> dict[str, Any]:
        values = {}
        for name, read in self.table.columns.items():
            try:
                values[name] = read(source.get(name) or "") if name in self.given else _absent(read)
            except BadRow as error:
                raise BadRow(f"{name}：{error}") from None
        for name, other in self.table.links.items():
            if values[name] is not None and values[name] not in self.known[other]:
                raise BadRow(_("%(column)s：没有 %(code)s") % {"column": name, "code": values[name]})
        for name, other in self.table.many.items():
            for code in values[name] or ():
                if code not in self.known[other]:
                    raise BadRow(_("%(column)s：没有 %(code)s") % {"column": name, "code": code})
        if self.table.judge is not None:
            self.table.judge(values)
        if self.serving and values["matter"] not in self.serving:
            raise BadRow(_("matter：这个事项不是用来申请的（适用的件里没有 application）"))
        return values

    def _refuse(self, one: Rejected) -> None:
        self.report.refused += 1
        self.seal.update(repr((one.line, one.reason)).encode())
        if len(self.report.rejected) < REJECTED_KEPT:
            self.report.rejected.append(one)

    def _without_overlaps(self, rows: list[_Row]) -> list[_Row]:
        """Without versions that would hold on the same day as another of the same thing. Judged is the list as the file
        leaves it, so that ending one and beginning the next may stand in any order within a batch."""
        if not self.table.lasting:
            return rows
        for row in rows:
            spans = self.spans.setdefault(tuple(row.values[name] for name in self.table.lasting), [])
            since, until = row.values["since"], row.values["until"]
            kept = next((one for one in spans if one[0] == since), None)
            if kept is not None:
                spans.remove(kept)
                until = until if "until" in self.given else kept[1]
            spans.append((since, until, 0 if kept == (since, until, 0) else row.line))
        return [row for row in rows if not self._meets(row)]

    def _meets(self, row: _Row) -> bool:
        spans = self.spans[tuple(row.values[name] for name in self.table.lasting)]
        since = row.values["since"]
        mine = next(one for one in spans if one[0] == since)
        for other in spans if mine[2] else ():
            earlier, later = sorted((mine, other), key=lambda one: one[0])
            if other is mine or other[2] > mine[2] or (earlier[1] is not None and earlier[1] < later[0]):
                continue
            spans.remove(mine)
            until = other[1].isoformat() if other[1] else _("至今")
            words = _("与 %(since)s – %(until)s 的版本重叠，请先终止那一版")
            self._refuse(Rejected(row.line, words % {"since": other[0], "until": until}, readable(row.source)))
            return True
        return False

    def _write(self, rows: list[_Row]) -> None:
        table, report = self.table, self.report
        new: list[tuple[Any, _Row]] = []
        old: list[tuple[Any, _Row]] = []
        for row in rows:
            key = hash(table.key_of(row.values))
            digest, there = hash(self._said(row.values)), self.there.get(key)
            if there is not None and there[1] == digest:
                report.unchanged += 1
                continue
            made = {table.attribute(name): value for name, value in row.values.items() if name not in table.many}
            if there is None:
                new.append((table.model(**made), row))
            else:
                found = table.model(**made)
                found.pk = there[0]
                old.append((found, row))
            self._tell(row, there)
        report.added += len(new)
        report.changed += len(old)
        if not self.dry_run and (new or old):
            self._store(new, old)

    def _said(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        plain = tuple(self.table.say(name, values[name]) for name in self.given if name not in self.table.many)
        return plain + tuple(" ".join(sorted(values[name])) for name in self.table.many if name in self.given)

    def _tell(self, row: _Row, there: tuple[Any, int] | None) -> None:
        key = " ".join(self.table.say(name, row.values[name]) or "—" for name in self.table.key)
        self.seal.update(repr((row.line, key, self._said(row.values), there is None)).encode())
        if len(self.report.changes) >= SHOWN:
            return
        after = {name: self.table.say(name, row.values[name]) for name in self.given}
        before = dict.fromkeys(after, "")
        if there is not None:
            found = self.table.model._default_manager.get(pk=there[0])
            before = {name: cell(self.table, found, name) for name in self.given}
        fields = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
        self.report.changes.append(Change(row.line, key, fields, there is None))

    def _store(self, new: list[tuple[Any, _Row]], old: list[tuple[Any, _Row]]) -> None:
        objects = self.table.model._default_manager
        objects.bulk_create([one for one, _row in new])
        columns = [self.table.attribute(name) for name in self.given if name not in (*self.table.key, *self.table.many)]
        if old and columns:
            objects.bulk_create(
                [one for one, _row in old], update_conflicts=True, unique_fields=["pk"], update_fields=columns
            )
        for name in self.table.many:
            if name in self.given:
                for one, row in (*new, *old):
                    getattr(one, name).set(row.values[name])
        reading.touch()

    def finish(self) -> Report:
        """The report; what changed is a row of the record."""
        report = self.report
        report.digest = self.seal.hexdigest()
        if not self.dry_run and (report.added or report.changed):
            told = [{"key": one.key, "fields": {n: list(p) for n, p in one.fields.items()}} for one in report.changes]
            with transaction.atomic():
                write(
                    What.REGISTRY_CHANGED,
                    self.by,
                    table=report.table,
                    rows=report.added + report.changed,
                    details={"added": report.added, "changes": told},
                )
        return report


def _absent(read: Callable[[str], Any]) -> Any:
    """What a column that the file lacks has in a new row."""
    try:
        return read("")
    except BadRow:
        return ""


def _applied_for() -> set[str]:
    from tongban.registry import snapshot

    return {code for code, row in snapshot.current().matters.items() if row.serves("application")}


def _many(model: type[orm.Model], name: str) -> dict[Any, set[str]]:
    found: dict[Any, set[str]] = {}
    for pk, code in model._default_manager.filter(**{f"{name}__isnull": False}).values_list("pk", name):
        found.setdefault(pk, set()).add(str(code))
    return found


def cell(table: Table, row: orm.Model, column: str) -> str:
    """A column of a stored row as a cell."""
    if column in table.many:
        return " ".join(sorted(str(one.pk) for one in getattr(row, column).all()))
    return table.say(column, getattr(row, table.attribute(column)))


def stored(name: str) -> Iterator[list[str]]:
    """The header and every row of a table, in the shape that is taken in."""
    table = TABLES[name]
    yield list(table.columns)
    rows = table.model._default_manager.order_by("pk")
    if table.many:
        rows = rows.prefetch_related(*table.many)
    for row in rows.iterator(chunk_size=BATCH):
        yield [cell(table, row, column) for column in table.columns]
