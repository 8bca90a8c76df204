"""A second kind of case for the desk's tests: a permit to put tables on the pavement, granted for a time. Groups,
states and inputs of its own, a panel and a page of its own; one act (`accept`) is called like a letter's and asks for
something else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from tongban.cases import effects, merging, standard
from tongban.cases.actform import ActForm
from tongban.cases.inputs import CaseChoice, Choice, Choices, Day, Text, UnitChoice
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, Edge, Group, Outcome, Procedure, State
from tongban.cases.standings import CLERKS, HANDLERS, RESIDENT, SYSTEM
from tongban.desk import reception
from tongban.desk.actpages import Handed
from tongban.desk.opening import Found
from tongban.desk.parts import ActPage, Panel
from tongban.gate.door import Door
from tongban.gate.parts import Kind
from tongban.workdays import shanghai_day

STATES = (
    State("applied", "待受理", "待受理", step="answer", group="new", tone="warning", next=("accept",)),
    State("checked", "待决定", "待决定", step="answer", group="deciding", tone="info", next=("grant",)),
    State("together", "合并办理", "合并办理", group="deciding"),
    State("granted", "已许可", "已许可", phase="in_force", tone="success", group="standing"),
    State("denied", "未许可", "未许可", phase="over", group="ended", tone="danger"),
    State("ended", "已到期", "已到期", phase="over", group="ended"),
)
ALL = frozenset(state.name for state in STATES)
OPEN = frozenset(state.name for state in STATES if state.phase == "work")
SIZES = (("small", "两张以下"), ("large", "三张以上"))
DAYS = (("work", "工作日"), ("rest", "休息日"))


def granted(context: Context) -> Outcome:
    """In force until the day that was named."""
    return Outcome(set={"in_force_until": date.fromisoformat(context.payload["until"])}, tell_resident=True)


def ended(context: Context) -> Outcome:
    return Outcome(set={"in_force_until": shanghai_day(context.now)})


def so_far(case: Case, acts: Sequence[Act]) -> dict[str, Any]:
    """The draft that waits."""
    return {"text": next((act.text for act in reversed(acts) if act.act == "propose"), "同意。")}


PERMIT = Procedure(
    "permit", "占道许可", STATES,
    (
        Edge("submit", frozenset({""}), "applied", RESIDENT | SYSTEM, "申请", "您提出了申请", effect=effects.submit,
             tone="info",
             inputs=(Choice("size", "桌数", options=SIZES, private=False), Day("from", "开始日期", False))),
        Edge("accept", frozenset({"applied"}), "checked", HANDLERS, "受理申请", "已受理", bulk=True, tone="info",
             inputs=(Choices("days", "适用日期", options=DAYS, private=False),)),
        Edge("hand_on", frozenset({"applied"}), None, CLERKS, "转交", "已转交", effect=effects.dispatch, bulk=True,
             inputs=(UnitChoice("unit", "接收单位", private=False),)),
        Edge("propose", frozenset({"checked"}), None, HANDLERS, "拟稿", "正在拟稿", inputs=(Text("text", "意见"),),
             files=True, internal=True, shown="nothing"),
        Edge("grant", frozenset({"checked"}), "granted", HANDLERS, "许可", "已许可", effect=granted, shown="words",
             prefill=so_far, hands_over="propose", files=True, answers=True, tone="success",
             confirm="许可后即生效，确定吗？",
             inputs=(Day("until", "许可有效至", private=False, earliest=0), Text("text", "许可内容"))),
        Edge("deny", frozenset({"applied", "checked"}), "denied", HANDLERS, "不予许可", "不予许可", page="denial",
             inputs=(Text("text", "理由"),), shown="words", tone="danger", button=False),
        Edge("join", frozenset({"applied", "checked"}), "together", HANDLERS, "并入", "合并办理", effect=effects.merge,
             page="merge", button=False, inputs=(CaseChoice("case", "并入的申请"),)),
        Edge("part", frozenset({"together"}), "applied", SYSTEM, "分开", "单独办理", effect=effects.unmerge,
             button=False),
        Edge("end", frozenset({"granted"}), "ended", SYSTEM | HANDLERS, "终止", "已到期", effect=ended, danger=True),
        standard.noting(STATES), standard.urging(STATES), standard.assigning(OPEN),
        *standard.house(STATES), *standard.erasing(STATES), *reception.edges(OPEN, ALL),
    ),
    "applied",
    groups=(
        Group("new", "新申请"), Group("deciding", "待决定的"), Group("standing", "许可中"), Group("ended", "已结束"),
    ),
    expires="end", parting="part",
    stored={"join": merging.on_merge, **dict.fromkeys(reception.ACTS, reception.on_reception)},
)  # fmt: skip


def near(found: Found) -> dict[str, Any]:
    """The data of the kind's own panel."""
    return {"size": dict(SIZES).get(str(found.acts[0].public.get("size", "")), "")}


def never(found: Found) -> None:
    """A panel that has nothing to show."""


def denial(request: HttpRequest, code: str, desk: Handed) -> HttpResponse:
    """A page of the door's own for one act."""
    before = desk.repeated(request, code) if request.method == "POST" else None
    if before is not None:
        return before
    found = desk.find(request, code)
    edge = next((one for one in desk.offered(found) if one.page == "denial"), None)
    if edge is None:
        return HttpResponseRedirect(found.url)
    asked = desk.ask_first(found)
    if asked is not None:
        return asked
    form = ActForm(edge, found.case, found.actor, found.registry, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, desk.template, {"form": form}, status=422 if request.method == "POST" else 200)
    return desk.done(request, found, desk.take_step(found, form))


DOOR = Door(
    "permits",
    "占道许可",
    (
        Kind(PERMIT),
        Panel(("permit",), "near", "许可范围", "permits/near.html", "tests.desk.kinds:near", "main"),
        Panel(("permit",), "never", "从不出现", "permits/near.html", "tests.desk.kinds:never"),
        ActPage(("permit",), "denial", "写不予许可书", "tests.desk.kinds:denial", "permits/letter.html"),
    ),
)
