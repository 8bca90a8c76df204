"""Where every bar, point and tick of a chart stands, worked out before a template writes the SVG.

Pure functions from numbers to frozen values: no Django, no HTML, no colours (a series is a number from 1 to
6, the style sheet knows its colour). Across, a position is a percentage of the width; down, it is in em. So a
chart fills a phone as well as a wall, its text keeps its size, and elder mode enlarges it. Every chart
carries the table of its own numbers, because a chart is never the only way to read them. Not for choosing
what to count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from unicodedata import east_asian_width

from .drawing import Bar, BarChart, Legend, Line, LineChart, Point, Segment, Stroke, Tick
from .tables import Cell, Column, DataTable

SERIES = 6
BAR_SPAN = 76.0
LINE_LEFT, LINE_RIGHT = 10.0, 91.0
LABEL_EM, LABEL_EM_PHONE = 36.0, 13.0
ROW_EM = 3.4
AXIS_EM = 1.8


class ChartError(ValueError):
    """The numbers given cannot be drawn; the message says which."""


def number_text(value: float | None, unit: str = "", places: int | None = None) -> str:
    """A number as people read it: thousands parted, at most one decimal (or `places`); None is “—”."""
    if value is None:
        return "—"
    if places is None:
        places = 0 if float(value).is_integer() else 1
    return f"{value:,.{places}f}{unit}"


def text_width(text: str) -> float:
    """The width of a text in em, near enough to lay out by: 1 for a full-width character, else 0.56."""
    return sum(1.0 if east_asian_width(char) in "WFA" else 0.56 for char in text)


def fit(text: str, em: float) -> str:
    """The text if it fits into `em`, else as much of it as fits with an ellipsis."""
    if text_width(text) <= em:
        return text
    kept, used = "", 1.0
    for char in text:
        used += text_width(char)
        if used > em:
            break
        kept += char
    return kept + "…"


def nice_ticks(top: float, count: int = 4, *, whole: bool = False) -> tuple[float, ...]:
    """Round values from 0 to the first at or above `top`: about `count` steps of 1, 2, 2.5 or 5 times a power of ten,
    with `whole` of no fractions. A `top` of 0 gives (0, 1). Raises ChartError if it is negative or not a number."""
    _drawable(top, "top")
    if top == 0:
        return (0.0, 1.0)
    rough = top / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * (1 - 1e-9))
    if whole and not step.is_integer():
        step = 1.0 if step < 1 else 5.0
    steps = math.ceil(top / step - 1e-9)
    return tuple(round(step * index, 10) for index in range(steps + 1))


def bar_chart(
    rows: Sequence[tuple[str, float]],
    *,
    key: str,
    title: str,
    desc: str = "",
    unit: str = "",
    places: int | None = None,
    name_label: str,
    value_label: str,
    target: float | None = None,
    target_label: str = "",
    series: int = 1,
) -> BarChart:
    """Bars for (label, value) pairs, in the order given.

    `key` is unique on the page and makes the ids; `name_label` and `value_label` head the table's columns;
    `target` draws a mark across. Values must be finite and not negative, else ChartError names the label.
    """
    for label, value in rows:
        _drawable(value, label)
    scale = _Scale([*(value for _, value in rows), target or 0.0])
    bars = tuple(
        _bar(
            index,
            label,
            number_text(value, unit, places),
            [(value, series, f"{label}：{number_text(value, unit, places)}")],
            scale,
        )
        for index, (label, value) in enumerate(rows)
    )
    table = _table(
        title,
        (name_label, value_label),
        [(label, (number_text(value, unit, places),)) for label, value in rows],
    )
    mark = None
    if target is not None:
        _drawable(target, target_label)
        words = f"{target_label} {number_text(target, unit, places)}".strip()
        mark = Tick(_percent(scale.at(target)), words, scale.anchor(target))
    return _bar_frame(key, title, desc, bars, scale, unit, mark, (), table)


def stacked_bar(
    rows: Sequence[tuple[str, Sequence[float]]],
    series: Sequence[str],
    *,
    key: str,
    title: str,
    desc: str = "",
    unit: str = "",
    places: int | None = None,
    name_label: str,
    total_label: str,
    colours: Sequence[int] = (1, 2, 3, 4, 5, 6),
) -> BarChart:
    """Bars made of one piece per name in `series` (at most six); the total stands at the end of the bar.

    `colours` gives each name its colour of the style sheet, 1 to 6, where the order alone would mislead.

    Raises ChartError where a row has not as many values as there are names, or a value cannot be drawn.
    """
    _few(series)
    for label, values in rows:
        if len(values) != len(series):
            raise ChartError(f"{label}: {len(values)} values for {len(series)} series")
        for value in values:
            _drawable(value, label)
    scale = _Scale([sum(values) for _, values in rows])
    bars = tuple(
        _bar(
            index,
            label,
            number_text(sum(values), unit, places),
            [
                (value, colour, f"{label}，{name}：{number_text(value, unit, places)}")
                for colour, name, value in zip(colours, series, values, strict=False)
            ],
            scale,
        )
        for index, (label, values) in enumerate(rows)
    )
    table = _table(
        title,
        (name_label, *series, total_label),
        [
            (label, tuple(number_text(value, unit, places) for value in (*values, sum(values))))
            for label, values in rows
        ],
    )
    return _bar_frame(key, title, desc, bars, scale, unit, None, _legend(series, colours), table)


def line_chart(
    steps: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    *,
    key: str,
    title: str,
    desc: str = "",
    unit: str = "",
    places: int | None = None,
    step_label: str,
    height: float = 15.0,
    most_labels: int = 6,
) -> LineChart:
    """Lines over `steps` (the labels below, in order); each series has one value or None per step. The axis
    starts at 0. `height` is of the plot, in em. Raises ChartError where lengths differ, a value cannot be
    drawn, or there are more than six series.
    """
    _few(series)
    for name, values in series:
        if len(values) != len(steps):
            raise ChartError(f"{name}: {len(values)} values for {len(steps)} steps")
        for value in values:
            if value is not None:
                _drawable(value, name)
    known = [value for _, values in series for value in values if value is not None]
    ticks = nice_ticks(max(known, default=0.0), whole=_counts(known))
    top = ticks[-1]

    def down(value: float) -> str:
        return _em(1.6 + height * (1 - value / top))

    gap = (LINE_RIGHT - LINE_LEFT) / max(len(steps) - 1, 1)
    across = [_percent(LINE_LEFT + gap * index) for index in range(len(steps))]
    lines = []
    for number, (name, values) in enumerate(series, start=1):
        places_of: list[Point | None] = [
            None
            if value is None
            else Point(across[index], down(value), f"{steps[index]}，{name}：{number_text(value, unit, places)}")
            for index, value in enumerate(values)
        ]
        strokes = tuple(
            Stroke(left.x, left.y, right.x, right.y)
            for left, right in pairwise(places_of)
            if left is not None and right is not None
        )
        lines.append(Line(number, name, tuple(point for point in places_of if point is not None), strokes))
    every = max(1, math.ceil((len(steps) - 1) / max(most_labels - 1, 1)))
    shown = list(range(len(steps) - 1, -1, -every))[::-1]
    x_ticks = tuple(
        Tick(across[index], steps[index], rank=_rank(len(shown) - 1 - place, len(shown)))
        for place, index in enumerate(shown)
    )
    y_ticks = tuple(Tick(down(value), number_text(value, unit if value == top else "")) for value in ticks)
    rows = [
        (step, tuple(number_text(values[index], unit, places) for _, values in series))
        for index, step in enumerate(steps)
    ]
    names = [name for name, _ in series]
    return LineChart(
        key=key,
        title=title,
        desc=desc,
        height=_em(1.6 + height + AXIS_EM),
        axis_y=_em(1.6 + height + 1.4),
        y_ticks=y_ticks,
        x_ticks=x_ticks,
        lines=tuple(lines),
        legend=_legend(names) if len(names) > 1 else (),
        table=_table(title, (step_label, *names), rows),
    )


class _Scale:
    """From a value to its per cent of the width; keeps room at the right for the number."""

    def __init__(self, values: Sequence[float]) -> None:
        self.ticks = nice_ticks(max(values, default=0.0), whole=_counts(values))
        self.top = self.ticks[-1]

    def at(self, value: float) -> float:
        return BAR_SPAN * value / self.top

    def anchor(self, value: float) -> str:
        share = value / self.top
        return "start" if share < 0.15 else "end" if share > 0.6 else "middle"


def _bar(index: int, label: str, value: str, parts: Sequence[tuple[float, int, str]], scale: _Scale) -> Bar:
    top = ROW_EM * index
    segments, done = [], 0.0
    for amount, series, title in parts:
        if amount:
            segments.append(Segment(_percent(scale.at(done)), _percent(scale.at(amount)), series, title))
        done += amount
    return Bar(
        label=fit(label, LABEL_EM),
        short=fit(label, LABEL_EM_PHONE),
        title=label,
        label_y=_em(top + 1.2),
        y=_em(top + 1.65),
        value=value,
        value_x=_percent(scale.at(done)),
        value_y=_em(top + 2.6),
        segments=tuple(segments),
    )


def _bar_frame(
    key: str,
    title: str,
    desc: str,
    bars: tuple[Bar, ...],
    scale: _Scale,
    unit: str,
    target: Tick | None,
    legend: tuple[Legend, ...],
    table: DataTable,
) -> BarChart:
    plot = ROW_EM * len(bars)
    last = len(scale.ticks) - 1
    ticks = tuple(
        Tick(
            _percent(scale.at(value)),
            number_text(value, unit if index == last else ""),
            "start" if index == 0 else "middle",
            0 if index in (0, last) else 2,
        )
        for index, value in enumerate(scale.ticks)
    )
    below = AXIS_EM * (2 if target else 1)
    return BarChart(key, title, desc, _em(plot + below), _em(plot), _em(plot + 1.4), bars, ticks, target, legend, table)


def _table(caption: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> DataTable:
    return DataTable(
        caption=caption,
        columns=tuple(Column(head, index > 0) for index, head in enumerate(heads)),
        rows=tuple(
            (
                Cell(heads[0], name),
                *(Cell(head, text, numeric=True) for head, text in zip(heads[1:], texts, strict=True)),
            )
            for name, texts in rows
        ),
    )


def _rank(from_end: int, count: int) -> int:
    """Every second label, counted from the last, gives way first; see `Tick`."""
    return 0 if from_end % 2 == 0 else 2 if count > 4 else 1


def _legend(names: Sequence[str], colours: Sequence[int] = (1, 2, 3, 4, 5, 6)) -> tuple[Legend, ...]:
    return tuple(Legend(colour, name) for colour, name in zip(colours, names, strict=False))


def _few(series: Sequence[object]) -> None:
    if len(series) > SERIES:
        raise ChartError(f"{len(series)} series; a chart tells at most {SERIES} apart")


def _drawable(value: float, label: str) -> None:
    if not math.isfinite(value) or value < 0:
        raise ChartError(f"{label}: {value} cannot be drawn; values are finite and not negative")


def _counts(values: Sequence[float]) -> bool:
    """Whether all values are whole, as of things counted: then the axis has no halves of them."""
    return all(float(value).is_integer() for value in values)


def _percent(value: float) -> str:
    return f"{value:.4g}%"


def _em(value: float) -> str:
    return f"{round(value, 3):g}em"
