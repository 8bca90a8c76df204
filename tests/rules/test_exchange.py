"""Tables leave as rows and as JSON Logic and mean the same; parameters are bound by day and place."""

import json
from datetime import date

import pytest
from datalogic_py import apply
from hypothesis import given, settings

from tongban.rules import (
    BadTable,
    Distance,
    Group,
    Leaf,
    MissingParameter,
    NotExportable,
    Parameter,
    ParameterRow,
    Parameters,
    Range,
    Setting,
    Table,
    Within,
    from_rows,
    json_logic,
    json_logic_facts,
    to_rows,
)

from .making import DAY, PLACES, SETTING, tables, whole_facts


@given(tables)
def test_rows_come_back_as_the_table_also_through_json(table):
    again = from_rows(json.loads(json.dumps(to_rows(table), ensure_ascii=False)))
    assert again == ([Table("t", table.groups)] if table.groups else [])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, "operator"),
        ({"table": "t", "group": 1, "fact": "a", "operator": "like"}, "no such operator"),
        ({"table": "t", "group": 1, "fact": "a", "operator": "is", "arguments": {"low": 1}}, "not low"),
        ({"table": "t", "group": 1, "fact": "a", "operator": "range", "arguments": {}}, "bound"),
        ({"table": "t", "group": 1, "fact": "a", "operator": "range", "arguments": {"low": "x"}}, "number"),
        ({"table": "t", "group": 1, "fact": "", "operator": "declared"}, "code"),
        ({"table": "t", "group": 1, "fact": "a", "operator": "one_of", "arguments": {"values": "abc"}}, "list"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_number(row, words):
    with pytest.raises(BadTable, match=f"row 1: .*{words}"):
        from_rows([row])


@settings(max_examples=300)
@given(tables, whole_facts)
def test_json_logic_says_the_same_to_another_program(table, known):
    known = {
        code: value
        for code, value in known.items()
        if code != "household" or all(None not in one.values() and "pupil" in one for one in value)
    }
    if "household" not in known and "household" in table.facts:
        return
    rule = json_logic(table, SETTING, below=lambda place: [code for code, line in PLACES.items() if place in line])
    assert bool(apply(rule, json_logic_facts(known))) is table.value(known, SETTING)


def test_a_parameter_is_the_one_of_the_day_and_the_nearest_place():
    table = Table(
        "t",
        (
            Group(
                (
                    Leaf("income", Range(high=Parameter("line"))),
                    Leaf("came", Distance("months", low=Parameter("months"))),
                )
            ),
        ),
    )
    rows = [
        ParameterRow("line", None, date(2020, 1, 1), None, 600),
        ParameterRow("line", "6101", date(2025, 1, 1), date(2025, 12, 31), 700),
        ParameterRow("line", "6101", date(2026, 1, 1), None, 800),
        ParameterRow("months", None, date(2020, 1, 1), None, 6),
    ]
    bound = table.bind(Parameters(rows), SETTING)
    assert bound.value({"income": 800}, SETTING) is True
    assert table.bind(Parameters(rows), Setting(date(2025, 6, 1), SETTING.line, "6101")).leaves[0].operator == Range(
        high=700
    )
    assert table.bind(Parameters(rows), Setting(date(2025, 6, 1), SETTING.line, "6103")).leaves[0].operator == Range(
        high=600
    )
    with pytest.raises(MissingParameter, match="line"):
        table.bind(Parameters(rows), Setting(date(2019, 1, 1)))
    with pytest.raises(BadTable, match="line"):
        table.value({"income": 800}, SETTING)
    with pytest.raises(NotExportable):
        json_logic(table, SETTING)
    assert from_rows(to_rows(table)) == [table]


def test_a_place_needs_the_tree_to_leave():
    with pytest.raises(NotExportable):
        json_logic(Table("t", (Group((Leaf("home", Within(frozenset({"61"}))),)),)), Setting(DAY))
