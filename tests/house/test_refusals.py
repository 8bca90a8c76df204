"""Who gets nothing, on every route there is: one matrix over the resolver, so that a new route cannot be forgotten.

`ROUTES` says for each route who may; the resolver, the declarations in the source and this table are held
against each other. Every route then meets every intruder, by GET and POST and the rarer methods: the answer is a
refusal, holds no word of the letters, and nothing in the database is other than before. Those who may act, but
not now: test_refused_acts.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import orjson
import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver, include
from django.urls import path as at
from django.urls.resolvers import RegexPattern
from django.utils import timezone

from tests.house.refused import NUMBERS, World, everything
from tests.house.test_meta import routes
from tests.runs import LONG
from tongban.accounts.models import ApiToken, Official, Post
from tongban.cases.models import Act, Case
from tongban.counter import proven
from tongban.counter.parts import Writing
from tongban.desk.api.officials import acts_of
from tongban.gate import cookies
from tongban.gate.allow import POST, READ
from tongban.gate.door import doors, loaded
from tongban.gate.parts import ApiRoutes, Routes
from tongban.letters.procedure import EDGES, LETTER
from tongban.portal.api import OPERATIONS

pytestmark = pytest.mark.django_db

OFFERED = tuple(edge.act for edge in EDGES if edge.button and "resident" in edge.who)
"""What a sender has a form for."""

# --- the table: every route, and who may ------------------------------------------------------------------------------

ROUTES: dict[str, str] = {
    # everybody; what they show is the same for all
    **dict.fromkeys((
        "", "ask/", "ask/write/<slug:kind>/",
        "about/", "language/", "elder/", "gallery/", "design/", "healthz", "search/", "sitemap.xml",
         "sitemap/<slug:name>-<int:number>.xml", "robots.txt", "new/letter/", "new/<slug:kind>/",
        "new/<slug:kind>/check/", "new/<slug:kind>/mail/", "new/<slug:kind>/open/", "new/<slug:kind>/<slug:step>/",
        "choose/<slug:kind>/", "choose/near/", "follow/",
        "follow/leave/", "follow/recover/", "follow/recover/code/",
        # where a letter was written and followed before: each leads to its page now, and says nothing
        "letters/new/", "letters/new/<slug:step>/", "letters/track/", "letters/leave/", "letters/sent/",
        "letters/receipt/", "letters/receipt/qr.svg",
        "letters/c/<str:code>/", "letters/c/<str:code>/act/<slug:act>/", "letters/c/<str:code>/looks/",
        "letters/c/<str:code>/data/",
        "letters/c/<str:code>/file/<str:key>/", "letters/c/<str:code>/proof/",
        "letters/c/<str:code>/proof/<int:sequence>.tlog-proof",
        "letters/c/<str:code>/proof/<int:sequence>.pdf", "letters/c/<str:code>/proof/<int:sequence>.svg",
        "accessibility/", "privacy/", "letters/published.csv", "letters/published/<slug:slug>/met/",
        "letters/published/<slug:slug>/useful/",
        "letters/published/", "letters/published/<slug:slug>/", "letters/search/", "letters/reception/", "figures/",
        "figures.csv", "topics/", "ledger/",
        "ledger/check/", "ledger/entry/<int:index>/", "ledger/entry/<int:index>.tlog-proof", "ledger/checkpoint",
        "ledger/tile/<path:path>",
        "ledger/statements/<slug:kind>/<slug:unit>/<slug:month>.json",
        "ledger/log.vkey", "responsible/", "accounts/login/", "accounts/logout/", "accounts/inactive/",
        "accounts/2fa/authenticate/",
        "accounts/2fa/webauthn/login/", "demo/", "api/v1/openapi.json", "api/v1/letters", "api/v1/published",
        "api/v1/published/<slug>", "api/v1/figures",
        "api/v1/figures/kinds", "api/v1/reports", "api/v1/objections",
        "api/v1/listed", "api/v1/listed/<prefix>", "decisions/months/<slug:month>/", "listed/",
        "report-harm-to-children/",
        "report-harm-to-children/counts",
        "new/report/", "new/report_objection/", "decisions/", "decisions/<slug:number>/", "blocked/",
        "feeds/", "feeds/<slug:form>", "feeds/<slug:form>.sig", "feeds/manual/<slug:resolver>",
        "services/mine/", "services/mine/<int:number>/", "services/mine/result/", "services/mine/forget/",
        "services/<slug:code>/check/", "services/<slug:code>/check/<int:number>/",
        "services/<slug:code>/check/result/", "api/v1/services/<code>/conditions", "api/v1/services/<code>/form",
        "api/v1/services/<code>/check",
        "api/v1/registry/places", "api/v1/registry/units", "api/v1/registry/matters", "api/v1/registry/duties",
        "api/v1/registry/responsible",
        "api/v1/calendar/<year>", "api/v1/^.*$", "api/v1/", "api/", r"open311/v2/^discovery\.(?P<form>xml|json)$",
        r"open311/v2/^services\.(?P<form>xml|json)$", r"open311/v2/^services/(?P<code>[^/]+)\.(?P<form>xml|json)$",
        r"open311/v2/^requests\.(?P<form>xml|json)$", r"open311/v2/^requests/(?P<number>[^/]+)\.(?P<form>xml|json)$",
        r"open311/v2/^tokens/(?P<number>[^/]+)\.(?P<form>xml|json)$", r"open311/v2/^.*\.(?P<form>json)$", "open311/v2/",
        "open311/v2/^.*$",
    ), "everybody"),
    # certificates: whoever verifies one, and what programs fetch for it
    **dict.fromkeys((
        "verify/", "verify/keys.json", "verify/worker.js", "verify/types/<slug:kind>",
        "status/<slug:unit>/<int:number>", "issuer/<slug:unit>", ".well-known/jwt-vc-issuer",
        ".well-known/jwt-vc-issuer/issuer/<slug:unit>", ".well-known/openid-credential-issuer/issuer/<slug:unit>",
        ".well-known/oauth-authorization-server/issuer/<slug:unit>",
        # what wallets call: a code, a token or a key's proof decides, and no session counts
        "issuer/<slug:unit>/token", "issuer/<slug:unit>/nonce", "issuer/<slug:unit>/credential",
    ), "everybody"),
    "follow/<str:code>/certificate/<slug:number>/": "the sender",
    "follow/<str:code>/certificate/<slug:number>/wallet/": "the sender",
    "follow/<str:code>/certificate/<slug:number>/wallet/<slug:key>/<slug:what>/": "the sender",
    # registers: what they show of a person hangs on who the browser has shown to be (tests/services)
    **dict.fromkeys((
        "registers/", "registers/who/", "registers/who/go/", "registers/who/back/", "registers/used/",
        "registers/used/<slug:key>.tlog-proof", "mandates/", "mandates/<slug:code>/apply/",
        "mandates/<slug:code>/revoke/", "mandates/<slug:code>/open/", "new/correction/", "my/",
    ), "everybody"),
    **dict.fromkeys((
        "registers/c/<slug:code>/", "registers/c/<slug:code>/dispute/",
        "registers/c/<slug:code>/<slug:key>.tlog-proof", "my/take/<slug:code>/", "my/leave-out/<slug:code>/",
    ), "the sender"),
    "desk/helping/": "officials",
    # the catalogue of services
    **dict.fromkeys((
        "services/", "services/figures/", "services/figures.csv", "services/a-z/",
        "services/units/", "services/hearings/", "services/begin/", "services/<slug:code>/",
        "services/<slug:code>.jsonld", "api/v1/services", "api/v1/services/<code>",
        "api/v1/services/<code>/linked-data",
    ), "everybody"),
    **dict.fromkeys((
        "desk/services/", "desk/services/import/", "desk/services/export/<slug:name>.<slug:form>",
    ), "administrators"),
    "desk/services/check/": "officials",
    # applications, bundles, renewals and appeals, by page and by program
    **dict.fromkeys((
        "new/application/", "new/renewal/", "new/service_appeal/", "new/bundle/",
        "api/v1/applications", "api/v1/bundles", "api/v1/renewals", "api/v1/service-appeals",
    ), "everybody"),
    "follow/<str:code>/document/<int:sequence>.pdf": "the sender",
    "follow/<str:code>/appointment.ics": "the sender",
    # the sender, whose browser has shown the secret of this very letter
    **dict.fromkeys((
        "follow/<str:code>/", "follow/<str:code>/act/<slug:act>/", "follow/<str:code>/looks/",
        "follow/<str:code>/data/",
        "follow/<str:code>/file/<str:key>/", "follow/<str:code>/proof/",
        "follow/<str:code>/proof/<int:sequence>.tlog-proof",
        "follow/<str:code>/proof/<int:sequence>.pdf", "follow/<str:code>/proof/<int:sequence>.svg",
        "letters/c/<str:code>/book/", "letters/c/<str:code>/book/reception.ics", "follow/<str:code>/control/",
    ), "the sender"),
    **dict.fromkeys(("follow/sent/", "follow/receipt/", "follow/receipt/qr.svg"), "the sender who just sent"),
    # officials: a page of one letter, and pages that list what exists for whoever looks
    **dict.fromkeys((
        "desk/c/<slug:code>/", "desk/c/<slug:code>/act/<slug:act>/", "desk/c/<slug:code>/answer/",
        "desk/c/<slug:code>/<slug:page>/",
        "desk/c/<slug:code>/merge/", "desk/c/<slug:code>/files/<slug:key>/", "desk/slots/<int:slot_id>/record/",
        "desk/slots/<int:slot_id>/", "desk/slots/<int:slot_id>/reception.ics",
        "desk/reports/<slug:code>/campaign/",
    ), "officials of the letter"),
    **dict.fromkeys(("desk/", "desk/search/", "desk/views/", "desk/bulk/", "desk/templates/", "desk/slots/",
            "desk/slots/day/",
            "desk/load/", "desk/topics/", "desk/learning/"), "officials"),
    "responsible/admin/proposals/": "officials",
    # forms of services and lists of who is granted without asking: tests/services hold whose they are
    **dict.fromkeys(("desk/forms/", "desk/forms/<slug:code>/", "desk/forms/<slug:code>/tests/",
            "desk/forms/<slug:code>/preview/", "desk/forms/<slug:code>/question/<int:page>/<int:at>/",
            "desk/unasked/", "desk/unasked/<int:pk>/"), "officials"),
    **dict.fromkeys((
        "responsible/admin/", "responsible/admin/import/", "responsible/admin/calendar/",
        "responsible/admin/officials/",
        "responsible/admin/officials/<int:number>/", "responsible/admin/record/",
        "responsible/admin/tables/<slug:name>/<slug:key>/end/",
        "responsible/admin/tables/<slug:name>/",
        "responsible/admin/tables/<slug:name>/add/", "responsible/admin/tables/<slug:name>/<slug:key>/",
        "responsible/admin/export/<slug:name>.<slug:form>", "desk/admin/messages/",
    ), "administrators"),
    # the catalogue of data: tests/protection holds who sees whose
    **dict.fromkeys((
        "protection/", "protection/fields/", "protection/fields/<slug:code>/", "protection/sources/",
        "protection/sources/<slug:code>/", "protection/review/",
        "protection/upload/", "protection/scans/<slug:code>/", "protection/export/<slug:form>/",
        "protection/several/",
    ), "data officers"),
    "protection/decisions/": "data officers and heads",
    **dict.fromkeys(("api/v1/protection/sources", "api/v1/protection/fields", "api/v1/protection/reports",
            "api/v1/protection/scans/<code>/differences"), "data officers' programs"),
    # one's own account
    **dict.fromkeys((
        "accounts/reauthenticate/", "accounts/password/change/", "accounts/2fa/", "accounts/2fa/reauthenticate/",
        "accounts/2fa/totp/activate/",
        "accounts/2fa/totp/deactivate/", "accounts/2fa/recovery-codes/", "accounts/2fa/recovery-codes/generate/",
        "accounts/2fa/recovery-codes/download/",
        "accounts/2fa/webauthn/", "accounts/2fa/webauthn/add/", "accounts/2fa/webauthn/keys/<int:pk>/remove/",
        "accounts/2fa/webauthn/keys/<int:pk>/edit/",
        "accounts/2fa/webauthn/reauthenticate/",
    ), "whoever is signed in"),
    # programs
    **dict.fromkeys((
        "api/v1/letters/<code>", "api/v1/letters/<code>/acts", "api/v1/letters/<code>/proofs",
        "api/v1/letters/<code>/proofs/<sequence>",
        "api/v1/letters/<code>/files/<key>",
        *(f"api/v1/{kind}/<code>{rest}" for kind in (
              "reports", "objections", "applications", "bundles", "renewals", "service-appeals",
              "interested-parties")
          for rest in ("", "/proofs", "/proofs/<sequence>", "/files/<key>")),
    ), "the sender's program"),
    # acts of another kind: the body of an act of letters is none of theirs
    **dict.fromkeys((f"api/v1/{kind}/<code>/acts" for kind in (
        "reports", "objections", "applications", "bundles", "renewals", "service-appeals",
              "interested-parties")
    ), "a sender's program of another kind"),
    **dict.fromkeys(("api/v1/desk/cases/<code>", "api/v1/desk/cases/<code>/acts",
            "api/v1/desk/cases/<code>/files/<key>"), "programs of the letter's officials"),
    **dict.fromkeys(("api/v1/desk/cases", "api/v1/desk/search", "api/v1/desk/export"), "officials' programs"),
    **dict.fromkeys(("api/v1/reporter", "api/v1/reporter/reports"), "trusted reporters' programs"),
}  # fmt: skip
DECLARED = {
    "everybody": {"public"}, "the sender": {"resident"}, "the sender who just sent": {"resident"},
    "officials of the letter": {"official"},
    "officials": {"official"}, "administrators": {"administrator"}, "whoever is signed in": {"signed_in"},
    "the sender's program": {"resident"}, "a sender's program of another kind": {"resident"},
    "programs of the letter's officials": {"token"}, "officials' programs": {"token"},
    "trusted reporters' programs": {"reporter"},
    "data officers": {"official"}, "data officers and heads": {"official"}, "data officers' programs": {"token"},
}  # fmt: skip


BY_DECLARATION = {
    "public": "everybody",
    "resident": "the sender of something else",
    "official": "officials of something else",
    "administrator": "administrators",
    "token": "officials' programs",
    "reporter": "trusted reporters' programs",
    "signed_in": "whoever is signed in",
}


def from_outside() -> dict[str, str]:
    """Routes that a door outside the house brings, with who may by their declaration; a city's own door is
    tried too: its pages, also those that a room of the house makes for it, the first step of what residents
    write, its operations of the API."""
    packages = [(door, apps.get_app_config(door.name).name) for door in doors()]
    outside = [(door, package) for door, package in packages if not package.startswith("tongban.")]
    operations: dict[str, str] = {}
    written, brought = set(), set()
    for part in (part for door, _package in outside for part in door.parts):
        if isinstance(part, ApiRoutes):
            operations |= loaded(part.operations)
        if isinstance(part, Writing):
            written.add(f"new/{part.kind}/")
        if isinstance(part, Routes):
            mounted = at(part.prefix, include(part.module))
            brought |= {path for path, _route in routes(mounted, part.prefix)}
    found = {}
    for path, route in routes(get_resolver()):
        if path in written:
            found[path] = "everybody"
        elif path.startswith("api/v1/") and route.name in operations:
            found[path] = BY_DECLARATION[operations[route.name]]
        elif path in brought or any(route.callback.__module__.startswith(f"{package}.") for _door, package in outside):
            found[path] = BY_DECLARATION[route.callback.allows]
    return found


def test_every_route_of_the_house_stands_in_the_matrix_with_who_may():
    found = {path: route for path, route in routes(get_resolver()) if path not in from_outside()}
    assert set(found) == set(ROUTES), "a route was added or taken away: say in ROUTES who may use it"
    for path, route in found.items():
        assert {getattr(route.callback, "allows", "public")} <= DECLARED[ROUTES[path]] or path.startswith("api/v1/"), (
            path
        )


def test_the_matrix_says_of_the_api_what_the_api_says_of_itself():
    named = {path: route.name for path, route in routes(get_resolver()) if path.startswith("api/v1/")}
    for path in named.keys() - from_outside().keys():
        name = named[path]
        if name in OPERATIONS:
            assert OPERATIONS[name] in DECLARED[ROUTES[path]], path
        else:
            assert ROUTES[path] == "everybody", path


# --- every way to call a route ----------------------------------------------------------------------------------------


def filled(path: str, world: World) -> str:
    """The address of a route about the letter."""
    fixed = {
        "api/v1/^.*$": "api/v1/nothing",
        r"open311/v2/^.*\.(?P<form>json)$": "open311/v2/nothing.json",
        "open311/v2/^.*$": "open311/v2/nothing",
        "responsible/admin/tables/<slug:name>/<slug:key>/": "responsible/admin/tables/units/610113-CG/",
        "ledger/tile/<path:path>": "ledger/tile/0/000",
        "ledger/statements/<slug:kind>/<slug:unit>/<slug:month>.json": (
            "ledger/statements/letter/610113-CG/2026-03.json"
        ),
        r"open311/v2/^services/(?P<code>[^/]+)\.(?P<form>xml|json)$": "open311/v2/services/0901.json",
        "sitemap/<slug:name>-<int:number>.xml": "sitemap/letters-0.xml",
        "api/v1/calendar/<year>": "api/v1/calendar/2026",
    }
    values = {
        "kind": "letter", "step": "text", "code": world.case.code, "key": world.file.key, "sequence": "1",
        "slot_id": str(world.slot.pk), "slug": "nothing", "index": "0",
        "number": str(world.victim.pk), "name": "units", "form": "csv", "pk": str(world.key_id), "act": "{act}",
        "page": "publish", "month": "2026-03", "prefix": "0a1b", "unit": "610113-CG", "resolver": "bind", "at": "0",
        "what": "issued",
    }  # fmt: skip
    fixed |= {"desk/forms/<slug:code>/question/<int:page>/<int:at>/": "desk/forms/7003/question/0/0/"}
    fixed |= world.addresses
    if path in fixed:
        return "/" + fixed[path]
    path = (
        re.sub(r"\^|\$|\\", "", path)
        .replace("(?P<number>[^/]+)", world.case.code)
        .replace("(?P<form>xml|json)", "json")
    )
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], path)


def payload(world: World) -> dict[str, Any]:
    """What every form of the house would need, at once."""
    return {
        "text": "侵入", "unit": "610113-ZJ", "matter": "0102", "official": str(world.victim.pk), "grade": "5",
        "days": "3", "basis": "依据", "case": world.other.code,
        "subject": "侵入", "body": "侵入", "answer": "侵入", "read": "on", "slot": str(world.slot.pk),
        "purpose": "督办", "version": str(world.case.version), "nonce": "n" * 32,
        "code": world.case.code, "secret": world.other_secret, "q": "秘密", "name": "x", "password": "x", "login": "x",
        "receipt": "x",
    }  # fmt: skip


def calls(path: str, world: World, thorough: bool = True) -> Iterator[tuple[str, str, Any]]:
    """(method, address, data) of every way to call a route; not `thorough`: with two of the acts, by GET and POST."""
    address = filled(path, world)
    acts = [""] if "{act}" not in address else sorted({edge.act for edge in EDGES}) if thorough else ["note", "rate"]
    for act in acts:
        here = address.replace("{act}", act)
        for method in (
            () if act != acts[0] else ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS") if thorough else ("GET",)
        ):
            yield method, here, None
        if path.startswith("api/v1/"):
            for name in () if not path.endswith("/acts") else sorted(acts_of(LETTER)) if "desk" in path else OFFERED:
                yield (
                    "POST",
                    here,
                    orjson.dumps({"act": name, "version": world.case.version, "payload": {"text": "侵入"}}),
                )
            yield (
                "POST",
                here,
                b'{"subject": "x"}'
                if not path.endswith("/acts")
                else b'{"act": "note", "version": 1, "payload": {}}'
                if "desk" in path
                else b'{"act": "rate"}',
            )
            continue
        yield "POST", here, payload(world)
        requests = {
            "answer/": ("answer", "draft_answer", "approve_answer", "save", "answer_review"),
            "slots/": ("cancel", "close", "withdraw", "offer"),
            "c/<slug:code>/": ("contact",),
        }
        for end, names in requests.items():
            for name in names if path.endswith(end) and path.startswith("desk/") else ():
                more = (
                    {"contact": "1"}
                    if name == "contact"
                    else {
                        "do": name,
                        "unit": "610000-GOV" if name == "offer" else world.case.unit_id,
                        "first": "2030-01-02T09:00",
                        "until": "09:40",
                        "weeks": "1",
                        "reason": "侵入",
                        "minutes": "20",
                        "way": "video",
                    }
                )
                yield "POST", here, {**payload(world), **more}
    if path == "desk/":
        yield from (
            ("GET", f"/desk/?{query}", None)
            for query in (
                "state=all",
                "state=done",
                "scope=area&state=all",
                "scope=below&state=all",
                "scope=assist&state=all",
                f"unit={world.case.unit_id}&state=all",
            )
        )
    if path == "desk/search/":
        yield from (("POST", "/desk/search/", {"q": q}) for q in (world.case.code, "13800000000", "秘密"))
    if path == "api/v1/desk/cases":
        yield from (("GET", f"/api/v1/desk/cases?{query}", None) for query in ("show=all", "state=answered", "q=秘密"))
    if path in ("letters/search/", "search/"):
        yield from (("GET", f"/{path}?q={query}", None) for query in ("秘密", "王小明", world.case.code))
    if path in ("protection/fields/", "api/v1/protection/fields"):
        yield from (("GET", f"/{path}?q={query}", None) for query in ("藏着", "hidden"))


# --- the intruders ----------------------------------------------------------------------------------------------------


@dataclass
class Intruder:
    """How an intruder calls, and which refusals are right for them by who may. A kind that is not listed is not
    refused: then only the words and the rows count."""

    client: Client
    headers: dict[str, str]
    refusals: dict[str, set[int]]
    blind: bool = True

    def call(self, method: str, address: str, data: Any) -> Any:
        headers = {"Idempotency-Key": f"intruder-{next(NUMBERS):012d}", **self.headers}
        if isinstance(data, bytes):
            return self.client.generic(method, address, data, content_type="application/json", headers=headers)
        return (
            self.client.post(address, data, headers=headers)
            if method == "POST"
            else self.client.generic(method, address, headers=headers)
        )


NOT_FOUND, SIGN_IN = {404}, {302}
STRANGER = {
    "the sender": NOT_FOUND, "the sender who just sent": {302}, "officials of the letter": SIGN_IN,
    "officials": SIGN_IN, "administrators": SIGN_IN,
    "whoever is signed in": SIGN_IN, "the sender's program": {401},
    "a sender's program of another kind": {401, 422}, "programs of the letter's officials": {401},
    "officials' programs": {401}, "trusted reporters' programs": {401},
    "data officers": SIGN_IN, "data officers and heads": SIGN_IN, "data officers' programs": {401},
    "the sender of something else": {302, 401, 404}, "officials of something else": SIGN_IN,
}  # fmt: skip
OFFICIAL = {**STRANGER, "officials of the letter": NOT_FOUND, "administrators": {403}, "data officers": {403, 404}}
for _kind in ("officials", "whoever is signed in", "officials of something else", "data officers and heads"):
    OFFICIAL.pop(_kind)
ADMINISTRATOR = {kind: codes for kind, codes in OFFICIAL.items() if kind != "administrators"}
WITHOUT_POST = {
    **STRANGER,
    "officials of the letter": {403},
    "officials": {403},
    "administrators": {403},
    "data officers": {403},
    "data officers and heads": {403},
    "officials of something else": {403},
}
WITHOUT_POST.pop("whoever is signed in")
PROGRAM = {**STRANGER, "programs of the letter's officials": NOT_FOUND, "data officers' programs": {403, 404, 422}}
PROGRAM.pop("officials' programs")

BOTH = ("complaint", "letter")
INTRUDERS: dict[str, tuple[str, ...]] = {
    "a stranger": BOTH,
    "an official of another unit": BOTH,
    "an official of another county": BOTH,
    "an official of a unit below": BOTH,
    "a handler of the unit complained of": ("complaint",),
    "the head of the unit complained of": ("complaint",),
    "a supervisor of a unit below the one complained of": ("complaint",),
    "the head above who also holds a post at the unit complained of": ("complaint",),
    "the coordinating clerk who also holds a post below the unit complained of": ("complaint",),
    "an administrator": BOTH,
    "an official whose post has ended": BOTH,
    "an official whose account is closed": BOTH,
    "an official without a second factor where one is asked for": BOTH,
    "the sender of another letter": BOTH,
    "a program with the secret of another letter": BOTH,
    "a program with an invented token": BOTH,
    "a program with the secret as a token": BOTH,
    "a program with a token that was revoked": BOTH,
    "a program with a token that has expired": BOTH,
    "a program of a post that has ended": BOTH,
    "a program of another unit": BOTH,
    "a program of the unit complained of": ("complaint",),
    "a program of a unit below": BOTH,
    "a program of a data officer": BOTH,
    "a program of an administrator": BOTH,
}
"""Intruder → the letters that they must not see: one that complains about 610113-CG, and one that 610113-CG has."""
THOROUGH = (
    "a stranger",
    "an official of another unit",
    "the head of the unit complained of",
    "the sender of another letter",
)
"""These try every act and every method; for the others the same code decides, and two acts are enough."""
TRIES = [
    (who, kind)
    for number, (who, kinds) in enumerate(INTRUDERS.items())
    for kind in kinds
    if LONG or len(kinds) == 1 or who == "a stranger" or kind == BOTH[number % 2]
]
"""Who tries which letter: the stranger at both, everybody else in the short run at one."""


@pytest.fixture
def intruder(
    official: Callable[..., Official], signed_in: Callable[[Official], Client], settings: Any
) -> Callable[[str, World], Intruder]:
    def of_post(*posts: tuple[str, str]) -> Client:
        user = official(*posts[0], f"intruder-{posts}")
        for unit, role in posts[1:]:
            official(unit, role, user.username)
        return signed_in(user)

    def token(unit: str, role: str, days: int = 30) -> str:
        user = official(unit, role, f"program-{unit}-{role}")
        return ApiToken.issue(
            Post.objects.get(official=user, role=role), "test", timezone.now() + timedelta(days=days)
        )[1]

    def bearer(text: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {text}"}

    def make(who: str, world: World) -> Intruder:
        complained = {
            "an official of another unit": [("610113-ZJ", "handler"), ("610113-ZJ", "head")],
            "an official of another county": [("610124-XF", "clerk"), ("610124-GOV", "head")],
            "an official of a unit below": [("610113-CG1", "handler"), ("610113-CG1", "clerk")],
            "a handler of the unit complained of": [("610113-CG", "handler")],
            "the head of the unit complained of": [("610113-CG", "head"), ("610113-CG", "clerk")],
            "a supervisor of a unit below the one complained of": [
                ("610113-CG1", "supervisor"),
                ("610113-CG1", "head"),
            ],
            "the head above who also holds a post at the unit complained of": [
                ("610113-GOV", "head"),
                ("610113-CG", "data_officer"),
            ],
            "the coordinating clerk who also holds a post below the unit complained of": [
                ("610113-XF", "clerk"),
                ("610113-CG1", "handler"),
            ],
        }
        if who in complained:
            keeps_data = any(role == "data_officer" for _unit, role in complained[who])
            return Intruder(
                of_post(*complained[who]),
                {},
                {kind: codes for kind, codes in OFFICIAL.items() if kind != "data officers" or not keeps_data},
            )
        if who == "an administrator":
            return Intruder(of_post((world.case.unit_id, "administrator")), {}, ADMINISTRATOR)
        if who == "an official whose post has ended":
            client = of_post((world.case.unit_id, "head"))
            Post.objects.filter(role="head").update(
                since=date(2020, 1, 1), until=timezone.localdate() - timedelta(days=1)
            )
            return Intruder(client, {}, WITHOUT_POST)
        if who == "an official whose account is closed":
            client = of_post((world.case.unit_id, "head"))
            Official.objects.filter(username__startswith="intruder").update(is_active=False)
            return Intruder(client, {}, STRANGER)
        if who == "an official without a second factor where one is asked for":
            settings.SECOND_FACTOR = True
            client = of_post((world.case.unit_id, "head"))
            return Intruder(
                client, {}, {kind: codes for kind, codes in STRANGER.items() if kind != "whoever is signed in"}
            )
        if who == "the sender of another letter":
            client = Client()
            assert client.post("/follow/", {"code": world.other.code, "secret": world.other_secret}).status_code == 302
            return Intruder(client, {}, STRANGER)
        if who == "a program with the secret of another letter":
            return Intruder(
                Client(),
                {"Authorization": f"Receipt {world.other_secret}"},
                {
                    **STRANGER,
                    "the sender's program": NOT_FOUND,
                    "a sender's program of another kind": NOT_FOUND | {422},
                },
            )
        if who.startswith("a program"):
            program = dict(PROGRAM)
            given = {
                "a program of another unit": ("610113-ZJ", "handler"),
                "a program of the unit complained of": ("610113-CG", "head"),
                "a program of a unit below": ("610113-CG1", "head"),
                "a program of a data officer": (world.case.unit_id, "data_officer"),
                "a program of an administrator": (world.case.unit_id, "administrator"),
            }
            if who in given:
                mine = (
                    {kind: codes for kind, codes in program.items() if kind != "data officers' programs"}
                    if who == "a program of a data officer"
                    else program
                )
                return Intruder(Client(), bearer(token(*given[who])), mine)
            unit = world.case.unit_id
            if who == "a program with an invented token":
                return Intruder(Client(), bearer("tb_" + "x" * 43), STRANGER)
            if who == "a program with the secret as a token":
                return Intruder(Client(), bearer(world.secret), STRANGER)
            text = token(unit, "head", -1 if "expired" in who else 30)
            if "revoked" in who:
                ApiToken.objects.update(revoked_at=timezone.now())
            if "post" in who:
                Post.objects.filter(official__username__startswith="program").update(
                    until=timezone.localdate() - timedelta(days=1)
                )
            return Intruder(Client(), bearer(text), STRANGER)
        assert who == "a stranger"
        return Intruder(Client(), {}, STRANGER)

    return make


def told(response: Any) -> str:
    """All that an answer says: its words and its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + unquote(repr(response.headers))


@pytest.mark.both_databases(
    who=("a stranger", "the head of the unit complained of", "a program of a unit below"), kind=("complaint",)
)
@pytest.mark.parametrize(("who", "kind"), TRIES)
def test_an_intruder_gets_nothing_on_any_route(who, kind, world, intruder):
    here = world(kind == "complaint")
    caller = intruder(who, here)
    before = everything()
    for path, may in (ROUTES | from_outside()).items():
        for method, address, data in calls(path, here, thorough=who in THOROUGH):
            if may == "administrators" and may not in caller.refusals and method != "GET":
                continue  # theirs to change; tests/registry and tests/accounts say how
            if method == "POST" and (
                may == "whoever is signed in" and may not in caller.refusals and "keys" not in path
            ):
                continue  # one's own account
            if path == "accounts/logout/" and method == "POST":
                continue
            if (
                path == "desk/slots/"
                and method == "POST"
                and data.get("do") not in ("cancel", "close", "withdraw")
                and "unit" not in data
            ):
                continue
            response = caller.call(method, address, data)
            said, where = told(response), (who, method, address, response.status_code)
            assert not [word for word in here.words if word in said and word not in unquote(address)], where
            assert response.status_code < 500, where
            if may in caller.refusals and method in ("GET", "POST"):
                assert response.status_code in caller.refusals[may] | {405}, where
                assert response.status_code != 302 or re.match(
                    r"/accounts/(login|2fa|reauthenticate)/|/follow/", response["Location"]
                ), where
            if (
                may in ("officials", "officials' programs")
                and response.status_code == 200
                and method == "GET"
                and here.case.code not in unquote(address)
            ):
                assert here.case.code not in said, where
    after = everything()
    assert {name for name in before if before[name] != after[name]} == set(), who
    for case in Case.objects.all():
        assert not Act.objects.filter(case=case, act="look").exists()


def test_a_form_from_another_site_changes_nothing(world, official):
    """The browser of somebody who may, sent here by a page that is not ours: without the token of our own form."""
    here = world(False)
    client = Client(enforce_csrf_checks=True)
    client.force_login(official("610113-CG", "head"), backend="django.contrib.auth.backends.ModelBackend")
    for role in ("administrator", "handler", "clerk"):
        official("610113-CG", role, "610113-CG-head")
    shown = {"letters": {here.case.code: [here.case.pk, 2**40, here.case.secret_digest[:16]]}}
    client.cookies[proven.LETTERS] = cookies.sealed(proven.LETTERS, shown, proven.PROOF_SECONDS)
    before = everything()
    for path in ROUTES:
        for method, address, data in calls(path, here) if not path.startswith(("api/v1/", "open311/")) else ():
            if method == "POST":
                response = client.post(address, data)
                allowed = {
                    "ledger/check/": (200, 422),  # it checks what was pasted, changes nothing, knows nobody
                    **dict.fromkeys(("listed/", "verify/"), (200, 422)),  # the same, of an address and a certificate
                    "ask/": (303, 422),  # it keeps words in the sender's own browser
                }.get(path, (302, 403, 404, 405))
                assert response.status_code in allowed, (address, response.status_code)
                assert not [word for word in here.words if word in told(response)], address
    assert everything() == before


OF_OTHERS = ("accounts/", "api/", "open311/")
"""Addresses whose views are allauth's, ninja's or Open311's: these refuse by themselves, an API in
the shape of its standard."""


def test_no_page_is_used_by_a_method_that_it_does_not_name(world, official, signed_in):
    """A page to read takes no form, and none anything rarer, whoever asks; the letter's own officials too."""
    here = world(False)
    for role in ("administrator", "data_officer"):
        official("610113-CG", role, "the-handler")
    stranger, insider = Client(), signed_in(official("610113-CG", "handler", "the-handler"))
    before = everything()
    found = 0
    for path, route in routes(get_resolver()):
        if path.startswith(OF_OTHERS):
            continue
        methods = getattr(route.callback, "methods", READ)  # the ledger's views are below the gate and read only
        address = filled(path, here).replace("{act}", "note")
        inside = getattr(route.callback, "allows", "public") in ("official", "administrator")
        for client in (stranger, insider):
            for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - set(methods):
                response = client.generic(method, address)
                if client is stranger and inside:
                    assert response.status_code == 302, (method, address)
                    continue
                assert response.status_code == 405, (method, address, response.status_code)
                assert set(response["Allow"].split(", ")) == set(methods), (method, address)
                assert ("不能直接打开" in response.content.decode()) is (method == "GET" and methods == POST), (
                    method,
                    address,
                )
                found += 1
    assert found > 500
    assert everything() == before


def test_no_route_is_a_pattern_that_the_matrix_fills_in_wrongly(world):
    """Every address of the matrix leads to its own route."""
    here = world(False)
    resolver = get_resolver()
    for path, route in routes(resolver):
        address = filled(path, here).replace("{act}", "note")
        if not isinstance(route.pattern, RegexPattern) and not path.startswith(("api/v1/", "open311/")):
            assert resolver.resolve(address).func is route.callback, (path, address)
