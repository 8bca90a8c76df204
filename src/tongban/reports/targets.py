"""Which reports are about the same name, number or account, and which may belong to one campaign: remembered by keyed
hashes, in the transaction of the report itself.

People are counted, votes decide nothing: how many reported a name is shown to the official and changes no rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.inputs.texts import normal_email, normal_phone
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context
from tongban.ledger import bulk
from tongban.registry.snapshot import Snapshot
from tongban.vault.keyring import ring
from tongban.webaddr import parse

from .effects import what_of
from .models import Reported
from .whats import What

HOST, SITE, DOMAIN, SHAPE, PERSON = (
    "reported host",
    "reported site",
    "reported domain",
    "reported shape",
    "reported by",
)
SHORTEST_SHAPE = 5
"""Fewer letters than that are shared by names that have nothing to do with each other."""
SHOWN = 5


@dataclass(frozen=True)
class SameName:
    """The other reports on a name that an official may see: how many, by how many people (whoever left the same contact
    twice is one) and how many programs, since when, until when; the newest; how many of them wait."""

    number: int
    people: int
    programs: int
    first: datetime | None
    last: datetime | None
    newest: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keyed hashes of what was reported: of its host (or number, or account), of the whole, of the registered name,
    and of the letters of that name, which the names of one campaign often share."""

    host: str
    site: str
    domain: str = ""
    shape: str = ""


def keys(what: What) -> Keys | None:
    """None where nothing was named by which it could be found again."""
    keys_of_house = ring()
    if what.sort != "site":
        named = f"{what.sort}:{what.value}"
        key = keys_of_house.blind(named, HOST)
        return Keys(key, key) if what.value else None
    address = parse(what.value)
    name = address.registrable or address.host
    letters = shape(name)
    return Keys(
        keys_of_house.blind(address.host, HOST),
        keys_of_house.blind(address.href, SITE),
        keys_of_house.blind(name, DOMAIN),
        keys_of_house.blind(letters, SHAPE) if letters else "",
    )


def shape(name: str) -> str:
    """The letters of a registered name's first label, without digits and hyphens: `icbc-jifen07.top` and
    `icbcjifen8.cc` have one. Empty where too few are left to mean anything."""
    label = name.partition(".")[0]
    if label.startswith("xn--"):
        return label
    letters = re.sub("[0-9-]", "", label)
    return letters if len(letters) >= SHORTEST_SHAPE else ""


def person(case: Case) -> str:
    """A keyed hash of the contact that the sender left; empty where none was left."""
    private = case.private or {}
    contact = normal_phone(private.get("phone") or "") or normal_email(private.get("email") or "")
    return ring().blind(contact, PERSON) if contact else ""


def remember(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Keeps by which name each new report is found, and which program sent it. Called in the act's transaction."""
    found = []
    for case, _act, _context in rows:
        known = keys(what_of(case))
        reporter = ((case.private or {}).get("extra") or {}).get("reporter")
        if known is not None or reporter:
            known = known or Keys("", "")
            found.append(
                Reported(
                    case=case,
                    host_key=known.host,
                    site_key=known.site,
                    domain_key=known.domain,
                    shape_key=known.shape,
                    person_key=person(case),
                    reporter_id=reporter,
                )
            )
    if len(found) == 1:
        bulk.insert_linked([bulk.Linked(found[0])])
    elif found:
        Reported.objects.bulk_create(found)


def forget(case: Case) -> None:
    """The case was erased."""
    Reported.objects.filter(case=case).delete()


def others(case: Case, actor: Actor, registry: Snapshot) -> SameName | None:
    """The other reports on the same host, number or account, of those that the official may see."""
    known = keys(what_of(case))
    if known is None:
        return None
    seen: QuerySet[Case] = access.cases_for(actor, registry).filter(kind="report", reported__host_key=known.host)
    seen = seen.exclude(pk=case.pk)
    facts = seen.aggregate(
        first=Min("submitted_at"),
        last=Max("submitted_at"),
        named=Count("reported__person_key", filter=~Q(reported__person_key=""), distinct=True),
        unnamed=Count("pk", filter=Q(reported__person_key="", reported__reporter=None)),
        programs=Count("reported__reporter", distinct=True),
    )
    return SameName(
        seen.count(),
        facts["named"] + facts["unnamed"],
        facts["programs"],
        facts["first"],
        facts["last"],
        tuple(seen.order_by("-pk")[:SHOWN]),
    )


def campaign(case: Case, actor: Actor, registry: Snapshot) -> QuerySet[Case]:
    """The open reports, this one among them, that may belong together: on the same host, under the same registered
    name, or under names that differ in digits, hyphens and suffix alone; those that the official may see."""
    known = keys(what_of(case))
    cases = access.cases_for(actor, registry).filter(kind="report", phase="work")
    if known is None:
        return cases.none()
    alike = Q(reported__host_key=known.host)
    if known.domain:
        alike |= Q(reported__domain_key=known.domain)
    if known.shape:
        alike |= Q(reported__shape_key=known.shape)
    return cases.filter(alike)
