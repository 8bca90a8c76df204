"""What this door brings to the page of a report, a decision and an objection on the desk, and to its sender's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs.one import Words
from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.desk.opening import Found
from tongban.desk.parts import ActPage, Panel
from tongban.webaddr import Likeness, lookalikes, parse

from . import effects, lists, rules, targets, trusted, whats
from .brands import protected_brands
from .guarding import SCOPES, Judgement, Target, defanged, judged, target
from .harms import Advice, harms
from .inputs import HOW_SHOWN
from .models import Listed, Reported
from .statement import words_of

KNOWN_BELOW = 5


@dataclass(frozen=True, slots=True)
class Reach:
    """What one scope would take: its name, and what the guards say."""

    target: Target
    judgement: Judgement
    why: str


ALIKE: dict[str, Words] = {
    "drawn_alike": _("写出来看着一样"),
    "one_letter_off": _("只差一个字母"),
    "other_suffix": _("同名不同后缀"),
    "brand_inside": _("名字里有它的品牌"),
    "brand_in_subdomain": _("子域名里有它的品牌"),
}
"""Why a name looks like a protected one, in words."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A protected name that this one looks like, why, and the part that shows it."""

    name: str
    why: str
    part: str


@dataclass(frozen=True, slots=True)
class AboutSite:
    """All that is known here of the name that a case is about. Nothing was fetched for it.

    `below`: names that many use below the registered name, which a wide scope would take along; `campaign`: how many
    open reports may belong together."""

    shown: str
    unicode_host: str
    reaches: tuple[Reach, ...]
    same: targets.SameName | None
    alike: tuple[Alike, ...]
    before: tuple[Listed, ...]
    below: tuple[str, ...] = ()
    campaign: int = 0
    code: str = ""


def about_site(found: Found) -> AboutSite | None:
    """The panel of the name; None where a report names no address."""
    site = effects.site_of(found.case)
    if not site:
        return None
    address, known = parse(site), harms().get(found.case.matter_id)
    hosts = dict.fromkeys((address.host, address.registrable or address.host))
    reaches = []
    for scope in SCOPES if known is not None else ():
        wanted = target(site, scope)
        said = judged(wanted, known, lists.current())  # type: ignore[arg-type]
        why = str(rules.WHY[said.refused]) % {"near": said.near} if said.refused else ""
        reaches.append(Reach(wanted, said, why))
    return AboutSite(
        defanged(f"{address.host}{address.path}{address.query}"),
        defanged(address.unicode_host) if address.unicode_host != address.host else "",
        tuple(reaches),
        targets.others(found.case, found.actor, found.registry),
        tuple(_alike(one) for one in lookalikes(address, protected_brands())[:3]),
        tuple(Listed.objects.filter(host__in=hosts).order_by("-since")[:5]),
        tuple(known_below(address.registrable or address.host)),
        targets.campaign(found.case, found.actor, found.registry).exclude(pk=found.case.pk).count()
        if found.case.kind == "report"
        else 0,
        found.case.code,
    )


def _alike(one: Likeness) -> Alike:
    return Alike(one.protected.name, str(ALIKE[one.why]), one.part)


def known_below(name: str) -> list[str]:
    """Names on a list that stand below a registered name, the first few."""
    current = lists.current()
    every = (one for names in (current.protected, current.shared, current.popular) for one in names)
    return sorted(one for one in every if one.endswith(f".{name}"))[:KNOWN_BELOW]


@dataclass(frozen=True, slots=True)
class NoSite:
    """What was reported where it is no site: its kind, in one form, why nothing is blocked here, and the other
    reports on it."""

    sort: str
    value: str
    why: str
    same: targets.SameName | None


def no_site(found: Found) -> NoSite | None:
    """The panel of what can only be referred; None for a site."""
    what = effects.what_of(found.case)
    if what.sort == "site":
        return None
    same = targets.others(found.case, found.actor, found.registry)
    return NoSite(str(whats.NAMES[what.sort]), what.value, str(whats.WHY[what.sort]), same)


@dataclass(frozen=True, slots=True)
class Public:
    """A decision as the public reads it: its row where it has one, the statement, and what was hidden in it."""

    row: Listed | None
    statement: str
    hidden: tuple[str, ...]


def decision(found: Found) -> Public | None:
    """The public side of a decision, or of the one that an objection is about; also before a second person agrees."""
    case = found.case if found.case.kind == "listing" else Case.objects.filter(pk=found.case.about_id or 0).first()
    if case is None:
        return None
    said = effects.decision(case)
    row = Listed.objects.filter(case=case).first()
    text = str(said.get("statement") or (row.statement if row is not None else ""))
    return Public(row, text, tuple(words_of(said.get("hidden") or ())))


@dataclass(frozen=True, slots=True)
class Control:
    """Whether whoever objects showed control of the site: how and when."""

    how: str
    at: datetime | None


def control(found: Found) -> Control:
    """The proof of control, as the last act that says so."""
    act = next((one for one in reversed(found.acts) if one.act == "show_control"), None)
    if act is None:
        return Control("", None)
    return Control(HOW_SHOWN.show((act.public or {}).get("how", "")), act.at)


@dataclass(frozen=True, slots=True)
class FromReporter:
    """The trusted reporter who sent a report, and how often it was right."""

    label: str
    record: trusted.Record


def reporter(found: Found) -> FromReporter | None:
    """Who sent the report, where a program of a trusted reporter did."""
    row = Reported.objects.filter(case=found.case, reporter__isnull=False).select_related("reporter").first()
    if row is None or row.reporter is None:
        return None
    return FromReporter(row.reporter.label, trusted.record(row.reporter))


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
    Panel(
        ("report",), "no_site", rules.NO_SITE, "reports/desk/no_site.html", "tongban.reports.on_desk:no_site",
        "main", 10,
    ),
    Panel(
        ("report",), "reporter", rules.BY_REPORTER, "reports/desk/reporter.html", "tongban.reports.on_desk:reporter",
        "side", 16,
    ),
    Panel(
        ("report_objection",), "control", rules.CONTROL, "reports/desk/control.html", "tongban.reports.on_desk:control",
        "side", 14,
    ),
    Panel(
        ("report", "listing", "report_objection"), "evidence", rules.LOOKS, "reports/desk/evidence.html",
        "tongban.reports.evidence.panel:looks", "main", 12,
    ),
    ActPage(
        ("report_objection",), "control", _("查证控制权"), "tongban.reports.control.pages:on_desk",
        "reports/desk/control_page.html",
    ),
)  # fmt: skip
