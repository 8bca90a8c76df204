"""Kinds of cases for the tests of the kernel: a block that stays in force, an appeal against it, and a bench that needs
the opinions of two units.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tongban.cases import effects, standard
from tongban.cases.inputs import Choices, Day, SiteAddress, Text, UnitChoices
from tongban.cases.procedure import Context, Edge, Group, Outcome, Procedure, State
from tongban.cases.refusal import Refusal
from tongban.cases.relations import Brings, Opening, Relation
from tongban.cases.standings import HANDLERS, RESIDENT, SYSTEM
from tongban.workdays import shanghai_day

WORDS = (Text("text", "内容"),)


def in_force(context: Context) -> Outcome:
    """In force for the days that the test says, a year otherwise."""
    days = context.payload.get("days", 365)
    return Outcome(set={"in_force_until": shanghai_day(context.now) + timedelta(days=days)}, tell_resident=True)


def ended(context: Context) -> Outcome:
    return Outcome(set={"in_force_until": shanghai_day(context.now)}, tell_resident=True)


BLOCK_STATES = (
    State("reported", "待核查", "待核查", step="answer", group="new", tone="warning", next=("block",)),
    State("blocked", "已处置", "已处置", phase="in_force", tone="danger"),
    State("lifted", "已解除", "已解除", phase="over"),
    State("expired", "已到期", "已到期", phase="over"),
)
BLOCK = Procedure(
    "block", "处置", BLOCK_STATES,
    (
        Edge("submit", frozenset({""}), "reported", RESIDENT | SYSTEM, "举报", "您作了举报", effect=effects.submit,
             inputs=(SiteAddress("site", "网址"), Choices("signs", "迹象", False, options=(("a", "甲"), ("b", "乙"))),
                     Day("seen", "发现日期", False, latest=0))),
        Edge("block", frozenset({"reported"}), "blocked", HANDLERS, "处置", "已处置", effect=in_force, inputs=WORDS,
             shown="words", counts="blocked"),
        Edge("lift", frozenset({"blocked"}), "lifted", HANDLERS | SYSTEM, "解除", "已解除", effect=ended),
        Edge("expire", frozenset({"blocked"}), "expired", SYSTEM, "到期", "已到期", button=False),
        *standard.house(BLOCK_STATES), *standard.erasing(BLOCK_STATES),
    ),
    "reported", groups=(Group("new", "待核查"),), expires="expire",
)  # fmt: skip

APPEAL_STATES = (
    State("lodged", "待审查", "待审查", step="answer", next=("grant", "dismiss")),
    State("granted", "已支持", "已支持", phase="over"),
    State("dismissed", "已驳回", "已驳回", phase="over"),
)
APPEAL = Procedure(
    "appeal", "申诉", APPEAL_STATES,
    (
        Edge("submit", frozenset({""}), "lodged", RESIDENT, "申诉", "您提出了申诉", effect=effects.submit),
        Edge("grant", frozenset({"lodged"}), "granted", HANDLERS, "支持", "已支持", inputs=WORDS, shown="words",
             brings=(Brings("about", "lift"),)),
        Edge("dismiss", frozenset({"lodged"}), "dismissed", HANDLERS, "驳回", "已驳回", inputs=WORDS),
        *standard.house(APPEAL_STATES), *standard.erasing(APPEAL_STATES),
    ),
    "lodged", about=(Relation("block", frozenset({"blocked"}), "above"),),
)  # fmt: skip


def ask_opinions(context: Context) -> Outcome:
    """Each unit named is asked at the same time."""
    case = context.case
    return Outcome(
        opens=tuple(Opening("toy_opinion", unit, case.subject, "请提出意见") for unit in context.payload["units"])
    )


def all_in(context: Context) -> Refusal | None:
    """No decision before every opinion is in."""
    if context.related is not None and any(part.is_open for part in context.related.parts):
        return Refusal("not_yet", "还有单位没有提出意见。")
    return None


BENCH_STATES = (
    State("asked", "待办", "待办", step="answer", next=("ask_opinions",)),
    State("opinions", "征求意见", "征求意见", step="answer"),
    State("ready", "待决定", "待决定", step="answer", next=("permit",)),
    State("permitted", "已批准", "已批准", phase="in_force"),
    State("ended", "已到期", "已到期", phase="over"),
)
BENCH = Procedure(
    "bench", "认养座椅", BENCH_STATES,
    (
        Edge("submit", frozenset({""}), "asked", RESIDENT | SYSTEM, "申请", "您提出了申请", effect=effects.submit),
        Edge("ask_opinions", frozenset({"asked"}), "opinions", HANDLERS, "征求意见", "正在征求意见",
             effect=ask_opinions, inputs=(UnitChoices("units", "征求意见的单位", private=False),)),
        Edge("opinions_in", frozenset({"opinions"}), "ready", SYSTEM, "意见齐备", "意见已经齐备", guard=all_in,
             button=False),
        Edge("permit", frozenset({"ready"}), "permitted", HANDLERS, "批准", "已批准", effect=in_force),
        Edge("expire", frozenset({"permitted"}), "ended", SYSTEM, "到期", "已到期", button=False),
        *standard.house(BENCH_STATES), *standard.erasing(BENCH_STATES),
    ),
    "asked", expires="expire",
)  # fmt: skip
OPINION_STATES = (
    State("wanted", "待提意见", "待提意见", step="answer", next=("give",)),
    State("given", "已提意见", "已提意见", phase="over"),
)
OPINION = Procedure(
    "toy_opinion", "意见", OPINION_STATES,
    (
        Edge("submit", frozenset({""}), "wanted", SYSTEM, "征求意见", "征求意见", effect=effects.submit),
        Edge("give", frozenset({"wanted"}), "given", HANDLERS, "提出意见", "已提出意见", inputs=WORDS,
             brings=(Brings("part_of", "opinions_in", "possible"),)),
        *standard.house(OPINION_STATES), *standard.erasing(OPINION_STATES, asked=False),
    ),
    "wanted", part_of=(Relation("bench", routed="named", opener="kernel"),),
)  # fmt: skip
KINDS = (BLOCK, APPEAL, BENCH, OPINION)


def sent(kind: str, **changes: Any) -> dict[str, Any]:
    """What a submission of such a kind has to say."""
    inputs = {"site": "https://example.com/a"} if kind == "block" else {}
    return {
        "kind": kind,
        "matter": "0101",
        "place": "610113",
        "subject": "题",
        "body": "文",
        "inputs": inputs,
        **changes,
    }
