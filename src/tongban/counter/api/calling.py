"""Who calls the sender's API: whoever holds the receipt's secret, in one of two headers.

Not for permissions: the kernel decides what the holder of a secret may do.
"""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import APIKeyHeader

__all__ = ["RECEIPT"]


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
