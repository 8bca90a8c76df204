"""The same loops twice: as plain Python, and compiled with numba where the extra `scan` is installed.

A module of loops is imported as it is (plain: it starts at once and suits a letter); `load` gives its compiled twin, made from
the same file. Compiled code is kept on disk beside the module, or in NUMBA_CACHE_DIR, so that the next start is quick.
TONGBAN_DETECT_PLAIN=1 does without.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

FAST = False
"""Whether the module that is being imported right now is to be compiled. Read it at import, and keep it."""
_one_at_a_time = threading.RLock()


def possible() -> bool:
    """Whether loops can be compiled here."""
    return not os.environ.get("TONGBAN_DETECT_PLAIN") and importlib.util.find_spec("numba") is not None


def compiled(function: F) -> F:
    """The function as machine code, or as it is."""
    if not FAST:
        return function
    from numba import njit

    return cast(F, njit(cache=True, nogil=True, boundscheck=False)(function))


def load(name: str) -> ModuleType:
    """The compiled twin of a module of this package (`load("loops")`). Raises ImportError where numba is not there."""
    global FAST
    full = f"{__package__}.{name}"
    twin = f"{full}_compiled"
    with _one_at_a_time:
        if twin in sys.modules:
            return sys.modules[twin]
        if not possible():
            raise ImportError("the fast scanner needs numba: install tongban[scan]")
        source = importlib.util.find_spec(full)
        if source is None or source.origin is None:
            raise ImportError(full)
        spec = importlib.util.spec_from_file_location(twin, source.origin)
        if spec is None or spec.loader is None:
            raise ImportError(full)
        module = importlib.util.module_from_spec(spec)
        sys.modules[twin] = module
        FAST = True
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[twin]
            raise
        finally:
            FAST = False
        return module
