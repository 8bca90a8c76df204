"""The way of one act: the only code that writes to cases.

`submit` opens a case, `perform` takes the next step on one, `submit_many` brings whole histories in. All go the same
way: the procedure decides (pure, `deciding.py`), the effect says what changes (pure), and one transaction stores the
act, moves the projection on and queues the ledger's entry. Nothing else in the house writes to Case or Act; a test sees
to it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.ledger import bulk
from tongban.ledger.queue import enqueue, queued
from tongban.registry import snapshot

from . import attachments, barring, people, receipts, relations, spreading, wiping
from .actor import Actor
from .deciding import Move, Step, Submission, advance, new_case, opening_inputs
from .inputs import Colleague
from .models import Act, Assist, Case, Notice
from .procedure import Context, procedure_for, procedure_of
from .receipts import Receipt
from .refusal import Refusal

__all__ = [
    "Decided", "History", "Performed", "Step", "Submission", "decide_many", "locked", "perform", "store_many", "submit",
    "submit_many",
]  # fmt: skip
BATCH = 400


@dataclass(frozen=True)
class Performed:
    """The case after the step. `again` says that this very step had been stored before."""

    case: Case
    act: Act | None
    again: bool = False


def _store(moves: Sequence[Move], new: Sequence[Case], changed: Sequence[Case]) -> None:
    """Store decided moves: cases, acts, queue, notices, and what the doors add. In the caller's transaction."""
    if new and len(moves) == 1:
        _store_opening(moves[0])
        return
    if new:
        for case, number in zip(new, bulk.take_ids(Case, len(new)), strict=True):
            case.pk = number
        bulk.insert(new)
    for move in moves:
        if move.outcome.set.get("against_id") is not None:
            barring.clear(move.case, move.context.registry)
    for case in changed:
        case.save(force_update=True)
    for move in moves:
        move.act.case = move.case  # with its key; the act is sealed to its case, which is not read again
    acts = [move.act for move in moves]
    for act, key in zip(acts, enqueue(move.entry for move in moves), strict=True):
        act.entry_key = key
    if len(acts) == 1:
        bulk.insert_linked([bulk.Linked(acts[0])])
    elif acts:
        for act, number in zip(acts, bulk.take_ids(Act, len(acts)), strict=True):
            act.pk = number
        bulk.insert(acts)
    assists: list[Assist] = []
    notices: list[Notice] = []
    for move in moves:
        if move.outcome.assist is not None:
            if move.act.state_before:
                Assist.objects.filter(case_id=move.case.pk).delete()
            assists += [Assist(case_id=move.case.pk, unit_id=unit) for unit in move.outcome.assist]
        for notice in move.notices:
            notice.case_id = move.case.pk
            notices.append(notice)
    if assists:
        Assist.objects.bulk_create(assists, batch_size=BATCH)
    if notices:
        Notice.objects.bulk_create(notices, batch_size=BATCH)
    _call_hooks(moves)


def _store_opening(move: Move) -> None:
    """A case with its opening act and all that hangs on it: one statement on PostgreSQL."""
    of_case = {"case_id": 0}
    entry = queued(move.entry)
    move.act.entry_key = entry.key
    rows = [bulk.Linked(move.case), bulk.Linked(move.act, of_case), bulk.Linked(entry)]
    rows += [bulk.Linked(Assist(unit_id=unit), of_case) for unit in move.outcome.assist or ()]
    rows += [bulk.Linked(notice, of_case) for notice in move.notices]
    bulk.insert_linked(rows)
    move.act.case = move.case  # its files are sealed to it, and it is not read again
    _call_hooks([move])


def _call_hooks(moves: Sequence[Move]) -> None:
    for move in moves:
        for item in move.edge.inputs:
            if isinstance(item, Colleague) and move.context.payload.get(item.name) is not None:
                named, day = move.context.payload[item.name], timezone.localdate(move.act.at)
                people.refuse_stranger(move.case, named, move.context.registry, day, item.name)
    hooks: dict[tuple[str, str], list[tuple[Case, Act, Context]]] = defaultdict(list)
    for move in moves:
        if move.act.act in move.context.procedure.stored:
            hooks[(move.case.kind, move.act.act)].append((move.case, move.act, move.context))
    for (kind, name), rows in hooks.items():
        procedure_for(kind).stored[name](rows)
    for move in moves:
        if move.act.act == "erase":
            wiping.wipe(move.case)


def submit(
    sent: Submission, actor: Actor, nonce: str | None = None, now: datetime | None = None, *, once: bool = False
) -> tuple[Case, Receipt]:
    """Open a case. The same `nonce` with the same content gives the same receipt and no second case.

    With `once` the nonce is good for one content only, and another one is refused; without it (a form sent, changed and
    sent again) another content is another case. Raises Refusal where the content cannot be taken.
    """
    now = now or timezone.now()
    registry = snapshot.current()
    procedure = procedure_for(sent.kind)
    receipt = receipts.issue(nonce, sent.content())
    if nonce and (sent.about or sent.part_of):  # by its first sending the other case may have moved on
        before = Case.objects.filter(code=receipt.code).first()
        if before is not None:
            return before, replace(receipt, again=True)
    used = hashlib.sha256(f"submit\x00{nonce}".encode()).hexdigest() if once and nonce else None
    step = Step("submit", actor, opening_inputs(sent, procedure), nonce=used)
    alone = (
        connection.vendor == "postgresql"
        and not (sent.draft or sent.about or sent.part_of or procedure.stored.get("submit"))
        and not connection.in_atomic_block
    )
    try:
        with nullcontext() if alone else transaction.atomic():  # one statement is a transaction by itself
            related = spreading.belonging(sent, actor)
            case = new_case(sent, receipt, registry, now, related)
            move = advance(case, step, procedure, registry, now, frozenset(), related)
            spread = spreading.from_opening(move, related)
            _store([move, *spread], [case], [one.case for one in spread])
            if sent.draft:
                attachments.take_over(sent.draft, move.act)
    except IntegrityError:
        known = Case.objects.filter(code=receipt.code).first()
        if known is None and used and Act.objects.filter(nonce=used).exists():
            raise Refusal(
                "conflict", _("这个 Idempotency-Key 已经用于别的内容，请换一个新的。"), "Idempotency-Key"
            ) from None
        if known is None:
            raise
        return known, replace(receipt, again=True)
    return case, receipt


@dataclass
class History:
    """A submission with the steps that followed it, for an import: each step with its historical time."""

    submission: Submission
    submitted_at: datetime
    steps: Sequence[Step] = ()


Decided = list[Move] | Refusal
"""One history: its moves, the opening first, decided and not yet stored; or why it cannot be taken."""


def decide_many(histories: Iterable[History], actor: Actor) -> list[Decided]:
    """Decide whole histories, in the order given; each either wholly or not at all. Writes nothing, and may be done in
    one process while another one stores: so a history that would move or open other cases is refused."""
    registry = snapshot.current()
    decided: list[Decided] = []
    for history in histories:
        sent = history.submission
        procedure = procedure_for(sent.kind)
        try:
            receipt = receipts.issue(sent.source, sent.content())
            case = new_case(sent, receipt, registry, history.submitted_at)
            own = [
                advance(
                    case,
                    Step("submit", actor, opening_inputs(sent, procedure)),
                    procedure,
                    registry,
                    history.submitted_at,
                    frozenset(),
                )
            ]
            for step in history.steps:
                own.append(advance(case, step, procedure, registry, step.at or history.submitted_at, frozenset()))
            belongs = case.about_id is not None or case.part_of_id is not None
            if any((move.edge.brings and belongs) or move.outcome.opens for move in own):
                raise Refusal("not_allowed", _("导入的历史不能引起其他件的变化。"))
            decided.append(own)
        except Refusal as refusal:
            decided.append(refusal)
    return decided


def store_many(decided: Sequence[Decided]) -> list[Case | Refusal]:
    """Store what `decide_many` decided, in one transaction. The caller has made sure that no `source` is there yet (see
    `intake/batches.py`)."""
    taken = [own for own in decided if not isinstance(own, Refusal)]
    with transaction.atomic():
        _store([move for own in taken for move in own], [own[0].case for own in taken], [])
    return [own if isinstance(own, Refusal) else own[0].case for own in decided]


def submit_many(histories: Iterable[History], actor: Actor) -> list[Case | Refusal]:
    """Bring whole histories in, in one transaction; each either wholly or not at all, in the order given."""
    return store_many(decide_many(histories, actor))


def locked(case_id: int) -> Case:
    """The case, locked until the transaction ends. Raises Refusal where there is none."""
    found = Case.objects.select_for_update().filter(pk=case_id).first()
    if found is None:
        raise Refusal("not_found", _("没有找到这个件。"))
    return found


def perform(case_id: int, step: Step, files: str | None = None) -> Performed:
    """Take one step on one case, and what it brings about on merged and related cases, in one transaction.

    `files` names a set of uploaded attachments that belong to the act. Raises Refusal; then nothing is stored.
    """
    now = step.at or timezone.now()
    registry = snapshot.current()
    with transaction.atomic():
        spreading.lock_above(case_id)
        case = locked(case_id)
        if step.nonce is not None:
            before = Act.objects.filter(nonce=step.nonce).first()
            if before is not None:
                if before.case_id != case.pk:
                    raise Refusal("conflict", _("这个操作编号已经用在别的件上。"))
                return Performed(case, before, again=True)
        move = advance(case, step, procedure_of(case), registry, now, None, relations.related_to(case))
        spread = spreading.from_step(move, step)
        moves = [move, *spread.moves]
        _store([*moves, *spread.openings], [one.case for one in spread.openings], [one.case for one in moves])
        if files:
            attachments.take_over(files, move.act)
    return Performed(case, move.act)
