"""The way of one act: the only code that writes to cases.

`submit` opens a case, `perform` takes the next step on one, `submit_many` brings whole histories in. All go the same
way: the procedure decides (pure), the effect says what changes (pure), and one transaction stores the act, moves the
projection on and queues the ledger's entry. Nothing else in the house writes to Case or Act; a test sees to it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.ledger import bulk
from tongban.ledger import entry as ledger_entry
from tongban.ledger.queue import enqueue, queued
from tongban.registry import snapshot
from tongban.registry.snapshot import NoUnitFound, Snapshot
from tongban.vault.keyring import ring
from tongban.workdays import shanghai_day
from tongban.workdays.deadlines import SHANGHAI

from . import access, deadlines, receipts, retention
from .actor import Actor
from .inputs import checked, normal_email, normal_phone
from .models import Act, Assist, Attachment, Case, Notice
from .notices import for_resident
from .procedure import Context, Edge, Outcome, Procedure, procedure_for
from .receipts import Receipt
from .refusal import Refusal

BATCH = 400


@dataclass(frozen=True)
class Submission:
    """What a resident sends; texts as given (NFC). `unit` is for imports alone: the unit that had the case then."""

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
    extra: Mapping[str, Any] = field(default_factory=dict)

    def content(self) -> bytes:
        """Canonical bytes of all that was sent, to tell a repeated form from another."""
        return orjson.dumps(
            [self.kind, self.matter, self.place, self.subject, self.body, self.against, self.visibility, self.name,
             self.phone, self.email, self.address, dict(self.extra)],
            option=orjson.OPT_SORT_KEYS,
        )  # fmt: skip


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
    act: Act
    entry: dict[str, Any]
    context: Context
    outcome: Outcome
    notices: list[Notice]


@dataclass(frozen=True)
class Performed:
    """The case after the step. `again` says that this very step had been stored before."""

    case: Case
    act: Act | None
    again: bool = False


# --- deciding: no database ------------------------------------------------------------------------------------------


def new_case(sent: Submission, receipt: Receipt, registry: Snapshot, now: datetime) -> Case:
    """The case that a submission opens, before its first act. Raises Refusal where matter, place or unit is unknown."""
    matter = registry.matters.get(sent.matter)
    if matter is None or not matter.active:
        raise Refusal("bad_input", _("没有这个事项，请重新选择。"), "matter")
    if sent.place not in registry.places:
        raise Refusal("bad_input", _("没有这个行政区划，请重新选择。"), "place")
    if sent.against is not None and sent.against not in registry.units:
        raise Refusal("bad_input", _("没有这个单位，请重新选择。"), "against")
    try:
        route = registry.route(sent.matter, sent.place, shanghai_day(now), sent.against)
    except NoUnitFound:
        raise Refusal("not_yet", _("责任清单还没有任何可以受理的单位，请联系平台管理员。"), "place") from None
    lead = sent.unit if sent.unit and sent.channel == "import" else route.lead
    if lead in registry.barred(sent.against):
        raise Refusal("not_allowed", _("这个件反映的就是该单位或其上级，不能交给它办理。"), "unit")
    keys = ring()
    phone, email = normal_phone(sent.phone), normal_email(sent.email)
    private = {
        "subject": sent.subject, "body": sent.body, "name": sent.name, "phone": sent.phone, "email": sent.email,
        "address": sent.address, "link": receipts.link_key(receipt.secret).hex(), "extra": dict(sent.extra),
    }  # fmt: skip
    return bulk.fresh(
        Case, kind=sent.kind, code=receipt.code, secret_digest=receipts.digest(receipt.secret), state="", matter_id=sent.matter,
        place_id=sent.place, unit_id=lead, against_id=sent.against, visibility=sent.visibility,
        anonymous=not sent.name, channel=sent.channel, language=sent.language, submitted_at=now, step_since=now,
        private=private, phone_index=keys.blind(phone, "phone") if phone else None,
        email_index=keys.blind(email, "email") if email else None, source=sent.source,
    )  # fmt: skip


def advance(case: Case, step: Step, procedure: Procedure, registry: Snapshot, now: datetime, assisting: frozenset[str] | None) -> Move:
    """Decide `step` on `case` and move the case on in memory. Raises Refusal; then `case` is untouched."""
    standing: Mapping[str, access.Post | None] = {step.actor.kind: None}
    if case.state:
        standing = access.standing(step.actor, case, registry, assisting)
    edge = procedure.decide(step.act, case.state, frozenset(standing))
    if step.version is not None and not edge.quiet and step.version != case.version:
        raise Refusal("stale", _("在您打开页面之后，已有其他人办理了这个件。请查看最新情况后再操作，您填写的内容没有丢失。"))
    if case.erased_at is not None:
        raise Refusal("wrong_state", _("这封来信的内容已经删除，不能再办理。"))
    payload = checked(edge, step.payload, registry)
    context = Context(case, step.actor, payload, now, registry, procedure)
    outcome = edge.effect(context)
    post = next((standing[name] for name in sorted(edge.who) if standing.get(name)), None)
    return _moved(case, step, edge, outcome, context, post)


def _moved(case: Case, step: Step, edge: Edge, outcome: Outcome, context: Context, post: tuple[str, str] | None) -> Move:
    procedure, registry, now = context.procedure, context.registry, context.now
    before, deadline_before, unit_before = case.state, case.answer_due_at, case.unit_id
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
    if case.is_open:
        case.closed_at, case.retain_until = None, None
    elif case.closed_at is None:
        case.closed_at = now
        case.retain_until = shanghai_day(now) + timedelta(days=registry.matters[case.matter_id].retention_days)
    case.sequence += 1
    if not edge.quiet:
        case.version += 1
    public = {need.name: context.payload[need.name] for need in edge.needs if not need.private and context.payload.get(need.name) is not None}
    public.update(outcome.public)
    private = {need.name: context.payload[need.name] for need in edge.needs if need.private and context.payload.get(need.name) is not None}
    private.update(outcome.private)
    act = bulk.fresh(
        Act, {"case": case}, sequence=case.sequence, act=step.act, actor=step.actor.kind, official_id=step.actor.official_id,
        unit_id=post[0] if post else None, role=post[1] if post else "", at=now, state_before=before, state_after=after,
        public=public, private=private or None, salt=ledger_entry.new_salt(), nonce=step.nonce,
    )  # fmt: skip
    act.for_unit = act.unit_id or unit_before or case.unit_id
    facts = {name: value for name, value in public.items() if name not in edge.written_freely}
    row = public_entry(case, act, facts, registry, case.answer_due_at if case.answer_due_at != deadline_before else None)
    notices = for_resident(case, edge, procedure, now) if outcome.tell_resident else []
    return Move(case, act, row, context, outcome, notices)


LETTER = ("subject", "body", "name", "phone", "email", "address", "extra")
"""What the opening act's commitment covers of the letter; what the desk adds to a case later is not among it."""


def public_entry(case: Case, act: Act, facts: Mapping[str, Any], registry: Snapshot, deadline: datetime | None) -> dict[str, Any]:
    """The ledger's entry for an act: what happened, rounded to the day and the county, and the commitments.

    Matter and place stand on the opening entry alone: on every entry they would tie the entries of a case together.
    """
    entry: dict[str, Any] = {
        "act": act.act,
        "at": shanghai_day(act.at).isoformat(),
        "by": act.actor,
        "kind": case.kind,
        "unit": act.for_unit,
        "from": act.state_before,
        "to": act.state_after,
        "commit": ledger_entry.commitment(bytes(act.salt or b""), committed(case, act)),
        "link": ledger_entry.link(bytes.fromhex((case.private or {})["link"]), act.sequence),
    }
    if act.sequence == 1:
        entry["matter"], entry["place"] = case.matter_id, registry.county(case.place_id)
    if facts:
        entry["facts"] = dict(facts)
    if deadline is not None:
        entry["deadline"] = shanghai_day(deadline).isoformat()
    return entry


def committed(case: Case, act: Act) -> dict[str, Any]:
    """What the commitment of an act covers: all of it, the public part too. For the opening act, the letter as well."""
    value: dict[str, Any] = {
        "code": case.code,
        "sequence": act.sequence,
        "at": act.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "official": act.official_id,
        "unit": act.unit_id,
        "role": act.role,
        "public": act.public,
        "private": act.private or {},
    }
    if act.sequence == 1:
        value["letter"] = {name: (case.private or {}).get(name) for name in LETTER}
    return value


# --- storing: one transaction ---------------------------------------------------------------------------------------


def _store(moves: Sequence[Move], new: Sequence[Case], changed: Sequence[Case]) -> None:
    """Store decided moves: cases, acts, queue, notices, and what the doors add. In the caller's transaction."""
    if new and len(moves) == 1:
        _store_opening(moves[0])
        return
    if new:
        for case, number in zip(new, bulk.take_ids(Case, len(new)), strict=True):
            case.pk = number
        bulk.insert(new)
    for case in changed:
        case.save(force_update=True)
    for move in moves:
        move.act.case_id = move.case.pk
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
    _call_hooks([move])


def _call_hooks(moves: Sequence[Move]) -> None:
    hooks: dict[tuple[str, str], list[tuple[Case, Act, Context]]] = defaultdict(list)
    for move in moves:
        if move.act.act in move.context.procedure.stored:
            hooks[(move.case.kind, move.act.act)].append((move.case, move.act, move.context))
    for (kind, name), rows in hooks.items():
        procedure_for(kind).stored[name](rows)
    for move in moves:
        if move.act.act == "erase":
            retention.wipe(move.case)


def submit(sent: Submission, actor: Actor, nonce: str | None = None, now: datetime | None = None, *, once: bool = False) -> tuple[Case, Receipt]:
    """Open a case. The same `nonce` with the same content gives the same receipt and no second case.

    With `once` the nonce is good for one content only, and another one is refused; without it (a form sent, changed and
    sent again) another content is another case. Raises Refusal where the content cannot be taken.
    """
    now = now or timezone.now()
    registry = snapshot.current()
    procedure = procedure_for(sent.kind)
    receipt = receipts.issue(nonce, sent.content())
    case = new_case(sent, receipt, registry, now)
    used = hashlib.sha256(f"submit\x00{nonce}".encode()).hexdigest() if once and nonce else None
    move = advance(case, Step("submit", actor, _opening(sent, registry), nonce=used), procedure, registry, now, frozenset())
    alone = connection.vendor == "postgresql" and not sent.draft and not procedure.stored.get("submit") and not connection.in_atomic_block
    try:
        with nullcontext() if alone else transaction.atomic():  # one statement is a transaction by itself
            _store([move], [case], [])
            if sent.draft:
                Attachment.objects.filter(draft=sent.draft, case=None).update(case=case, act=move.act, draft=None)
    except IntegrityError:
        known = Case.objects.filter(code=receipt.code).first()
        if known is None and used and Act.objects.filter(nonce=used).exists():
            raise Refusal("conflict", _("这个 Idempotency-Key 已经用于别的内容，请换一个新的。"), "Idempotency-Key") from None
        if known is None:
            raise
        return known, replace(receipt, again=True)
    return case, receipt


def _opening(sent: Submission, registry: Snapshot) -> dict[str, Any]:
    return {"imported": True} if sent.channel == "import" else {}


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
    one process while another one stores."""
    registry = snapshot.current()
    decided: list[Decided] = []
    for history in histories:
        sent = history.submission
        procedure = procedure_for(sent.kind)
        try:
            receipt = receipts.issue(sent.source, sent.content())
            case = new_case(sent, receipt, registry, history.submitted_at)
            own = [advance(case, Step("submit", actor, _opening(sent, registry)), procedure, registry, history.submitted_at, frozenset())]
            for step in history.steps:
                own.append(advance(case, step, procedure, registry, step.at or history.submitted_at, frozenset()))
            decided.append(own)
        except Refusal as refusal:
            decided.append(refusal)
    return decided


def store_many(decided: Sequence[Decided]) -> list[Case | Refusal]:
    """Store what `decide_many` decided, in one transaction. The caller has made sure that no `source` is there yet (see
    `letters/importing.py`)."""
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
    """Take one step on one case; on the merged cases too, where the step answers them all.

    `files` names a set of uploaded attachments that belong to the act. Raises Refusal; then nothing is stored.
    """
    now = step.at or timezone.now()
    registry = snapshot.current()
    with transaction.atomic():
        case = locked(case_id)
        if step.nonce is not None:
            before = Act.objects.filter(nonce=step.nonce).first()
            if before is not None:
                if before.case_id != case.pk:
                    raise Refusal("conflict", _("这个操作编号已经用在别的件上。"))
                return Performed(case, before, again=True)
        procedure = procedure_for(case.kind)
        move = advance(case, step, procedure, registry, now, None)
        moves = [move, *_followers(move, step, procedure, registry, now)]
        _store(moves, [], [item.case for item in moves])
        if files:
            Attachment.objects.filter(draft=files, case=None).update(case=case, act=move.act, draft=None)
    return Performed(case, move.act)


def _followers(move: Move, step: Step, procedure: Procedure, registry: Snapshot, now: datetime) -> list[Move]:
    """The same answer for every case merged into this one, so that every sender is answered."""
    edge = procedure.named(f"{step.act}_merged")
    if edge is None:
        return []
    from .actor import SYSTEM

    found: list[Move] = []
    for merged in Case.objects.select_for_update().filter(lead_case=move.case, state__in=edge.sources).order_by("pk"):
        payload = {need.name: (move.act.private or {}).get(need.name, move.act.public.get(need.name)) for need in edge.needs}
        found.append(advance(merged, Step(edge.act, SYSTEM, payload), procedure, registry, now, frozenset()))
    return found
