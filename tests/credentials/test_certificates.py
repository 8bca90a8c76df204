"""A certificate says what was issued, shows what its holder chooses, and is refused with a reason
when anything is not right."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tongban.credentials import PublicKey, Refused, SigningKey, StatusList, present, status_list, verify
from tongban.credentials.encoding import b45, b64, unb45, unb64
from tongban.credentials.jws import sign

from .making import CLAIMS, HOLDER, ISSUER, KEY, KEYS, LIST, NOW, STRANGER, TYPE, certificate


def test_what_was_issued_is_what_is_verified():
    verified = verify(certificate(status=(LIST, 7), subject="urn:case:1", not_before=NOW), keys=KEYS, now=NOW)
    assert verified.claims == {**CLAIMS, "sub": "urn:case:1"}
    assert (verified.type, verified.issuer, verified.kid, verified.status, verified.hidden) == (
        TYPE,
        ISSUER,
        "2026",
        (LIST, 7),
        0,
    )
    assert verified.holder.thumbprint == HOLDER.public.thumbprint
    assert not verified.holder_proved


def test_only_what_is_shown_is_seen():
    shown = present(certificate(), ["over_60"])
    verified = verify(shown, keys=KEYS, now=NOW)
    assert (verified.claims, verified.hidden) == ({"over_60": True}, 4)
    hidden = b"".join(unb64(part) for part in shown.replace("~", ".").split(".") if part)
    assert "李明".encode() not in hidden
    assert b"1960-05-01" not in hidden


def test_parts_of_a_claim_and_elements_of_a_list_can_be_hidden_each():
    made = certificate(disclosable=["address", ("address", "street"), ("kinds", 1), "born"])
    assert verify(made, keys=KEYS, now=NOW).claims == CLAIMS
    shown = verify(present(made, [("address", "street")]), keys=KEYS, now=NOW).claims
    assert shown["address"] == CLAIMS["address"]
    assert shown["kinds"] == ["热食", "糕点"]
    assert verify(present(made, ["name"]), keys=KEYS, now=NOW).claims.get("address") is None
    assert verify(present(made, [("kinds", 1)]), keys=KEYS, now=NOW).claims["kinds"] == CLAIMS["kinds"]
    with pytest.raises(ValueError, match="no such claim"):
        present(made, ["salary"])


def test_decoys_hide_how_many_claims_there_are():
    verified = verify(certificate(decoys=5), keys=KEYS, now=NOW)
    assert (verified.claims, verified.hidden) == (CLAIMS, 5)


@pytest.mark.parametrize("name", ["iss", "exp", "cnf", "vct", "status", "_sd", "...", "_sd_alg"])
def test_a_claim_of_a_reserved_name_is_not_issued(name):
    with pytest.raises(ValueError, match="name|_sd|set by"):
        certificate(claims={name: 1})


def test_the_holder_proves_the_key_to_this_verifier_now():
    shown = present(certificate(), ["name"], key=HOLDER, audience="shop", nonce="n1", now=NOW)
    assert verify(shown, keys=KEYS, now=NOW, audience="shop", nonce="n1").holder_proved
    for refused in (
        lambda: verify(shown, keys=KEYS, now=NOW, audience="bank", nonce="n1"),
        lambda: verify(shown, keys=KEYS, now=NOW, audience="shop", nonce="n2"),
        lambda: verify(shown, keys=KEYS, now=NOW + 400, audience="shop", nonce="n1"),
        lambda: verify(certificate(), keys=KEYS, now=NOW, holder=True),
        lambda: verify(
            present(certificate(), [], key=STRANGER, audience="shop", nonce="n1", now=NOW),
            keys=KEYS,
            now=NOW,
            holder=True,
        ),
        lambda: verify(
            present(certificate(holder=None), [], key=HOLDER, audience="s", nonce="n", now=NOW), keys=KEYS, now=NOW
        ),
    ):
        with pytest.raises(Refused) as refusal:
            refused()
        assert refusal.value.reason == "holder"


def taken_apart(made):
    signed, *disclosures, _proof = made.split("~")
    header, payload, signature = signed.split(".")
    return header, json.loads(unb64(payload)), signature, disclosures


def put_together(header, payload, signature, disclosures):
    return "~".join([f"{header}.{b64(json.dumps(payload).encode())}.{signature}", *disclosures, ""])


def signed_anew(change, disclosures=None, typ="dc+sd-jwt", key=KEY):
    """What a careless issuer might sign: the rules hold for whoever has a key, too."""
    _header, payload, _signature, given = taken_apart(certificate())
    payload = change(payload) or payload
    return "~".join([sign({"typ": typ}, payload, key), *(given if disclosures is None else disclosures), ""])


def disclosure(*parts):
    return b64(json.dumps(parts).encode())


def with_digest_of(text):
    def change(payload):
        payload["_sd"] = [b64(hashlib.sha256(text.encode()).digest())]

    return change


def changed_payload(**values):
    header, payload, signature, disclosures = taken_apart(certificate())
    return put_together(header, {**payload, **values}, signature, disclosures)


def replaced(old, new):
    made = certificate()
    assert old in made
    return made.replace(old, new, 1)


def none_algorithm():
    header, payload, signature, disclosures = taken_apart(certificate())
    return put_together(b64(b'{"alg":"none","typ":"dc+sd-jwt"}'), payload, signature, disclosures)


def hmac_with_the_public_key():
    header, payload, signature, disclosures = taken_apart(certificate())
    return put_together(b64(b'{"alg":"HS256","typ":"dc+sd-jwt"}'), payload, signature, disclosures)


def flipped_signature():
    header, payload, signature, disclosures = taken_apart(certificate())
    raw = bytearray(unb64(signature))
    raw[10] ^= 1
    return "~".join(
        [f"{header}.{b64(json.dumps(payload, separators=(',', ':')).encode())}.{b64(bytes(raw))}", *disclosures, ""]
    )


def der_signature():
    made = certificate()
    signed, rest = made.split("~", 1)
    head = signed.rsplit(".", 1)[0]
    return f"{head}.{b64(KEY.key.sign(head.encode(), ec.ECDSA(hashes.SHA256())))}~{rest}"


def repeated(made):
    return made + made.split("~")[1] + "~"


OTHER = disclosure("salt", "name", "王五")
TAMPERED = {
    "a claim of the signed part changed": (lambda: changed_payload(exp=NOW + 10**6), "signature"),
    "another issuer": (lambda: changed_payload(iss="https://evil.example"), "unknown_issuer"),
    "signed by another key of the same name": (lambda: certificate(key=STRANGER), "signature"),
    "no algorithm": (none_algorithm, "algorithm"),
    "an HMAC in place of a signature": (hmac_with_the_public_key, "algorithm"),
    "a bit of the signature": (flipped_signature, "signature"),
    "a signature in another form": (der_signature, "signature"),
    "a disclosure that was not issued": (lambda: certificate() + OTHER + "~", "disclosure"),
    "a disclosure changed": (lambda: certificate()[:-1].rsplit("~", 1)[0] + "~" + OTHER + "~", "disclosure"),
    "a disclosure twice": (lambda: repeated(certificate()), "disclosure"),
    "no certificate": (lambda: "a.b.c", "malformed"),
    "nothing signed": (lambda: "~~", "malformed"),
    "an empty disclosure": (lambda: certificate().replace("~", "~~", 1), "malformed"),
    "padding": (lambda: replaced("~", "=~"), "malformed"),
    "another type of document": (lambda: signed_anew(lambda payload: None, typ="JWT"), "type"),
    "another type of certificate": (lambda: certificate(type="https://city.example/driver"), "type"),
    "not yet valid": (lambda: certificate(not_before=NOW + 100), "not_yet_valid"),
    "issued in the future": (lambda: certificate(issued_at=NOW + 100), "not_yet_valid"),
    "expired": (lambda: certificate(expires_at=NOW - 61), "expired"),
    "expiry no number": (lambda: signed_anew(lambda payload: {**payload, "exp": "never"}), "malformed"),
    "another hash": (lambda: signed_anew(lambda payload: {**payload, "_sd_alg": "md5"}), "algorithm"),
    "a digest twice": (lambda: signed_anew(lambda payload: {**payload, "_sd": [*payload["_sd"], payload["_sd"][0]]}),
        "malformed"),
    "the issuer as a disclosure": (lambda: signed_anew(with_digest_of(disclosure("s", "exp", 1)),
            [disclosure("s", "exp", 1)]), "disclosure"),
    "a claim that stands there already": (lambda: signed_anew(with_digest_of(disclosure("s", "iat", 1)),
            [disclosure("s", "iat", 1)]), "disclosure"),
    "a disclosure called _sd": (lambda: signed_anew(with_digest_of(disclosure("s", "_sd", [])),
            [disclosure("s", "_sd", [])]), "disclosure"),
    "an element where a claim belongs": (lambda: signed_anew(with_digest_of(disclosure("s", 1)), [disclosure("s", 1)]),
        "disclosure"),
    "a holder's key off the curve": (lambda: signed_anew(lambda payload: {**payload,
                "cnf": {"jwk": {"kty": "EC", "crv": "P-256", "x": b64(b"1" * 32), "y": b64(b"1" * 32)}}}), "malformed"),
    "a reference to no list": (lambda: signed_anew(lambda payload: {**payload,
                "status": {"status_list": {"idx": -1, "uri": "x"}}}), "malformed"),
    "too large": (lambda: certificate() + "A" * 300_000 + "~", "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_refused_with_its_reason(name):
    make, reason = TAMPERED[name]
    with pytest.raises(Refused) as refused:
        verify(make(), keys=KEYS, now=NOW, type=TYPE)
    assert refused.value.reason == reason


@given(st.integers(0, 10_000), st.sampled_from("ABCDEFabcdef0123456789_-~."))
def test_no_changed_letter_is_accepted_with_other_words(place, letter):
    made = MADE
    changed = made[: place % len(made)] + letter + made[place % len(made) + 1 :]
    if changed == made:
        return
    try:
        verified = verify(changed, keys=KEYS, now=NOW)
    except Refused:
        return
    assert all(CLAIMS[name] == value for name, value in verified.claims.items())


MADE = certificate(holder=None)


def list_of(*revoked, key=KEY, uri=LIST, suspended=(), **more):
    entries = StatusList(64, 2)
    for index in revoked:
        entries[index] = 1
    for index in suspended:
        entries[index] = 2
    return status_list(entries, **{"uri": uri, "issuer": ISSUER, "key": key, "issued_at": NOW, **more})


@pytest.mark.parametrize(
    ("fetched", "reason"),
    [
        (list_of(), None), (list_of(8), None), (list_of(7), "revoked"), (list_of(suspended=[7]), "suspended"),
        (list_of(key=STRANGER), "status_unknown"), (list_of(uri="https://city.example/status/2"), "status_unknown"),
        (list_of(expires_at=NOW - 100), "status_unknown"), (list_of(issued_at=NOW + 100), "status_unknown"),
        (list_of(issuer="https://evil.example"), "status_unknown"),
        ("a.b.c", "status_unknown"), (None, "status_unknown"),
    ],
)  # fmt: skip
def test_the_status_list_decides_and_no_list_is_no_yes(fetched, reason):
    def fetch(uri):
        assert uri == LIST
        if fetched is None:
            raise OSError("no network")
        return fetched

    made = certificate(status=(LIST, 7))
    if reason is None:
        assert verify(made, keys=KEYS, now=NOW, status=fetch).status == (LIST, 7)
        return
    with pytest.raises(Refused) as refused:
        verify(made, keys=KEYS, now=NOW, status=fetch)
    assert refused.value.reason == reason


def test_a_certificate_outside_its_list_is_not_valid():
    with pytest.raises(Refused, match="outside"):
        verify(certificate(status=(LIST, 64)), keys=KEYS, now=NOW, status=lambda uri: list_of())


def test_retired_keys_keep_old_certificates_good_and_a_key_comes_back_from_its_text():
    newer = SigningKey.generate("2027")
    both = {ISSUER: [newer.public, KEY.public]}
    assert verify(certificate(), keys=both, now=NOW).kid == "2026"
    assert verify(certificate(key=newer), keys=lambda issuer: both.get(issuer, []), now=NOW).kid == "2027"
    again = SigningKey.from_text(KEY.text, "2026")
    assert verify(certificate(key=again), keys=KEYS, now=NOW).kid == "2026"
    assert PublicKey.from_jwk(KEY.public.jwk).thumbprint == KEY.public.thumbprint


@given(st.binary(max_size=80))
def test_encodings_come_back_and_are_strict(raw):
    assert unb64(b64(raw)) == raw
    assert unb45(b45(raw)) == raw
    for wrong in (b64(raw) + "=", b64(raw) + "+", "A", b64(b"\x00")[:-1] + "B"):
        with pytest.raises(ValueError, match="."):
            unb64(wrong)


@pytest.mark.parametrize(
    ("raw", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")]
)
def test_base45_is_that_of_rfc_9285(raw, text):
    assert (b45(raw), unb45(text)) == (text, raw)


@pytest.mark.parametrize("text", ["::::", "GGW", "::", "a", "A"])
def test_wrong_base45_is_refused(text):
    with pytest.raises(ValueError, match="base45"):
        unb45(text)
