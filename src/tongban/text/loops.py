"""Compiles the inner loops of learning and suggesting with numba where it is installed (the extra `scan`), and leaves
them as they are where not.

Without numba one letter still takes only some milliseconds; to learn from thousands of letters takes numba.
Compiled code is kept on disk beside the module, or in NUMBA_CACHE_DIR, so that the next start is quick.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

try:
    if os.environ.get("TONGBAN_TEXT_PLAIN"):
        raise ImportError("told to do without")
    from numba import njit

    FAST = True

    def compiled(function: F) -> F:
        """The function as machine code."""
        return cast(F, njit(cache=True, nogil=True)(function))

except ImportError:
    FAST = False

    def compiled(function: F) -> F:
        """The function as it is."""
        return function
