"""Every view says who may use it: `@allows("public")`, `"resident"`, `"official"`, `"administrator"`, `"token"`.

An official is signed in, holds a post today and has shown a second factor where the deployment asks for one. The
view finds the actor at `request.actor`. A meta-test walks all routes and asks for the declaration.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tongban.accounts.models import Post
from tongban.cases.actor import Actor

Who = Literal["public", "resident", "official", "administrator", "token", "signed_in"]
View = Callable[..., HttpResponse]
NOBODY = Actor("official")


def actor_of(request: HttpRequest) -> Actor:
    """The official who is signed in, with the posts held today; an actor without posts where nobody is."""
    user = request.user
    if not user.is_authenticated:
        return NOBODY
    known = getattr(request, "_actor", None)
    if known is None:
        posts = tuple(Post.held_on(user.pk, timezone.localdate()))
        known = Actor("official", official_id=user.pk, posts=posts, name=str(user))
        request._actor = known  # type: ignore[attr-defined]
    return known  # type: ignore[no-any-return]


def has_second_factor(user: Any) -> bool:
    """Whether the account has a TOTP app or a passkey."""
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(user))


def allows(who: Who) -> Callable[[View], View]:
    """Declares and enforces who may use a view."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if who in ("official", "administrator"):
                refused = _refuse_official(request, who)
                if refused is not None:
                    return refused
            return view(request, *args, **kwargs)

        inner.allows = who  # type: ignore[attr-defined]
        return inner

    return wrap


def _refuse_official(request: HttpRequest, who: str) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
    if settings.SECOND_FACTOR and not has_second_factor(request.user):
        return HttpResponseRedirect(reverse("mfa_index"))
    actor = actor_of(request)
    request.actor = actor  # type: ignore[attr-defined]
    if not actor.posts:
        return render(request, "403.html", {"reason": _("您的账号目前没有岗位，请联系管理员。")}, status=403)
    if who == "administrator" and not actor.has_role("administrator"):
        return render(request, "403.html", {"reason": _("只有系统管理员可以打开这个页面。")}, status=403)
    return None
