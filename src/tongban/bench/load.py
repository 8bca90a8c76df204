"""Drives an HTTP/1.1 server from one process: N connections, each with one request under way, for some seconds.

Raw asyncio streams and ready-made requests, so that the driver takes little of the two cores it shares with the server.
Run as `python -m tongban.bench.load`: the job comes as JSON on standard input, the result goes out as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass
class Job:
    """What to send. `{n}` in `body`, `path` and headers is replaced by a number that never repeats."""

    port: int
    method: str
    path: str
    body: dict[str, Any] | None = None
    form: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    concurrency: int = 16
    seconds: float = 5.0
    expect: int = 200
    offset: int = 0


@dataclass
class Result:
    """What came back: rate of good answers, latency in milliseconds, errors by kind."""

    done: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: dict[str, int]


def requests(job: Job) -> Any:
    """A function from a number to the bytes of a request."""
    if job.body is None:
        body = ""
    elif job.form:
        body = urlencode(job.body)
    else:
        body = json.dumps(job.body, ensure_ascii=False)
    kind = "application/x-www-form-urlencoded" if job.form else "application/json"
    head = f"{job.method} {job.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: zh-CN\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in job.headers.items())
    moving = "{n}" in head or "{n}" in body

    def make(number: int) -> bytes:
        text = body.replace("{n}", f"{number:09d}") if moving else body
        raw = text.encode()
        top = head.replace("{n}", f"{number:09d}") if moving else head
        if job.method == "POST":
            top += f"Content-Type: {kind}\r\nContent-Length: {len(raw)}\r\n"
        return top.encode() + b"\r\n" + raw

    return make


async def _connection(
    job: Job, make: Any, numbers: Any, until: float, times: list[float], errors: Counter[str]
) -> None:
    reader = writer = None
    while time.perf_counter() < until:
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", job.port)
            began = time.perf_counter()
            writer.write(make(next(numbers)))
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)  # type: ignore[union-attr]
            status = int(head[9:12])
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                ),
                0,
            )
            if length:
                await reader.readexactly(length)  # type: ignore[union-attr]
            if status == job.expect:
                times.append(time.perf_counter() - began)
            else:
                errors[f"status {status}"] += 1
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            errors[type(error).__name__] += 1
            writer = None
            await asyncio.sleep(0.05)
    if writer is not None:
        writer.close()


async def drive(job: Job) -> Result:
    """Send until the time is over and wait for what is under way."""
    make = requests(job)
    numbers = iter(range(job.offset, 10**9))
    times: list[float] = []
    errors: Counter[str] = Counter()
    began = time.perf_counter()
    await asyncio.gather(
        *(_connection(job, make, numbers, began + job.seconds, times, errors) for _ in range(job.concurrency))
    )
    took = time.perf_counter() - began
    times.sort()

    def at(share: float) -> float:
        return round(1000 * times[min(int(len(times) * share), len(times) - 1)], 2) if times else 0.0

    return Result(len(times), round(len(times) / took, 1), at(0.5), at(0.95), at(0.99), dict(errors))


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(drive(Job(**json.load(sys.stdin)))))))
