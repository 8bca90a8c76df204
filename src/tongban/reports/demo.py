"""What the demo shows: reports in several states, a number, a series, a trusted reporter, one decided and in force,
one under objection, one that was wrong. All names are invented and end in names that nobody can register (RFC 2606)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Case
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.gate.parts import Province
from tongban.workdays import shanghai_day

from . import trusted
from .models import Reporter

UNIT, ABOVE, PLACE = "610000-WX", "610000-GOV", "610000"
SHOWN = (
    ("new", "6001", "http://icbc-jifen.example/login", "收到短信说积分到期，点开要输银行卡密码。", 0),
    ("twin", "6001", "http://icbc-jifen.example/", "同一条短信，我妈妈也收到了。", 1),
    ("decided", "6001", "http://fanli-shuadan.example/app", "先返几十块，后来让垫付三万元就联系不上了。", 2),
    ("harmless", "6004", "http://blog-shenghuo.example/", "网页打开很慢，怀疑有病毒。", 3),
    ("objected", "6002", "http://qipai-le.example/", "棋牌网站可以充值提现。", 4),
    ("number", "6001", "+86 139 0000 0000 打来，说我的快递丢了要赔钱", "让我下载会议软件共享屏幕。", 1),
    ("series", "6001", "http://icbc-jifen02.example/login", "又一条积分到期的短信，网址多了个数字。", 1),
    ("wrong", "6004", "http://ruanjian-xiazai.example/", "下载的软件报毒。", 5),
)
REPORTER = ("bank-demo", "某银行反诈中心（演示）")
SENT = (
    trusted.Row("D-1", "http://icbc-jifen03.example/login", "6001", "客户来电反映收到短信"),
    trusted.Row("D-2", "http://icbc-jifen04.example/login", "6001", "客户来电反映收到短信"),
)


STATEMENTS = {
    2: "经核实，网站以返利、充值为名骗取钱款，已有多人受骗。",
    4: "经核实，网站提供充值、下注和提现。",
    5: "经核实，网站提供的安装包带有盗取账号的程序。",
}


def load(province: Province) -> Iterator[str]:
    """Yields the name of each report that was made or found."""
    for name, harm, site, words, far in SHOWN:
        if not Case.objects.filter(source=f"demo:report:{name}").exists():
            _one(province, name, harm, site, words, far)
        yield name
    known = Reporter.objects.filter(name=REPORTER[0]).first()
    trusted.take(known or trusted.issue(*REPORTER)[0], SENT)
    yield REPORTER[0]


def _one(province: Province, name: str, harm: str, site: str, words: str, far: int) -> None:
    at = province.now - timedelta(days=6)
    handler = province.official(UNIT, "handler")
    sent = Submission(
        "report",
        harm,
        PLACE,
        words[:20],
        words,
        visibility="confidential",
        inputs={"found": site},
        source=f"demo:report:{name}",
    )
    case, _receipt = submit(sent, NEWCOMER, f"demo report {name}", at)
    if far >= 1:
        perform(case.pk, Step("accept", handler, at=at + timedelta(hours=5)))
    if far == 3:
        said = {"text": "经核实，网站没有恶意程序，打开慢是服务器的原因。"}
        perform(case.pk, Step("dismiss", handler, said, at=at + timedelta(days=1)))
    if far not in (2, 4, 5):
        return
    from .harms import harms

    decision = {
        "scope": "host",
        "until": (shanghai_day(at) + timedelta(days=60)).isoformat(),
        "basis": harms()[harm].basis[0],
        "statement": STATEMENTS[far],
        "text": "用测试号码走了一遍流程，要求先垫付；页面截图见附件。",
    }
    perform(case.pk, Step("decide", handler, decision, at=at + timedelta(days=1)))
    if far in (4, 5):
        listing = Case.objects.get(part_of=case)
        asked = Submission(
            "report_objection",
            harm,
            PLACE,
            "申诉",
            "我们只是游戏资讯网站，没有充值。" if far == 4 else "报毒的是别人仿冒的安装包，不是我们网站的。",
            about=listing.pk,
            visibility="confidential",
            inputs={"role": "owner"},
        )
        objection, _receipt = submit(asked, NEWCOMER, f"demo objection {name}", at + timedelta(days=2))
        if far == 5:
            above = province.official(ABOVE, "handler")
            said = {"text": "经复核，安装包不是该网站提供的，申诉成立，已经解除。对造成的不便表示歉意。"}
            perform(objection.pk, Step("grant", above, said, at=at + timedelta(days=3, hours=4)))
