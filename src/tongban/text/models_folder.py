"""A folder with the model in use and the one before it, each with its card, so that one can go back.
Plain files, no database.

models/current/model.npz  card.json  card.md
models/previous/…
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ModelFileError

if TYPE_CHECKING:  # at run time only where a model is read or written
    from .matters_model import MatterModel
    from .model_file import Coat

CURRENT, PREVIOUS, MODEL = "current", "previous", "model.npz"


def keep(
    model: MatterModel,
    folder: Path,
    names: Mapping[str, str] | None = None,
    seal: Coat | None = None,
    unseal: Coat | None = None,
) -> Path:
    """Put a model in use; the one that was becomes the previous. Returns the folder of the new one.

    With `seal` (and `unseal` for the one before it) its three files are never written but sealed.
    """
    from .model_card import card, markdown
    from .model_file import save

    folder.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        save(model, fresh / MODEL, seal)
        facts = card(model, _last(folder, unseal), (fresh / MODEL).stat().st_size, names)
        for name, words in (
            ("card.json", json.dumps(facts, ensure_ascii=False, indent=1) + "\n"),
            ("card.md", markdown(facts)),
        ):
            (fresh / name).write_bytes(seal(words.encode(), name) if seal else words.encode())
        fresh.chmod(0o755)
        current, previous = folder / CURRENT, folder / PREVIOUS
        if current.exists():
            if previous.exists():
                shutil.rmtree(previous)
            current.rename(previous)
        return fresh.rename(current)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def in_use(folder: Path, unseal: Coat | None = None) -> MatterModel:
    """The model in use. Raises ModelFileError where there is none."""
    from .model_file import load

    return load(folder / CURRENT / MODEL, unseal)


def go_back(folder: Path, unseal: Coat | None = None) -> Path:
    """Put the previous model in use again, and keep the present one as the previous: twice is as
    before. Raises ModelFileError."""
    from .model_file import load

    current, previous = folder / CURRENT, folder / PREVIOUS
    load(previous / MODEL, unseal)
    aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=folder)) / CURRENT
    if current.exists():
        current.rename(aside)
    previous.rename(current)
    if aside.exists():
        aside.rename(previous)
    aside.parent.rmdir()
    return current


def _last(folder: Path, unseal: Coat | None) -> MatterModel | None:
    """The model to compare with; a damaged one is none."""
    try:
        return in_use(folder, unseal)
    except ModelFileError:
        return None
