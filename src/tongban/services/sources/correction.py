"""The table of a correction (更正登记信息): somebody says that a register is wrong about them. It goes to the unit that
keeps the register, as a case of its own, so that this unit sees what is said to be wrong and nothing of the application
in which it was noticed (政务数据共享条例, 国令809: what is shared is checked and put right by who provides it)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases import effects as common
from tongban.cases import standard
from tongban.cases.counting import Counted, Measure, Value
from tongban.cases.inputs import Files, Line, Text
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.refusal import Refusal
from tongban.cases.standings import HANDLERS, RESIDENT, SYSTEM
from tongban.cases.writer import Submission
from tongban.counter.inputs import Email, Phone
from tongban.counter.parts import InputsStep, SenderWords, Writing

from ..inputs import REASON, WORDS

STATES = (
    State("lodged", _("待核实"), _("登记单位正在核实"), step="correction", tone="warning", group="new",
          next=("correct", "uphold")),
    State("corrected", _("已更正"), _("登记已经更正"), "over", tone="success", group="done"),
    State("upheld", _("登记无误"), _("登记单位核实后认为没有错，理由写在下面"), "over", group="done"),
    State("withdrawn", _("已撤回"), _("您撤回了"), "over", group="done"),
)  # fmt: skip
LODGED = frozenset({"lodged"})
DAYS = (Value("days", days=True),)

CORRECTION = Procedure(
    "correction", _("更正登记信息"), STATES,
    (
        Edge("submit", frozenset({""}), "lodged", RESIDENT | SYSTEM, _("提出更正"), _("您提出登记信息有错"),
             effect=common.submit, tone="info"),
        Edge("add", LODGED, None, RESIDENT, _("补充"), _("您作了补充"), (WORDS,), files=True, quiet=True,
             shown="words"),
        Edge("correct", LODGED, "corrected", HANDLERS, _("已更正登记"), _("登记单位更正了登记"), (WORDS,),
             effect=common.answered, shown="words", answers=True, files=True, counts="corrected", tone="success"),
        Edge("uphold", LODGED, "upheld", HANDLERS, _("登记无误"), _("登记单位核实后认为登记没有错"), (REASON,),
             effect=common.answered, shown="words", answers=True, files=True, danger=True, counts="kept"),
        Edge("withdraw", LODGED, "withdrawn", RESIDENT, _("撤回"), _("您撤回了"), danger=True),
        standard.rating({"corrected", "upheld"}),
        standard.noting(STATES),
        standard.urging(STATES),
        standard.assigning(LODGED),
        standard.dispatching(LODGED),
        *standard.house(STATES),
        *standard.erasing(STATES),
    ),
    initial="lodged", answer_step="correction", follow="/follow/",
    groups=(Group("new", _("待核实")), Group("done", _("已核实"))),
    counted=(
        Counted("corrected", (Measure("corrected", _("已更正登记")),
                              Measure("corrected_days", _("更正用时"), "median", "days")), DAYS),
        Counted("kept", (Measure("kept", _("登记无误")),
                         Measure("kept_days", _("核实用时"), "median", "days")), DAYS),
    ),
)  # fmt: skip

KEPT = "disputed"
"""Under which name the draft keeps what is disputed: {"source", "fact", "question", "value", "at", "id_number"}."""


def submission(said: Mapping[str, Any]) -> Submission:
    """A correction of what was written: what the register says comes from the pull, never from the form."""
    disputed = said.get(KEPT)
    if not disputed:
        raise Refusal("bad_input", _("请从“谁用过我的数据”那一页，点不对的那一项开始。"))
    return Submission(
        "correction",
        said["matter"],
        said["place"],
        str(_("更正：%(question)s") % {"question": disputed["question"]})[:60],
        said["body"],
        visibility="confidential",
        name=said.get("name") or "",
        phone=said.get("phone") or "",
        email=said.get("email") or "",
        language=said["language"],
        draft=said["draft"],
        extra={**disputed, "should": said["should"]},
    )


PARTS = (
    Writing(
        "correction",
        _("登记信息有错"),
        (
            InputsStep(
                "what",
                _("应当是什么"),
                _("登记里哪里不对"),
                lead=_("由管这项登记的单位核实。它只看到您在这里写的，看不到您正在办的申请。"),
                inputs=(
                    Line("should", _("应当是"), longest=200),
                    Text("body", _("为什么不对，有什么可以证明"), longest=2000),
                    Files("files", _("证明材料"), required=False, most=6),
                ),
                contact=(
                    Line("name", _("姓名"), required=False, longest=60),
                    Phone("phone", _("电话"), required=False, longest=30),
                    Email("email", _("电子邮箱"), required=False, longest=120),
                ),
            ),
        ),
        build=submission,
        keeps=(KEPT,),
    ),
    SenderWords("correction", received=_("更正申请已收到"), arrived=_("由 %(unit)s 核实。"), back=_("回到更正申请")),
)
