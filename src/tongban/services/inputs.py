"""What the acts of this door ask for, as inputs of the kernel."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Choice, Day, Flag, Line, Moment, Number, Text, UnitChoices
from tongban.desk.wherever import LONGEST, WAYS

IMPORTED = Flag("imported", _("批量导入"), required=False, private=False)
PROMISED = Flag("promised", _("告知承诺"), required=False, private=False)
WORDS = Text("text", _("说明"), longest=4000)
REASON = Text(
    "text", _("理由"), longest=4000, hint=_("写明依据哪一条、什么事实。申请人会看到，可以凭它申请复查或提起诉讼。")
)
WHY_REFUSED = Choice(
    "why",
    _("主要原因"),
    required=False,
    private=False,
    options=(
        ("conditions", _("不符合条件")),
        ("papers", _("材料不全或者不真实")),
        ("quota", _("数量已满或者已有别人取得")),
        ("other", _("其他原因")),
    ),
    hint=_("只用于统计，不代替理由。"),
)
MISSING = Text(
    "text",
    _("需要补正的全部内容"),
    longest=4000,
    hint=_("一次写全：缺哪些材料，哪里要改，怎样改。以后不能再要求补正。"),
)
CORRECTION = Text("text", _("补正说明"), longest=4000, hint=_("补了什么，改了什么；材料请作为附件。"))
GROUNDS = (
    ("hearing", _("听证")),
    ("inspection", _("检验、检测、检疫")),
    ("appraisal", _("鉴定")),
    ("experts", _("专家评审")),
)
GROUND = Choice("ground", _("哪一种特别程序"), private=False, options=GROUNDS)
"""行政许可法 Art. 45: these do not count, and the applicant is told in writing how long they take."""
EXPECTED = Day("expected", _("预计到哪一天"), private=False, earliest=0, latest=365)
AT = Moment("at", _("什么时候"), told=_("时间：%(value)s"))
MINUTES = Number("minutes", _("大约多少分钟"), least=5, most=480)
WAY = Choice("way", _("方式"), options=WAYS, told=_("方式：%(value)s"))
WHERE = Line(
    "where",
    _("链接、电话或者地点"),
    longest=LONGEST,
    hint=_("视频填会议链接（https:// 开头），电话填对方拨打的号码，现场填地址和房间。"),
    told=_("在哪里：%(value)s"),
)
COMES = Line(
    "comes",
    _("谁来"),
    longest=200,
    hint=_("检验、核查写两名以上工作人员的姓名，用顿号分开；听证写主持人，不能是审查这个申请的人。"),
    told=_("谁来：%(value)s"),
)
PREPARE = Line("prepare", _("请申请人准备什么"), required=False, longest=200, told=_("请准备：%(value)s"))
RESULTS = (
    ("held", _("已进行")),
    ("given_up", _("没有进行，不再安排")),
    ("put_off", _("没有进行，另约时间")),
)
RESULT = Choice("result", _("结果"), private=False, options=RESULTS, told="%(value)s")
RECORD = Text("text", _("记录"), longest=4000, hint=_("情况和结论；笔录请作为附件。申请人会看到。"))
WHEN_CAN = Text("text", _("什么时候方便，为什么要改"), longest=1000)
HEARING_WHY = Text("text", _("要求听证的事项和理由"), required=False, longest=2000)
UNITS = UnitChoices("units", _("请哪些单位提意见"), private=False)
QUESTION = Text("text", _("请他们回答什么"), longest=2000)
EXTENDED = Text("text", _("延长的理由"), longest=2000, hint=_("延长的理由要告诉申请人。"))
OUTCOMES = (("kept", _("属实")), ("false", _("不实，撤销决定")))
KEPT = Choice("kept", _("核查结果"), private=False, options=OUTCOMES)
VERDICTS = (("agree", _("同意")), ("conditions", _("有条件同意")), ("disagree", _("不同意")))
VERDICT = Choice("verdict", _("意见"), private=False, options=VERDICTS)
