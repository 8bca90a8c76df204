"""E-mail addresses and IPv4 addresses in bytes. Compiled, or plain."""

from __future__ import annotations

from typing import Any

from tongban.detect.compiled import inlined, inner


@inner
def email_at(buf: Any, at: int, width: int, floor: int, n: int) -> tuple[int, int]:
    """The span of the e-mail address whose @ stands at `at`, not before `floor`; (0, 0) where there is none."""
    start = at
    while start > floor and at - start < 64:
        b = buf[start - 1]
        if 48 <= b <= 57 or 65 <= b <= 90 or 97 <= b <= 122 or b == 46 or b == 95 or b == 37 or b == 43 or b == 45:
            start -= 1
        else:
            break
    while start < at and (buf[start] == 46 or buf[start] == 45):
        start += 1
    if start == at:
        return 0, 0
    end = at + width
    label, best = end, 0
    while end < n and end - at < 256:
        b = buf[end]
        if 48 <= b <= 57 or 65 <= b <= 90 or 97 <= b <= 122 or b == 45:
            end += 1
        elif b == 46 and end > label:
            end += 1
            label = end
        else:
            break
        if label > at + width and end - label >= 2:
            letters = True
            for k in range(label, end):
                if not (65 <= buf[k] <= 90 or 97 <= buf[k] <= 122):
                    letters = False
                    break
            if letters and (end == n or not (48 <= buf[end] <= 57 or 65 <= buf[end] <= 90 or 97 <= buf[end] <= 122 or buf[end] == 45)):
                best = end
    return (start, best) if best else (0, 0)


@inlined
def ipv4_end(buf: Any, i: int, n: int) -> int:
    """Where the four numbers with dots between that begin at byte i end; 0 where there are none, or where they are a version."""
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
    return 0 if i > 0 and (buf[i - 1] == 46 or buf[i - 1] == 118 or buf[i - 1] == 86) else k
