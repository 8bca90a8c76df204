"""A wallet's proof of its key (OpenID4VCI 1.0, appendix F.1): against openvc, and what is refused."""

import pytest
from openvc.openid4vci import verify_credential_request_proofs

from tongban.credentials import Refused, SigningKey, read_key_proof
from tongban.credentials.jws import sign

from .making import HOLDER, ISSUER, NOW


def proof(key=HOLDER, header=None, **more):
    head = {"typ": "openid4vci-proof+jwt", "jwk": key.public.jwk, **(header or {})}
    return sign(head, {"aud": ISSUER, "iat": NOW, "nonce": "n1", **more}, SigningKey(HOLDER.key))


def test_a_proof_shows_its_key_and_nonce_and_openvc_sees_the_same():
    from datetime import UTC, datetime

    found = read_key_proof(proof(), issuer=ISSUER, now=NOW + 10)
    assert (found.key.thumbprint, found.nonce, found.issued_at) == (HOLDER.public.thumbprint, "n1", NOW)
    request = {"credential_configuration_id": "x", "proofs": {"jwt": [proof()]}}
    (theirs,) = verify_credential_request_proofs(
        request, credential_issuer=ISSUER, check_nonce=lambda nonce: nonce == "n1", now=datetime.fromtimestamp(NOW, UTC)
    )
    assert theirs.thumbprint == found.key.thumbprint


def test_the_key_keeps_no_name_by_which_a_wallet_would_be_known():
    named = SigningKey(HOLDER.key, "wallet-of-li-ming")
    assert read_key_proof(proof(key=named), issuer=ISSUER, now=NOW).key.jwk == SigningKey(HOLDER.key).public.jwk


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "malformed"), ("é", "malformed"), ("a.b", "malformed"), ("a" * 20_000, "too_large"),
        (proof(key=SigningKey.generate()), "signature"), (proof(header={"typ": "kb+jwt"}), "type"),
        (proof(header={"alg": "none"}), "algorithm"), (proof(header={"crit": ["exp"]}), "algorithm"),
        (proof(header={"kid": "1"}), "malformed"), (proof(header={"jwk": "x"}), "malformed"),
        (proof(header={"key_attestation": "x"}), "malformed"), (proof(aud="https://other.example"), "holder"),
        (proof(aud=[ISSUER]), "holder"), (proof(iat=NOW - 301), "holder"), (proof(iat=NOW + 61), "holder"),
        (proof(iat=None), "holder"), (proof(iat="1"), "holder"), (proof(exp=NOW - 60), "holder"),
        (proof(nbf=NOW + 61), "holder"), (proof(nbf="x"), "holder"), (proof(nonce=7), "malformed"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_refused(text, reason):
    with pytest.raises(Refused) as found:
        read_key_proof(text, issuer=ISSUER, now=NOW)
    assert found.value.reason == reason
