"""The guide of a bundle (一件事): which items it has, in which order, what is filled in once, and where it begins.

For the public page; a bundle is written and shown by `bundles.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tongban.registry import snapshot
from tongban.registry.names import listed, matter_name, spoken

from . import reading
from .guides import when_words
from .models import Bundle, Item, Need


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a bundle: in which case it is needed, and which others have to be done before."""

    item: Item
    when: str
    after: tuple[str, ...]

    @property
    def code(self) -> str:
        """The item's code."""
        return str(self.item.matter_id)

    @property
    def before(self) -> str:
        """The items that have to be done before, by name."""
        return listed(self.after)


@dataclass(frozen=True, slots=True)
class BundleGuide:
    """The guide. `papers` are the names of what one hands in, each once, however many items need it."""

    code: str
    summary: str
    parts: tuple[Part, ...]
    papers: tuple[str, ...]
    place: str

    @property
    def in_turn(self) -> bool:
        """Whether one item waits for another."""
        return any(part.after for part in self.parts)


def bundle_guide(code: str, place: str = "") -> BundleGuide | None:
    """The guide of a bundle; None where there is none with this code today."""
    holding, registry = reading.current(), snapshot.current()
    bundle = Bundle.objects.filter(pk=code, active=True).first()
    if bundle is None or code not in holding.bundles:
        return None
    steps = [one for one in holding.bundles[code] if one.matter_id in holding.items]
    parts = tuple(
        Part(holding.items[one.matter_id], when_words(one.when), tuple(matter_name(before) for before in one.after))
        for one in steps
    )
    needs = Need.objects.filter(reading.holding(holding.day), matter__in=[one.code for one in parts])
    papers = dict.fromkeys(
        spoken(need.material.name, need.material.name_en)
        for need in needs.exclude(how="instead").select_related("material").order_by("matter", "order", "pk")
    )
    at = place if place in registry.places else ""
    return BundleGuide(code, spoken(bundle.summary, bundle.summary_en), parts, tuple(papers), at)
