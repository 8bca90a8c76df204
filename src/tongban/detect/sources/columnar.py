"""Parquet: row groups in batches of rows, all columns as strings; binary columns are noted and skipped. Needs pyarrow.

Read in a child process with a limit of memory (parquet_child.py): a file of 331 bytes can hold gigabytes, and no crash
of a parser ends the scan. The child reads one file after another; one that hangs or dies is replaced by a new one.
"""

from __future__ import annotations

import importlib.util
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from .pieces import Limits, Pieces, Place
from .rows import Batches

_CHILD = Path(__file__).with_name("parquet_child.py")


class _Ended(Exception):
    """The child cannot go on; the arguments are a key of WHY and what else is to be said."""


class _Child:
    """A child that waits for the next file."""

    def __init__(self, memory: int) -> None:
        command = [sys.executable, "-I", str(_CHILD), str(memory)]
        env = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}  # the others reserve more room than the limit gives
        self.memory, self.owner = memory, os.getpid()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
        )

    @property
    def usable(self) -> bool:
        """Whether it can take another file of this process."""
        return self.owner == os.getpid() and self._process.poll() is None

    def frames(self, asked: dict[str, Any], seconds: int) -> Iterator[tuple[bytes, Any]]:
        """(kind, content) of the answers up to the end. Raises _Ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise _Ended("crashed", "") from None
        while True:
            head = self._read(9, seconds)
            content = self._read(int.from_bytes(head[1:], "little"), seconds)
            kind = head[:1]
            if kind == b"E":
                told = json.loads(content)
                raise _Ended(told["why"], told["more"])
            if kind == b"Z":
                return
            yield kind, content if kind == b"B" else json.loads(content)

    def _read(self, size: int, seconds: int) -> bytes:
        """So many bytes. The time counts while one waits for them, not while what came is looked at."""
        assert self._process.stdout is not None
        if size > self.memory:
            raise _Ended("too_large", "")
        parts: list[bytes] = []
        while size:
            if not select.select([self._process.stdout], [], [], seconds)[0]:
                raise _Ended("timeout", "")
            raw = os.read(self._process.stdout.fileno(), min(size, 1 << 20))
            if not raw:
                raise _Ended("crashed", "")
            parts.append(raw)
            size -= len(raw)
        return b"".join(parts)

    def close(self) -> None:
        """Ends it, whatever it does."""
        with suppress(OSError):
            self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._process.wait()


_waiting: list[_Child] = []
"""Children without work; they end when this process does, for their input ends."""


def _child(memory: int) -> _Child:
    while _waiting:
        child = _waiting.pop()
        if child.usable and child.memory == memory:
            return child
        if child.owner == os.getpid():
            child.close()
    return _Child(memory)


def read_parquet(path: str, place: Place, limits: Limits, state: Any) -> Pieces:
    """The rows of a Parquet file. The state is [row group, rows of it given, number of the next row]."""
    if importlib.util.find_spec("pyarrow") is None:
        yield place.skipped("missing_extra")
        return
    import pyarrow as pa

    group, given, row = state if state is not None else (0, 0, 0)
    asked = {
        "path": os.path.abspath(path),
        "group": group,
        "given": given,
        "rows": limits.rows,
        "size": limits.batch_bytes,
        "most": limits.member_bytes,
    }
    child = _child(limits.parquet_memory)
    whole = False
    try:
        frames = child.frames(asked, limits.parquet_seconds)
        _kind, heading = next(frames, (b"", None))
        if heading is None:
            raise _Ended("damaged", "")
        if state is None and heading["binary"]:
            yield place.skipped("binary_column", [0, 0, 0], "、".join(heading["binary"][:20]))
        batches = Batches(
            place, limits, tuple(heading["columns"]), heading["rows"], heading["comments"], heading["types"]
        )
        schema = pa.schema([(name, pa.string()) for name in heading["columns"]])
        number, passed = group, given
        for kind, content in frames:
            if kind == b"S":
                yield place.skipped("too_large", [content + 1, 0, row], f"第 {content + 1} 个行组")
            elif kind == b"P":
                number, passed = content
            else:
                values = pa.ipc.read_record_batch(pa.py_buffer(content), schema)
                row += values.num_rows
                yield batches.record_batch(values, row - values.num_rows, [number, passed, row], row)
        whole = True
        yield place.finished(None, row)
    except _Ended as ended:
        why, more = ended.args
        whole = why in ("damaged", "memory", "missing_extra")  # it said so itself, and can take the next file
        yield place.skipped(why, more=more)
    finally:
        if whole and not _waiting and child.usable:
            _waiting.append(child)
        else:
            child.close()
