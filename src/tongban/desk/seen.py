"""What the people of a unit had seen of a case before it was marked as being about them: shown to whoever has it now.

Looks and acts, notices that reminded them of it, and lists that their programs took out. Not for hiding anything from
them afterwards: `cases.access` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.accounts.names import role_name
from tongban.cases.access import WORKING
from tongban.cases.actor import Actor
from tongban.cases.inputs import AgainstUnit
from tongban.cases.models import Act, Case, Notice
from tongban.cases.procedure import procedure_of
from tongban.registry.names import unit_name

from .models import ListExport
from .offers import act_words, actor_name
from .opening import Found
from .purposes import PURPOSE_WORDS

MOST_EXPORTS = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that somebody of the unit saw or did."""

    when: datetime
    who: str
    unit: str
    what: str


def marked_at(case: Case, acts: Sequence[Act]) -> datetime:
    """When the case was marked; its beginning where it was sent as a complaint about the unit."""
    naming = procedure_of(case).acts(lambda edge: any(isinstance(item, AgainstUnit) for item in edge.inputs))
    marks = [act.at for act in acts if act.act in naming and dict(act.private or {}).get("against")]
    return marks[-1] if marks else case.submitted_at


def seen_before(found: Found, acts: Sequence[Act]) -> list[Seen]:
    """What those saw whom the case is about now, oldest first; empty where it is about nobody."""
    case = found.case
    if case.against_id is None:
        return []
    barred, until = found.registry.barred(case.against_id), marked_at(case, acts)
    rows = [
        Seen(act.at, actor_name(act), unit_name(act.unit_id), _what(case, act)) for act in acts if act.unit_id in barred
    ]
    for notice in Notice.objects.filter(case=case, unit_id__in=barred).select_related("official").order_by("pk"):
        words = _("收到时限提醒（只有查询码）")
        rows.append(Seen(notice.created_at, str(notice.official or ""), unit_name(notice.unit_id), words))
    exports = ListExport.objects.filter(
        unit_id__in=barred, at__gte=case.submitted_at, at__lte=until, after__lt=case.pk, up_to__gte=case.pk
    )
    for export in exports.select_related("official").order_by("at")[:MOST_EXPORTS]:
        words = _("导出清单，其中可能有这个件（不含内容）")
        rows.append(
            Seen(export.at, f"{export.official or ''}（{role_name(export.role)}）", unit_name(export.unit_id), words)
        )
    return sorted(rows, key=lambda row: row.when)


def _what(case: Case, act: Act) -> str:
    if act.act != "look":
        return act_words(case, act.act)
    purpose = str((act.private or {}).get("purpose", ""))
    return _("查看：%(purpose)s") % {"purpose": PURPOSE_WORDS.get(purpose, purpose)}


def keep_export(actor: Actor, after: int) -> None:
    """Keep that an official's program takes a list out."""
    newest = Case.objects.aggregate(newest=Max("pk"))["newest"] or 0
    for unit, role in (post for post in actor.posts[:1] if post[1] in WORKING):
        ListExport.objects.create(
            official_id=actor.official_id,
            unit_id=unit,
            role=role,
            at=timezone.now(),
            after=min(after, newest),
            up_to=newest,
        )
