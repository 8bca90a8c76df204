"""A first, honest suggester of matters: search over their names, descriptions and past letters, and nothing learned.

BM25 over telling tokens (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75). It returns nothing where nothing speaks for
any matter. Not a classifier: a better one comes behind the same protocol.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .telling import telling

K1, B = 1.2, 0.75
NAME_WEIGHT = 3


@dataclass(frozen=True, slots=True)
class MatterText:
    """What is known of a matter: the names of it and those above it (nearest first), a description, past subjects."""

    code: str
    path_names: Sequence[str]
    description: str = ""
    examples: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A matter, how much speaks for it (comparable within one answer only), and the words that do."""

    code: str
    score: float
    words: tuple[str, ...]


class MatterSuggester(Protocol):
    """What the letters' door asks. An empty answer means: it does not know."""

    def suggest(self, text: str, top: int = 3) -> Sequence[Suggestion]: ...


class MatterIndex:
    """Inverted lists over the matters' texts."""

    def __init__(self, lists: dict[str, list[tuple[int, float]]], codes: list[str], rarity: dict[str, float]) -> None:
        self._lists = lists
        self._codes = codes
        self._rarity = rarity

    @classmethod
    def build(cls, texts: Sequence[MatterText]) -> MatterIndex:
        """An index over all matters; about 10 ms for 100 of them."""
        counts = []
        for text in texts:
            words: Counter[str] = Counter()
            for number, name in enumerate(text.path_names):
                for token in telling(name):
                    words[token] += NAME_WEIGHT if number == 0 else 1
            words.update(telling(text.description))
            for example in text.examples[:200]:
                words.update(telling(example))
            counts.append(words)
        average = sum(sum(words.values()) for words in counts) / (len(counts) or 1) or 1.0
        spread = Counter(token for words in counts for token in words)
        rarity = {token: math.log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for token, n in spread.items()}
        lists: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, words in enumerate(counts):
            length = sum(words.values()) / average
            for token, n in words.items():
                lists[token].append((number, rarity[token] * n * (K1 + 1) / (n + K1 * (1 - B + B * length))))
        return cls(dict(lists), [text.code for text in texts], rarity)

    def suggest(self, text: str, top: int = 3) -> list[Suggestion]:
        """The `top` matters that most speaks for, best first."""
        scores: dict[int, float] = defaultdict(float)
        voices: dict[int, list[tuple[float, str]]] = defaultdict(list)
        for token in dict.fromkeys(telling(text[:3000])):
            for number, weight in self._lists.get(token, ()):
                scores[number] += weight
                voices[number].append((weight, token))
        best = sorted(scores.items(), key=lambda item: (-item[1], self._codes[item[0]]))[:top]
        return [
            Suggestion(
                self._codes[number],
                round(score, 3),
                tuple(word for _, word in sorted(voices[number], reverse=True)[:4]),
            )
            for number, score in best
            if score > 2.0
        ]
