"""How an application, a renewal and an appeal are written, and what their pages say to the sender."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Flag, Line, Text
from tongban.cases.inputs.one import Asking
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission
from tongban.counter.inputs import Email, Phone
from tongban.counter.parts import FollowPanel, InputsStep, MatterStep, PlaceStep, SenderWords, Writing
from tongban.detect import checks
from tongban.registry import snapshot

from . import promises, questions, reading
from .sources import acting, prefilling

CONTACTS = ("name", "phone", "email", "address")
LIKE_A_PERSONS = re.compile(r"[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]")
"""A number with a birth date in its place is a person's: one wrong digit in it does not make it a firm's."""
WHY = Text("body", _("理由"), longest=4000)


@dataclass(frozen=True)
class IdNumber(Line):
    """An ID card's number (GB 11643: 18 signs with a check digit) or a credit code of a firm (GB 32100)."""

    kind: ClassVar[str] = "id"

    def check(self, value: Any, asked: Asking) -> str:
        number = super().check(value, asked).upper().replace(" ", "")
        of_a_person = LIKE_A_PERSONS.fullmatch(number) is not None
        if not (checks.is_resident_id(number) or (not of_a_person and checks.is_credit_code(number))):
            raise self.wrong(_("这个号码不对：身份证号是 18 位，最后一位是校验位；企业请填统一社会信用代码。"))
        return number

    def show(self, value: Any) -> str:
        text = str(value)
        return f"{text[:4]}{'*' * (len(text) - 8)}{text[-4:]}" if len(text) > 8 else text


APPLICANT = (
    Line("name", _("申请人姓名或单位名称"), longest=60),
    IdNumber("id_number", _("身份证号或统一社会信用代码"), longest=20, hint=_("只有办理单位能看到。")),
    Phone("phone", _("电话"), required=False, longest=30, hint=_("有需要补正的，可以打电话告诉您。")),
    Email("email", _("电子邮箱"), required=False, longest=120, hint=_("填了就能收到进展通知。")),
    Line("address", _("联系地址"), required=False, longest=200),
)
DECLARED = _("我填写的内容和提交的材料都是真实的，愿意承担不实的法律责任。")


@dataclass(frozen=True)
class Declaration(Flag):
    """A declaration that has to be made."""

    def check(self, value: Any, asked: Asking) -> bool:
        if not super().check(value, asked):
            raise self.wrong(_("提交之前，请先作出声明。"))
        return True


def application(said: Mapping[str, Any]) -> Submission:
    """An application of what was written; the facts are those that the form asks, nothing hidden among them."""
    said = prefilling.with_registers(said)
    matter, place = said["matter"], said["place"]
    item = reading.current().items.get(matter)
    if item is None:
        raise Refusal("bad_input", _("这个事项现在不能申请。"), "matter")
    asked = {one.name for step in questions.steps(said) for one in step.inputs}
    contact: dict[str, Any] = {name: said.get(name) or "" for name in CONTACTS}
    facts = questions.facts_of({name: value for name, value in said.items() if name in asked})
    promised = item.by_promise and bool(said.get("promised"))
    if promised and promises.barred(said.get("id_number") or ""):
        raise Refusal("not_allowed", _("以前的承诺不属实，现在不能采用告知承诺；请提交材料申请。"), "promised")
    return Submission(
        "application",
        matter,
        place,
        snapshot.current().matters[matter].name[:60],
        said.get("body") or "",
        visibility="confidential",
        language=said["language"],
        draft=said["draft"],
        channel="counter" if said.get("client") else "web",
        inputs={"promised": True} if promised else {},
        extra={
            "facts": questions.plain(facts),
            "id_number": said.get("id_number") or "",
            "item": item.since.isoformat(),
            **({"promised": True} if promised else {}),
            **questions.form_sent(matter),
            **questions.papers_sent(matter, facts, place),
            **({"valid_months": item.valid_months} if item.valid_months else {}),
            **prefilling.record(said, facts),
            **acting.record(said),
        },
        **contact,
    )


DECIDING: dict[str, Any] = {
    "answer": _("%(unit)s的决定"),
    "answered_by": _("预计 %(day)s 前办好；受理以后以进展页面上的日期为准。"),
    "proofs_keep": _("回执文件里有您提交的内容和决定的原文，请像保管信件一样保管。"),
    "proofs_lead": _(
        "办理的每一步，都记在一本公开的、只能往后添的台账上。台账上没有您的姓名和内容，只有一个封条；凭回执，"
        "您可以向任何人证明当时申请了什么、决定是什么，谁也不能事后改动。"
    ),
}
"""What the counter says otherwise where somebody decides and does not answer a letter."""
PARTS = (
    Writing(
        "application",
        _("申请办事"),
        (
            MatterStep("item", _("办什么"), _("您要办什么事"), hint=_("输入几个字，例如“居住证”，再选。")),
            PlaceStep("place", _("在哪里"), _("在哪里办"), hint=_("您居住或者经营的地方。")),
            InputsStep(
                "applicant",
                _("申请人"),
                _("申请人是谁"),
                inputs=(*APPLICANT[:2], Declaration("declared", DECLARED)),
                contact=APPLICANT[2:],
            ),
        ),
        lead=_("中途可以保存，换一台设备接着填。"),
        build=application,
        unfolds="tongban.services.sources.prefilling:steps",
        unfolds_after="place",
        keeps=(prefilling.KEPT, *prefilling.ACTS_FOR),
        sender="tongban.services.sources.acting:opener",
        after="tongban.services.sources.prefilling:attach",
        doubts="tongban.services.questions:doubts",
        wrong="tongban.services.schema:wrong_answers",
        moved="tongban.services.designing.versions:moved",
        brings="tongban.services.mine.answers:brought",
    ),
    Writing("renewal", _("申请延续"), (InputsStep("why", _("说明"), _("申请延续"), inputs=(WHY,)),)),
    Writing("service_appeal", _("请上级单位复查"), (InputsStep("why", _("理由"), _("为什么不服"), inputs=(WHY,)),)),
    SenderWords(
        "application",
        received=_("申请已收到"),
        arrived=_("由 %(unit)s 办理。五个工作日内没有告诉您缺什么，就是受理了。"),
        back=_("回到申请"),
        open=_("查看申请"),
        **DECIDING,
    ),
    SenderWords(
        "renewal", received=_("延续申请已收到"), arrived=_("由 %(unit)s 决定。"), back=_("回到申请"), **DECIDING
    ),
    SenderWords(
        "service_appeal", received=_("复查申请已收到"), arrived=_("由 %(unit)s 审查。"), back=_("回到申请"), **DECIDING
    ),
    FollowPanel(("application",), "services/follow.html", "tongban.services.on_desk:for_sender", order=20),
)
