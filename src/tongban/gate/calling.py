"""Who calls an API and under which key: an official's token, the Idempotency-Key, the limit of requests per address.

For every door's API. Not for permissions: the access rule of a door decides what a token's post may see and do.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Header
from ninja.security import HttpBearer

from tongban.accounts.models import ApiToken
from tongban.cases.actor import Actor

from .problems import Limited
from .rates import wait_for

KEY = r"^[A-Za-z0-9_-]{16,100}$"
IdempotencyKey: Any = Header(  # type: ignore[type-arg]  # ninja names the function like its type
    ..., alias="Idempotency-Key", pattern=KEY, description="16–100 characters of A–Z a–z 0–9 _ -, random, new for each thing to be done. Sent again, it is done once."
)


def limit(request: HttpRequest, kind: str) -> None:
    """Raises Limited where this address has to wait."""
    wait = wait_for(request, kind)
    if wait:
        raise Limited(wait)


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


TOKEN = Token()
