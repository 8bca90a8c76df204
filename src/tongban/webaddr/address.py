"""One address of the web, read the WHATWG way (ada), so that it is what a browser makes of it.

    parse("http://good.example\\@evil.example/").host == "good.example"
    parse("http://0x7f.1/").host == "127.0.0.1"

Not for deciding what may be blocked: `reports/` does that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ada_url import URL, HostType, idna_to_unicode

from .expressions import expressions
from .refanging import refang, visible
from .suffixes import suffixes

Reason = Literal["empty", "long", "unreadable", "scheme", "no_host", "no_dot", "empty_label", "long_host"]
SCHEMES = frozenset({"http", "https", "ws", "wss", "ftp"})
LONGEST = 8_000
"""RFC 9110 §4.1 asks that 8,000 octets be understood; a longer one is no address that somebody can report."""
_OPAQUE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PORT = re.compile(r"[^/?#:@\s]+:\d{1,5}(?:[/?#]|$)")
_WORDS: dict[Reason, str] = {
    "empty": "there is no address",
    "long": f"an address has at most {LONGEST} characters",
    "unreadable": "no browser could read this as an address",
    "scheme": "not an address of the web (http, https)",
    "no_host": "the address names no host",
    "no_dot": "a name of the web has a dot",
    "empty_label": "the host has two dots in a row, or begins with one",
    "long_host": "a host has at most 253 characters, a part of it 63",
}


class BadAddress(ValueError):
    """What was given is no address of the web. `reason` is one of `Reason`."""

    def __init__(self, reason: Reason, text: str = "") -> None:
        super().__init__(_WORDS[reason])
        self.reason = reason
        self.text = text


@dataclass(frozen=True)
class Address:
    """An address in the one form that browsers agree on.

    `href` is the WHATWG serialisation, `host` is in ASCII and lower case without a last dot (IPv6 in brackets), `port`
    is empty where it is the scheme's own, `path` begins with a slash, `query` has its question mark or is empty.
    """

    href: str
    scheme: str
    host: str
    port: str
    path: str
    query: str
    is_ip: bool

    @cached_property
    def suffix(self) -> str | None:
        """The public suffix of the host; None for an IP address."""
        return None if self.is_ip else suffixes().suffix(self.host)

    @cached_property
    def registrable(self) -> str | None:
        """The name that one holder registered; None for an IP address and for a public suffix itself."""
        return None if self.is_ip else suffixes().registrable(self.host)

    @cached_property
    def unicode_host(self) -> str:
        """The host as people read it."""
        return self.host if self.is_ip or "xn--" not in self.host else idna_to_unicode(self.host)

    @property
    def is_name(self) -> bool:
        """Whether the host is a name that a resolver can be asked for; browsers read `http://a..b/` too."""
        return not self.is_ip and is_dns_name(self.host)

    @property
    def defanged(self) -> str:
        """The address so that nobody opens it by accident: for pages, mails and lists that people read."""
        start = self.href.index("://")
        end = start + 3 + len(self.href[start + 3 :].split("/", 1)[0])
        scheme = self.href[:start].replace("http", "hxxp").replace("ftp", "fxp")
        return scheme + "://" + self.href[start + 3 : end].replace(".", "[.]") + self.href[end:]

    def expressions(self) -> list[str]:
        """Host suffixes with path prefixes, the most special first, as Safe Browsing v5 forms them."""
        return expressions(self)

    def __str__(self) -> str:
        return self.href


def parse(text: str) -> Address:
    """Read one address. Raises BadAddress with a reason.

    What a browser can read is read as a browser does; else defanging marks are undone and a missing scheme is `http`.
    """
    if len(text) > 4 * LONGEST:
        raise BadAddress("long")
    shown = visible(text)
    if not shown:
        raise BadAddress("empty", text)
    try:
        return _read(text)
    except BadAddress as first:
        meant = _with_scheme(refang(text))
        if meant == text:
            raise
        try:
            return _read(meant, typed=True)
        except BadAddress as second:
            raise (second if first.reason in ("unreadable", "no_host") else first) from None


def _read(text: str, typed: bool = False) -> Address:
    try:
        url = URL(text)
    except (ValueError, UnicodeEncodeError):
        raise BadAddress("unreadable", text) from None
    scheme = url.protocol[:-1]
    if scheme not in SCHEMES:
        raise BadAddress("scheme", text)
    host = url.hostname
    if not host:
        raise BadAddress("no_host", text)
    is_ip = url.host_type != HostType.DEFAULT
    if not is_ip:
        host = host.removesuffix(".") or host
        if typed:
            _refuse_odd_name(host, text)
    href = url.href
    if len(href) > LONGEST:
        raise BadAddress("long", text)
    return Address(href, scheme, host, url.port, url.pathname or "/", url.search, is_ip)


def _refuse_odd_name(host: str, text: str) -> None:
    """Stricter where a scheme was missing: then only the name itself says that an address was meant."""
    if "" in host.split("."):
        raise BadAddress("empty_label", text)
    if not is_dns_name(host):
        raise BadAddress("long_host", text)
    if "." not in host:
        raise BadAddress("no_dot", text)


def is_dns_name(host: str) -> bool:
    """Whether the Domain Name System can hold the name (RFC 1035 §2.3.4): labels of 1 to 63 octets, 253 in all."""
    return len(host) <= 253 and all(0 < len(label) <= 63 for label in host.split("."))


def _with_scheme(text: str) -> str:
    if text.startswith("//"):
        return f"http:{text}"
    opaque = _OPAQUE.match(text)
    if opaque is None or _PORT.match(text):
        return f"http://{text}"
    return text
