"""Tables as plain rows (dicts of text, numbers, lists), for a database, a spreadsheet or a file; and back, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from . import operators as kinds
from .errors import BadTable
from .operators import Member, Members, Operator, Parameter
from .table import Group, Leaf, Table

Row = dict[str, Any]
_NAMES: dict[str, type[Operator]] = {
    "is": kinds.Is, "is_not": kinds.IsNot, "one_of": kinds.OneOf, "none_of": kinds.NoneOf, "range": kinds.Range,
    "distance": kinds.Distance, "within": kinds.Within, "not_within": kinds.NotWithin, "holds": kinds.Holds,
    "holds_none": kinds.HoldsNone, "declared": kinds.Declared, "members": kinds.Members,
}  # fmt: skip
OPERATORS = tuple(_NAMES)
_OF = {kind: name for name, kind in _NAMES.items()}
_FIELDS: dict[str, tuple[str, ...]] = {
    "is": ("value",), "is_not": ("value",), "one_of": ("values",), "none_of": ("values",), "range": ("low", "high"),
    "distance": ("unit", "low", "high", "to"), "within": ("places",), "not_within": ("places",), "holds": ("kind",),
    "holds_none": ("kind",), "declared": (), "members": ("where", "low", "high"),
}  # fmt: skip


def to_rows(table: Table) -> list[Row]:
    """One row a leaf: table, group (from 1), fact, operator, its arguments, words, article."""
    rows = []
    for number, group in enumerate(table.groups, 1):
        for leaf in group.leaves:
            operator, arguments = _said(leaf.operator)
            rows.append({
                "table": table.code, "group": number, "fact": leaf.fact, "operator": operator, "arguments": arguments,
                "words": leaf.words, "article": leaf.article, "group_words": group.words,
                "group_article": group.article,
            })  # fmt: skip
    return rows


def from_rows(rows: Iterable[Mapping[str, Any]]) -> list[Table]:
    """Tables from rows, in the order of their first row. Raises BadTable with the number of the row, from 1."""
    found: dict[str, dict[int, list[tuple[Leaf, str, str]]]] = {}
    for number, row in enumerate(rows, 1):
        try:
            operator = _meant(str(row["operator"]), row.get("arguments") or {})
            leaf = Leaf(_code(row["fact"]), operator, str(row.get("words") or ""), str(row.get("article") or ""))
            group = found.setdefault(_code(row["table"]), {}).setdefault(int(row["group"]), [])
        except (KeyError, TypeError, ValueError) as error:
            raise BadTable(f"row {number}: {error}") from None
        group.append((leaf, str(row.get("group_words") or ""), str(row.get("group_article") or "")))
    return [
        Table(
            code,
            tuple(
                Group(tuple(leaf for leaf, *_ in rows), rows[0][1], rows[0][2]) for _n, rows in sorted(groups.items())
            ),
        )
        for code, groups in found.items()
    ]


def _code(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadTable("a code is missing")
    return value


def _said(operator: Operator) -> tuple[str, Row]:
    name = _OF[type(operator)]
    return name, {
        field: _plain(getattr(operator, field)) for field in _FIELDS[name] if getattr(operator, field) is not None
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Parameter):
        return {"parameter": value.code}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [
            {"fact": one.fact, "operator": _said(one.operator)[0], "arguments": _said(one.operator)[1]} for one in value
        ]
    return value


def _meant(name: str, arguments: Mapping[str, Any]) -> Operator:
    if name not in _NAMES:
        raise BadTable(f"{name}: no such operator; there are {', '.join(OPERATORS)}")
    strange = set(arguments) - set(_FIELDS[name])
    if strange:
        raise BadTable(f"{name} takes {', '.join(_FIELDS[name]) or 'nothing'}, not {', '.join(sorted(strange))}")
    made = {field: _value(field, value) for field, value in arguments.items()}
    if name == "members":
        return Members(**{"low": None, **made})
    return _NAMES[name](**made)


def _value(field: str, value: Any) -> Any:
    if field in ("values", "places"):
        if not isinstance(value, list | tuple | set | frozenset) or not all(isinstance(one, str) for one in value):
            raise BadTable(f"{field} is a list of text")
        return frozenset(value)
    if field == "where":
        return tuple(
            Member(_code(one["fact"]), _meant(str(one["operator"]), one.get("arguments") or {})) for one in value
        )
    if isinstance(value, Mapping):
        if "parameter" in value:
            return Parameter(_code(value["parameter"]))
        if "date" in value:
            return date.fromisoformat(value["date"])
        if "decimal" in value:
            return Decimal(value["decimal"])
        raise BadTable(f"{field}: not understood")
    if field in ("low", "high") and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise BadTable(f"{field} is a number")
    return value
