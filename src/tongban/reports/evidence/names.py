"""Names become addresses once: what a host was found to be at its first mention it stays for the whole look, whatever
its name server says later. Asks DNS alone: no hosts file, no search list, no local name service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import dns.exception
import dns.resolver

from tongban.webaddr.address import is_dns_name

from .addresses import Network, is_public, own, read

SECONDS = 5.0
NEVER = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa", "onion", "test", "invalid")
"""Names of no public machine (RFC 6761, 6762, 7686, 8375, ICANN's .internal): not even asked for."""

Ask = Callable[[str], Sequence[str]]
"""The addresses of a host, all of them; empty where there are none."""


class Refused(Exception):
    """Nothing was requested. `reason` is one of `looking.REASONS`; `about` says what, for the record."""

    def __init__(self, reason: str, about: str = "") -> None:
        super().__init__(reason, about)
        self.reason, self.about = reason, about


@dataclass(frozen=True)
class Rules:
    """Where one look may go. `ports` beside 80 and 443; `refused_networks` and `refused_hosts` beside what is never
    reached. `allowed` (address, port) is for the tests of the house, which have no open net: nothing else fills it."""

    ports: frozenset[int] = frozenset()
    refused_networks: tuple[Network, ...] = ()
    refused_hosts: frozenset[str] = frozenset()
    allowed: frozenset[tuple[str, int]] = frozenset()

    def may_reach(self, address: str, port: int) -> bool:
        """Whether a connection to this very address and port may be made."""
        if (address, port) in self.allowed:
            return True
        return (port in (80, 443) or port in self.ports) and is_public(address, self.refused_networks)


def resolver_at(named: str, seconds: float) -> dns.resolver.Resolver:
    """The resolver at these addresses (with commas; `address:port`, IPv6 in brackets then), or the machine's own where
    there are none. It answers within so many seconds, keeps nothing and searches nothing."""
    places = [one.strip() for one in named.split(",") if one.strip()]
    found = dns.resolver.Resolver(configure=not places)
    found.lifetime, found.timeout, found.search, found.cache = seconds, seconds / 2, [], None
    if places:
        servers, ports = [], {}
        for one in places:
            address, _colon, port = one.rpartition(":") if one.count(":") == 1 or "]:" in one else (one, "", "")
            address = address.strip("[]")
            servers.append(address)
            if port.isdigit():
                ports[address] = int(port)
        found.nameservers, found.nameserver_ports = servers, ports
    return found


def by_dns(resolvers: str = "") -> Ask:
    """Asks the resolvers that are named, or the machine's own."""

    def ask(host: str) -> Sequence[str]:
        asked = resolver_at(resolvers, SECONDS)
        found: list[str] = []
        for kind in ("A", "AAAA"):
            try:
                found += [row.address for row in asked.resolve(f"{host}.", kind, raise_on_no_answer=False).rrset or ()]
            except (dns.exception.DNSException, ValueError):
                continue
        return found

    return ask


@dataclass
class Names:
    """The hosts of one look, each with the one address it has for as long as the look takes."""

    rules: Rules
    ask: Ask
    _pinned: dict[str, tuple[str, ...] | Refused] = field(default_factory=dict)
    _own: Sequence[Network] = field(default_factory=own)

    def pinned(self, host: str, port: int) -> str:
        """The address of `host` (as `webaddr` writes it), for a connection to `port`. Raises Refused.

        One forbidden address among several is enough to refuse the name: a name that points into somebody's network is
        never reached, also not at its other address.
        """
        if host not in self._pinned:
            try:
                self._pinned[host] = self._found(host)
            except Refused as refused:
                self._pinned[host] = refused
        known = self._pinned[host]
        if isinstance(known, Refused):
            raise known
        for address in known:
            if not self.rules.may_reach(address, port) or self._is_own(address, port):
                port_open = port in (80, 443) or port in self.rules.ports
                raise Refused("address" if port_open else "port", f"{host} {address} {port}")
        return known[0]

    def _found(self, host: str) -> tuple[str, ...]:
        literal = read(host)
        if literal is not None:
            return (str(literal),)
        if host in self.rules.refused_hosts:
            raise Refused("own", host)
        if not is_dns_name(host) or "." not in host or any(host == one or host.endswith(f".{one}") for one in NEVER):
            raise Refused("name", host)
        found = [str(address) for one in self.ask(host) if (address := read(one)) is not None]
        if not found:
            raise Refused("unknown_name", host)
        return tuple(sorted(dict.fromkeys(found), key=lambda one: ":" in one))

    def _is_own(self, address: str, port: int) -> bool:
        known = read(address)
        if known is None or (address, port) in self.rules.allowed:
            return known is None
        return any(known in network for network in self._own if network.version == known.version)
