"""Figures as charts with their table: from numbers to frozen values that a template only has to write down as SVG.

Pure Python: no Django, no HTML, no colours. `layout.py` works out where everything stands, `drawing.py` says what a
chart is, `tables.py` what a table is. The portal's templates write both (`portal/templatetags/tongban_charts.py`). Not
for choosing what to count, and not for the words: they are given in the language of the page.
"""

from .drawing import Bar, BarChart, Legend, Line, LineChart, Point, Segment, Stroke, Tick
from .layout import (
    BAR_SPAN,
    LABEL_EM,
    LABEL_EM_PHONE,
    SERIES,
    ChartError,
    bar_chart,
    fit,
    line_chart,
    nice_ticks,
    number_text,
    stacked_bar,
    text_width,
)
from .tables import Cell, Column, DataTable

__all__ = [
    "BAR_SPAN",
    "LABEL_EM",
    "LABEL_EM_PHONE",
    "SERIES",
    "Bar",
    "BarChart",
    "Cell",
    "ChartError",
    "Column",
    "DataTable",
    "Legend",
    "Line",
    "LineChart",
    "Point",
    "Segment",
    "Stroke",
    "Tick",
    "bar_chart",
    "fit",
    "line_chart",
    "nice_ticks",
    "number_text",
    "stacked_bar",
    "text_width",
]
