"""Undoes what people do to an address so that it cannot be clicked, or what a keyboard does to it.

`hxxp://`, `[.]`, `(dot)`, full-width signs, signs without width. Only for text that a browser could not read as it
stands: whoever reads an address tries that first.
"""

from __future__ import annotations

import re

WITHOUT_WIDTH = dict.fromkeys(
    [
        0xAD,
        0x180E,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        *range(0x2066, 0x206A),
        0xFEFF,
    ]
)
"""Soft hyphen, zero-width spaces and joiners, marks of direction: seen by nobody, kept by copying."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3002: 0x2E, 0xFF61: 0x2E}
_SCHEME = re.compile(
    r"^(?:hxxp|hXXp|h\*\*p|htxp|hxtp|http|meow|ttp)(s?)\s*(?:\[:\]|:|\(:\)|\[://\]|__)?\s*(?:\[?//?\]?|\\\\)\s*",
    re.IGNORECASE,
)
_DOT = re.compile(
    r"\s*(?:\[\s*(?:\.|dot|点)\s*\]|\(\s*(?:\.|dot|点)\s*\)|\{\s*(?:\.|dot|点)\s*\}|<\s*(?:\.|dot)\s*>|\\\.|\[\.|"
    r"\.\])\s*",
    re.IGNORECASE,
)
_COLON = re.compile(r"\[:\]|\(:\)")
_SLASH = re.compile(r"\[/\]|\(/\)")
_AT = re.compile(r"\s*(?:\[\s*(?:@|at)\s*\]|\(\s*(?:@|at)\s*\))\s*", re.IGNORECASE)


def visible(text: str) -> str:
    """The text without signs that have no width, and without space around it."""
    return text.translate(WITHOUT_WIDTH).strip()


def refang(text: str) -> str:
    """The address that was meant, as far as it can be told; text without such marks comes back as it is."""
    text = visible(text)
    head, slash, rest = _split(text)
    head = head.translate(_FULL_WIDTH)
    text = head + slash + rest
    text = _SCHEME.sub(lambda found: f"http{found.group(1).lower()}://", text)
    start = text.find("://") + 3 if "://" in text else 0
    end = _end_of_host(text, start)
    host = _AT.sub("@", _COLON.sub(":", _SLASH.sub("/", _DOT.sub(".", text[start:end]))))
    return text[:start] + host + text[end:]


def _split(text: str) -> tuple[str, str, str]:
    """What stands before the path (scheme and host), and the rest: full-width signs in a path mean themselves."""
    found = re.search(r"[:：]\s*[/／]{2}", text)
    start = found.end() if found else 0
    path = re.search(r"[/／?？#＃]", text[start:])
    if path is None:
        return text, "", ""
    cut = start + path.start()
    return text[:cut], text[cut].translate(_FULL_WIDTH), text[cut + 1 :]


def _end_of_host(text: str, start: int) -> int:
    """Where the host ends; a slash in brackets is one of the defanging kind."""
    for place in range(start, len(text)):
        if text[place] in "/?#\\" and text[place - 1 : place] not in ("[", "(") and text[place : place + 2] != "\\.":
            return place
    return len(text)
