"""What the letters' door brings to the counter: how a letter is written, its words on the sender's pages, what it
adds there.

Declarations, and the small functions they name. The counter (`counter/`) has the pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Choice, Files, Line, Text
from tongban.cases.inputs.one import Words
from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.cases.writer import Submission
from tongban.counter.inputs import CONTACT
from tongban.counter.parts import (
    FollowLink,
    FollowPanel,
    InputsStep,
    MatterStep,
    PlaceStep,
    Seen,
    SenderWords,
    Writing,
)
from tongban.desk import booking
from tongban.published import asking
from tongban.published.masking import proposal
from tongban.registry import snapshot

KINDS = ("letter",)
HERE = "tongban.letters.sender"


def build(values: Mapping[str, Any]) -> Submission:
    """A letter of what was written."""
    return Submission(
        "letter",
        values["matter"],
        values["place"],
        values["subject"],
        values["body"],
        against=values["against"],
        visibility=values["visibility"],
        name=values["name"] or "",
        phone=values["phone"] or "",
        email=values["email"] or "",
        address=values["address"] or "",
        language=values["language"],
        draft=values["draft"],
    )


WRITING = Writing(
    kind="letter",
    title=_("写信"),
    steps=(
        MatterStep(
            "matter",
            _("什么事"),
            _("写信：什么事"),
            suggest="tongban.letters.suggest:matters",
            ask_hint=_("我们会帮您找到事项，先看看别人类似的来信和答复。也可以跳过，直接在下面选。"),
            conduct_hint=_("来信由上级单位办理；被反映的单位和它的下级不会办理，也看不到。"),
            none=_("没有找到合适的事项，请在下面选一个；不确定就选“其他”。"),
            becomes="body",
            beside="letters/similar.html",
            beside_context=f"{HERE}:similar_letters",
        ),
        PlaceStep(
            "where",
            _("在哪里"),
            _("问题发生在哪里"),
            hint=_("问题发生的地方。街道和门牌可以写在下一步的来信里。"),
            against_hint=_("这个单位和它的下级不会办理您的来信，也看不到它；来信由上级单位办理。"),
        ),
        InputsStep(
            "text",
            _("写来信"),
            _("发生了什么"),
            inputs=(
                Line("subject", _("标题"), longest=100, hint=_("一句话，例如：青松路路灯一个月不亮。")),
                Text(
                    "body",
                    _("来信内容"),
                    longest=5000,
                    rows=10,
                    few=10,
                    hint=_("什么时候、在哪里、发生了什么、您希望怎样解决。"),
                ),
                Files("files", _("图片或文件"), required=False),
                Choice(
                    "visibility",
                    _("答复后能否公开"),
                    options=(("public", _("可以公开（隐去姓名、号码和门牌）")), ("confidential", _("不公开"))),
                ),
            ),
            contact=CONTACT,
            starts={"visibility": "public"},
            left_open=("visibility",),
            never_hint=_("反映单位或工作人员的来信，本站一律不公开；您的选择会告诉办理单位。"),
        ),
    ),
    unfinished=_("您有一封没写完的信。"),
    saved=_("草稿已保存，七天内用这台设备打开“写信”可以接着写。"),
    send=_("寄出"),
    above=_("（您反映的单位看不到这封信）"),
    build=build,
    public=f"{HERE}:public_form",
    cookie="tongban_draft",
)

WORDS = SenderWords(
    kind="letter",
    back=_("回到来信"),
    received=_("您的来信已经收到"),
    arrived=_("来信已到 %(unit)s。"),
    then=_("您可以随时用查询码和密码查看进展、补充材料、撤回或者评价。"),
    open=_("查看来信"),
    receipt=_("来信回执"),
    qr=_(
        "这个二维码就是打开来信的钥匙，里面有查询码和密码。谁扫了它，谁就能看到您的来信：请不要拍照发给别人，"
        "也不要贴在外面。"
    ),
    looks=_("谁看过我的来信"),
    looks_lead=_("工作人员每次打开您的来信，系统都会记下单位、岗位、时间和目的。这个记录谁也不能改。"),
    data_lead=_("您可以下载本站保存的关于这封来信的全部内容：来信、每一步办理、查看记录和附件。"),
    erased=_("这封来信的个人信息已经删除。"),
    erasing=_("想提前删除，可以在办结后到来信页面“申请删除个人信息”。"),
    awaiting=_("答复时限要等下一年的工作日历公布后计算，会写在来信页面上。"),
    proofs_lead=_(
        "对您的来信做的每一步，都记在一本公开的、只能往后添的台账上。台账上没有您的姓名和内容，只有一个封条；凭回执，"
        "您可以向任何人证明当时写了什么、答了什么，谁也不能事后改动。"
    ),
    proofs_keep=_("回执文件里有来信和答复的原文，请像保管信件一样保管。"),
    acts={
        "ask_erasure": _(
            "已办结来信的个人信息到期会自动删除。提前删除由两位工作人员审核，并且要等复查、复核的申请期限届满；"
            "删除后只留下办理过程的记录，不能恢复。"
        )
    },
    now=f"{HERE}:now",
    file="letter.json",
    written="letter",
)

PARTS = (
    WRITING,
    WORDS,
    FollowLink(KINDS, f"{HERE}:links"),
    FollowPanel(KINDS, "letters/asked.html", f"{HERE}:asked", 5),
    FollowPanel(KINDS, "letters/booked.html", f"{HERE}:booked", 10),
)


def public_form(values: Mapping[str, Any]) -> Seen | None:
    """The letter as others would see it: masked by the finders that propose the public text to the official."""
    registry = snapshot.current()
    if values["visibility"] != "public" or values["against"] or not registry.matters[values["matter"]].publishable:
        return None
    texts = {name: values.get(name) or "" for name in ("subject", "body")}
    found = proposal(texts, values.get("name") or "")
    return Seen(found.subject, found.body, found.masked)


NEXT: Mapping[str, Words] = {
    "submitted": _("%(unit)s会把信转给负责的单位。"),
    "dispatched": _("等%(unit)s受理，受理后由它给您答复。"),
    "returned": _("%(unit)s会另找负责的单位。"),
    "disputed": _("由%(unit)s确定哪个单位办理。"),
    "accepted": _("%(unit)s办好后答复您，不用您做什么。"),
    "waiting": _("请在下面补充。补充以后，%(unit)s接着办理。"),
    "drafted": _("%(unit)s复核后就把答复发给您。"),
    "refused": _("理由和您可以走的其他途径，写在下面的告知里。"),
    "withdrawn": _("单位不再办理。需要时可以另写一封。"),
    "under_review": _("%(unit)s正在复查，作出意见后告诉您。"),
    "under_recheck": _("%(unit)s正在复核，作出意见后告诉您。"),
}
"""What comes next in a state, and who owes it."""


def now(case: Case, can: Sequence[Edge]) -> tuple[str, str]:
    """The banner's words where they depend on more than the state: on whether the sender has rated, and can still ask
    for a review."""
    acts = {edge.act for edge in can}
    if case.state in NEXT:
        return "", str(NEXT[case.state])
    state, steps = "", []
    if case.grade is not None and case.state in ("answered", "closed"):
        state = gettext("单位已经答复，您也评价过了")
    if "rate" in acts:
        steps.append(gettext("请您评价：满意不满意，都请告诉我们。"))
    if "ask_review" in acts:
        steps.append(gettext("对答复不服的，可以申请由上级单位复查。"))
    if "ask_recheck" in acts:
        steps.append(gettext("对复查意见不服的，可以申请复核。"))
    if not steps and case.phase == "over":
        steps.append(gettext("这封信已经办完，不用您做什么。"))
    return state, "".join(steps)


def similar_letters(about: str) -> dict[str, Any]:
    """Published letters about what was typed."""
    from tongban.published.asked import answers

    return {"similar": [row for row in answers(about) if row.kind == "letter"]}


def links(case: Case, can: list[Edge]) -> list[tuple[str, str]]:
    """The letter's public page."""
    found = []
    page = getattr(case, "public_page", None) if case.published else None
    if page is not None:
        found.append((reverse("letters:letter", args=[page.slug]), gettext("公开的页面")))
    return found


def booked(case: Case, can: list[Edge]) -> dict[str, Any] | None:
    """The reception that is booked for a letter, or that one can be."""
    found = booking.shown(case, snapshot.current())
    if not (found["mine"] or found["can_book"]):
        return None
    book, ics = (reverse(f"letters:{name}", args=[case.code]) for name in ("book", "reception_file"))
    return {**found, "book": book, "ics": ics}


def asked(case: Case, can: list[Edge]) -> dict[str, Any] | None:
    """The text that will be public, where the sender is asked about it."""
    found = asking.question(case, can)
    if found is None:
        return None
    where = {
        name: reverse("counter:act", args=[case.code, one.edge.act])
        for name, one in (("agree_to", found.agree), ("refuse_to", found.refuse))
    }
    return {"asked": found, **where}
