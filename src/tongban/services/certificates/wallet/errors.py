"""Why a wallet gets nothing, in the words of the standards: RFC 6749 §5.2 for tokens, RFC 6750 §3.1 for who has none,
OpenID4VCI 1.0 §8.3.1.2 for certificates."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "invalid_request", "invalid_grant", "unsupported_grant_type",  # the token
    "invalid_token", "insufficient_scope",  # who asks
    "invalid_credential_request", "unknown_credential_configuration", "unknown_credential_identifier",
    "invalid_proof", "invalid_nonce", "invalid_encryption_parameters", "credential_request_denied",
]  # fmt: skip
STATUS = {"invalid_token": 401, "insufficient_scope": 403}
"""All others are 400."""


class WalletError(Exception):
    """An answer that is a refusal. The message is for whoever writes the wallet: ASCII, without quotes."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def status(self) -> int:
        return STATUS.get(self.code, 400)
