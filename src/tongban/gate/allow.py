"""Every view says who may use it: `@allows("public")`, `"resident"`, `"official"`, `"administrator"`, `"token"`,
`"reporter"` (a body outside the house, by a token of its own), and how: to read, with `FORM` also to send a form, with
`POST` that alone.

An official is signed in, holds a post today, has a password that nobody else has seen, and has shown a second factor in
this very session where the deployment asks for one. The view finds the actor at `request.actor`. A meta-test walks all
routes and asks for the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tongban.accounts.models import Post
from tongban.accounts.proving import owes_password, where_to_prove
from tongban.cases.actor import Actor

Who = Literal["public", "resident", "official", "administrator", "token", "reporter", "signed_in"]
View = Callable[..., HttpResponse]
READ = ("GET", "HEAD")
FORM = (*READ, "POST")
POST = ("POST",)
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
    return known


def allows(who: Who, methods: Sequence[str] | None = READ) -> Callable[[View], View]:
    """Declares and enforces who may use a view, and by which methods; None: the view itself says (ninja, Open311)."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if who in ("official", "administrator"):
                refused = _refuse_official(request, who)
                if refused is not None:
                    return refused
            if methods is not None and request.method not in methods:
                return _bad_method(request, methods)
            return view(request, *args, **kwargs)

        inner.allows, inner.methods = who, methods  # type: ignore[attr-defined]
        return inner

    return wrap


def _bad_method(request: HttpRequest, methods: Sequence[str]) -> HttpResponse:
    """405 (RFC 9110, 15.5.6); with a page for somebody who opens or reloads the address of a form."""
    response: HttpResponse = HttpResponseNotAllowed(methods)
    if request.method in READ:
        response = render(
            request, "400.html", {"reason": _("这个网址只接收填好的表单，不能直接打开。请返回上一页。")}, status=405
        )
        response["Allow"] = ", ".join(methods)
    return response


def _refuse_official(request: HttpRequest, who: str) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
    asked = settings.SECOND_FACTOR or owes_password(request)
    place = where_to_prove(request, required=settings.SECOND_FACTOR) if asked else None
    if place:
        return HttpResponseRedirect(place)
    actor = actor_of(request)
    request.actor = actor  # type: ignore[attr-defined]
    if not actor.posts:
        return render(request, "403.html", {"reason": _("您的账号目前没有岗位，请联系管理员。")}, status=403)
    if who == "administrator" and not actor.has_role("administrator"):
        return render(request, "403.html", {"reason": _("只有系统管理员可以打开这个页面。")}, status=403)
    return None
