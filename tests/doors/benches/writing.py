"""How residents write an application, a renewal and a review, and what their pages say."""

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Line, Text
from tongban.counter.inputs import CONTACT
from tongban.counter.parts import InputsStep, MatterStep, PlaceStep, SenderWords, Writing

from . import inputs

SUBJECT = Line("subject", _("标题"), longest=60, hint=_("例如：认养南湖边的一张座椅"))
WHY = InputsStep("why", _("理由"), _("说明理由"), inputs=(Text("body", _("理由"), longest=2000),))

PARTS = (
    Writing(
        "bench", _("我要认养座椅"),
        (
            MatterStep("matter", _("什么事"), _("认养什么")),
            PlaceStep("where", _("在哪里"), _("座椅在哪里"), hint=_("座椅所在的地方。")),
            InputsStep("bench", _("座椅"), _("哪张座椅，写什么"), "",
                       (SUBJECT, inputs.BENCH, inputs.PLATE, inputs.SINCE, inputs.OPEN, inputs.PHOTOS), CONTACT,
                       starts={"visibility": "public"}),
        ),
    ),
    Writing("bench_renewal", _("申请续期一年"), (WHY,)),
    Writing("bench_review", _("不服，请上级单位复查"), (WHY,)),
    SenderWords("bench", received=_("认养申请已收到"), arrived=_("已转到 %(unit)s。"), back=_("回到认养")),
)  # fmt: skip
