"""Who calls the letters' API and under which key: the receipt's secret, an official's token, the Idempotency-Key.

Not for permissions: `cases.access` decides what a token's post may see and do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Header
from ninja.security import APIKeyHeader, HttpBearer

from tongban.accounts.models import ApiToken
from tongban.cases import receipts
from tongban.cases.actor import Actor
from tongban.cases.inputs import checked
from tongban.cases.models import Act
from tongban.cases.refusal import Refusal
from tongban.gate.problems import Limited
from tongban.gate.rates import wait_for
from tongban.registry.snapshot import Snapshot

from ..procedure import LETTER
from .schemas import KEY

IdempotencyKey: Any = Header(  # type: ignore[type-arg]  # ninja names the function like its type
    ..., alias="Idempotency-Key", pattern=KEY, description="16–100 characters of A–Z a–z 0–9 _ -, random, new for each thing to be done. Sent again, it is done once."
)
_CODE = re.compile(f"[{receipts.ALPHABET}]{{{receipts.CODE_LENGTH}}}")


def limit(request: HttpRequest, kind: str) -> None:
    """Raises Limited where this address has to wait."""
    wait = wait_for(request, kind)
    if wait:
        raise Limited(wait)


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


class Token(HttpBearer):
    """An official's token: it carries one post and no more."""

    openapi_description = "A token that an administrator issued for one post. It ends with the post."

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        limit(request, "api")
        found = ApiToken.find(token)
        if found is None:
            return None
        post = found.post
        return Actor("official", post.official_id, ((post.unit_id, post.role),), name=str(post.official))


RECEIPT = [ReceiptAuthorization(), ReceiptSecret()]
TOKEN = Token()


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
