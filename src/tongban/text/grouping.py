"""Groups letters that are copies of each other or nearly so: exact, then MinHash over three-character shingles.

For splits that do not flatter (each group stays on one side) and for calibration. Not an index of letters to search in.
Broder 1997: the share of equal minima estimates the Jaccard similarity of two sets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .characters import FACTOR, MODULUS, Ints, characters
from .loops import compiled

HASHES, BANDS = 64, 16
SIMILAR = 0.5
"""Jaccard similarity of shingles from which two letters count as near copies."""
_TRIED = 20


@compiled
def _shingles(chars: Ints, modulus: int, factor: int) -> Ints:
    found = np.empty(max(1, len(chars) - 2), np.int64)
    found[0] = 7
    n = 0
    for i in range(len(chars) - 2):
        if chars[i] != 0 and chars[i + 1] != 0 and chars[i + 2] != 0:
            found[n] = ((chars[i] * factor + chars[i + 1]) % modulus * factor + chars[i + 2]) % modulus
            n += 1
    return np.unique(found[: max(1, n)])


@compiled
def _signature(shingles: Ints, a: Ints, b: Ints, modulus: int) -> Ints:
    least = np.full(len(a), modulus, np.int64)
    for shingle in shingles:
        for j in range(len(a)):
            value = (a[j] * shingle + b[j]) % modulus
            if value < least[j]:
                least[j] = value
    return least


def groups(
    texts: Sequence[str], similar: float = SIMILAR, seed: int = 1, progress: Callable[[int], None] | None = None
) -> NDArray[np.int64]:
    """A group number for each text; near copies, and copies of these, share one."""
    chance = np.random.default_rng(seed)
    a, b = chance.integers(1, 2**31 - 2, HASHES), chance.integers(0, 2**31 - 2, HASHES)
    parent = list(range(len(texts)))

    def find(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    sets: list[Ints] = []
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    rows = HASHES // BANDS
    for number, text in enumerate(texts):
        shingles = _shingles(characters(text)[0], MODULUS, FACTOR)
        sets.append(shingles)
        signature = _signature(shingles, a, b, MODULUS)
        for band in range(BANDS):
            bucket = buckets[band, signature[band * rows : (band + 1) * rows].tobytes()]
            for other in bucket[:_TRIED]:
                if find(other) != find(number) and jaccard(sets[other], shingles) >= similar:
                    parent[find(number)] = find(other)
            bucket.append(number)
        if progress is not None:
            progress(number + 1)
    return np.array([find(number) for number in range(len(texts))], np.int64)


def jaccard(one: Ints, other: Ints) -> float:
    """Similarity of two sets of shingles (sorted, each once)."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)


def folds(group: NDArray[np.int64], labels: NDArray[np.int64], count: int = 5, seed: int = 0) -> NDArray[np.int64]:
    """A fold for each letter: whole groups, and of each label as equal a share as that allows."""
    members: dict[int, list[int]] = defaultdict(list)
    for number, which in enumerate(group):
        members[int(which)].append(number)
    whole = list(members.values())
    np.random.default_rng(seed).shuffle(whole)
    whole.sort(key=len, reverse=True)
    classes = int(labels.max(initial=-1)) + 1
    wanted = np.maximum(np.bincount(labels, minlength=classes) / count, 1.0)
    held = np.zeros((count, classes))
    fold = np.zeros(len(labels), np.int64)
    for group_members in whole:
        more = np.bincount(labels[group_members], minlength=classes)
        touched = np.flatnonzero(more)
        cost = (more[touched] * (2 * held[:, touched] + more[touched]) / wanted[touched] ** 2).sum(
            axis=1
        ) + 1e-9 * held.sum(axis=1)
        best = int(np.argmin(cost))
        held[best] += more
        fold[group_members] = best
    return fold
