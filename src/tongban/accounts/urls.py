"""The routes of allauth that this house opens: sign-in, password, second factor. No sign-up, no e-mail management."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from .proving import proved_first, with_password


def _for(view: Callable[..., Any], who: str) -> Callable[..., Any]:
    """allauth guards its views itself; this says so for the meta-test."""
    view.allows = who  # type: ignore[attr-defined]
    return view


def _own(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page of one's own account: for a session that has shown what the account has."""
    return _for(proved_first(view), "signed_in")


urlpatterns = [
    path("login/", _for(account.login, "public"), name="account_login"),
    path("logout/", _for(account.logout, "public"), name="account_logout"),
    path("reauthenticate/", _for(account.reauthenticate, "signed_in"), name="account_reauthenticate"),
    path("password/change/", _for(with_password(account.password_change), "signed_in"), name="account_change_password"),
    path("inactive/", _for(account.account_inactive, "public"), name="account_inactive"),
    path("2fa/", _own(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", _for(mfa.authenticate, "public"), name="mfa_authenticate"),
    path("2fa/reauthenticate/", _for(mfa.reauthenticate, "signed_in"), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", _own(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", _own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", _own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", _own(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", _own(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", _own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", _own(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", _own(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", _own(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/webauthn/login/", _for(webauthn.login_webauthn, "public"), name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        _for(webauthn.reauthenticate_webauthn, "signed_in"),
        name="mfa_reauthenticate_webauthn",
    ),
]
