"""The panels of the page about one case: the desk's own, and those that doors bring (`parts.Panel`).

What each of the desk's own shows is worked out here; its words are in `templates/desk/panels/`. Not for what can be
done with a case: `offers.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases import access, relations
from tongban.cases.inputs.one import Words
from tongban.cases.models import Case
from tongban.gate.door import loaded, parts

from . import beside, offers
from .opening import Found
from .parts import Panel
from .rows import names_of

MOST_MERGED = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel that stands on the page, and what is in it."""

    panel: Panel
    data: Any

    @property
    def name(self) -> str:
        """Its name, for the id of its heading."""
        return self.panel.name

    @property
    def title(self) -> str:
        """Its heading, in the language of the page."""
        return str(self.panel.title)

    @property
    def template(self) -> str:
        """What it is written with."""
        return self.panel.template


def standing_at(found: Found, place: str, *more: Form) -> Iterator[Shown]:
    """The panels at a place of the page, in order; on an act's page with its form."""
    for panel in parts(Panel):
        if panel.place == place and (not panel.kinds or found.case.kind in panel.kinds):
            data = loaded(panel.context)(found, *more) if panel.context else {}
            if data is not None:
                yield Shown(panel, data)


# --- the desk's own -------------------------------------------------------------------------------------------------


def facts(found: Found) -> dict[str, Any]:
    """Matter, place, units, handler and deadlines."""
    case = found.case
    lead = case.lead_case
    return {
        "assists": list(case.assists.values_list("unit_id", flat=True)),
        "handler": names_of([case.handler_id]).get(case.handler_id or 0, ""),
        "deadlines": beside.deadlines(found, timezone.now()),
        "lead": lead if lead is not None and access.may_see(found.actor, lead, found.registry) else None,
        "more": list(standing_at(found, "facts")),
    }


def unsent(found: Found) -> Any:
    """Notices that did not arrive."""
    return beside.unsent(found) or None


def duties(found: Found) -> Any:
    """Who is responsible, by the list."""
    return beside.duties(found)


def merged(found: Found) -> Any:
    """The cases that were merged into this one, as far as they exist for who looks."""
    if found.case.lead_case_id:
        return None
    rows = Case.objects.filter(lead_case=found.case).order_by("id")[:MOST_MERGED]
    return [other for other in rows if access.may_see(found.actor, other, found.registry)] or None


def related(found: Found) -> list[tuple[str, Case]] | None:
    """The cases that this one is about or part of, and those about it or part of it, as far as they exist for who
    looks."""
    there = relations.related_to(found.case)
    if there is None:
        return None
    named: tuple[tuple[relations.To, Words], ...] = (
        ("about", _("针对的件")),
        ("part_of", _("所属的件")),
        ("parts", _("它的一部分")),
        ("those_about", _("针对它的件")),
    )
    rows = [(words, case) for to, words in named for case in there.at(to)[:MOST_MERGED]]
    return [(str(words), case) for words, case in rows if access.may_see(found.actor, case, found.registry)] or None


def repeats(found: Found) -> dict[str, Any] | None:
    """Cases that may be about the same trouble, and the form that merges this one into one of them."""
    rows = beside.repeats(found)
    merge = offers.with_page(found, offers.MERGE) if rows else None
    return {"rows": rows, "merge": bool(merge)} if rows else None


PANELS = (
    Panel((), "facts", _("基本情况"), "desk/panels/facts.html", "tongban.desk.panels:facts", order=10),
    Panel((), "unsent", _("没有送达的通知"), "desk/panels/unsent.html", "tongban.desk.panels:unsent", order=20),
    Panel((), "duties", _("责任清单"), "desk/panels/duties.html", "tongban.desk.panels:duties", order=30),
    Panel((), "related", _("相关的件"), "desk/panels/related.html", "tongban.desk.panels:related", order=45),
    Panel((), "merged", _("并入这件的"), "desk/panels/merged.html", "tongban.desk.panels:merged", order=50),
    Panel((), "repeats", _("可能反映同一问题"), "desk/panels/repeats.html", "tongban.desk.panels:repeats", order=60),
)
"""The desk's own panels; those of doors stand among them by their order."""
