"""One character of UTF-8 at a byte: digit, letter, separator, Chinese numeral, the signs of
plates. Compiled, or plain."""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import inlined, inner, table

PLATES, NUMERALS, NUMERAL_BYTES, ENDERS = (
    table(tables.PLATES),
    table(tables.NUMERALS),
    table(tables.NUMERAL_BYTES),
    table(tables.ENDERS),
)
PLATE_FIRST, PLATE_SECOND = tables.PLATE_FACTORS
NUMERAL_FIRST, NUMERAL_SECOND = tables.NUMERAL_FACTORS


@inner
def letter_at(buf: Any, i: int, n: int) -> tuple[int, int]:
    """The digit or capital letter at byte i, also a full-width one, and its length in bytes;
    (0, 0) where there is none."""
    b = buf[i]
    if 48 <= b <= 57 or 65 <= b <= 90:
        return int(b), 1
    if 97 <= b <= 122:
        return int(b) - 32, 1
    if b == 0xEF and i + 2 < n:
        if buf[i + 1] == 0xBC:
            c = buf[i + 2]
            if 0x90 <= c <= 0x99:
                return int(c) - 0x90 + 48, 3
            if 0xA1 <= c <= 0xBA:
                return int(c) - 0xA1 + 65, 3
        elif buf[i + 1] == 0xBD and 0x81 <= buf[i + 2] <= 0x9A:
            return int(buf[i + 2]) - 0x81 + 65, 3
    return 0, 0


@inlined
def separator_at(buf: Any, i: int, n: int) -> int:
    """Bytes of the space, dash or closing bracket at i that people write inside numbers; 0 where there is none."""
    b = buf[i]
    if b == 0x20 or b == 0x2D or b == 0x29:
        return 1
    if b == 0xC2 and i + 1 < n and buf[i + 1] == 0xA0:
        return 2
    if i + 2 < n:
        if b == 0xE3 and buf[i + 1] == 0x80 and buf[i + 2] == 0x80:
            return 3
        if b == 0xE2 and buf[i + 1] == 0x80 and 0x90 <= buf[i + 2] <= 0x95:
            return 3
        if b == 0xEF and buf[i + 1] == 0xBC and (buf[i + 2] == 0x8D or buf[i + 2] == 0x89):
            return 3
    return 0


@inlined
def ends_at(buf: Any, i: int, n: int) -> bool:
    """Whether a number that ends before byte i surely ends there: no letter, separator, dot or
    sign of an address follows."""
    if i >= n or ENDERS[buf[i]] >= 2:
        return True
    if i + 2 >= n:
        return False
    b = buf[i]
    if b == 0xE3:
        return bool(buf[i + 1] != 0x80 or buf[i + 2] != 0x80)
    if b == 0xE2:
        return bool(buf[i + 1] != 0x80 or buf[i + 2] < 0x90 or buf[i + 2] > 0x95)
    return bool(b == 0xEF and buf[i + 1] == 0xBC and buf[i + 2] < 0x90 and buf[i + 2] != 0x8D and buf[i + 2] != 0x89)


@inlined
def is_plate_character(buf: Any, end: int) -> bool:
    """Whether the character that ends at `end` is one with which plates begin."""
    if end < 3:
        return False
    first, second, third = int(buf[end - 3]), int(buf[end - 2]), int(buf[end - 1])
    return bool(
        PLATES[(first * PLATE_FIRST + second * PLATE_SECOND + third) & 63]
        == (first << 24) | (second << 16) | (third << 8)
    )


@inlined
def plate_end(buf: Any, end: int, n: int) -> int:
    """Bytes of the character of office that closes a plate of letter and four: 警 学 挂 港 澳 领
    使; 0 where there is none."""
    if end + 3 > n:
        return 0
    code = (int(buf[end]) << 16) | (int(buf[end + 1]) << 8) | int(buf[end + 2])
    if code in (0xE8ADA6, 0xE5ADA6, 0xE68C82, 0xE6B8AF, 0xE6BEB3, 0xE9A286, 0xE4BDBF):
        return 3
    return 0


@inlined
def numeral_at(buf: Any, i: int, n: int) -> int:
    """The value of the Chinese numeral at byte i; −1 where there is none."""
    if i + 2 >= n or i < 0:
        return -1
    first, second, third = int(buf[i]), int(buf[i + 1]), int(buf[i + 2])
    entry = NUMERALS[(first * NUMERAL_FIRST + second * NUMERAL_SECOND + third) & 63]
    if entry >> 8 == (first << 16) | (second << 8) | third:
        return int(entry & 255)
    return -1


@inlined
def maybe_numerals(buf: Any, i: int) -> bool:
    """Whether bytes i to i + 5 may stand in a row of Chinese numerals: no need to know where in a character i is."""
    return bool(
        NUMERAL_BYTES[buf[i]]
        & (NUMERAL_BYTES[buf[i + 1]] >> 3)
        & (NUMERAL_BYTES[buf[i + 2]] >> 6)
        & NUMERAL_BYTES[buf[i + 3]]
        & (NUMERAL_BYTES[buf[i + 4]] >> 3)
        & (NUMERAL_BYTES[buf[i + 5]] >> 6)
    )
