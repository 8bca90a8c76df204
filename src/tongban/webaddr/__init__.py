"""Addresses of the web: read as a browser reads them, written in one form, looked up in lists of a million.

A library of its own: no Django, no network, no database. What is harmful is not for this room to say.

    >>> parse("hxxps://WWW.Example[.]com/a/../b").href
    'https://www.example.com/b'
    >>> Names.build(["evil.example"]).find("a.b.evil.example").name
    'evil.example'
"""

from .address import Address, BadAddress, parse
from .expressions import canonical, expressions, full_hash
from .finding import FoundAddress, found_in
from .lookalikes import Likeness, Protected, lookalikes
from .names import BadName, Match, Names
from .suffixes import Suffixes, suffixes, use_suffixes

__all__ = [
    "Address", "BadAddress", "BadName", "FoundAddress", "Likeness", "Match", "Names", "Protected", "Suffixes",
    "canonical", "expressions", "found_in", "full_hash", "lookalikes", "parse", "suffixes", "use_suffixes",
]  # fmt: skip
