"""A code for a wallet, and what becomes of it: offer → token → one copy.

The code is good for ten minutes and once, together with a transaction code that stands on the holder's page and may be
typed wrongly five times. Only keyed digests are stored: whoever reads the database can redeem nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.refusal import Refusal
from tongban.vault.keyring import ring

from .. import showing
from ..rows import Certificate
from .errors import WalletError
from .rows import UsedNonce, WalletCopy, WalletOffer

CODE_LASTS = timedelta(minutes=10)
TOKEN_LASTS = timedelta(minutes=5)
"""Longer ones would have to be bound to the wallet (OpenID4VCI 1.0, 13.10)."""
TX_DIGITS = 6
TRIES = 5
MOST_COPIES = 10
"""House rules, but for the token's."""
NOT_NOW = _("这张证照现在不能放进钱包。")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the holder's page shows: nothing of it is stored."""

    code: str
    tx_code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """What a wallet gets for a code."""

    text: str
    seconds: int


def digest(what: str, *parts: str) -> str:
    """What stands in the database for a secret of this part."""
    return hmac.new(ring().derive("wallet offers"), "\x00".join((what, *parts)).encode(), hashlib.sha256).hexdigest()


def offerable(certificate: Certificate, now: datetime) -> bool:
    """Whether a wallet can have a copy: of what is good, has not ended, and is still known."""
    return certificate.state == "good" and showing.can_be_shown(certificate, timezone.localdate(now))


def offer(certificate: Certificate, now: datetime) -> Offer:
    """A fresh code; earlier ones that nobody has used yet are good no more. Raises Refusal."""
    with transaction.atomic():
        held = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if not offerable(held, now):
            raise Refusal("not_allowed", NOT_NOW)
        if WalletCopy.objects.filter(certificate=held, withdrawn_at=None).count() >= MOST_COPIES:
            raise Refusal("not_allowed", _("钱包里的副本已经太多了。请先作废不用的。"))
        WalletOffer.objects.filter(certificate=held, spent_at=None).delete()
        made = Offer(secrets.token_urlsafe(24), f"{secrets.randbelow(10**TX_DIGITS):0{TX_DIGITS}}", now + CODE_LASTS)
        code = digest("code", made.code)
        WalletOffer.objects.create(
            certificate=held, code=code, tx_code=digest("tx_code", code, made.tx_code), tries=TRIES, until=made.until
        )
    return made


def redeem(unit: str, code: str, tx_code: str, now: datetime) -> Token:
    """The token for a code. Raises WalletError: invalid_request, invalid_grant."""
    if not tx_code:
        raise WalletError("invalid_request", "a transaction code is expected (tx_code)")
    refusal, text = WalletError("invalid_grant", "the code or the transaction code is not good"), ""
    with transaction.atomic():  # a wrong try is counted whatever is answered, so nothing is raised in here
        row = _locked(unit, code)
        if row is None or row.until <= now or row.tries == 0:
            pass
        elif not hmac.compare_digest(row.tx_code, digest("tx_code", row.code, tx_code)):
            row.tries -= 1
            row.save(update_fields=["tries"])
        elif row.code_used_at is not None:  # somebody else has it too: what came of it is good no more
            row.token_until = now
            row.save(update_fields=["token_until"])
        else:
            text = secrets.token_urlsafe(32)
            row.code_used_at, row.token, row.token_until = now, digest("token", text), now + TOKEN_LASTS
            row.save(update_fields=["code_used_at", "token", "token_until"])
    if not text:
        raise refusal
    return Token(text, int(TOKEN_LASTS.total_seconds()))


def _locked(unit: str, code: str) -> WalletOffer | None:
    rows = WalletOffer.objects.select_for_update(of=("self",))
    return rows.filter(code=digest("code", code), certificate__unit=unit).first()


def of_token(unit: str, token: str, now: datetime) -> WalletOffer | None:
    """The offer behind a token that is good and unused at this unit."""
    rows = WalletOffer.objects.select_related("certificate")
    return rows.filter(token=digest("token", token), token_until__gt=now, spent_at=None, certificate__unit=unit).first()


def forget_old(batch: int = 1000) -> int:
    """Delete offers and nonces that have ended; how many. For the worker."""
    now = timezone.now()
    offers = list(WalletOffer.objects.filter(until__lt=now - CODE_LASTS).values_list("pk", flat=True)[:batch])
    nonces = list(UsedNonce.objects.filter(until__lt=now).values_list("pk", flat=True)[:batch])
    WalletOffer.objects.filter(pk__in=offers).delete()
    UsedNonce.objects.filter(pk__in=nonces).delete()
    return len(offers) + len(nonces)
