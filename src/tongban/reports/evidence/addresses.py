"""Which addresses of the net may be reached at all. Pure.

Allowed is what IANA's registries of special-purpose addresses leave as open to everybody, and nothing in a form that
carries another address inside. Used wherever the house goes to an address that a stranger named.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from pathlib import Path

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SPECIAL: tuple[Network, ...] = tuple(
    ipaddress.ip_network(one)
    for one in (
        # RFC 6890 and IANA's IPv4 registry
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        # IANA's IPv6 registry: what carries an IPv4 address (mapped, translated, 6to4, Teredo), and the rest
        "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""Never reached, whatever else is said."""
OPEN_IPV6 = ipaddress.ip_network("2000::/3")
"""All that IANA gives out for the open net; the rest is no address of anybody."""
ISATAP = (0x00005EFE, 0x02005EFE)
"""RFC 5214 §6.1: the interface identifier by which an IPv6 address carries an IPv4 one."""


def read(text: str) -> Address | None:
    """The address that `text` is, in brackets or not; None where it is none, or has a zone."""
    try:
        return ipaddress.ip_address(text.strip("[]")) if "%" not in text else None
    except ValueError:
        return None


def is_public(text: str, refused: Iterable[Network] = ()) -> bool:
    """Whether an address is one of the open net: not private, loopback, link-local, shared by a carrier, documentation,
    multicast or reserved, no IPv6 form that carries an IPv4 address, and in none of the networks `refused`."""
    address = read(text)
    if address is None or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        carried = (int(address) >> 32) & 0xFFFFFFFF
        if address not in OPEN_IPV6 or carried in ISATAP:
            return False
    return not any(address in network for network in (*SPECIAL, *refused) if network.version == address.version)


def own() -> Sequence[Network]:
    """The addresses of this machine, as its kernel says them; also public ones are never reached."""
    found: set[str] = set()
    try:
        before = ""
        for line in Path("/proc/net/fib_trie").read_text().splitlines():
            if "host LOCAL" in line:
                found.add(before.rpartition(" ")[2])
            before = line.rstrip()
    except OSError:
        pass
    try:
        for line in Path("/proc/net/if_inet6").read_text().splitlines():
            found.add(str(ipaddress.IPv6Address(int(line.split()[0], 16))))
    except (OSError, ValueError, IndexError):
        pass
    return [ipaddress.ip_network(one) for one in sorted(found) if read(one) is not None]
