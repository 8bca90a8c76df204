"""What an adoption, its opinions, renewals and reviews ask for."""

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Choice, Day, Files, Flag, Line, Text, UnitChoices

BENCH = Line("bench", _("哪张座椅"), longest=60, hint=_("座椅上的编号，或者它在什么地方"))
PLATE = Text("plate", _("铭牌上写什么"), longest=60)
SINCE = Day("since", _("希望从哪天起"), earliest=0)
PHOTOS = Files("files", _("照片或材料"), required=False, most=3)
OPEN = Choice(
    "visibility", _("铭牌文字能否在网上公开"), options=(("public", _("可以公开")), ("confidential", _("不在网上公开")))
)
IMPORTED = Flag("imported", _("旧系统导入"), required=False, private=False)
UNITS = UnitChoices("units", _("征求哪两个单位的意见"), private=False)
QUESTION = Text("text", _("请他们说明什么"), longest=1000)
START = Day("start", _("从哪天起认养"), earliest=0)
VIEWS = (("yes", _("同意认养")), ("if", _("有条件同意")), ("no", _("不同意认养")))
VIEW = Choice("view", _("意见"), options=VIEWS)
PUBLIC = (
    Line("subject", _("座椅"), longest=60),
    Text("body", _("铭牌文字"), longest=200),
    Text("cleared", _("可以公开的地方"), required=False),
)
