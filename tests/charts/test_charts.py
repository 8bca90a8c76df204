"""Charts: what may be drawn, where it stands, and that the numbers always stand beside it as a table."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban import charts

amounts = st.floats(min_value=0, max_value=1e9, allow_nan=False, allow_infinity=False).map(lambda x: round(x, 3))


def bars(rows: list[tuple[str, float]], **more: object) -> charts.BarChart:
    return charts.bar_chart(rows, key="k", title="t", name_label="单位", value_label="件数", **more)  # type: ignore[arg-type]


def percent(text: str) -> float:
    assert text.endswith("%")
    return float(text[:-1])


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_ticks_start_at_zero_and_reach_the_largest_value(top: float) -> None:
    ticks = charts.nice_ticks(top)
    assert ticks[0] == 0
    assert ticks[-1] >= top * (1 - 1e-6)
    assert 2 <= len(ticks) <= 6
    assert list(ticks) == sorted(set(ticks))


def test_ticks_of_nothing_still_make_an_axis() -> None:
    assert charts.nice_ticks(0) == (0.0, 1.0)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_a_value_that_cannot_be_drawn_is_refused_by_name(bad: float) -> None:
    with pytest.raises(charts.ChartError, match="雁塔区"):
        bars([("雁塔区", bad)])


@given(st.lists(amounts, min_size=1, max_size=8))
def test_a_bar_is_as_wide_as_its_share_and_leaves_room_for_its_number(values: list[float]) -> None:
    chart = bars([(str(index), value) for index, value in enumerate(values)])
    top = max(values) or 1.0
    for bar, value in zip(chart.bars, values, strict=True):
        assert percent(bar.value_x) <= charts.BAR_SPAN + 0.01
        width = sum(percent(segment.width) for segment in bar.segments)
        assert width == pytest.approx(percent(bar.value_x), abs=0.05)
        assert (width == 0) == (value == 0) or value / top < 1e-3


@given(st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=5))
def test_the_pieces_of_a_stacked_bar_follow_each_other_without_gaps(
    rows: list[tuple[float, float, float]],
) -> None:
    named = [(str(index), row) for index, row in enumerate(rows)]
    chart = charts.stacked_bar(named, ["甲", "乙", "丙"], key="k", title="t", name_label="单位", total_label="合计")
    for bar in chart.bars:
        edge = 0.0
        for segment in bar.segments:
            assert percent(segment.x) == pytest.approx(edge, abs=0.05)
            edge += percent(segment.width)


def test_every_number_of_a_stacked_bar_is_in_its_table() -> None:
    chart = charts.stacked_bar(
        [("雁塔区", (812, 20))],
        ["按时", "超时"],
        key="k",
        title="办理情况",
        name_label="单位",
        total_label="合计",
    )
    assert chart.table.caption == "办理情况"
    assert [column.label for column in chart.table.columns] == ["单位", "按时", "超时", "合计"]
    assert [cell.text for cell in chart.table.rows[0]] == ["雁塔区", "812", "20", "832"]
    assert [cell.label for cell in chart.table.rows[0]] == ["单位", "按时", "超时", "合计"]
    assert [(entry.series, entry.name) for entry in chart.legend] == [(1, "按时"), (2, "超时")]


def test_a_row_with_too_few_values_is_refused() -> None:
    with pytest.raises(charts.ChartError, match="1 values for 2 series"):
        charts.stacked_bar([("x", (1,))], ["a", "b"], key="k", title="t", name_label="n", total_label="s")


def test_a_target_stands_where_a_bar_of_that_value_would_end() -> None:
    chart = bars([("x", 95), ("y", 100)], target=95, target_label="目标", unit="%")
    assert chart.target is not None
    assert chart.target.at == chart.bars[0].value_x
    assert chart.target.text == "目标 95%"


def test_a_target_above_every_bar_is_still_inside_the_chart() -> None:
    chart = bars([("x", 10)], target=95, target_label="目标")
    assert chart.target is not None
    assert percent(chart.target.at) <= charts.BAR_SPAN


def test_a_long_name_is_shortened_in_the_chart_and_whole_in_the_table() -> None:
    name = "碑林区城市管理和综合执法局长安路街道综合行政执法队"
    chart = bars([(name, 1)])
    assert chart.bars[0].short.endswith("…")
    assert charts.text_width(chart.bars[0].short) <= charts.LABEL_EM_PHONE
    assert chart.bars[0].label == chart.bars[0].title == chart.table.rows[0][0].text == name
    longer = bars([(name * 3, 1)])
    assert longer.bars[0].label.endswith("…")
    assert charts.text_width(longer.bars[0].label) <= charts.LABEL_EM


def test_things_counted_have_no_halves_on_the_axis() -> None:
    assert [tick.text for tick in bars([("x", 1)]).ticks] == ["0", "1"]
    assert [tick.text for tick in bars([("x", 10)]).ticks] == ["0", "5", "10"]
    assert [tick.text for tick in bars([("x", 0.5)]).ticks][-1] == "0.6"


def test_pieces_of_a_bar_can_be_given_their_colours() -> None:
    chart = charts.stacked_bar(
        [("u", (1, 2))], ["在时限内", "已逾期"], colours=(1, 2), key="k", title="t", name_label="n", total_label="合计"
    )
    other = charts.stacked_bar(
        [("u", (1, 2))], ["在时限内", "已逾期"], colours=(1, 5), key="k", title="t", name_label="n", total_label="合计"
    )
    assert [piece.series for piece in chart.bars[0].segments] == [1, 2]
    assert [piece.series for piece in other.bars[0].segments] == [entry.series for entry in other.legend] == [1, 5]


def test_a_missing_month_leaves_a_gap_in_the_line() -> None:
    chart = charts.line_chart(["1", "2", "3", "4"], [("来信", [1, 2, None, 4])], key="k", title="t", step_label="月份")
    line = chart.lines[0]
    assert len(line.points) == 3
    assert len(line.strokes) == 1
    assert chart.table.rows[2][1].text == "—"


@given(st.integers(min_value=1, max_value=400))
def test_a_line_chart_names_its_last_step_and_not_too_many(steps: int) -> None:
    names = [str(index) for index in range(steps)]
    chart = charts.line_chart(names, [("a", [1] * steps)], key="k", title="t", step_label="日")
    assert chart.x_ticks[-1].text == names[-1]
    assert chart.x_ticks[-1].rank == 0
    assert len(chart.x_ticks) <= 6


def test_higher_values_stand_higher() -> None:
    chart = charts.line_chart(["1", "2"], [("a", [10, 40])], key="k", title="t", step_label="月")
    low, high = (float(point.y.removesuffix("em")) for point in chart.lines[0].points)
    assert high < low


def test_seven_series_are_refused_because_they_cannot_be_told_apart() -> None:
    with pytest.raises(charts.ChartError, match="at most 6"):
        charts.line_chart(["1"], [(str(n), [1]) for n in range(7)], key="k", title="t", step_label="月")


@pytest.mark.parametrize(
    ("value", "text"), [(1204, "1,204件"), (96.44, "96.4件"), (0, "0件"), (None, "—"), (88.0, "88件")]
)
def test_numbers_are_written_as_people_read_them(value: float | None, text: str) -> None:
    assert charts.number_text(value, "件") == text
