"""The page on which an official publishes a case or asks its sender first, for every kind: the room's form on the
desk's way of acting.

The desk and this room do not know each other: a door names `page` as its page for the act, and the desk hands it what
opening a case and acting on it takes (`Desk`). Not for what stands on the page: `confirming.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.cases.actor import Actor
from tongban.cases.models import Case
from tongban.cases.procedure import Edge, procedure_of
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Performed
from tongban.registry.snapshot import Snapshot

from . import confirming
from .confirming import PublishForm
from .parts import publication


class Found(Protocol):
    """A case that exists for this official, as the desk opens it."""

    @property
    def case(self) -> Case: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def registry(self) -> Snapshot: ...
    @property
    def standing(self) -> Mapping[str, Any]: ...
    @property
    def url(self) -> str: ...


F = TypeVar("F", bound=Found)


class Desk(Protocol[F]):
    """What the desk hands to a page about one act (`desk.actpages.Handed`), in the order in which it is used.

    `repeated` answers a form that was sent before; `find` raises Http404; `refuse_erased` and `take_step` raise
    Refusal; `offered` are the lines of the table open now; `ask_first` leads away where the look is not recorded yet;
    `refused` puts a refusal into the form and gives the case as it is now. `template` stands around
    `published/confirm.html`.
    """

    @property
    def template(self) -> str: ...
    def repeated(self, request: HttpRequest, code: str, /) -> HttpResponse | None: ...
    def find(self, request: HttpRequest, code: str, /) -> F: ...
    def refuse_erased(self, found: F, /) -> None: ...
    def offered(self, found: F, /) -> Sequence[Edge]: ...
    def ask_first(self, found: F, /) -> HttpResponse | None: ...
    def take_step(self, found: F, form: PublishForm, /) -> Performed: ...
    def refused(self, found: F, form: PublishForm, refusal: Refusal, /) -> tuple[F, Any]: ...
    def done(self, request: HttpRequest, found: F, performed: Performed, /) -> HttpResponse: ...


def publishing_edge(found: Found, offered: Sequence[Edge]) -> Edge:
    """The line of the table by which this official can publish the case now. Raises Refusal where there is none."""
    procedure = procedure_of(found.case)
    acts = confirming.publishing_acts(procedure)
    edge = next((one for one in offered if one.act in acts), None)
    if edge is None:
        procedure.decide(acts[0], found.case.state, frozenset(found.standing))
        raise Refusal("not_allowed", publication(found.case.kind).words.refused)
    return edge


def page(request: HttpRequest, code: str, desk: Desk[F]) -> HttpResponse:
    """GET proposes; POST publishes what was confirmed. Refused where identifiers or doubts remain.

    The view that calls it is declared for officials, with a form (`@allows("official", FORM)`).
    """
    before = desk.repeated(request, code) if request.method == "POST" else None
    if before is not None:
        return before
    found = desk.find(request, code)
    desk.refuse_erased(found)
    edge = publishing_edge(found, desk.offered(found))
    asked = desk.ask_first(found)
    if asked is not None:
        return asked
    originals = publication(found.case.kind).texts(found.case)

    def shown(now: F, form: PublishForm, status: int = 200) -> HttpResponse:
        context = {"found": now, "case": now.case, **confirming.context(now.case, form, originals)}
        return render(request, desk.template, context, status=status)

    if request.method != "POST":
        values = confirming.first_values(found.case, originals)
        return shown(found, PublishForm(edge, found.case, found.actor, found.registry, initial=values))
    form = PublishForm(edge, found.case, found.actor, found.registry, request.POST)
    if not form.is_valid():
        return shown(found, form, 422)
    try:
        performed = desk.take_step(found, form)
    except Refusal as refusal:
        now, _changes = desk.refused(found, form, refusal)
        return shown(now, form, refusal.status)
    return desk.done(request, found, performed)
