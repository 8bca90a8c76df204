"""Why an act of this door cannot be done now: the guards that its tables name. Pure, but for the lists in memory."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.procedure import Context
from tongban.cases.refusal import Refusal
from tongban.webaddr import BadAddress

from . import lists, whats
from .guarding import Judgement, Reason, Target, judged, target
from .harms import harms

SITE, IN_REGISTER = _("举报的网址"), _("公开登记")
NO_SITE, BY_REPORTER, CONTROL = _("举报的不是网址"), _("可信举报人"), _("网站由谁控制")
LOOKS = _("自动取证")
NOT_IN_FORCE = _("这个处置没有在执行。")
WHY: dict[Reason, object] = {
    "ip": _("不能处置 IP 地址：一个地址上可能有上万个无关的网站。请转交给接入服务商所在地的机关。"),
    "public_suffix": _("这是公共后缀或很多人共用的名字，处置它会挡住所有用它的网站。"),
    "protected": _("“%(near)s”在保护名单上（政府、教育、医疗、应急和网络基础设施），不能处置。"),
    "shared": _("“%(near)s”下面有很多别人的网站和文件，只能处置具体网址，不能处置整个名字。"),
    "popular": _("“%(near)s”是很多人在用的网站，这类情形只能处置具体网址。"),
    "bare": _("这是共用网站的首页，处置它就等于处置整个网站。请写具体的网址。"),
}


def judgement(context: Context, wanted: Target) -> Judgement:
    """What the guards say of listing `wanted` for the harm of this case."""
    return judged(wanted, harms()[context.case.matter_id], lists.current())


def can_be_listed(context: Context) -> Refusal | None:
    """A report without an address can be referred alone; with one, the guards against blocking too much decide how far
    it can go."""
    from .effects import site_of, what_of

    site = site_of(context.case)
    if not site:
        return Refusal("not_allowed", whats.WHY[what_of(context.case).sort])
    if context.case.matter_id not in harms():
        return Refusal("not_allowed", _("这一类事项没有可以依据的法律条文，不能处置。"))
    scope = context.payload.get("scope")
    if scope is None:
        return None
    unseen = masking_unseen(context, site)
    if unseen is not None:
        return unseen
    basis = context.payload.get("basis")
    if basis is not None and basis not in harms()[context.case.matter_id].basis:
        return Refusal("bad_input", _("这一条不是这类危害的法律依据。"), "basis")
    try:
        found = judgement(context, target(site, scope))
    except BadAddress:
        return Refusal("not_allowed", whats.WHY["message"])
    if found.refused is not None:
        return Refusal("bad_input", WHY[found.refused] % {"near": found.near}, "scope")  # type: ignore[operator]
    return None


def masking_unseen(context: Context, site: str) -> Refusal | None:
    """Where something is hidden in the public statement, whoever decides sees first what will be read."""
    from .statement import publishable

    said = str(context.payload.get("statement") or "")
    if not said or context.payload.get("masked"):
        return None
    try:
        shown = publishable(said, target(site, "url"))
    except BadAddress:
        return None
    if not shown.hidden:
        return None
    words = _("公开的会是：“%(text)s”。隐去了：%(hidden)s。请改写，或者勾选“公开的说明里要隐去的，我看过了”。")
    return Refusal("bad_input", words % {"text": shown.text, "hidden": "、".join(shown.hidden_words)}, "statement")


def can_be_renewed(context: Context) -> Refusal | None:
    """Another person decides anew, has seen what is hidden in the statement, and the guards are asked as they are now:
    a name that has become one that many use is not renewed."""
    from .effects import site_of, target_of

    refused = another_person(context) or masking_unseen(context, site_of(context.case))
    if refused is not None or context.case.matter_id not in harms():
        return refused
    found = judgement(context, target_of(context.case))
    if found.refused is not None:
        return Refusal("not_allowed", WHY[found.refused] % {"near": found.near})  # type: ignore[operator]
    return None


def another_person(context: Context) -> Refusal | None:
    """Whoever decided cannot be the second person as well."""
    from .effects import decision

    if decision(context.case).get("decided_by") == context.actor.official_id:
        return Refusal("not_allowed", _("须由另一位工作人员决定。"))
    return None


def not_objected(context: Context) -> Refusal | None:
    """While an objection is examined, what was suspended stays so; whoever decides on it brings it back."""
    if context.actor.kind == "system":
        return None
    about = context.related.those_about if context.related is not None else ()
    if any(one.kind == "report_objection" and one.is_open for one in about):
        return Refusal("not_allowed", _("申诉还在审查中。"))
    return None
