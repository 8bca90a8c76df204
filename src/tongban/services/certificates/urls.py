"""Addresses of certificates: the holder's, and those that everybody may ask."""

from __future__ import annotations

from django.urls import path

from . import pages, published, verify_pages

urlpatterns = [
    path("verify/", verify_pages.verify, name="verify"),
    path("verify/keys.json", published.all_keys, name="verify_keys"),
    path("verify/worker.js", verify_pages.worker, name="verify_worker"),
    path("verify/types/<slug:kind>", published.type_metadata, name="vc_type"),
    path("status/<slug:unit>/<int:number>", published.status, name="status_list"),
    path("issuer/<slug:unit>", published.issuer_address, name="issuer"),
    path(".well-known/jwt-vc-issuer/issuer/<slug:unit>", published.issuer, name="vc_issuer"),
    path(".well-known/jwt-vc-issuer", published.issuers, name="vc_issuers"),
    path("follow/<str:code>/certificate/<slug:number>/", pages.certificate, name="certificate"),
]
