"""What the demo shows of entitlement: a form of its own for the food licence with a draft of the next version,
and a list of invented people who could have the senior card and have not asked.

The catalogue is loaded before (`demo.py`); what is there already is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import as_file, files

from tongban.gate.parts import Province
from tongban.record.writing import By

from . import reading
from .designing import content, versions
from .models import Item
from .unasked import listing, rows
from .unasked.models import UnaskedList

PLACE, FOOD, SENIOR = "610113", "7003", "7001"


def load(province: Province) -> Iterator[str]:
    """Yields the name of each thing that was made or found."""
    if FOOD in reading.current().tables:
        _form()
        yield "form"
    if SENIOR in reading.current().tables:
        _list()
        yield "unasked"


def _form() -> None:
    if versions.published(FOOD) is not None or versions.draft(FOOD) is not None:
        return
    made = versions.start(FOOD)
    versions.publish(made, By(reason="演示"), content.state_of(made.content))
    versions.start(FOOD)


def _list() -> None:
    if UnaskedList.objects.filter(matter=SENIOR).exists():
        return
    if not reading.current().items[SENIOR].unasked:
        Item.objects.filter(matter=SENIOR).update(unasked=True)
        reading.touch()
    with as_file(files(__package__).joinpath("data/unasked_demo.csv")) as path:
        people = rows.from_file(path, listing.facts_of(SENIOR))
        listing.make(SENIOR, PLACE, people, "人口登记（演示）")
