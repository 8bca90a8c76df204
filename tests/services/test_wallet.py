"""A certificate goes into a wallet (OpenID4VCI 1.0, pre-authorised code flow): once, to whoever has the key, and what
becomes of it. The wallet and the verifiers are other people's code or written for the test alone."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from jwcrypto.jwk import JWK
from openvc.openid4vci import parse_credential_issuer_metadata, parse_credential_offer, verify_credential_request_proofs
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from sd_jwt.verifier import SDJWTVerifier
from typer.testing import CliRunner

from tongban.cases.actor import SYSTEM
from tongban.cases.writer import Step, perform
from tongban.credentials import Refused, read_status_list, verify
from tongban.ledger.models import QueuedEntry
from tongban.ledger.opening import open_receipt
from tongban.ledger.signing import verifiers
from tongban.merkle import new_signer
from tongban.services import stored
from tongban.services.certificates import commands, keys, lists, showing
from tongban.services.certificates.rows import Certificate
from tongban.services.certificates.wallet import copying, offering
from tongban.services.certificates.wallet.rows import UsedNonce, WalletCopy, WalletOffer

from .certifying import card
from .conftest import CIVIL, MARKET
from .registers import on_the_ledger
from .walleting import GRANT, Wallet, payload_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def _house(settings, tmp_path):
    settings.ORIGIN = "https://city.example"
    made = new_signer("city.example/ledger")
    settings.LEDGER_ORIGIN, settings.LEDGER_KEYS, settings.LEDGER_RETIRED = "city.example/ledger", made.secret(), ""
    settings.LEDGER_GUARD, settings.LEDGER_POLICY = tmp_path / "last-checkpoint", ""
    lists.forget()


@pytest.fixture
def made():
    now = timezone.now()
    case, receipt, certificate = card(now)
    holder = Client()
    assert holder.post("/follow/", {"code": receipt.code, "secret": receipt.secret}).status_code == 302
    return case, certificate, holder, now


def where(case, certificate):
    return f"/follow/{case.code}/certificate/{certificate.number}/"


def offered(made):
    """(link, transaction code) from the holder's page."""
    case, certificate, holder, _now = made
    page = holder.post(f"{where(case, certificate)}wallet/")
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    said = html.unescape(page.content.decode())
    link = re.search(r'href="(openid-credential-offer://[^"]+)"', said)[1]
    return link, re.search(r"data-tx-code>(\d{6})<", said)[1]


def begun(made):
    """A wallet with a token."""
    link, tx_code = offered(made)
    wallet = Wallet(Client()).read(link)
    return wallet, wallet.ask_token(tx_code).json()["access_token"]


def put_in(made, wallet=None):
    """A wallet that holds a copy, and the copy."""
    link, tx_code = offered(made)
    wallet = (wallet or Wallet(Client())).read(link)
    token = wallet.ask_token(tx_code).json()["access_token"]
    answer = wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce()))
    assert answer.status_code == 200, answer.content
    return wallet, answer.json()["credentials"][0]["credential"]


def refused(answer, error, status=400):
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.content
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["error_description"].isascii()
    return True


def listed(uri):
    unit, number = uri.rsplit("/", 2)[1:]
    return lists.served(unit, int(number), "jwt", timezone.now()).body.decode()


def standing(copy):
    try:
        verify(copy, keys=keys.keys_of, now=int(timezone.now().timestamp()), status=listed)
    except Refused as found:
        return found.reason
    return "good"


# --- the whole way ----------------------------------------------------------------------------------------------------


def test_a_wallet_takes_a_copy_and_other_peoples_verifiers_accept_what_it_shows(made):
    _case, certificate, _holder, now = made
    link, tx_code = offered(made)
    wallet = Wallet(Client()).read(link)
    offer = parse_credential_offer(wallet.offer)
    parsed = parse_credential_issuer_metadata(wallet.metadata)
    assert offer.credential_issuer == parsed.credential_issuer == keys.issuer_of(CIVIL)
    assert tx_code not in link
    assert set(offer.credential_configuration_ids) <= set(parsed.credential_configurations_supported)
    answer = wallet.ask_token(tx_code)
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 300)
    assert answer["Cache-Control"] == "no-store"

    proof, seen = wallet.proof(now, wallet.nonce()), []
    request = {"credential_configuration_id": "senior", "proofs": {"jwt": [proof]}}
    proved = verify_credential_request_proofs(
        request, credential_issuer=wallet.issuer, check_nonce=lambda nonce: not seen.append(nonce)
    )
    assert proved[0].public_jwk["x"] == wallet.jwk["x"]
    answer = wallet.ask_copy(answer.json()["access_token"], proof)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    copy = answer.json()["credentials"][0]["credential"]
    said = payload_of(copy)
    assert said["cnf"] == {"jwk": wallet.jwk}
    assert said["iss"] == wallet.issuer
    assert said["vct"] == parsed.credential_configurations_supported["senior"]["vct"]

    shown = wallet.show(copy, {"over_60"}, now, "https://museum.example", "n-1")
    signs = keys.signing_key(CIVIL).public
    theirs = SDJWTVerifier(shown, lambda *_of: JWK(**signs.jwk), "https://museum.example", "n-1")
    assert theirs.get_verified_payload()["over_60"] is True
    assert "name" not in theirs.get_verified_payload()
    openvc = SdJwtVcProofSuite().verify(
        shown, public_key_jwk=signs.jwk, audience="https://museum.example", nonce="n-1", require_key_binding=True
    )
    assert openvc.claims["over_60"] is True
    ours = verify(shown, keys=keys.keys_of, now=int(now.timestamp()), audience="https://museum.example", nonce="n-1")
    assert (ours.holder_proved, ours.audience, ours.nonce) == (True, "https://museum.example", "n-1")
    whole = verify(copy, keys=keys.keys_of, now=int(now.timestamp()), status=listed)
    assert whole.claims == certificate.claims


def test_a_stranger_with_the_file_cannot_show_it(made):
    wallet, copy = put_in(made)
    thief = Wallet(Client())
    shown = thief.show(copy, {"over_60"}, made[3], "https://museum.example", "n-1")
    with pytest.raises(Refused, match="holder"):
        verify(shown, keys=keys.keys_of, now=int(made[3].timestamp()))
    assert wallet.jwk != thief.jwk


def test_two_copies_say_nothing_by_which_they_are_known_as_of_one_certificate(made):
    (_first, one), (_second, other) = put_in(made), put_in(made)
    here, there, paper = (payload_of(text) for text in (one, other, made[1].sealed["sdjwt"]))
    assert len({said["status"]["status_list"]["idx"] for said in (here, there, paper)}) == 3
    assert not set(here["_sd"]) & set(there["_sd"])
    assert not set(one.split("~")[1:-1]) & set(other.split("~")[1:-1])
    assert here["iat"] == there["iat"]
    assert (here["iat"] + 8 * 3600) % 86400 == 0
    assert here["iat"] <= paper["iat"]


def test_nothing_that_redeems_a_copy_stands_in_the_database(made):
    link, tx_code = offered(made)
    wallet = Wallet(Client()).read(link)
    token = wallet.ask_token(tx_code).json()["access_token"]
    held = " ".join(str(one) for one in WalletOffer.objects.values_list().get())
    for secret in (token, tx_code, wallet.offer["grants"][GRANT]["pre-authorized_code"]):
        assert secret not in held


# --- the token --------------------------------------------------------------------------------------------------------


def test_a_code_is_good_once_and_whoever_uses_it_again_ends_what_came_of_it(made):
    link, tx_code = offered(made)
    wallet = Wallet(Client()).read(link)
    token = wallet.ask_token(tx_code).json()["access_token"]
    assert refused(wallet.ask_token(tx_code), "invalid_grant")
    assert refused(wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce())), "invalid_token", 401)
    assert not WalletCopy.objects.exists()


def test_a_code_ends_after_ten_minutes(made):
    link, tx_code = offered(made)
    assert WalletOffer.objects.get().until <= timezone.now() + timedelta(minutes=10)
    WalletOffer.objects.update(until=timezone.now())
    assert refused(Wallet(Client()).read(link).ask_token(tx_code), "invalid_grant")


def test_a_transaction_code_may_be_wrong_five_times_and_then_the_right_one_is_too_late(made):
    link, tx_code = offered(made)
    wallet, wrong = Wallet(Client()).read(link), f"{(int(tx_code) + 1) % 10**6:06}"
    for left in range(offering.TRIES - 1, -1, -1):
        assert refused(wallet.ask_token(wrong), "invalid_grant")
        assert WalletOffer.objects.get().tries == left
    assert refused(wallet.ask_token(tx_code), "invalid_grant")


def test_what_a_token_request_lacks_is_told_and_costs_no_try(made):
    link, tx_code = offered(made)
    wallet = Wallet(Client()).read(link)
    assert refused(wallet.ask_token(""), "invalid_request")
    assert refused(wallet.ask_token(tx_code, grant_type=""), "invalid_request")
    assert refused(wallet.ask_token(tx_code, grant_type="authorization_code"), "unsupported_grant_type")
    assert refused(wallet.ask_token(tx_code, **{"pre-authorized_code": "x"}), "invalid_grant")
    assert refused(wallet.ask_token(tx_code, authorization_details="[]"), "invalid_request")
    assert WalletOffer.objects.get().tries == offering.TRIES
    assert wallet.ask_token(tx_code).status_code == 200


def test_a_code_of_one_unit_is_nothing_at_another(made):
    keys.signing(MARKET, made[3])
    link, tx_code = offered(made)
    wallet = Wallet(Client()).read(link)
    code = wallet.offer["grants"][GRANT]["pre-authorized_code"]
    answer = Client().post(
        f"/issuer/{MARKET}/token", {"grant_type": GRANT, "pre-authorized_code": code, "tx_code": tx_code}
    )
    assert refused(answer, "invalid_grant")
    token = wallet.ask_token(tx_code).json()["access_token"]
    wallet.metadata["credential_endpoint"] = f"https://city.example/issuer/{MARKET}/credential"
    assert refused(wallet.ask_copy(token), "invalid_token", 401)


def test_guessing_is_limited(made, settings):
    settings.RATE_LIMITS = True
    link, _tx_code = offered(made)
    wallet = Wallet(Client()).read(link)
    answers = [wallet.ask_token("000000", **{"pre-authorized_code": "x"}) for _try in range(25)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_new_offer_ends_the_one_before(made):
    link, tx_code = offered(made)
    again, second = offered(made)
    assert refused(Wallet(Client()).read(link).ask_token(tx_code), "invalid_grant")
    assert Wallet(Client()).read(again).ask_token(second).status_code == 200


# --- the key ----------------------------------------------------------------------------------------------------------


WRONG_PROOFS = [
    ({}, {"aud": "https://evil.example"}, "invalid_proof"),
    ({}, {"aud": ["https://city.example/issuer/610113-MZ"]}, "invalid_proof"),
    ({}, {"iat": 1}, "invalid_proof"),
    ({}, {"iat": 4_000_000_000}, "invalid_proof"),
    ({}, {"iat": True}, "invalid_proof"),
    ({}, {"exp": 1}, "invalid_proof"),
    ({}, {"nonce": None}, "invalid_proof"),
    ({}, {"nonce": "x"}, "invalid_nonce"),
    ({}, {"nonce": "A" * 54}, "invalid_nonce"),
    ({"typ": "JWT"}, {}, "invalid_proof"),
    ({"typ": "kb+jwt"}, {}, "invalid_proof"),
    ({"alg": "none"}, {}, "invalid_proof"),
    ({"alg": "HS256"}, {}, "invalid_proof"),
    ({"jwk": None}, {}, "invalid_proof"),
    ({"kid": "did:example:1"}, {}, "invalid_proof"),
    ({"x5c": ["MIIB"]}, {}, "invalid_proof"),
    ({"crit": ["b64"]}, {}, "invalid_proof"),
    ({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA"}}, {}, "invalid_proof"),
]


def test_a_key_proof_that_is_not_as_it_should_be_is_refused_and_the_token_stays_good(made):
    wallet, token = begun(made)
    for header, payload, error in WRONG_PROOFS:
        proof = wallet.proof(made[3], **{"nonce": wallet.nonce(), "header": header, **payload})
        assert refused(wallet.ask_copy(token, proof), error), (header, payload)
    assert not WalletCopy.objects.exists()
    assert not UsedNonce.objects.exists()
    assert wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce())).status_code == 200


def test_a_proof_signed_by_a_strangers_key_is_refused(made):
    wallet, token = begun(made)
    stranger = Wallet(Client())
    proof = wallet.proof(made[3], wallet.nonce(), key=stranger.key)  # names the wallet's key, is signed by another
    assert refused(wallet.ask_copy(token, proof), "invalid_proof")
    named = {"jwk": {**stranger.jwk, "d": "AA"}}
    assert refused(wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce(), header=named)), "invalid_proof")


def test_a_nonce_is_used_once(made):
    wallet, copy_nonce = Wallet(Client()), None
    for _round in range(2):
        link, tx_code = offered(made)
        token = wallet.read(link).ask_token(tx_code).json()["access_token"]
        copy_nonce = copy_nonce or wallet.nonce()
        answer = wallet.ask_copy(token, wallet.proof(made[3], copy_nonce))
    assert refused(answer, "invalid_nonce")
    assert wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce())).status_code == 200


def test_a_nonce_of_another_unit_and_one_that_has_ended_are_refused(made, monkeypatch):
    keys.signing(MARKET, made[3])
    wallet, token = begun(made)
    theirs = Client().post(f"/issuer/{MARKET}/nonce").json()["c_nonce"]
    assert refused(wallet.ask_copy(token, wallet.proof(made[3], theirs)), "invalid_nonce")
    monkeypatch.setattr("tongban.services.certificates.wallet.proving.NONCE_LASTS", timedelta(seconds=-1))
    assert refused(wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce())), "invalid_nonce")


# --- the copy ---------------------------------------------------------------------------------------------------------


WRONG_REQUESTS = [
    ({"credential_configuration_id": "food"}, "insufficient_scope", 403),
    ({"credential_configuration_id": "nothing"}, "unknown_credential_configuration", 400),
    ({"credential_configuration_id": None}, "invalid_credential_request", 400),
    ({"credential_identifier": "senior"}, "unknown_credential_identifier", 400),
    ({"credential_response_encryption": {"enc": "A128GCM"}}, "invalid_encryption_parameters", 400),
    ({"proofs": None}, "invalid_proof", 400),
    ({"proofs": {"jwt": []}}, "invalid_proof", 400),
    ({"proofs": {"jwt": ["x", "y"]}}, "invalid_proof", 400),
    ({"proofs": {"di_vp": [{}]}}, "invalid_proof", 400),
    ({"proofs": {"jwt": [7]}}, "invalid_proof", 400),
]


def test_a_request_that_asks_for_something_else_is_told_so(made):
    wallet, token = begun(made)
    for more, error, status in WRONG_REQUESTS:
        assert refused(wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce()), **more), error, status), more
    assert not WalletCopy.objects.exists()


def test_a_token_is_good_for_one_copy_and_five_minutes(made):
    wallet, token = begun(made)
    assert wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce())).status_code == 200
    assert refused(wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce())), "invalid_token", 401)
    wallet, token = begun(made)
    WalletOffer.objects.update(token_until=timezone.now())
    answer = wallet.ask_copy(token, wallet.proof(made[3], wallet.nonce()))
    assert refused(answer, "invalid_token", 401)
    assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    nobody = Client().post(f"/issuer/{CIVIL}/credential", "{}", content_type="application/json")
    assert (nobody.status_code, nobody["WWW-Authenticate"]) == (401, "Bearer")


def test_one_that_was_revoked_since_the_offer_is_denied_and_offers_none(made):
    case, certificate, holder, now = made
    wallet, token = begun(made)
    stored.ended([(case, case.acts.order_by("sequence").last(), None)])
    answer = wallet.ask_copy(token, wallet.proof(now, wallet.nonce()))
    assert refused(answer, "credential_request_denied")
    assert not WalletCopy.objects.exists()
    assert "放进钱包" not in holder.get(where(case, certificate)).content.decode()
    assert holder.post(f"{where(case, certificate)}wallet/").status_code in (403, 409)


@pytest.mark.parametrize(("hook", "state", "reason"), [
    ("ended", "revoked", "revoked"), ("suspended", "suspended", "suspended"),
])  # fmt: skip
def test_what_an_act_does_to_the_certificate_it_does_to_every_copy(made, hook, state, reason):
    case = made[0]
    copies = [put_in(made)[1] for _copy in range(2)]
    assert [standing(copy) for copy in copies] == ["good", "good"]
    act = case.acts.order_by("sequence").last()
    getattr(stored, hook)([(case, act, None)])
    assert Certificate.objects.get().state == state
    assert [standing(copy) for copy in (*copies, made[1].sealed["sdjwt"])] == [reason] * 3


def test_a_lost_telephone_ends_its_copy_alone_and_no_act_brings_it_back(made):
    case, certificate, holder, _now = made
    lost, kept = put_in(made)[1], put_in(made)[1]
    row = WalletCopy.objects.order_by("pk").first()
    for _twice in range(2):
        answer = holder.post(f"{where(case, certificate)}wallet/", {"withdraw": row.key})
        assert answer.status_code == 302
    assert [standing(one) for one in (lost, kept, certificate.sealed["sdjwt"])] == ["revoked", "good", "good"]
    act = case.acts.order_by("sequence").last()
    stored.suspended([(case, act, None)])
    stored.reinstated([(case, act, None)])
    assert [standing(one) for one in (lost, kept)] == ["revoked", "good"]
    assert "已作废" in holder.get(where(case, certificate)).content.decode()


def test_putting_in_and_withdrawing_are_on_the_ledger_and_only_the_holder_opens_them(made):
    case, certificate, holder, _now = made
    queued = QueuedEntry.objects.count()
    wallet, _copy = put_in(made)
    assert QueuedEntry.objects.count() == queued + 1
    row = WalletCopy.objects.get()
    holder.post(f"{where(case, certificate)}wallet/", {"withdraw": row.key})
    here = f"{where(case, certificate)}wallet/{row.key}/"
    assert "台账回执稍后就有" in holder.get(where(case, certificate)).content.decode()
    assert holder.get(f"{here}issued/").status_code == 404
    on_the_ledger()
    for what in ("issued", "withdrawn"):
        answer = holder.get(f"{here}{what}/")
        assert answer.status_code == 200, (what, re.search("<p>.*</p>", answer.content.decode())[0])
        found = open_receipt(answer.content.decode(), verifiers())
        assert found.entry["kind"] == "wallet"
        assert set(found.entry) == {"act", "at", "commit", "kind", "v"}
        assert (found.act["what"], found.act["certificate"]) == (what, certificate.number)
    assert found.act["holder"] == JWK(**wallet.jwk).thumbprint()
    assert Client().get(f"{here}issued/").status_code == 404
    assert f"{here}issued/" in holder.get(where(case, certificate)).content.decode()


def test_an_erased_case_forgets_whose_key_it_was_and_the_copy_stays_good(made, kept_long_enough):
    _wallet, copy = put_in(made)
    offered(made)
    perform(kept_long_enough(made[0]).pk, Step("erase", SYSTEM))
    row = WalletCopy.objects.get()
    assert (row.private, row.seed, copying.receipt_for(row, "issued")) == (None, None, None)
    assert not WalletOffer.objects.exists()
    assert standing(copy) == "good"


def test_a_holder_has_so_many_copies_and_a_withdrawn_one_makes_room(made, monkeypatch):
    monkeypatch.setattr(offering, "MOST_COPIES", 1)
    case, certificate, holder, _now = made
    put_in(made)
    assert holder.post(f"{where(case, certificate)}wallet/").status_code in (403, 409)
    holder.post(f"{where(case, certificate)}wallet/", {"withdraw": WalletCopy.objects.get().key})
    put_in(made)


def test_nobody_but_the_holder_offers_or_withdraws(made):
    case, certificate, _holder, _now = made
    put_in(made)
    for said in ({}, {"withdraw": WalletCopy.objects.get().key}):
        assert Client().post(f"{where(case, certificate)}wallet/", said).status_code == 404
    assert WalletCopy.objects.get().withdrawn_at is None


# --- what is served ---------------------------------------------------------------------------------------------------


def test_a_copys_entry_is_of_no_certificate_and_the_other_way_round(made, monkeypatch):
    put_in(made)
    taken = {WalletCopy.objects.get().status_index, made[1].status_index}
    drawn = iter([*taken, 7777])
    monkeypatch.setattr(lists.secrets, "randbelow", lambda _size: next(drawn))
    assert lists.draw(CIVIL, made[3])[1] == 7777


def test_pages_of_other_sites_may_call_what_wallets_need_and_no_more(made):
    for what in ("token", "nonce", "credential"):
        asked = Client().options(f"/issuer/{CIVIL}/{what}", headers={"Origin": "https://wallet.example"})
        assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, "*")
        assert "Access-Control-Allow-Credentials" not in asked
        assert Client().get(f"/issuer/{CIVIL}/{what}").status_code == 405
    page = made[2].get(where(made[0], made[1]))
    assert "Access-Control-Allow-Origin" not in page


def test_a_unit_that_has_issued_nothing_is_no_issuer():
    for path in ("/.well-known/openid-credential-issuer/issuer", "/.well-known/oauth-authorization-server/issuer"):
        assert Client().get(f"{path}/{MARKET}").status_code == 404
    assert Client().post(f"/issuer/{MARKET}/nonce").status_code == 404


def test_offers_and_nonces_that_have_ended_are_forgotten(made):
    put_in(made)
    assert (WalletOffer.objects.count(), UsedNonce.objects.count()) == (1, 1)
    assert offering.forget_old() == 0
    long_ago = timezone.now() - timedelta(hours=1)
    WalletOffer.objects.update(until=long_ago)
    UsedNonce.objects.update(until=long_ago)
    assert offering.forget_old() == 2
    assert not WalletOffer.objects.exists()


def test_a_rendered_list_says_so_in_the_very_next_answer(made):
    _wallet, copy = put_in(made)
    reference = payload_of(copy)["status"]["status_list"]
    before = read_status_list(
        listed(reference["uri"]), uri=reference["uri"], keys=keys.keys_of, issuer=keys.issuer_of(CIVIL),
        now=int(timezone.now().timestamp()),
    )  # fmt: skip
    assert before[reference["idx"]] == lists.VALID
    copying.withdraw(made[1], WalletCopy.objects.get().key, timezone.now())
    assert standing(copy) == "revoked"


# --- verifying --------------------------------------------------------------------------------------------------------


def seen(text):
    return Client().post("/verify/", {"text": text}).content.decode().split("<template")[0]


def test_the_page_says_whether_what_is_bound_was_signed_by_its_holder_and_for_whom(made):
    wallet, copy = put_in(made)
    page = seen(wallet.show(copy, {"over_60"}, timezone.now(), "https://museum.example", "n-<1>"))
    assert 'data-status="good"' in page
    assert 'data-bound="proved"' in page
    assert "https://museum.example" in page
    assert "n-&lt;1&gt;" in page
    page = seen(copy)
    assert 'data-bound="unproved"' in page
    assert "verdict--unsure" in page
    assert 'data-status="good"' in page
    assert "data-bound" not in seen(made[1].sealed["sdjwt"])
    old = wallet.show(copy, {"over_60"}, timezone.now() - timedelta(minutes=6), "https://museum.example", "n-1")
    assert 'data-reason="holder"' in seen(old)


def test_the_command_says_so_too_and_can_ask_for_audience_and_nonce(made):
    wallet, copy = put_in(made)
    shown = wallet.show(copy, {"over_60"}, timezone.now(), "https://museum.example", "n-1")

    def run(*said):
        return CliRunner().invoke(commands.credential, ["verify", *said])

    assert "signed this for https://museum.example, nonce n-1" in run(shown).output
    assert "did NOT sign this" in run(copy).output
    asked = ("--audience", "https://museum.example", "--nonce", "n-1")
    assert run(shown, *asked).exit_code == 0
    said = json.loads(run(shown, *asked, "--json").output)
    assert (said["bound"], said["holder_proved"], said["audience"]) == (True, True, "https://museum.example")
    for wrong in (("--audience", "https://other.example"), ("--nonce", "n-2")):
        assert run(shown, *wrong).exit_code == 1
    for more in (("--bound",), asked):
        assert json.loads(run(copy, *more, "--json").output)["reason"] == "holder"
    assert run(made[1].sealed["sdjwt"], "--bound").exit_code == 1
    paper = showing.as_code(made[1], {"over_60"}, made[3])
    assert run(paper, "--bound").exit_code == 1
