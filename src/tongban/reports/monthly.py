"""The figures of one month, for a page that reads by itself: what came, what was decided and how fast, what was
objected to, what was wrong and for how long. Counted from cases and the public register as they stand; mistakes with
their numbers. Not the scorecards, which anybody recounts from the ledger (`scorecards/`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.db.models import Count, Q
from django.utils import timezone

from tongban.cases.models import Case
from tongban.workdays import shanghai_day

from .models import Listed, Reported, SealedReport


@dataclass(frozen=True, slots=True)
class Mistake:
    """A decision that did not hold: overturned on objection, after how many days."""

    row: Listed
    days: int


@dataclass(frozen=True)
class Month:
    """`answer_days`, `objection_days`: the median number of days, None where nothing was answered. `lifted_days`,
    `wrong_days`: how long what was lifted, or overturned, had been in force (median)."""

    first: date
    received: int
    by_programs: int
    sealed: int
    answered: dict[str, int]
    answer_days: float | None
    decisions: int
    by_harm: tuple[tuple[str, int], ...]
    by_scope: dict[str, int]
    second: int
    objections: int
    granted: int
    rejected: int
    objection_days: float | None
    expired: int
    lifted: int
    lifted_days: float | None
    overturned: int
    wrong_days: float | None
    in_force: int
    mistakes: tuple[Mistake, ...]

    @property
    def last(self) -> date:
        """The last day of the month, or today while it runs."""
        return min(following(self.first) - timedelta(days=1), timezone.localdate())

    @property
    def closed(self) -> int:
        """How many reports were answered."""
        return sum(self.answered.values())

    @property
    def nothing(self) -> bool:
        """Whether nothing happened at all."""
        return not (self.received or self.closed or self.decisions or self.objections or self.in_force or self.sealed)


def first_day(text: str) -> date | None:
    """The first day of `2026-11`; None for what is no month."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


def following(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())


def _days(pairs: Iterable[tuple[datetime, datetime | None]]) -> list[int]:
    return [(shanghai_day(end) - shanghai_day(start)).days for start, end in pairs if end is not None]


def _middle(days: list[int]) -> float | None:
    return float(median(days)) if days else None


def counted(first: date) -> Month:
    """The month that begins on `first`, as far as it has gone."""
    since, until = _begin(first), _begin(following(first))
    inside = {"gte": since, "lt": until}

    def within(field: str) -> Q:
        return Q(**{f"{field}__{name}": value for name, value in inside.items()})

    reports = Case.objects.filter(kind="report")
    answered = reports.filter(within("answered_at"), state__in=("decided", "dismissed", "referred"))
    objections = Case.objects.filter(kind="report_objection")
    decided = objections.filter(within("answered_at"), state__in=("granted", "rejected"))
    new, ended = Listed.objects.filter(within("since")), Listed.objects.filter(within("ended"))
    lifted, wrong = ended.filter(state="lifted"), ended.filter(state="overturned").order_by("number")
    numbers = dict(answered.order_by().values_list("state").annotate(number=Count("pk")))
    outcomes = dict(decided.order_by().values_list("state").annotate(number=Count("pk")))
    stood = Listed.objects.filter(since__lt=until).filter(Q(ended=None) | Q(ended__gte=until))
    last_day = min(following(first) - timedelta(days=1), timezone.localdate())
    return Month(
        first=first,
        received=reports.filter(within("submitted_at")).count(),
        by_programs=Reported.objects.filter(within("case__submitted_at"), reporter__isnull=False).count(),
        sealed=SealedReport.objects.filter(within("received_at")).count(),
        answered={state: numbers.get(state, 0) for state in ("decided", "dismissed", "referred")},
        answer_days=_middle(_days(answered.values_list("submitted_at", "answered_at"))),
        decisions=new.count(),
        by_harm=tuple(new.order_by("harm").values_list("harm").annotate(number=Count("pk"))),
        by_scope=dict(new.order_by().values_list("scope").annotate(number=Count("pk"))),
        second=new.filter(case__acts__act="confirm").distinct().count(),
        objections=objections.filter(within("submitted_at")).count(),
        granted=outcomes.get("granted", 0),
        rejected=outcomes.get("rejected", 0),
        objection_days=_middle(_days(decided.values_list("submitted_at", "answered_at"))),
        expired=ended.filter(state="expired").count(),
        lifted=lifted.count(),
        lifted_days=_middle(_days(lifted.values_list("since", "ended"))),
        overturned=wrong.count(),
        wrong_days=_middle(_days(wrong.values_list("since", "ended"))),
        in_force=stood.filter(until__gte=last_day).count(),
        mistakes=tuple(
            Mistake(row, (shanghai_day(row.ended) - shanghai_day(row.since)).days) for row in wrong if row.ended
        ),
    )


def months(today: date) -> list[date]:
    """The first days of the months in which there is anything, the newest first; at most 36."""
    oldest = Case.objects.filter(kind="report").order_by("pk").values_list("submitted_at", flat=True).first()
    sealed = SealedReport.objects.order_by("pk").values_list("received_at", flat=True).first()
    first = min((one for one in (oldest, sealed) if one is not None), default=None)
    begin = shanghai_day(first).replace(day=1) if first is not None else today.replace(day=1)
    found: list[date] = []
    at = today.replace(day=1)
    while at >= begin and len(found) < 36:
        found.append(at)
        at = (at - timedelta(days=1)).replace(day=1)
    return found or [today.replace(day=1)]
