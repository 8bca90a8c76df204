"""A wallet for tests, written without the house's own code: keys, proofs and presentations by `cryptography` alone."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Wallet:
    """Talks to an issuer by a Django client, as a wallet does over HTTP."""

    def __init__(self, client):
        self.http, self.key = client, ec.generate_private_key(ec.SECP256R1())

    @property
    def jwk(self):
        numbers = self.key.public_key().public_numbers()
        coordinates = {"x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
        return {"kty": "EC", "crv": "P-256", **coordinates}

    def signed(self, header, payload, key=None):
        message = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(payload).encode())}"
        r, s = decode_dss_signature((key or self.key).sign(message.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{message}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def read(self, link):
        """The offer behind a link, and the metadata that it leads to."""
        parts = urlsplit(link)
        assert parts.scheme == "openid-credential-offer"
        self.offer = json.loads(parse_qs(parts.query)["credential_offer"][0])
        self.issuer = self.offer["credential_issuer"]
        path = urlsplit(self.issuer).path
        self.metadata = self.http.get(f"/.well-known/openid-credential-issuer{path}").json()
        self.server = self.http.get(f"/.well-known/oauth-authorization-server{path}").json()
        assert self.metadata["credential_issuer"] == self.server["issuer"] == self.issuer
        return self

    def post(self, address, *args, **more):
        return self.http.post(urlsplit(address).path, *args, **more)

    def ask_token(self, tx_code, **more):
        code = self.offer["grants"][GRANT]["pre-authorized_code"]
        said = {"grant_type": GRANT, "pre-authorized_code": code, "tx_code": tx_code, **more}
        return self.post(self.server["token_endpoint"], {name: value for name, value in said.items() if value})

    def nonce(self):
        return self.post(self.metadata["nonce_endpoint"]).json()["c_nonce"]

    def proof(self, now, nonce, header=None, key=None, **more):
        head = {"typ": "openid4vci-proof+jwt", "alg": "ES256", "jwk": self.jwk, **(header or {})}
        said = {"aud": self.issuer, "iat": int(now.timestamp()), "nonce": nonce, **more}
        return self.signed(*({k: v for k, v in one.items() if v is not None} for one in (head, said)), key)

    def ask_copy(self, token, *proofs, **more):
        said = {
            "credential_configuration_id": self.offer["credential_configuration_ids"][0],
            "proofs": {"jwt": list(proofs)},
            **more,
        }
        return self.post(
            self.metadata["credential_endpoint"],
            json.dumps({name: value for name, value in said.items() if value is not None}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    def show(self, copy, names, now, audience, nonce):
        """A presentation of some claims with the proof that this wallet has the key."""
        signed, *disclosures, _end = copy.split("~")
        chosen = [one for one in disclosures if json.loads(base64.urlsafe_b64decode(one + "=="))[1] in names]
        shown = "~".join([signed, *chosen, ""])
        hashed = b64(hashlib.sha256(shown.encode()).digest())
        said = {"iat": int(now.timestamp()), "aud": audience, "nonce": nonce, "sd_hash": hashed}
        return shown + self.signed({"typ": "kb+jwt", "alg": "ES256"}, said)


def payload_of(copy):
    middle = copy.split("~")[0].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=="))
