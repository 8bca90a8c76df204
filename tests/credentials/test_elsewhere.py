"""Other people's programs accept what is issued here, and what they issue is accepted here."""

import random
from datetime import UTC, datetime

import cbor2
import pytest
from jwcrypto.jwk import JWK
from openvc.cbor import decode
from openvc.cose import parse_sign1, verify_sign1
from openvc.keys import P256SigningKey
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.status.issue import verify_status_list_token
from openvc.status.token_status_list import decode_status_list, get_status
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from tongban.credentials import (
    Refused,
    SigningKey,
    StatusList,
    from_paper,
    present,
    read_status_list,
    read_status_list_cwt,
    status_list,
    status_list_cwt,
    to_paper,
    verify,
)
from tongban.credentials.cose import sign_cose

from .making import CLAIMS, HOLDER, ISSUER, KEY, KEYS, LIST, NOW, TYPE, certificate


def jwk_of(key, private=False):
    made = dict(key.public.jwk)
    if private:
        made["d"] = key.text
    return JWK(**made)


def test_the_reference_implementation_accepts_a_presentation():
    shown = present(certificate(), ["name", "kinds"], key=HOLDER, audience="shop", nonce="n1", now=NOW)
    accepted = SDJWTVerifier(shown, lambda issuer, header: jwk_of(KEY), "shop", "n1").get_verified_payload()
    assert (accepted["name"], accepted["kinds"], accepted["vct"]) == (CLAIMS["name"], CLAIMS["kinds"], TYPE)
    assert "born" not in accepted


@pytest.mark.parametrize("disclosable", [None, ["address", ("address", "street"), ("kinds", 1)], []])
def test_the_reference_implementation_reads_every_shape(disclosable):
    accepted = SDJWTVerifier(
        certificate(disclosable=disclosable), lambda issuer, header: jwk_of(KEY)
    ).get_verified_payload()
    assert {name: accepted[name] for name in CLAIMS} == CLAIMS


def test_what_the_reference_implementation_issues_is_accepted():
    claims = {
        "iss": ISSUER,
        "vct": TYPE,
        "iat": NOW,
        SDObj("name"): "李明",
        "address": {SDObj("street"): "小寨路"},
        "kinds": [SDObj("热食"), "冷食"],
    }
    issuer = SDJWTIssuer(
        claims, jwk_of(KEY, True), jwk_of(HOLDER), add_decoy_claims=True, extra_header_parameters={"typ": "dc+sd-jwt"}
    )
    verified = verify(issuer.sd_jwt_issuance, keys=KEYS, now=NOW)
    assert verified.claims == {"name": "李明", "address": {"street": "小寨路"}, "kinds": ["热食", "冷食"]}
    holder = SDJWTHolder(issuer.sd_jwt_issuance)
    holder.create_presentation({"name": True}, "n1", "shop", jwk_of(HOLDER, True))
    with pytest.raises(Refused, match="another time"):  # it proves with the real clock
        verify(holder.sd_jwt_presentation, keys=KEYS, now=NOW, audience="shop", nonce="n1")
    now = int(datetime.now(UTC).timestamp())
    claims["iat"] = now
    issuer = SDJWTIssuer(claims, jwk_of(KEY, True), jwk_of(HOLDER), extra_header_parameters={"typ": "dc+sd-jwt"})
    holder = SDJWTHolder(issuer.sd_jwt_issuance)
    holder.create_presentation({"name": True}, "n1", "shop", jwk_of(HOLDER, True))
    assert verify(holder.sd_jwt_presentation, keys=KEYS, now=now, audience="shop", nonce="n1").claims["name"] == "李明"


def test_openvc_accepts_ours_and_we_theirs():
    suite = SdJwtVcProofSuite()
    now = int(datetime.now(UTC).timestamp())
    made = certificate(issued_at=now, expires_at=now + 1000)
    shown = present(made, ["name"], key=HOLDER, audience="shop", nonce="n1", now=now)
    result = suite.verify(
        shown, public_key_jwk=KEY.public.jwk, audience="shop", nonce="n1", require_key_binding=True, expected_vct=TYPE
    )
    assert result.key_bound
    assert result.claims["name"] == "李明"
    key = P256SigningKey(KEY.key, "2026")
    theirs = suite.issue(
        {"iss": ISSUER, "name": "李明", "age": 66},
        signing_key=key,
        disclosable=["name", "age"],
        holder_jwk=HOLDER.public.jwk,
        vct=TYPE,
        decoys=2,
    )
    assert verify(theirs, keys=KEYS, now=now).claims == {"name": "李明", "age": 66}
    proved = suite.create_presentation(theirs, holder_key=P256SigningKey(HOLDER.key, "h"), audience="shop", nonce="n1")
    assert verify(proved, keys=KEYS, now=now, audience="shop", nonce="n1").holder_proved


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_status_lists_are_the_same_bits_to_openvc(bits):
    chosen = random.Random(7)
    entries = StatusList(1000, bits)
    values = [chosen.randrange(1 << bits) for _ in range(1000)]
    for index, value in enumerate(values):
        entries[index] = value
    raw = decode_status_list(entries.packed)
    assert [get_status(raw, index, bits=bits) for index in range(1000)] == values
    token = status_list(entries, uri=LIST, issuer=ISSUER, key=KEY, issued_at=int(datetime.now(UTC).timestamp()))
    verify_status_list_token(token, public_key_jwk=KEY.public.jwk)


def test_the_drafts_own_examples():
    """draft-ietf-oauth-status-list §4.1 and §4.2: the packed text decides, for zlib may pack in more ways than one."""
    for bits, values, packed in (
        (1, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1], "eNrbuRgAAhcBXQ"),
        (2, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3], "eNo76fITAAPfAgc"),
    ):
        entries = StatusList.unpacked(packed, bits)
        assert [entries[index] for index in range(len(values))] == values


def test_a_list_of_a_million_is_small_in_both_forms():
    entries = StatusList(1 << 20)
    for index in random.Random(3).sample(range(1 << 20), (1 << 20) // 100):
        entries[index] = 1
    signed = status_list_cwt(entries, uri=LIST, issuer=ISSUER, key=KEY, issued_at=NOW)
    assert len(signed) < 20_000
    again = read_status_list_cwt(signed, uri=LIST, keys=KEYS, issuer=ISSUER, now=NOW)
    other = read_status_list(
        status_list(entries, uri=LIST, issuer=ISSUER, key=KEY, issued_at=NOW),
        uri=LIST,
        keys=KEYS,
        issuer=ISSUER,
        now=NOW,
    )
    assert again.compressed == other.compressed == entries.compressed
    with pytest.raises(Refused):
        read_status_list_cwt(signed, uri=LIST + "0", keys=KEYS, issuer=ISSUER, now=NOW)


def test_another_cose_library_accepts_our_signature_and_no_changed_message():
    signed = sign_cose(cbor2.dumps({1: ISSUER}), KEY)
    message = parse_sign1(decode(signed))
    assert verify_sign1(message, public_jwk=KEY.public.jwk)
    assert not verify_sign1(parse_sign1(decode(signed.replace(b"city", b"town"))), public_jwk=KEY.public.jwk)


PAPER = {"type": TYPE, "issuer": ISSUER, "key": KEY, "issued_at": NOW, "expires_at": NOW + 1000}


def test_a_licence_of_twelve_chinese_claims_fits_a_small_code():
    names = (
        "经营者名称",
        "统一社会信用代码",
        "法定代表人",
        "住所",
        "经营场所",
        "主体业态",
        "经营项目",
        "许可证编号",
        "签发机关",
        "签发人",
        "日期",
        "备注",
    )
    claims = {name: f"{name}：某某餐饮店{number}号" for number, name in enumerate(names)}
    text = to_paper(claims, **PAPER, status=(LIST, 7))
    assert len(text) < 900
    verified = from_paper(
        text,
        keys=KEYS,
        now=NOW,
        type=TYPE,
        status=lambda uri: status_list(StatusList(64), uri=LIST, issuer=ISSUER, key=KEY, issued_at=NOW),
    )
    assert (verified.claims, verified.status) == (claims, (LIST, 7))


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda text: text[4:], "malformed"),
        (lambda text: text[:-6], "malformed"),
        (lambda text: "TB1:" + "0" * 100_000, "too_large"),
        (lambda text: text.lower(), "malformed"),
        (lambda text: to_paper({}, **{**PAPER, "key": SigningKey.generate("2026")}), "signature"),
        (lambda text: to_paper({}, **{**PAPER, "issuer": "x"}), "unknown_issuer"),
        (lambda text: to_paper({}, **{**PAPER, "type": "x"}), "type"),
        (lambda text: to_paper({}, **{**PAPER, "expires_at": NOW - 100}), "expired"),
        (lambda text: to_paper({}, **PAPER, not_before=NOW + 100), "not_yet_valid"),
    ],
)
def test_paper_that_was_tampered_with_is_refused(made, reason):
    text = to_paper({"a": 1}, **PAPER)
    assert from_paper(text, keys=KEYS, now=NOW).claims == {"a": 1}
    with pytest.raises(Refused) as refused:
        from_paper(made(text), keys=KEYS, now=NOW, type=TYPE)
    assert refused.value.reason == reason
