"""The table of a bundle (一件事): several items of one event of life, told once; each step is an application of its
own, some wait for others (国办发〔2024〕3号). Whoever holds the bundle's secret is the sender of its parts;
the units of the parts see their own part alone.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases import standard
from tongban.cases.models import Case
from tongban.cases.procedure import Context, Edge, Group, Outcome, Procedure, State
from tongban.cases.relations import Opening
from tongban.cases.standings import SYSTEM

from . import bundled, effects, promises, questions, reading, stored
from .procedure import OPENERS
from .rules import sent
from .sources import mandated, prefilling
from .sources.notes import under_opening

STATES = (
    State("begun", _("正在分办"), _("已收到，正在转给各个单位"), tone="info", group="running"),
    State("running", _("办理中"), _("几个单位正在办理"), tone="info", group="running"),
    State("done", _("已办完"), _("都已经办完"), "over", tone="success", group="done"),
)
GOOD = frozenset({"granted", "in_force"})


def going(parts: tuple[Case, ...]) -> bool:
    """Whether a part is still worked on."""
    return any(part.phase == "work" for part in parts)


def openings(context: Context, parts: tuple[Case, ...]) -> tuple[Opening, ...]:
    """The steps that can begin now: sent for, asked for by the facts, not begun, and everything that they come after
    granted."""
    case = context.case
    said = sent(case)
    facts = questions.read_facts(said.get("facts") or {})
    begun = {part.matter_id for part in parts}
    granted = {part.matter_id for part in parts if part.state in GOOD}
    steps = reading.current().bundles.get(case.matter_id, ())
    wanted = {step.matter_id for step in steps if reading.when_holds(step.when, facts, case.place_id) is not False}
    if said.get("items") is not None:
        wanted &= set(said["items"])
    return tuple(
        _opening(context, step.matter_id, said)
        for step in steps
        if step.matter_id in wanted - begun and set(step.after) & wanted <= granted
    )


def _opening(context: Context, matter: str, said: dict[str, Any]) -> Opening:
    """A part: of what was told, and of what registers gave, it gets what its own form asks for, and no more. Who wrote
    it for the applicant, and a promise that was chosen for this item, stand in it as in an application of its own."""
    facts = bundled.given_to(matter, questions.read_facts(said.get("facts") or {}), context.case.place_id)
    item = reading.current().items[matter]
    chosen = matter in (said.get("promised") or ())
    promised = chosen and item.by_promise and not promises.barred(str(said.get("id_number") or ""))
    extra = {
        "facts": facts,
        "id_number": said.get("id_number") or "",
        "item": item.since.isoformat(),
        **({"promised": True} if promised else {"promise_dropped": True} if chosen else {}),
        **((said.get("forms") or {}).get(matter) or questions.form_sent(matter)),
        **questions.papers_sent(matter, questions.read_facts(facts), context.case.place_id),
        **prefilling.handed_on(said, matter),
        **({"valid_months": item.valid_months} if item.valid_months else {}),
        **({"typed": said["typed"]} if said.get("typed") else {}),
    }
    private = context.case.private or {}
    sender = {name: str(private.get(name) or "") for name in ("name", "phone", "email", "address")}
    inputs = {"promised": True} if promised else {}
    return Opening("application", "", item.matter.name[:60], "", extra, matter, sender, inputs)


def begun(context: Context) -> Outcome:
    """The first steps begin, all at the same time."""
    return _moved(context)


def moved(context: Context) -> Outcome:
    """A step was decided: what waited for it begins; when nothing is left the bundle is done."""
    return _moved(context)


def _moved(context: Context) -> Outcome:
    parts = context.related.parts if context.related is not None else ()
    opens = openings(context, parts)
    return Outcome(state="running" if opens or going(parts) else "done", opens=opens)


BUNDLE = Procedure(
    "bundle", _("一件事"), STATES,
    (
        Edge("submit", frozenset({""}), "begun", OPENERS, _("提交"), _("您提交了申请"), effect=effects.submitted,
             tone="info", noted=under_opening),
        Edge("begin", frozenset({"begun"}), "running", SYSTEM, _("分办"), _("已转给各个单位"), effect=begun,
             by_effect=frozenset({"done"}), button=False),
        Edge("part_moved", frozenset({"running"}), "done", SYSTEM, _("一个事项有了结果"), _("一个事项有了结果"),
             effect=moved, by_effect=frozenset({"running"}), quiet=True, button=False),
        standard.rating({"done"}),
        standard.noting(STATES),
        mandated.line(STATES),
        *standard.house(STATES),
        *standard.erasing(STATES),
    ),
    initial="begun", answer_step="bundle", limit_label=_("办理时限"), follow="/follow/",
    groups=(Group("running", _("办理中")), Group("done", _("已办完"))),
    stored={"submit": mandated.kept, "begin": stored.files_handed_on, "part_moved": stored.files_handed_on},
    recovers=mandated.recovers,
)  # fmt: skip
