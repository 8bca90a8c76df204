"""Issuing a certificate in the transaction of the act that grants, and what later acts do to it.

The hooks of `stored.py` call this with stored acts. Whatever fails here undoes the act: nothing is granted without its
certificate, and no certificate is there without its act. What was imported as history gets none: its paper exists.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context
from tongban.cases.refusal import Refusal
from tongban.credentials import issue
from tongban.registry import snapshot
from tongban.workdays import end_of_day, shanghai_day

from .. import reading, rules
from ..models import Item
from . import keys, lists
from .claims import Granted, claims_of
from .kinds import Kind, kinds
from .rows import Certificate
from .wallet.rows import WalletCopy

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and letters that nobody takes for another."""
DECOYS_UP_TO = 4
"""So many digests of nothing are added at most, so that the number of claims does not tell which there are."""


def issue_for(case: Case, act: Act) -> Certificate | None:
    """The certificate of what the act granted; None where the item has none, or the case is history that was imported.
    In the act's transaction. Raises Refusal where no key is there to sign with."""
    kind = kind_for(case)
    if kind is None or case.channel == "import" or case.unit_id is None:
        return None
    number = new_number(case.unit_id, act.at)
    claims = claims_of(kind, granted(case, number, act.at))
    try:
        key = keys.signing(case.unit_id, act.at)
    except keys.CertificateKeysError as error:
        raise Refusal("not_yet", _("签发证照的密钥现在不能用，请联系系统管理员。")) from error
    status_list, index = lists.draw(case.unit_id, act.at)
    text = issue(
        claims,
        type=kind.type,
        issuer=keys.issuer_of(case.unit_id),
        key=key,
        issued_at=int(act.at.timestamp()),
        expires_at=end_of(case.in_force_until),
        disclosable=[name for name in claims if not is_open(kind, name)],
        status=(lists.address_of(case.unit_id, status_list.number), index),
        decoys=secrets.randbelow(DECOYS_UP_TO + 1),
    )
    return Certificate.objects.create(
        number=number, kind=kind.code, case=case, unit_id=case.unit_id, act=act.sequence, issued_at=act.at,
        until=case.in_force_until, status_list=status_list, status_index=index,
        sealed={"claims": claims, "sdjwt": text},
    )  # fmt: skip


def kind_for(case: Case) -> Kind | None:
    """The kind of certificate that the item gives, in the version under which it was applied for."""
    since = rules.sent(case).get("item")
    item = reading.current().items.get(case.matter_id)
    if since and (item is None or item.since.isoformat() != since):
        item = Item.objects.filter(matter=case.matter_id, since=since).first() or item
    return kinds().get(item.certificate) if item is not None else None


def granted(case: Case, number: str, at: datetime) -> Granted:
    """What the claims of a case's certificate are made of."""
    sent, private, registry = rules.sent(case), case.private or {}, snapshot.current()
    words = {
        fact.code: {str(code): said for code, said, _english in fact.options}
        for fact in reading.current().facts.values()
        if fact.type == "choice"
    }
    return Granted(
        name=str(private.get("name") or ""),
        address=str(private.get("address") or ""),
        sent=sent,
        facts=sent.get("facts") or {},
        words=words,
        place="".join(
            registry.places[code].name
            for code in reversed(list(registry.line("places", case.place_id)))
            if registry.places[code].level != "province"
        ),
        unit=registry.units[case.unit_id].name if case.unit_id else "",
        matter=registry.matters[case.matter_id].name,
        number=number,
        issued=shanghai_day(at),
        until=case.in_force_until,
    )


def is_open(kind: Kind, name: str) -> bool:
    """Whether the holder cannot hide this claim."""
    claim = kind.claim(name)
    return claim is not None and claim.open


def new_number(unit: str, at: datetime) -> str:
    """A number that says who issued it and in which year; the rest is drawn by chance, so that nobody counts along."""
    drawn = "".join(secrets.choice(SIGNS) for _place in range(10))
    return f"{unit}-{shanghai_day(at).year}-{drawn}"


def end_of(until: date | None) -> int | None:
    """The moment at which the last day is over, in seconds since 1970."""
    if until is None:
        return None
    return int(end_of_day(until).timestamp()) + 1


# --- what later acts do ---------------------------------------------------------------

FROM = {
    "suspended": ("good",),
    "good": ("suspended",),
    "revoked": ("good", "suspended", "replaced"),
    "replaced": ("good", "suspended"),
    "expired": ("good", "suspended", "replaced"),
}
"""State → those it can follow."""
STATUS = {
    "suspended": lists.SUSPENDED, "good": lists.VALID, "revoked": lists.INVALID, "replaced": lists.REPLACED,
    "expired": lists.INVALID,
}  # fmt: skip
"""What the list says in a state."""


def change(cases: Iterable[Case], state: str, at: datetime) -> int:
    """Put the certificates of these cases into a state, and every copy in a wallet with them, but for those that their
    holder withdrew; returns how many certificates moved. In the transaction of the act."""
    return _put(Certificate.objects.filter(case__in=cases), state, at)


def replace(new: Certificate, at: datetime) -> int:
    """The case's earlier certificates whose time the new one covers are replaced by it; one that would last longer
    stays as it is. Returns how many. In the transaction of the act."""
    earlier = Certificate.objects.filter(case=new.case_id).exclude(pk=new.pk)
    if new.until is not None:
        earlier = earlier.filter(until__lte=new.until)
    return _put(earlier, "replaced", at)


def _put(rows: QuerySet[Certificate], state: str, at: datetime) -> int:
    rows = rows.select_for_update().defer("sealed").filter(state__in=FROM[state])
    by_list: dict[int, dict[int, int]] = defaultdict(dict)
    moved = []
    for row in rows.order_by("pk"):
        by_list[row.status_list_id][row.status_index] = STATUS[state]
        moved.append(row.pk)
    copies = WalletCopy.objects.filter(certificate__in=moved, withdrawn_at=None) if moved else ()
    for copy in copies:
        by_list[copy.status_list_id][copy.status_index] = STATUS[state]
    for list_id in sorted(by_list):  # always in this order, so that two acts do not wait for each other
        lists.put(list_id, by_list[list_id], at)
    return Certificate.objects.filter(pk__in=moved).update(state=state)


def erased(case: Case) -> None:
    """The case was erased: what its certificates say goes. That they were, and how they stand, stays: whoever holds
    one can still show it."""
    Certificate.objects.filter(case=case).update(sealed=None)


def on_grant(rows: Iterable[tuple[Case, Act, Context]]) -> None:
    """What was granted gets its certificate; one from an earlier decision is good no more."""
    for case, act, _context in rows:
        change([case], "revoked", act.at)
        issue_for(case, act)


def on_end(rows: Iterable[tuple[Case, Act, Context]], state: str) -> None:
    """What was revoked, expired or is decided anew."""
    for case, act, _context in rows:
        change([case], state, act.at)


def on_prolong(rows: Iterable[tuple[Case, Act, Context]]) -> None:
    """What was renewed gets a new certificate in place of the old one (换发)."""
    for case, act, _context in rows:
        new = issue_for(case, act)
        if new is not None:
            replace(new, act.at)
