"""What is rising: troubles that more people write of than before, for the desk and, where enough people stand behind them, for all.

Figures of troubles at places. Nothing here is about a person or an opinion. Working them out: `letters.advice.rising`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.cases import access
from tongban.gate.allow import actor_of, allows
from tongban.gate.keeping import public_for
from tongban.gate.templatetags.tongban_names import place_name
from tongban.letters.advice import rising
from tongban.letters.models import PublishedLetter, RisingTopic
from tongban.registry import snapshot

from . import charts

MOST_LINKED = 20


def _chart(topics: Sequence[RisingTopic]) -> charts.BarChart | None:
    if not topics:
        return None
    named = [(f"{topic.name}（{place_name(topic.place_id)}）" if topic.place_id else topic.name, float(topic.senders)) for topic in topics]
    return charts.bar_chart(named, key="rising", title=_("本周写信反映的人数"), name_label=_("主题"), value_label=_("人数"), places=0)


def _page(request: HttpRequest, template: str, rows: list[dict[str, Any]]) -> HttpResponse:
    topics = [row["topic"] for row in rows]
    context = {"rows": rows, "chart": _chart(topics), "days": rising.DAYS, "before": rising.DAYS_BEFORE, "fewest": rising.FEWEST_IN_PUBLIC, "worked_out": topics[0].worked_out_at if topics else None}
    return render(request, template, context)


@allows("official")
def desk_topics(request: HttpRequest) -> HttpResponse:
    """Topics of which at least one letter exists for the official, with those letters; of other letters only how many."""
    actor, registry = actor_of(request), snapshot.current()
    topics = rising.shown(public=False)
    ids = [number for topic in topics for number in topic.case_ids]
    mine = {case.pk: case for case in access.cases_for(actor, registry).filter(pk__in=ids, erased_at__isnull=True)}
    rows = []
    for topic in topics:
        cases = [mine[number] for number in topic.case_ids if number in mine]
        if cases:
            rows.append({"topic": topic, "cases": cases[:MOST_LINKED], "others": len(topic.case_ids) - len(cases[:MOST_LINKED])})
    return _page(request, "portal/desk_topics.html", rows)


@allows("public")
@public_for(60)
def topics(request: HttpRequest) -> HttpResponse:
    """Topics behind which enough people stand, with the answers that are published already."""
    rows = []
    for topic in rising.shown(public=True):
        answered = list(PublishedLetter.objects.filter(case_id__in=topic.case_ids).order_by("-answered_on")[:5])
        rows.append({"topic": topic, "answered": answered})
    return _page(request, "portal/topics.html", rows)
