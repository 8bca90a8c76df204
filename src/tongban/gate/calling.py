"""Who calls an API and under which key: an official's token, the Idempotency-Key, the limit of requests per address.

For every door's API. Not for permissions: the access rule of a door decides what a token's post may see and do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Header
from ninja.security import HttpBearer

from tongban.accounts.models import ApiToken, Post
from tongban.cases import receipts
from tongban.cases.actor import Actor
from tongban.cases.inputs import Asking, checked
from tongban.cases.models import Act
from tongban.cases.procedure import procedure_of
from tongban.cases.refusal import Refusal
from tongban.registry.snapshot import Snapshot

from .problems import Limited
from .rates import wait_for

KEY = r"^[A-Za-z0-9_-]{16,100}$"
IdempotencyKey: Any = Header(  # type: ignore[type-arg]  # ninja names the function like its type
    ...,
    alias="Idempotency-Key",
    pattern=KEY,
    description=(
        "16–100 characters of A–Z a–z 0–9 _ -, random, new for each thing to be done. Sent again, it is done once."
    ),
)


def limit(request: HttpRequest, kind: str) -> None:
    """Raises Limited where this address has to wait."""
    wait = wait_for(request, kind)
    if wait:
        raise Limited(wait)


class Token(HttpBearer):
    """An official's token: it carries the rights of one post; what bars its official from a case bars the token."""

    openapi_description = "A token that an administrator issued for one post. It ends with the post."

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        limit(request, "api")
        found = ApiToken.find(token)
        if found is None:
            return None
        return actor_of_token(found)


def actor_of_token(token: ApiToken) -> Actor:
    """Who a token acts as: the rights of its one post, the bars of every post that its official holds today."""
    post = token.post
    held = Post.held_on(post.official_id, timezone.localdate())
    also_at = tuple(dict.fromkeys(unit for unit, _role in held if unit != post.unit_id))
    return Actor("official", post.official_id, ((post.unit_id, post.role),), name=str(post.official), also_at=also_at)


TOKEN = Token()
_CODE = re.compile(f"[{receipts.ALPHABET}]{{{receipts.CODE_LENGTH}}}")


def code_of(typed: str) -> str | None:
    """A tracking code as it is stored, from one typed or copied; None where it cannot be one."""
    code = receipts.plain(typed)
    return code if _CODE.fullmatch(code) else None


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
    edge = procedure_of(before.case).named(act)
    same = edge is not None and before.act == act
    if same and edge is not None and not before.case.erased_at:
        kept = {**before.public, **(before.private or {})}
        given = checked(edge, payload, Asking(registry, before.case))
        same = all(kept.get(need.name) == given.get(need.name) for need in edge.inputs)
    if not same:
        raise Refusal("conflict", _("这个 Idempotency-Key 已经用于别的内容，请换一个新的。"), "Idempotency-Key")
    return before
