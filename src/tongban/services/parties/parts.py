"""What interested parties bring to the house: their kind of case, its pages, the decider's panel, timed work."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.counter.parts import FollowPanel, SenderWords
from tongban.desk.parts import ActPage, Panel
from tongban.gate.parts import Kind, Timed

from . import clock, table

PARTS: tuple[Any, ...] = (
    Kind(table.INTERESTED, goes_on=frozenset({"begin_anew"})),
    SenderWords(
        "interested",
        back=_("回到这件事"),
        receipt=_("密码"),
        received=_("新的密码"),
        arrived=_("由 %(unit)s 听取您的意见。"),
        qr=_("这个二维码就是钥匙，里面有查询码和密码。谁扫了它，谁就能以您的名义答复：请不要拍照发给别人。"),
        looks=_("谁看过我的意见"),
        looks_lead=_("工作人员每次打开您的意见，系统都会记下单位、岗位、时间和目的。这个记录谁也不能改。"),
        data_lead=_("您可以下载本站保存的关于您的全部内容：单位写的、您说的、每一步办理、查看记录和附件。"),
        data_why=_("为了听取您的意见，把决定告诉您。只有办理的单位能看到，每看一次都有记录。"),
        answer=_("%(unit)s：怎样考虑了您的意见"),
        now="tongban.services.parties.shown:now",
        written="told",
    ),
    FollowPanel(("interested",), "services/parties/follow.html", "tongban.services.parties.shown:for_party", 20),
    Panel(
        ("application",),
        "parties",
        _("利害关系人"),
        "services/parties/desk.html",
        "tongban.services.parties.shown:on_desk",
        "main",
        11,
    ),
    ActPage(
        ("interested",), "sheet", _("制作告知书"), "tongban.services.parties.sheet:page", "services/parties/sheet.html"
    ),
    Timed("interested parties", clock.close_asking, 300),
)
