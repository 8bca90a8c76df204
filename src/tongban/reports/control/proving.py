"""What a proof of control is: the value that has to be found, and where. Pure but for the key ring: nothing is stored
beside the act that says that it was found."""

from __future__ import annotations

import hmac
from typing import Literal

from tongban.cases.models import Act, Case
from tongban.vault.keyring import ring
from tongban.webaddr import parse, suffixes

from ..effects import site_of

How = Literal["dns", "file", "contact"]
PURPOSE, BY_CONTACT = "proof of control", "proof by contact address"
LABEL = "_tongban"
FILE = "/.well-known/tongban-objection.txt"
CODE_DIGITS = 8


def value(case: Case) -> str:
    """What has to stand in the record or the file. It names no one, and another objection has another."""
    return f"tongban-objection={ring().blind(case.code, PURPOSE)}"


def hosts(case: Case) -> tuple[str, ...]:
    """The names of which control can be shown: the host of the decision, and the registered name above it, whose holder
    controls all below. Empty for an address without a name."""
    site = site_of(case)
    address = parse(site) if site else None
    if address is None or address.is_ip or suffixes().registrable(address.host) is None:
        return ()
    return tuple(dict.fromkeys((address.host, address.registrable or address.host)))


def records(case: Case) -> tuple[str, ...]:
    """The names at which a TXT record is looked for."""
    return tuple(f"{LABEL}.{host}" for host in hosts(case))


def code(case: Case, contact: str) -> str:
    """The digits that go to a contact address."""
    digest = int(ring().blind(f"{case.code}\x00{contact}", BY_CONTACT), 16)
    return str(digest % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def contact_of(case: Case) -> str:
    """The address to which an official had a code sent last; empty where none was."""
    act = Act.objects.filter(case=case, act="ask_contact").order_by("-sequence").first()
    return str((act.private or {}).get("contact") or "") if act is not None else ""


def right(case: Case, typed: str) -> bool:
    """Whether these are the digits that went to the contact address."""
    contact = contact_of(case)
    return bool(contact) and hmac.compare_digest("".join(filter(str.isdigit, typed)), code(case, contact))


def shown(case: Case) -> Act | None:
    """The act that says that control was shown, the last one; None where it was not."""
    return Act.objects.filter(case=case, act="show_control").order_by("-sequence").first()
