"""The administrator's pages of the accounts: officials, their posts, their programs' tokens, their second factor; and
what waits for a second person.

A password and a token are shown once, in the answer that made them. Every change is a row of the record (`record/`),
and what would let one person act in a post that opens cases is only proposed here. Not for the record:
`record_page.py`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.accounts import officials as doing
from tongban.accounts import proposals
from tongban.accounts.models import ApiToken, Official, Proposal, Role
from tongban.accounts.officials import TWO_PEOPLE, OfficialError
from tongban.gate import numbers
from tongban.gate.allow import FORM, allows
from tongban.gate.choosing import Choosing, Chosen
from tongban.record.writing import ReasonMissing

from .registry_admin import author

PAGE = 50
REFUSALS = (OfficialError, ReasonMissing)


class OfficialForm(Choosing):
    """Somebody and the post that they get."""

    username = forms.CharField(
        label=gettext_lazy("登录名"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("字母、数字和 - _ .；已有的登录名再增加一个岗位。"),
        error_messages={"required": gettext_lazy("请填写登录名。")},
    )
    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    unit = Chosen("unit", label=gettext_lazy("单位"))
    role = forms.ChoiceField(
        label=gettext_lazy("角色"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请选择角色。"),
            "invalid_choice": gettext_lazy("请从列出的选项里选。"),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, error_messages={"required": gettext_lazy("请写明理由。")}
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="new_%s", label_suffix="")
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [(value, f"{label}：{DOES[value]}") for value, label in Role.choices]


DOES = {
    Role.CLERK.value: gettext_lazy("受理和分办本单位收到的件"),
    Role.HANDLER.value: gettext_lazy("办理分给自己的件，写答复"),
    Role.HEAD.value: gettext_lazy("审核答复，批准延期，看本单位全部的件"),
    Role.SUPERVISOR.value: gettext_lazy("督办下级单位的件"),
    Role.DATA_OFFICER.value: gettext_lazy("管理本单位的数据目录，看不到来信"),
    Role.ADMINISTRATOR.value: gettext_lazy("管理单位、事项、责任清单和人员，看不到来信"),
}
"""What a role lets its holder do, in a line."""


@allows("administrator", FORM)
def officials(request: HttpRequest) -> HttpResponse:
    """The officials and their posts; adding one, or proposing it where it takes two. A first password is shown once."""
    form, password = OfficialForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            password = _add(request, form.cleaned_data)
            if password is None:
                return redirect("registry:officials")
        except REFUSALS as wrong:
            form.add_error(None, str(wrong))
    query = request.GET.get("q", "").strip()[:80]
    rows = Official.objects.prefetch_related("posts").order_by("username")
    if query:
        rows = rows.filter(
            Q(username__icontains=query)
            | Q(display_name__icontains=query)
            | Q(posts__unit_id=query)
            | Q(posts__unit__name__icontains=query)
        ).distinct()
    after = request.GET.get("after", "")[:150]
    if after:
        rows = rows.filter(username__gt=after)
    page = list(rows[: PAGE + 1])
    more = f"?{urlencode({'q': query, 'after': page[PAGE - 1].username})}" if len(page) > PAGE else ""
    context = {
        "rows": page[:PAGE],
        "password": password,
        "password_of": form.cleaned_data["username"] if password else "",
        "form": OfficialForm() if password else form,
        "q": query,
        "more": more,
        "today": timezone.localdate(),
        "waiting": proposals.waiting().count(),
    }
    told_wrong = form.is_bound and not form.choosing and not password
    return render(request, "registry/officials.html", context, status=422 if told_wrong else 200)


def _add(request: HttpRequest, given: dict[str, Any]) -> str | None:
    """Give the post, or propose it; a first password to show once. Raises OfficialError, ReasonMissing."""
    if given["role"] in TWO_PEOPLE:
        proposals.propose_post(given["username"], given["unit"], given["role"], given["name"], author(request))
        messages.success(request, _("已提出，须由另一位管理员或上级单位负责人同意后生效。"))
        return None
    password = doing.add_official(given["username"], given["unit"], given["role"], given["name"], author(request))
    if password is None:
        messages.success(request, _("已增加岗位。"))
    return password


@allows("administrator", FORM)
def official(request: HttpRequest, number: int) -> HttpResponse:
    """One official: end a post, issue or revoke a token, new password, reset of the second factor."""
    user = get_object_or_404(Official, pk=number)
    shown, error = None, ""
    if request.method == "POST":
        try:
            shown = _change(request, user)
            if shown is None:
                return redirect("registry:official", number)
        except REFUSALS as wrong:
            error = str(wrong)
    tokens = ApiToken.objects.filter(post__official=user).select_related("post").order_by("-pk")
    context = {
        "person": user,
        "posts": user.posts.order_by("-pk"),
        "tokens": tokens,
        "shown": shown,
        "error": error,
        "given": request.POST if error else {},
        "now": timezone.now(),
        "today": timezone.localdate(),
        "waiting": proposals.waiting().filter(official=user),
    }
    return render(request, "registry/official.html", context, status=422 if error else 200)


def _number(text: str | None) -> int:
    """A number of a hidden input; 0 for anything else."""
    return numbers.number(text, 2**31 - 1) or 0


def _change(request: HttpRequest, person: Official) -> tuple[str, str] | None:
    """Do what the button says, or propose it; (label, secret) where something is to be shown once. Raises
    OfficialError, ReasonMissing."""
    given, by = request.POST, author(request)
    post = person.posts.filter(pk=_number(given.get("post"))).first()
    asked = next((name for name in ("end", "token", "revoke", "password", "factor", "deactivate") if name in given), "")
    done = _("已保存。")
    proposed = _("已提出，须由另一位管理员或上级单位负责人同意后生效。")
    if asked == "end" and post is not None:
        doing.end_post(post, by=by)
    elif asked == "token" and post is not None:
        if post.role not in TWO_PEOPLE:
            return _("接口令牌"), doing.issue_token(post, given.get("name", ""), _number(given.get("days")), by)
        proposals.propose_token(post, given.get("name", ""), _number(given.get("days")), by)
        done = proposed
    elif asked == "revoke":
        token = ApiToken.objects.filter(pk=_number(given["revoke"]), post__official=person).first()
        if token is not None:
            doing.revoke_token(token, by)
    elif asked == "password":
        if not doing.password_takes_two(person):
            return _("新密码"), doing.reset_password(person, by)
        proposals.propose_password(person, by)
        done = proposed
    elif asked == "factor":
        if doing.held_now(person):
            proposals.propose_factor(person, by)
            done = proposed
        else:
            doing.reset_second_factor(person, by)
    elif asked == "deactivate":
        doing.deactivate(person, by)
    else:
        raise OfficialError(_("没有这种操作。"))
    messages.success(request, done)
    return None


@allows("official", FORM)
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for a second person: for administrators and for heads of a unit above. What is shown once is shown
    here, to the second person."""
    actor = request.actor  # type: ignore[attr-defined]
    shown, error = None, ""
    if request.method == "POST":
        proposal = get_object_or_404(Proposal, pk=_number(request.POST.get("proposal")))
        try:
            if "agree" in request.POST:
                secret = proposals.agree(proposal, actor.official_id, actor.name, actor.posts)
                shown = (_secret_words(proposal), secret) if secret else None
            else:
                proposals.refuse(proposal, author(request), actor.posts)
            if shown is None:
                messages.success(request, _("已办理。"))
                return redirect("registry:proposals")
        except REFUSALS as wrong:
            error = str(wrong)
    rows = proposals.shown_to(actor.official_id, actor.posts)
    return render(
        request, "registry/proposals.html", {"rows": rows, "shown": shown, "error": error}, status=422 if error else 200
    )


def _secret_words(proposal: Proposal) -> str:
    words = {"post": _("%(name)s 的初始密码"), "password": _("%(name)s 的新密码"), "token": _("%(name)s 的接口令牌")}
    return words[proposal.kind] % {"name": proposal.official}
