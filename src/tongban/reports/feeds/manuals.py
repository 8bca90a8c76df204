"""The set-up files for resolvers: package data in `manual/`, with this house's names filled in."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

HERE = Path(__file__).parent / "manual"
RESOLVERS = {
    "bind": ("BIND 9", "bind.conf"),
    "bind-options": ("BIND 9, options", "bind-options.conf"),
    "named-gate": ("BIND 9, gate", "named-gate.sh"),
    "unbound": ("Unbound", "unbound.conf"),
    "knot": ("Knot Resolver 5", "knot.lua"),
    "knot-fetch": ("Knot Resolver 5, fetching", "knot-fetch.sh"),
    "powerdns": ("PowerDNS Recursor", "powerdns.lua"),
    "adguard": ("AdGuard Home", "adguard.yaml"),
}
"""Name in addresses and commands → the program's name, its file."""
ZONE, RECENT, PRIMARY, PAGE = "rpz.tongban", "recent.tongban", "192.0.2.53", "blocked.city.example"
"""What stands for the zones, the primary and the explaining page where the settings do not say them."""


def text(resolver: str, **said: str) -> str:
    """The set-up file of a resolver. `said` overrides what is filled in: zone, recent, primary, port, page, site.
    Raises KeyError."""
    place = settings.FEED_DNS.split(",")[0].strip()
    zone, _plus, recent = place.partition("/")[2].partition("+")
    filled = {
        "zone": zone.rstrip(".") or ZONE,
        "recent": recent.rstrip(".") or RECENT,
        "primary": PRIMARY,
        "port": "53",
        "page": settings.FEED_PAGE_HOST or PAGE,
        "site": settings.ORIGIN,
        "data": "/var/lib/tongban-feed",
        "secret": "PUT-THE-SECRET-OF-tsig-keygen-HERE",
        **said,
    }
    found = (HERE / RESOLVERS[resolver][1]).read_text(encoding="utf-8")
    for name, value in filled.items():
        found = found.replace(f"@{name.upper()}@", value)
    return found
