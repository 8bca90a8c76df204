"""What the law wants in writing (行政许可法 Arts 32, 38, 45): each step that has to be told is a document with its
number, its reasons and what can be done against it, as PDF, for whoever holds the case's secret.

A document is made from the act when it is asked for; what it says is what the ledger's entry commits to. It carries no
seal: the city's own port for the layout and seal of the state stands beside (docs/rooms/services.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases import story
from tongban.cases.inputs.one import Words
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Edge, procedure_of
from tongban.cases.receipts import grouped
from tongban.counter.paper import letter
from tongban.counter.parts import FollowLink
from tongban.counter.proven import proven_case
from tongban.gate.allow import allows
from tongban.registry.names import matter_name, unit_name

from . import reading
from .inputs import GROUND


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: its title, its first sentence (with `%(matter)s`, `%(sent)s`), whether remedies follow."""

    title: Words
    opens: Words
    remedies: Words = ""
    """What can be done against it; empty where it decides nothing."""


REMEDIES = gettext_lazy(
    "对本决定不服的，可以自收到之日起六十日内申请行政复议，也可以自收到之日起六个月内直接向人民法院提起行政诉讼；"
    "也可以在本站请上级单位复查，复查不影响复议和诉讼的期限。"
)
"""行政复议法 (2023) Art. 20; 行政诉讼法 (2017) Art. 46 [M]: of general knowledge, to be checked by the city."""
OF_OTHERS = gettext_lazy(
    "认为这个决定侵犯您的合法权益的，可以自知道之日起六十日内申请行政复议，"
    "也可以自知道之日起六个月内直接向人民法院提起行政诉讼。"
)
"""The same for interested parties, who have no review on this site: the application is not theirs."""
KINDS: Mapping[str, Kind] = {
    "accept": Kind(gettext_lazy("受理通知书"), gettext_lazy("您于%(sent)s提出的“%(matter)s”申请，本单位决定受理。")),
    "deem_accepted": Kind(
        gettext_lazy("受理通知书"),
        gettext_lazy(
            "您于%(sent)s提出的“%(matter)s”申请，本单位没有在五个工作日内告知补正，依法自收到之日起即为受理。"
        ),
    ),
    "tell_missing": Kind(
        gettext_lazy("补正通知书"),
        gettext_lazy("您于%(sent)s提出的“%(matter)s”申请，需要补正下列全部内容，今后不再要求补正其他内容："),
    ),
    "not_accept": Kind(
        gettext_lazy("不予受理决定书"),
        gettext_lazy("您于%(sent)s提出的“%(matter)s”申请，本单位决定不予受理，理由如下："),
        REMEDIES,
    ),
    "set_aside": Kind(
        gettext_lazy("特别程序告知书"),
        gettext_lazy("办理您的“%(matter)s”申请需要进行%(ground)s，预计到%(expected)s，所需时间不计入办理时限："),
    ),
    "appoint": Kind(gettext_lazy("时间地点通知书"), gettext_lazy("办理您的“%(matter)s”申请，约定下列时间和地点：")),
    "tell_hearing": Kind(
        gettext_lazy("听证权利告知书"),
        gettext_lazy(
            "您的“%(matter)s”申请，在作出决定以前，您有要求听证的权利；要求听证的，请最晚在%(until)s提出，不收费用："
        ),
    ),
    "extend": Kind(
        gettext_lazy("延长期限告知书"),
        gettext_lazy("您的“%(matter)s”申请，经本单位负责人批准延长办理期限，理由如下："),
    ),
    "grant": Kind(gettext_lazy("准予决定书"), gettext_lazy("您于%(sent)s提出的“%(matter)s”申请，本单位决定准予：")),
    "grant_in_part": Kind(
        gettext_lazy("部分准予决定书"),
        gettext_lazy("您于%(sent)s提出的“%(matter)s”申请，本单位决定部分准予，理由如下："),
        REMEDIES,
    ),
    "refuse": Kind(
        gettext_lazy("不予批准决定书"),
        gettext_lazy("您于%(sent)s提出的“%(matter)s”申请，本单位决定不予批准，理由如下："),
        REMEDIES,
    ),
    "suspend": Kind(
        gettext_lazy("暂扣决定书"), gettext_lazy("本单位决定暂扣对您的“%(matter)s”申请的批准，理由如下："), REMEDIES
    ),
    "check_promise": Kind(
        gettext_lazy("撤销决定书"),
        gettext_lazy(
            "您于%(sent)s提出的“%(matter)s”申请，是按您的承诺批准的。经核查，承诺与事实不符，"
            "依据%(basis)s，本单位决定撤销批准。核查的事实和理由如下："
        ),
        REMEDIES,
    ),
    "revoke": Kind(
        gettext_lazy("撤销决定书"), gettext_lazy("本单位决定撤销对您的“%(matter)s”申请的批准，理由如下："), REMEDIES
    ),
    "party_asked": Kind(
        gettext_lazy("特别程序告知书"),
        gettext_lazy("您的“%(matter)s”申请，有利害关系人要求听证，预计到%(expected)s，所需时间不计入办理时限。"),
    ),
    "told_hearing": Kind(
        gettext_lazy("听证通知书"),
        gettext_lazy(
            "本单位就“%(matter)s”申请举行听证，时间、地点和主持人如下；认为主持人有直接利害关系的，可以申请回避："
        ),
    ),
    "tell_granted": Kind(
        gettext_lazy("决定告知书"),
        gettext_lazy("本单位于%(sent)s告知您的“%(matter)s”申请，本单位决定准予。"),
        OF_OTHERS,
    ),
    "tell_part": Kind(
        gettext_lazy("决定告知书"),
        gettext_lazy("本单位于%(sent)s告知您的“%(matter)s”申请，本单位决定部分准予。"),
        OF_OTHERS,
    ),
    "tell_refused": Kind(
        gettext_lazy("决定告知书"),
        gettext_lazy("本单位于%(sent)s告知您的“%(matter)s”申请，本单位决定不予批准。"),
        OF_OTHERS,
    ),
}
OF = ("application", "interested")
"""The kinds of case that have documents."""


def made(case: Case, act: Act) -> bytes:
    """The document of an act. KeyError where its kind has none."""
    who = case.sender or (_("申请人") if case.kind == "application" else _("利害关系人"))
    signed = (unit_name(act.unit_id or case.unit_id), date_format(timezone.localdate(act.at)))
    return letter(str(KINDS[act.act].title), f"{grouped(case.code)}-{act.sequence}", f"{who}：", words(act), signed)


def words(act: Act) -> list[str]:
    """What a document says, paragraph by paragraph."""
    kind, said, case = KINDS[act.act], dict(act.public), act.case
    expected = said.get("expected")
    facts = {
        "matter": matter_name(case.matter_id),
        "sent": date_format(timezone.localdate(case.submitted_at)),
        "ground": GROUND.show(said["ground"]) if said.get("ground") else "",
        "expected": expected or _("何时待定"),
        "until": said.get("until") or _("告知之日起第五个工作日"),
        "basis": _basis_of_revoking(case),
    }
    paragraphs = [str(kind.opens) % facts]
    if act.text and act.act in ("tell_granted", "tell_part", "tell_refused"):
        paragraphs.append(_("对利害关系人的意见，本单位这样考虑："))
    paragraphs += act.text.split("\n") if act.text else []
    line = procedure_of(case).named(act.act)
    if line is not None and act.act in ("appoint", "told_hearing"):
        paragraphs += story.lines_for_sender(line, act)
    if said.get("until") and act.act in ("grant", "grant_in_part"):
        paragraphs.append(_("有效期到 %(day)s。") % {"day": said["until"]})
    if kind.remedies:
        paragraphs.append(str(kind.remedies))
    paragraphs.append(
        _("本文书的内容记在公开台账上，可以在 %(address)s 核对。")
        % {"address": f"{settings.ORIGIN}{reverse('ledger_pages:check')}"}
    )
    return paragraphs


def _basis_of_revoking(case: Case) -> str:
    """On what a decision that stood on a false promise is revoked: of a licence by law, of others by the promise."""
    item = reading.current().items.get(case.matter_id)
    if item is not None and item.type == "license":
        return _("《优化营商环境条例》第四十条、《行政许可法》第六十九条")
    return _("您作出的承诺和告知的承诺不实的后果")


def told_in_writing(case: Case) -> QuerySet[Act]:
    """The acts of a case that have a document; of a checked promise only that it was false and ended the decision."""
    false = Q(act="check_promise", state_after="revoked")
    return Act.objects.filter(~Q(act="check_promise") | false, case=case, act__in=KINDS)


@allows("resident")
def document(request: HttpRequest, code: str, sequence: int) -> HttpResponse:
    """The document of one act, as PDF, for whoever has shown the case's secret."""
    case = proven_case(request, code)
    act = told_in_writing(case).filter(sequence=sequence).first()
    if case.kind not in OF or case.erased_at is not None or act is None:
        raise Http404
    response = HttpResponse(made(case, act), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{case.code}-{act.sequence}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def links(case: Case, can: Sequence[Edge]) -> list[tuple[str, str]]:
    """The documents of an application, or of an interested party, the newest first."""
    if case.erased_at is not None:
        return []
    acts = told_in_writing(case).only("act", "sequence", "at", "case").order_by("-sequence")
    return [
        (
            reverse("services:document", args=[case.code, act.sequence]),
            _("%(title)s（%(day)s）") % {"title": KINDS[act.act].title, "day": date_format(timezone.localdate(act.at))},
        )
        for act in acts
    ]


PARTS = (FollowLink(OF, "tongban.services.documents:links", 20),)
