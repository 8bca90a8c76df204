"""A draft of a bundle (一件事) whose forms got new versions while it lay: its writer is told what is asked otherwise,
of all items together, and goes again through the pages where something changed. What was typed stays where it is.

One item's own drafts: `versions.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .. import bundled, questions, reading
from ..models import Form
from . import content as contents
from . import versions
from .content import Content


def moved(values: Mapping[str, Any]) -> tuple[str, list[str], list[str]]:
    """For a draft of a bundle (`Writing.moved`): which versions of its items' forms it is written for now, what is
    asked otherwise since those that it holds, in words, and the pages on which something changed. A question that
    another item asked already is not new, and one that another item still asks is not gone."""
    matter = str(values.get("matter") or "")
    now = {item: questions.version_of(item) for item in bundled.every_item(matter)} if matter else {}
    mark = mark_of(matter, now)
    before = read_mark(str(values.get("version") or ""), matter)
    if before is None or before == now:
        return mark, [], []
    ruled_out = now.keys() - set(bundled.items_of(matter, questions.facts_of(values), str(values.get("place") or "")))
    old = together(_content(item, version) for item, version in before.items() if item not in ruled_out)
    new = together(_content(item, version) for item, version in now.items() if item not in ruled_out)
    found = contents.changes(old, new, reading.current().facts)
    names = {f"{questions.PREFIX}{code}" for code, _words in found}
    steps = [step.name for step in bundled.steps(values) if names & {one.name for one in step.inputs}]
    return mark, [words for _code, words in found], steps


def mark_of(matter: str, now: Mapping[str, int]) -> str:
    """The versions of all items' forms as a draft keeps them: `7095/7001:2/7002:0`."""
    return "/".join((matter, *(f"{item}:{version}" for item, version in now.items())))


def read_mark(mark: str, matter: str) -> dict[str, int] | None:
    """The versions that a mark names; None where it is of another matter, or of none."""
    was, *items = mark.split("/")
    pairs = [one.partition(":") for one in items]
    if was != matter or not pairs or not all(version.isdigit() for _item, _colon, version in pairs):
        return None
    return {item: int(version) for item, _colon, version in pairs}


def _content(item: str, version: int) -> Content:
    form = Form.objects.filter(matter=item, version=version).first() if version else None
    return form.content if form is not None else versions.derived_from_conditions(item)


def together(forms: Iterable[Content]) -> dict[str, Any]:
    """One form that asks what all of these ask, each question once: it has to be answered where one of them needs it,
    and is asked whenever one of them asks it."""
    asked: dict[str, dict[str, Any]] = {}
    for one in (one for form in forms for page in form.get("pages", ()) for one in page["questions"]):
        known = asked.setdefault(one["fact"], {"fact": one["fact"], "required": False, "whens": []})
        known["required"] = known["required"] or bool(one.get("required", True))
        known["whens"].append(one.get("when") or [])
    questions_ = [
        {"fact": code, "required": one["required"], "when": one["whens"] if all(one["whens"]) else []}
        for code, one in asked.items()
    ]
    return {"pages": [{"questions": questions_}]}
