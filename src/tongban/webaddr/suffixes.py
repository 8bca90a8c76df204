"""Public suffixes: below which label of a host does somebody else's property begin?

The rules are those of publicsuffix.org, read by publicsuffixlist; the list is data that can be renewed. Besides the
suffix of a host it says whether that suffix is of the list's private section: a name under which others live (a
hosting firm's, a shared platform's), which nobody may block as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from publicsuffixlist import PSLFILE, PublicSuffixList

_BEGIN_ICANN, _END_ICANN = "===BEGIN ICANN DOMAINS===", "===END ICANN DOMAINS==="
_BEGIN_PRIVATE = "===BEGIN PRIVATE DOMAINS==="
FEWEST_RULES = 1_000
"""A list with fewer rules is no public suffix list; with it half the world would become blockable."""


class BadSuffixList(ValueError):
    """The text is no public suffix list: a section is missing, or it has too few rules."""


@dataclass(frozen=True)
class Suffixes:
    """A public suffix list. `text` is the list as publicsuffix.org publishes it. Raises BadSuffixList."""

    text: str

    def __post_init__(self) -> None:
        for mark in (_BEGIN_ICANN, _END_ICANN, _BEGIN_PRIVATE):
            if mark not in self.text:
                raise BadSuffixList(f"no public suffix list: it has no line “// {mark}”")
        rules = sum(1 for line in self.text.splitlines() if line.strip() and not line.startswith("//"))
        if rules < FEWEST_RULES:
            raise BadSuffixList(f"no public suffix list: {rules} rules, at least {FEWEST_RULES} are expected")

    @classmethod
    def read(cls, path: Path) -> Suffixes:
        """From a file. Raises BadSuffixList, OSError."""
        return cls(path.read_text(encoding="utf-8"))

    @cached_property
    def _all(self) -> PublicSuffixList:
        return PublicSuffixList(self.text, accept_unknown=True)

    @cached_property
    def _known(self) -> PublicSuffixList:
        return PublicSuffixList(self.text, accept_unknown=False)

    @cached_property
    def _icann(self) -> PublicSuffixList:
        return PublicSuffixList(self.text, accept_unknown=True, only_icann=True)

    @cached_property
    def top_labels(self) -> frozenset[str]:
        """The last labels of all rules of the ICANN section, in ASCII and as written: `com`, `xn--fiqs8s`, `中国`."""
        labels = set()
        icann = self.text.partition(_BEGIN_ICANN)[2].partition(_END_ICANN)[0]
        for line in icann.splitlines():
            rule = line.split("//")[0].strip().lower()
            if rule:
                last = rule.rsplit(".", 1)[-1].lstrip("!*")
                labels.add(last)
                labels.add(last.encode("idna").decode() if not last.isascii() else last)
        return frozenset(labels - {""})

    @cached_property
    def version(self) -> str:
        """The list's own date, where it says one (`// VERSION: …`)."""
        for line in self.text.splitlines()[:40]:
            if line.startswith("// VERSION:"):
                return line.partition(":")[2].strip()
        return ""

    def suffix(self, host: str) -> str | None:
        """The public suffix of a host in lower case, `co.uk` of `a.example.co.uk`; None for an empty label.

        A host that is itself a suffix gives itself. An unlisted last label counts as one (the list's rule `*`).
        """
        if _has_empty_label(host):
            return None
        return self._all.publicsuffix(host)

    def registrable(self, host: str) -> str | None:
        """The suffix and one label more, `example.co.uk`: what one holder registered. None for a suffix itself."""
        if _has_empty_label(host):
            return None
        return self._all.privatesuffix(host)

    def is_suffix(self, host: str) -> bool:
        """Whether the host is a public suffix as a whole, so that strangers live below it."""
        return self.suffix(host) == host

    def is_known(self, host: str) -> bool:
        """Whether the host ends in a suffix that the list names."""
        return not _has_empty_label(host) and self._known.publicsuffix(host) is not None

    def is_private(self, host: str) -> bool:
        """Whether the suffix of the host is of the private section: a platform's name under which others live."""
        return self.suffix(host) != (None if _has_empty_label(host) else self._icann.publicsuffix(host))


def _has_empty_label(host: str) -> bool:
    """Refused first: publicsuffixlist takes a last dot away, and a name with an empty label is none."""
    return not host or host.startswith(".") or host.endswith(".") or ".." in host


@lru_cache(maxsize=1)
def _shipped() -> Suffixes:
    return Suffixes.read(Path(PSLFILE))


_used: Suffixes | None = None


def suffixes() -> Suffixes:
    """The list in use: the one that `use_suffixes` gave, else the one shipped with the package publicsuffixlist."""
    return _used or _shipped()


def use_suffixes(newer: Suffixes | None) -> None:
    """Use another list in this process; None: the shipped one."""
    global _used
    _used = newer
