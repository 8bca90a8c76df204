"""Many tables for one person at once: each question is asked once, however many tables ask it.

Values are counted as 0 no, 1 unknown, 2 yes, so that “any of” is the greatest and “all of” the least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import BadFact, BadTable
from .operators import Distance, Operator
from .table import Facts, Group, Setting, Table

NO, UNKNOWN, YES = 0, 1, 2
_OF = {False: NO, None: UNKNOWN, True: YES}
_VALUE: tuple[bool | None, ...] = (False, None, True)


@dataclass(frozen=True, slots=True)
class Results:
    """What came out for one person: a value a table, and for each the groups that fail or are open."""

    catalogue: Catalogue
    values: npt.NDArray[np.int8]
    groups: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.values)

    def value(self, code: str) -> bool | None:
        """The value of one table."""
        return _VALUE[int(self.values[self.catalogue.place(code)])]

    def failed(self, code: str) -> tuple[Group, ...]:
        """The groups of a table of which no leaf is met."""
        return self._having(code, NO)

    def open(self, code: str) -> tuple[Group, ...]:
        """The groups of a table that would be decided by knowing more."""
        return self._having(code, UNKNOWN)

    def reasons(self) -> dict[str, tuple[tuple[Group, ...], tuple[Group, ...]]]:
        """For every table that is not a plain yes: its failed and its open groups."""
        found: dict[str, tuple[list[Group], list[Group]]] = {}
        catalogue = self.catalogue
        owners, groups = catalogue.owners, catalogue.groups
        for place in np.flatnonzero(self.groups != YES).tolist():
            lists = found.get(owners[place])
            if lists is None:
                lists = found[owners[place]] = ([], [])
            lists[int(self.groups[place])].append(groups[place])
        return {code: (tuple(failed), tuple(open_)) for code, (failed, open_) in found.items()}

    def by_value(self) -> dict[bool | None, list[str]]:
        """The codes of tables by what came out, in the catalogue's order."""
        found: dict[bool | None, list[str]] = {True: [], False: [], None: []}
        for table, value in zip(self.catalogue.tables, self.values.tolist(), strict=True):
            found[_VALUE[value]].append(table.code)
        return found

    def _having(self, code: str, value: int) -> tuple[Group, ...]:
        start, stop = self.catalogue.span(code)
        return tuple(self.catalogue.groups[place] for place in range(start, stop) if self.groups[place] == value)


class Catalogue:
    """Tables prepared for a day and a place. Prepare once, judge many people. Raises BadTable
    for two tables of one code."""

    def __init__(self, tables: Iterable[Table], setting: Setting) -> None:
        self.tables = tuple(tables)
        self.setting = setting
        self._places = {table.code: place for place, table in enumerate(self.tables)}
        if len(self._places) != len(self.tables):
            raise BadTable("two tables have one code")
        self.groups = tuple(group for table in self.tables for group in table.groups)
        self.owners = tuple(table.code for table in self.tables for _group in table.groups)
        starts = np.cumsum([0, *(len(table.groups) for table in self.tables)])
        self._starts = starts.tolist()
        self._empty = np.flatnonzero(starts[1:] == starts[:-1])
        self._filled = np.flatnonzero(starts[1:] != starts[:-1])
        self._group_starts = starts[:-1][self._filled]
        self._compile()

    def place(self, code: str) -> int:
        """The place of a table in the results. KeyError where there is none."""
        return self._places[code]

    def span(self, code: str) -> tuple[int, int]:
        """From where to where the groups of a table lie."""
        place = self._places[code]
        return self._starts[place], self._starts[place + 1]

    def judge(self, facts: Facts) -> Results:
        """All tables for one person. Raises BadFact."""
        answers = self._unknown.copy()
        for fact, value in facts.items():
            if value is None:
                continue
            rows = self._asking.get(fact)
            if rows is not None:
                try:
                    for number, check in rows:
                        answers[number] = _OF[check(value)]
                except (TypeError, ValueError) as error:
                    raise BadFact(fact, str(error)) from None
        for number, fact, other, between in self._two:
            since, until = facts.get(fact), facts.get(other)
            if since is not None and until is not None:
                try:
                    answers[number] = _OF[between(since, until)]
                except TypeError as error:
                    raise BadFact(fact, str(error)) from None
        of_leaves = np.frombuffer(bytes(answers), dtype=np.int8)[self._leaf_questions]
        groups = np.maximum.reduceat(of_leaves, self._leaf_starts) if len(of_leaves) else np.zeros(0, np.int8)
        values = np.full(len(self.tables), YES, dtype=np.int8)
        if len(groups):
            values[self._filled] = np.minimum.reduceat(groups, self._group_starts)
        return Results(self, values, groups)

    def _compile(self) -> None:
        numbers: dict[tuple[str, Operator], int] = {}
        self._asking: dict[str, list[tuple[int, Callable[[Any], bool | None]]]] = {}
        self._two: list[tuple[int, str, str, Callable[[Any, Any], bool]]] = []
        of_leaves: list[int] = []
        leaf_starts: list[int] = []
        for group in self.groups:
            leaf_starts.append(len(of_leaves))
            for leaf in group.leaves:
                number = numbers.get(leaf.question)
                if number is None:
                    number = numbers[leaf.question] = len(numbers)
                    operator = leaf.operator
                    if isinstance(operator, Distance) and operator.to is not None:
                        self._two.append((number, leaf.fact, operator.to, operator.between))
                    else:
                        self._asking.setdefault(leaf.fact, []).append((number, operator.check(self.setting)))
                of_leaves.append(number)
        self._unknown = bytearray([UNKNOWN]) * len(numbers)
        self._leaf_questions = np.array(of_leaves, dtype=np.intp)
        self._leaf_starts = np.array(leaf_starts, dtype=np.intp)
