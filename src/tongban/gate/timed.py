"""What the rooms do by themselves as time goes by, for the worker (`Timed` in `parts.py`)."""

from __future__ import annotations

from .door import parts
from .parts import Timed


def timed() -> list[Timed]:
    """What the rooms have named, in the order of INSTALLED_APPS."""
    return parts(Timed)
