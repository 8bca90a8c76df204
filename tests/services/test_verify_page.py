"""/verify/ without JavaScript, the command, what verifiers fetch, and other people's programs."""

from __future__ import annotations

import gzip
import io
import json
from datetime import timedelta
from typing import get_args

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.status.issue import verify_status_list_token
from openvc.status.token_status_list import decode_status_list, get_status
from sd_jwt.verifier import SDJWTVerifier
from typer.testing import CliRunner

from tests.credentials.test_elsewhere import jwk_of
from tongban.cases.refusal import Refusal
from tongban.credentials import PublicKey, read_status_list_cwt
from tongban.credentials.errors import Reason
from tongban.services import stored
from tongban.services.certificates import commands, keys, lists, showing
from tongban.services.certificates.kinds import kinds
from tongban.services.certificates.words import REASONS

from .certifying import FACTS, ID, Forger, card, chosen, tamperings
from .conftest import CIVIL, MARKET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
ALL = {"name", "over_60"}


@pytest.fixture
def made():
    lists.forget()
    now = timezone.now()
    return (*card(now), now)


@pytest.fixture
def forger(made):
    keys.signing(MARKET, made[3])
    return Forger(made[2], made[3], MARKET)


def posted(text):
    return Client().post("/verify/", {"text": text})


def verified(*arguments):
    return CliRunner().invoke(commands.credential, ["verify", *map(str, arguments)])


def both_forms(certificate, now):
    return certificate.sealed["sdjwt"], showing.as_code(certificate, ALL, now)


def test_a_genuine_certificate_is_accepted_in_both_forms(made):
    for text in both_forms(made[2], made[3]):
        page = posted(text)
        said = page.content.decode()
        assert page.status_code == 200
        assert "证照是真的，现在有效" in said
        assert "李秀兰" in said
        assert "雁塔区民政局" in said
        assert "本站看到了证照的内容" in said


def test_every_tampering_is_refused_at_the_page_and_by_the_command_with_its_reason(made, forger, tmp_path):
    trusted = tmp_path / "keys.json"
    trusted.write_text(Client().get("/verify/keys.json").content.decode())
    found = tamperings(*both_forms(made[2], made[3]), forger)
    assert len(found) >= 20
    for name, (text, reason) in found.items():
        page = posted(text)
        assert page.status_code == 422, name
        assert f'data-reason="{reason}"' in page.content.decode().split("<template")[0], name
        assert str(REASONS[reason]) in page.content.decode(), name
        file = tmp_path / "one.sdjwt"
        file.write_text(text)
        told = verified(file, "--keys", trusted, "--offline", "--json")
        assert (told.exit_code, json.loads(told.stdout)["reason"]) == (1, reason), name


def test_a_revoked_and_a_suspended_one_are_refused_everywhere(made, tmp_path):
    case, _receipt, certificate, now = made
    text, code = both_forms(certificate, now)
    act = case.acts.order_by("sequence").last()
    for state, word in ((stored.suspended, "suspended"), (stored.reinstated, ""), (stored.ended, "revoked")):
        state([(case, act, None)])
        for one in (text, code):
            page = posted(one).content.decode().split("<template")[0]
            assert f'data-reason="{word or "good"}"' in page
        told = verified(text, "--json")
        assert json.loads(told.stdout).get("reason", "") == word


def test_the_command_says_when_the_status_could_not_be_asked(made, tmp_path):
    trusted, file, kept = tmp_path / "keys.json", tmp_path / "card.sdjwt", tmp_path / "list"
    trusted.write_text(Client().get("/verify/keys.json").content.decode())
    file.write_text(chosen(made[2], "over_60"))
    kept.write_bytes(Client().get(f"/status/{CIVIL}/1").content)
    told = verified(file, "--keys", trusted, "--offline")
    assert told.exit_code == 3
    assert "could not be asked" in told.stdout
    told = verified(file, "--keys", trusted, "--offline", "--status", kept)
    assert told.exit_code == 0
    assert "over_60: True" in told.stdout
    assert "李秀兰" not in told.stdout
    assert verified(tmp_path / "nothing").exit_code == 2
    assert verified(file, "--keys", file).exit_code == 2
    one = tmp_path / "issuer.json"
    one.write_text(Client().get(f"/.well-known/jwt-vc-issuer/issuer/{CIVIL}").content.decode())
    assert verified(file, "--keys", one, "--offline", "--status", kept).exit_code == 0


def test_over_sixty_without_the_birth_date(made):
    shown = chosen(made[2], "over_60")
    said = posted(shown).content.decode().split("<template")[0]
    assert "已满六十周岁" in said
    assert "没有出示其余的内容" in said
    for hidden in ("李秀兰", FACTS["born"], ID, made[2].number):
        assert hidden not in said
        assert hidden not in shown


def test_a_screen_code_is_good_for_minutes_and_says_only_what_was_chosen(made):
    text, until = showing.on_screen(made[2], {"over_60"}, made[3])
    assert until - made[3] == timedelta(minutes=10)
    from tongban.credentials import Refused, from_paper

    at = int(made[3].timestamp())
    assert dict(from_paper(text, keys=keys.keys_of, now=at).claims) == {"over_60": True}
    with pytest.raises(Refused, match="no longer valid"):
        from_paper(text, keys=keys.keys_of, now=at + 700)


def test_what_cannot_be_shown_is_not_signed(made):
    case, _receipt, certificate, now = made
    with pytest.raises(Refusal):
        showing.as_code(certificate, set(), now)
    with pytest.raises(Refusal):
        showing.as_file(certificate, {"no such claim"})
    stored.ended([(case, case.acts.order_by("sequence").last(), None)])
    certificate.refresh_from_db()
    with pytest.raises(Refusal):
        showing.as_code(certificate, ALL, now)


def test_after_a_change_of_address_old_ones_verify_with_the_keys_and_the_list_that_were_saved_before(
    made, settings, tmp_path
):
    file, trusted, listed = tmp_path / "card.sdjwt", tmp_path / "keys.json", tmp_path / "list.jwt"
    file.write_text(made[2].sealed["sdjwt"])
    trusted.write_text(Client().get("/verify/keys.json").content.decode())
    listed.write_text(Client().get(f"/status/{CIVIL}/1").content.decode())
    settings.ORIGIN = "https://new.example"
    lists.forget()
    assert verified(file, "--keys", trusted, "--offline").exit_code == 3
    assert verified(file, "--keys", trusted, "--status", listed).exit_code == 0
    anew = tmp_path / "anew.jwt"  # the list of the new address is not the one that the certificate names
    anew.write_text(Client().get(f"/status/{CIVIL}/1").content.decode())
    assert verified(file, "--keys", trusted, "--status", anew, "--offline").exit_code == 3
    assert json.loads(verified(file, "--json").output)["reason"] == "unknown_issuer"  # as the operations docs say
    new = card(made[3], "王桂英")[2]
    assert verified(new.sealed["sdjwt"]).exit_code == 0


# --- files -----------------------------------------------------------------------------------------------------------


def opened(receipt):
    client = Client()
    assert client.post("/follow/", {"code": receipt.code, "secret": receipt.secret}).status_code == 302
    return client


def test_the_holder_takes_file_sheet_and_code_and_each_verifies(made):
    case, receipt, certificate, _now = made
    client, where = opened(receipt), f"/follow/{made[0].code}/certificate/{made[2].number}/"
    page = client.get(f"/follow/{case.code}/").content.decode()
    assert where in page
    page = client.get(where).content.decode()
    assert "出生日期" in page
    assert ID in page
    for way, kind in (("file", "application/dc+sd-jwt"), ("pdf", "application/pdf")):
        given = client.post(where, {"as": way, "show": ["over_60", "name"]})
        assert given["Content-Type"] == kind
        assert given["Cache-Control"] == "no-store"
        sent = SimpleUploadedFile(f"a.{way}", given.content, kind)
        said = Client().post("/verify/", {"file": sent}).content.decode().split("<template")[0]
        assert "李秀兰" in said
        assert ID not in said
        assert FACTS["born"] not in said
    page = client.post(where, {"as": "screen", "show": ["over_60"]}).content.decode()
    assert "data:image/svg+xml;base64," in page
    assert "李秀兰" not in page
    assert client.post(where, {"as": "screen"}).status_code == 422


def test_the_code_on_a_photo_of_the_screen_is_read(made):
    import segno

    picture = io.BytesIO()
    segno.make(showing.as_code(made[2], ALL, made[3]), error="m").save(picture, kind="png", scale=5, border=4)
    sent = SimpleUploadedFile("photo.png", picture.getvalue(), "image/png")
    assert "李秀兰" in Client().post("/verify/", {"file": sent}).content.decode().split("<template")[0]


def test_the_holders_page_is_for_whoever_has_shown_the_secret_and_for_nobody_else(made, signed_in):
    from tongban.accounts.models import Official

    case, _receipt, certificate, now = made
    other = card(now, "王桂英")
    where = f"/follow/{case.code}/certificate/{certificate.number}/"
    assert Client().get(where).status_code == 404
    assert signed_in(Official.objects.get(username=f"{CIVIL}-handler")).get(where).status_code == 404
    stranger = opened(other[1])
    assert stranger.get(where).status_code == 404
    assert stranger.get(f"/follow/{other[0].code}/certificate/{certificate.number}/").status_code == 404


def test_the_desk_sees_which_certificates_there_are_and_how_they_stand(made, signed_in):
    from tongban.accounts.models import Official

    case, _receipt, certificate, _now = made
    client = signed_in(Official.objects.get(username=f"{CIVIL}-handler"))
    page = client.get(f"/desk/c/{case.code}/").content.decode()
    assert certificate.number in page
    assert "电子证照" in page
    assert certificate.sealed["sdjwt"] not in page


def test_what_somebody_pastes_or_uploads_that_is_none_is_told(made):
    for sent in ({"text": ""}, {"text": "   "}, {"text": "你好"}, {"file": SimpleUploadedFile("x.txt", b"\xff\xfe")},
                 {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.4 nothing", "application/pdf")}):  # fmt: skip
        page = Client().post("/verify/", sent)
        assert page.status_code == 422
        assert 'role="alert"' in page.content.decode().split("<template")[0]


def test_the_script_of_the_page_finds_words_for_every_reason_and_every_claim(made):
    page = Client().get("/verify/")
    said = page.content.decode()
    assert all(f'<template id="verify-{reason}">' in said for reason in get_args(Reason))
    assert set(REASONS) == set(get_args(Reason))
    for kind in kinds().values():
        assert f'data-type="{kind.type}"' in said
    assert page["Permissions-Policy"].startswith("camera=(self)")
    assert "csrf" not in said


# --- what verifiers fetch --------------------------------------------------------------------------------------------


def test_the_list_is_fresh_at_once_and_costs_nothing_while_nothing_changes(made):
    case, _receipt, certificate, _now = made
    first = Client().get(f"/status/{CIVIL}/1")
    assert first["Content-Type"] == "application/statuslist+jwt"
    assert first["Access-Control-Allow-Origin"] == "*"
    assert "no-cache" in first["Cache-Control"]
    again = Client().get(f"/status/{CIVIL}/1", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    cwt = Client().get(f"/status/{CIVIL}/1", headers={"accept": "application/statuslist+cwt"})
    assert cwt["Content-Type"] == "application/statuslist+cwt"
    uri, issuer = lists.address_of(CIVIL, 1), keys.issuer_of(CIVIL)
    at = int(timezone.now().timestamp())
    read_status_list_cwt(cwt.content, uri=uri, keys=keys.keys_of, issuer=issuer, now=at)
    stored.ended([(case, case.acts.order_by("sequence").last(), None)])
    changed = Client().get(f"/status/{CIVIL}/1", headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert Client().get(f"/status/{CIVIL}/2").status_code == 404
    assert Client().get("/status/nobody/1").status_code == 404


def test_the_list_is_packed_on_its_way_and_a_packed_one_that_was_kept_still_holds(made):
    address, asked = f"/status/{CIVIL}/1", {"accept-encoding": "gzip, br"}
    plain, packed = Client().get(address), Client().get(address, headers=asked)
    assert (packed["Content-Encoding"], gzip.decompress(packed.content)) == ("gzip", plain.content)
    assert {"Accept", "Accept-Encoding"} <= {one.strip() for one in packed["Vary"].split(",")}
    for kept in (plain["ETag"], packed["ETag"]):
        again = Client().get(address, headers={**asked, "if-none-match": f'"other", {kept}'})
        assert (again.status_code, again.content) == (304, b"")
    stored.ended([(made[0], made[0].acts.order_by("sequence").last(), None)])
    assert Client().get(address, headers={**asked, "if-none-match": packed["ETag"]}).status_code == 200


def test_keys_and_types_are_published(made):
    issuer = keys.issuer_of(CIVIL)
    found = Client().get("/verify/keys.json").json()["issuers"][issuer]
    assert found["name"]["en"]
    assert PublicKey.from_jwk(found["keys"][0]).thumbprint == keys.signing_key(CIVIL).public.thumbprint
    one = Client().get(f"/.well-known/jwt-vc-issuer/issuer/{CIVIL}").json()
    assert (one["issuer"], len(one["jwks"]["keys"])) == (issuer, 1)
    assert issuer in Client().get("/.well-known/jwt-vc-issuer").json()["issuers"]
    assert Client().get(f"/.well-known/jwt-vc-issuer/issuer/{MARKET}").status_code == 404
    kind = Client().get("/verify/types/senior").json()
    assert kind["vct"].endswith("/verify/types/senior")
    assert ["over_60"] in [claim["path"] for claim in kind["claims"]]
    assert Client().get("/verify/types/nothing").status_code == 404


def test_other_peoples_programs_accept_what_this_door_issues(made):
    text = chosen(made[2], "name", "over_60")
    key = keys.signing_key(CIVIL)
    accepted = SDJWTVerifier(text, lambda issuer, header: jwk_of(key)).get_verified_payload()
    assert (accepted["name"], accepted["over_60"]) == ("李秀兰", True)
    jwk = Client().get(f"/.well-known/jwt-vc-issuer/issuer/{CIVIL}").json()["jwks"]["keys"][0]
    result = SdJwtVcProofSuite().verify(
        text, public_key_jwk=jwk, expected_vct=f"{keys.settings.ORIGIN}/verify/types/senior"
    )
    assert result.claims["name"] == "李秀兰"
    token = Client().get(f"/status/{CIVIL}/1").content.decode()
    verify_status_list_token(token, public_key_jwk=jwk)
    raw = decode_status_list(json.loads(lists.keys.unb64(token.split(".")[1]))["status_list"]["lst"])
    assert get_status(raw, made[2].status_index, bits=2) == 0


def test_the_sheet_is_one_page_and_its_code_can_be_read_from_it(made):
    import pypdf
    import zxingcpp

    from tongban.services.certificates import sheet

    certificate = made[2]
    code, file = showing.as_code(certificate, ALL, made[3]), showing.as_file(certificate, ALL)
    facts = [*showing.facts(certificate, ALL), ("经营场所", "西安市雁塔区小寨东路某某大厦一层甲乙丙丁号" * 3)]
    page = pypdf.PdfReader(io.BytesIO(sheet.sheet("老年人优待证", facts, code, certificate.number, file)))
    assert len(page.pages) == 1
    picture = page.pages[0].images[0].image
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [code]
    assert list(page.attachments) == [f"{certificate.number}.sdjwt"]
