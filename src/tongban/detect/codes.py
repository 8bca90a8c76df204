"""Codes that only look like numbers of persons: parts of a UUID, and letters of both cases from a base64 text.

A second look at each finding, while its bytes are at hand. A run of twelve decimal digits ends three UUIDs in a
thousand, and a few of these are telephones by their form; no form of a telephone, card or identity number has a
UUID around it. A vehicle number or a credit code is written in capitals or, carelessly, in small letters, never in
both. Compiled, or plain.
"""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import inlined, inner, table

LENGTH = 36
KINDS = table(tables.CODES)
DASHES = (8, 13, 18, 23)


@inlined
def hexadecimal(b: int) -> bool:
    """Whether a byte is a hexadecimal digit."""
    return 48 <= b <= 57 or 97 <= b <= 102 or 65 <= b <= 70


@inlined
def alphanumeric(b: int) -> bool:
    """Whether a byte is a Latin letter or a digit."""
    return 48 <= b <= 57 or 97 <= b <= 122 or 65 <= b <= 90


@inner
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


@inner
def in_uuid(buf: Any, n: int, start: int, end: int) -> bool:
    """Whether a span touches a UUID. No number is as long as one, so it goes on beside the span; a look
    there spares most the search."""
    near = (start > 0 and (buf[start - 1] == 45 or alphanumeric(buf[start - 1]))) or (
        end < n and (buf[end] == 45 or alphanumeric(buf[end]))
    )
    if not near:
        return False
    for at in range(start - LENGTH + 1, end):  # noqa: SIM110 - numba compiles no generators
        if uuid_at(buf, at, n):
            return True
    return False


@inner
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


@inlined
def is_code(buf: Any, n: int, start: int, end: int, kind: int) -> bool:
    """Whether a span that was found is a part of a code, and not what it looks like."""
    about = KINDS[kind]
    return bool((about & 1 and in_uuid(buf, n, start, end)) or (about & 2 and both_cases(buf, start, end)))
