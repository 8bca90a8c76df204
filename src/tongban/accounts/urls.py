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


def _for(view: Callable[..., Any], who: str) -> Callable[..., Any]:
    """allauth guards its views itself; this says so for the meta-test."""
    view.allows = who  # type: ignore[attr-defined]
    return view


urlpatterns = [
    path("login/", _for(account.login, "public"), name="account_login"),
    path("logout/", _for(account.logout, "public"), name="account_logout"),
    path("reauthenticate/", _for(account.reauthenticate, "signed_in"), name="account_reauthenticate"),
    path("password/change/", _for(account.password_change, "signed_in"), name="account_change_password"),
    path("inactive/", _for(account.account_inactive, "public"), name="account_inactive"),
    path("2fa/", _for(mfa.index, "signed_in"), name="mfa_index"),
    path("2fa/authenticate/", _for(mfa.authenticate, "public"), name="mfa_authenticate"),
    path("2fa/reauthenticate/", _for(mfa.reauthenticate, "signed_in"), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", _for(totp.activate_totp, "signed_in"), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", _for(totp.deactivate_totp, "signed_in"), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", _for(codes.view_recovery_codes, "signed_in"), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", _for(codes.generate_recovery_codes, "signed_in"), name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", _for(codes.download_recovery_codes, "signed_in"), name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", _for(webauthn.list_webauthn, "signed_in"), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", _for(webauthn.add_webauthn, "signed_in"), name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", _for(webauthn.remove_webauthn, "signed_in"), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", _for(webauthn.edit_webauthn, "signed_in"), name="mfa_edit_webauthn"),
    path("2fa/webauthn/login/", _for(webauthn.login_webauthn, "public"), name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", _for(webauthn.reauthenticate_webauthn, "signed_in"), name="mfa_reauthenticate_webauthn"),
]
