"""What stands in a text that is to be public: what the masker hides in it, and what still looks like a person's and a
human must judge.

The masker and the last check ask the same functions here, so nothing that one of them knows passes the other. A doubt
is what neither is sure enough of to decide: each needs the tick of an official, by its key. Not for deciding who may
publish (the procedure's table), nor for the page (`confirming.py`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from tongban.detect import Finding, scan_text
from tongban.detect.beside import DATE, MEASURE
from tongban.detect.masking import STAR
from tongban.detect.patterns import narrow
from tongban.detect.reasons import code, words

NEVER = frozenset(
    {"resident_id", "mobile", "bank_card", "email", "passport", "travel_permit", "iban", "wechat", "qq", "ssn", "minor"}
    | {"password", "secret_key", "private_key"}
)
"""Kinds of findings that a published text must not hold, whoever confirmed it."""
_RUN = re.compile(r"(?<![0-9A-Za-z.])[A-Z]{0,3}[0-9](?:[ \u2010-\u2015-]?[0-9]){6,}")
_HIDDEN = re.compile(f"[{STAR}*某]")
SENDER, NUMBER = code("sender"), code("number")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that may be a person's: the key that a tick carries, what it is, and in which of the texts it stands
    how often."""

    key: str
    value: str
    finding: Finding
    fields: tuple[str, ...]
    times: int


@lru_cache(maxsize=4096)
def findings_in(text: str) -> tuple[Finding, ...]:
    """What the scanner finds in a text, remembered: one in which nothing was masked is not looked at twice."""
    return tuple(scan_text(text))


def hidden_in(text: str, sender: str = "") -> tuple[Finding, ...]:
    """What is masked in a text: all findings, and the sender's name wherever it stands."""
    own = _sender_in(text, sender)
    if not own:
        return findings_in(text)
    others = [
        found for found in findings_in(text) if all(found.end <= mine.start or mine.end <= found.start for mine in own)
    ]
    return tuple(sorted([*others, *own], key=lambda found: found.start))


def _sender_in(text: str, sender: str) -> list[Finding]:
    if len(sender) < 2:
        return []
    return [
        Finding("name", at.start(), at.end(), 1.0, words(SENDER, "zh"), SENDER)
        for at in re.finditer(re.escape(sender), text)
    ]


def never_in(text: str) -> Finding | None:
    """The first identifier that must not be published; None where there is none."""
    return next((found for found in findings_in(text) if found.type in NEVER), None)


def doubts_in(texts: Mapping[str, str], sender: str = "") -> list[Doubt]:
    """All that looks like a person's in what is to be public and is not refused anyway, each value once, in the order
    of the texts."""
    places: dict[str, list[str]] = {}
    shown: dict[str, tuple[str, Finding]] = {}
    for field, text in texts.items():
        own = _sender_in(text, sender)
        others = [one for one in _doubtful(text) if all(one.end <= mine.start or mine.end <= one.start for mine in own)]
        for found in sorted([*own, *others], key=lambda one: one.start):
            value = text[found.start : found.end]
            key = hashlib.sha256(f"{found.type}\x00{value}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
            places.setdefault(key, []).append(field)
            shown.setdefault(key, (value, found))
    return [Doubt(key, *shown[key], tuple(dict.fromkeys(fields)), len(fields)) for key, fields in places.items()]


@lru_cache(maxsize=512)
def _doubtful(text: str) -> tuple[Finding, ...]:
    """What the scanner finds and the masker would have hidden, names that the model sees, and long numbers; not what
    is hidden already."""
    from tongban.detect.people import find_people

    plain = narrow(text)
    found = [one for one in findings_in(text) if one.type not in NEVER]
    found += [one for one in find_people(text, types=("name",)) if one.end - one.start > 1]
    found += [
        Finding("", run.start(), run.end(), 0.3, words(NUMBER, "zh"), NUMBER)
        for run in _RUN.finditer(plain)
        if not DATE.fullmatch(run.group())
        and not MEASURE.match(plain, run.end())
        and len(set(re.sub("[^0-9]", "", run.group()))) > 1
    ]
    found = [one for one in found if not _HIDDEN.search(plain, one.start, one.end)]
    refused = [one for one in findings_in(text) if one.type in NEVER]
    return _apart([one for one in found if all(one.end <= other.start or other.end <= one.start for other in refused)])


def _apart(found: list[Finding]) -> tuple[Finding, ...]:
    """Without what lies within another; what overlaps in part stays, as both are judged."""
    ordered = sorted(set(found), key=lambda one: (one.start, -one.end, -one.confidence))
    kept = ordered[:1]
    for _before, one in pairwise(ordered):
        if one.end > max(other.end for other in kept):
            kept.append(one)
    return tuple(kept)
