"""What a door does by itself as time goes by: it names the work in `ready()`, the worker does it (`working.py`).

Each piece is small, takes a batch, and is safe to kill and safe beside other workers. Not for what hangs on one act:
that is a procedure's `stored`, in the act's own transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timed:
    """`run` does one batch and returns how much there was; after 0 the worker waits `every` seconds before it asks again.

    `aside` is work that is only begun here and done by another process: a worker that runs once leaves it alone.
    """

    name: str
    run: Callable[[], int]
    every: float
    aside: bool = False


_timed: dict[str, Timed] = {}


def do_again(*pieces: Timed) -> None:
    """Have the worker do this. A door calls this when its app is ready; the same name again replaces the piece."""
    _timed.update({piece.name: piece for piece in pieces})


def timed() -> list[Timed]:
    """What the doors have named, in the order in which they did."""
    return list(_timed.values())
