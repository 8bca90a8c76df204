"""The administrator's pages of the accounts: officials, their posts, their programs' tokens, their second factor.

A password and a token are shown once, in the answer that made them. Every change is logged by number, without names.
"""

from __future__ import annotations

import logging

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tongban.accounts.models import ApiToken, Official, Role
from tongban.accounts.officials import (
    OfficialError,
    add_official,
    deactivate,
    end_post,
    issue_token,
    reset_password,
    reset_second_factor,
)
from tongban.gate.allow import FORM, allows

log = logging.getLogger("tongban.admin")
PAGE = 50


@allows("administrator", FORM)
def officials(request: HttpRequest) -> HttpResponse:
    """The officials and their posts; adding one. A first password is shown once."""
    password, error = None, ""
    given = {name: request.POST.get(name, "").strip() for name in ("username", "name", "unit", "role")}
    if request.method == "POST":
        try:
            password = add_official(given["username"], given["unit"], given["role"], given["name"])
            log.info("official added or given a post", extra={"official": request.user.pk, "unit": given["unit"], "role": given["role"]})
            if password is None:
                messages.success(request, _("已增加岗位。"))
                return redirect("registry:officials")
        except OfficialError as wrong:
            error = str(wrong)
    query = request.GET.get("q", "").strip()[:80]
    rows = Official.objects.prefetch_related("posts").order_by("username")
    if query:
        rows = rows.filter(Q(username__icontains=query) | Q(display_name__icontains=query) | Q(posts__unit_id=query)).distinct()
    after = request.GET.get("after", "")[:150]
    if after:
        rows = rows.filter(username__gt=after)
    page = list(rows[: PAGE + 1])
    more = f"?{urlencode({'q': query, 'after': page[PAGE - 1].username})}" if len(page) > PAGE else ""
    context = {"rows": page[:PAGE], "roles": Role.choices, "password": password, "given": given, "error": error, "q": query, "more": more, "today": timezone.localdate()}
    return render(request, "registry/officials.html", context, status=422 if error else 200)


@allows("administrator", FORM)
def official(request: HttpRequest, number: int) -> HttpResponse:
    """One official: end a post, issue or revoke a token, new password, reset of the second factor."""
    user = get_object_or_404(Official, pk=number)
    shown, error = None, ""
    if request.method == "POST":
        try:
            shown = _change(request, user)
            if shown is None:
                messages.success(request, _("已保存。"))
                return redirect("registry:official", number)
        except OfficialError as wrong:
            error = str(wrong)
    tokens = ApiToken.objects.filter(post__official=user).select_related("post").order_by("-pk")
    context = {"person": user, "posts": user.posts.order_by("-pk"), "tokens": tokens, "shown": shown, "error": error, "now": timezone.now(), "today": timezone.localdate()}
    return render(request, "registry/official.html", context, status=422 if error else 200)


def _number(text: str | None) -> int:
    """A number of a hidden input; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _change(request: HttpRequest, person: Official) -> tuple[str, str] | None:
    """Carry the button's wish out; (label, secret) where something is to be shown once. Raises OfficialError."""
    given, shown = request.POST, None
    post = person.posts.filter(pk=_number(given.get("post"))).first()
    wish = next((name for name in ("end", "token", "revoke", "password", "factor", "deactivate") if name in given), "")
    if wish == "end" and post is not None:
        end_post(post)
    elif wish == "token" and post is not None:
        shown = (_("接口令牌"), issue_token(post, given.get("name", ""), _number(given.get("days"))))
    elif wish == "revoke":
        ApiToken.objects.filter(pk=_number(given["revoke"]), post__official=person, revoked_at=None).update(revoked_at=timezone.now())
    elif wish == "password":
        shown = (_("新密码"), reset_password(person))
    elif wish == "factor":
        reset_second_factor(person)
    elif wish == "deactivate":
        deactivate(person)
    else:
        raise OfficialError(_("没有这种操作。"))
    log.info("account changed", extra={"official": request.user.pk, "changed": person.pk, "what": wish})
    return shown
