"""Finds the addresses in a message that somebody pasted: with or without a scheme, defanged, between Chinese words.

A name without a scheme counts only where it ends in a label of the public suffix list, so that `3.5` and
`README.md.txt` stay words. Not for deciding which of them is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .address import Address, BadAddress, parse
from .suffixes import suffixes

MOST_TEXT = 200_000
"""More characters of one message are not looked at."""
MOST = 500

_CJK = "\u2e80-\u2fff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_STOP = "\\s<>\"'“”‘’«»「」『』【】《》，；！？、（）…"
_SCHEME = r"(?:h[tx*]{1,3}ps?|ｈｔｔｐｓ?|ftp|fxp|wss?)\s?(?:\[:\]|[:：])\s?(?:\[?[/／]\]?){2}"
_WITH_SCHEME = re.compile(rf"{_SCHEME}(?P<rest>[^{_STOP}]+)", re.IGNORECASE)
_DOT = r"(?:\.|．|。|\[\s?(?:\.|dot)\s?\]|\(\s?(?:\.|dot)\s?\)|\{\s?\.\s?\})"
_LABEL = rf"[A-Za-z0-9{_CJK}](?:[A-Za-z0-9_{_CJK}-]{{0,61}}[A-Za-z0-9{_CJK}])?"
_BARE = re.compile(
    rf"(?<![A-Za-z0-9_@.\-/])(?P<host>{_LABEL}(?:{_DOT}{_LABEL})+)(?P<rest>(?::\d{{1,5}})?(?:[/?#][^{_STOP}。]*)?)"
)
_ASCII_RUN = re.compile(r"[A-Za-z0-9-]+")
_TAIL = ".,;:!?。．·~*_|"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class FoundAddress:
    """An address and where it stood: `text[start:end]` is what was written."""

    start: int
    end: int
    address: Address


def found_in(text: str) -> list[FoundAddress]:
    """The addresses of a text in their order, each place once, at most 500."""
    text = text[:MOST_TEXT]
    found: list[FoundAddress] = []
    taken = 0
    for start, end in sorted([*_with_scheme(text), *_bare(text)], key=lambda span: (span[0], -span[1])):
        if start < taken or len(found) >= MOST:
            continue
        try:
            address = parse(text[start:end])
        except BadAddress:
            continue
        found.append(FoundAddress(start, end, address))
        taken = end
    return found


def _with_scheme(text: str) -> Iterator[tuple[int, int]]:
    for match in _WITH_SCHEME.finditer(text):
        start, rest = match.start("rest"), match["rest"]
        host = re.split(r"[/?#／？＃]", rest, maxsplit=1)[0]
        cut = _end_of_name(host)
        end = start + (cut if cut < len(host) else _end_of_path(rest, len(host)))
        yield match.start(), end


def _bare(text: str) -> Iterator[tuple[int, int]]:
    for match in _BARE.finditer(text):
        host = match["host"]
        begin, cut = _begin_of_name(host), _end_of_name(host)
        if cut <= begin or not _ends_like_a_name(host[begin:cut]):
            continue
        start = match.start() + begin
        if start and text[start - 1] == "@":
            continue
        end = match.start() + cut
        if cut == len(host):
            end = match.start("rest") + _end_of_path(match["rest"], 0)
        yield start, end


def _labels(host: str) -> list[str]:
    return re.split(_DOT, host)


def _ends_like_a_name(host: str) -> bool:
    labels = _labels(host)
    return len(labels) > 1 and all(labels) and labels[-1].lower() in suffixes().top_labels


def _end_of_name(host: str) -> int:
    """Where the name ends, when words follow it without a space: after the last label that can end a name."""
    dots = list(re.finditer(_DOT, host))
    for number in range(len(dots), 0, -1):
        begin, end = dots[number - 1].end(), dots[number].start() if number < len(dots) else len(host)
        label = host[begin:end]
        if label.lower() in suffixes().top_labels or ":" in label or "@" in label:
            return end
        run = _ASCII_RUN.match(label)
        if run and run.end() < len(label) and run[0].lower() in suffixes().top_labels:
            return begin + run.end()
        if host[dots[number - 1].start()] != "。":
            break
    return len(host)


def _begin_of_name(host: str) -> int:
    """Where a name without scheme begins, when Chinese words stand before it without a space."""
    first = re.split(_DOT, host, maxsplit=1)[0]
    if first.isascii():
        return 0
    runs = list(_ASCII_RUN.finditer(first))
    return runs[-1].start() if runs and runs[-1].end() == len(first) else 0


def _end_of_path(rest: str, start: int) -> int:
    """Where an address ends: before Chinese words that follow an ASCII path, and without the sentence's own signs."""
    end = len(rest)
    words = re.search(rf"[{_CJK}]", rest[start:])
    if words and rest[: start + words.start()].isascii():
        end = start + words.start()
    while end > start:
        last = rest[end - 1]
        if last in _TAIL or (last in _PAIRS and rest[:end].count(last) > rest[:end].count(_PAIRS[last])):
            end -= 1
        else:
            break
    return end
