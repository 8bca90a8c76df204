"""How a bundle is written, begun and shown: one set of questions for all of its items, one page of progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.procedure import Edge, procedure_of
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, Submission, perform
from tongban.counter.parts import FollowPanel, InputsStep, MatterStep, PlaceStep, SenderWords, Writing
from tongban.registry import snapshot
from tongban.registry.names import listed, matter_name, unit_name

from . import bundled, promises, questions, reading, writing
from .rules import sent
from .sources import acting, prefilling


def bundle(said: Mapping[str, Any]) -> Submission:
    """A bundle of what was written; what came from registers stands in its place. It keeps which items it was sent for
    and which form each had: what the catalogue adds later is not begun with it."""
    said = prefilling.with_registers(said)
    matter, place = said["matter"], said["place"]
    if matter not in reading.current().bundles:
        raise Refusal("bad_input", _("这个事项现在不能申请。"), "matter")
    facts = bundled.facts_told(said)
    items = bundled.items_of(matter, facts, place)
    promised = bundled.promised(said, items)
    if promised and promises.barred(said.get("id_number") or ""):
        names = listed(_quoted(one) for one in promised)
        raise Refusal(
            "not_allowed",
            _("以前的承诺不属实，现在不能采用告知承诺：%(items)s。请回到“告知承诺”一页取消选择，提交材料申请。")
            % {"items": names},
            f"{bundled.PROMISED}{promised[0]}",
        )
    contact: dict[str, Any] = {name: said.get(name) or "" for name in writing.CONTACTS}
    return Submission(
        "bundle",
        matter,
        place,
        snapshot.current().matters[matter].name[:60],
        "",
        visibility="confidential",
        language=said["language"],
        draft=said["draft"],
        channel="counter" if said.get("client") else "web",
        extra={
            "facts": questions.plain(facts),
            "id_number": said.get("id_number") or "",
            "items": list(items),
            "forms": {one: questions.form_sent(one) for one in items},
            **({"promised": list(promised)} if promised else {}),
            **prefilling.record(said, facts),
            **acting.record(said),
        },
        **contact,
    )


def _quoted(item: str) -> str:
    return gettext("“%(name)s”") % {"name": matter_name(item)}


def sent_in(case: Case) -> None:
    """What follows once a bundle is there (`Writing.after`): registers' answers are its own, its parts begin."""
    prefilling.attach(case)
    begin(case)


def begin(case: Case) -> None:
    """Open the first parts, with the files they need. What is not begun here the worker begins."""
    try:
        perform(case.pk, Step("begin", SYSTEM))
    except Refusal:  # the worker was quicker
        return


def begin_waiting(batch: int = 100) -> int:
    """Begin the bundles that nobody has begun yet; returns how many. For the worker."""
    waiting = list(Case.objects.filter(kind="bundle", state="begun", phase="work").order_by("pk")[:batch])
    for case in waiting:
        begin(case)
    return len(waiting)


def progress(case: Case, acts: Sequence[Edge]) -> dict[str, Any] | None:
    """Each step: with whom, how it stands; those that wait, and for what."""
    parts = {part.matter_id: part for part in Case.objects.filter(part_of=case, kind="application").order_by("pk")}
    facts = questions.read_facts(sent(case).get("facts") or {})
    rows, sent_for = [], sent(case).get("items")
    for step in reading.current().bundles.get(case.matter_id, ()):
        part = parts.get(step.matter_id)
        if part is None and reading.when_holds(step.when, facts, case.place_id) is False:
            continue
        if part is None and sent_for is not None and step.matter_id not in sent_for:
            continue
        waits = listed(matter_name(code) for code in step.after)
        rows.append(
            {
                "name": matter_name(step.matter_id),
                "code": part.code if part is not None else "",
                "unit": unit_name(part.unit_id) if part is not None else "",
                "state": str(procedure_of(part).state(part.state).plain) if part is not None else "",
                "tone": procedure_of(part).state(part.state).tone if part is not None else "neutral",
                "due": part.answer_due_at if part is not None and part.phase == "work" else None,
                "waits": gettext("等“%(names)s”办好以后再办") % {"names": waits} if waits else "",
            }
        )
    return {"rows": rows} if rows else None


def whole_of(case: Case, acts: Sequence[Edge]) -> dict[str, Any] | None:
    """The way back from a part to its bundle; and whether the promise that was chosen for it cannot be had any more."""
    whole = case.part_of if case.part_of_id else None
    if whole is None or whole.kind != "bundle":
        return None
    dropped = bool(sent(case).get("promise_dropped"))
    return {"code": whole.code, "name": matter_name(whole.matter_id), "promise_dropped": dropped}


HERE = "tongban.services.bundles"
PARTS = (
    Writing(
        "bundle",
        _("一件事，一次办"),
        (
            MatterStep("item", _("办什么"), _("您遇到了什么事"), hint=_("每件事里的几个事项一起办，只填一次。")),
            PlaceStep("place", _("在哪里"), _("在哪里办"), hint=_("您居住或者经营的地方。")),
            InputsStep(
                "applicant",
                _("申请人"),
                _("申请人是谁"),
                inputs=(*writing.APPLICANT[:2], writing.Declaration("declared", writing.DECLARED)),
                contact=writing.APPLICANT[2:],
            ),
        ),
        build=bundle,
        after=f"{HERE}:sent_in",
        unfolds="tongban.services.sources.prefilling:steps",
        unfolds_after="place",
        keeps=(prefilling.KEPT, *prefilling.ACTS_FOR),
        sender="tongban.services.sources.acting:opener",
        doubts="tongban.services.bundled:doubts",
        wrong="tongban.services.schema:wrong_answers",
        moved="tongban.services.designing.bundle_versions:moved",
    ),
    SenderWords(
        "bundle",
        received=_("申请已收到"),
        arrived=_("每一项由负责的单位办理，在一个页面上看全部进展。"),
        back=_("回到一件事"),
        open=_("查看进展"),
        **writing.DECIDING,
    ),
    FollowPanel(("bundle",), "services/progress.html", f"{HERE}:progress", order=5),
    FollowPanel(("application",), "services/whole.html", f"{HERE}:whole_of", order=5),
)
