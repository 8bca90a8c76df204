"""Showing who one is by the city's sign-in: what is not wholly right opens nothing, and nothing is kept of it."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from tongban.accounts.models import Official
from tongban.services.sources import oidc

LI = "610199195803028124"
KEY, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
pytestmark = pytest.mark.django_db


class Provider(BaseHTTPRequestHandler):
    claims: dict = {}
    signing: dict = {}
    described: dict = {}
    asked: list = []

    def _said(self, found, status=200):
        raw = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self):
        at = f"http://127.0.0.1:{self.server.server_port}"
        if self.path.endswith("openid-configuration"):
            self._said({"issuer": at, "authorization_endpoint": f"{at}/go", "token_endpoint": f"{at}/token",
                        "jwks_uri": f"{at}/keys", **Provider.described})  # fmt: skip
        else:
            key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))
            self._said({"keys": [{**key, "kid": "1", "alg": "ES256", "use": "sig"}]})

    def do_POST(self):
        Provider.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        at, now = f"http://127.0.0.1:{self.server.server_port}", int(time.time())
        claims = {"iss": at, "aud": "tongban", "sub": "42", "iat": now, "exp": now + 60, "name": "李秀兰",
                  "id_number": LI, **Provider.claims}  # fmt: skip
        how = {"key": KEY, "algorithm": "ES256", "headers": {"kid": "1"}, **Provider.signing}
        self._said({"id_token": jwt.encode({k: v for k, v in claims.items() if v is not None}, **how)})

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Provider.claims, Provider.signing, Provider.described, Provider.asked = {}, {}, {}, []
    settings.OIDC = {**settings.OIDC, "issuer": f"http://127.0.0.1:{server.server_port}", "client": "tongban",
                     "secret": "sesame"}  # fmt: skip
    oidc.forget()
    yield Provider
    server.shutdown()
    server.server_close()
    thread.join()


def gone(client: Client, next_: str = "/mandates/"):
    asked = client.get("/registers/who/go/", {"next": next_})
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.url).query).items()}


def returned(client: Client, asked, **more):
    Provider.claims.setdefault("nonce", asked["nonce"])
    return client.get("/registers/who/back/", {"code": "c0de", "state": asked["state"], **more})


def test_a_sign_in_shows_who_it_is_and_makes_no_account(provider):
    client = Client()
    asked = gone(client)
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    answer = returned(client, asked)
    assert answer.url == "/mandates/"
    assert "李秀兰" in client.get("/registers/who/").content.decode()
    told = Provider.asked[0]
    made = base64.urlsafe_b64encode(hashlib.sha256(told["code_verifier"][0].encode()).digest()).decode().rstrip("=")
    assert made == asked["code_challenge"]
    assert not Official.objects.exists()
    assert LI not in str(answer.cookies)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another"}, {"aud": None}, {"iss": "https://evil.example"},
        {"exp": 1}, {"exp": None}, {"sub": None}, {"azp": "another"}, {"id_number": LI[:-1] + "0"},
        {"id_number": None}, {"name": ""}, {"name": "x" * 61}, {"name": "a\u202eb"},
    ],
)  # fmt: skip
def test_a_token_that_is_not_wholly_right_shows_nobody(provider, claims):
    client = Client()
    asked = gone(client)
    Provider.claims = {"nonce": asked["nonce"], **claims}
    assert returned(client, asked).status_code == 502
    assert "李秀兰" not in client.get("/registers/who/").content.decode()


@pytest.mark.parametrize(
    "signing",
    [
        {"key": OTHER},
        {"key": "sesame" * 8, "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
        {"headers": {"kid": "2"}},
    ],
)
def test_a_token_that_the_provider_did_not_sign_shows_nobody(provider, signing):
    client = Client()
    asked = gone(client)
    Provider.signing = signing
    assert returned(client, asked).status_code == 502


def test_the_way_back_is_for_the_browser_that_went(provider):
    client = Client()
    asked = gone(client)
    assert returned(Client(), asked).status_code == 400
    assert returned(client, {**asked, "state": "another"}).status_code == 400
    assert Provider.asked == []


def test_a_level_of_assurance_that_is_asked_for_has_to_come_back(provider, settings):
    settings.OIDC = {**settings.OIDC, "acr": "high"}
    client = Client()
    asked = gone(client)
    assert asked["acr_values"] == "high"
    assert returned(client, asked).status_code == 502


@pytest.mark.parametrize("described", [{"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/"}])
def test_a_description_of_somebody_else_is_not_followed(provider, described):
    Provider.described = described
    assert Client().get("/registers/who/go/").status_code == 502


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_nobody_is_sent_on_to_another_site(provider, where):
    client = Client()
    asked = gone(client, where)
    assert returned(client, asked).url == "/registers/used/"


def test_without_a_provider_the_page_says_so(settings):
    settings.DEMO = False
    assert "还没有接入统一身份认证" in Client().get("/registers/who/").content.decode()
    assert Client().get("/registers/who/go/").url == "/registers/who/"
    assert Client().post("/registers/who/", {"person": LI}).status_code == 422
