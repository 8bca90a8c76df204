"""What a column is: a verdict from its name and comment, its values, how they differ, and its neighbours.

Pure decisions on a `Tally`. Decoys are many: order numbers, timestamps and random digits pass a checksum one time in
ten, so a checked type needs most of the cells, and a name that speaks of orders needs all of them.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate
from math import sqrt

from .findings import TYPES, kinds
from .naming import DECOY, says
from .patterns import PATTERNS, find_patterns
from .rules import Rules
from .scanning import Stage, scan_text
from .tally import KINDS, Tally
from .values import BY_NAME_ONLY, NAME_IS_ENOUGH, NAMED_TESTS, TESTS, is_number, looks_hidden

LEAST = {
    "bank_card": 0.6,
    "mobile": 0.6,
    "phone": 0.6,
    "imei": 0.8,
    "vin": 0.6,
    "ipv4": 0.6,
    "email": 0.4,
    "plate": 0.5,
    "resident_id": 0.35,
    "credit_code": 0.5,
}
"""Share of a column's cells that must be of a checked type where its name says nothing."""
CHANCE = {
    "resident_id": 0.02,
    "credit_code": 0.05,
    "bank_card": 0.14,
    "imei": 0.14,
    "mobile": 0.3,
    "phone": 0.3,
    "vin": 0.1,
}
"""Share of random digits of the right length that pass a check, with room to spare."""
LOOKED_AT = 300
"""Cells of text in which patterns and names are looked for, spread over the sample: rows are
often sorted by day or kind."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The type of a column ("" for none), of what share of filled cells, how many persons, how sure, why (a code of
    reasons.py), and what else is in it."""

    type: str
    share: float
    persons: int
    sure: float
    why: str
    also: Mapping[str, int] = field(default_factory=dict)
    error_bound: float = 0.0


def verdicts(
    tally: Tally, sampled: bool = False, rules: Rules | None = None, people: Stage | None = None
) -> list[Verdict]:
    """One for each column, each seeing what the others are. `sampled`: the tally saw only a part of the rows."""
    own = rules or Rules()
    first = [_verdict(tally, at, sampled, own, people) for at in range(len(tally.columns))]
    sure = [
        verdict.type
        for verdict in first
        if verdict.sure >= 0.8 and verdict.type in kinds() and kinds()[verdict.type].subject == "person"
    ]
    return [
        replace(verdict, sure=round(min(0.99, verdict.sure + 0.04), 2))
        if verdict.type in kinds()
        and kinds()[verdict.type].subject == "person"
        and any(other != verdict.type for other in sure)
        else verdict
        for verdict in first
    ]


def half_width(share: float, cells: int) -> float:
    """Half the width of Wilson's 95 % interval of a share seen in so many cells."""
    if cells == 0:
        return 1.0
    z = 1.96
    return z / (1 + z * z / cells) * sqrt(share * (1 - share) / cells + z * z / (4 * cells * cells))


def _verdict(tally: Tally, at: int, sampled: bool, own: Rules, people: Stage | None) -> Verdict:
    filled, sample = int(tally.filled[at]), tally.sample[at]
    named = says(tally.columns[at], tally.comments.get(tally.columns[at], ""))
    if filled == 0:
        best = max((kind for kind in named if kind != DECOY), key=lambda kind: named[kind], default="")
        return Verdict(best, 0.0, 0, 0.4 if best else 0.9, "empty-named" if best else "empty")
    whole = {TYPES[kind]: tally.whole[at, kind] for kind in range(1, KINDS) if tally.whole[at, kind]}
    inside = {TYPES[kind]: tally.inside[at, kind] for kind in range(1, KINDS) if tally.inside[at, kind]}
    mine = _own(tally.columns[at], sample, own)
    found = (
        mine or _checked(tally, at, whole, filled, sample, named) or _tested(sample, named) or _by_name(sample, named)
    )
    also, text_share = _in_text(tally, at, whole, inside, filled, sample, found[0] if found else "", named, own, people)
    if found:
        kind, share, sure, why = found
        if kind in ("resident_id", "birth_date") and _children(kind, sample):
            also["minor"] = _children(kind, sample)
        return Verdict(
            kind,
            round(share, 4),
            _persons(tally, at, kind),
            round(sure, 2),
            why,
            also,
            _bound(share, kind, whole, filled, len(sample), sampled),
        )
    if also:
        kind = max(also, key=lambda name: (name not in kinds() or kinds()[name].subject == "person", also[name]))
        return Verdict(
            kind,
            round(text_share[kind], 4),
            _persons(tally, at, kind),
            0.75,
            "in-text",
            also,
            _bound(text_share[kind], kind, {**whole, **inside}, filled, len(sample), sampled),
        )
    return Verdict("", 0.0, 0, 0.95 if len(sample) > 30 else 0.8, "nothing")


def _bound(share: float, kind: str, counted: Mapping[str, int], filled: int, looked: int, sampled: bool) -> float:
    if kind in counted:
        return round(half_width(share, filled), 4) if sampled else 0.0
    return round(half_width(share, looked), 4) if sampled or looked < filled else 0.0


def _persons(tally: Tally, at: int, kind: str) -> int:
    if kind not in kinds() or not kinds()[kind].identifies:
        return 0
    counted = tally.distinct(at, TYPES.index(kind)) if kind in TYPES else 0
    return counted or tally.distinct(at) or len(set(tally.sample[at]))


def _own(name: str, sample: list[str], own: Rules) -> tuple[str, float, float, str] | None:
    """What a department's own rules say of a column: by its name, or by most of its cells."""
    for pattern in own.patterns:
        named = any(word.lower() in name.lower() for word in own.columns.get(pattern.type, ()))
        share = (
            sum(1 for value in sample if any(True for _ in find_patterns(value, (pattern,)))) / len(sample)
            if sample
            else 0.0
        )
        if (named and share >= 0.2) or share >= 0.7:
            return (
                pattern.type,
                share,
                min(0.99, pattern.confidence * (0.6 + 0.4 * share)),
                f"own:{own.names.get(pattern.type, pattern.type)}",
            )
    return None


def _checked(
    tally: Tally, at: int, whole: Mapping[str, int], filled: int, sample: list[str], named: Mapping[str, float]
) -> tuple[str, float, float, str] | None:
    best: tuple[str, float, float, str] | None = None
    for kind, count in whole.items():
        share = count / filled
        name = named.get(kind, 0.0) or (0.7 * named.get("phone", 0.0) if kind == "mobile" else 0.0)
        if kind == "phone" and "mobile" in named:
            share, name = (count + whole.get("mobile", 0)) / filled, named["mobile"]
            if whole.get("mobile", 0) >= count:
                continue
        least = max(CHANCE.get(kind, 0.05), 0.2) if name else LEAST.get(kind, 0.6)
        if named.get(DECOY, 0.0) > name:
            least = 0.98 if kind in ("resident_id", "credit_code", "bank_card", "email") else 2.0
        if share < least or (filled < 4 and not name and kind in ("imei", "phone", "vin")):
            continue
        if not name and kind in ("mobile", "bank_card", "imei", "phone") and _in_sequence(sample):
            continue
        sure = min(0.99, 0.62 + 0.3 * share + 0.08 * name + (0.04 if filled >= 20 else 0.0))
        why = f"kind-named:{kind}" if name else f"kind:{kind}"
        if best is None or (sure, share) > (best[2], best[1]):
            best = (kind, min(1.0, share), sure, why)
    return best


def _in_sequence(sample: list[str]) -> bool:
    """Whether the numbers are counted up: a mark of order numbers and of nobody's telephone."""
    numbers = [int(value) for value in sample[:200] if is_number(value)]
    if len(numbers) < 8:
        return False
    steps = [second - first for first, second in itertools.pairwise(numbers)]
    low, high = min(numbers), max(numbers)
    return (all(step > 0 for step in steps) and (high - low) < 10_000_000) or (len(set(steps)) == 1 and steps[0] != 0)


def _tested(sample: list[str], named: Mapping[str, float]) -> tuple[str, float, float, str] | None:
    best: tuple[str, float, float, str] | None = None
    if not sample:
        return None
    for kind, test in TESTS.items():
        name = named.get(kind, 0.0)
        if not name and (kind in BY_NAME_ONLY or named.get(DECOY)):
            continue
        share = sum(map(NAMED_TESTS.get(kind, test) if name >= 0.9 else test, sample)) / len(sample)
        distinct = len(set(sample))
        if name:
            enough = 0.35 if name >= 0.9 else 0.6
        elif kind == "name":
            enough = 0.9 if distinct >= 20 and distinct > len(sample) * 0.2 else 2.0
            if "organisation" in named or "address" in named:
                enough = 2.0
        elif kind in ("gender", "ethnicity"):
            enough = 0.98 if distinct <= 60 and len(sample) >= 4 else 2.0
        else:
            enough = {"address": 0.5, "organisation": 0.7}.get(kind, 0.6)
        if share < enough:
            continue
        sure = min(0.98, (0.6 if name else 0.5) + 0.25 * share + 0.12 * name)
        if best is None or (bool(name), sure) > (best[0] in named, best[2]):
            best = (kind, share, sure, f"kind:{kind}" if not name else "values")
    return best


def _by_name(sample: list[str], named: Mapping[str, float]) -> tuple[str, float, float, str] | None:
    """Where only the name speaks: types that need no more, and values that are hidden."""
    hidden = [looks_hidden(value) for value in sample]
    share_hidden = sum(1 for how in hidden if how) / len(sample) if sample else 0.0
    for kind, name in sorted(named.items(), key=lambda item: -item[1]):
        if kind == DECOY:
            continue
        if kind in NAME_IS_ENOUGH and name >= 0.9 and named.get(DECOY, 0.0) < 0.9:
            return kind, 1.0, 0.7 + 0.1 * name, "name"
        if share_hidden >= 0.6 and name >= 0.9:
            masked = hidden.count("masked") >= hidden.count("hashed")
            return kind, share_hidden, 0.65, "name-masked" if masked else "name-hashed"
    return None


def _in_text(
    tally: Tally, at: int, whole: Mapping[str, int], inside: Mapping[str, int], filled: int, sample: list[str],
    verdict: str, named: Mapping[str, float], own: Rules, people: Stage | None
) -> tuple[dict[str, int], dict[str, float]]:  # fmt: skip
    """What else stands in the cells: counted by the loops over all rows, by patterns and names over the sample."""
    numbers = sum(map(is_number, sample)) / len(sample) if sample else 0.0
    shares: dict[str, float] = {}
    for kind in {*whole, *inside}:
        share = inside.get(kind, 0) / filled
        if numbers < 0.5 and not named.get(DECOY):
            share += whole.get(kind, 0) / filled
        if kind != verdict and (share >= 0.005 or (share * filled >= 3 and numbers < 0.1)):
            shares[kind] = min(1.0, share)
    # Identifiers follow from one another's digits: a telephone beside mobiles is one of the same.
    if verdict in ("mobile", "phone"):
        shares.pop("mobile", None)
        shares.pop("phone", None)
    if sample and verdict not in ("name", "address", "organisation", "gender", "ethnicity", "password", "secret_key"):
        long = [value for value in sample if len(value) > 6 and not is_number(value)]
        if len(long) >= len(sample) * 0.2:
            counts: dict[str, int] = {}
            patterns = PATTERNS + own.patterns
            looked_at = long[:: -(-len(long) // LOOKED_AT)]
            ends = list(accumulate(len(value) + 1 for value in looked_at))
            seen: set[tuple[int, str]] = set()
            for finding in scan_text("\n".join(looked_at), patterns=patterns, people=people):
                seen.add((bisect_right(ends, finding.start), finding.type))
            for _cell, kind in seen:
                counts[kind] = counts.get(kind, 0) + 1
            looked = len(looked_at) * len(sample) / len(long)
            for kind, count in counts.items():
                if kind not in TYPES and kind != verdict and count >= max(1, 0.01 * looked):
                    shares[kind] = count / looked
    return {kind: max(1, round(share * filled)) for kind, share in shares.items()}, shares


def _children(kind: str, sample: list[str]) -> int:
    """How many of the sample were born less than 14 years ago."""
    count, today = 0, date.today()
    youngest = (today.year - 14) * 10_000 + today.month * 100 + today.day
    for value in sample:
        digits = "".join(c for c in value if c.isdigit() or c in "Xx")
        born = (
            digits[6:14]
            if kind == "resident_id" and len(digits) == 18
            else digits[:8]
            if kind == "birth_date" and len(digits) == 8
            else ""
        )
        if born.isdigit() and youngest < int(born) <= 20_991_231:
            count += 1
    return count
