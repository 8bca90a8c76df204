"""Which reports are about the same name: remembered by keyed hashes, in the transaction of the report itself.

People are counted, votes decide nothing: how many reported a name is shown to the official and changes no rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min, QuerySet

from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context
from tongban.registry.snapshot import Snapshot
from tongban.vault.keyring import ring
from tongban.webaddr import parse

from .effects import site_of
from .models import Reported

HOST, SITE = "reported host", "reported site"


@dataclass(frozen=True)
class SameName:
    """The other reports on a name that an official may see: how many, since when, until when; the newest."""

    number: int
    first: datetime | None
    last: datetime | None
    newest: tuple[Case, ...]


def keys(site: str) -> tuple[str, str]:
    """The keyed hashes of an address: of its host, of the whole."""
    address, keys_of_house = parse(site), ring()
    return keys_of_house.blind(address.host, HOST), keys_of_house.blind(address.href, SITE)


def remember(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Keeps by which name each new report is found. Called in the act's transaction."""
    found = []
    for case, _act, _context in rows:
        site = site_of(case)
        if site:
            host_key, site_key = keys(site)
            found.append(Reported(case=case, host_key=host_key, site_key=site_key))
    if found:
        Reported.objects.bulk_create(found)


def forget(case: Case) -> None:
    """The case was erased."""
    Reported.objects.filter(case=case).delete()


def others(case: Case, actor: Actor, registry: Snapshot) -> SameName | None:
    """The other reports on the same host, of those that the official may see."""
    site = site_of(case)
    if not site:
        return None
    host_key, _site_key = keys(site)
    seen: QuerySet[Case] = access.cases_for(actor, registry).filter(kind="report", reported__host_key=host_key)
    seen = seen.exclude(pk=case.pk)
    facts = seen.aggregate(first=Min("submitted_at"), last=Max("submitted_at"))
    return SameName(seen.count(), facts["first"], facts["last"], tuple(seen.order_by("-pk")[:5]))
