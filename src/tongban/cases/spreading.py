"""What one act brings about on other cases: merged ones, the one it is about or part of, its parts, and new parts.

Everything is decided here and stored by `writer.py` with the act itself, in one transaction: all of it or nothing.
Cases are locked from the whole to its parts, whoever begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import receipts, relations
from .actor import SYSTEM, Actor
from .deciding import Move, Step, Submission, advance, new_case
from .models import Act, Case
from .procedure import Edge, procedure_for, procedure_of
from .refusal import Refusal
from .relations import Opening, Related

DEEPEST = 4
"""So many acts may follow from one another; a table that goes on and on is wrong."""


@dataclass
class Spread:
    """The moves that follow from a step: on cases that are there, and the openings of new ones."""

    moves: list[Move] = field(default_factory=list)
    openings: list[Move] = field(default_factory=list)


def lock_above(case_id: int) -> None:
    """Lock the cases that this one is about or part of, before it is locked itself."""
    if not relations.any_relation():
        return
    above = Case.objects.filter(pk=case_id).values_list("about_id", "part_of_id").first() or ()
    wanted = sorted({pk for pk in above if pk is not None})
    if wanted:
        list(Case.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))


def belonging(sent: Submission, actor: Actor) -> Related | None:
    """The cases that a submission belongs to, locked. Raises Refusal where they are not there, or not this sender's to
    name."""
    if sent.about is None and sent.part_of is None:
        return None
    wanted = sorted({pk for pk in (sent.about, sent.part_of) if pk is not None})
    found = {case.pk: case for case in Case.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if len(found) < len(wanted):
        raise Refusal("not_found", _("没有找到这个件。"), "about")
    procedure = procedure_for(sent.kind)
    for how, pk in (("about", sent.about), ("part_of", sent.part_of)):
        if pk is None:
            continue
        relation = relations.relation_of(procedure, found[pk], how)  # type: ignore[arg-type]
        sender = actor.kind == "system" or (actor.kind == "resident" and actor.case_id == pk)
        if (relation.opener == "sender" and not sender) or (relation.opener == "kernel" and actor.kind != "system"):
            raise Refusal("not_found", _("没有找到这个件。"), how)
    return Related(found.get(sent.about or 0), found.get(sent.part_of or 0))


def from_opening(move: Move, related: Related | None) -> list[Move]:
    """What the opening of a case brings about on the cases that it belongs to."""
    if related is None:
        return []
    known = {case.pk: case for case in (related.about, related.part_of) if case is not None}
    return _brought(move, related, known, 1)


def from_step(move: Move, step: Step) -> Spread:
    """What a step brings about: on merged cases, on related ones, and the parts that it opens."""
    found = Spread(_followers(move, step))
    related = move.context.related
    if related is not None:
        known = {move.case.pk: move.case, **{one.case.pk: one.case for one in found.moves}}
        found.moves += _brought(move, related, known, 1)
    for one in (move, *found.moves):
        opens = one.outcome.opens
        found.openings += [_opened(one, opening, len(found.openings) + number) for number, opening in enumerate(opens)]
    return found


def _followers(move: Move, step: Step) -> list[Move]:
    """What the table says is done with every case merged into this one: so every sender gets the answer, and a
    correction."""
    procedure, context = move.context.procedure, move.context
    parting = move.outcome.set.get("against_id") is not None
    line = procedure.named(step.act)
    name = procedure.parting if parting else line.with_merged if line is not None else None
    edge = procedure.named(name) if name else None
    if edge is None:
        return []
    found: list[Move] = []
    group = Case.objects.select_for_update().filter(lead_case=move.case, state__in=edge.sources, erased_at__isnull=True)
    for merged in group.order_by("pk"):
        if not parting and merged.against_id != move.case.against_id:
            continue  # they parted; what is done with a case about a unit's conduct is no longer for the others
        inner = Step(edge.act, SYSTEM, _shared_inputs(move.act, edge))
        found.append(advance(merged, inner, procedure_of(merged), context.registry, context.now, frozenset()))
    return found


def _brought(move: Move, related: Related, known: dict[int, Case], depth: int) -> list[Move]:
    """The acts of the line's `brings`, and what follows from them in turn. Raises Refusal where one has to be done and
    cannot be."""
    if depth > DEEPEST:
        raise ValueError(f"{move.case.kind}: {move.act.act} brings about acts without end")
    found: list[Move] = []
    for brings in move.edge.brings:
        for target in related.at(brings.to):
            found += _one(move, brings, target, known, depth)
    return found


def _one(move: Move, brings: relations.Brings, target: Case, known: dict[int, Case], depth: int) -> list[Move]:
    case = known.get(target.pk)
    if case is None:
        case = known[target.pk] = Case.objects.select_for_update().get(pk=target.pk)
    procedure, context = procedure_of(case), move.context
    line = procedure.edge(brings.act, case.state)
    step = Step(brings.act, SYSTEM, _shared_inputs(move.act, line) if line is not None else {})
    around = relations.related_to(case, known)
    try:
        done = advance(case, step, procedure, context.registry, context.now, None, around)
    except Refusal:
        if brings.when == "possible":
            return []
        raise
    return [done, *(_brought(done, around, known, depth + 1) if around is not None else [])]


def _opened(move: Move, opening: Opening, number: int) -> Move:
    """A new part of the case, opened by the system. Nobody holds its secret: its sender is the whole."""
    whole, context = move.case, move.context
    procedure = procedure_for(opening.kind)
    contact: dict[str, Any] = dict(opening.sender)
    sent = Submission(
        opening.kind, opening.matter or whole.matter_id, whole.place_id, opening.subject, opening.body,
        against=whole.against_id, visibility="confidential", channel="part",
        language=opening.language or whole.language,
        unit=opening.unit or None, part_of=whole.pk, extra=opening.extra, inputs=opening.inputs, **contact,
    )  # fmt: skip
    related = Related(part_of=whole)
    receipt = receipts.issue(None, sent.content() + bytes([number % 256]))
    case = new_case(sent, receipt, context.registry, context.now, related)
    step = Step("submit", SYSTEM, opening.inputs)
    return advance(case, step, procedure, context.registry, context.now, frozenset(), related)


def _shared_inputs(act: Act, edge: Edge) -> Mapping[str, Any]:
    """What both acts ask for, as the first one was given it."""
    said = {item.name: (act.private or {}).get(item.name, act.public.get(item.name)) for item in edge.inputs}
    return {name: value for name, value in said.items() if value is not None}
