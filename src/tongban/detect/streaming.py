"""A text of any length masked in pieces as it would be masked whole: no key, token or number is cut
by the border of a piece.

A window of text is scanned, and only what stands well before its end is written. A word that reaches to the end of the
window, a private key without its last line, or a finding that the end touches wait for more text, up to `MOST`
characters; only beyond that is a text cut where it stands. Findings of the window behind the border are seen again with
the characters before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from .findings import Finding

MARGIN = 1024
"""Characters on both sides of a border that are looked at: more than any sentence (240) or any expression's context."""
STEP = 1 << 18
MOST = 1 << 21
"""A word or key longer than this is cut."""
OPEN_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[^-]|"
    r"-(?!----)){0,65536}-{0,5}(?:END[A-Z0-9 ]{0,80}-{0,5})?\Z"
)
"""A private key whose last line is not here yet."""
WORD = re.compile(r"[!-~]+\Z")
_PAUSE = re.compile(r"[\n。！？!?；;]")
Scan = Callable[[str], Sequence[Finding]]


def pieces_with_findings(
    chunks: Iterable[str], scan: Scan, *, step: int = STEP, margin: int = MARGIN, most: int = MOST
) -> Iterator[tuple[str, list[Finding]]]:
    """(text, findings in it) again and again: the texts put together are the whole text, and no
    finding lies over a border.

    `scan` finds in a text what `scan_text` finds. Memory: a few times `step`, or `most` where one word is that long.
    """
    window, begun = "", 0  # begun: characters of the window that were given before and are only looked at
    wanted = step + margin
    for chunk in chunks:
        window += chunk
        while len(window) - begun >= wanted:
            found = scan(window)
            until = _border(window, begun, found, margin, len(window) - begun >= most)
            if until <= begun:
                wanted = min(
                    2 * (len(window) - begun), most
                )  # twice as much, so that a long word costs twice its length
                break
            yield _piece(window, begun, until, found)
            kept = _beginning(window, until, margin)
            window, begun, wanted = window[kept:], until - kept, step + margin
    if len(window) > begun:
        yield _piece(window, begun, len(window), scan(window))


def _piece(window: str, begun: int, until: int, found: Sequence[Finding]) -> tuple[str, list[Finding]]:
    mine = [
        Finding(one.type, one.start - begun, one.end - begun, one.confidence, one.why)
        for one in found
        if begun <= one.start and one.end <= until
    ]
    return window[begun:until], mine


def _border(window: str, begun: int, found: Sequence[Finding], margin: int, must: bool) -> int:
    """Up to where the window can be given: not within a finding, a word or an open key; `begun` where nothing can.
    `must`: as far as it goes."""
    length = len(window)
    until = length - margin
    key = OPEN_KEY.search(window, begun)
    if key is not None:
        until = min(until, key.start())
    word = WORD.search(window[max(begun, length - margin) :])
    if word is not None and word.start() == 0:  # one word from the margin on to the end
        until = min(until, begun + len(window[begun:].rstrip(_VISIBLE)))
    for one in reversed(found):
        if one.start < until < one.end or (one.end >= length - 1 and one.start < until):
            until = one.start
    pause = max(
        (match.end() for match in _PAUSE.finditer(window, max(begun, until - margin), max(begun, until))), default=0
    )
    if pause > begun and not any(one.start < pause < one.end for one in found):
        until = pause
    if until <= begun and must:
        return max([length - margin, *(one.end for one in found if one.start < length - margin)])
    return until


_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))


def _beginning(window: str, until: int, margin: int) -> int:
    """Where the characters begin that are still looked at: behind a pause, so that sentences are cut as before."""
    start = max(0, until - margin)
    if start == 0:
        return 0
    pause = _PAUSE.search(window, start, until)
    return pause.end() if pause is not None else start
