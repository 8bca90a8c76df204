"""What the acts of this door ask for, as inputs of the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Choice, Day, Files, Flag, Line, Text
from tongban.cases.inputs.one import Asking
from tongban.counter.inputs import Email

from .harms import every_basis

LONGEST_DAYS = 90
"""A decision holds for at most so many days; longer only by a new one (DESIGN: every block ends)."""


@dataclass(frozen=True)
class Pasted(Text):
    """What somebody pastes: an address, a whole message, a number. Stored as given; never shown as a link."""

    def field(self, asked: Asking) -> forms.Field:
        found = super().field(asked)
        found.widget.attrs.update({"rows": 3, "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"})
        return found


@dataclass(frozen=True)
class Basis(Choice):
    """One of the articles that the law gives for this kind of harm; no free text."""

    def field(self, asked: Asking) -> forms.Field:
        from .harms import harms

        known = harms().get(asked.case.matter_id) if asked.case is not None else None
        options = [(basis, basis) for basis in (known.basis if known else every_basis())]
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **self.words)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(every_basis())}


FOUND = Pasted(
    "found",
    _("网址、短信或号码"),
    longest=2000,
    hint=_(
        "粘贴网址，或者把收到的短信整段粘贴进来。不要点开它。电话号码、微信号也可以写。是二维码的，在下面添加它的照片，"
        "网址会自动填好。"
    ),
)
HAPPENED = Text(
    "body", _("发生了什么"), longest=2000, hint=_("在哪里看到的，要求您做什么，有没有损失。不用写自己的姓名和卡号。")
)
PICTURES = Files("files", _("截图或二维码照片"), required=False, most=4)
IMPORTED = Flag("imported", _("批量导入"), required=False, private=False)

TARGETS = (
    ("url", _("只这一个网址（域名系统做不到，由浏览器和平台执行）")),
    ("host", _("这个主机名和它下面的所有名字")),
    ("domain", _("整个注册域名和它下面的所有名字")),
)
SCOPE = Choice("scope", _("处置范围"), private=False, options=TARGETS)
UNTIL = Day(
    "until",
    _("到哪一天为止"),
    private=False,
    earliest=1,
    latest=LONGEST_DAYS,
    hint=_("最长 90 天，到期自动解除；还需要时须另作决定。"),
)
BASIS = Basis("basis", _("法律依据"), private=False, options=tuple((basis, basis) for basis in every_basis()))
STATEMENT = Text(
    "statement",
    _("公开的事实说明"),
    longest=400,
    hint=_("被拦下的人和网站的所有者会看到：网站做了什么，依据什么认定。不写举报人；电话、账号和人名会自动隐去。"),
)
MASKED = Flag(
    "masked",
    _("公开的说明里要隐去的，我看过了"),
    required=False,
    private=False,
    hint=_("说明里有电话、账号或人名时，系统先给您看公开的样子；看过以后勾选。"),
)
EVIDENCE = Text("text", _("核实情况"), longest=4000, hint=_("怎样核实的，看到了什么；截图请作为附件。"))
WORDS = Text("text", _("答复"), longest=2000)
REASON = Text("text", _("理由"), longest=2000)

TO_WHOM = (
    ("police", _("公安机关")),
    ("platform", _("所在的平台或应用商店")),
    ("carrier", _("电信运营商")),
    ("regulator", _("主管部门")),
)
REFERRED = Choice("to", _("转给谁"), private=False, options=TO_WHOM)

TOLD = (("owner", _("网站所有者")), ("host", _("接入或托管服务商")), ("registrar", _("域名注册机构")))
CONTACT_ADDRESS = Email(
    "contact",
    _("对方的电子邮箱"),
    required=False,
    longest=120,
    hint=_(
        "填了就由系统发出处置告知书，附机读格式；从备案、WHOIS 或网站上查到的联系邮箱。不填，只登记已用别的方式告知。"
    ),
)
ASKED_ADDRESS = Email(
    "contact", _("网站的联系邮箱"), longest=120, hint=_("从备案、WHOIS 或网站上查到的，不能用申诉人自己说的。")
)
HOW_SHOWN = Choice(
    "how",
    _("怎样证明"),
    private=False,
    options=(("dns", _("域名的 TXT 记录")), ("file", _("网站上的文件")), ("contact", _("联系邮箱收到的数字"))),
)
NOTIFIED = Choice("told", _("告知了谁"), private=False, options=TOLD)

WHO_OBJECTS = (("owner", _("我是网站的所有者或运营者")), ("hit", _("我被挡在外面，打不开")))
ROLE = Choice("role", _("您是"), options=WHO_OBJECTS)
NUMBER = Line(
    "number", _("决定编号"), longest=20, private=False, hint=_("写在拦截说明页和公开登记簿上，例如 2026-000012。")
)
