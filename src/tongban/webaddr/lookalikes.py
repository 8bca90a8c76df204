"""Does a name look like a protected one, and why? For the official who looks at a report; never a decision.

Compared is the registrable name: drawn alike (Unicode TR39 by disarm, and what ASCII itself confuses), one letter off,
or the protected brand written inside it, in Latin or in Chinese.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from disarm import normalize_confusables

from .address import Address
from .suffixes import suffixes

Why = Literal["drawn_alike", "one_letter_off", "brand_inside", "brand_in_subdomain", "other_suffix"]
_ASCII_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("-", ""))
SHORTEST_LETTER_OFF = 5
"""In shorter names one letter makes another word."""
SHORTEST_BRAND = 4
"""A Latin brand of fewer letters is found inside a name only between hyphens."""


@dataclass(frozen=True)
class Protected:
    """A name worth imitating: its registrable name, and the brands people know it by (`icbc`, `工商银行`)."""

    name: str
    brands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Likeness:
    """One likeness: the protected name, why, and the part of the address that shows it."""

    protected: Protected
    why: Why
    part: str


def lookalikes(address: Address, protected: Iterable[Protected]) -> list[Likeness]:
    """Every protected name that the address looks like, the surest reason first; empty for the
    protected names themselves."""
    host, registrable = address.host, address.registrable
    if address.is_ip or registrable is None:
        return []
    rows = list(protected)
    if any(host == row.name or host.endswith(f".{row.name}") for row in rows):
        return []
    label, people_read = _label(registrable), _readable(address, registrable)
    found = [one for row in rows if (one := _likeness(row, label, people_read, address)) is not None]
    order = ("drawn_alike", "one_letter_off", "other_suffix", "brand_inside", "brand_in_subdomain")
    return sorted(found, key=lambda one: (order.index(one.why), one.protected.name))


def skeleton(text: str) -> str:
    """The text as it looks: two names with one skeleton can be taken for each other (TR39
    §4, and ASCII's own pairs)."""
    drawn = normalize_confusables(text.casefold(), digit_policy="tr39").casefold()
    for seen, meant in _ASCII_ALIKE:
        drawn = drawn.replace(seen, meant)
    return drawn


def one_letter_off(one: str, other: str) -> bool:
    """Whether one letter was changed, added, left out, or two neighbours were swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    same = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    head, tail = one[same:], other[same:]
    if len(head) == len(tail):
        return head[1:] == tail[1:] or (head[:2] == tail[1::-1] and head[2:] == tail[2:])
    return head[1:] == tail if len(head) > len(tail) else head == tail[1:]


def _likeness(row: Protected, label: str, people_read: str, address: Address) -> Likeness | None:
    own = _label(row.name)
    if label == own:
        return Likeness(row, "other_suffix", address.registrable or "")
    for read in {label, people_read}:
        if skeleton(read) == skeleton(own):
            return Likeness(row, "drawn_alike", read)
    if len(own) >= SHORTEST_LETTER_OFF and one_letter_off(label, own):
        return Likeness(row, "one_letter_off", label)
    below = address.unicode_host.removesuffix(address.registrable or "").rstrip(".")
    for brand in {own, *row.brands}:
        if _inside(brand, people_read):
            return Likeness(row, "brand_inside", people_read)
        if any(_inside(brand, part) for part in below.split(".")) or row.name in below:
            return Likeness(row, "brand_in_subdomain", below)
    return None


def _inside(brand: str, text: str) -> bool:
    brand, text = brand.casefold(), text.casefold()
    if not brand.isascii():
        return len(brand) > 1 and brand in text
    if len(brand) < SHORTEST_BRAND:
        return brand in text.split("-")
    return brand in text or skeleton(brand) in skeleton(text)


def _label(registrable: str) -> str:
    suffix = suffixes().suffix(registrable)
    return registrable.removesuffix(f".{suffix}") if suffix else registrable


def _readable(address: Address, registrable: str) -> str:
    if "xn--" not in registrable:
        return _label(registrable)
    labels = address.unicode_host.split(".")
    return labels[-1 - registrable.count(".")]
