"""How allauth behaves in this house: nobody signs up; officials are made by an administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url


class OfficialsOnly(DefaultAccountAdapter):
    """Sign-in only. Residents need no account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: Any) -> str:
        return str(resolve_url(settings.LOGIN_REDIRECT_URL))
