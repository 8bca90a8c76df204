"""Deciding: whether a submission can be taken and a step be done, and what it changes. No database.

Pure functions of the table, the case, the actor and the registry; a case is moved on in memory alone. Storing what was
decided: `writer.py`; what it brings about on other cases: `spreading.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from tongban.ledger import bulk
from tongban.ledger import entry as ledger_entry
from tongban.registry.snapshot import NoUnitFound, Snapshot
from tongban.workdays import shanghai_day

from . import access, deadlines, guards, receipts, relations
from .actor import Actor
from .entries import public_entry
from .inputs import Asking, checked
from .models import Act, Case, Notice
from .notices import for_resident
from .procedure import Context, Edge, Outcome, Procedure, procedure_for
from .receipts import Receipt
from .refusal import Refusal
from .relations import Related


@dataclass(frozen=True)
class Submission:
    """What a resident sends; texts as given (NFC).

    `unit` names the unit that has the case: for imports the one that had it then, and where the table's relation says
    `named`. `about` and `part_of` are the numbers of the cases that it belongs to, `inputs` what the opening act asks
    for beside the letter itself.
    """

    kind: str
    matter: str
    place: str
    subject: str
    body: str
    against: str | None = None
    visibility: str = "public"
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    channel: str = "web"
    language: str = "zh-hans"
    source: str | None = None
    draft: str | None = None
    unit: str | None = None
    about: int | None = None
    part_of: int | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def content(self) -> bytes:
        """Canonical bytes of all that was sent, to tell a repeated form from another."""
        parts: list[Any] = [
            self.kind, self.matter, self.place, self.subject, self.body, self.against, self.visibility, self.name,
            self.phone, self.email, self.address, dict(self.extra),
        ]  # fmt: skip
        if self.about is not None or self.inputs:
            parts += [self.about, dict(self.inputs)]
        return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True)
class Step:
    """An act somebody wants to perform. `version` is what their page showed; `nonce` makes a double click one act."""

    act: str
    actor: Actor
    payload: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    nonce: str | None = None
    at: datetime | None = None


@dataclass
class Move:
    """A step that was decided and not yet stored."""

    case: Case
    edge: Edge
    act: Act
    entry: dict[str, Any]
    context: Context
    outcome: Outcome
    notices: list[Notice]


def new_case(
    sent: Submission, receipt: Receipt, registry: Snapshot, now: datetime, related: Related | None = None
) -> Case:
    """The case that a submission opens, before its first act; `related` are the cases that it belongs to.

    Raises Refusal where matter, place or unit is unknown, where the matter has others below it or is not for this kind
    of case, and where a complaint about conduct does not say about whom: it could reach the very people it is about
    (信访工作条例 Art. 30).
    """
    matter = registry.matters.get(sent.matter)
    if matter is None or not matter.active:
        raise Refusal("bad_input", _("没有这个事项，请重新选择。"), "matter")
    if not matter.serves(sent.kind) and not _shared(sent.matter, related):
        raise Refusal("bad_input", _("这个事项不能用来办理这一种件。"), "matter")
    if sent.place not in registry.places:
        raise Refusal("bad_input", _("没有这个行政区划，请重新选择。"), "place")
    if registry.children("matters", sent.matter) and sent.channel != "import":
        raise Refusal("bad_input", _("请选择最下一级的事项。"), "matter")
    if sent.against is not None and sent.against not in registry.units:
        raise Refusal("bad_input", _("没有这个单位，请重新选择。"), "against")
    if matter.conduct and sent.against is None:
        raise Refusal("bad_input", _("反映单位或工作人员行为的事项，须标明被反映的单位。"), "against")
    try:
        route = registry.route(sent.matter, sent.place, shanghai_day(now), sent.against)
    except NoUnitFound:
        raise Refusal("not_yet", _("责任清单还没有任何可以受理的单位，请联系平台管理员。"), "place") from None
    lead = sent.unit if sent.unit and sent.channel == "import" else route.lead
    procedure = procedure_for(sent.kind)
    lead = _routed(sent, procedure, related, registry, now) or lead
    if lead in registry.barred(sent.against):
        raise Refusal("not_allowed", _("这个件反映的就是该单位或其上级，不能交给它办理。"), "unit")
    private = {
        "subject": sent.subject, "body": sent.body, "name": sent.name, "phone": sent.phone, "email": sent.email,
        "address": sent.address, "link": receipts.link_key(receipt.secret).hex(), "extra": dict(sent.extra),
    }  # fmt: skip
    return bulk.fresh(
        Case, kind=sent.kind, code=receipt.code, secret_digest=receipts.digest(receipt.secret), state="",
        matter_id=sent.matter,
        place_id=sent.place, unit_id=lead, against_id=sent.against, visibility=sent.visibility,
        anonymous=not sent.name, channel=sent.channel, language=sent.language, submitted_at=now, step_since=now,
        private=private, source=sent.source, edition=procedure.edition, about_id=sent.about, part_of_id=sent.part_of,
    )  # fmt: skip


def _shared(matter: str, related: Related | None) -> bool:
    """Whether a case that it belongs to has this matter: an appeal is about the matter of what it appeals against."""
    others = (related.about, related.part_of) if related is not None else ()
    return any(other is not None and other.matter_id == matter for other in others)


def _routed(
    sent: Submission, procedure: Procedure, related: Related | None, registry: Snapshot, now: datetime
) -> str | None:
    """The unit that has a case because of what it belongs to. Raises Refusal where it may not belong there."""
    unit = None
    for how, other in (("about", related.about), ("part_of", related.part_of)) if related is not None else ():
        if other is None:
            continue
        relation = relations.relation_of(procedure, other, how)  # type: ignore[arg-type]
        if relation.routed == "named":
            if sent.unit not in registry.units:
                raise Refusal("bad_input", _("没有这个单位，请重新选择。"), "unit")
            unit = sent.unit
        else:
            unit = relations.unit_for(relation, other, registry, shanghai_day(now)) or unit
    if procedure.about and (related is None or related.about is None):
        raise Refusal("bad_input", _("请写明针对的是哪一个件。"), "about")
    return unit


def advance(
    case: Case,
    step: Step,
    procedure: Procedure,
    registry: Snapshot,
    now: datetime,
    assisting: frozenset[str] | None,
    related: Related | None = None,
) -> Move:
    """Decide `step` on `case` and move the case on in memory. Raises Refusal; then `case` is untouched."""
    standing: Mapping[str, access.Post | None] = {step.actor.kind: None}
    if case.state:
        standing = access.standing(step.actor, case, registry, assisting)
    edge = procedure.decide(step.act, case.state, frozenset(standing))
    if step.version is not None and not edge.quiet and step.version != case.version:
        raise Refusal(
            "stale", _("在您打开页面之后，已有其他人办理了这个件。请查看最新情况后再操作，您填写的内容没有丢失。")
        )
    if case.erased_at is not None:
        raise Refusal("wrong_state", _("这个件的内容已经删除，不能再办理。"))
    payload = checked(edge, step.payload, Asking(registry, case, step.actor, now))
    post = next((standing[name] for name in sorted(edge.who) if standing.get(name)), None)
    context = Context(case, step.actor, payload, now, registry, procedure, frozenset(standing), post, related)
    refusal = guards.refusal(edge, context)
    if refusal is not None:
        raise refusal
    return _moved(case, step, edge, edge.effect(context), context, post)


def _moved(
    case: Case, step: Step, edge: Edge, outcome: Outcome, context: Context, post: tuple[str, str] | None
) -> Move:
    procedure, registry, now = context.procedure, context.registry, context.now
    before, unit_before = case.state, case.unit_id
    after = outcome.state or edge.target or case.state
    for name, value in outcome.set.items():
        setattr(case, name, value)
    case.state = after
    if after != before:
        case.step_since = now
        if before and procedure.state(before).paused and not procedure.state(after).paused:
            deadlines.resume(case, procedure, registry, now)
        if procedure.state(after).paused:
            case.paused_at = now
    if not before or outcome.redispatched:
        deadlines.set_answer_due(case, procedure, registry, now)
    if after != before or outcome.redispatched or "answer_due_at" in outcome.set:
        deadlines.set_due(case, procedure, registry)
        case.rung = outcome.set.get("rung", "on_time")
    _set_ends(case, registry, now)
    case.sequence += 1
    if not edge.quiet:
        case.version += 1
    public = {
        item.name: context.payload[item.name]
        for item in edge.inputs
        if not item.private and context.payload.get(item.name) is not None
    }
    public.update(outcome.public, **outcome.kept)
    if case.sequence == 1:  # what the sender chose; the desk may change it later, and the act still says it
        public.update({name: value for name, value in opening_facts(case).items() if value is not None})
    private = {
        item.name: context.payload[item.name]
        for item in edge.inputs
        if item.private and item.stored and context.payload.get(item.name) is not None
    }
    private.update(outcome.private)
    act = bulk.fresh(
        Act, {"case": case}, sequence=case.sequence, act=step.act, actor=step.actor.kind,
        official_id=step.actor.official_id,
        unit_id=post[0] if post else None, role=post[1] if post else "", at=now, state_before=before, state_after=after,
        public=public, private=private or None, salt=ledger_entry.new_seed(), nonce=step.nonce,
    )  # fmt: skip
    act.for_unit = outcome.for_unit or act.unit_id or unit_before or case.unit_id
    row = public_entry(case, act, edge, procedure)
    notices = for_resident(case, edge, procedure, now) if outcome.tell_resident else []
    return Move(case, edge, act, row, context, outcome, notices)


def _set_ends(case: Case, registry: Snapshot, now: datetime) -> None:
    """When the work on the case ended, and until when it is kept: counted from when it is over, not while in force."""
    if case.phase == "work":
        case.closed_at = None
    elif case.closed_at is None:
        case.closed_at = now
    if case.phase != "over":
        case.retain_until = None
    elif case.retain_until is None:
        case.retain_until = shanghai_day(now) + timedelta(days=registry.matters[case.matter_id].retention_days)


def opening_facts(case: Case) -> dict[str, str | None]:
    """What the opening act's public part says of the case besides its effect's own facts."""
    return {"matter": case.matter_id, "place": case.place_id, "against": case.against_id}


def opening_inputs(sent: Submission, procedure: Procedure) -> dict[str, Any]:
    """The inputs of the opening act. History that is imported says so where the table has a place for it."""
    opening = procedure.named("submit")
    imported = sent.channel == "import" and opening is not None and opening.input("imported") is not None
    return {**sent.inputs, **({"imported": True} if imported else {})}
