"""A case as a row of a list: names from memory, the subject decrypted, days left in words and colour.

One statement for the handlers' names and one for merged letters, however many rows. The words of a row that are the
same in all rows are rendered once for each language (`letters/desk/row.html`), because fifty rows through the template
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
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tongban.accounts.models import Official
from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.models import Case
from tongban.gate.templatetags.tongban_names import grouped, matter_name, place_name, unit_name
from tongban.letters.procedure import LETTER
from tongban.registry.snapshot import Snapshot
from tongban.workdays import YearNotLoaded, days_left, rung

TONES = {"on_time": "neutral", "due_soon": "info", "due": "warning", "overdue": "danger", "long_overdue": "danger"}
STATE_TONES = {
    "submitted": "warning", "returned": "warning", "dispatched": "info", "accepted": "info", "waiting": "neutral",
    "drafted": "info", "disputed": "warning", "under_review": "warning", "under_recheck": "warning", "merged": "neutral",
    "answered": "success", "closed": "success", "reviewed": "success", "final": "success",
}  # fmt: skip
NEXT = {
    "submitted": ("dispatch",), "returned": ("dispatch",), "dispatched": ("accept",), "accepted": ("answer",),
    "drafted": ("approve_answer",), "disputed": ("decide_dispute",), "under_review": ("answer_review",),
    "under_recheck": ("answer_recheck",),
}  # fmt: skip
"""The step that moves a letter on from each state, for the column “下一步”."""


SHOWN = (
    "kind", "code", "state", "is_open", "matter", "place", "unit", "against", "handler", "due_at", "answer_due_at",
    "awaiting_calendar", "paused_at", "returns", "lead_case", "grade", "private",
)  # fmt: skip
"""The fields of a case that a row needs; a list reads no more."""


@dataclass(frozen=True, slots=True)
class Left:
    """How much time is left, in words, and the colour that goes with it."""

    text: str
    tone: str


@lru_cache(maxsize=2000)
def tag(text: str, tone: str) -> SafeString:
    """`tongban/parts/tag.html`, written once for each text: a page of rows has the same few tags again and again."""
    return render_to_string("tongban/parts/tag.html", {"text": text, "tone": tone})


@lru_cache(maxsize=20)
def skeleton(_language: str | None, show_unit: bool) -> str:
    """`letters/desk/row.html` in the language of the page, with `{…}` where the values of a row go."""
    return render_to_string("letters/desk/row.html", {"show_unit": show_unit})


def limit_unit(case: Case, registry: Snapshot) -> str:
    """`working` or `calendar`: how the limit counts that the current deadline comes from."""
    step = LETTER.state(case.state).step or LETTER.answer_step
    if case.due_at is not None and case.due_at == case.answer_due_at:
        step = LETTER.answer_step
    limit = registry.limit(step, case.matter_id, case.place_id)
    return limit.unit if limit else "calendar"


def time_left(due: datetime | None, unit: str, now: datetime, registry: Snapshot) -> Left | None:
    """Days left until `due`; None where there is no deadline. In calendar days where a year is not loaded."""
    if due is None:
        return None
    try:
        days = days_left(now, due, unit, registry.calendar)
    except YearNotLoaded:
        unit = "calendar"
        days = days_left(now, due, unit, registry.calendar)
    tone = TONES[rung(now, due, registry.calendar)]
    if days == 0 and now <= due:
        return Left(_("今天到期"), tone)
    if unit == "working":
        text = (
            ngettext("还剩 %(n)d 个工作日", "还剩 %(n)d 个工作日", days) if days > 0
            else ngettext("已超 %(n)d 个工作日", "已超 %(n)d 个工作日", -days)
        )  # fmt: skip
    else:
        text = ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", days) if days > 0 else ngettext("已超 %(n)d 天", "已超 %(n)d 天", -days)
    return Left(text % {"n": abs(days)}, tone)


def left_of(case: Case, now: datetime, registry: Snapshot) -> Left:
    """The time left of a case in words; also why there is none."""
    found = time_left(case.due_at, limit_unit(case, registry), now, registry)
    if found is not None:
        return found
    if not case.is_open:
        return Left(_("已结"), "neutral")
    if case.paused_at is not None:
        return Left(_("暂停计时"), "neutral")
    if case.awaiting_calendar is not None:
        return Left(_("等待载入 %(year)d 年日历") % {"year": case.awaiting_calendar}, "warning")
    return Left(_("无时限"), "neutral")


def next_step(case: Case, actor: Actor, registry: Snapshot, assisting: frozenset[str] = frozenset()) -> str:
    """The step that waits for this official, in the desk's words; empty where the letter waits for somebody else."""
    acts = NEXT.get(case.state, ())
    if case.state == "accepted" and registry.matters[case.matter_id].second_eyes:
        acts = ("draft_answer",)
    if case.state == "drafted" and (case.private or {}).get("drafter") == actor.official_id:
        return ""
    standing = frozenset(access.standing(actor, case, registry, assisting))
    for edge in LETTER.open_to(case.state, standing):
        if edge.act in acts:
            return str(edge.label)
    return ""


def names_of(ids: Sequence[int | None]) -> dict[int, str]:
    """The names of officials by id, in one statement."""
    wanted = {number for number in ids if number is not None}
    return {official.pk: str(official) for official in Official.objects.filter(pk__in=wanted).only("username", "display_name")} if wanted else {}


def rows(
    cases: Sequence[Case], actor: Actor, registry: Snapshot, now: datetime, assisting: frozenset[str] = frozenset(), show_unit: bool = True
) -> SafeString:
    """The rows of one page as `<tr>` elements, with a column for the unit in charge where the list has several."""
    if not cases:
        return SafeString("")
    handlers = names_of([case.handler_id for case in cases])
    merged = dict(
        Case.objects.filter(lead_case__in=[case.pk for case in cases]).order_by().values_list("lead_case").annotate(Count("pk"))
    )
    language, erased = get_language(), _("（内容已删除）")
    row, first = skeleton(language, show_unit), cases[0].code
    page = reverse("letters:desk_case", args=[first])
    matter, place, unit = lru_cache(matter_name), lru_cache(place_name), lru_cache(unit_name)
    found = []
    for case in cases:
        left = left_of(case, now, registry)
        found.append(
            format_html(
                row,
                url=page.replace(first, case.code),
                subject=case.subject or erased,
                code=grouped(case.code),
                flags=SafeString("".join(" " + tag(text, tone) for text, tone in flags(case, merged.get(case.pk, 0)))),
                matter=matter(case.matter_id),
                place=place(case.place_id),
                unit=unit(case.unit_id) if show_unit else "",
                state=tag(str(LETTER.state(case.state).label), STATE_TONES.get(case.state, "neutral")),
                waiting=_waiting(language, next_step(case, actor, registry, assisting)),
                due=_due(case.due_at),
                left=tag(left.text, left.tone),
                handler=handlers.get(case.handler_id or 0, "") or "—",
            )
        )
    return SafeString("".join(found))


@lru_cache(maxsize=100)
def _waiting(_language: str | None, step: str) -> SafeString:
    return format_html('<br><span class="small">{}</span>', _("待您：%(step)s") % {"step": step}) if step else SafeString("")


def _due(due: datetime | None) -> SafeString:
    if due is None:
        return SafeString("")
    moment = localtime(due).replace(microsecond=0).isoformat()
    return SafeString(f'<time datetime="{moment}">{moment[:10]}</time><br>')


def flags(case: Case, merged: int = 0) -> tuple[tuple[str, str], ...]:
    """What should catch the eye: (words, tone)."""
    found: list[tuple[str, str]] = []
    if case.grade is not None and case.grade <= 2:
        found.append((_("差评"), "danger"))
    if case.lead_case_id is not None:
        found.append((_("已并案"), "neutral"))
    if merged:
        found.append((ngettext("并入 %(n)d 件", "并入 %(n)d 件", merged) % {"n": merged}, "info"))
    if case.against_id is not None:
        found.append((_("反映单位"), "warning"))
    if case.returns:
        found.append((_("曾退回"), "neutral"))
    return tuple(found)
