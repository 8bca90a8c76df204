"""Sources and scans: what is looked at, who answers for it, what each scan changed and what it could not read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.accounts.models import Post, Role
from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows

from .. import access, listing, telling
from ..models import Difference, Source
from ..removing import remove
from ..words import DIFFERENCES, SERIOUS
from .opening import enter


class SourceForm(forms.Form):
    """What a scan cannot know of a source."""

    purpose = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("这些数据用来做什么，例如“办理施工许可”。"),
    )
    contact = forms.ChoiceField(label=gettext_lazy("负责人"), required=False)

    def __init__(self, source: Source, data: Any = None) -> None:
        super().__init__(
            data,
            initial={"purpose": source.purpose, "contact": str(source.contact_id or "")},
            auto_id="source_%s",
            label_suffix="",
        )
        today = timezone.localdate()
        posts = Post.objects.filter(unit_id=source.unit_id, official__is_active=True, since__lte=today).filter(
            Q(until__isnull=True) | Q(until__gte=today)
        )
        choices = [
            (str(post.pk), f"{post.official}（{Role(post.role).label}）")
            for post in posts.select_related("official").order_by("pk")[:200]
        ]
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ChoiceField)
        contact.choices = [("", _("没有写明")), *choices]


@allows("official")
def sources(request: HttpRequest) -> HttpResponse:
    """The sources, those that are removed at the end of the page."""
    entered = enter(request)
    there = Q(fields__gone_at__isnull=True)
    rows = (
        entered.sources()
        .filter(removed_at__isnull=True)
        .annotate(
            n=Count("fields", filter=there),
            serious=Count("fields", filter=there & Q(fields__level__in=SERIOUS)),
            waiting=Count("fields", filter=there & Q(fields__review="waiting")),
        )
    )
    page = listing.page(rows, request.GET.get("after", ""), request.GET.get("before", ""))
    context = {
        "rows": page.rows,
        "previous": f"?before={page.previous}" if page.previous else "",
        "next": f"?after={page.next}" if page.next else "",
        "removed": entered.sources()
        .filter(removed_at__isnull=False)
        .select_related("removed_by")
        .order_by("-removed_at")[:50],
        "show_unit": len(entered.units) > 1,
    }
    return render(request, "protection/sources.html", context)


@allows("official", FORM)
def source(request: HttpRequest, code: str) -> HttpResponse:
    """One source; POST saves what it is for (`do=save`) or removes it (`do=remove`)."""
    entered = enter(request)
    row = entered.sources().select_related("contact__official", "removed_by").filter(code=code).first()
    if row is None:
        raise Refusal("not_found", _("没有找到这个数据源。"))
    form, error, reason, status = SourceForm(row), "", "", 200
    if request.method == "POST":
        access.need_change(entered.actor, row.unit_id, entered.registry)
        if request.POST.get("do") == "remove":
            reason = request.POST.get("reason", "")
            try:
                remove(code, entered.actor, reason)
                messages.success(request, _("数据源已移除，样例已删除。"))
                return HttpResponseRedirect(reverse("protection:source", args=[code]))
            except Refusal as refusal:
                error, status = str(refusal.message), refusal.status
        else:
            form = SourceForm(row, request.POST)
            if row.removed_at is None and form.is_valid():
                row.purpose, row.contact_id = (
                    clean_text(form.cleaned_data["purpose"]),
                    int(form.cleaned_data["contact"] or 0) or None,
                )
                row.save(update_fields=["purpose", "contact"])
                messages.success(request, _("已保存。"))
                return HttpResponseRedirect(reverse("protection:source", args=[code]))
            status = 422
    context = {
        "row": row,
        "form": form,
        "error": error,
        "reason": reason,
        "may_change": entered.may_change(row.unit_id) and row.removed_at is None,
        "scans": row.scans.select_related("taken_by").order_by("-started_at")[:50],
    }
    return render(request, "protection/source.html", context, status=status)


@allows("official")
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """One scan: its figures, what it changed, what it could not read."""
    entered = enter(request)
    row = (
        access.scans_for(entered.actor, entered.registry)
        .select_related("taken_by")
        .prefetch_related("sources")
        .filter(code=code)
        .first()
    )
    if row is None:
        raise Refusal("not_found", _("没有找到这次扫描。"))
    every = Difference.objects.filter(scan=row, field__source__removed_at__isnull=True)
    counts = {item["what"]: item["n"] for item in every.order_by().values("what").annotate(n=Count("pk"))}
    what = request.GET.get("what", "")
    what = what if what in counts else ""
    chosen = every.filter(what=what) if what else every
    page = listing.page(
        chosen.select_related("field__source"), request.GET.get("after", ""), request.GET.get("before", "")
    )
    first = telling.first_scans({one.field.source_id for one in page.rows})
    base = f"?what={what}&" if what else "?"
    skipped = listing.page(row.skipped.all(), request.GET.get("left", ""))
    context = {
        "scan": row,
        "counts": [(name, label, counts[name]) for name, label in DIFFERENCES.items() if name in counts],
        "what": what,
        "rows": [
            (one, *telling.sentences([one], one.field, first.get(one.field.source_id) == row.pk)) for one in page.rows
        ],
        "previous": f"{base}before={page.previous}" if page.previous else "",
        "next": f"{base}after={page.next}" if page.next else "",
        "skipped": skipped.rows,
        "skipped_next": f"?left={skipped.next}#skipped" if skipped.next else "",
    }
    return render(request, "protection/scan.html", context)
