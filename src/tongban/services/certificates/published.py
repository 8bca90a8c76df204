"""What verifiers fetch: status lists, keys of the issuing units, metadata of the kinds. The same for everybody.

Sources: draft-ietf-oauth-status-list §8, draft-ietf-oauth-sd-jwt-vc §4 (issuer metadata) and §5 (type metadata).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page

from tongban.gate import former
from tongban.gate.allow import allows
from tongban.gate.keeping import public_for
from tongban.registry import snapshot
from tongban.registry.names import traditional

from . import keys, lists
from .kinds import Claim, Kind, kinds

JWT, CWT = "application/statuslist+jwt", "application/statuslist+cwt"


@former.answers_there
@allows("public")
@gzip_page
def status(request: HttpRequest, unit: str, number: int) -> HttpResponse:
    """A status list, as JWT, or as CWT where `Accept` asks for it. Whoever kept it asks whether it still holds: so a
    revocation is in the next answer, and the answer is empty while nothing has changed. Packed on its way (§8.1): the
    JWT holds the bits as letters of letters, a third more than they are."""
    form: lists.Form = "cwt" if _wants_cwt(request.headers.get("Accept", "")) else "jwt"
    served = lists.served(unit, number, form, origin=former.origin_of(request))
    if served is None:
        raise Http404
    response: HttpResponse
    known = request.headers.get("If-None-Match", "").split(",")
    if served.etag in (one.strip().removeprefix("W/") for one in known):  # weak where it came packed
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(served.body, content_type=CWT if form == "cwt" else JWT)
    response["ETag"] = served.etag
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept"])
    return _for_everybody(response)


def _wants_cwt(accept: str) -> bool:
    """Whether CWT is asked for, and rather than JWT (RFC 9110, 12.5.1)."""
    weights = {}
    for part in accept.lower().split(","):
        media, *more = (one.strip() for one in part.split(";"))
        said = next((one[2:] for one in more if one.startswith("q=")), "1")
        try:
            weights[media] = float(said)
        except ValueError:
            weights[media] = 0.0
    return weights.get(CWT, 0.0) > weights.get(JWT, 0.0)


def _for_everybody(response: HttpResponse) -> HttpResponse:
    """Pages of other sites may read it too."""
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@allows("public")
@public_for(30)
def all_keys(request: HttpRequest) -> HttpResponse:
    """Every unit that has issued, under each address that the house has or had: who it is, and its public keys,
    retired ones too."""
    units = snapshot.current().units
    found = {
        keys.issuer_of(unit, origin): {
            "unit": unit,
            "name": {
                "zh-hans": units[unit].name,
                "zh-hant": traditional(units[unit].name),
                "en": units[unit].name_en or units[unit].name,
            },
            "keys": [key.jwk for key in known],
        }
        for unit, known in keys.published().items()
        for origin in former.origins()
        if unit in units
    }
    return _for_everybody(JsonResponse({"issuers": found}))


@former.answers_there
@allows("public")
@public_for(30)
def issuer(request: HttpRequest, unit: str) -> HttpResponse:
    """The metadata of one issuer: where its `iss` leads to (/.well-known/jwt-vc-issuer/issuer/<unit>)."""
    known = keys.keys_of_unit(unit)
    if not known:
        raise Http404
    jwks = {"keys": [{**key.jwk, "alg": "ES256", "use": "sig"} for key in known]}
    return _for_everybody(JsonResponse({"issuer": keys.issuer_of(unit, former.origin_of(request)), "jwks": jwks}))


@allows("public")
@public_for(30)
def issuers(request: HttpRequest) -> HttpResponse:
    """The site itself issues nothing; its units do. Which, and where the metadata of each are."""
    found = {
        keys.issuer_of(unit): f"{settings.ORIGIN}{reverse('services:vc_issuer', args=[unit])}"
        for unit in keys.published()
    }
    return _for_everybody(JsonResponse({"issuer": settings.ORIGIN, "jwks": {"keys": []}, "issuers": found}))


@allows("public")
def issuer_address(request: HttpRequest, unit: str) -> HttpResponse:
    """The address by which certificates name their issuer leads to its metadata."""
    return redirect("services:vc_issuer", unit)


@former.answers_there
@allows("public")
@public_for(60)
def type_metadata(request: HttpRequest, kind: str) -> HttpResponse:
    """What a kind of certificate is called, and its claims, in both languages."""
    found = kinds().get(kind)
    if found is None:
        raise Http404
    return _for_everybody(JsonResponse(_metadata(found, former.origin_of(request))))


def _metadata(kind: Kind, origin: str) -> dict[str, Any]:
    return {
        "vct": kind.type_at(origin),
        "name": kind.name,
        "display": [{"locale": "zh-CN", "name": kind.name}, {"locale": "en", "name": kind.name_en or kind.name}],
        "claims": [_claim(one) for one in kind.claims],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    labels = [
        {"locale": "zh-CN", "label": claim.label},
        {"locale": "en", "label": claim.label_en or claim.label},
    ]
    return {"path": [claim.name], "display": labels, "sd": "never" if claim.open else "always"}
