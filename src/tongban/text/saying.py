"""Suggests a matter by whole words: those of its name and description, and those that everyday speech has for them.

It has learned nothing and says by which words it goes; they are words of `vocabulary.py`, never pieces of one. What no
vocabulary knows still counts a little, by pairs of characters, and is never shown. Empty where nothing speaks for any
matter. `suggesting.MatterIndex` stays as the plain search that learned models are measured beside.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from .suggesting import MatterText, Suggestion
from .telling import telling
from .vocabulary import Vocabulary, everyday

NAME, DESCRIPTION, ABOVE, SAID_OF_NAME, SAID_OF_DESCRIPTION, PAIR = 1.0, 0.9, 0.25, 0.9, 0.6, 0.5
EXAMPLE, EXAMPLES = 0.12, 0.5
"""What one published letter with the word adds, and all of them at most."""
LEAST, LEAST_OF_BEST = 0.8, 0.25
"""Less than this speaks for nothing; nor does less than this share of what speaks for the first."""
MOST_WORDS = 4


class SayingIndex:
    """Words → the matters that they speak for. Behind `suggesting.MatterSuggester`."""

    def __init__(self, lists: dict[str, list[tuple[int, float]]], codes: Sequence[str], vocabulary: Vocabulary) -> None:
        self._lists, self._codes, self._vocabulary = lists, codes, vocabulary

    @classmethod
    def build(cls, texts: Sequence[MatterText], vocabulary: Vocabulary | None = None) -> SayingIndex:
        """An index over all matters."""
        words = vocabulary or everyday()
        weighed = [_weights(text, words) for text in texts]
        spread = Counter(token for weights in weighed for token, weight in weights.items() if weight > ABOVE)
        lists: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, weights in enumerate(weighed):
            for token, weight in weights.items():
                rarity = math.log(1 + len(texts) / (spread[token] or len(texts)))
                lists[token].append((number, weight * rarity * math.sqrt(min(len(token), 4) / 2)))
        return cls(dict(lists), [text.code for text in texts], words)

    def suggest(self, text: str, top: int = 3) -> list[Suggestion]:
        """The `top` matters that most speaks for, best first, with the words that do."""
        cut = self._vocabulary.cut(text[:3000])
        scores: dict[int, float] = defaultdict(float)
        voices: dict[int, list[tuple[float, str]]] = defaultdict(list)
        for word in cut.words:
            for number, weight in self._lists.get(word, ()):
                scores[number] += weight
                voices[number].append((weight, word))
        for pair in dict.fromkeys(telling(text[:3000])):
            for number, weight in self._lists.get(f"~{pair}", ()):
                scores[number] += weight
        best = sorted(scores.items(), key=lambda item: (-item[1], self._codes[item[0]]))[:top]
        least = max(LEAST, LEAST_OF_BEST * best[0][1]) if best else 0.0
        found = [
            Suggestion(self._codes[number], round(score, 3), _told(voices[number]))
            for number, score in best
            if score >= least
        ]
        return [one for one in found if one.words] or found


def _weights(text: MatterText, vocabulary: Vocabulary) -> dict[str, float]:
    weights: dict[str, float] = {}

    def weigh(token: str, weight: float) -> None:
        weights[token] = max(weights.get(token, 0.0), weight)

    own_name = text.path_names[0] if text.path_names else ""
    for told, own in (
        *((name, ABOVE) for name in text.path_names[1:]),
        (text.description, DESCRIPTION),
        (own_name, NAME),
    ):
        cut = vocabulary.cut(told)
        for word in cut.words:
            weigh(word, own)
        for pair in telling(told):
            weigh(f"~{pair}", own * PAIR)
    described, named = set(vocabulary.cut(text.description).words), vocabulary.cut(own_name).words
    for official, spoken in vocabulary.said.items():
        in_name = any(word.startswith(official) or word.endswith(official) for word in named)
        weight = SAID_OF_NAME if in_name else SAID_OF_DESCRIPTION if official in described else 0.0
        for word in spoken if weight else ():
            weigh(word, weight)
            for pair in telling(word):
                weigh(f"~{pair}", weight * PAIR)
    seen = Counter(word for example in text.examples for word in vocabulary.cut(example).words)
    for word, times in seen.items():
        weights[word] = weights.get(word, 0.0) + min(EXAMPLES, EXAMPLE * times)
    return weights


def _told(voices: list[tuple[float, str]]) -> tuple[str, ...]:
    """The weightiest words, none of them part of another."""
    told: list[str] = []
    for _weight, word in sorted(voices, key=lambda item: (-item[0], item[1])):
        if not any(word in other for other in told):
            told.append(word)
    return tuple(told[:MOST_WORDS])
