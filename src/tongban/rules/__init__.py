"""Conditions of law as tables: three values, reasons with their article, for one person or a million.

A library of its own: no Django, no network, no language to parse. A table is all-of groups of any-of leaves; a leaf
asks one fact with one of a dozen typed operators and carries the article it stands on. What is not known stays unknown.

    >>> from datetime import date
    >>> old = Leaf("born", Distance("years", low=60), "年满60周岁", "老年人权益保障法 第二条")
    >>> table = Table("senior", (Group((old,)),))
    >>> table.value({"born": date(1960, 5, 1)}, Setting(date(2026, 5, 1)))
    True
    >>> table.value({}, Setting(date(2026, 5, 1))) is None
    True
"""

from .catalogue import Catalogue, Results
from .columns import Column, People, Verdicts, verdicts
from .errors import BadFact, BadTable, MissingParameter, NotExportable
from .exchange import from_rows, to_rows
from .explaining import Explanation, Way, explain
from .jsonlogic import json_logic, json_logic_facts
from .operators import (
    Declared,
    Distance,
    Holds,
    HoldsNone,
    Is,
    IsNot,
    Member,
    Members,
    NoneOf,
    NotWithin,
    OneOf,
    Operator,
    Parameter,
    Range,
    Within,
)
from .parameters import ParameterRow, Parameters
from .questions import questions
from .table import Group, Leaf, Setting, Table

__all__ = [
    "BadFact", "BadTable", "Catalogue", "Column", "Declared", "Distance", "Explanation", "Group", "Holds", "HoldsNone",
    "Is", "IsNot", "Leaf", "Member", "Members", "MissingParameter", "NoneOf", "NotExportable", "NotWithin", "OneOf",
    "Operator", "Parameter", "ParameterRow", "Parameters", "People", "Range", "Results", "Setting", "Table", "Verdicts",
    "Way", "Within",
    "explain", "from_rows", "json_logic", "json_logic_facts", "questions", "to_rows", "verdicts",
]  # fmt: skip
