"""ZIP files, and the document formats that are ZIP files: each member expanded into a private temporary file and
read as a file of its own.

Guards against archives made to exhaust: the size of the list of members, their number, the ratio, the size of each and
of all, the depth. The state is [member, bytes expanded so far, state of the member's reader].
"""

from __future__ import annotations

import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import IO, Any

from .blobs import Blob, opened
from .documents import form_of, read_document
from .pieces import DONE, Limits, Mode, Pieces, Place
from .sheets import read_sheets

_DIRECTORY = 64 << 20
_STEP = 1 << 20


@dataclass(slots=True)
class Budget:
    """Bytes expanded so far from one outermost archive, whatever lies in what."""

    spent: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What readers of files share: limits, the mode, how deep in archives they are, and what was expanded."""

    limits: Limits
    mode: Mode
    depth: int
    budget: Budget


Reader = Callable[[Blob, Place, Reading, Any], Pieces]


class _TooMuch(Exception):
    """A limit is exceeded; the argument is a key of WHY."""


def read_zip(blob: Blob, place: Place, reading: Reading, state: Any, read_file: Reader) -> Pieces:
    """A document, a workbook or an ordinary ZIP file. zipfile.BadZipFile for a damaged one."""
    if _directory_size(blob) > _DIRECTORY:
        yield place.skipped("members")
        return
    with zipfile.ZipFile(blob.path) as archive:
        names = archive.namelist()
        mimetype = b""
        if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
            mimetype = archive.read("mimetype")
        form = form_of(names, mimetype)
        if form == "xlsx":
            yield from read_sheets(archive, place, reading.limits, state)
        elif form:
            yield from read_document(archive, form, place, reading.limits, state)
        elif reading.depth >= reading.limits.depth:
            yield place.skipped("depth")
        else:
            yield from _members(archive, blob, place, reading, state, read_file)


def _members(
    archive: zipfile.ZipFile, blob: Blob, place: Place, reading: Reading, state: Any, read_file: Reader
) -> Pieces:
    first, spent, inner = state if state is not None else (0, 0, None)
    limits, budget = reading.limits, reading.budget
    budget.spent = max(budget.spent, spent)
    deeper = replace(reading, depth=reading.depth + 1)
    with tempfile.TemporaryDirectory(prefix="tongban-scan-") as folder:
        for index, info in enumerate(archive.infolist()):
            if index < first or info.is_dir() or (index == first and inner == DONE):
                continue
            before = budget.spent
            reached = partial(_reached, budget, index, before)
            part = place.inside(name_of(info), reached)
            if index >= limits.members:
                yield place.skipped("members")
                return
            if info.flag_bits & 1:
                yield part.skipped("encrypted")
                continue
            path = f"{folder}/{index}"
            try:
                with archive.open(info) as stream, open(path, "xb") as file:
                    _expand(stream, file, info, limits, budget)
            except _TooMuch as error:
                os.unlink(path)
                yield part.skipped(str(error))
                if budget.spent >= limits.expanded_bytes:
                    yield place.skipped("bomb")
                    return
                continue
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
                yield part.skipped("unsupported" if isinstance(error, NotImplementedError) else "damaged")
                continue
            with opened(path, info.filename) as member:
                yield from read_file(member, part, deeper, inner if index == first else None)
            os.unlink(path)  # its space is given back before the next one
    yield place.finished(blob.size)


def _reached(budget: Budget, index: int, before: int, rest: Any) -> list[Any]:
    """Where to go on: the member, what had been spent before it, and where within it."""
    return [index, before if rest != DONE else budget.spent, rest]


def _expand(stream: IO[bytes], file: IO[bytes], info: zipfile.ZipInfo, limits: Limits, budget: Budget) -> None:
    """Copies a member out, counting what comes and not what the archive says. _TooMuch."""
    size = 0
    while raw := stream.read(_STEP):
        size += len(raw)
        budget.spent += len(raw)
        if size > limits.member_bytes or budget.spent > limits.expanded_bytes:
            raise _TooMuch("bomb")
        if size > limits.ratio_from and size > limits.ratio * max(info.compress_size, 1):
            raise _TooMuch("ratio")
        file.write(raw)


def name_of(info: zipfile.ZipInfo) -> str:
    """The member's name; of archives made by Chinese Windows, which don't say their encoding, by GB18030."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _directory_size(blob: Blob) -> int:
    """The size of the list of members that the end of the archive declares, before anything reads it into memory."""
    tail = blob.read(min(blob.size, 66_000), max(0, blob.size - 66_000))
    size = 0
    place = tail.rfind(b"PK\x05\x06")
    if place >= 0 and place + 16 <= len(tail):
        size = struct.unpack_from("<I", tail, place + 12)[0]
    large = tail.rfind(b"PK\x06\x06")
    if size == 0xFFFFFFFF and large >= 0 and large + 48 <= len(tail):
        size = struct.unpack_from("<Q", tail, large + 40)[0]
    return int(min(size, blob.size))
