"""Making a publication: the rows in force, asked once more against the guards, in one form, as a file with its digest
and its signature.

The last look before a name goes out. Where a row breaks a rule (a list of protected names has grown since it was
decided), the whole publication stops and says so: better yesterday's feed than one that blocks what people need.
Files lie in `feeds/` of the data folder and are made when somebody asks and the register has changed. A file is there
whole or not at all.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tongban.ledger import signing

from .. import lists, register
from ..guarding import Lists
from ..models import Listed
from . import looking, pushing, rows
from .forms import FORMS, Publication, Row
from .looking import Stopped, checked
from .noted import Signed

__all__ = ["Published", "Stopped", "checked", "export", "latest", "publication", "published", "rows_of", "waiting"]

PIECE = 60_000
KEPT = 2
"""Publications of one form that stay: somebody may still be reading the one before."""
SLOW = 1.0
"""A publication that took longer (seconds) is served for `PATIENCE` times as long as it took before the next."""
PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Published:
    """One form of one publication. `key` changes with whatever it says; `made` is when the register last changed."""

    form: str
    key: str
    serial: int
    sha256: str
    size: int
    rows: int
    made: str
    seconds: float

    @property
    def file(self) -> Path:
        """Where it lies."""
        return folder() / f"{self.form}.{self.key}.{FORMS[self.form][1]}"

    @property
    def note(self) -> Path:
        """Its signature; not there where this house signs nothing."""
        return self.file.with_suffix(".sig")

    @property
    def about(self) -> Path:
        """What is known of it."""
        return self.file.with_suffix(".about")

    @property
    def etag(self) -> str:
        """For HTTP."""
        return f'"{self.form}-{self.key}"'


def folder() -> Path:
    """Where publications lie."""
    return Path(settings.DATA) / "feeds"


def page() -> str:
    """The address of the page that explains a block."""
    return f"{settings.ORIGIN}/blocked/"


def rows_of(listed: Iterable[Listed]) -> list[Row]:
    """The rows of a feed."""
    return [Row._make(getattr(one, name) for name in rows.FIELDS) for one in listed]


def published(form: str, found: Iterable[Row], about: Publication) -> Iterator[str]:
    """One form of the feed, in pieces of at least 60,000 characters. Raises KeyError for an unknown form."""
    write = FORMS[form][0]
    pieces: list[str] = []
    size = 0
    for piece in write(found, about):
        pieces.append(piece)
        size += len(piece)
        if size > PIECE:
            yield "".join(pieces)
            pieces, size = [], 0
    yield "".join(pieces)


def about(day: date, current: Lists) -> Publication:
    """What the feeds say of themselves on a day. Read before the rows: whoever goes on from here misses nothing."""
    version = rows.newest()
    changed = Listed.objects.filter(version=version).values_list("changed", flat=True).first()
    return Publication(
        changed or timezone.now(),
        register.serial(day),
        settings.SITE_NAME or "Tongban",
        page(),
        pushing.passing(current),
        pushing.action(),
        str(pushing.state_of(version, day, current)),
    )


def _key(said: Publication) -> str:
    """Changes with whatever a publication says: also after an old backup of the database, when the register goes on
    from an older version and other decisions get the numbers that were given before; and with a new key."""
    newest = Listed.objects.order_by("-version").values_list(*rows.FIELDS).first()
    keys = [one.verifier.vkey for one in signing.signers()]
    own = repr((said.publisher, said.page, said.action, said.mark, keys, newest))
    return f"{said.serial}-{sha256(own.encode()).hexdigest()[:12]}"


def latest(form: str) -> Published | None:
    """The newest publication of a form that there is; None where there is none. Raises KeyError for an unknown form."""
    ending = FORMS[form][1]
    found = sorted(folder().glob(f"{form}.*.{ending}"), key=lambda one: one.stat().st_mtime_ns, reverse=True)
    for file in found:
        try:
            return Published(**json.loads(file.with_suffix(".about").read_text()))
        except (OSError, ValueError, TypeError):
            continue
    return None


def is_current(form: str) -> bool:
    """Whether the newest publication of a form says what the register says now."""
    last = latest(form)
    return last is not None and last.key == _key(about(timezone.localdate(), lists.current()))


def publication(form: str, day: date | None = None) -> Published:
    """The publication of the register as it stands. Raises Stopped, and KeyError for an unknown form."""
    last = latest(form)
    if last is not None and last.seconds > SLOW and _age(last) < PATIENCE * last.seconds:
        return last
    today = day or timezone.localdate()
    current = lists.current()
    said = about(today, current)
    key = _key(said)
    if last is not None and last.key == key:
        return last
    with _alone(form):
        last = latest(form)
        if last is not None and last.key == key:
            return last
        _judge(today, current)
        made = _write(form, key, rows.in_force(today), said)
        _tidy(made)
    return made


def _age(last: Published) -> float:
    try:
        return time.time() - last.file.stat().st_mtime
    except OSError:
        return float("inf")


@contextmanager
def _alone(name: str) -> Iterator[None]:
    folder().mkdir(parents=True, exist_ok=True)
    lock = os.open(folder() / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _judge(day: date, current: Lists) -> None:
    """Every row that was not judged yet by these lists. Raises Stopped."""
    where = folder() / "judged"
    mark, version = looking.mark_of(current), rows.newest()
    before = _judged(where, mark)
    fresh = (row for row in rows.in_force(day) if row.version > before) if before < version else iter(())
    broken = looking.broken(fresh, current)
    if broken:
        raise Stopped(broken)
    if before < version:
        unfinished = where.with_suffix(".new")
        unfinished.write_text(json.dumps({"lists": mark, "version": version}))
        unfinished.replace(where)


def _judged(where: Path, mark: str) -> int:
    try:
        known = json.loads(where.read_text())
        return int(known["version"]) if known["lists"] == mark else -1
    except (OSError, ValueError, KeyError, TypeError):
        return -1


def _write(form: str, key: str, found: Iterable[Row], said: Publication) -> Published:
    began = time.monotonic()
    counted = _Counting(found)
    ending = FORMS[form][1]
    unfinished = folder() / f"{form}.{ending}.new"
    digest, size = sha256(), 0
    with unfinished.open("wb") as file:
        for piece in published(form, counted, said):
            raw = piece.encode()
            digest.update(raw)
            size += len(raw)
            file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    made = Published(
        form,
        key,
        said.serial,
        digest.hexdigest(),
        size,
        counted.number,
        said.made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        round(time.monotonic() - began, 3),
    )
    keys = signing.signers()
    if keys:
        name = f"{settings.ORIGIN.split('://', 1)[-1]}/feeds/{form}"
        note = Signed(name, made.serial, made.sha256, made.size, made.rows, made.made).by(keys)
        made.note.write_text(str(note), encoding="utf-8")
    made.about.write_text(json.dumps(asdict(made)))
    unfinished.replace(made.file)
    return made


class _Counting:
    def __init__(self, found: Iterable[Row]) -> None:
        self.found, self.number = found, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.found:
            self.number += 1
            yield row


def _tidy(made: Published) -> None:
    files = folder().glob(f"{made.form}.*.{FORMS[made.form][1]}")
    for old in sorted(files, key=lambda one: one.stat().st_mtime_ns, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)
        old.with_suffix(".sig").unlink(missing_ok=True)
        if old.with_suffix(".entered").exists():
            old.with_suffix(".about").unlink(missing_ok=True)
            old.with_suffix(".entered").unlink(missing_ok=True)


def export(where: Path) -> Iterator[Published]:
    """Every form into a folder, under its plain name, each in one move. Raises Stopped before the first."""
    where.mkdir(parents=True, exist_ok=True)
    today, current = timezone.localdate(), lists.current()
    folder().mkdir(parents=True, exist_ok=True)
    _judge(today, current)
    for form in FORMS:
        made = publication(form, today)
        for source, ending in ((made.file, FORMS[form][1]), (made.note, "sig")):
            if source.exists():
                name = f"{form}.{ending}" if ending != "sig" else f"{form}.{FORMS[form][1]}.sig"
                unfinished = where / f"{name}.new"
                unfinished.write_bytes(source.read_bytes())
                unfinished.replace(where / name)
        yield made


# --- digests for the ledger -------------------------------------------------------------------------------------------


def waiting() -> list[Published]:
    """Publications whose digest is not on the ledger's queue yet, the oldest first."""
    found = []
    for file in sorted(folder().glob("*.about"), key=lambda one: one.stat().st_mtime_ns):
        if not file.with_suffix(".entered").exists():
            try:
                found.append(Published(**json.loads(file.read_text())))
            except (ValueError, TypeError):
                continue
    return found


def entered(made: Published) -> None:
    """Its digest is on the queue."""
    made.about.with_suffix(".entered").touch()
    if not made.file.exists():
        made.about.unlink(missing_ok=True)
        made.about.with_suffix(".entered").unlink(missing_ok=True)
