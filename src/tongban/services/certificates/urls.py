"""Addresses of certificates: the holder's, and those that everybody may ask."""

from __future__ import annotations

from django.urls import path

from . import pages, published, verify_pages
from .wallet import endpoints
from .wallet import pages as wallet_pages

urlpatterns = [
    path("verify/", verify_pages.verify, name="verify"),
    path("verify/keys.json", published.all_keys, name="verify_keys"),
    path("verify/worker.js", verify_pages.worker, name="verify_worker"),
    path("verify/types/<slug:kind>", published.type_metadata, name="vc_type"),
    path("status/<slug:unit>/<int:number>", published.status, name="status_list"),
    path("issuer/<slug:unit>", published.issuer_address, name="issuer"),
    path(".well-known/jwt-vc-issuer/issuer/<slug:unit>", published.issuer, name="vc_issuer"),
    path(".well-known/jwt-vc-issuer", published.issuers, name="vc_issuers"),
    path(".well-known/openid-credential-issuer/issuer/<slug:unit>", endpoints.issuer_metadata, name="vci_issuer"),
    path(".well-known/oauth-authorization-server/issuer/<slug:unit>", endpoints.server_metadata, name="vci_server"),
    path("issuer/<slug:unit>/token", endpoints.token, name="vci_token"),
    path("issuer/<slug:unit>/nonce", endpoints.nonce, name="vci_nonce"),
    path("issuer/<slug:unit>/credential", endpoints.credential, name="vci_credential"),
    path("follow/<str:code>/certificate/<slug:number>/", pages.certificate, name="certificate"),
    path("follow/<str:code>/certificate/<slug:number>/wallet/", wallet_pages.wallet, name="wallet"),
    path(
        "follow/<str:code>/certificate/<slug:number>/wallet/<slug:key>/<slug:what>/", wallet_pages.proof,
        name="wallet_proof",
    ),
]  # fmt: skip
