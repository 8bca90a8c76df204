"""Words that a body of letters itself teaches, and cutting a text into them. No dictionary is carried.

A run of two to four characters is a word where its parts come together far more often than by chance and its neighbours
vary on both sides (mutual information and branching entropy, Sun, Shen and Tsou 1998). A text is cut into the likeliest
words. Not a segmenter for linguists: it serves the classifier and the words shown to people.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .characters import FACTOR, MODULUS, Ints, characters, first_looks, hash_table, number_of, runs
from .loops import compiled

LONGEST = 4
LEAST_COUNT, LEAST_TIE, LEAST_VARIETY = 6, 2.5, 0.8
LONE = 0.1
"""How much likelier one takes a word than the same characters one by one."""


def found_words(texts: Iterable[str], least: int = LEAST_COUNT) -> tuple[dict[str, int], Counter[str]]:
    """(words with their counts, counts of single characters) of the folded texts; 10,000 letters take about 20 s."""
    counts: list[Counter[str]] = [Counter() for _ in range(LONGEST + 2)]
    for text in texts:
        for run in "".join(map(chr, characters(text)[0].tolist())).split("\x00"):
            for n in range(1, LONGEST + 2):
                counts[n].update(run[i : i + n] for i in range(len(run) - n + 1))
    total = sum(counts[1].values())
    words: dict[str, int] = {}
    for n in range(2, LONGEST + 1):
        often = {run for run, count in counts[n].items() if count >= least}
        before: dict[str, list[int]] = defaultdict(list)
        after: dict[str, list[int]] = defaultdict(list)
        for run, count in counts[n + 1].items():
            if run[1:] in often:
                before[run[1:]].append(count)
            if run[:-1] in often:
                after[run[:-1]].append(count)
        for run in often:
            together = counts[n][run] * total
            tie = min(math.log(together / (counts[i][run[:i]] * counts[n - i][run[i:]])) for i in range(1, n))
            if tie >= LEAST_TIE and min(_variety(before[run]), _variety(after[run])) >= LEAST_VARIETY:
                words[run] = counts[n][run]
    return words, counts[1]


def _variety(counts: Sequence[int]) -> float:
    """Entropy of the neighbours, in nats; no neighbour at all means that the text ends there,
    which is variety enough."""
    total = sum(counts)
    return -sum(n / total * math.log(n / total) for n in counts) if counts else 9.0


def hash_of(word: str) -> int:
    """The key of a run of folded characters, the same that the loops compute."""
    value = 7
    for char in word:
        value = (value * FACTOR + ord(char)) % MODULUS
    return value


class Lexicon:
    """Words as keys and log-likelihoods; the characters themselves are not kept."""

    def __init__(self, keys: Ints, likely: NDArray[np.float64], unknown: float) -> None:
        self.keys, self.likely, self.unknown = keys, likely, unknown
        self.table = hash_table(keys)

    @classmethod
    def learned(cls, texts: Iterable[str], least: int = LEAST_COUNT) -> Lexicon:
        """A lexicon from texts."""
        words, singles = found_words(texts, least)
        total = sum(words.values()) + LONE * sum(singles.values()) or 1.0
        counted: dict[int, float] = {hash_of(char): LONE * n for char, n in singles.items() if char != "\x00"}
        counted.update({hash_of(word): float(n) for word, n in words.items()})
        keys = np.array(sorted(counted), np.int64)
        return cls(
            keys,
            np.log(np.array([counted[int(key)] for key in keys]) / total).astype(np.float32).astype(np.float64),
            math.log(LONE / total),
        )

    def cut(self, chars: Ints) -> Ints:
        """The starts of the words of a text, and its end."""
        return cut(chars, runs(chars, LONGEST), self.table, self.likely, self.unknown)


@compiled
def cut(chars: Ints, values: Ints, table: Ints, likely: NDArray[np.float64], unknown: float) -> Ints:
    """The starts of the likeliest words, and the end; a break (0) is a word of its own. `values`: their `runs`,
    as long as words may be."""
    n = len(chars)
    longest = values.shape[1]
    looks = np.empty(n * longest, np.int64)
    first_looks(values.reshape(-1), len(looks), table, looks)
    best = np.full(n + 1, -1e300)
    back = np.zeros(n + 1, np.int64)
    best[0] = 0.0
    for start in range(n):
        for length in range(longest):
            value = values[start, length]
            if value == -1:
                break
            number = number_of(value, looks[start * longest + length], table)
            if number >= 0:
                score = best[start] + likely[number]
            elif length == 0:
                score = best[start] + unknown
            else:
                continue
            end = start + length + 1
            if score > best[end]:
                best[end] = score
                back[end] = start
    count = 0
    end = n
    while end > 0:
        end = back[end]
        count += 1
    starts = np.empty(count + 1, np.int64)
    starts[count] = n
    end = n
    while end > 0:
        end = back[end]
        count -= 1
        starts[count] = end
    return starts
