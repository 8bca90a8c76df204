"""What may be blocked at all, and how far: pure rules over an address, a scope and three lists.

Each rule has a disaster behind it: an IP address with 250,000 sites (ASIC 2013), one page that took most of a country
from Wikipedia (IWF 2008), a file store for half a day (Piracy Shield 2024). They are asked when an official decides, by
the button before that, and once more of every row at each publication of the feed. Not for whether a site is harmful:
people decide that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from tongban.webaddr import Address, BadAddress, parse, suffixes

from .harms import Harm

Scope = Literal["url", "host", "domain"]
SCOPES: tuple[Scope, ...] = ("url", "host", "domain")
Reason = Literal["ip", "public_suffix", "protected", "shared", "popular", "bare"]
HERE = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Lists:
    """Names, lower case, in ASCII: `protected` are never listed, `shared` hold other people's sites, `popular` many
    use.

    `dated` says of what day each list is. A list counts for a name and everything below it.
    """

    protected: Collection[str] = frozenset()
    shared: Collection[str] = frozenset()
    popular: Collection[str] = frozenset()
    dated: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Judgement:
    """Whether an address can be listed with this scope: `refused` says why not, `second` that a second person has to
    decide too."""

    refused: Reason | None = None
    second: bool = False
    near: str = ""
    """The name on a list that spoke."""


@dataclass(frozen=True)
class Target:
    """What is listed: the one form of an address, and what of it the scope takes."""

    address: Address
    scope: Scope

    @property
    def name(self) -> str:
        """`host/path?query` for an address, the host, or the registrable domain."""
        if self.scope == "url":
            return f"{self.address.host}{self.address.path}{self.address.query}"
        return self.address.host if self.scope == "host" else self.address.registrable or self.address.host

    @property
    def resolvable(self) -> bool:
        """Whether a resolver can carry it out: DNS knows names, not pages."""
        return self.scope != "url"

    @property
    def defanged(self) -> str:
        """The name so that nobody can click it."""
        return defanged(self.name)


def defanged(name: str) -> str:
    """`evil.example/a` as `evil[.]example/a`: for people to read, never a link."""
    host, slash, rest = name.partition("/")
    return host.replace(".", "[.]") + slash + rest


def target(text: str, scope: str) -> Target:
    """Raises BadAddress where the text is no address of the web; ValueError for an unknown scope."""
    if scope not in SCOPES:
        raise ValueError(scope)
    return Target(parse(text), scope)


def judged(wanted: Target, harm: Harm, lists: Lists) -> Judgement:
    """Whether `wanted` can be listed for `harm`."""
    address, name = wanted.address, wanted.name
    if address.is_ip:
        return Judgement("ip")
    if address.registrable is None:
        return Judgement("public_suffix", near=address.host)
    near = above(address.host, lists.protected)
    if near:
        return Judgement("protected", near=near)
    if wanted.scope == "url":
        # The front page alone is the site under another name: whoever blocks it blocks the host.
        return (
            Judgement("bare") if address.path == "/" and not address.query and shared(address, lists) else Judgement()
        )
    # A name on the way up that holds a listed one is as bad: protected.example is below it.
    below = next((one for one in lists.protected if one.endswith(f".{name}")), "")
    if below:
        return Judgement("protected", near=below)
    near = shared(address, lists) or next((one for one in lists.shared if one.endswith(f".{name}")), "")
    if near:
        return Judgement("shared", near=near)
    near = above(name, lists.popular) or next((one for one in lists.popular if one.endswith(f".{name}")), "")
    if near:
        return Judgement("popular", near=near) if harm.popular == "url" else Judgement(second=True, near=near)
    return Judgement(second=wanted.scope == "domain" and address.host != name)


def shared(address: Address, lists: Lists) -> str:
    """The name under which other people's sites live that the address is on, or an empty text.

    The private part of the public suffix list says it of a registrable name's suffix: `someone.github.io` is one
    person's, `github.io` is everybody's. Our own list says it of whole names.
    """
    found = above(address.host, lists.shared)
    if found:
        return found
    return address.host if suffixes().registrable(address.host) is None else ""


def above(host: str, names: Collection[str]) -> str:
    """The name in `names` that is the host or stands above it; the longest; empty where none does."""
    labels = host.split(".")
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        if name in names:
            return name
    return ""


def read_names(lines: Iterable[str]) -> tuple[set[str], list[tuple[int, str]]]:
    """Names of a list, one a line (`#` begins a comment; `rank,name` as Tranco and Umbrella write them; hosts files);
    and the lines that were none, with their numbers."""
    found: set[str] = set()
    bad: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        word = text.split(",")[-1].split()[-1].strip('"').lstrip("*.").rstrip(".").lower()
        try:
            found.add(parse(word).host if "." in word else _label(word))
        except (BadAddress, ValueError):
            bad.append((number, text[:80]))
    return found, bad


def _label(word: str) -> str:
    if not word.isascii() or not word.replace("-", "").isalnum():
        raise ValueError(word)
    return word


@dataclass
class _Kept:
    lists: Lists = field(default_factory=Lists)


@lru_cache(maxsize=1)
def shipped() -> Lists:
    """The lists that come with the door: small, and right without any import."""
    found = {}
    for kind in ("protected", "shared"):
        names, bad = read_names((HERE / f"{kind}.txt").read_text(encoding="utf-8").splitlines())
        if bad:
            raise ValueError(f"{kind}.txt: line {bad[0][0]}")
        found[kind] = frozenset(names)
    return Lists(found["protected"], found["shared"], frozenset(), (("protected", "shipped"), ("shared", "shipped")))
