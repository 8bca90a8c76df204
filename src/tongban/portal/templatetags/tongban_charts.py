"""Charts for the templates of every room: numbers in, SVG with its table out. A room below the portal draws with these.

Not for choosing what to count, and not for where things stand: that is `tongban.charts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from tongban import charts

register = template.Library()


@register.inclusion_tag("tongban/parts/bar_chart.html")
def bar_chart(rows: Sequence[tuple[str, float]], **words: Any) -> dict[str, Any]:
    """Bars for (label, value) pairs; the words are those of `charts.bar_chart`."""
    return {"chart": charts.bar_chart([(str(label), value) for label, value in rows], **_texts(words))}


@register.inclusion_tag("tongban/parts/bar_chart.html")
def stacked_bar(rows: Sequence[tuple[str, Sequence[float]]], series: Sequence[str], **words: Any) -> dict[str, Any]:
    """Bars of several pieces; the words are those of `charts.stacked_bar`."""
    return {
        "chart": charts.stacked_bar(
            [(str(label), values) for label, values in rows], [str(name) for name in series], **_texts(words)
        )
    }


def _texts(words: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in words.items()}
