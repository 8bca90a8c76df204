"""The sets of classes for sensitive personal data: national standards, standards of a trade, a unit's own. A page shows
one set at a time. The first two come from detect/data/classes.toml, the last from what a unit's own rules found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.detect.grading import PROFILES, rules

from .models import Field
from .words import profile_name

OWN = "own"
KINDS = {
    "national": gettext_lazy("国家标准"),
    "industry": gettext_lazy("行业标准"),
    "own": gettext_lazy("本单位的分类"),
}
Number = TypeVar("Number")


@dataclass(frozen=True, slots=True)
class Set:
    """One set: what it is known by in an address, its kind, its name, and its classes as they are stored."""

    key: str
    kind: str
    name: str
    classes: tuple[str, ...]

    @property
    def title(self) -> str:
        """Kind and name: 国家标准 GB/T 45574-2025."""
        return f"{KINDS[self.kind]} {self.name}" if self.name else str(KINDS[self.kind])


def sets(used: Iterable[str]) -> list[Set]:
    """Every set, the one in force first; `used` are the classes in the catalogue, which a unit's own may be among."""
    found = []
    for profile in PROFILES:
        rule = rules()["profiles"][profile]
        classes = tuple(sorted(set(rule["sensitive"].values())))
        found.append(Set(profile, rule.get("kind", "national"), profile_name(profile), classes))
    own = sorted(set(used) - {""} - {name for one in found for name in one.classes})
    return [*found, Set(OWN, OWN, "", tuple(own))] if own else found


def used_in(fields: QuerySet[Field]) -> list[str]:
    """The classes that stand or were found in these fields."""
    pairs = fields.order_by().values_list("sensitive", "said_sensitive").distinct()
    return sorted({name for pair in pairs for name in pair if name})


def chosen(every: list[Set], asked: str, profile: str, held: str = "") -> Set:
    """The set to show: the one that is asked for, else the one that the scan went by; the one of the class that stands
    where that set does not have it."""
    by_key = {one.key: one for one in every}
    if asked in by_key:
        return by_key[asked]
    usual = by_key.get(profile, every[0])
    if held and held not in usual.classes:
        return next((one for one in every if held in one.classes), usual)
    return usual


def parted(counts: Mapping[str, Number], every: list[Set]) -> list[tuple[Set, list[tuple[str, Number]]]]:
    """Counts by class as counts by set, without empty sets. A name that two sets have counts in the first."""
    left, found = dict(counts), []
    for one in every:
        mine = [(name, left.pop(name)) for name in list(left) if name in one.classes]
        if mine:
            found.append((one, mine))
    return found


def no_class() -> tuple[str, str]:
    """The choice that nothing is sensitive."""
    return ("", _("不是敏感个人信息"))
