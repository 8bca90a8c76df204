"""What the public notice of a hearing asks for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Choice, Day, Line, Text

WHYS = (
    ("law", _("法律、法规、规章规定应当听证")),
    ("interest", _("涉及公共利益的重大事项")),
    ("needed", _("有必要公告")),
)
WHY = Choice("why", _("为什么公告"), private=False, options=WHYS, hint=_("行政许可法第四十六条、第四十八条。"))
WORDS = Text(
    "text",
    _("公告的内容"),
    longest=2000,
    hint=_("听证什么、关系到哪些人。任何人都能看到：不要写申请人和利害关系人的姓名、电话、证件号码。"),
)
OPENS = (
    ("open", _("公开举行")),
    ("state_secret", _("不公开：涉及国家秘密")),
    ("trade_secret", _("不公开：涉及商业秘密")),
    ("privacy", _("不公开：涉及个人隐私")),
)
OPEN = Choice(
    "open", _("是不是公开举行"), private=False, options=OPENS, hint=_("听证应当公开举行，不公开的要写明理由。")
)
CLOSED_WHY = Line("closed_why", _("不公开的理由"), required=False, longest=300, hint=_("会写在公告里。"))
TAKE_PART = Text(
    "take_part", _("怎样参加"), required=False, longest=1000, hint=_("向谁报名、打哪个办公电话、要带什么。")
)
REGISTER_BY = Day("register_by", _("报名到哪一天"), required=False, private=False, earliest=0, latest=365)
