"""The lists of protected, shared and popular names that the guards ask: what comes with the door and, over it, what the
administrator imported (`tongban names import popular FILE`). Data with a day; never fetched by itself.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from django.conf import settings

from .guarding import Lists, read_names, shipped

KINDS = ("protected", "shared", "popular")
_kept: dict[str, object] = {"at": None, "lists": None}


def folder() -> Path:
    """Where imported lists lie."""
    return Path(settings.DATA) / "names"


def _stamp() -> tuple[tuple[str, int], ...]:
    where = folder()
    return tuple(
        (kind, (where / f"{kind}.txt").stat().st_mtime_ns) for kind in KINDS if (where / f"{kind}.txt").exists()
    )


def current() -> Lists:
    """The lists as they are now; read again when a file has changed."""
    stamp = _stamp()
    if _kept["lists"] is None or _kept["at"] != stamp:
        _kept["lists"], _kept["at"] = _read(), stamp
    found = _kept["lists"]
    assert isinstance(found, Lists)
    return found


def _read() -> Lists:
    base, found, dated = shipped(), {}, dict(shipped().dated)
    for kind in KINDS:
        names = set(getattr(base, kind))
        file = folder() / f"{kind}.txt"
        if file.exists():
            more, _bad = read_names(file.read_text(encoding="utf-8").splitlines())
            names |= more
            about = file.with_suffix(".json")
            dated[kind] = json.loads(about.read_text())["day"] if about.exists() else "?"
        found[kind] = frozenset(names)
    return Lists(found["protected"], found["shared"], found["popular"], tuple(sorted(dated.items())))


def take_in(kind: str, file: Path, most: int = 0) -> tuple[int, list[tuple[int, str]]]:
    """Replace an imported list by the names in `file` (the first `most`, where given); how many, and the lines that
    were none. Raises ValueError for an unknown kind."""
    if kind not in KINDS:
        raise ValueError(kind)
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    names, bad = read_names(lines[:most] if most else lines)
    where = folder()
    where.mkdir(parents=True, exist_ok=True)
    unfinished = where / f"{kind}.new"
    unfinished.write_text("\n".join(sorted(names)) + "\n", encoding="utf-8")
    (where / f"{kind}.json").write_text(json.dumps({"day": date.today().isoformat(), "names": len(names)}))
    unfinished.replace(where / f"{kind}.txt")
    return len(names), bad
