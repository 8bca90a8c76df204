"""What this door brings to the page of a report, a decision and an objection on the desk, and to its sender's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.desk.opening import Found
from tongban.desk.parts import Panel
from tongban.webaddr import Likeness, lookalikes, parse

from . import effects, lists, rules, targets
from .brands import protected_brands
from .guarding import SCOPES, Judgement, Target, defanged, judged, target
from .harms import Advice, harms
from .models import Listed


@dataclass(frozen=True, slots=True)
class Reach:
    """What one scope would take: its name, and what the guards say."""

    target: Target
    judgement: Judgement
    why: str


@dataclass(frozen=True, slots=True)
class AboutSite:
    """All that is known here of the name that a case is about. Nothing was fetched for it."""

    shown: str
    unicode_host: str
    reaches: tuple[Reach, ...]
    same: targets.SameName | None
    alike: tuple[Likeness, ...]
    before: tuple[Listed, ...]


def about_site(found: Found) -> AboutSite | None:
    """The panel of the name; None where a report names no address."""
    site = effects.site_of(found.case)
    if not site:
        return None
    address, known = parse(site), harms().get(found.case.matter_id)
    reaches = []
    for scope in SCOPES if known is not None else ():
        wanted = target(site, scope)
        said = judged(wanted, known, lists.current())  # type: ignore[arg-type]
        why = str(rules.WHY[said.refused]) % {"near": said.near} if said.refused else ""
        reaches.append(Reach(wanted, said, why))
    return AboutSite(
        defanged(f"{address.host}{address.path}{address.query}"),
        address.unicode_host,
        tuple(reaches),
        targets.others(found.case, found.actor, found.registry),
        tuple(lookalikes(address, protected_brands())[:3]),
        tuple(row for row in Listed.objects.filter(host=address.host).order_by("-since")[:5]),
    )


def decision(found: Found) -> Listed | None:
    """The public row of a decision, or of the one that an objection is about."""
    case = found.case if found.case.kind == "listing" else Case.objects.filter(pk=found.case.about_id or 0).first()
    return Listed.objects.filter(case=case).first() if case is not None else None


@dataclass(frozen=True, slots=True)
class Now:
    """What the sender of a report should do at once."""

    advice: tuple[str, ...]


def what_to_do(case: Case, acts: Sequence[Edge]) -> Now | None:
    """Advice by kind of harm, while the report is open."""
    known = harms().get(case.matter_id)
    if known is None or not case.is_open:
        return None
    return Now(tuple(said(one) for one in known.now))


def said(one: Advice) -> str:
    """Advice in the language of the page."""
    from tongban.registry.names import spoken

    return spoken(one.text, one.text_en) if get_language() else one.text


PANELS = (
    Panel(
        ("report", "listing", "report_objection"),
        "site",
        rules.SITE,
        "reports/desk/site.html",
        "tongban.reports.on_desk:about_site",
        "main",
        10,
    ),
    Panel(
        ("listing", "report_objection"),
        "decision",
        rules.IN_REGISTER,
        "reports/desk/decision.html",
        "tongban.reports.on_desk:decision",
        "side",
        15,
    ),
)
