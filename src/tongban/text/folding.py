"""Folds text for search: full width to half width, case, Traditional characters to Simplified, one to one.

Length is kept, so that a match in the folded text is a match in the original. Not for showing text, and not for
conversion between scripts word by word.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import opencc

_CJK = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))


@lru_cache(maxsize=1)
def table() -> dict[int, str]:
    """Code point → folded character, for every character that changes. Built once, in about 0.2 s."""
    found: dict[int, str] = {}
    for start, end in ((0x00A0, 0x33FF), (0xF900, 0xFAFF), (0xFF01, 0xFFEE)):
        for code in range(start, end + 1):
            folded = unicodedata.normalize("NFKC", chr(code)).casefold()
            if len(folded) == 1 and folded != chr(code):
                found[code] = folded
    for code in range(ord("A"), ord("Z") + 1):
        found[code] = chr(code + 32)
    convert = opencc.OpenCC("t2s").convert
    for start, end in _CJK[:3]:
        for code in range(start, end + 1):
            character = found.get(code, chr(code))
            simple = convert(character)
            if len(simple) == 1 and simple != chr(code):
                found[code] = simple
    return found


def fold(text: str) -> str:
    """`text` for comparison: same length, Simplified, half width, lower case."""
    return text.translate(table())
