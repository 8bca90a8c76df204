"""The upload of a report that `tongban scan --format json` wrote. Checked as a whole: all of
it comes in, or nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, allows

from ..models import NAME
from ..reports import read
from ..taking import Taken, take_in
from .opening import Entered, enter

LONGEST_UPLOAD = 20 * 2**20


class UploadForm(forms.Form):
    """A report, and whose data it is about."""

    unit = forms.ChoiceField(label=gettext_lazy("所属单位"))
    source = forms.CharField(
        label=gettext_lazy("信息系统的名称"),
        max_length=NAME,
        required=False,
        help_text=gettext_lazy(
            "写了名称，报告里的内容都归到这个数据源；不写，每个文件、每个数据库各成一个数据源。"
            "再次导入时请写同一个名称。"
        ),
    )
    report = forms.FileField(
        label=gettext_lazy("扫描报告（JSON）"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "tongban scan --format json 写出的文件，最大 20 MB；更大的请用命令 tongban catalogue import 导入。"
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def __init__(self, entered: Entered, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, label_suffix="")
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        unit.choices = entered.own


@allows("official", FORM)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a report in and show what it changed."""
    entered = enter(request)
    if request.method != "POST":
        return render(request, "protection/upload.html", {"form": UploadForm(entered)})
    form, status = UploadForm(entered, request.POST, request.FILES), 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            if given["report"].size > LONGEST_UPLOAD:
                raise Refusal("bad_input", _("文件超过 20 MB，请用命令 tongban catalogue import 导入。"), "report")
            taken = take_in(read(given["report"].read()), given["unit"], entered.actor, given["source"])
            messages.success(request, told(taken))
            return HttpResponseRedirect(reverse("protection:scan", args=[taken.scan.code]))
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
            status = refusal.status
    return render(request, "protection/upload.html", {"form": form}, status=status)


def told(taken: Taken) -> str:
    """What happened to a report, in words."""
    if taken.again:
        return _("这份报告先前已经导入，没有重复添加。")
    words = ngettext("已导入 %(n)d 个字段。", "已导入 %(n)d 个字段。", taken.scan.fields) % {"n": taken.scan.fields}
    if taken.waiting:
        words += ngettext("%(n)d 个字段等待复核。", "%(n)d 个字段等待复核。", taken.waiting) % {"n": taken.waiting}
    if taken.masked:
        words += ngettext("%(n)d 个名称里有个人信息，已遮蔽。", "%(n)d 个名称里有个人信息，已遮蔽。", taken.masked) % {
            "n": taken.masked
        }
    return words
