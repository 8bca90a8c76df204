"""How allauth behaves in this house: nobody signs up; officials are made by an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The name against which django-axes counts a failure: in small letters, as allauth counts, so that LI.MING is no other name."""
    return str((credentials or {}).get("username") or request.POST.get("login", "")).lower()


class OfficialsOnly(DefaultAccountAdapter):
    """Sign-in only. Residents need no account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """An address whose door to this name is closed is refused before it is counted: else it would use up, from there on, what the
        name has from everywhere, and keep the official out. Raises ValidationError."""
        if not AxesProxyHandler.is_allowed(request, credentials):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def get_login_redirect_url(self, request: Any) -> str:
        return str(resolve_url(settings.LOGIN_REDIRECT_URL))
