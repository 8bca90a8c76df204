"""Who issues this site, as the foot of every page and its title say it: from the registry and the settings.

Not for who is responsible for a case: that is the registry's duties.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import get_language, gettext

from tongban.registry import snapshot
from tongban.registry.names import place_name, traditional, unit_name, unit_phone
from tongban.registry.snapshot import Snapshot

PRODUCT = "通办"
FILING = "https://beian.miit.gov.cn/"
POLICE = "https://beian.mps.gov.cn/#/query/webSearch?code="


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuing unit with its telephone and address, what else reaches it, and the numbers under which the site is
    registered; what is not known is empty."""

    name: str
    phone: str
    address: str
    contact: str
    site_code: str
    filing: str
    police: str

    @property
    def filing_address(self) -> str:
        """Where the registration of web sites (ICP) is looked up."""
        return FILING

    @property
    def police_address(self) -> str:
        """Where the public security's registration is looked up."""
        return POLICE + "".join(re.findall(r"[0-9]", self.police))


def issuing_unit(registry: Snapshot, named: str = "") -> str:
    """The unit that a deployment names; else the one at the top of the tree of places that stands under no other and
    oversees none. Empty where there is no such unit, or several."""
    if named in registry.units:
        return named
    roots = registry.children("places", None)
    found = [
        row.code
        for row in registry.units.values()
        if row.place in roots and row.parent is None and not row.oversight and not row.coordinating
    ]
    return found[0] if len(found) == 1 else ""


def issuer() -> Issuer:
    """Who issues the site, in the language of the page."""
    unit = row = None
    try:
        registry = snapshot.current()
        unit = issuing_unit(registry, settings.ISSUER)
        row = registry.units.get(unit)
    except DatabaseError:  # a page that says so has a foot as well
        pass
    return Issuer(
        name=unit_name(unit) if row is not None else "",
        phone=unit_phone(unit) if row is not None else "",
        address=_written(row.address) if row is not None else "",
        contact=settings.CONTACT,
        site_code=settings.SITE_CODE,
        filing=settings.FILING,
        police=settings.POLICE_FILING,
    )


def site_title() -> str:
    """The name of the site with that of its province, as a title says it: 陕西省通办. A name that a deployment chose
    and that has the province in it already stays."""
    name = gettext("通办") if settings.SITE_NAME == PRODUCT else _written(settings.SITE_NAME)
    try:
        roots = snapshot.current().children("places", None)
    except DatabaseError:
        return name
    province = place_name(roots[0]) if len(roots) == 1 else ""
    if not province or province in name:
        return name
    return f"{name} {province}" if (get_language() or "").startswith("en") else f"{province}{name}"


def _written(text: str) -> str:
    return traditional(text) if get_language() == "zh-hant" else text
