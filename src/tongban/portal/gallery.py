"""The gallery at /gallery/: every part of the design language in every state, light and dark, standard and elder mode.

Not for real pages, and nothing here is data: names and numbers are invented.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tongban import charts
from tongban.charts import Cell, Column, DataTable
from tongban.gate.allow import allows

from .forms import GovForm

_ZONE = ZoneInfo("Asia/Shanghai")
_ICONS = Path(__file__).parent / "static/tongban/img/icons.svg"


@allows("public")
def gallery(request: HttpRequest) -> HttpResponse:
    """Every part on one page; `mode=elder` and `scheme=dark` show it so to whoever asks, whatever they chose."""
    elder, dark = request.GET.get("mode") == "elder", request.GET.get("scheme") == "dark"
    context = {**gallery_context(), "dark": dark, "ways": _ways(elder, dark)}
    if elder:
        context["elder"] = True
    return render(request, "tongban/gallery.html", context)


@allows("public")
def moved(request: HttpRequest) -> HttpResponse:
    """Where the gallery stood before."""
    return redirect("portal:gallery", permanent=True)


def _ways(elder: bool, dark: bool) -> list[dict[str, Any]]:
    """The links that switch the gallery's mode and scheme."""
    found = []
    for text, is_elder, is_dark in (
        (_("标准"), False, False),
        (_("深色"), False, True),
        (_("长者模式"), True, False),
        (_("长者模式，深色"), True, True),
    ):
        query = urlencode({**({"mode": "elder"} if is_elder else {}), **({"scheme": "dark"} if is_dark else {})})
        found.append({"text": text, "href": f"?{query}", "current": (is_elder, is_dark) == (elder, dark)})
    return found


@cache
def icons() -> tuple[str, ...]:
    """The names of all icons, as they are drawn."""
    return tuple(re.findall(r'<symbol id="([\w-]+)"', _ICONS.read_text(encoding="utf-8")))


def gallery_form(data: dict[str, Any] | None = None, prefix: str | None = None) -> forms.Form:
    """A form with every kind of widget. Bound to `data`, it shows its errors."""
    choices = [("ask", _("咨询")), ("help", _("求助")), ("advice", _("建议")), ("complaint", _("投诉"))]

    class Sample(GovForm):
        title = forms.CharField(
            label=_("标题"), max_length=40, help_text=_("用一句话说明什么事，例如：小区门口路灯不亮。")
        )
        kind = forms.ChoiceField(label=_("来信类型"), choices=choices, widget=forms.RadioSelect)
        place = forms.ChoiceField(label=_("事发地"), choices=[("", _("请选择")), ("610113", _("雁塔区"))])
        text = forms.CharField(
            label=_("内容"),
            max_length=500,
            widget=forms.Textarea,
            help_text=_("时间、地点、经过和您的要求。"),
        )
        happened = forms.DateField(label=_("发生日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
        phone = forms.CharField(label=_("手机号码"), required=False, help_text=_("只用来通知您进度，加密保存。"))
        topics = forms.MultipleChoiceField(
            label=_("涉及方面"), required=False, choices=choices[:3], widget=forms.CheckboxSelectMultiple
        )
        photo = forms.FileField(label=_("附件"), required=False, help_text=_("最多 6 个，每个不超过 10 MB。"))
        publish = forms.BooleanField(label=_("同意隐去个人信息后公开这封来信"), required=False)
        honest = forms.BooleanField(label=_("我保证所写的内容属实"))

    return Sample(data, prefix=prefix)


def gallery_table() -> DataTable:
    """Three letters in a tray."""
    heads = (_("标题"), _("事项"), _("状态"), _("剩余"))
    rows = (
        (_("小区门口路灯三个月不亮"), _("市政设施"), _("办理中"), "info", _("3 个工作日")),
        (_("夜间工地施工噪音"), _("环境噪声"), _("已超时"), "danger", _("超 2 天")),
        (_("医保异地报销怎么办"), _("医疗保障"), _("已答复"), "success", "—"),
    )
    return DataTable(
        _("待办件"),
        tuple(Column(head, index == 3) for index, head in enumerate(heads)),
        tuple(
            (
                Cell(heads[0], title, href="#g-table"),
                Cell(heads[1], matter),
                Cell(heads[2], state, tone=tone),
                Cell(heads[3], left, numeric=True),
            )
            for title, matter, state, tone, left in rows
        ),
    )


def _charts() -> dict[str, Any]:
    units = [
        _("雁塔区住房和城乡建设局"),
        _("碑林区城市管理和综合执法局"),
        _("长安区水务局"),
        _("高新区管委会"),
    ]
    shares = [98.2, 93.5, 88.0, 71.4]
    states = [_("按时办结"), _("超时办结"), _("办理中")]
    months = [f"2026-{month:02d}" for month in range(1, 13)]
    bars = charts.bar_chart(
        list(zip(units, shares, strict=True)),
        key="on-time",
        title=_("按时办结率"),
        desc=_("四个单位中三个低于 95% 的目标。"),
        unit="%",
        name_label=_("单位"),
        value_label=_("按时办结率"),
        target=95,
        target_label=_("目标"),
    )
    stacked = charts.stacked_bar(
        list(zip(units, [(812, 20, 31), (640, 55, 120), (300, 41, 12), (90, 36, 8)], strict=True)),
        states,
        key="states",
        title=_("办理情况"),
        desc=_("各单位来信按办理情况分。"),
        unit=_("件"),
        name_label=_("单位"),
        total_label=_("合计"),
    )
    line = charts.line_chart(
        months,
        [
            (_("来信"), [820, 640, 910, 1030, 980, 1110, 1240, 1180, 1090, 870, 960, 1015]),
            (_("办结"), [790, 655, 870, None, 990, 1060, 1180, 1210, 1120, 905, 930, 1002]),
        ],
        key="months",
        title=_("每月来信与办结"),
        desc=_("来信全年在 640 到 1,240 件之间，七月最多；四月没有办结数字。"),
        unit=_("件"),
        step_label=_("月份"),
    )
    return {"bar_charts": [bars, stacked], "line": line}


def _states() -> list[dict[str, str]]:
    """One banner for each tone."""
    return [
        {"tone": "", "text": _("已登记"), "next": _("下一步：分给承办单位。")},
        {
            "tone": "info",
            "text": _("办理中"),
            "next": _("下一步：雁塔区住房和城乡建设局答复。"),
            "until": _("还剩 9 个工作日（12 月 11 日前）"),
        },
        {"tone": "success", "text": _("已答复"), "next": _("您可以评价，或者申请复核。")},
        {
            "tone": "warning",
            "text": _("等您补充"),
            "next": _("单位问了您一个问题，回答以后接着办。"),
            "until": _("今天到期（11 月 30 日）"),
        },
        {
            "tone": "danger",
            "text": _("已超时"),
            "next": _("上级已经督办。"),
            "until": _("已超 8 个工作日（应于 11 月 18 日前）"),
        },
    ]


def _rows() -> list[dict[str, str]]:
    """Three published letters, one without a text."""
    return [
        {
            "title": _("小区门口路灯三个月不亮"),
            "text": _("三盏路灯都不亮，晚上老人出门看不清台阶。"),
            "where": _("雁塔区"),
            "unit": _("雁塔区住房和城乡建设局"),
            "when": _("3 月 13 日答复"),
        },
        {
            "title": _("夜间工地施工噪音"),
            "text": "",
            "where": _("碑林区"),
            "unit": _("碑林区城市管理和综合执法局"),
            "when": _("3 月 9 日答复"),
        },
        {
            "title": _("医保异地报销怎么办"),
            "text": _("在外地住院，回来怎么报销，要带什么。"),
            "where": _("长安区"),
            "unit": _("长安区医疗保障局"),
            "when": _("3 月 2 日答复"),
        },
    ]


def gallery_context() -> dict[str, Any]:
    """Everything that `tongban/gallery.html` needs besides the request."""
    bad = {"title": "", "text": "灯不亮" * 200, "phone": "123", "publish": "on"}

    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 3, day, hour, 20, tzinfo=_ZONE)

    return {
        "contents": [
            ("g-type", _("字")),
            ("g-colours", _("色")),
            ("g-icons", _("图标")),
            ("g-buttons", _("按钮")),
            ("g-ask", _("说事的框")),
            ("g-callouts", _("要马上做的事")),
            ("g-cards", _("卡片")),
            ("g-now", _("办到哪一步")),
            ("g-case", _("一件事的页面")),
            ("g-tags", _("状态与提示")),
            ("g-form", _("表单")),
            ("g-rows", _("成行的条目")),
            ("g-table", _("表格与翻页")),
            ("g-figures", _("数字与图")),
            ("g-long", _("很长的字")),
        ],
        "icons": icons(),
        "said_words": _("楼道的灯坏了两个月，跟物业说了三次没人来修，晚上老人孩子摸黑上楼。"),
        "topics": [_("供暖"), _("电梯"), _("路灯"), _("噪音"), _("社保"), _("户口")],
        "states": _states(),
        "rows": _rows(),
        "long": {
            "unit": _("西安市高新技术产业开发区城市管理和综合行政执法局第三执法大队"),
            "text": _("一个单位的名字可以有三十个字，要换行，不能把旁边的挤出去。"),
            "english": "Administrative Examination and Approval Service Bureau of the Yanta District Government",
            "address": "https://www.example.gov.cn/very-long-path-without-a-single-space-0123456789-abcdefghij",
        },
        "form": gallery_form(bad),
        "untouched": gallery_form(prefix="untouched"),
        "steps": [_("写什么事"), _("怎么联系您"), _("核对并提交")],
        "cards": [
            {
                "title": _("写信"),
                "text": _("咨询、求助、建议、投诉，三步写完。"),
                "href": "#g-form",
                "icon": "letter",
            },
            {
                "title": _("查进度"),
                "text": _("凭查询码和密码查看每一步。"),
                "href": "#g-case",
                "icon": "track",
            },
            {
                "title": _("预约接访"),
                "text": _("和负责的人视频或当面谈。"),
                "href": "#g-table",
                "icon": "talk",
                "tag_text": _("本周有空位"),
                "tag_tone": "success",
                "foot": _("还有 6 个时段"),
            },
        ],
        "tags": [
            {"tone": "neutral", "text": _("已登记")},
            {"tone": "info", "text": _("办理中")},
            {"tone": "success", "text": _("已答复")},
            {"tone": "warning", "text": _("快到时限")},
            {"tone": "danger", "text": _("已超时")},
        ],
        "notices": [
            {"tone": "info", "text": _("节假日不计入工作日时限。")},
            {"tone": "success", "title": _("已收到您的来信"), "text": _("请保存回执。")},
            {"tone": "warning", "text": _("离时限还有 1 个工作日。")},
            {"tone": "danger", "text": _("附件没有上传成功，请换一个文件再试。")},
        ],
        "timeline": [
            {"when": at(2, 9), "title": _("登记"), "who": _("西安市信访局"), "kind": "neutral"},
            {
                "when": at(3, 15),
                "title": _("转交办理"),
                "who": _("西安市信访局"),
                "text": _("按责任清单转雁塔区住房和城乡建设局办理。"),
                "kind": "info",
            },
            {
                "when": at(9, 10),
                "title": _("延长时限"),
                "text": _("需要现场勘查。"),
                "kind": "warning",
                "note": _("不公开"),
            },
            {
                "when": at(13, 17),
                "title": _("答复"),
                "who": _("雁塔区住房和城乡建设局"),
                "text": _("路灯线路已修复，3 月 12 日晚恢复照明。"),
                "kind": "success",
                "attachments": [{"name": _("现场照片.jpg"), "url": "#g-case", "size": 348_000}],
                "proof_url": "#g-case",
            },
        ],
        "facts": [
            (_("查询码"), "XA-7Q4M-2KDF"),
            (_("事项"), _("市政设施 / 路灯")),
            (_("时限"), _("2026-03-16 前")),
        ],
        "table": gallery_table(),
        "stats": [
            {"label": _("本月来信"), "value": "1,204", "unit": _("件")},
            {"label": _("按时办结"), "value": "96.4", "unit": "%", "note": _("目标 95%"), "tone": "success"},
            {"label": _("平均用时"), "value": "4.2", "unit": _("工作日")},
            {"label": _("已超时"), "value": "17", "unit": _("件"), "tone": "danger"},
        ],
        **_charts(),
    }
