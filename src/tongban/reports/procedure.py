"""The table of a report (举报): received, verified, then not harmful, referred, or decided. Who decides names the law,
the scope and the end; where a guard asks for it a second person decides too (`listing.py`).

Sources: 网络安全法 (2016) Art. 49 (complaints are taken and handled in time); 反电信网络诈骗法 Art. 32 (whoever is
restricted is told and can object; what is right is lifted at once).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases import effects as common
from tongban.cases import standard
from tongban.cases.counting import Counted, Measure, Value
from tongban.cases.inputs import CaseChoice
from tongban.cases.inputs.one import Words
from tongban.cases.merging import on_merge
from tongban.cases.procedure import Edge, Group, Procedure, State
from tongban.cases.standings import CLERKS, HANDLERS, RESIDENT, SYSTEM

from . import effects, rules, targets
from .evidence import acts as evidence
from .inputs import BASIS, EVIDENCE, FOUND, IMPORTED, MASKED, REFERRED, SCOPE, STATEMENT, UNTIL, WORDS
from .sealed import handing

STATES: tuple[State, ...] = (
    State(
        "received",
        _("待核实"),
        _("举报已收到，等待核实"),
        step="report_accept",
        tone="warning",
        group="new",
        next=("accept",),
    ),
    State(
        "verifying",
        _("核实中"),
        _("工作人员正在核实"),
        step="report",
        tone="info",
        group="working",
        next=("decide", "refer", "dismiss"),
    ),
    State("proposed", _("待第二人决定"), _("正在由第二位工作人员决定"), step="report", tone="info", group="working"),
    State("merged", _("已并案"), _("与同一网址的其他举报一起办理"), step="report", tone="neutral", group="working"),
    State("decided", _("已处置"), _("已经依法处置"), "over", tone="success", group="done"),
    State("dismissed", _("未发现有害"), _("经核实，没有发现有害"), "over", group="done"),
    State("referred", _("已转交"), _("已转给能够处置的单位"), "over", tone="success", group="done"),
    State("withdrawn", _("已撤回"), _("您撤回了举报"), "over", group="done"),
    handing.HANDED,
)
WORK = frozenset({"received", "verifying"})
OPEN = WORK | {"proposed", "merged"}
DONE = frozenset({"decided", "dismissed", "referred"})
MERGED = frozenset({"merged"})


def told(act: str, target: str, done: Words, said: Words, word: str) -> Edge:
    """The line by which the reports that were merged into one hear what was decided on it."""
    return Edge(
        act,
        MERGED,
        target,
        SYSTEM,
        done,
        said,
        (WORDS,),
        effect=common.answered,
        shown="words",
        answers=True,
        counts=word,
        button=False,
    )


def answered_in(word: str, label: Words) -> Counted:
    """A figure: how many ended so, and after how many days (the median)."""
    return Counted(
        word,
        (Measure(word, label), Measure(f"{word}_days", _("用时"), "median", "days")),
        (Value("days", days=True),),
    )


REPORT = Procedure(
    "report",
    _("有害网站举报"),
    STATES,
    (
        Edge(
            "submit",
            frozenset({""}),
            "received",
            RESIDENT | SYSTEM,
            _("举报"),
            _("您提交了举报"),
            effect=effects.reported,
            inputs=(FOUND, IMPORTED),
            tone="info",
        ),
        Edge(
            "accept",
            frozenset({"received"}),
            "verifying",
            HANDLERS,
            _("开始核实"),
            _("工作人员开始核实"),
            effect=common.accept,
            bulk=True,
            tone="info",
        ),
        Edge("add", OPEN, None, RESIDENT, _("补充"), _("您作了补充"), (WORDS,), files=True, quiet=True, shown="words"),
        Edge(
            "decide",
            frozenset({"verifying"}),
            "decided",
            HANDLERS,
            _("决定处置"),
            _("单位依法作出了处置决定"),
            (SCOPE, UNTIL, BASIS, STATEMENT, MASKED, EVIDENCE),
            effect=effects.decide,
            guard=rules.can_be_listed,
            by_effect=frozenset({"proposed"}),
            files=True,
            danger=True,
            bulk=True,
            prefill=effects.as_proposed,
            counts=effects.DECIDED,
            with_merged="decide_merged",
            tone="success",
            confirm=_("请再看一遍范围和依据：会被挡住的不只是骗子。"),
        ),
        Edge(
            "carried_out",
            frozenset({"proposed"}),
            "decided",
            SYSTEM,
            _("处置已经生效"),
            _("处置已经生效"),
            effect=common.answered,
            counts="decided",
            button=False,
            with_merged="decide_merged",
            tone="success",
        ),
        Edge(
            "given_back",
            frozenset({"proposed"}),
            "verifying",
            SYSTEM,
            _("退回重新核实"),
            _("第二位工作人员要求重新核实"),
            button=False,
            tone="warning",
        ),
        Edge(
            "dismiss",
            WORK,
            "dismissed",
            HANDLERS,
            _("未发现有害"),
            _("经核实，没有发现有害"),
            (WORDS,),
            effect=common.answered,
            shown="words",
            answers=True,
            counts="dismissed",
            bulk=True,
            files=True,
            with_merged="dismiss_merged",
        ),
        Edge(
            "refer",
            WORK,
            "referred",
            HANDLERS,
            _("转交"),
            _("转给了能够处置的单位"),
            (REFERRED, WORDS),
            effect=common.answered,
            shown="words",
            answers=True,
            counts="referred",
            bulk=True,
            prefill=effects.as_referred,
            with_merged="refer_merged",
        ),
        Edge(
            "merge",
            WORK,
            "merged",
            CLERKS | HANDLERS,
            _("并案"),
            _("与同一网址的其他举报一起办理"),
            effect=common.merge,
            inputs=(CaseChoice("case", _("并入的举报")),),
            button=False,
            page="merge",
        ),
        Edge(
            "unmerge",
            MERGED,
            "received",
            CLERKS | HANDLERS,
            _("取消并案"),
            _("恢复单独办理"),
            effect=common.unmerge,
            inputs=(standard.REASON,),
        ),
        Edge(
            "ungroup", MERGED, "received", SYSTEM, _("取消并案"), _("恢复单独办理"), effect=common.unmerge, button=False
        ),
        Edge(
            "decide_merged",
            MERGED,
            "decided",
            SYSTEM,
            _("处置已经生效"),
            _("单位依法作出了处置决定"),
            effect=common.answered,
            counts="decided",
            button=False,
            tone="success",
        ),
        told("dismiss_merged", "dismissed", _("未发现有害"), _("经核实，没有发现有害"), "dismissed"),
        told("refer_merged", "referred", _("转交"), _("转给了能够处置的单位"), "referred"),
        Edge("withdraw", OPEN - {"proposed"}, "withdrawn", RESIDENT, _("撤回举报"), _("您撤回了举报"), danger=True),
        *handing.edges(STATES, MERGED),
        *evidence.edges(STATES, {"verifying"}, confirm=evidence.IN_A_REPORT),
        standard.rating(DONE),
        standard.noting(STATES),
        standard.urging(STATES),
        standard.assigning(OPEN),
        standard.dispatching({"received"}),
        *standard.house(STATES),
        *standard.erasing(STATES),
    ),
    initial="received",
    answer_step="report",
    follow="/follow/",
    parting="ungroup",
    starts_again=frozenset({"merged"}),
    handed_on="received",
    groups=(Group("new", _("待核实")), Group("working", _("核实中")), Group("done", _("已办结"))),
    counted=(
        answered_in("decided", _("已处置")),
        answered_in("dismissed", _("未发现有害")),
        answered_in("referred", _("已转交")),
    ),
    stored={"submit": targets.remember, "merge": on_merge, "take_evidence": evidence.remember}
    | dict.fromkeys(("hand_over", "hand_over_merged"), handing.seal),
)
