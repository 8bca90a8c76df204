"""What wallets talk to: metadata, token, nonce, credential (OpenID4VCI 1.0 §6 to §8, §12.2).

No session and no cookie: a request stands for itself by its code or its token, so these views ask for no form token,
and pages of other sites (web wallets) may call them. Errors are those of the standards (`errors.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.gate.rates import wait_for

from .. import keys
from ..kinds import kinds
from . import copying, metadata, offering, proving
from .errors import Code, WalletError

CALL = ("POST", "OPTIONS")
LONGEST = 65_536
View = Callable[[HttpRequest, str], HttpResponse]


def _for_wallets(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _answer(said: dict[str, Any], status: int = 200) -> HttpResponse:
    response = JsonResponse(said, status=status)
    response["Cache-Control"] = "no-store"
    return _for_wallets(response)


def call(kind: str) -> Callable[[View], View]:
    """A view for wallets: limited as this kind of request, refusals in the words of the standards."""

    def wrap(view: View) -> View:
        @csrf_exempt  # carries no session
        @allows("public", CALL)
        @wraps(view)
        def inner(request: HttpRequest, unit: str) -> HttpResponse:
            if request.method == "OPTIONS":
                return _preflight()
            if wait := wait_for(request, kind):
                response = _answer({"error": "temporarily_unavailable", "error_description": "too many requests"}, 429)
                response["Retry-After"] = str(wait)
                return response
            if not keys.keys_of_unit(unit):
                raise Http404
            try:
                return view(request, unit)
            except WalletError as refused:
                return _refused(refused)

        @wraps(inner)
        def plain(request: HttpRequest, unit: str) -> HttpResponse:
            """No page for a program that takes the wrong method."""
            return inner(request, unit) if request.method in CALL else HttpResponseNotAllowed(CALL)

        return plain

    return wrap


def _refused(refused: WalletError) -> HttpResponse:
    response = _answer({"error": refused.code, "error_description": _plain(str(refused))}, refused.status)
    if refused.status in (401, 403):
        response["WWW-Authenticate"] = f'Bearer error="{refused.code}"'
    return response


def _plain(text: str) -> str:
    """ASCII without quotes and backslashes, as descriptions have to be."""
    return "".join(sign if " " <= sign <= "~" and sign not in '"\\' else " " for sign in text)[:200]


def _preflight() -> HttpResponse:
    """What a browser asks before a page of another site may send JSON or a token (Fetch, CORS preflight)."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = "POST"
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Max-Age"] = "600"
    return _for_wallets(response)


@allows("public")
@public_for(30)
def issuer_metadata(request: HttpRequest, unit: str) -> HttpResponse:
    """Which certificates this unit puts into wallets."""
    return _metadata(unit, metadata.issuer)


@allows("public")
@public_for(30)
def server_metadata(request: HttpRequest, unit: str) -> HttpResponse:
    """Where this unit's tokens come from."""
    return _metadata(unit, metadata.authorization_server)


def _metadata(unit: str, made: Callable[[str], dict[str, Any]]) -> HttpResponse:
    if not keys.keys_of_unit(unit):
        raise Http404
    return _for_wallets(JsonResponse(made(unit), json_dumps_params={"ensure_ascii": False}))


@call("track")
def token(request: HttpRequest, unit: str) -> HttpResponse:
    """A code, and the transaction code that the holder typed, for a token. Guesses are limited like those of
    secrets."""
    said = request.POST
    if any(len(said.getlist(name)) > 1 for name in said):
        raise WalletError("invalid_request", "a parameter stands twice")
    if said.get("grant_type") != metadata.GRANT:
        wrong: Code = "unsupported_grant_type" if said.get("grant_type") else "invalid_request"
        raise WalletError(wrong, f"grant_type is {metadata.GRANT}")
    code, tx_code = said.get("pre-authorized_code", ""), said.get("tx_code", "")
    if not code:
        raise WalletError("invalid_request", "pre-authorized_code is missing")
    if "authorization_details" in said:
        raise WalletError("invalid_request", "authorization_details are not supported")
    made = offering.redeem(unit, code[:100], tx_code[:100], timezone.now())
    return _answer({"access_token": made.text, "token_type": "Bearer", "expires_in": made.seconds})


@call("api")
def nonce(request: HttpRequest, unit: str) -> HttpResponse:
    """A fresh nonce; it costs no row."""
    return _answer({"c_nonce": proving.new_nonce(unit, timezone.now())})


@call("api")
def credential(request: HttpRequest, unit: str) -> HttpResponse:
    """One copy, bound to the key that the request proves, for a token that was not used yet."""
    now = timezone.now()
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        response = _answer({"error": "invalid_token", "error_description": "a token is needed"}, 401)
        response["WWW-Authenticate"] = "Bearer"  # RFC 6750, 3.1: no error is named where nothing was shown
        return response
    offer = offering.of_token(unit, text.strip()[:100], now)
    if offer is None:
        raise WalletError("invalid_token", "the token is unknown, used or has ended")
    said = _asked(request)
    _configuration(said, offer.certificate.kind)
    key, given, until = proving.proved_key(unit, said.get("proofs"), now)
    return _answer({"credentials": [{"credential": copying.copy_for(offer, key, given, until, now)}]})


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object."""
    if request.content_type != "application/json":
        raise WalletError("invalid_credential_request", "the media type is application/json")
    raw = request.body
    try:
        said = orjson.loads(raw) if len(raw) <= LONGEST else None
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise WalletError("invalid_credential_request", "a JSON object of at most 64 KB is expected")
    return said


def _configuration(said: dict[str, Any], kind: str) -> None:
    """Whether it asks for what the token is for."""
    if "credential_identifier" in said:
        raise WalletError("unknown_credential_identifier", "no identifiers were given out")
    asked = said.get("credential_configuration_id")
    if not isinstance(asked, str):
        raise WalletError("invalid_credential_request", "credential_configuration_id is missing")
    if asked not in kinds():
        raise WalletError("unknown_credential_configuration", "this issuer has no such certificate")
    if asked != kind:
        raise WalletError("insufficient_scope", "the token is for another certificate")
    if said.get("credential_response_encryption") is not None:
        raise WalletError("invalid_encryption_parameters", "encrypted answers are not supported")
