"""The same tables for a million people: facts as columns, values and reasons as small integers, piece by piece.

A column knows for each person whether its value is known. People are judged in pieces that stay in the processor's
cache; within a piece each question is asked once. An answer is two rows of bits, one for yes and one for no: any-of and
all-of are single operations on eight people a byte, and the reasons of everybody are kept at two bits a group.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from .catalogue import UNKNOWN
from .errors import BadFact, BadTable
from .operators import (
    Declared,
    Distance,
    Holds,
    HoldsNone,
    Is,
    IsNot,
    Members,
    NoneOf,
    NotWithin,
    OneOf,
    Operator,
    Range,
    Within,
)
from .table import Group, Setting, Table

PIECE = 1 << 16
"""People of one piece; a multiple of eight."""
Bits = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of many people: numbers, dates (datetime64[D]), yes or no, or choices as places in `words`.

    `known` says where there is a value; None: everywhere. For certificates `words` are kinds and `values` a matrix of
    last days, one column a kind (NaT: not held; the greatest date: without end).
    """

    values: npt.NDArray[Any]
    known: Bools | None = None
    words: tuple[str, ...] | None = None

    @classmethod
    def of(cls, values: Sequence[Any]) -> Column:
        """From Python values of one kind, None where unknown. Raises TypeError where kinds
        are mixed or of no column."""
        known = np.array([value is not None for value in values], dtype=bool)
        kinds = {type(value) for value in values if value is not None}
        mask = None if known.all() else known
        if not kinds:
            return cls(np.zeros(len(values)), known)
        if kinds == {str}:
            words = tuple(dict.fromkeys(value for value in values if value is not None))
            places = {word: place for place, word in enumerate(words)}
            return cls(np.array([places.get(value, 0) for value in values], dtype=np.int32), mask, words)
        if kinds == {bool}:
            return cls(np.array([bool(value) for value in values]), mask)
        if kinds == {date}:
            return cls(np.array([value or date(1970, 1, 1) for value in values], dtype="datetime64[D]"), mask)
        if kinds <= {int, float}:
            return cls(np.array([0 if value is None else value for value in values]), mask)
        raise TypeError(f"no column is made of {sorted(kind.__name__ for kind in kinds)}")

    def __len__(self) -> int:
        return len(self.values)

    def piece(self, start: int, stop: int) -> Column:
        """The rows from `start` to `stop`."""
        return Column(self.values[start:stop], None if self.known is None else self.known[start:stop], self.words)


@dataclass(frozen=True, slots=True)
class People:
    """The households of many people: `offsets[i]:offsets[i+1]` are the rows of person i's members in `columns`."""

    offsets: npt.NDArray[np.int64]
    columns: Mapping[str, Column]
    known: Bools | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def piece(self, start: int, stop: int) -> People:
        """The households from `start` to `stop`."""
        first, last = int(self.offsets[start]), int(self.offsets[stop])
        columns = {fact: column.piece(first, last) for fact, column in self.columns.items()}
        return People(
            self.offsets[start : stop + 1] - first, columns, None if self.known is None else self.known[start:stop]
        )


Columns = Mapping[str, Column | People]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """One piece: `size` people from `start` on. Bits, eight people a byte: `yes` and `no` a row a
    table; of groups likewise.

    The groups of table t lie in `group_yes` and `group_no` from row `spans[t]` to `spans[t + 1]`.
    """

    tables: tuple[Table, ...]
    start: int
    size: int
    yes: Bits
    no: Bits
    group_yes: Bits
    group_no: Bits
    spans: tuple[int, ...]

    def values(self, table: int) -> npt.NDArray[np.int8]:
        """The values of one table, a person each: 0 no, 1 unknown, 2 yes."""
        yes, no = (np.unpackbits(bits[table], count=self.size).astype(np.int8) for bits in (self.yes, self.no))
        found: npt.NDArray[np.int8] = yes - no + np.int8(UNKNOWN)
        return found

    def counts(self, table: int) -> tuple[int, int, int]:
        """How many are no, unknown, yes."""
        yes, no = (int(np.bitwise_count(bits[table]).sum()) for bits in (self.yes, self.no))
        return no, self.size - yes - no, yes

    def entitled(self, table: int) -> npt.NDArray[np.int64]:
        """The people for whom the table says yes, counted from the first of all pieces."""
        return np.flatnonzero(np.unpackbits(self.yes[table], count=self.size)) + self.start

    def reasons(self, table: int, person: int) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
        """The failed and the open groups of one table for one person of this piece (counted from its start)."""
        byte, bit = person >> 3, 7 - (person & 7)
        rows = range(self.spans[table], self.spans[table + 1])
        marks = [(int(self.group_yes[row, byte]) >> bit & 1, int(self.group_no[row, byte]) >> bit & 1) for row in rows]
        groups = self.tables[table].groups
        return (
            tuple(group for group, (_yes, no) in zip(groups, marks, strict=True) if no),
            tuple(group for group, (yes, no) in zip(groups, marks, strict=True) if not yes and not no),
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    """Who answers a question with yes, who with no; neither: unknown. Bits behind the last person are never set."""

    yes: Bits
    no: Bits


def verdicts(tables: Sequence[Table], columns: Columns, setting: Setting, piece: int = PIECE) -> Iterator[Verdicts]:
    """Judge everybody, piece by piece; facts without a column are unknown. Raises BadFact."""
    tables = tuple(tables)
    sizes = {len(column) for column in columns.values()}
    if len(sizes) > 1:
        raise BadFact(next(iter(columns)), f"columns of different lengths: {sorted(sizes)}")
    size = sizes.pop() if sizes else 0
    for start in range(0, size, piece):
        stop = min(start + piece, size)
        yield _piece(
            tables, {fact: column.piece(start, stop) for fact, column in columns.items()}, setting, start, stop - start
        )


def _piece(tables: tuple[Table, ...], columns: Columns, setting: Setting, start: int, size: int) -> Verdicts:
    asked: dict[tuple[str, Operator], _Answer] = {}
    everybody = np.packbits(np.ones(size, dtype=bool))
    nobody = np.zeros_like(everybody)
    spans = [0]
    for table in tables:
        spans.append(spans[-1] + len(table.groups))
    yes, no = np.empty((2, len(tables), len(everybody)), dtype=np.uint8)
    group_yes, group_no = np.empty((2, spans[-1], len(everybody)), dtype=np.uint8)
    for place, table in enumerate(tables):
        yes[place], no[place] = everybody, nobody
        for row, group in enumerate(table.groups, spans[place]):
            group_yes[row], group_no[row] = nobody, everybody
            for leaf in group.leaves:
                answer = asked.get(leaf.question)
                if answer is None:
                    answer = asked[leaf.question] = _asked(leaf.fact, leaf.operator, columns, setting, size)
                group_yes[row] |= answer.yes
                group_no[row] &= answer.no
            yes[place] &= group_yes[row]
            no[place] |= group_no[row]
    return Verdicts(tables, start, size, yes, no, group_yes, group_no, tuple(spans))


def _asked(fact: str, operator: Operator, columns: Columns, setting: Setting, size: int) -> _Answer:
    """One question for all people of a piece. Raises BadFact."""
    nothing = np.zeros((size + 7) // 8, dtype=np.uint8)
    column = columns.get(fact)
    if column is None or (column.known is not None and not column.known.any()):
        return _Answer(nothing, nothing)
    try:
        if isinstance(column, People):
            if not isinstance(operator, Members):
                raise TypeError("a household is no single value")
            return _members(operator, column, setting)
        if isinstance(operator, Distance) and operator.to is not None:
            other = columns.get(operator.to)
            if other is None or (other.known is not None and not other.known.any()):
                return _Answer(nothing, nothing)
            if isinstance(other, People):
                raise TypeError("a date is expected")
            met = _between(operator, _dates(column), _dates(other))
            return _packed(met, ~met, *(one.known for one in (column, other) if one.known is not None))
        met = _ask(operator, column, setting)
        return _packed(met, ~met, *(() if column.known is None else (column.known,)))
    except TypeError as error:
        raise BadFact(fact, str(error)) from None


def _packed(met: Bools, missed: Bools, *known: Bools) -> _Answer:
    yes, no = np.packbits(met), np.packbits(missed)
    for one in known:
        bits = np.packbits(one)
        yes &= bits
        no &= bits
    return _Answer(yes, no)


def _ask(operator: Operator, column: Column, setting: Setting) -> Bools:
    if isinstance(operator, Is | IsNot):
        same = _is(operator.value, column)
        return same if isinstance(operator, Is) else ~same
    if isinstance(operator, OneOf | NoneOf):
        return _by_word(
            column,
            (lambda word: word in operator.values)
            if isinstance(operator, OneOf)
            else (lambda word: word not in operator.values),
        )
    if isinstance(operator, Within | NotWithin):
        check = operator.check(setting)
        return _by_word(column, lambda word: bool(check(word)))
    if isinstance(operator, Range):
        return _range(operator, column)
    if isinstance(operator, Distance):
        return _distance(operator, _dates(column), setting.day)
    if isinstance(operator, Declared):
        return _yes_or_no(column)
    if isinstance(operator, Holds | HoldsNone):
        held = _held(operator.kind, column, setting)
        return held if isinstance(operator, Holds) else ~held
    raise TypeError("a household is expected")


def _is(wanted: Any, column: Column) -> Bools:
    if isinstance(wanted, bool):
        same: Bools = _yes_or_no(column) == wanted
        return same
    if isinstance(wanted, str):
        return _by_word(column, lambda word: word == wanted)
    equal: Bools = _numbers(column) == float(wanted)
    return equal


def _by_word(column: Column, met: Callable[[str], bool]) -> Bools:
    if column.words is None or column.values.ndim != 1:
        raise TypeError("a choice is expected")
    table = np.array([met(word) for word in column.words] or [False], dtype=bool)
    found: Bools = table[column.values]
    return found


def _yes_or_no(column: Column) -> Bools:
    if column.values.dtype != bool:
        raise TypeError("yes or no is expected")
    return column.values


def _numbers(column: Column) -> npt.NDArray[Any]:
    if column.words is not None or column.values.dtype.kind not in "iuf":
        raise TypeError("a number is expected")
    return column.values


def _dates(column: Column) -> npt.NDArray[Any]:
    if column.values.dtype.kind != "M" or column.values.ndim != 1:
        raise TypeError("a date is expected")
    return column.values


def _range(operator: Range, column: Column) -> Bools:
    bounds: tuple[Any, Any] = (operator.low, operator.high)
    of_dates = isinstance(next(bound for bound in bounds if bound is not None), date)
    values = _dates(column) if of_dates else _numbers(column)
    low, high = (
        bound if bound is None else np.datetime64(bound, "D") if of_dates else _bound(bound, values) for bound in bounds
    )
    return _within(values, low, high)


def _bound(bound: Any, values: npt.NDArray[Any]) -> Any:
    """A bound that is compared without turning a column of whole numbers into one of fractions, where it fits."""
    if (
        values.dtype.kind != "f"
        and bound == int(bound)
        and np.iinfo(values.dtype).min <= bound <= np.iinfo(values.dtype).max
    ):
        return values.dtype.type(int(bound))
    return float(bound)


def _within(values: npt.NDArray[Any], low: Any, high: Any) -> Bools:
    met: Bools = values >= low if low is not None else values <= high
    if low is not None and high is not None:
        met &= values <= high
    return met


def _distance(operator: Distance, since: npt.NDArray[Any], day: date) -> Bools:
    """Against one day: so far away or further is the same as not after a border."""
    latest = None if operator.low is None else np.datetime64(_shifted(day, operator.unit, -_whole(operator.low)), "D")
    earliest = (
        None if operator.high is None else np.datetime64(_shifted(day, operator.unit, -_whole(operator.high) - 1), "D")
    )
    met: Bools = since <= latest if latest is not None else since > earliest
    if latest is not None and earliest is not None:
        met &= since > earliest
    return met


def _shifted(day: date, unit: str, number: int) -> date:
    """The last day from which `-number` units are complete on `day`: the same number of the month, or its last day."""
    if unit == "days":
        return day + timedelta(days=number)
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _between(operator: Distance, since: npt.NDArray[Any], until: npt.NDArray[Any]) -> Bools:
    if operator.unit == "days":
        return _within((until - since).astype(np.int64), operator.low, operator.high)
    months = until.astype("datetime64[M]").astype(np.int64) - since.astype("datetime64[M]").astype(np.int64)
    day_since, day_until = ((days - days.astype("datetime64[M]")).astype(np.int64) for days in (since, until))
    months -= day_until < day_since
    return _within(months if operator.unit == "months" else months // 12, operator.low, operator.high)


def _whole(bound: Any) -> int:
    if not isinstance(bound, int):
        raise BadTable(f"the parameter {bound.code} has no value yet: bind the table first")
    return bound


def _held(kind: str, column: Column, setting: Setting) -> Bools:
    if column.words is None or column.values.ndim != 2 or column.values.dtype.kind != "M":
        raise TypeError("certificates are expected: a matrix of last days, one column a kind")
    if kind not in column.words:
        return np.zeros(len(column), dtype=bool)
    held: Bools = column.values[:, column.words.index(kind)] >= np.datetime64(setting.day, "D")
    return held


def _members(operator: Members, people: People, setting: Setting) -> _Answer:
    size = int(people.offsets[-1])
    met, missed = np.ones(size, dtype=bool), np.zeros(size, dtype=bool)
    for one in operator.where:
        answer = _asked(one.fact, one.operator, people.columns, setting, size)
        met &= np.unpackbits(answer.yes, count=size).view(bool)
        missed |= np.unpackbits(answer.no, count=size).view(bool)
    least, lost = (np.diff(np.concatenate([[0], np.cumsum(mark)])[people.offsets]) for mark in (met, missed))
    most = np.diff(people.offsets) - lost
    low, high = operator.low or 0, operator.high
    yes, no = least >= low, most < low
    if high is not None:
        yes &= most <= high
        no |= least > high
    return _packed(yes, no, *(() if people.known is None else (people.known,)))
