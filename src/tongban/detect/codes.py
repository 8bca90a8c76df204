"""Codes that only look like numbers of persons: parts of a UUID, and letters of both cases from a base64 text.

A second look at what the loops found, compiled like them (`compiled.load("codes")`). A run of twelve decimal digits ends three UUIDs in a
thousand, and a few of these are telephones by their form; no form of a telephone, card or identity number has a UUID around it. A
vehicle number or a credit code is written in capitals or, carelessly, in small letters, never in both.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tongban.detect import compiled as machines
from tongban.detect.compiled import compiled
from tongban.detect.findings import TYPES, Spans

LENGTH = 36
NUMBERS = tuple(name in ("resident_id", "bank_card", "mobile", "phone", "imei", "credit_code") for name in TYPES)
CAPITALS = tuple(name in ("vin", "credit_code") for name in TYPES)
DASHES = (8, 13, 18, 23)


@compiled
def hexadecimal(b: int) -> bool:
    """Whether a byte is a hexadecimal digit."""
    return 48 <= b <= 57 or 97 <= b <= 102 or 65 <= b <= 70


@compiled
def alphanumeric(b: int) -> bool:
    """Whether a byte is a Latin letter or a digit."""
    return 48 <= b <= 57 or 97 <= b <= 122 or 65 <= b <= 90


@compiled
def uuid_at(buf: Any, at: int, n: int) -> bool:
    """Whether 36 bytes from `at` have the form of a UUID (8-4-4-4-12), and no longer word goes on before or after."""
    if at < 0 or at + LENGTH > n:
        return False
    for dash in DASHES:
        if buf[at + dash] != 45:
            return False
    for k in range(LENGTH):
        if not (k == 8 or k == 13 or k == 18 or k == 23 or hexadecimal(buf[at + k])):
            return False
    return not ((at > 0 and alphanumeric(buf[at - 1])) or (at + LENGTH < n and alphanumeric(buf[at + LENGTH])))


@compiled
def in_uuid(buf: Any, n: int, start: int, end: int) -> bool:
    """Whether a span touches a UUID. No number is as long as one, so it goes on beside the span; a look there spares most the search."""
    near = (start > 0 and (buf[start - 1] == 45 or alphanumeric(buf[start - 1]))) or (end < n and (buf[end] == 45 or alphanumeric(buf[end])))
    if not near:
        return False
    for at in range(start - LENGTH + 1, end):  # noqa: SIM110 - numba compiles no generators
        if uuid_at(buf, at, n):
            return True
    return False


@compiled
def both_cases(buf: Any, start: int, end: int) -> bool:
    """Whether there are small letters and capitals in a span."""
    small, capital = False, False
    for k in range(start, end):
        b = buf[k]
        if 97 <= b <= 122:
            small = True
        elif 65 <= b <= 90:
            capital = True
    return small and capital


@compiled
def mark(buf: Any, n: int, starts: Any, ends: Any, kinds: Any, count: int, kept: Any) -> int:
    """Sets `kept` to 1 for every span that is what it looks like, and returns how many are."""
    total = 0
    for at in range(count):
        kind = kinds[at]
        wrong = (NUMBERS[kind] and in_uuid(buf, n, starts[at], ends[at])) or (CAPITALS[kind] and both_cases(buf, starts[at], ends[at]))
        kept[at] = 0 if wrong else 1
        total += 0 if wrong else 1
    return total


def without_codes(raw: bytes | memoryview, spans: Spans, fast: bool) -> Spans:
    """The spans that are no parts of codes. `fast`: by compiled code."""
    count = len(spans)
    if not count:
        return spans
    if not fast:
        marks = [0] * count
        if mark(raw, len(raw), spans.start, spans.end, spans.kind, count, marks) == count:
            return spans
        rows = [row for row, kept in zip(zip(spans.start, spans.end, spans.kind, spans.sure, strict=True), marks, strict=True) if kept]
        return Spans(*([row[at] for row in rows] for at in range(4)))
    kept = np.empty(count, np.uint8)
    if machines.load("codes").mark(np.frombuffer(raw, np.uint8), len(raw), spans.start, spans.end, spans.kind, count, kept) == count:
        return spans
    chosen = kept.astype(np.bool_)
    return Spans(spans.start[chosen], spans.end[chosen], spans.kind[chosen], spans.sure[chosen])
