"""Two more kinds of case for the tests of the counter: a report of a site, and an appeal about what was decided on it.

Other states, acts and inputs than a letter's: an address of a site, a day, a choice, several choices, files.
"""

from __future__ import annotations

from datetime import timedelta

from tongban.cases import effects, standard
from tongban.cases.inputs import Choice, Choices, Day, Files, Line, SiteAddress, Text
from tongban.cases.procedure import Context, Edge, Outcome, Procedure, State
from tongban.cases.refusal import Refusal
from tongban.cases.relations import Brings, Relation
from tongban.cases.standings import HANDLERS, RESIDENT, SYSTEM
from tongban.counter.inputs import CONTACT
from tongban.counter.parts import FollowLink, FollowPanel, InputsStep, MatterStep, PlaceStep, SenderWords, Writing
from tongban.gate.parts import Kind
from tongban.workdays import shanghai_day

SITE = SiteAddress("site", "网址")
SEEN = Day("seen", "发现日期", latest=0)
HARM = Choice("harm", "危害", options=(("fraud", "诈骗"), ("gambling", "赌博")))
SIGNS = Choices("signs", "迹象", False, options=(("pay", "要求付款"), ("login", "索要密码")))
WORDS = (Text("text", "内容"),)


def in_force(context: Context) -> Outcome:
    return Outcome(set={"in_force_until": shanghai_day(context.now) + timedelta(days=365)}, tell_resident=True)


def ended(context: Context) -> Outcome:
    return Outcome(set={"in_force_until": shanghai_day(context.now)}, tell_resident=True)


STATES = (
    State("reported", "待核查", "已收到举报，正在核查", step="answer", next=("block",)),
    State("asked", "待补证", "等待您补充证据", paused=True),
    State("blocked", "已处置", "网站已经处置", phase="in_force"),
    State("lifted", "已解除", "处置已经解除", phase="over"),
)
REPORT = Procedure(
    "hint", "举报", STATES,
    (
        Edge("submit", frozenset({""}), "reported", RESIDENT | SYSTEM, "举报", "您作了举报", effect=effects.submit,
             inputs=(SITE, SEEN, HARM, SIGNS), tone="info"),
        Edge("prove", frozenset({"asked"}), "reported", RESIDENT, "补充证据", "您补充了证据", inputs=(
             Day("found", "取证日期", latest=0, told="取证日期：%(value)s"), *WORDS), shown="words", files=True,
             unfolded=True),
        Edge("thank", frozenset({"blocked"}), None, RESIDENT, "致谢", "您留了言", inputs=WORDS,
             shown="words", quiet=True),
        standard.rating(frozenset({"blocked", "lifted"})),
        Edge("ask", frozenset({"reported"}), "asked", HANDLERS, "请补证", "单位请您补充证据", inputs=WORDS,
             effect=effects.tell, shown="words"),
        Edge("block", frozenset({"reported"}), "blocked", HANDLERS, "处置", "已处置", effect=in_force, inputs=WORDS,
             shown="words", tone="success", answers=True, counts="blocked"),
        Edge("lift", frozenset({"blocked"}), "lifted", HANDLERS | SYSTEM, "解除", "处置已经解除", effect=ended),
        *standard.house(STATES), *standard.erasing(STATES),
    ),
    "reported", follow="/follow/", expires="lift",
)  # fmt: skip


def while_blocked(context: Context) -> Refusal | None:
    """Nothing to appeal against once the block is over."""
    about = context.related.about if context.related is not None else None
    if about is None or about.in_force_until is None or about.in_force_until >= shanghai_day(context.now):
        return None
    return Refusal("not_allowed", "处置已经到期")


APPEAL_STATES = (
    State("lodged", "待审查", "正在审查", step="answer"),
    State("granted", "已支持", "已支持", phase="over"),
)
APPEAL = Procedure(
    "appeal", "申诉", APPEAL_STATES,
    (
        Edge("submit", frozenset({""}), "lodged", RESIDENT, "申诉", "您提出了申诉", effect=effects.submit,
             guard=while_blocked),
        Edge("grant", frozenset({"lodged"}), "granted", HANDLERS, "支持", "已支持", inputs=WORDS, shown="words",
             brings=(Brings("about", "lift"),)),
        *standard.house(APPEAL_STATES), *standard.erasing(APPEAL_STATES),
    ),
    "lodged", follow="/follow/", about=(Relation("hint", frozenset({"blocked"}), "above", "sender"),),
)  # fmt: skip
HERE = "tests.counter.kinds"
WRITING = Writing(
    "hint", "举报有害网站",
    (
        MatterStep("matter", "什么事", "举报什么"),
        PlaceStep("where", "在哪里", "在哪里看到"),
        InputsStep("site", "网站", "网站的情况", inputs=(SITE, SEEN, HARM, SIGNS, Line("subject", "标题", longest=60),
                   Files("files", "截图", most=2)), contact=CONTACT),
    ),
    after=f"{HERE}:thanked",
)  # fmt: skip
OBJECTING = Writing(
    "appeal", "不服处置，提出申诉", (InputsStep("why", "理由", "为什么", inputs=(Text("body", "理由", longest=500),)),)
)
PARTS = (
    Kind(REPORT),
    Kind(APPEAL),
    WRITING,
    OBJECTING,
    SenderWords("hint", back="回到举报", received="举报已收到", acts={"prove": "截图里请不要有别人的号码。"}),
    FollowPanel(("hint",), "counter/keeping.html", f"{HERE}:shown", 5),
    FollowLink(("hint",), f"{HERE}:links"),
)
SENT: list[str] = []


def thanked(case: object) -> None:
    """What the kind does once a report is there."""
    SENT.append(case.code)  # type: ignore[attr-defined]


def shown(case: object, can: object) -> dict[str, object] | None:
    """The panel is there while the report is looked into."""
    return {} if case.state == "reported" else None  # type: ignore[attr-defined]


def links(case: object, can: list[Edge]) -> list[tuple[str, str]]:
    """A link that the kind adds."""
    return [("/about/", "名单怎样公布")]
