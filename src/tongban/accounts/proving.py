"""What a session has shown: a second factor, a password of its own; and the end of sessions when either changes.

The session's own record counts, not what the account has: a session opened with the password alone stays a session of
the password alone, whatever is enrolled later. Not for sealing factors (`factors.py`) nor for limits (`adapter.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from .models import Official

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What an account can have as its second factor; recovery codes stand in for one."""


def has_factor(official: Official) -> bool:
    """Whether the account has a second factor, shown or not."""
    return bool(Authenticator.objects.filter(user_id=official.pk, type__in=FACTORS).exists())


def factor_shown(request: HttpRequest) -> bool:
    """Whether this very session showed a second factor that its account still has: an app's code, a key, a recovery
    code."""
    shown = [record.get("id") for record in _records(request) if record.get("method") == "mfa"]
    return bool(shown) and bool(Authenticator.objects.filter(user_id=request.user.pk, pk__in=shown).exists())


def owes_password(request: HttpRequest) -> bool:
    """Whether the official signed in with a first password, which another person has seen, and has not changed it."""
    user = request.user
    if not isinstance(user, Official) or user.first_password_until is None:
        return False
    return not any(record.get("passwordless") for record in _records(request))


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    return list(get_authentication_records(request, request.user))


def where_to_prove(request: HttpRequest, required: bool) -> str | None:
    """Where the official has to go before anything else: to a new password, to the second factor (to show it, or with
    `required` to enrol one); None where nothing is owed."""
    user = request.user
    if not isinstance(user, Official):
        return None
    if owes_password(request):
        return reverse("account_change_password")
    if factor_shown(request):
        return None
    if has_factor(user):
        return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}"
    return reverse("mfa_index") if required else None


def proved_first(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the pages of the account itself: a session that owes a factor or a password changes nothing of the
    account."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place = where_to_prove(request, required=False) if request.user.is_authenticated else None
        return HttpResponseRedirect(place) if place else view(request, *args, **kwargs)

    return inner


def with_password(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the page that changes the password: an account without one is told so (allauth would send it to a page that
    this house does not open)."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            reason = _("这个账号没有密码，只能用密钥登录。如需密码，请联系管理员。")
            return render(request, "403.html", {"reason": reason}, status=403)
        return view(request, *args, **kwargs)

    return inner


def end_sessions(official: Official) -> None:
    """End every session of the account, but for the one that asks for it."""
    Official.objects.filter(pk=official.pk).update(session_round=F("session_round") + 1)
    official.refresh_from_db(fields=["session_round"])
    request = context.request
    if request is None or getattr(request, "user", None) is None or request.user.pk != official.pk:
        return
    request.user.refresh_from_db(fields=["session_round"])
    update_session_auth_hash(request, request.user)


def _enrolled(sender: Any, instance: Authenticator, created: bool, **_more: Any) -> None:
    """A new factor ends the other sessions; the session that enrolled it has just shown it."""
    if not created or instance.type not in FACTORS:
        return
    end_sessions(instance.user)
    request = context.request
    if request is not None and getattr(request, "user", None) is not None and request.user.pk == instance.user_id:
        record_authentication(request, request.user, "mfa", id=instance.pk, type=str(instance.type), enrolled=True)


def _removed(sender: Any, instance: Authenticator, **_more: Any) -> None:
    if instance.type in FACTORS:
        end_sessions(instance.user)


class ActivateOnce(ActivateTOTPForm):  # type: ignore[misc]
    """The form that enrols an authenticator app: the code that proves it is used up, like one at sign-in."""

    def clean_code(self) -> str:
        code = str(super().clean_code())
        if not TOTP(Authenticator(user=self.user, type=Authenticator.Type.TOTP))._mark_code_used(code):
            raise get_adapter().validation_error("incorrect_code")
        return code


def connect() -> None:
    """Have sessions end when factors come and go. Once, when the room is made ready."""
    post_save.connect(_enrolled, sender=Authenticator, dispatch_uid="factor enrolled")
    post_delete.connect(_removed, sender=Authenticator, dispatch_uid="factor removed")
