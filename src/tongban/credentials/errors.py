"""Why a certificate is not accepted, as a code that a page can put into words."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "malformed",  # no certificate of this form
    "too_large",
    "algorithm",  # another algorithm than ES256 or SHA-256, or none
    "type",  # not the type of document or certificate that is expected
    "unknown_issuer",  # no key of that issuer
    "signature",  # changed after it was signed, or signed by somebody else
    "disclosure",  # a disclosed claim that does not belong to it, twice, or where none may be
    "not_yet_valid",
    "expired",
    "holder",  # whoever shows it did not prove to be the holder, or not to this verifier
    "status_unknown",  # no usable status list
    "revoked",
    "suspended",
    "replaced",  # genuine, but a newer one stands in its place
]


class Refused(Exception):
    """A certificate that is not accepted. `reason` is a code; the message is for whoever looks closer."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
