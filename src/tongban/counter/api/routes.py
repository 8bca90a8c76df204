"""The sender's operations of one kind of case, as a router of django-ninja.

A wrong code and a wrong secret get the same answer. What the operations do is the same for every kind; their names,
words and bodies are the kind's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Router
from pydantic import BaseModel

from tongban.cases import attachments, filing, proofs, relations
from tongban.cases.actor import NEWCOMER, resident
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.procedure import procedure_for, procedure_of
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.gate.calling import IdempotencyKey, code_of, done_before, limit, nonce_of
from tongban.gate.problems import problems
from tongban.gate.shapes import DoneOut, FileOut
from tongban.merkle import Checkpoint
from tongban.registry import snapshot

from .. import story
from ..parts import writing_of
from ..proven import opened_by
from .calling import RECEIPT
from .schemas import FollowedOut, ProofOut, ReceiptOut, StandingsOut, act_in, case_in
from .submitting import written

JSON = "application/json; charset=utf-8"
Sequence: Any = Path(..., ge=1, le=2**31 - 1, description="The act's number in its case, from 1.")  # type: ignore[type-arg]  # ninja names the function like its type


class SenderApi:
    """The operations of one kind. `router` and `operations` are what a door declares (`gate.parts.ApiRoutes`).

    `plural` stands in the paths and is the tag where no other `tag` is given, `noun` in the words of the document.
    `given` is the body of a submission and `submission` makes one of it; without them both follow from the kind's
    `Writing`. A kind that nobody sends, because an act on another case opens it (`Relation.opener` is `kernel`), has no
    operation to submit. `ids` gives an operation another name than the noun's: submit, track, act, file, proofs, proof.
    `followed` is the shape of a case, `acts` the name of an act's, `acting` the heading of that operation.
    """

    def __init__(
        self,
        kind: str,
        plural: str,
        noun: str = "",
        *,
        tag: str = "",
        given: type[BaseModel] | None = None,
        submission: Callable[[Any], Submission] | None = None,
        followed: type[FollowedOut] | None = None,
        acts: str = "",
        acting: str = "",
        ids: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.plural, self.noun = kind, plural, noun or kind
        name = "".join(part.capitalize() for part in kind.split("_"))
        writing = writing_of(kind)
        belongs = procedure_for(kind).part_of
        opened = bool(belongs) and all(line.opener == "kernel" for line in belongs)
        if given is None and writing is None and not opened:
            raise ValueError(f"{kind}: nothing says what a submission is made of")
        self._given = given or (case_in(writing, f"{name}In", self.noun) if writing is not None else None)
        self._submission = submission
        self._followed = followed or type(
            f"{name}Out", (FollowedOut,), {"__doc__": f"A {self.noun} as its sender sees it."}
        )
        self._act_in = act_in(procedure_for(kind), acts or f"{name}ActIn")
        self.ids = {
            "submit": f"submit_{kind}",
            "track": f"track_{kind}",
            "act": f"act_on_own_{kind}",
            "file": f"read_own_{kind}_file",
            "proofs": f"list_{kind}_proofs",
            "proof": f"read_{kind}_proof",
            **(ids or {}),
        }
        if self._given is None:
            del self.ids["submit"]
        self.operations = {name: "public" if what == "submit" else "resident" for what, name in self.ids.items()}
        self.router = Router(tags=[tag or plural])
        self._add(acting)

    def _add(self, acting: str) -> None:
        path, noun, ids = f"/{self.plural}", self.noun, self.ids
        common = (400, 401, 404, 429, 503)
        named = (403, 404) if procedure_for(self.kind).about else ()

        def add(what: str, way: str, at: str, view: Any, summary: str, words: str, **more: Any) -> None:
            view.__doc__, view.__name__ = words, ids[what]
            getattr(self.router, way)(path + at, operation_id=ids[what], summary=summary, **more)(view)

        if "submit" in ids:
            add(
                "submit",
                "post",
                "",
                self._submitting(),
                f"Submit a {noun}",
                SUBMITTED.format(noun=noun),
                response={201: ReceiptOut, 200: ReceiptOut, **problems(400, *named, 409, 413, 415, 422, 429, 503)},
            )
        add(
            "track",
            "get",
            "/{code}",
            self._tracking(),
            f"Follow a {noun}",
            TRACKED.format(noun=noun),
            auth=RECEIPT,
            response={200: self._followed, **problems(*common)},
        )
        add(
            "file",
            "get",
            "/{code}/files/{key}",
            self._reading_file(),
            f"A file of one's own {noun}",
            FILE,
            auth=RECEIPT,
            response={200: FileOut, **problems(*common)},
        )
        add(
            "act",
            "post",
            "/{code}/acts",
            self._acting(),
            acting or f"An act of the sender of a {noun}",
            ACTED.format(noun=noun),
            auth=RECEIPT,
            response={200: DoneOut, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)},
        )
        add(
            "proofs",
            "get",
            "/{code}/proofs",
            self._listing_proofs(),
            f"Where the acts on a {noun} stand on the ledger",
            PROOFS,
            auth=RECEIPT,
            response={200: StandingsOut, **problems(*common)},
        )
        add(
            "proof",
            "get",
            "/{code}/proofs/{sequence}",
            self._reading_proof(),
            "The proof of one act, to keep",
            PROOF.format(noun=noun),
            auth=RECEIPT,
            response={200: ProofOut, **problems(400, 401, 404, 409, 422, 429, 503)},
        )

    # --- the operations -----------------------------------------------------------------------------------------------

    def mine(self, request: HttpRequest, code: str) -> Case:
        """The case that the request's receipt opens. Raises Limited, and Refusal (not found)."""
        limit(request, "track")
        case = opened_by(code_of(code) or "", str(request.auth), self.kind)  # type: ignore[attr-defined]
        if case is None:
            raise Refusal("not_found", _("查询码或密码不对。"))
        return case

    def _submitting(self) -> Any:
        def view(request: HttpRequest, given: Any, idempotency_key: str = IdempotencyKey) -> Any:
            limit(request, "submit")
            other = self._about(request, given)
            sent = self._submission(given) if self._submission else self._written(given, idempotency_key, other)
            who = NEWCOMER
            if other is not None:
                sent, who = replace(sent, about=other.pk), resident(other.pk)
            try:
                case, receipt = submit(sent, who, f"api {idempotency_key}", once=True)
            finally:  # refused, or sent again: its files were not taken over
                for item in filing.kept(sent.draft) if sent.draft else ():
                    attachments.discard(item)
            out = {
                "code": receipt.code,
                "secret": receipt.secret,
                "again": receipt.again,
                "state": case.state,
                "unit": case.unit_id,
                "answer_due_at": case.answer_due_at,
            }
            status = 200 if receipt.again else 201
            return HttpResponse(orjson.dumps(out, option=orjson.OPT_UTC_Z), content_type=JSON, status=status)

        view.__annotations__["given"] = self._given
        return view

    def _about(self, request: HttpRequest, given: Any) -> Case | None:
        """The case that a submission is about, opened by its secret; None where it names none. Raises Limited, and
        Refusal (not found, not from this state)."""
        code = getattr(given, "about", "")
        if not code:
            return None
        limit(request, "track")
        other = opened_by(code_of(code) or "", given.about_secret)
        if other is None:
            raise Refusal("not_found", _("查询码或密码不对。"), "about")
        relations.relation_of(procedure_for(self.kind), other, "about")
        return other

    def _written(self, given: Any, key: str, other: Case | None) -> Submission:
        writing = writing_of(self.kind)
        if writing is None:
            raise Refusal("not_found", _("没有这个地址。"))
        return replace(written(writing, given, key, other), channel="api")

    def _tracking(self) -> Any:
        def view(request: HttpRequest, code: str) -> Any:
            return case_out(self.mine(request, code))

        return view

    def _reading_file(self) -> Any:
        def view(request: HttpRequest, code: str, key: str) -> Any:
            return filing.handed_out(filing.senders_file(self.mine(request, code), key))

        return view

    def _acting(self) -> Any:
        def view(request: HttpRequest, code: str, step: Any, idempotency_key: str = IdempotencyKey) -> Any:
            case = self.mine(request, code)
            limit(request, "submit")
            nonce = nonce_of(case.code, "resident", idempotency_key)
            if done_before(nonce, step.act, step.payload, snapshot.current()) is None and case.erased_at:
                raise Refusal("wrong_state", _("这个件的内容已经删除，不能再办理。"))
            who = resident(case.pk)
            performed = perform(case.pk, Step(step.act, who, step.payload, version=step.version, nonce=nonce))
            return {
                "code": case.code,
                "act": step.act,
                "state": performed.case.state,
                "version": performed.case.version,
                "again": performed.again,
            }

        view.__annotations__["step"] = self._act_in
        return view

    def _listing_proofs(self) -> Any:
        def view(request: HttpRequest, code: str) -> Any:
            case = self.mine(request, code)
            items = [
                {
                    "sequence": item.act.sequence,
                    "act": item.act.act,
                    "at": item.act.at,
                    "index": item.index,
                    "signed": item.signed,
                }
                for item in proofs.standings(case)
            ]
            return {"code": case.code, "items": items}

        return view

    def _reading_proof(self) -> Any:
        def view(request: HttpRequest, code: str, sequence: int = Sequence) -> Any:
            case = self.mine(request, code)
            act = Act.objects.filter(case=case, sequence=sequence).first()
            if act is None:
                raise Refusal("not_found", _("没有这一步办理。"))
            receipt = proofs.receipt_for(case, act)
            if receipt is None:
                wait = proofs.longest_wait()
                raise Refusal("waiting", _("这一步还在入账，最迟 %(minutes)d 分钟内可以取得回执。") % {"minutes": wait})
            size = Checkpoint.parse(receipt.checkpoint.text).size
            return {"sequence": sequence, "index": receipt.index, "size": size, "receipt": str(receipt)}

        return view


def act_out(act: Act, told: Any, text: str, files: Iterable[Attachment] = ()) -> dict[str, Any]:
    """An act as the API gives it, with its words and files as far as they are for the caller."""
    return {
        "sequence": act.sequence,
        "act": act.act,
        "told": str(told),
        "at": act.at,
        "by": act.actor,
        "unit": act.unit_id,
        "role": act.role,
        "text": text,
        "facts": act.public,
        "files": filing.told(files),
    }


def case_out(case: Case) -> dict[str, Any]:
    """The case as its sender sees it."""
    acts, rest, state = story.acts_of(case), story.left(case), procedure_of(case).state(case.state)
    return {
        "code": case.code,
        "state": case.state,
        "state_text": str(state.plain),
        "open": case.is_open,
        "version": case.version,
        "matter": case.matter_id,
        "place": case.place_id,
        "unit": case.unit_id,
        "submitted_at": case.submitted_at,
        "answer_due_at": case.answer_due_at,
        "days_left": rest.get("days"),
        "days_unit": rest.get("unit"),
        "paused": bool(rest.get("paused")),
        "awaiting_calendar": rest.get("awaiting"),
        "subject": case.subject,
        "acts": [act_out(entry.act, entry.title, entry.text, entry.files) for entry in story.told(case, acts)],
        "looks": story.looks_at(acts),
        "may": [edge.act for edge in story.offered(case)],
    }


SUBMITTED = """Takes a {noun}, finds the responsible unit and its deadline, and gives the receipt with status 201.

The same key with the same {noun} gives the same receipt again, with status 200 and `again` true, and makes no second
{noun}. The same key with another {noun} is refused with 409, so that no {noun} is lost behind another's receipt.
"""
TRACKED = """State, unit, deadline and days left, everything that was done, and every look at the {noun}, for whoever
holds its secret. A code that does not exist and a wrong secret are answered alike (404)."""
FILE = """A file that the sender added, or that the office gave with its answer. Internal files are not there for the
sender (404)."""
ACTED = """An act of the sender. Refused with 409 where the state of the {noun} does not allow it (`may` says what it
allows), or where the key was used for another act."""
PROOFS = (
    "Every act with the number of its entry on the ledger (null while it waits), and whether a signed tree holds it."
)
PROOF = """A receipt (c2sp.org/tlog-proof) that is checked without a network: `tongban ledger verify-receipt`. Its
extra data hold the entry, and the words that the entry's seal covers with the salt: keep it like the {noun} itself."""
