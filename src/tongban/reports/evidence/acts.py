"""The lines of the door's tables about evidence: an official asks, the system says what was found or why nothing was.

Pure, but for the row that the asking leaves for the worker. Asked for each look anew, by a press; nothing begins one by
itself. What the record's digest is stands in the act's private part, which the ledger's commitment covers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Line
from tongban.cases.inputs.one import Words
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, Edge, Outcome, State
from tongban.cases.refusal import Refusal
from tongban.cases.standings import HANDLERS, SYSTEM
from tongban.webaddr import BadAddress, parse

LOOKING = "looking_at_site"
"""Where a case's private part keeps that a look is under way."""
REASONS: dict[str, Words] = {
    "address": _("这个名字指向内部网络或保留的地址，不能访问。"),
    "bomb": _("网站发来的压缩内容展开后过大，没有展开。"),
    "browser": _("浏览器没有完成。"),
    "certificate": _("网站的证书不可信。证书已记录，没有继续访问。"),
    "died": _("取证程序没有完成。"),
    "encoding": _("网站的压缩方式不能识别。"),
    "head": _("网站的答复头没有结尾。"),
    "memory": _("网页占用的内存过多，浏览器已停止。"),
    "method": _("网页要求提交内容；取证只读取，不提交。"),
    "name": _("这个名字不是公共网络上的名字。"),
    "no_address": _("没有读出网址。"),
    "no_browser": _("本机没有安装浏览器（Debian：chromium-headless-shell）。"),
    "no_namespace": _("本机不能把浏览器与网络隔开，所以没有拍图片。"),
    "not_http": _("对方的答复不是网页协议。"),
    "own": _("这是本平台自己的名字。"),
    "port": _("网址用了不常用的端口，设置没有允许。"),
    "redirects": _("网站一再跳转，没有尽头。"),
    "requests": _("网页要求的内容过多。"),
    "root": _("后台程序以 root 身份运行，按设置不拍图片。"),
    "scheme": _("不是 http 或 https 网址。"),
    "size": _("网站的内容过大。"),
    "time": _("网站没有在时限内答复完。"),
    "tls": _("没有能够建立加密连接。"),
    "unknown_name": _("域名没有解析出地址。"),
    "unreachable": _("连接不上网站。"),
}
"""Every reason of `looking.REASONS`, and that the program died, in words."""


class Reason(Line):
    """Why there is nothing, or no picture; said in words."""

    def show(self, value: object) -> str:
        return str(REASONS.get(str(value), value))


RECORD = Line("record", _("记录的摘要（SHA-256）"), required=False, longest=64)
PICTURE = Line("picture", _("图片的摘要（SHA-256）"), required=False, longest=64)
STATUS = Line("status", _("网站答复的状态"), required=False, longest=3)
NO_PICTURE = Reason("no_picture", _("没有图片"), required=False, longest=24)
FAILED = Reason("reason", _("没有取到的原因"), longest=24)


def _site(case: Case) -> str:
    return str(((case.private or {}).get("extra") or {}).get("site") or "")


def can_be_looked_at(context: Context) -> Refusal | None:
    """Evidence is switched on, the case is about an address of the web, and no look is under way."""
    if not settings.EVIDENCE:
        return Refusal("not_allowed", _("本平台没有开启自动取证，请人工截图后作为附件添加。"))
    try:
        scheme = parse(_site(context.case)).scheme
    except BadAddress:
        scheme = ""
    if scheme not in ("http", "https"):
        return Refusal("not_allowed", _("举报的不是网址，不能自动取证。"))
    if (context.case.private or {}).get(LOOKING):
        return Refusal("conflict", _("正在取证，请等它完成。"))
    return None


def asked(context: Context) -> Outcome:
    """A look is under way from now on."""
    return Outcome(set={"private": {**(context.case.private or {}), LOOKING: context.now.isoformat()}})


def ended(context: Context) -> Outcome:
    """No look is under way any more."""
    private = {key: value for key, value in (context.case.private or {}).items() if key != LOOKING}
    return Outcome(set={"private": private})


def remember(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Leaves a row for the worker. In the transaction of the act."""
    from ..models import SiteLook

    SiteLook.objects.bulk_create([SiteLook(case=case, asked_at=act.at) for case, act, _context in rows])


ONCE = _("平台会访问这个网址一次，保存记录和图片。可能是侵害未成年人的内容的，不要取证。")
IN_A_REPORT = _(
    "平台会访问这个网址一次，保存记录和图片。可能是侵害未成年人的内容的，不要取证，请用“移交侵害未成年人线索”。"
)


def edges(
    states: Collection[State], sources: Collection[str], who: frozenset[str] = HANDLERS, confirm: Words = ONCE
) -> tuple[Edge, ...]:
    """The lines: `sources` are the states in which an official can ask, `who` those who may."""
    every = frozenset(state.name for state in states)
    return (
        Edge(
            "take_evidence", frozenset(sources), None, who, _("取证"), _("工作人员对网址取证"), effect=asked,
            guard=can_be_looked_at, quiet=True, tone="info",
            done=_("正在取证，一般不超过两分钟。完成后记录和图片会出现在“办理过程”里。"),
            confirm=confirm,
        ),
        Edge(
            "evidence_taken", every, None, SYSTEM, _("取证完成"), _("网址的取证已经完成"),
            (RECORD, PICTURE, STATUS, NO_PICTURE), effect=ended, quiet=True, button=False, shown="nothing",
            internal=True, tone="success",
        ),
        Edge(
            "evidence_failed", every, None, SYSTEM, _("没有取到证据"), _("网址的取证没有完成"), (FAILED, RECORD),
            effect=ended, quiet=True, button=False, shown="nothing", internal=True, tone="warning",
        ),
    )  # fmt: skip
