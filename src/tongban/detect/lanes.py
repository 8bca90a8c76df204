"""Which byte comes next that matters: the loops leap there instead of looking at each byte.

Compiled, 64 bytes are asked at once (`vectors`); plain, a regular expression answers the same.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tongban.detect.compiled import FAST, inlined

if FAST:
    from tongban.detect.vectors import first_border, first_mark, first_not_digit

    @inlined
    def next_mark(buf: Any, i: int, n: int) -> int:
        """The first digit or @, also full-width, from byte i on; n without one."""
        while i + 66 <= n:
            step = first_mark(buf, i)
            i += step
            if step < 64:
                return i
        while i < n:
            b = buf[i]
            if (
                48 <= b <= 57
                or b == 64
                or (
                    b == 0xEF
                    and i + 2 < n
                    and buf[i + 1] == 0xBC
                    and (0x90 <= buf[i + 2] <= 0x99 or buf[i + 2] == 0xA0)
                )
            ):
                return i
            i += 1
        return n

    @inlined
    def after_digits(buf: Any, i: int, n: int) -> int:
        """The first byte from i on that is no digit; n without one."""
        while i + 32 <= n:
            step = first_not_digit(buf, i)
            i += step
            if step < 32:
                return i
        while i < n and 48 <= buf[i] <= 57:
            i += 1
        return i

    @inlined
    def next_border(buf: Any, i: int, n: int, delimiter: int, quote: int) -> int:
        """The first delimiter, quote (0: there are none) or line's end from byte i on; n without one."""
        mark = quote if quote else 10
        while i + 64 <= n:
            step = first_border(buf, i, delimiter, mark)
            i += step
            if step < 64:
                return i
        while i < n and buf[i] != 10 and buf[i] != delimiter and buf[i] != mark:
            i += 1
        return i

else:
    _MARK = re.compile(rb"[0-9@]|\xef\xbc[\x90-\x99\xa0]")
    _NOT_DIGIT = re.compile(rb"[^0-9]")

    @cache
    def _borders(delimiter: int, quote: int) -> re.Pattern[bytes]:
        return re.compile(b"[" + re.escape(bytes([10, delimiter, quote or 10])) + b"]")

    def next_mark(buf: Any, i: int, n: int) -> int:
        """The first digit or @, also full-width, from byte i on; n without one."""
        found = _MARK.search(buf, i, n)
        return found.start() if found else n

    def after_digits(buf: Any, i: int, n: int) -> int:
        """The first byte from i on that is no digit; n without one."""
        found = _NOT_DIGIT.search(buf, i, n)
        return found.start() if found else n

    def next_border(buf: Any, i: int, n: int, delimiter: int, quote: int) -> int:
        """The first delimiter, quote (0: there are none) or line's end from byte i on; n without one."""
        found = _borders(delimiter, quote).search(buf, i, n)
        return found.start() if found else n
