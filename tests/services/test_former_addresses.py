"""A house that moved: what was signed under its former address holds, and whoever asks there is answered or sent on."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone
from openvc.status.issue import verify_status_list_token

from tongban.credentials import Refused, read_status_list
from tongban.services import stored
from tongban.services.certificates import keys, lists, showing, verifying

from .certifying import card
from .conftest import CIVIL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
OLD, NEW = "https://old.example", "https://new.example"


@pytest.fixture
def moved(settings):
    """A certificate in both forms, of before the house moved."""
    lists.forget()
    now = timezone.now()
    settings.ORIGIN = OLD
    case, _receipt, made = card(now)
    texts = made.sealed["sdjwt"], showing.as_code(made, {"name", "over_60"}, now)
    settings.ORIGIN, settings.FORMER_ORIGINS = NEW, (OLD,)
    settings.ALLOWED_HOSTS = ["new.example", "old.example"]
    return case, made, texts


def at():
    return int(timezone.now().timestamp())


def test_it_is_verified_and_its_revocation_is_seen(moved):
    case, _made, texts = moved
    for text in texts:
        found = verifying.check(text, at())
        assert (found.status, found.issuer, found.kind) == ("good", "雁塔区民政局", "老年人优待证")
    stored.ended([(case, case.acts.order_by("sequence").last(), None)])
    for text in texts:
        with pytest.raises(Refused) as refused:
            verifying.check(text, at())
        assert refused.value.reason == "revoked"


def test_what_is_issued_now_names_the_present_address(moved):
    _case, made, _texts = moved
    code = showing.as_code(made, {"name"}, timezone.now())
    assert verifying.check(code, at()).verified.issuer == f"{NEW}/issuer/{CIVIL}"


def test_an_address_that_is_not_named_is_a_stranger(moved, settings):
    settings.FORMER_ORIGINS = ("https://old.example.evil", "https://old.exampl")
    for text in moved[2]:
        with pytest.raises(Refused) as refused:
            verifying.check(text, at())
        assert refused.value.reason == "unknown_issuer"


@pytest.mark.parametrize(("path", "host"), [("?of=https://old.example", "new.example"), ("", "old.example")])
def test_the_list_is_served_as_the_old_certificate_names_it(moved, path, host):
    _case, made, _texts = moved
    answer = Client().get(f"/status/{CIVIL}/1{path}", headers={"host": host})
    text, address, issuer = answer.content.decode(), f"{OLD}/status/{CIVIL}/1", f"{OLD}/issuer/{CIVIL}"
    entries = read_status_list(text, uri=address, keys=keys.keys_of, issuer=issuer, now=at())
    assert entries[made.status_index] == lists.VALID
    found = Client().get(f"/.well-known/jwt-vc-issuer/issuer/{CIVIL}", headers={"host": "old.example"}).json()
    verify_status_list_token(text, public_key_jwk=found["jwks"]["keys"][0])


def test_each_address_has_a_list_of_its_own(moved):
    there, here, other = (
        Client().get(f"/status/{CIVIL}/1{of}", headers={"host": "new.example"})
        for of in ("?of=https://old.example", "", "?of=https://evil.example")
    )
    assert there["ETag"] != here["ETag"]
    assert other.content == here.content
    assert NEW not in there.content.decode()


def test_others_who_follow_the_old_address_find_keys_and_words_under_it(moved):
    ask = {"host": "old.example"}
    found = Client().get(f"/.well-known/jwt-vc-issuer/issuer/{CIVIL}", headers=ask).json()
    assert found["issuer"] == f"{OLD}/issuer/{CIVIL}"
    assert found["jwks"]["keys"]
    assert Client().get("/verify/types/senior", headers=ask).json()["vct"] == f"{OLD}/verify/types/senior"
    issuers = json.loads(Client().get("/verify/keys.json", headers={"host": "new.example"}).content)["issuers"]
    assert issuers[f"{OLD}/issuer/{CIVIL}"]["keys"] == issuers[f"{NEW}/issuer/{CIVIL}"]["keys"]


def test_http_before_https_under_one_name_sends_nobody_round(moved, settings):
    settings.ORIGIN, settings.FORMER_ORIGINS = OLD, (OLD.replace("https", "http"),)
    assert Client().get("/", headers={"host": "old.example"}).status_code == 200
    text = Client().get(f"/status/{CIVIL}/1", headers={"host": "old.example"}).content.decode()
    present = {"uri": f"{OLD}/status/{CIVIL}/1", "issuer": f"{OLD}/issuer/{CIVIL}"}
    assert read_status_list(text, **present, keys=keys.keys_of, now=at())
    before = {name: one.replace("https", "http") for name, one in present.items()}
    text = Client().get(f"/status/{CIVIL}/1?of=http://old.example", headers={"host": "old.example"}).content.decode()
    assert read_status_list(text, **before, keys=keys.keys_of, now=at())


@pytest.mark.parametrize("path", ["/", "/services/?q=1", "/verify/", "/desk/", "/nothing/"])
def test_everything_else_is_sent_to_the_present_address(moved, path):
    answer = Client().get(path, headers={"host": "old.example"})
    if path == "/nothing/":
        assert answer.status_code == 404
        return
    assert (answer.status_code, answer["Location"]) == (308, f"{NEW}{path}")
    assert Client().post(path, {"a": "1"}, headers={"host": "old.example"})["Location"] == f"{NEW}{path}"
