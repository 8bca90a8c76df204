"""Who calls the letters' API and under which key: the receipt's secret; the token and the Idempotency-Key are the gate's.

Not for permissions: `cases.access` decides what a token's post may see and do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyHeader

from tongban.cases import receipts
from tongban.cases.inputs import checked
from tongban.cases.models import Act
from tongban.cases.refusal import Refusal
from tongban.gate.calling import TOKEN, IdempotencyKey, limit
from tongban.registry.snapshot import Snapshot

from ..procedure import LETTER

__all__ = ["RECEIPT", "TOKEN", "IdempotencyKey", "code_of", "done_before", "limit", "nonce_of"]
_CODE = re.compile(f"[{receipts.ALPHABET}]{{{receipts.CODE_LENGTH}}}")


def code_of(typed: str) -> str | None:
    """A tracking code as it is stored, from one typed or copied; None where it cannot be one."""
    code = receipts.plain(typed)
    return code if _CODE.fullmatch(code) else None


class ReceiptAuthorization(APIKeyHeader):
    """`Authorization: Receipt <secret>`."""

    param_name = "Authorization"
    openapi_description = "The word Receipt, a space, and the secret of the receipt: `Authorization: Receipt 7QK2-…`."

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        scheme, _space, secret = (key or "").partition(" ")
        return secret.strip()[:80] or None if scheme.lower() == "receipt" else None


class ReceiptSecret(APIKeyHeader):
    """`X-Receipt-Secret: <secret>`, for clients whose Authorization header is taken."""

    param_name = "X-Receipt-Secret"
    openapi_description = "The secret of the receipt, for clients whose Authorization header is taken."

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        return (key or "").strip()[:80] or None


RECEIPT = [ReceiptAuthorization(), ReceiptSecret()]


def nonce_of(code: str, who: str, key: str) -> str:
    """The kernel's number for one act on one case by one caller under one Idempotency-Key."""
    return hashlib.sha256("\x00".join(("api", code, who, key)).encode()).hexdigest()


def done_before(nonce: str, act: str, payload: Mapping[str, Any], registry: Snapshot) -> Act | None:
    """The act that was stored under `nonce`, where it is the same act with the same content; None where there is none.

    Raises Refusal (conflict) where the key was used for something else, so that no words are lost in silence.
    """
    before = Act.objects.select_related("case").filter(nonce=nonce).first()
    if before is None:
        return None
    edge = LETTER.named(act)
    same = edge is not None and before.act == act
    if same and edge is not None and not before.case.erased_at:
        kept = {**before.public, **(before.private or {})}
        given = checked(edge, payload, registry)
        same = all(kept.get(need.name) == given.get(need.name) for need in edge.needs)
    if not same:
        raise Refusal("conflict", _("这个 Idempotency-Key 已经用于别的内容，请换一个新的。"), "Idempotency-Key")
    return before
