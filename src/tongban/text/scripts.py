"""From Simplified characters to Traditional ones and back, for showing text to somebody who reads the other script.

OpenCC converts by its word lists; what it cuts wrongly (通过|并发|出 as 通過併發出), and variants that nobody
writes, stand in `data/traditional.tsv`. One character becomes one, so positions stay. Not for comparing texts: that is
`folding.py`. Not for vocabulary: 信息 stays 信息, because laws and offices are called by their names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import opencc

LIST = Path(__file__).parent / "data" / "traditional.tsv"
LONE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=1)
def reviewed() -> dict[str, str]:
    """The reviewed list: a word or a character in Simplified → as it is written in Traditional."""
    found = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            simple, traditional_one = line.split("\t")
            found[simple] = traditional_one
    return found


@lru_cache(maxsize=1)
def _reviewed_words() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(reviewed(), key=len, reverse=True))))


@lru_cache(maxsize=1)
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2hk")


@lru_cache(maxsize=1)
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1)
def _written() -> dict[str, str]:
    """What OpenCC makes of a reviewed character → what is written instead: 户 → 戶."""
    convert = _to_traditional().convert
    return {convert(simple): written for simple, written in reviewed().items() if len(simple) == 1}


def traditional(text: str) -> str:
    """`text` in Traditional characters; a text that is Traditional already stays as it is. Same length."""
    written = _written()
    converted = _same_length(_to_traditional(), text)
    if text != simplified(text) and _differing(text, simplified(text)) >= _differing(text, converted):
        return text  # 余 is a name there, and 餘 what is left
    signs = [
        written.get(after, after) if after != before or before in reviewed() else before
        for before, after in zip(text, converted, strict=True)
    ]
    for match in _reviewed_words().finditer(text):
        signs[match.start() : match.end()] = reviewed()[match[0]]
    return "".join(signs)


def simplified(text: str) -> str:
    """`text` in Simplified characters; what is Simplified already stays. Same length."""
    return _same_length(_to_simplified(), text)


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _same_length(converter: opencc.OpenCC, text: str) -> str:
    """`text` converted by words; sign by sign where the words made it longer or shorter. Half of a surrogate pair is no
    character and is shown as one that cannot be (U+FFFD)."""
    text = LONE.sub("\ufffd", text)
    converted = str(converter.convert(text))
    if len(converted) == len(text):
        return converted
    return "".join(one if len(one) == 1 else sign for sign in text for one in [str(converter.convert(sign))])


def in_script(text: str, language: str) -> str:
    """`text` as a reader of this language code reads it: zh-hant Traditional, zh-hans Simplified, others as written."""
    language = language.lower()
    if language.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
        return traditional(text)
    return simplified(text) if language.startswith("zh") else text
