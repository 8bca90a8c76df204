"""PDF with a text layer, page by page, read by pypdf in a child process: a hostile file can neither
hang nor exhaust the scan."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any

from .decoded import read_chunks
from .pieces import DONE, Limits, Pieces, Place

_CHILD = Path(__file__).with_name("pdf_child.py")
_ENDS = {3: "encrypted", 4: "missing_extra", 5: "memory", 6: "damaged"}
_LONGEST = 8 << 20


class _Ended(Exception):
    """The child ended early; the argument is a key of WHY."""


def read_pdf(path: str, size: int, place: Place, limits: Limits, state: Any) -> Pieces:
    """The pages of a PDF file, each a part. The state is [page, character]; a page that can't
    be read is skipped alone."""
    if size > limits.pdf_bytes:
        yield place.skipped("too_large")
        return
    first, inner = state if state is not None else (0, None)
    lines = _lines(path, first, limits)
    words = 0
    try:
        count = next(lines)[1]
        for number, chunks in groupby(lines, key=lambda line: line[0]):
            if number == first and inner == DONE:
                continue
            part = place.inside(f"第 {number + 1} 页", lambda rest, number=number: [number, rest])  # type: ignore[misc]
            texts = _Counted(text for _, text in chunks)
            for piece in read_chunks(texts, part, limits, inner if number == first else None, None):
                if texts.broken:
                    yield part.skipped("damaged")
                    break
                yield piece
            words += texts.length
        if count > first and not words and state is None:
            yield place.skipped("no_text")
        else:
            yield place.finished(size)
    except (_Ended, StopIteration) as ended:
        yield place.skipped(str(ended) or "damaged")
    finally:
        lines.close()


class _Counted:
    """The texts of a page, counted; `broken` if the page had none to give."""

    def __init__(self, texts: Iterator[str | None]) -> None:
        self._texts, self.length, self.broken = texts, 0, False

    def __iter__(self) -> Iterator[str]:
        for text in self._texts:
            if text is None:
                self.broken = True
            elif text.strip():
                self.length += len(text)
                yield text


def _lines(path: str, first: int, limits: Limits) -> Any:
    """The lines that the child writes. The time counts while one waits for it, not while its pages are looked at."""
    command = [
        sys.executable,
        "-I",
        str(_CHILD),
        os.path.abspath(path),
        str(first),
        str(limits.pdf_seconds),
        str(limits.pdf_memory),
    ]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdout is not None
        left = float(limits.pdf_seconds)
        rest = b""
        try:
            while True:
                begun = time.monotonic()
                if not select.select([child.stdout], [], [], left)[0]:
                    raise _Ended("timeout")
                raw = os.read(child.stdout.fileno(), 1 << 20)
                left = max(0.0, left - (time.monotonic() - begun))
                if not raw:
                    break
                *lines, rest = (rest + raw).split(b"\n")
                if len(rest) > _LONGEST:
                    raise _Ended("too_large")
                yield from map(json.loads, lines)
            code = child.wait(5)
            if code:
                raise _Ended(_ENDS.get(code, "timeout" if code < 0 else "damaged"))
        except subprocess.TimeoutExpired:
            raise _Ended("timeout") from None
        finally:
            with suppress(OSError):
                child.kill()
