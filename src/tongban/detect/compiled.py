"""The same loops twice: as plain Python, and compiled with numba where the extra `scan` is installed.

A module of loops (one of ROOMS) is imported as it is (plain: it starts at once and suits a letter); `load` gives its
compiled twin, made from the same file, and a twin imports the twins of the rooms it names. Compiled code is kept on
disk beside the module, or in NUMBA_CACHE_DIR, so that the next start is quick; a change in any of the files makes it
new. TONGBAN_DETECT_PLAIN=1 does without.
"""

from __future__ import annotations

import builtins
import hashlib
import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

ROOMS = frozenset(
    {"cells", "codes", "context", "groups", "internet", "judging", "lanes", "loops", "people_loops", "signs", "sums"}
)
"""The modules that can be compiled."""
FAST = False
"""Whether the module that imports this name is compiled."""
_one_at_a_time = threading.RLock()


def compiled(function: F) -> F:
    """The function as machine code in a twin; as it is in a plain module."""
    return function


def inner(function: F) -> F:
    """The same for what only compiled code calls: without a way in from Python, and no array's
    owners are counted on the way."""
    return function


def outer(function: F) -> F:
    """The same with a way in from Python, for what makes no arrays."""
    return function


def inlined(function: F) -> F:
    """The same, put in where it is called: for what is short, or called from one place."""
    return function


def table(values: Any) -> Any:
    """An array as compiled code reads it best in a twin; a list in a plain module."""
    return values.tolist()


def possible() -> bool:
    """Whether loops can be compiled here: with numba, on a little-endian machine."""
    return (
        not os.environ.get("TONGBAN_DETECT_PLAIN")
        and sys.byteorder == "little"
        and importlib.util.find_spec("numba") is not None
    )


@cache
def stamp() -> str:
    """A short digest of all files of which something goes into compiled code.

    numba keeps machine code by the file of its own function alone, though it holds what the function calls and reads.
    So the digest goes into the name under which it is kept.
    """
    here = Path(__file__).parent
    return hashlib.sha256(
        b"\0".join(
            (here / f"{name}.py").read_bytes() for name in (*sorted(ROOMS), "tables", "vectors", "compiled", "findings")
        )
    ).hexdigest()[:12]


def load(name: str) -> ModuleType:
    """The compiled twin of one of ROOMS (`load("loops")`). Raises ImportError where numba is not there."""
    full = f"{__package__}.{name}"
    twin = f"{full}_compiled"
    with _one_at_a_time:
        if twin in sys.modules:
            return sys.modules[twin]
        if not possible():
            raise ImportError("the fast scanner needs numba: install tongban[scan]")
        source = importlib.util.find_spec(full) if name in ROOMS else None
        if source is None or source.origin is None:
            raise ImportError(full)
        spec = importlib.util.spec_from_file_location(twin, source.origin)
        if spec is None or spec.loader is None:
            raise ImportError(full)
        module = importlib.util.module_from_spec(spec)
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import_of_twins}
        sys.modules[twin] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[twin]
            raise
        return module


def _machine_code(**options: Any) -> Callable[[F], F]:
    def compiled_with(function: F) -> F:
        import numba

        njit: Any = numba.njit
        function.__qualname__ = f"{function.__qualname__}_{stamp()}"
        return cast(F, njit(cache=True, nogil=True, boundscheck=False, **options)(function))

    return compiled_with


_INNER = {"_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_FOR_TWINS = SimpleNamespace(
    FAST=True,
    compiled=_machine_code(),
    outer=_machine_code(_nrt=False),
    inner=_machine_code(**_INNER),
    inlined=_machine_code(**_INNER, forceinline=True),
    table=lambda values: values,
)


def _import_of_twins(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    """`import` as a twin does it: `from tongban.detect.signs import …` gives the compiled ones."""
    package, _dot, room = importlib.util.resolve_name("." * level + name, __package__).rpartition(".")
    if fromlist and package == __package__ and room == "compiled":
        return _FOR_TWINS
    if fromlist and package == __package__ and room in ROOMS:
        return load(room)
    return builtins.__import__(name, globals, locals, fromlist or (), level)
