"""Sparse matrices of letters: taking a part of one, turning it, multiplying it with a full one, quickly on one core.

Compiled where numba is installed; without it the products go through NumPy, row by row. Knows nothing of matters.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .characters import Ints
from .features import Floats, Letters
from .loops import FAST, compiled

Bytes = NDArray[np.int8]
Sparse = tuple[Ints, Ints, Floats]
"""CSR: stops, columns, values."""


@compiled
def taken(stops: Ints, columns: Ints, values: Floats, rows: Ints, place: Ints) -> Sparse:
    """CSR of the letters `rows`, of the features that have a place."""
    ends = np.zeros(len(rows) + 1, np.int64)
    for i in range(len(rows)):
        ends[i + 1] = ends[i]
        for at in range(stops[rows[i]], stops[rows[i] + 1]):
            if place[columns[at]] >= 0:
                ends[i + 1] += 1
    found, kept = np.empty(ends[-1], np.int64), np.empty(ends[-1], np.float32)
    to = 0
    for i in range(len(rows)):
        for at in range(stops[rows[i]], stops[rows[i] + 1]):
            feature = place[columns[at]]
            if feature >= 0:
                found[to] = feature
                kept[to] = values[at]
                to += 1
    return ends, found, kept


@compiled
def turned(stops: Ints, columns: Ints, values: Floats, width: int) -> Sparse:
    """The sparse matrix with its `width` columns as rows."""
    ends = np.zeros(width + 1, np.int64)
    for at in range(len(columns)):
        ends[columns[at] + 1] += 1
    for column in range(width):
        ends[column + 1] += ends[column]
    to = ends.copy()
    rows, kept = np.empty(len(columns), np.int64), np.empty(len(columns), np.float32)
    for row in range(len(stops) - 1):
        for at in range(stops[row], stops[row + 1]):
            column = columns[at]
            rows[to[column]] = row
            kept[to[column]] = values[at]
            to[column] += 1
    return ends, rows, kept


def times(stops: Ints, columns: Ints, values: Floats, right: Floats | Bytes) -> Floats:
    """The sparse matrix times a full one."""
    if FAST:
        found: Floats = _quick_times(stops, columns, values, right)
        return found
    parts = [values[a:b] @ right[columns[a:b]] for a, b in pairwise(stops.tolist())]
    return np.array(parts, np.float32).reshape(len(parts), right.shape[1])


@compiled
def _quick_times(stops: Ints, columns: Ints, values: Floats, right: Floats | Bytes) -> Floats:
    """Four rows of the full matrix at a time: twice as fast as one by one."""
    width = right.shape[1]
    found = np.zeros((len(stops) - 1, width), np.float32)
    sums = np.empty(width, np.float32)
    for row in range(len(stops) - 1):
        sums[:] = 0
        at = stops[row]
        while at + 3 < stops[row + 1]:
            one, two, three, four = (
                right[columns[at]],
                right[columns[at + 1]],
                right[columns[at + 2]],
                right[columns[at + 3]],
            )
            first, second, third, fourth = values[at], values[at + 1], values[at + 2], values[at + 3]
            for j in range(width):
                sums[j] += first * one[j] + second * two[j] + third * three[j] + fourth * four[j]
            at += 4
        while at < stops[row + 1]:
            one, first = right[columns[at]], values[at]
            for j in range(width):
                sums[j] += first * one[j]
            at += 1
        found[row] = sums
    return found


def placed(letters: Letters, rows: Ints, places: Bytes, scales: Floats, some: Ints | None = None) -> Floats:
    """letters × directions; of all letters, or of `some`."""
    which = np.arange(len(letters)) if some is None else some
    if FAST:
        found: Floats = _quick_places(letters.stops, letters.columns, letters.values, which, rows, places, scales)
        return found
    stops, columns, values = taken(letters.stops, letters.columns, letters.values, which, rows)
    return times(stops, columns, values * scales[columns], places)


@compiled
def _quick_places(
    stops: Ints, columns: Ints, values: Floats, some: Ints, rows: Ints, places: Bytes, scales: Floats
) -> Floats:
    """As `_quick_times`, and bytes are read four times as fast as numbers of four."""
    width = places.shape[1]
    found = np.zeros((len(some), width), np.float32)
    sums = np.empty(width, np.float32)
    most = 0
    for i in range(len(some)):
        most = max(most, stops[some[i] + 1] - stops[some[i]])
    known, weighed = np.empty(most, np.int64), np.empty(most, np.float32)
    for i in range(len(some)):
        count = 0
        for at in range(stops[some[i]], stops[some[i] + 1]):
            row = rows[columns[at]]
            if row >= 0:
                known[count] = row
                weighed[count] = values[at] * scales[row]
                count += 1
        sums[:] = 0
        at = 0
        while at + 3 < count:
            one, two, three, four = (
                places[known[at]],
                places[known[at + 1]],
                places[known[at + 2]],
                places[known[at + 3]],
            )
            first, second, third, fourth = weighed[at], weighed[at + 1], weighed[at + 2], weighed[at + 3]
            for j in range(width):
                sums[j] += (
                    first * np.float32(one[j])
                    + second * np.float32(two[j])
                    + third * np.float32(three[j])
                    + fourth * np.float32(four[j])
                )
            at += 4
        while at < count:
            one, first = places[known[at]], weighed[at]
            for j in range(width):
                sums[j] += first * np.float32(one[j])
            at += 1
        found[i] = sums
    return found
