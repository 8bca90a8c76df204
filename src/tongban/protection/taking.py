"""Takes a report in: sources, fields, what changed since the last scan, and what waits for a person. One transaction.

The same report twice adds nothing. What an officer decided stays. A field is gone only where its file or database, or
the whole target in which it was last seen, was looked at and the field was neither found nor skipped; a sample makes
nothing gone. Not for checking the report's form: `reports.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.actor import Actor
from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.detect.findings import kinds
from tongban.detect.report import FieldFound, Report
from tongban.registry import snapshot
from tongban.registry.models import Unit
from tongban.text import fold
from tongban.vault.keyring import ring

from . import access
from .models import NAME, Difference, Field, Scan, Skipped, Source
from .reports import Checked, checked, public
from .verdicts import Change, Said, changes, review_after
from .words import category_of

BATCH = 500
LOOKED_AT = frozenset({"binary_column", "empty", "long_value", "symlink_inside"})
"""Reasons of files and tables that were looked at all the same: what they held before and do not hold now is gone."""
MOST_NAMED = 20
"""Columns that a reader names in one reason; where there are as many there may be more."""
Progress = Callable[[int, int], None]
SAID = ("said_type", "said_level", "said_personal", "said_sensitive")
COPIED = ("rows", "filled", "share", "error_bound", "persons", "sure", "why", "comment", "declared")
WRITTEN = (
    *COPIED, *SAID, "path", "part", "column", "because", "found", "where", "samples", "type", "category", "level",
    "personal", "sensitive",
    "review", "review_because", "words", "last_scan", "target_key", "gone_at", "version",
)  # fmt: skip


@dataclass
class Taken:
    """What taking a report in did. `again`: it had been taken in before, and nothing was added."""

    scan: Scan
    again: bool = False
    differences: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    masked: int = 0


def blind(*parts: str) -> str:
    """A key for names that may hold personal data: the same names, the same key, and nobody can guess back from it."""
    return ring().blind("\x1f".join(parts).encode("utf-8", "surrogatepass").hex(), "protection.name")


def file_key(path: str) -> str:
    """The key of a file or a database."""
    return blind("file", path)


def part_key(path: str, part: str) -> str:
    """The key of a table, a sheet, a member of an archive."""
    return blind("part", path, part)


def take_in(
    report: Report,
    unit: str,
    actor: Actor,
    source: str = "",
    *,
    nonce: str | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Taken:
    """Take a report of data of `unit` in; with `source`, everything in it belongs to the source of that name, else
    every file and database is a source of its own. Raises Refusal, and then nothing was written."""
    registry, now = snapshot.current(), now or timezone.now()
    if unit not in registry.units:
        raise Refusal("bad_input", _("没有这个单位：%(unit)s。") % {"unit": unit}, "unit")
    access.need_change(actor, unit, registry)
    name = clean_text(source)
    if len(name) > NAME:
        raise Refusal("bad_input", _("最多 %(most)d 个字。") % {"most": NAME}, "source")
    fit = checked(report, now)
    digest = hashlib.sha256(f"{name}\x1f{report.as_json()}".encode("utf-8", "surrogatepass")).hexdigest()
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit)
        before = _before(unit, digest, nonce)
        if before is not None:
            return Taken(before, again=True)
        return Intake(fit, report, unit, actor, public(name), digest, nonce, now).run(progress)


def _before(unit: str, digest: str, nonce: str | None) -> Scan | None:
    """The scan that this report made when it was first taken in. Raises Refusal where the key was used for another."""
    used = Scan.objects.filter(nonce=nonce).first() if nonce else None
    if used is not None and (used.digest != digest or used.unit_id != unit):
        raise Refusal("conflict", _("这个 Idempotency-Key 已经用于别的内容，请换一个新的。"), "Idempotency-Key")
    return used or Scan.objects.filter(unit_id=unit, digest=digest).first()


class Intake:
    """One report on its way in. `report` has the names as the scanner wrote them (for keys), `fit` as they are kept."""

    def __init__(
        self,
        fit: Checked,
        report: Report,
        unit: str,
        actor: Actor,
        name: str,
        digest: str,
        nonce: str | None,
        now: datetime,
    ) -> None:
        self.fit, self.report, self.unit, self.name, self.now = fit, report, unit, name, now
        kept = fit.report
        self.scan = Scan(
            unit_id=unit, digest=digest, nonce=nonce, started_at=fit.started_at, finished_at=fit.finished_at,
            profile=kept.profile,
            sampled=kept.sampled, rows=kept.rows, bytes=kept.read, fields=len(kept.fields),
            target_key=blind("target", name, report.target) if report.target else "", taken_at=now,
            taken_by_id=actor.official_id,
        )  # fmt: skip
        self.changed: list[tuple[Field, list[Change]]] = []

    def run(self, progress: Progress | None = None) -> Taken:
        """Write everything down."""
        sources = self._sources()
        self._not_older(sources.values())
        self.scan.save()
        self.scan.sources.set(sources.values())
        Skipped.objects.bulk_create(
            [
                Skipped(scan=self.scan, path=left.source, part=left.part, key=left.key, why=left.why)
                for left in self.fit.report.skipped
            ],
            batch_size=BATCH,
        )
        held = {
            (row.source_id, row.key): row
            for row in Field.objects.filter(source__in=sources.values()).select_related("source")
        }
        new, old, same = [], [], []
        pairs = list(zip(self.report.fields, self.fit.report.fields, strict=True))
        for done, (raw, kept) in enumerate(pairs, start=1):
            source = sources[self._source_key(raw.source)]
            row = held.pop((source.pk, blind("field", raw.key)), None)
            if row is None:
                new.append(self._new(raw, kept, source))
            elif self._update(row, kept):
                old.append(row)
            else:
                same.append(row.pk)
            if progress and done % BATCH == 0:
                progress(done, len(pairs))
        old += self._gone([*held.values(), *self._elsewhere(sources.values())])
        Field.objects.bulk_create(new, batch_size=BATCH)
        if old:  # an upsert by key: Django's bulk_update takes minutes for what this does in seconds
            Field.objects.bulk_create(
                old, batch_size=BATCH, update_conflicts=True, update_fields=WRITTEN, unique_fields=["id"]
            )
        for start in range(0, len(same), BATCH):
            Field.objects.filter(pk__in=same[start : start + BATCH]).update(
                last_scan=self.scan, **({"target_key": self.scan.target_key} if self.scan.target_key else {})
            )
        Difference.objects.bulk_create(
            [
                Difference(scan=self.scan, field=row, what=one.what, before=one.before[:80], after=one.after[:80])
                for row, many in self.changed
                for one in many
            ],
            batch_size=BATCH,
        )
        counted: dict[str, int] = {}
        for _row, many in self.changed:
            for one in many:
                counted[one.what] = counted.get(one.what, 0) + 1
        waiting = sum(row.review == "waiting" for row in (*new, *old))
        return Taken(self.scan, False, counted, waiting, self.fit.masked)

    def _source_key(self, path: str) -> str:
        return blind("named", self.name) if self.name else blind("file", path)

    def _sources(self) -> dict[str, Source]:
        """Key → source, of everything that the report looked at; made where it is new."""
        wanted: dict[str, tuple[str, str]] = {}
        kept = self.fit.report
        paths = [*zip(self.report.sources, map(public, kept.sources), strict=True)]
        paths += [(raw.source, fit.source) for raw, fit in zip(self.report.fields, kept.fields, strict=True)]
        for path, shown in paths:
            wanted.setdefault(self._source_key(path), (self.name or shown, "database" if "://" in path else "file"))
        if self.name and not wanted:
            wanted[self._source_key("")] = (self.name, "file")
        if not wanted:
            raise Refusal("bad_input", _("报告里没有任何数据源：扫描没有读到文件或数据库。"), "report")
        found = {
            row.key: row for row in Source.objects.filter(unit_id=self.unit, key__in=wanted, removed_at__isnull=True)
        }
        for key, (name, kind) in wanted.items():
            if key not in found:
                found[key] = Source.objects.create(unit_id=self.unit, key=key, name=name, kind=kind)
        return found

    def _not_older(self, sources: Iterable[Source]) -> None:
        """Raises Refusal where one of the sources was scanned later than this: what stands would be
        overwritten with the past."""
        later = (
            Scan.objects.filter(sources__in=list(sources), started_at__gt=self.scan.started_at)
            .order_by("-started_at")
            .first()
        )
        if later is not None:
            told = timezone.localtime(later.started_at).strftime("%Y-%m-%d %H:%M")
            raise Refusal(
                "conflict",
                _("目录里已经有更新的扫描（%(when)s），这份报告比它早，没有导入。") % {"when": told},
                "report",
            )

    def _new(self, raw: FieldFound, kept: FieldFound, source: Source) -> Field:
        row = Field(
            source=source,
            key=blind("field", raw.key),
            file_key=file_key(raw.source),
            part_key=part_key(raw.source, raw.part),
            first_scan=self.scan,
        )
        write(row, kept, self.scan, self.name != "")
        said = said_of(row)
        stand(row)
        settle(row)
        row.review, row.review_because = review_after("", [], None, said, False, False)
        self.changed.append((row, changes(None, said)))
        return row

    def _update(self, row: Field, kept: FieldFound) -> bool:
        """Whether the row has to be written anew."""
        before, was_gone, was = said_of(row), row.gone_at is not None, _content(row)
        write(row, kept, self.scan, self.name != "")
        now = said_of(row)
        found = changes(before, now, was_gone)
        if row.decision_id is None:
            stand(row)
        settle(row)
        row.gone_at = None
        row.review, row.review_because = review_after(
            row.review, row.review_because, before, now, bool(found), row.decision_id is not None
        )
        if found:
            self.changed.append((row, found))
        if was == _content(row):
            return False
        row.version += 1
        return True

    def _elsewhere(self, sources: Iterable[Source]) -> list[Field]:
        """Fields of files and databases that are not in this report, though the same target
        was looked at as a whole."""
        if not self.scan.target_key:
            return []
        there = Field.objects.filter(
            target_key=self.scan.target_key,
            source__unit_id=self.unit,
            source__removed_at__isnull=True,
            gone_at__isnull=True,
        )
        return list(there.exclude(source__in=[source.pk for source in sources]).select_related("source"))

    def _gone(self, rows: Iterable[Field]) -> list[Field]:
        """Those of the rows that this scan looked for and did not find."""
        if self.report.sampled:
            return []
        missed = [one for one in self.report.skipped if one.key not in LOOKED_AT]
        looked = set(map(file_key, self.report.sources)) - {file_key(one.source) for one in missed if not one.part}
        failed, left = (
            {file_key(one.source) for one in missed if not one.part},
            {part_key(one.source, one.part) for one in missed},
        )
        binary = [one for one in self.report.skipped if one.key == "binary_column"]
        left |= {
            part_key(one.source, one.part) for one in binary if not one.more or one.more.count("、") >= MOST_NAMED - 1
        }
        unread = {
            blind("field", "\x1f".join((one.source, one.part, name))) for one in binary for name in one.more.split("、")
        }
        rows = list(rows)
        # What is unreadable and no file that is known may be a folder with files in it.
        whole = self.scan.target_key if failed <= {row.file_key for row in rows} | looked else ""
        gone = []
        for row in rows:
            seen = row.file_key in looked or (
                row.file_key not in failed and row.target_key != "" and row.target_key == whole
            )
            if row.gone_at is None and seen and row.part_key not in left and row.key not in unread:
                row.gone_at, row.last_scan = self.now, self.scan
                row.version += 1
                self.changed.append((row, [Change("gone", row.said_level)]))
                gone.append(row)
        return gone


def _content(row: Field) -> tuple[Any, ...]:
    """What decides whether a row has to be written, without the scan that saw it last."""
    return tuple(getattr(row, name) for name in WRITTEN if name not in ("last_scan", "target_key", "version"))


def write(row: Field, found: FieldFound, scan: Scan, named: bool) -> None:
    """What the scanner says, onto the row. `named`: the source has a name of its own, so the
    path is told with the field."""
    for name in COPIED:
        setattr(row, name, getattr(found, name))
    row.path, row.part, row.column = found.source if named else "", found.part, found.column
    row.because, row.where, row.samples, row.found = (
        list(found.because),
        list(found.where),
        list(found.samples),
        dict(found.found),
    )
    row.said_type, row.said_level, row.said_personal, row.said_sensitive = (
        found.type,
        found.level,
        found.personal,
        found.sensitive,
    )
    row.last_scan = scan
    row.target_key = scan.target_key or row.target_key


def said_of(row: Field) -> Said:
    """What the scanner says of a row."""
    return Said(row.said_type, row.said_level, row.said_personal, row.said_sensitive, row.persons, row.sure)


def stand(row: Field) -> None:
    """Let what the scanner says stand."""
    row.type, row.level, row.personal, row.sensitive = (
        row.said_type,
        row.said_level,
        row.said_personal,
        row.said_sensitive,
    )


def settle(row: Field) -> None:
    """What follows from what stands: the category, and the words that the search looks in."""
    row.category = category_of(row.type)
    kind = kinds().get(row.type)
    parts = (
        row.source.name,
        row.path,
        row.part,
        row.column,
        row.comment,
        row.type,
        kind.zh if kind else "",
        kind.en if kind else "",
    )
    row.words = fold(" ".join(part for part in parts if part))
