"""Compiles the scanning loops with numba where it is installed (the extra `scan`), and leaves them as they are where not.

Compiled code is kept on disk beside the module, or in NUMBA_CACHE_DIR, so that the next start is quick.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

try:
    if os.environ.get("TONGBAN_DETECT_PLAIN"):
        raise ImportError("told to do without")
    from numba import njit

    FAST = True

    def compiled(function: F) -> F:
        """The function as machine code."""
        return cast(F, njit(cache=True, nogil=True, boundscheck=False)(function))

except ImportError:  # the loops run as plain Python, on the few bytes that `candidates` picked
    FAST = False

    def compiled(function: F) -> F:
        """The function as it is."""
        return function
