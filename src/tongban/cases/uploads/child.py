"""The child process that opens what strangers send: `python -m tongban.cases.uploads.child`, within limits of memory
and time.

It is given no environment, no key and no Django. One frame on its standard input is one file; one frame on its standard
output is the answer. A frame: the lengths of a JSON head and of a body (two big-endian 32-bit numbers), the head, the
body. It ends when its input ends, after `IDLE` seconds without work, and after a file for which the memory did not
suffice.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import struct
import sys
from typing import BinaryIO

from . import office, pdf, pictures, reading
from .refused import Refused

LENGTHS = struct.Struct(">II")
IDLE = 60.0
WAYS = {
    **dict.fromkeys(pictures.FORMATS, pictures.clean),
    "application/pdf": pdf.clean,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": office.clean,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": office.clean,
    **{f"{reading.CODES}{kind}": reading.codes for kind in pictures.FORMATS},
    f"{reading.ENCLOSED}application/pdf": reading.enclosed,
}


def send(stream: BinaryIO, head: dict[str, object], body: bytes) -> None:
    """Write one frame."""
    raw = json.dumps(head).encode()
    stream.write(LENGTHS.pack(len(raw), len(body)) + raw)
    stream.write(body)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, object], bytes]:
    """Read one frame. Raises EOFError where the other side has gone."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        raise EOFError
    size, more = LENGTHS.unpack(lengths)
    head, body = stream.read(size), stream.read(more)
    if len(head) < size or len(body) < more:
        raise EOFError
    return json.loads(head), body


def bound(memory: int) -> None:
    """The limits that hold for all of this process: bytes of address space, open files, no file written, no core."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))
    with contextlib.suppress(OSError):
        os.nice(5)  # pages go before pictures


def allow(seconds: int) -> None:
    """So much time of the processor from now on; then the kernel ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(
            resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, resource.RLIM_INFINITY)
        )


def main() -> None:
    memory, seconds, pixels = map(int, sys.argv[1:4])
    bound(memory)
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    while select.select([given], [], [], IDLE)[0]:
        try:
            head, content = receive(given)
        except EOFError:
            return
        allow(seconds)
        try:
            clean, notes = WAYS[str(head["kind"])](content, str(head["kind"]), pixels)
        except Refused as refused:
            send(answers, {"refused": refused.reason}, b"")
        except MemoryError:
            send(answers, {"refused": "too_much"}, b"")
            return
        else:
            send(answers, {"notes": notes}, clean)


if __name__ == "__main__":
    main()
