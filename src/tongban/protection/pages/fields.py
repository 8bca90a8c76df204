"""The list of fields, and one field: verdict, reasons, masked samples, history, decisions, and the form to decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases.refusal import Refusal
from tongban.detect.findings import kinds
from tongban.detect.grading import levels
from tongban.gate.allow import FORM, allows

from .. import listing
from ..deciding import LONGEST_REASON, Verdict, act_on
from ..models import Decision, Difference, Field
from ..words import ACTS, CATEGORIES, LEVELS, REVIEWS, level_name, sensitive_classes, sensitive_name, type_name
from .opening import Entered, enter

MOST_HISTORY = 100


class NarrowForm(forms.Form):
    """The filters above the list; a GET form, so that a view is an address. Never validated: `listing.read` does that."""

    use_required_attribute = False
    q = forms.CharField(label=gettext_lazy("查找"), max_length=listing.LONGEST)
    level = forms.ChoiceField(label=gettext_lazy("数据级别"))
    category = forms.ChoiceField(label=gettext_lazy("数据类别"))
    type = forms.ChoiceField(label=gettext_lazy("类型"))
    sensitive = forms.ChoiceField(label=gettext_lazy("敏感个人信息类别"))
    source = forms.ChoiceField(label=gettext_lazy("数据源"))
    unit = forms.ChoiceField(label=gettext_lazy("所属单位"))
    review = forms.ChoiceField(label=gettext_lazy("复核"))

    def __init__(self, wanted: listing.Filter, entered: Entered) -> None:
        super().__init__(initial={name: getattr(wanted, name) for name in listing.Filter.__slots__}, auto_id="narrow_%s", label_suffix="")
        everything = ("", _("全部"))
        types = entered.fields().exclude(type="").order_by("type").values_list("type", flat=True).distinct()
        sources = entered.sources().filter(removed_at__isnull=True).order_by("name").values_list("code", "name")[:500]
        classes = entered.fields().exclude(sensitive="").order_by("sensitive").values_list("sensitive", flat=True).distinct()
        chosen: dict[str, list[tuple[str, Any]]] = {
            "level": [everything, ("serious", _("重要和核心数据")), *LEVELS.items()], "category": [everything, *CATEGORIES.items()],
            "type": [everything, *((name, type_name(name)) for name in types)], "source": [everything, *sources],
            "sensitive": [everything, (listing.ANY, _("任何敏感个人信息")), *((name, sensitive_name(name)) for name in classes)],
            "unit": [everything, *entered.units], "review": [everything, *((name, label) for name, label in REVIEWS.items() if name)],
        }  # fmt: skip
        for name, choices in chosen.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if len(chosen["unit"]) < 3:
            del self.fields["unit"]


class DecideForm(forms.Form):
    """An officer's own verdict, with the reason it needs."""

    type = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("数据级别"))
    sensitive = forms.ChoiceField(label=gettext_lazy("敏感个人信息类别"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明依据，例如条款、业务用途。不要写任何个人信息的原值。"),
    )  # fmt: skip

    def __init__(self, row: Field, data: Any = None) -> None:
        super().__init__(data, initial={"type": row.type, "level": row.level, "sensitive": row.sensitive}, auto_id="decide_%s", label_suffix="")
        types = [*kinds(), *(name for name in dict.fromkeys((row.type, row.said_type)) if name and name not in kinds())]
        classes = list(dict.fromkeys([*sensitive_classes(), *(name for name in (row.said_sensitive, row.sensitive) if name)]))
        chosen = {
            "type": [("", _("未发现")), *((name, type_name(name)) for name in types)],
            "level": [(name, level_name(name)) for name in levels()],
            "sensitive": [("", _("不是敏感个人信息")), *((name, sensitive_name(name)) for name in classes)],
        }
        for name, choices in chosen.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


@allows("official")
def fields(request: HttpRequest) -> HttpResponse:
    """The fields, narrowed and searched, a page at a time."""
    entered = enter(request)
    wanted = listing.read(request.GET)
    page = listing.page(
        listing.narrowed(entered.fields(), wanted).select_related("source"), request.GET.get("after", ""), request.GET.get("before", "")
    )
    address = wanted.address()
    start = address + ("&" if len(address) > 1 else "")
    context = {
        "rows": page.rows, "wanted": wanted, "form": NarrowForm(wanted, entered), "query": address if len(address) > 1 else "",
        "previous": f"{start}before={page.previous}" if page.previous else "", "next": f"{start}after={page.next}" if page.next else "",
        "show_unit": len(entered.units) > 1,
    }  # fmt: skip
    return render(request, "protection/fields.html", context)


def find(entered: Entered, code: str) -> Field:
    """The field with this code. Raises Refusal (not_found), whatever the reason."""
    row = entered.fields().select_related("source__contact__official", "decision", "first_scan", "last_scan").filter(code=code).first()
    if row is None:
        raise Refusal("not_found", _("没有找到这个字段。"))
    return row


@allows("official", FORM)
def field(request: HttpRequest, code: str) -> HttpResponse:
    """One field; POST is one of `accept`, `later`, `decide`, `withdraw`."""
    entered = enter(request)
    row = find(entered, code)
    if request.method != "POST":
        return _page(request, entered, row)
    act = request.POST.get("do", "")
    form = DecideForm(row, request.POST) if act == "decide" else None
    if form is not None and not form.is_valid():
        return _page(request, entered, row, form, status=422)
    try:
        given = form.cleaned_data if form is not None else {}
        verdict = Verdict(given["type"], given["level"], given["sensitive"]) if form is not None else None
        version = listing.number(request.POST.get("version", "")) or 0
        act_on(code, act, entered.actor, version=version, reason=given.get("reason", request.POST.get("reason", "")), verdict=verdict)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        if form is not None:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return _page(request, entered, find(entered, code), form, str(refusal.message), refusal.status, act)
    messages.success(request, {"accept": _("已认可。"), "decide": _("已改判。"), "later": _("已放到稍后再看。"), "withdraw": _("已撤回改判。")}[act])
    back = request.POST.get("next", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return HttpResponseRedirect(back if safe else reverse("protection:field", args=[code]))


def _page(request: HttpRequest, entered: Entered, row: Field, form: DecideForm | None = None, error: str = "", status: int = 200, act: str = "") -> HttpResponse:
    decisions = Decision.objects.filter(field=row).select_related("official").order_by("-pk")[:MOST_HISTORY]
    history = Difference.objects.filter(field=row).select_related("scan").order_by("-pk")[:MOST_HISTORY]
    context = {
        "row": row, "form": form or DecideForm(row), "error": error, "refused": act, "may_change": entered.may_change(row.source.unit_id),
        "found": [(name, number) for name, number in row.found.items()], "history": history,
        "story": [
            {
                "when": made.at, "title": ACTS.get(made.act, made.act), "who": str(made.official or ""), "text": made.reason, "made": made,
                "kind": "warning" if made.act in ("decide", "withdraw") else "neutral",
                "note": " · ".join([level_name(made.level), type_name(made.type) or _("未发现"), *([sensitive_name(made.sensitive)] if made.sensitive else [])]) if made.act == "decide" else "",
            }
            for made in decisions
        ],
        "differs": row.decision is not None and (row.type, row.level, row.sensitive) != (row.said_type, row.said_level, row.said_sensitive),
        "reason": request.POST.get("reason", "") if act == "withdraw" else "",
    }  # fmt: skip
    return render(request, "protection/field.html", context, status=status)
