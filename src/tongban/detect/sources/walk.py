"""Walks over a file or a folder in a fixed order and reads every file; symbolic links are not followed.

The order is that of names within each folder, so that a walk that was cut off goes on where it stood, even if
files came or went meanwhile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from .archives import Budget, Reading
from .blobs import NotAFile, opened
from .files import read_file
from .pieces import DONE, Limits, Mode, Pieces, Place, SourceError


def read_path(
    path: str | os.PathLike[str], *, limits: Limits | None = None, resume_at: str | None = None, mode: Mode = "columns"
) -> Pieces:
    """The pieces of a file, or of all files under a folder, in bounded memory.

    `resume_at` is the `at` of the last piece that was dealt with, of a reading with the same path, limits and
    mode. SourceError if the path isn't there or `resume_at` is none; for everything below it a Skipped says
    what wasn't read and why.
    """
    root = os.fspath(path)
    if not os.path.lexists(root):
        raise SourceError("not_found", shown(root))
    after, state = _resumed(resume_at)
    return _walk(root, limits or Limits(), mode, after, state)


def _resumed(resume_at: str | None) -> tuple[list[str], Any]:
    if resume_at is None:
        return [], None
    try:
        after, state = json.loads(resume_at)
        if not isinstance(after, list) or not all(isinstance(name, str) for name in after):
            raise ValueError("not a place")
    except (ValueError, TypeError):
        raise SourceError("wrong_place") from None
    return after, state


def _walk(root: str, limits: Limits, mode: Mode, after: list[str], state: Any) -> Pieces:
    if not os.path.isdir(root):
        yield from _file(root, [], limits, mode, state)
        return
    top = os.path.realpath(root)
    for names, why in _entries(root, [], after):
        path = os.path.join(root, *names)
        place = Place(shown(path), "", lambda rest, names=names: [names, rest])  # type: ignore[misc]
        begun = state if names == after else None
        if begun == DONE:
            continue
        if why:
            yield place.skipped(why)
        elif os.path.islink(path):
            inside = os.path.realpath(path).startswith(top + os.sep)
            yield place.skipped("symlink_inside" if inside else "symlink")
        else:
            yield from _file(path, names, limits, mode, begun)


def _entries(folder: str, names: list[str], after: list[str]) -> Iterator[tuple[list[str], str]]:
    """(names from the root, empty or why it can't be entered) of everything that is no folder,
    in order, from `after` on."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except OSError:
        yield names, "unreadable"
        return
    for name, is_folder in listed:
        if after and name < after[0]:
            continue
        here = after[1:] if after and name == after[0] else []
        if is_folder:
            yield from _entries(os.path.join(folder, name), [*names, name], here)
        else:
            yield [*names, name], ""


def _file(path: str, names: list[str], limits: Limits, mode: Mode, state: Any) -> Pieces:
    place = Place(shown(path), "", lambda rest: [names, rest])
    if state == DONE:
        return
    try:
        with opened(path) as blob:
            yield from read_file(blob, place, Reading(limits, mode, 0, Budget()), state)
    except NotAFile:
        yield place.skipped("not_a_file")
    except OSError:
        yield place.skipped("unreadable")


def shown(path: str) -> str:
    """A path that can be printed: names in GB18030 on a UTF-8 system are read as such."""
    try:
        path.encode()
        return path
    except UnicodeEncodeError:
        return os.fsencode(path).decode("gb18030", "replace")
