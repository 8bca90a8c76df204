"""The learned suggester of matters: what it learns from, where it is kept, when it learns, and how the door asks it.

It learns from letters whose matter officials have confirmed, and from the matters' names and duties. It never decides:
below the confidence at which more than MATTER_ERROR of its answers would be wrong it says so, and the clerk chooses.
Not for the first version that needs no letters (`letters.suggest`). A model and its card hold words of unpublished
letters: their files are sealed with the key ring.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from tongban.cases.models import Case
from tongban.registry import snapshot
from tongban.text import MatterText, ModelFileError, Suggestion
from tongban.text.models_folder import CURRENT, MODEL, go_back, keep
from tongban.vault.keyring import KeyRingError, ring

from . import aside

if TYPE_CHECKING:  # at run time only where a model is asked or trained
    from tongban.text import Example, MatterModel

PURPOSE = b"letters.advice.matters\x00"
UNDECIDED = ("submitted", "dispatched", "returned", "disputed", "withdrawn")
"""States in which no official has yet stood by the matter."""
MOST_LETTERS = 30_000
FEWEST_NEW = 30
NIGHT = (1, 5)
LOOK_EVERY = 5.0
_lock = threading.Lock()
_kept: dict[str, Any] = {"at": 0.0, "stamp": None, "model": None}


def folder() -> Path:
    """Where the models are kept."""
    return Path(settings.DATA) / "models" / "matters"


def seal(content: bytes, name: str) -> bytes:
    """The content of a model's file, sealed."""
    return ring().seal(content, PURPOSE + name.encode())


def unseal(content: bytes, name: str) -> bytes:
    """The content of a model's file. Raises ModelFileError where it was not sealed here."""
    try:
        return ring().open(content, PURPOSE + name.encode())
    except KeyRingError as error:
        raise ModelFileError(f"{name}: {error}; learn again: tongban text train --here") from None


def card(name: str = "card.json") -> str | None:
    """The card of the model in use, as JSON or ("card.md") in words; None where there is none."""
    try:
        return unseal((folder() / CURRENT / name).read_bytes(), name).decode()
    except (OSError, ModelFileError):
        return None


def files() -> list[Path]:
    """The sealed files of the learned models."""
    return [file for file in folder().glob("*/*") if file.is_file() and not file.name.startswith(".")]


def reseal() -> Iterator[int]:
    """Seal the models' files with the newest key of the ring; yields 1 for each file looked at."""
    for file in files():
        content = file.read_bytes()
        if not ring().sealed_with_current(content):
            half = file.with_name(f".{file.name}.sealing")
            half.write_bytes(seal(unseal(content, file.name), file.name))
            half.replace(file)
        yield 1


def learned() -> MatterModel | None:
    """The model in use, or None where nothing was learned yet. A new one is seen within LOOK_EVERY seconds."""
    now = time.monotonic()
    if now - _kept["at"] < LOOK_EVERY and _kept["at"]:
        return _kept["model"]  # type: ignore[no-any-return]
    with _lock:
        file = folder() / CURRENT / MODEL
        try:
            stamp = (file.stat().st_mtime_ns, file.stat().st_size)
        except OSError:
            stamp = None
        if stamp != _kept["stamp"]:
            from tongban.text import load

            try:
                model = load(file, unseal) if stamp else None
            except ModelFileError:
                model = None
            _kept.update(stamp=stamp, model=model)
        _kept["at"] = now
        return _kept["model"]  # type: ignore[no-any-return]


def forget() -> None:
    """Look at the folder again at the next question."""
    _kept.update(at=0.0, stamp=None, model=None)


@dataclass(frozen=True, slots=True)
class Advice:
    """Suggestions, best first, and whether the first is as sure as the office asks. `learned`: by the
    model, with confidences."""

    suggestions: list[Suggestion]
    sure: bool
    learned: bool


def advise(text: str, top: int = 3) -> Advice | None:
    """What the model says of a text; None where there is no model, or it knows too little of such a text."""
    model = learned()
    if model is None or not text.strip():
        return None
    registry = snapshot.current()
    found = [
        one
        for one in model.suggest(text[:20_000], top + 2)
        if (row := registry.matters.get(one.code)) is not None and row.active and row.serves("letter")
    ][:top]
    if not found:
        return None
    return Advice(found, found[0].score >= model.threshold(settings.MATTER_ERROR), True)


def examples() -> Iterator[Example]:
    """Letters that officials stood by, the newest first; without the erased."""
    from tongban.text import Example

    cases = Case.objects.filter(kind="letter", erased_at__isnull=True).exclude(state__in=UNDECIDED)
    for case in cases.order_by("-id")[:MOST_LETTERS].iterator(chunk_size=500):
        yield Example(str(case.pk), case.body, case.matter_id, case.subject)


def learn(progress: Callable[[str, int, int], None] | None = None) -> Path:
    """Learns from this deployment's letters and puts the model in use; returns its folder. ValueError where there
    is nothing to learn from."""
    from tongban.text import train

    registry = snapshot.current()
    tree = {code: row.parent for code, row in registry.matters.items() if row.active and row.serves("letter")}
    tree = {code: parent if parent in tree else None for code, parent in tree.items()}
    texts = [
        MatterText(
            code,
            [registry.matters[one].name for one in registry.line("matters", code)],
            registry.matters[code].description,
        )
        for code in tree
    ]
    known = [example for example in examples() if example.code in tree]
    model = train(known, tree, texts=texts, progress=progress)
    return keep(model, folder(), {code: registry.matters[code].name for code in tree}, seal, unseal)


def put_back() -> Path:
    """The model before this one is in use again."""
    where = go_back(folder(), unseal)
    forget()
    return where


def learn_at_night() -> int:
    """For the worker: once a night another process learns, where enough letters were decided since.
    Returns 0, it has no queue."""
    if not NIGHT[0] <= timezone.localtime().hour < NIGHT[1]:
        return 0
    model = learned()
    file = folder() / CURRENT / MODEL
    if file.exists() and time.time() - file.stat().st_mtime < timedelta(hours=20).total_seconds():
        return 0
    decided = Case.objects.filter(kind="letter", erased_at__isnull=True).exclude(state__in=UNDECIDED).count()
    if decided - (model.about.get("letters", 0) if model else 0) >= FEWEST_NEW:
        aside.begin("train")
    return 0
