"""How residents report a site and object to a decision, and what their pages say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Text
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission
from tongban.counter.inputs import CONTACT
from tongban.counter.parts import FollowLink, FollowPanel, InputsStep, MatterStep, SenderWords, Writing
from tongban.registry import snapshot

from .inputs import FOUND, HAPPENED, NUMBER, PICTURES, ROLE
from .whats import titled

WHY = Text(
    "body",
    _("为什么不应当处置"),
    longest=4000,
    hint=_("网站是做什么的，为什么认为处置错了；所有者请写明怎样证明网站是您的。"),
)
CONTACTS = ("name", "phone", "email", "address")


def _root() -> str:
    """The place of the whole deployment: harm on the net has no other."""
    registry = snapshot.current()
    return next(code for code, place in registry.places.items() if place.parent is None)


def _contact(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said.get(name) or "" for name in CONTACTS}


def report(said: Mapping[str, Any]) -> Submission:
    """A report of what was written."""
    harm = snapshot.current().matters[said["matter"]].name
    return Submission(
        "report",
        said["matter"],
        _root(),
        titled(said["found"], harm),
        said["body"],
        visibility="confidential",
        language=said["language"],
        draft=said["draft"],
        inputs={"found": said["found"]},
        **_contact(said),
    )


def objection(said: Mapping[str, Any]) -> Submission:
    """An objection to the decision whose public number was written. Raises Refusal where there is none in force."""
    from . import register

    listed = register.by_number(said["number"])
    case = Case.objects.filter(pk=listed.case_id).first() if listed is not None and listed.case_id else None
    if case is None:
        raise Refusal("bad_input", _("没有这个编号的处置决定。编号写在拦截说明页上。"), "number")
    return Submission(
        "report_objection",
        case.matter_id,
        case.place_id,
        str(_("对处置决定 %(number)s 的申诉")) % {"number": said["number"]},
        said["body"],
        visibility="confidential",
        language=said["language"],
        draft=said["draft"],
        about=case.pk,
        inputs={"role": said["role"]},
        **_contact(said),
    )


PARTS = (
    Writing(
        "report",
        _("举报有害网站"),
        (
            InputsStep(
                "site",
                _("举报什么"),
                _("举报什么"),
                inputs=(FOUND, HAPPENED, PICTURES),
                contact=CONTACT,
                lead=_(
                    "被骗了钱，先打 110 或反诈专线 96110，再来举报。侵害未成年人的内容不要在这里举报，也不要截图："
                    "请用页脚的“举报侵害未成年人的网址”。"
                ),
                reads="tongban.reports.codes:read",
                reads_into="found",
            ),
            MatterStep(
                "matter",
                _("哪一类危害"),
                _("它怎样害人"),
                hint=_("这里只受理下列危害；不受理对看法、信仰、批评和新闻的举报。"),
            ),
        ),
        build=report,
    ),
    Writing(
        "report_objection",
        _("对处置提出申诉"),
        (InputsStep("why", _("申诉"), _("您对哪一个决定有异议"), inputs=(NUMBER, ROLE, WHY), contact=CONTACT),),
        build=objection,
    ),
    SenderWords(
        "report", received=_("举报已收到"), arrived=_("已转到 %(unit)s。"), back=_("回到举报"), open=_("查看举报")
    ),
    SenderWords(
        "report_objection",
        received=_("申诉已收到"),
        arrived=_("由 %(unit)s 审查。"),
        back=_("回到申诉"),
        open=_("查看申诉"),
    ),
    FollowLink(("report_objection",), "tongban.reports.control.pages:links"),
    FollowPanel(("report",), "reports/now.html", "tongban.reports.on_desk:what_to_do", order=10),
)
