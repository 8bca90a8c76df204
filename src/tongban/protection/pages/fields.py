"""The list of fields, and one field: verdict, reasons, masked samples, history, decisions, and the form to decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows
from tongban.gate.numbers import number

from .. import listing, sets, telling, undoing
from ..deciding import act_on
from ..models import Decision, Difference, Field, Scan
from ..words import ACTS, CATEGORIES, LEVELS, REVIEWS, level_name, sensitive_name, type_name
from .deciding_form import DecideForm
from .opening import Entered, enter

MOST_HISTORY = 100


class NarrowForm(forms.Form):
    """The filters above the list; a GET form, so that a view is an address. Never validated:
    `listing.read` does that."""

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
        super().__init__(
            initial={name: getattr(wanted, name) for name in listing.Filter.__slots__},
            auto_id="narrow_%s",
            label_suffix="",
        )
        everything = ("", _("全部"))
        types = entered.fields().exclude(type="").order_by("type").values_list("type", flat=True).distinct()
        sources = entered.sources().filter(removed_at__isnull=True).order_by("name").values_list("code", "name")[:500]
        classes = (
            entered.fields().exclude(sensitive="").order_by("sensitive").values_list("sensitive", flat=True).distinct()
        )
        chosen: dict[str, list[tuple[str, Any]]] = {
            "level": [everything, ("serious", _("重要和核心数据")), *LEVELS.items()],
            "category": [everything, *CATEGORIES.items()],
            "type": [everything, *((name, type_name(name)) for name in types)],
            "source": [everything, *sources],
            "sensitive": [
                everything,
                (listing.ANY, _("任何敏感个人信息")),
                *(
                    (one.title, [(name, sensitive_name(name)) for name, _n in mine])
                    for one, mine in sets.parted(dict.fromkeys(classes, 0), sets.sets(classes))
                ),
            ],
            "unit": [everything, *entered.units],
            "review": [everything, *((name, label) for name, label in REVIEWS.items() if name)],
        }
        for name, choices in chosen.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if len(chosen["unit"]) < 3:
            del self.fields["unit"]


@allows("official")
def fields(request: HttpRequest) -> HttpResponse:
    """The fields, narrowed and searched, a page at a time."""
    entered = enter(request)
    wanted = listing.read(request.GET)
    page = listing.page(
        listing.narrowed(entered.fields(), wanted).select_related("source"),
        request.GET.get("after", ""),
        request.GET.get("before", ""),
    )
    rows = [(row, entered.may_change(row.source.unit_id)) for row in page.rows]
    address = wanted.address()
    start = address + ("&" if len(address) > 1 else "")
    context = {
        "rows": rows,
        "mine": any(own for _row, own in rows),
        "here": request.get_full_path(),
        "wanted": wanted,
        "form": NarrowForm(wanted, entered),
        "query": address if len(address) > 1 else "",
        "previous": f"{start}before={page.previous}" if page.previous else "",
        "next": f"{start}after={page.next}" if page.next else "",
        "show_unit": len(entered.units) > 1,
    }
    return render(request, "protection/fields.html", context)


def find(entered: Entered, code: str) -> Field:
    """The field with this code. Raises Refusal (not_found), whatever the reason."""
    row = (
        entered.fields()
        .select_related("source__contact__official", "decision", "first_scan", "last_scan")
        .filter(code=code)
        .first()
    )
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
    form = DecideForm([row], _set(request, entered, row), request.POST) if act == "decide" else None
    if form is not None and not form.is_valid():
        return _page(request, entered, row, form, status=422)
    try:
        given = form.cleaned_data if form is not None else {}
        verdict = form.verdict(row) if form is not None else None
        version = number(request.POST.get("version", "")) or 0
        act_on(
            code,
            act,
            entered.actor,
            version=version,
            reason=given.get("reason", request.POST.get("reason", "")),
            verdict=verdict,
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        if form is not None:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return _page(request, entered, find(entered, code), form, str(refusal.message), refusal.status, act)
    messages.success(
        request,
        {
            "accept": _("已认可。"),
            "decide": _("已改判。"),
            "later": _("已放到稍后再看。"),
            "withdraw": _("已撤回改判。"),
        }[act],
    )
    back = request.POST.get("next", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return HttpResponseRedirect(back if safe else reverse("protection:field", args=[code]))


def _set(request: HttpRequest, entered: Entered, row: Field) -> sets.Set:
    """The set of classes that the form shows."""
    every = sets.sets(sets.used_in(entered.fields()))
    asked = request.POST.get("set") or request.GET.get("set", "")
    return sets.chosen(every, asked, row.last_scan.profile, row.sensitive)


def _page(
    request: HttpRequest,
    entered: Entered,
    row: Field,
    form: DecideForm | None = None,
    error: str = "",
    status: int = 200,
    act: str = "",
) -> HttpResponse:
    decisions = (
        Decision.objects.filter(field=row)
        .select_related("official", "undoes__official", "undoes")
        .order_by("-pk")[:MOST_HISTORY]
    )
    history = Difference.objects.filter(field=row).select_related("scan").order_by("-pk")[:MOST_HISTORY]
    last = undoing.last_step(row)
    said = (row.said_type, row.said_level, row.said_sensitive)
    shown = _set(request, entered, row)
    context = {
        "row": row, "form": form or DecideForm([row], shown), "error": error, "refused": act,
        "may_change": entered.may_change(row.source.unit_id),
        "found": [(name, number) for name, number in row.found.items()],
        "changes": telling.newest([row]).get(row.pk, []),
        "history": _history(list(history), row),
        "story": [_told(made) for made in decisions],
        "undo": last if last is not None and undoing.why_not(last, row.source.unit_id, entered.actor, timezone.now())
            is None else None,
        "undo_days": undoing.days(),
        "differs": row.decision is not None and (row.type, row.level, row.sensitive) != said,
        "reason": request.POST.get("reason", "") if act == "withdraw" else "",
        "sets": sets.sets(sets.used_in(entered.fields())), "shown": shown, "set_asked": "set" in request.GET,
    }  # fmt: skip
    return render(request, "protection/field.html", context, status=status)


def _told(made: Decision) -> dict[str, Any]:
    """A step as an entry of the story; one that was taken back says so."""
    title = str(ACTS.get(made.act, made.act))
    if made.undoes is not None:
        title = _("撤销：%(act)s") % {"act": ACTS.get(made.undoes.act, made.undoes.act)}
    note = [level_name(made.level), type_name(made.type) or _("未发现")]
    note += [sensitive_name(made.sensitive)] if made.sensitive else []
    return {
        "when": made.at,
        "title": title,
        "who": str(made.official or ""),
        "text": made.reason,
        "kind": "warning" if made.act in ("decide", "withdraw", "undo") else "neutral",
        "note": " · ".join(note) if made.act == "decide" else "",
    }


def _history(differences: list[Difference], row: Field) -> list[tuple[Scan, list[str]]]:
    """(scan, sentences) of what each scan said otherwise, newest first."""
    first = telling.first_scans([row.source_id]).get(row.source_id)
    by_scan: dict[int, list[Difference]] = {}
    for one in reversed(differences):
        by_scan.setdefault(one.scan_id, []).append(one)
    return [
        (many[0].scan, telling.sentences(many, row, scan == first)) for scan, many in reversed(list(by_scan.items()))
    ]
