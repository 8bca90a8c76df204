"""E-mail addresses and IPv4 addresses in bytes. Compiled, or plain."""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import inlined, inner, table
from tongban.detect.context import FAR, HOST_WORDS, RELEASE_WORDS, context

MAIL = table(tables.MAIL)


@inner
def email_at(buf: Any, at: int, width: int, floor: int, n: int) -> tuple[int, int]:
    """The span of the e-mail address whose @ stands at `at`, not before `floor`; (0, 0) where there is none."""
    start = at
    while start > floor and at - start < 64 and MAIL[buf[start - 1]]:
        start -= 1
    while start < at and (buf[start] == 46 or buf[start] == 45):
        start += 1
    if start == at:
        return 0, 0
    label = at + width
    best, last = 0, min(n, at + 256)
    while True:
        end, letters = label, True
        while end < last and MAIL[buf[end]] & 1:
            if MAIL[buf[end]] != 3:
                letters = False
            end += 1
        if letters and label > at + width and end - label >= 2 and (end == n or not MAIL[buf[end]] & 1):
            best = end
        if end == label or end >= last or buf[end] != 46:
            return (start, best) if best else (0, 0)
        label = end + 1


@inner
def is_address(buf: Any, start: int, end: int, n: int) -> bool:
    """Whether four numbers with dots are an address: no mask, no release, no clause or list
    (1.2.3.4) of a Chinese text."""
    if buf[start] == 48 or (buf[start] == 50 and buf[start + 1] == 53 and buf[start + 2] == 53):
        return False
    words = context(buf, start)
    host = (words >> HOST_WORDS) & FAR
    if (words >> RELEASE_WORDS) & FAR < host:
        return False
    wide = end + 1 < n and buf[end] == 46 and buf[end + 1] >= 0x80
    small = (start > 0 and buf[start - 1] >= 0x80) or (end < n and buf[end] >= 0x80)
    value = 0
    for k in range(start, end):
        value = 0 if buf[k] == 46 else value * 10 + int(buf[k]) - 48
        if value > 31:
            small = False
    if buf[start] == 49 and buf[start + 1] == 48 and buf[start + 2] == 46:
        small = False
    return bool(not (wide or small) or host < FAR)


@inlined
def ipv4_end(buf: Any, i: int, n: int) -> int:
    """Where the four numbers with dots between that begin at byte i end; 0 where there are none, or
    where they are a version."""
    k, parts = i, 0
    while parts < 4 and k < n and 48 <= buf[k] <= 57:
        value, width = 0, 0
        while k < n and 48 <= buf[k] <= 57 and width < 4:
            value = value * 10 + int(buf[k]) - 48
            k += 1
            width += 1
        if width > 3 or value > 255:
            return 0
        parts += 1
        if parts < 4:
            if k < n and buf[k] == 46:
                k += 1
            else:
                break
    if parts < 4 or (k + 1 < n and buf[k] == 46 and 48 <= buf[k + 1] <= 57):
        return 0
    if i > 0 and (buf[i - 1] == 46 or buf[i - 1] == 118 or buf[i - 1] == 86):
        return 0
    return k if is_address(buf, i, k, n) else 0
