"""A case as a row of a list: names from memory, the subject decrypted, days left in words and colour.

One statement for the handlers' names and one for merged letters, however many rows. The words of a row that are the
same in all rows are rendered once for each language (`desk/row.html`), because fifty rows through the template
engine cost more than everything else on the page. Not for queries on cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Count
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tongban.accounts.models import Official
from tongban.cases import access, erasure, guards
from tongban.cases.actor import Actor
from tongban.cases.models import Case
from tongban.cases.procedure import Context, Edge, State, procedure_of, procedures
from tongban.cases.receipts import grouped
from tongban.cases.story import heading
from tongban.cases.waiting import limit_unit, time_left
from tongban.registry.names import matter_name, place_name, unit_name
from tongban.registry.snapshot import Snapshot
from tongban.workdays import shanghai_day

from . import offers

SHOWN = (
    "kind", "edition", "code", "state", "phase", "in_force_until", "matter", "place", "unit", "against", "handler",
    "due_at", "answer_due_at", "submitted_at",
    "awaiting_calendar", "paused_at", "returns", "lead_case", "grade", "secret_digest", "private", "version",
)  # fmt: skip
"""The fields of a case that a row needs; a list reads no more."""


def several_kinds() -> bool:
    """Whether pages have to say which kind of case a case is."""
    return len(procedures()) > 1


@dataclass(frozen=True, slots=True)
class Left:
    """How much time is left, in words (`short`: without the day), and the colour that goes with it."""

    text: str
    tone: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of one page as `<tr>` elements, and the acts that can be taken on several of them at once."""

    html: SafeString
    bulk: tuple[Edge, ...] = ()


@lru_cache(maxsize=2000)
def tag(text: str, tone: str) -> SafeString:
    """`tongban/parts/tag.html`, written once for each text: a page of rows has the same few tags again and again."""
    return render_to_string("tongban/parts/tag.html", {"text": text, "tone": tone})


@lru_cache(maxsize=20)
def skeleton(_language: str | None, show_unit: bool, choose: bool = False) -> str:
    """`desk/row.html` in the language of the page, with `{…}` where the values of a row go."""
    return render_to_string("desk/row.html", {"show_unit": show_unit, "choose": choose})


def left_of(case: Case, now: datetime, registry: Snapshot) -> Left:
    """The time left of a case in words; also why there is none."""
    found = time_left(case.due_at, limit_unit(case, registry), now, registry.calendar)
    if found is not None:
        return Left(found.text, found.tone, found.short)
    if case.phase == "in_force":
        until = case.in_force_until
        words = _("有效至 %(day)s") % {"day": until.isoformat()} if until is not None else _("长期有效")
        return Left(words, "info")
    if case.phase == "over":
        return Left(_("已结"), "neutral")
    if case.paused_at is not None:
        return Left(_("暂停计时"), "neutral")
    if case.awaiting_calendar is not None:
        return Left(_("%(year)d 年日历载入前暂不计算时限") % {"year": case.awaiting_calendar}, "warning")
    return Left(_("无时限"), "neutral")


def next_step(case: Case, actor: Actor, registry: Snapshot, now: datetime, standing: frozenset[str]) -> str:
    """The step that waits for this official, in the desk's words; empty where the case waits for somebody else."""
    procedure = procedure_of(case)
    context = Context(case, actor, {}, now, registry, procedure, standing)
    for act in procedure.state(case.state).next:
        edge = procedure.edge(act, case.state)
        if edge is not None and edge.who & standing and guards.refusal(edge, context) is None:
            return str(edge.label)
    return ""


def names_of(ids: Sequence[int | None]) -> dict[int, str]:
    """The names of officials by id, in one statement."""
    wanted = {number for number in ids if number is not None}
    return (
        {
            official.pk: str(official)
            for official in Official.objects.filter(pk__in=wanted).only("username", "display_name")
        }
        if wanted
        else {}
    )


def rows(
    cases: Sequence[Case],
    actor: Actor,
    registry: Snapshot,
    now: datetime,
    assisting: frozenset[str] = frozenset(),
    show_unit: bool = True,
    choose: bool = False,
) -> Listed:
    """The rows of one page, with a column for the unit in charge where the list has several; to be ticked (`choose`)
    where there is an act that can be taken on several at once."""
    if not cases:
        return Listed(SafeString(""))
    standings = [frozenset(access.standing(actor, case, registry, assisting)) for case in cases]
    bulk = bulk_acts(cases, standings) if choose else ()
    handlers = names_of([case.handler_id for case in cases])
    group = Case.objects.filter(access.not_barred(actor, registry), lead_case__in=[case.pk for case in cases])
    merged = dict(group.order_by().values_list("lead_case").annotate(Count("pk")))
    row, first = skeleton(get_language(), show_unit, bool(bulk)), cases[0].code
    page = reverse("desk:case", args=[first])
    kinds = {one.kind: str(one.label) for one in procedures().values()} if several_kinds() else {}
    matter, place, unit = lru_cache(matter_name), lru_cache(place_name), lru_cache(unit_name)
    found = []
    for case, standing in zip(cases, standings, strict=True):
        left, state = left_of(case, now, registry), procedure_of(case).state(case.state)
        found.append(
            format_html(
                row,
                url=page.replace(first, case.code),
                subject=heading(case),
                code=grouped(case.code),
                chosen=f"{case.code}.{case.version}",
                flags=SafeString("".join(" " + tag(text, tone) for text, tone in flags(case, merged.get(case.pk, 0)))),
                matter=f"{kinds[case.kind]} · {matter(case.matter_id)}" if kinds else matter(case.matter_id),
                place=place(case.place_id),
                unit=unit(case.unit_id) if show_unit else "",
                told=str(state.label),
                state=_state(state, next_step(case, actor, registry, now, standing)),
                left=tag(left.text, left.tone),
                waited=waited(case, now),
                handler=handlers.get(case.handler_id or 0, "") or "—",
            )
        )
    return Listed(SafeString("".join(found)), bulk)


def bulk_acts(cases: Sequence[Case], standings: Sequence[frozenset[str]]) -> tuple[Edge, ...]:
    """The acts that the table lets this official take on several of these cases at once, in its order. Guards are
    left to the kernel: it says for each case what cannot be done."""
    known = {(case.kind, case.edition): offers.in_bulk(procedure_of(case)) for case in cases}
    if not any(known.values()):
        return ()
    found: dict[str, Edge] = {}
    for case, standing in zip(cases, standings, strict=True):
        for edge in known[case.kind, case.edition]:
            if edge.act not in found and case.state in edge.sources and edge.who & standing:
                found[edge.act] = edge
    order = [edge.act for edges in known.values() for edge in edges]
    return tuple(sorted(found.values(), key=lambda edge: order.index(edge.act)))


def _state(state: State, step: str) -> SafeString:
    """What a case is in; where it waits for who looks, the step that does."""
    return tag(_("待您：%(step)s") % {"step": step}, state.tone) if step else tag(str(state.label), state.tone)


def waited(case: Case, now: datetime) -> str:
    """How long the sender has waited; empty where nobody owes them a step any more."""
    if case.phase != "work":
        return ""
    days = (shanghai_day(now) - shanghai_day(case.submitted_at)).days
    return ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days} if days > 0 else _("今天")


def flags(case: Case, merged: int = 0) -> tuple[tuple[str, str], ...]:
    """What should catch the eye: (words, tone)."""
    found: list[tuple[str, str]] = []
    if case.grade is not None and case.grade <= 2:
        found.append((_("差评"), "danger"))
    if case.is_open and case.lead_case_id is not None:
        found.append((_("已并案"), "neutral"))
    if merged:
        found.append((ngettext("并入 %(n)d 件", "并入 %(n)d 件", merged) % {"n": merged}, "info"))
    if case.against_id is not None:
        found.append((_("反映单位"), "warning"))
    if (case.private or {}).get(erasure.ASKED):
        found.append((_("申请删除"), "warning"))
    if case.returns:
        found.append((_("曾退回"), "neutral"))
    return tuple(found)
