"""Verifying a certificate with the keys and the status lists of this house: for the page and the command.

The signature comes first, then the list: a good signature whose list could not be asked is told as such, never as a
yes. Not for programs of others: they take the published keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from tongban.credentials import PublicKey, Refused, Verified, from_paper, verify
from tongban.credentials.paper import PREFIX
from tongban.credentials.status import check_status
from tongban.registry.names import unit_name

from . import keys, lists
from .kinds import kind_of_type
from .showing import in_words

KeysOf = Callable[[str], "list[PublicKey]"]
Fetch = Callable[[str], str]
Binding = Literal["none", "unproved", "proved"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A certificate that was accepted. `status` is `good`, or `unknown` where its list could not be asked, or `none`
    where it names no list."""

    verified: Verified
    status: str

    @property
    def kind(self) -> str:
        """What it is called, in the language of the page; its type where the kind is not known."""
        kind = kind_of_type(self.verified.type)
        return kind.words if kind is not None else self.verified.type

    @property
    def issuer(self) -> str:
        """The unit's name, or the address of a stranger."""
        unit = keys.unit_of(self.verified.issuer)
        return unit_name(unit) if unit else self.verified.issuer

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What it says, in words."""
        kind, claims = kind_of_type(self.verified.type), self.verified.claims
        known = {one.name: one.words for one in kind.claims} if kind is not None else {}
        order = [*(name for name in known if name in claims), *(name for name in claims if name not in known)]
        return [(known.get(name, name), in_words(claims[name])) for name in order]

    @property
    def binding(self) -> Binding:
        """`none`, `unproved` or `proved`."""
        return binding(self.verified)

    @property
    def issued_at(self) -> datetime | None:
        """When it was issued."""
        return _moment(self.verified.issued_at)

    @property
    def expires_at(self) -> datetime | None:
        """When it ends."""
        return _moment(self.verified.expires_at)


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def plain(text: str) -> str:
    """What was pasted or scanned, without what wrapping lines added. A code's letters have spaces of their own."""
    text = text.strip().strip("﻿")
    if text.startswith(PREFIX):
        return text.replace("\r", "").replace("\n", "").replace("\t", "")
    return "".join(text.split())


def binding(verified: Verified) -> Binding:
    """Whether it is bound to a key of the holder's (a copy from a wallet), and that key signed what is shown."""
    if verified.holder is None:
        return "none"
    return "proved" if verified.holder_proved else "unproved"


def check(text: str, now: int, keys_of: KeysOf | None = None, fetch: Fetch | None = None) -> Checked:
    """Accept a certificate or raise Refused with the reason. Without `keys_of` and `fetch` by what this house has."""
    keys_of, fetch, text = keys_of or keys.keys_of, fetch or own_list, plain(text)
    read = from_paper if text.startswith(PREFIX) else verify
    found = read(text, keys=keys_of, now=now)
    if found.status is None:
        return Checked(found, "none")
    try:
        check_status(found.status, fetch, keys_of, found.issuer, now)
    except Refused as refused:
        if refused.reason != "status_unknown":
            raise
        return Checked(found, "unknown")
    return Checked(found, "good")


def own_list(uri: str) -> str:
    """The signed list of this house behind an address. Raises LookupError for another's."""
    named = lists.named(uri)
    served = lists.served(named[0], named[1], "jwt", origin=named[2]) if named else None
    if served is None:
        raise LookupError(f"{uri} is no list of this house")
    return served.body.decode()
