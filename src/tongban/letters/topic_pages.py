"""What is rising: troubles that more people write of than before, for the desk and, where enough people
stand behind them, for all.

Figures of troubles at places. Nothing here is about a person or an opinion. Working them out: `letters.advice.rising`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban import charts
from tongban.cases import access
from tongban.gate.allow import actor_of, allows
from tongban.gate.keeping import public_for
from tongban.gate.script import as_read
from tongban.gate.templatetags.tongban_names import place_name
from tongban.registry import snapshot

from .advice import rising
from .models import PublishedLetter, RisingTopic

MOST_LINKED = 20


def _chart(topics: Sequence[RisingTopic]) -> charts.BarChart | None:
    if not topics:
        return None
    named = [
        (as_read(topic.name) + (f"（{place_name(topic.place_id)}）" if topic.place_id else ""), float(topic.senders))
        for topic in topics
    ]
    return charts.bar_chart(
        named, key="rising", title=_("本周写信反映的人数"), name_label=_("主题"), value_label=_("人数"), places=0
    )


def _met(topic: RisingTopic) -> int:
    """How many readers of the topic's published letters said that they met the same."""
    found = PublishedLetter.objects.filter(case_id__in=topic.case_ids).aggregate(met=Sum("met"))
    return found["met"] or 0


def _page(request: HttpRequest, template: str, rows: list[dict[str, Any]]) -> HttpResponse:
    topics = [row["topic"] for row in rows]
    context = {
        "rows": rows,
        "chart": _chart(topics),
        "days": rising.DAYS,
        "before": rising.DAYS_BEFORE,
        "fewest": rising.FEWEST_IN_PUBLIC,
        "worked_out": topics[0].worked_out_at if topics else None,
    }
    return render(request, template, context)


@allows("official")
def desk_topics(request: HttpRequest) -> HttpResponse:
    """Topics of which at least one letter exists for the official, with those letters; of
    other letters only how many."""
    actor, registry = actor_of(request), snapshot.current()
    topics = rising.shown(public=False)
    ids = [number for topic in topics for number in topic.case_ids]
    mine = {case.pk: case for case in access.cases_for(actor, registry).filter(pk__in=ids, erased_at__isnull=True)}
    rows = []
    for topic in topics:
        cases = [mine[number] for number in topic.case_ids if number in mine]
        if cases:
            rows.append(
                {
                    "topic": topic,
                    "cases": cases[:MOST_LINKED],
                    "others": len(topic.case_ids) - len(cases[:MOST_LINKED]),
                    "met": _met(topic),
                }
            )
    return _page(request, "letters/advice/desk_topics.html", rows)


@allows("public")
@public_for(60)
def topics(request: HttpRequest) -> HttpResponse:
    """Topics behind which enough people stand, with the answers that are published already."""
    rows = []
    for topic in rising.shown(public=True):
        answered = list(PublishedLetter.objects.filter(case_id__in=topic.case_ids).order_by("-answered_on")[:5])
        rows.append({"topic": topic, "answered": answered, "met": _met(topic)})
    return _page(request, "letters/advice/topics.html", rows)
