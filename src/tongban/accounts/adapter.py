"""How allauth behaves in this house: nobody signs up; officials are made by an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from . import devices
from .models import Official


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The name against which django-axes counts a failure: in small letters, as allauth counts, so that
    LI.MING is no other name."""
    return str((credentials or {}).get("username") or request.POST.get("login", "")).lower()


class OfficialsOnly(DefaultAccountAdapter):
    """Sign-in only. Residents need no account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """An address whose door to this name is closed is refused before it is counted: else it would use up, from
        there on, what the name has from everywhere, and keep the official out. A device on which the official has
        signed in before has an allowance of its own. Raises ValidationError."""
        if not AxesProxyHandler.is_allowed(request, credentials):
            raise self.validation_error("too_many_login_attempts")
        device = devices.known_as(request, credentials)
        if device is None:
            super().pre_authenticate(request, **credentials)
            return
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed",
            key=f"device:{device}",
            config={"login_failed": devices.ALLOWANCE},
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse:
        """After all factors: the browser is a device that the official is known by."""
        response: HttpResponse = super().post_login(request, user, **more)
        devices.remember(request, response, user)
        return response

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "first_password_expired": _("初始密码已过期，请联系管理员重新发放。"),
        "first_password_again": _("新密码不能与初始密码相同。"),
    }

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever has the right first password too late is told so; raises ValidationError for them."""
        official = Official.objects.filter(username=credentials.get("username", ""), is_active=True).first()
        given = str(credentials.get("password", ""))
        if official is not None and official.first_password_expired and check_password(given, official.password):
            raise self.validation_error("first_password_expired")

    def clean_password(self, password: str, user: Any = None) -> str:
        """A password as it may be set. Raises ValidationError."""
        found = str(super().clean_password(password, user))
        if isinstance(user, Official) and user.first_password_until is not None and user.check_password(found):
            raise self.validation_error("first_password_again")
        return found

    def set_password(self, user: Any, password: str) -> None:
        """Set what the official chose; a first password is over."""
        user.own_password(password)
        user.save(update_fields=["password", "first_password_until"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses of this very host are followed after signing in or out. allauth also takes any of
        ALLOWED_HOSTS, where `localhost` and the names of other sites on the same machine may stand."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_login_redirect_url(self, request: Any) -> str:
        return str(resolve_url(settings.LOGIN_REDIRECT_URL))
