"""What the acts about interested parties ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Choice, Day, Line, Text
from tongban.counter.inputs import Email, Phone

from .. import inputs


@dataclass(frozen=True)
class OwnLine(Line):
    """Something of a party's that stands in their own case alone: whoever reads the application does not find it."""

    stored: ClassVar[bool] = False


@dataclass(frozen=True)
class OwnText(Text):
    """The same for words of several lines."""

    stored: ClassVar[bool] = False


@dataclass(frozen=True)
class OwnEmail(Email):
    """The same for an address of theirs."""

    stored: ClassVar[bool] = False


@dataclass(frozen=True)
class OwnPhone(Phone):
    """The same for a telephone of theirs."""

    stored: ClassVar[bool] = False


PARTY = OwnLine("party", _("利害关系人的姓名或者名称"), longest=80)
EMAIL = OwnEmail("email", _("电子邮箱"), required=False, hint=_("有邮箱的，本站马上发通知，当天就算告知。"))
PHONE = OwnPhone("phone", _("电话"), required=False, hint=_("没有邮箱、本站能发短信的，发短信告知。"))
ADDRESS = OwnLine(
    "address", _("通信地址"), required=False, longest=200, hint=_("没有邮箱和电话的，制作告知书当面交给或者邮寄。")
)
CONCERNS = OwnText(
    "text",
    _("这件申请同他有什么重大利益关系"),
    longest=2000,
    hint=_("这些话会原样给利害关系人看。写清事项、地点和影响；不要写申请人的姓名、电话和材料里的内容。"),
)
WEIGHED = Text(
    "text",
    _("怎样考虑了利害关系人的意见"),
    longest=4000,
    hint=_("采纳了什么，没有采纳的为什么。申请人和利害关系人都会看到，不要写姓名、电话。"),
)
DELIVERED = Day("delivered", _("哪一天送到的"), private=False, earliest=-60, latest=0)
WAYS = (("hand", _("当面交给")), ("post", _("邮寄，已经签收")), ("left", _("留在住处或者经营场所，有见证人")))
HOW = Choice("how", _("怎样送到的"), private=False, options=WAYS)
WHY_BACK = Text("text", _("理由"), longest=2000)
SAID = Text("text", _("陈述和申辩"), longest=4000, hint=_("事实、理由和要求；证据可以作为附件。只有办理的单位能看到。"))
WHY_HEARING = Text("text", _("要求听证的事项和理由"), required=False, longest=2000)
RESULT = Choice("result", _("结果"), required=False, private=False, options=inputs.RESULTS, told="%(value)s")
