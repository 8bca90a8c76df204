"""What a wallet reads before it asks: who issues, which certificates, where. Of each unit for itself, at the addresses
that follow from who it is (`keys.issuer_of`).

Sources: OpenID4VCI 1.0 §12.2 and appendix A.3 (`dc+sd-jwt`), RFC 8414 §3 for the token's side.
"""

from __future__ import annotations

from typing import Any

from tongban.registry import snapshot

from .. import keys
from ..kinds import Claim, Kind, kinds

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
SCHEME = "openid-credential-offer://"


def issuer(unit: str) -> dict[str, Any]:
    """/.well-known/openid-credential-issuer/issuer/<unit>."""
    here, known = keys.issuer_of(unit), snapshot.current().units[unit]
    return {
        "credential_issuer": here,
        "credential_endpoint": f"{here}/credential",
        "nonce_endpoint": f"{here}/nonce",
        "display": [{"name": known.name, "locale": "zh-CN"}, {"name": known.name_en or known.name, "locale": "en"}],
        "credential_configurations_supported": {code: _configuration(kind) for code, kind in kinds().items()},
    }


def _configuration(kind: Kind) -> dict[str, Any]:
    return {
        "format": "dc+sd-jwt",
        "vct": kind.type,
        "scope": kind.code,
        "credential_signing_alg_values_supported": ["ES256"],
        "cryptographic_binding_methods_supported": ["jwk"],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
        "credential_metadata": {
            "display": [{"name": kind.name, "locale": "zh-CN"}, {"name": kind.name_en or kind.name, "locale": "en"}],
            "claims": [_claim(one) for one in kind.claims],
        },
    }


def _claim(claim: Claim) -> dict[str, Any]:
    names = [{"name": claim.label, "locale": "zh-CN"}, {"name": claim.label_en or claim.label, "locale": "en"}]
    return {"path": [claim.name], "display": names}


def authorization_server(unit: str) -> dict[str, Any]:
    """/.well-known/oauth-authorization-server/issuer/<unit>: the unit gives its tokens itself."""
    here = keys.issuer_of(unit)
    return {
        "issuer": here,
        "token_endpoint": f"{here}/token",
        "token_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": [GRANT],
        "scopes_supported": sorted(kinds()),
        "pre-authorized_grant_anonymous_access_supported": True,
    }


def offer(unit: str, kind: str, code: str, digits: int) -> dict[str, Any]:
    """The credential offer (§4.1.1). It does not hold the transaction code."""
    return {
        "credential_issuer": keys.issuer_of(unit),
        "credential_configuration_ids": [kind],
        "grants": {GRANT: {"pre-authorized_code": code, "tx_code": {"length": digits}}},
    }
