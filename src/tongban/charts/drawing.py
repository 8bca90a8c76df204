"""What a chart is once it has been worked out: frozen values that a template only has to write down.

Positions are ready as attribute values, per cent across and em down, so no template computes and no locale
rewrites a decimal point. Not for working them out: that is `layout.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from .tables import DataTable


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis. Rank 0 always shows, 1 gives way in elder mode, 2 also on a phone."""

    at: str
    text: str
    anchor: str = "middle"
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Legend:
    """The name of a series and its number from 1 to 6."""

    series: int
    name: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: where it starts, how wide it is (both in per cent), and its value in words."""

    x: str
    width: str
    series: int
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its label (shortened to fit, `short` on a phone, the whole in `title`), its pieces,
    and its value at the end."""

    label: str
    short: str
    title: str
    label_y: str
    y: str
    value: str
    value_x: str
    value_y: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars, one under another. `target` is a mark across all of them, or None."""

    key: str
    title: str
    desc: str
    height: str
    plot_height: str
    axis_y: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    target: Tick | None
    legend: tuple[Legend, ...]
    table: DataTable


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a line: its place and its words."""

    x: str
    y: str
    title: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight piece between two neighbouring points."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its points and the strokes between them. A missing value leaves a gap."""

    series: int
    name: str
    points: tuple[Point, ...]
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over equal steps (days, months). `y_ticks` hold positions in em, `x_ticks` in per cent."""

    key: str
    title: str
    desc: str
    height: str
    axis_y: str
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    legend: tuple[Legend, ...]
    table: DataTable
