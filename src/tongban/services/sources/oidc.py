"""The city's sign-in (统一身份认证) as a way to show who one is: OpenID Connect Core 1.0, authorization code with PKCE.

It makes no account: what comes back is a name and an ID number, which the browser keeps for half an hour
(`person.py`), and no row of any table. Residents never become users of the house; those are its officials. The ID token
is checked by PyJWT against the provider's keys (asymmetric algorithms alone); the access token is thrown away.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.detect.checks import is_resident_id
from tongban.gate import cookies
from tongban.gate.allow import allows
from tongban.gate.rates import limited

from . import person
from .asking import LARGEST, OPENER
from .person import Person, normal

log = logging.getLogger("tongban.services.sources")
COOKIE = "tongban_who"
MINUTES = 10
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
SECONDS = 5.0
KEPT = 600.0
"""So long the provider's addresses are kept in memory; its keys are read anew for each sign-in."""
_known: dict[str, tuple[float, dict[str, Any]]] = {}


class Untrusted(Exception):
    """What the provider sent cannot be used. The words are for the log; they hold nothing personal."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way, as the browser keeps it, sealed."""

    state: str
    nonce: str
    verifier: str
    next: str


def is_set_up() -> bool:
    """Whether this deployment has a provider."""
    return bool(settings.OIDC["issuer"] and settings.OIDC["client"])


@allows("public")
def go(request: HttpRequest) -> HttpResponse:
    """To the provider. The browser keeps what the way back is checked with."""
    from .who_page import next_of

    if not is_set_up():
        return redirect("registers:who")
    begun = Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), next_of(request))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).decode().rstrip("=")
    try:
        where = provider()["authorization_endpoint"]
    except Untrusted as error:
        return _failed(request, error)
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC["client"],
        "redirect_uri": back_address(),
        "scope": settings.OIDC["scope"],
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "ui_locales": request.LANGUAGE_CODE,
        **({"acr_values": settings.OIDC["acr"]} if settings.OIDC["acr"] else {}),
    }
    response: HttpResponse = redirect(f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}")
    kept = {"state": begun.state, "nonce": begun.nonce, "verifier": begun.verifier, "next": begun.next}
    cookies.put_sealed(response, COOKIE, kept, MINUTES * 60)
    return response


@allows("public")
@limited("submit")
def back(request: HttpRequest) -> HttpResponse:
    """The way back: code and state in the address; what the code gives is who the person is."""
    kept = cookies.read_sealed(request, COOKIE)
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    if not kept or not secrets.compare_digest(state.encode(), str(kept.get("state", "")).encode()) or not code:
        return _failed(request, Untrusted("no sign-in of this browser"), 400)
    try:
        shown = person_of(_claims(code[:2000], str(kept["verifier"]), str(kept["nonce"])))
    except Untrusted as error:
        return _failed(request, error)
    response: HttpResponse = redirect(str(kept.get("next") or "") or reverse("registers:used"))
    cookies.take_away(response, COOKIE)
    response["Cache-Control"] = "no-store"
    return person.remember(response, shown)


def _failed(request: HttpRequest, error: Untrusted, status: int = 502) -> HttpResponse:
    log.warning("sign-in by the city's provider: %s", error)
    message = _("统一身份认证没有成功，请再试一次，或者自己填写。")
    context: dict[str, Any] = {
        "shown": person.shown(request),
        "people": [],
        "next": "",
        "message": message,
        "sign_in": is_set_up(),
    }
    response = render(request, "services/registers/who.html", context, status=status)
    cookies.take_away(response, COOKIE)
    return response


def back_address() -> str:
    """The address that the provider sends people back to; registered there."""
    return f"{settings.ORIGIN}{reverse('registers:back')}"


# --- what the provider says ------------------------------------------------------------------------------------------


def provider() -> dict[str, Any]:
    """The provider's own description (OpenID Connect Discovery 1.0). Raises Untrusted."""
    issuer = str(settings.OIDC["issuer"]).rstrip("/")
    kept = _known.get(issuer)
    if kept is None or kept[0] < time.monotonic():
        found = _fetched(f"{issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise Untrusted("the description is another issuer's")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _safe(str(found.get(name, "")))
        kept = _known[issuer] = (time.monotonic() + KEPT, found)
    return kept[1]


def _claims(code: str, verifier: str, nonce: str) -> dict[str, Any]:
    """The checked claims of the ID token that a code gives (OpenID Connect Core 3.1.3.7). Raises Untrusted."""
    described = provider()
    given = _fetched(
        described["token_endpoint"],
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back_address(),
            "client_id": settings.OIDC["client"],
            "client_secret": settings.OIDC["secret"],
            "code_verifier": verifier,
        },
    )
    token = str(given.get("id_token") or "")
    try:
        header = jwt.get_unverified_header(token)
        keys = jwt.PyJWKSet.from_dict(_fetched(described["jwks_uri"])).keys
        usable = [key for key in keys if header.get("kid") in (None, key.key_id)]
        if len(usable) != 1:
            raise Untrusted("no single key for the ID token")
        claims: dict[str, Any] = jwt.decode(
            token,
            usable[0].key,
            algorithms=ALGORITHMS,
            audience=settings.OIDC["client"],
            issuer=described["issuer"],
            leeway=30,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise Untrusted(type(error).__name__) from None
    if not secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise Untrusted("the ID token is of another sign-in")
    if claims.get("azp") not in (None, settings.OIDC["client"]):
        raise Untrusted("the ID token is for another client")
    if settings.OIDC["acr"] and claims.get("acr") != settings.OIDC["acr"]:
        raise Untrusted("the level of assurance is not the one asked for")
    return claims


def person_of(claims: dict[str, Any]) -> Person:
    """Who the claims name. Raises Untrusted where there is no right ID number or no name."""
    number = normal(str(claims.get(settings.OIDC["number_claim"]) or ""))
    name = str(claims.get(settings.OIDC["name_claim"]) or "").strip()
    if len(number) != 18 or not is_resident_id(number) or not name or len(name) > 60 or not name.isprintable():
        raise Untrusted("no ID number or no name among the claims")
    return Person(number, name, "oidc")


def _safe(url: str) -> str:
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise Untrusted("an address of the provider is not https")
    return url


def _fetched(url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON object at an address of the provider; POST where there is a form. Raises Untrusted."""
    body = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(_safe(url), body, {"Accept": "application/json"})  # noqa: S310 -- see _safe
    try:
        with OPENER.open(request, timeout=SECONDS) as answer:
            raw = answer.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise Untrusted(f"{type(error).__name__} from the provider") from None
    try:
        found = json.loads(raw[:LARGEST])
    except (ValueError, RecursionError):
        raise Untrusted("no JSON from the provider") from None
    if not isinstance(found, dict):
        raise Untrusted("no JSON object from the provider")
    return found


def forget() -> None:
    """Read the provider's description anew. For tests."""
    _known.clear()
