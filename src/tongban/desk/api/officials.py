"""Officials' programs at /api/v1/desk: the cases that a token's post may see, and the acts that it may perform.

The same permission rule, procedure and writer as the desk's pages. Two things a program cannot do: see the sender's
name and contact, and publish a letter, because publishing asks for a person who has read the masked text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from tongban.accounts.models import Official
from tongban.cases import access, filing, search
from tongban.cases.actor import Actor
from tongban.cases.inputs import Asking, CaseChoice, Colleague, clean_text
from tongban.cases.inputs.linked import colleagues_for
from tongban.cases.looks import look
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.procedure import Edge, Procedure, procedures
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.gate.calling import TOKEN, IdempotencyKey, code_of, done_before, nonce_of
from tongban.gate.problems import problems
from tongban.gate.shapes import DoneOut, FileOut
from tongban.registry import snapshot

from .. import paging
from ..offers import ANSWER, MERGE, offered
from ..opening import Found
from ..purposes import THROUGH_API
from ..seen import keep_export
from .schemas import CaseOut, CasePage, CaseRow, ExportFilter, ExportRow, OfficialActIn, SearchIn, TrayFilter

router = Router(tags=["desk"], auth=TOKEN)
OPERATIONS = dict.fromkeys(
    ("list_cases", "search_cases", "read_case", "act_on_case", "export_cases", "read_file"), "token"
)
SEGMENTS = {
    "open": paging.OPEN_SEGMENTS,
    "in_force": (paging.IN_FORCE,),
    "closed": (paging.OVER,),
    "all": paging.ALL_SEGMENTS,
}
PHASES = {"open": "work", "in_force": "in_force", "closed": "over"}
EXPORTED = ExportRow.model_json_schema(mode="serialization")
_ROW = tuple(CaseRow.model_fields)
_EXPORTED = (*_ROW, *(name for name in ExportRow.model_fields if name not in _ROW))


def acts_of(procedure: Procedure) -> frozenset[str]:
    """The acts that a program can take: those of the desk's buttons, answering and merging. Never one with a page
    that a door brings (publishing asks for a person who has read), and nothing that the house itself does."""
    return procedure.acts(lambda edge: edge.page in (ANSWER, MERGE) or (edge.button and not edge.page))


def _column(name: str) -> str:
    return {"matter": "matter_id", "place": "place_id", "unit": "unit_id", "cursor": "pk"}.get(name, name)


def _row(case: Case) -> dict[str, Any]:
    return {name: getattr(case, _column(name)) for name in _ROW}


def _actor(request: HttpRequest) -> Actor:
    return request.auth  # type: ignore[attr-defined,no-any-return]


def find(request: HttpRequest, code: str) -> Found:
    """The letter with this code, if it exists for the token's post. Raises Refusal (not_found), whatever the reason."""
    actor, registry, plain = _actor(request), snapshot.current(), code_of(code)
    case = access.cases_for(actor, registry).filter(code=plain).first() if plain else None
    standing: Mapping[str, access.Post | None] = access.standing(actor, case, registry) if case is not None else {}
    if case is None or not standing:
        raise Refusal("not_found", _("没有找到这个件。"))
    return Found(case, actor, registry, standing)


@router.get(
    "/desk/cases",
    response={200: CasePage, **problems(400, 401, 422, 429, 503)},
    operation_id="list_cases",
    summary="The cases that the token's post may see",
)
def list_cases(request: HttpRequest, wanted: Query[TrayFilter]) -> Any:
    """50 a page, nothing private. Listing is not looking: it is not recorded. To look for words take `POST
    /desk/search`: an address stays in logs."""
    return listed(_actor(request), wanted)


@router.post(
    "/desk/search",
    response={200: CasePage, **problems(400, 401, 413, 415, 422, 429, 503)},
    operation_id="search_cases",
    summary="Find cases by their words, without putting them into an address",
)
def search_cases(request: HttpRequest, wanted: SearchIn, idempotency_key: str = IdempotencyKey) -> Any:
    """As `GET /desk/cases`, found by words that stand in the body: nothing that people wrote comes into an address,
    and so into no log. Changes nothing, however often it is sent."""
    return listed(_actor(request), wanted)


def listed(actor: Actor, wanted: TrayFilter) -> dict[str, Any]:
    """A page of cases. Raises Refusal where kind, state or cursor are none."""
    registry = snapshot.current()
    cases = access.cases_for(actor, registry).defer("private")
    if wanted.kind:
        if wanted.kind not in procedures():
            raise Refusal("bad_input", _("没有这种件。"), "kind")
        cases = cases.filter(kind=wanted.kind)
    if wanted.state:
        tables = [one for one in procedures().values() if wanted.kind in ("", one.kind)]
        if all(state.name != wanted.state for table in tables for state in table.states):
            raise Refusal("bad_input", _("没有这种状态。"), "state")
        cases = cases.filter(state=wanted.state)
    segments = SEGMENTS[wanted.show or ("all" if wanted.state or wanted.q else "open")]
    words = clean_text(wanted.q)
    found = None
    if words:
        found = search.find(words, search.where(actor, registry))
        if found is None:
            cases = cases.none()
        if wanted.show in PHASES:
            cases = cases.filter(phase=PHASES[wanted.show])
        segments = (paging.RECENT,)
    if wanted.cursor:
        cursor = paging.read(wanted.cursor)
        if cursor is None or all(segment.mark != cursor.mark for segment in segments):
            raise Refusal("bad_input", _("翻页位置不对，请从第一页重新开始。"), "cursor")
    page = (
        paging.page(cases, segments, after=wanted.cursor)
        if found is None
        else paging.page_of(found, cases, wanted.cursor)
    )
    return {"items": [_row(case) for case in page.rows], "next": page.next or None}


def act_out(act: Act, told: Any, text: str, files: Iterable[Attachment] = ()) -> dict[str, Any]:
    """An act as the API gives it, with its words and files as far as they are for the caller."""
    return {
        "sequence": act.sequence, "act": act.act, "told": str(told), "at": act.at, "by": act.actor,
        "unit": act.unit_id, "role": act.role, "text": text, "facts": act.public, "files": filing.told(files),
    }  # fmt: skip


def open_edges(found: Found) -> list[Edge]:
    """What the desk would offer now (the same guards), of the acts that a program can take."""
    return [edge for edge in offered(found) if edge.act in acts_of(found.procedure)]


def _may(edge: Edge) -> dict[str, Any]:
    needs = [
        {
            "name": need.name,
            "label": str(need.label),
            "kind": need.kind,
            "required": need.required,
            "longest": getattr(need, "longest", None),
            "json_schema": need.schema(),
        }
        for need in edge.inputs
    ]
    return {"act": edge.act, "label": str(edge.label), "needs": needs}


@router.get(
    "/desk/cases/{code}",
    response={200: CaseOut, **problems(400, 401, 404, 429, 503)},
    operation_id="read_case",
    summary="One case; the look is recorded and its sender sees it",
)
def read_case(request: HttpRequest, code: str) -> Any:
    """The letter, its acts, and what may be done now. Reading it is an act: unit, role, time and purpose stand in the
    sender's list of looks. 404 for a case that is not the post's to see, as for one that does not exist."""
    found = find(request, code)
    if not found.case.erased_at:
        look(found.case, found.actor, THROUGH_API)
        found.case.refresh_from_db()
    acts = []
    files: dict[int, list[Attachment]] = {}
    for item in Attachment.objects.filter(case=found.case).exclude(private=None).order_by("pk"):
        files.setdefault(item.act_id or 0, []).append(item)
    for act in Act.objects.filter(case=found.case).exclude(act="look").order_by("sequence"):
        edge = found.procedure.named(act.act)
        acts.append(act_out(act, edge.label if edge is not None else act.act, act.text, files.get(act.pk, ())))
    return {
        **_row(found.case),
        "subject": found.case.subject,
        "body": found.case.body,
        "visibility": found.case.visibility,
        "acts": acts,
        "may": [_may(edge) for edge in open_edges(found)],
    }


def payload_of(found: Found, act: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as the kernel takes them. A program names a letter by its tracking code and a colleague by the user
    name; both must exist for the token's post, as on the desk's forms. Raises Refusal naming the field."""
    edge, payload = found.procedure.named(act), dict(given)
    for need in edge.inputs if edge is not None else ():
        value = payload.get(need.name)
        if value is None:
            continue
        if isinstance(value, list) is not (need.schema().get("type") == "array"):
            raise Refusal("bad_input", _("“%(label)s”的格式不对。") % {"label": need.label}, need.name)
        if isinstance(need, CaseChoice):
            plain = code_of(str(value))
            lead = (
                access.cases_for(found.actor, found.registry).filter(code=plain, kind=found.case.kind).first()
                if plain
                else None
            )
            if lead is None:
                raise Refusal("bad_input", _("没有找到这个件，请核对查询码。"), need.name)
            payload[need.name] = str(lead.pk)
        if isinstance(need, Colleague):
            name = clean_text(value)[:150]
            person = Official.objects.filter(username=name).values_list("pk", flat=True).first()
            if str(person) not in {
                number for number, _label in colleagues_for(Asking(found.registry, found.case, found.actor))
            }:
                raise Refusal("bad_input", _("请选择在主办单位有承办岗位的工作人员。"), need.name)
            payload[need.name] = person
    return payload


@router.get(
    "/desk/cases/{code}/files/{key}",
    response={200: FileOut, **problems(400, 401, 404, 429, 503)},
    operation_id="read_file",
    summary="A file of a case; the look is recorded and its sender sees it",
)
def read_file(request: HttpRequest, code: str, key: str) -> Any:
    """A file of a case that the token's post may see, with what is in it. 404 for any other, as for one that does not
    exist."""
    found = find(request, code)
    item = filing.file_of(found.case, key)
    if item is not None:
        look(found.case, found.actor, THROUGH_API)
    return filing.handed_out(item)


@router.post(
    "/desk/cases/{code}/acts",
    response={200: DoneOut, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)},
    operation_id="act_on_case",
    summary="Perform an act",
)
def act_on_case(request: HttpRequest, code: str, step: OfficialActIn, idempotency_key: str = IdempotencyKey) -> Any:
    """The same acts, checks and refusals as on the desk's pages: 403 where the post may not, 404 where the case is
    not the post's to see, 409 where somebody else acted after `version` or the state does not allow it. A letter to
    merge into is named by its tracking code, a colleague by the user name. Publishing is for people, not for
    programs."""
    actor, registry = _actor(request), snapshot.current()
    nonce = nonce_of(code_of(code) or "", str(actor.official_id), idempotency_key)
    if not any(step.act in acts_of(one) for one in procedures().values()):
        find(request, code)
        raise Refusal("not_found", _("没有这种办理行为。"))
    known = Act.objects.filter(nonce=nonce).exists()  # mostly not; the kernel asks again, with the case locked
    gone = _sent_away(nonce, actor, step.act) if known else None
    if gone is not None:
        return gone
    found = find(request, code)
    if step.act not in acts_of(found.procedure):
        raise Refusal("not_found", _("没有这种办理行为。"))
    payload = payload_of(found, step.act, step.payload)
    if (not known or done_before(nonce, step.act, payload, registry) is None) and found.case.erased_at:
        raise Refusal("wrong_state", _("这个件的内容已经删除，不能再办理。"))
    files = filing.waiting_in(found.case, found.actor, f"api {nonce}") if step.files else None
    if files:
        if not any(edge.files for edge in found.procedure.edges if edge.act == step.act):
            raise Refusal("bad_input", _("这一步不能附文件。"), "files")
        filing.keep_sent([(file.name, file.content) for file in step.files], files)
    performed = perform(found.case.pk, Step(step.act, actor, payload, version=step.version, nonce=nonce), files)
    case = performed.case
    still = access.may_see(actor, case, registry)
    return {
        "code": case.code,
        "act": step.act,
        "state": performed.act.state_after if performed.act else case.state,
        "version": case.version if still else None,
        "again": performed.again,
    }


def _sent_away(nonce: str, actor: Actor, act: str) -> dict[str, Any] | None:
    """The answer to a repeated call whose first time sent the case to another unit: it was done, and that is all to
    be said."""
    before = Act.objects.select_related("case").filter(nonce=nonce, official_id=actor.official_id or 0, act=act).first()
    registry = snapshot.current()
    if before is None or access.may_see(actor, before.case, registry) or access.is_barred(actor, before.case, registry):
        return None
    return {"code": before.case.code, "act": act, "state": before.state_after, "version": None, "again": True}


@router.get(
    "/desk/export",
    response={200: None, **problems(400, 401, 422, 429, 503)},
    operation_id="export_cases",
    summary="Every visible case as JSON lines, without its text",
    openapi_extra={"responses": {200: {"content": {"application/x-ndjson": {"schema": EXPORTED}}}}},
)
def export_cases(request: HttpRequest, wanted: Query[ExportFilter]) -> HttpResponse:
    """One JSON object a line, oldest case first, no personal data. An export that broke off goes on with `after`.
    That a post took a list out, and up to which case, is kept: a unit that a case turns out to be about has it shown
    to the unit above."""
    cases = access.cases_for(_actor(request), snapshot.current()).filter(pk__gt=wanted.after).order_by("pk")
    keep_export(_actor(request), wanted.after)
    rows = cases.values_list(*map(_column, _EXPORTED)).iterator(chunk_size=1000)
    lines = (
        orjson.dumps(dict(zip(_EXPORTED, row, strict=True)), option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)
        for row in rows
    )
    return StreamingHttpResponse(lines, content_type="application/x-ndjson")  # type: ignore[return-value]
