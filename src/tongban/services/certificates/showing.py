"""What the holder shows of a certificate: some of its claims, as a file, on paper, or as a code on a screen.

The file is the SD-JWT VC with the chosen disclosures. Paper and screen carry a CWT over the chosen claims alone, signed
by the unit's key when it is asked for: it says nothing that the certificate does not say, points at the same entry of
the status list, and fits into a code that any telephone reads. Not for what a certificate says: `claims.py`.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import segno
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases.refusal import Refusal
from tongban.credentials import present, to_paper
from tongban.registry.names import unit_name

from . import keys, lists
from .issuing import end_of
from .kinds import Claim, Kind, kinds, rules
from .rows import Certificate

SHOWABLE = frozenset({"good"})
"""States in which a certificate can be shown; the rest is told and nothing is signed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A claim as a page shows it."""

    name: str
    label: str
    text: str
    shown: bool
    open: bool
    paper: bool
    flag: bool = False
    """Whether the label says it all."""


def kind_of(certificate: Certificate) -> Kind:
    """Its kind; one that the data no longer know has its code for a name."""
    return kinds().get(certificate.kind) or Kind(certificate.kind, certificate.kind, "", ())


def lines(certificate: Certificate) -> list[Line]:
    """Its claims in the order of the kind, in words of the page's language."""
    kind, claims = kind_of(certificate), certificate.claims
    named = {one.name: one for one in kind.claims}
    order = [*(name for name in named if name in claims), *(name for name in claims if name not in named)]
    return [_line(named.get(name) or Claim(name, name, "", "text"), claims[name]) for name in order]


def _line(claim: Claim, value: Any) -> Line:
    return Line(
        claim.name, claim.words, in_words(value), claim.shown or claim.open, claim.open, claim.paper, value is True
    )


def in_words(value: Any) -> str:
    """A value as people read it."""
    if value is True:
        return _("是")
    return _("否") if value is False else str(value)


def can_be_shown(certificate: Certificate, today: date) -> bool:
    """Whether it is good today, and is still there to be shown."""
    lasting = certificate.until is None or today <= certificate.until
    return certificate.state in SHOWABLE and lasting and certificate.sealed is not None


def state_words(certificate: Certificate, today: date) -> str:
    """How it stands, in words of the page; one whose last day is over has expired."""
    if certificate.state in ("good", "suspended") and certificate.until and today > certificate.until:
        return _("已到期")
    return str(certificate.get_state_display())


NOT_NOW = gettext_lazy("这张证照现在不能出示。")


def as_file(certificate: Certificate, chosen: Collection[str]) -> str:
    """The certificate with the chosen claims: what programs and wallets take. Raises Refusal."""
    _refuse(certificate, chosen, timezone.now())
    kept = [name for name in certificate.claims if name in chosen]
    return present(str((certificate.sealed or {})["sdjwt"]), kept)


def as_code(certificate: Certificate, chosen: Collection[str], now: datetime, lasts: timedelta | None = None) -> str:
    """The letters of a code that says the chosen claims: good for so long, or as long as the certificate. Raises
    Refusal."""
    _refuse(certificate, chosen, now)
    open_ = {one.name for one in kind_of(certificate).claims if one.open}
    claims = {name: value for name, value in certificate.claims.items() if name in chosen or name in open_}
    end = end_of(certificate.until)
    if lasts is not None:
        soon = int((now + lasts).timestamp())
        end = soon if end is None else min(end, soon)
    try:
        key = keys.signing(certificate.unit_id, now)
    except keys.CertificateKeysError as error:
        raise Refusal("not_yet", _("签发证照的密钥现在不能用，请过些时候再试。")) from error
    return to_paper(
        claims,
        type=kind_of(certificate).type,
        issuer=keys.issuer_of(certificate.unit_id),
        key=key,
        issued_at=int(min(now, timezone.now()).timestamp()) if lasts else int(certificate.issued_at.timestamp()),
        expires_at=end,
        status=(lists.address_of(certificate.unit_id, certificate.status_list.number), certificate.status_index),
    )


def on_screen(certificate: Certificate, chosen: Collection[str], now: datetime) -> tuple[str, datetime]:
    """A code for a screen, and until when it is good. Raises Refusal."""
    lasts = timedelta(seconds=rules().on_screen)
    return as_code(certificate, chosen, now, lasts), now + lasts


def _refuse(certificate: Certificate, chosen: Collection[str], now: datetime) -> None:
    if not can_be_shown(certificate, timezone.localdate(now)):
        raise Refusal("not_allowed", NOT_NOW)
    open_ = any(one.open and one.name in certificate.claims for one in kind_of(certificate).claims)
    if not open_ and not set(chosen) & set(certificate.claims):
        raise Refusal("bad_input", _("请至少选一项要出示的内容。"), "show")


def drawn(text: str) -> str:
    """A QR code as the address of a picture (data:)."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=4, border=3, light="#fff")
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def facts(certificate: Certificate, chosen: Collection[str]) -> list[tuple[str, str]]:
    """The chosen claims and what hangs on the certificate itself, in words: for a sheet of paper."""
    found = [(one.label, one.text) for one in lines(certificate) if one.open or one.name in chosen]
    said = {one.name for one in kind_of(certificate).claims if one.open or one.name in chosen}
    if "unit" not in said:
        found.append((_("签发单位"), unit_name(certificate.unit_id)))
    if "issued" not in said:
        found.append((_("签发日期"), timezone.localdate(certificate.issued_at).isoformat()))
    if certificate.until and "until" not in said:
        found.append((_("有效期至"), certificate.until.isoformat()))
    return found
