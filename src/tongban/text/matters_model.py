"""A learned suggester of matters: what a letter is about, how sure that is, and the words of the letter that say so.

It advises; `decide` speaks only where the error the office accepts is kept, else it is silent. Not for training
(matters_training.py) and not for the file (model_file.py). Thread-safe: nothing changes after it is made.

>>> from tongban.text import Example, train
>>> letters = [Example("1", "路灯不亮了", "灯"), Example("2", "夜里施工太吵", "噪")]
>>> model = train(letters, {"灯": None, "噪": None})
>>> model.suggest("門口的路燈又不亮")[0].code
'灯'
>>> model.decide("门口的路灯又不亮") is None  # two letters promise nothing
True
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from .characters import FACTOR, MODULUS, Ints, characters
from .confidence import Curve, Numbers, shares
from .features import HEAD, Floats, Letters, Space
from .margins import Tree, Weights, margins
from .meaning import Meaning
from .suggesting import Suggestion
from .words import hash_of

BATCH = 512
LEAST = 0.01
STRANGE, ENOUGH = 0.45, 1_000
"""A model of at least ENOUGH letters is silent about a text of which it knows less than STRANGE: gibberish.

Measured: letters have 0.5 to 0.9."""
WORDS = 4


@dataclass(frozen=True, slots=True)
class MatterModel:
    """`curves`: one for the leaves, then one for each level above them. `about`: what the training saw and
    measured (model_card.py).

    `meaning`: the second look, where there were letters enough for one."""

    space: Space
    tree: Tree
    weights: Weights
    sharpness: Numbers
    curves: tuple[Curve, ...]
    about: dict[str, Any]
    meaning: Meaning | None = None

    def suggest(self, text: str, top: int = 3) -> list[Suggestion]:
        """The `top` likeliest matters, best first, each with its confidence (0 to 1) and the
        words that speak for it."""
        letters = self.space.letters([text])
        found = next(self._suggestions(letters, top))
        return [Suggestion(each.code, each.score, self._words(text, letters, each.code)) for each in found]

    def suggest_many(self, texts: Sequence[str], top: int = 3) -> Iterator[list[Suggestion]]:
        """As `suggest`, letter after letter, without the words."""
        for start in range(0, len(texts), BATCH):
            yield from self._suggestions(self.space.letters(texts[start : start + BATCH]), top)

    def threshold(self, error: float) -> float:
        """The confidence from which at most `error` of letters not seen were wrong; infinite where too
        few letters taught that."""
        return self.curves[0].threshold(error)

    def decide(self, text: str, error: float) -> Suggestion | None:
        """The matter, where at most `error` of such decisions are wrong; else the nearest matter above it
        that is as sure; else None."""
        letters = self.space.letters([text])
        if not self._speaks(letters)[0]:
            return None
        probable, lead = shares(self._margins(letters), self.tree, self.sharpness)
        for number, curve in enumerate(self.curves):
            allowed = self._level(number)
            best = int(np.argmax(np.where(allowed, probable[0], -1)))
            sure = float(curve.probability(lead[0, best]))
            if sure >= curve.threshold(error):
                code = self.tree.codes[best]
                return Suggestion(code, round(sure, 4), self._words(text, letters, code))
        return None

    def _margins(self, letters: Letters) -> Floats:
        found = margins(letters, self.weights)
        return found if self.meaning is None else self.meaning.beside(found, letters)

    def _speaks(self, letters: Letters) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Of which letters enough is known to say anything."""
        least = STRANGE if self.about.get("letters", 0) >= ENOUGH else 0.0
        spoken: np.ndarray[Any, np.dtype[np.bool_]] = (np.diff(letters.stops) > 0) & (letters.known >= least)
        return spoken

    def _level(self, number: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """The codes that curve `number` is about: the leaves, then the lowest level that has
        codes below it, and so on up."""
        return level(self.tree, number)

    def _suggestions(self, letters: Letters, top: int) -> Iterator[list[Suggestion]]:
        probable, lead = shares(self._margins(letters), self.tree, self.sharpness)
        leaves = np.flatnonzero(self.tree.leaves)
        among = probable[:, leaves]
        top = min(top, len(leaves))
        best = leaves[np.argsort(-among, axis=1, kind="stable")[:, :top]]
        sure = self.curves[0].probability(np.take_along_axis(lead, best, axis=1))
        sure[:, 1:] = np.minimum(sure[:, 1:], np.maximum(0.0, 1 - sure[:, :1]))
        spoken = self._speaks(letters)
        codes = self.tree.codes
        for says, numbers, confident in zip(spoken.tolist(), best.tolist(), sure.tolist(), strict=True):
            yield (
                [Suggestion(codes[n], round(c, 4), ()) for n, c in zip(numbers, confident, strict=True) if c >= LEAST]
                if says
                else []
            )

    def _words(self, text: str, letters: Letters, code: str) -> tuple[str, ...]:
        """The words of the letter that weigh most for a matter against its siblings, as they stand in it."""
        chars, places = characters(text)
        line = self.tree.line(self.tree.codes.index(code))
        weighs = self._contributions(letters, line)
        words = list(pairwise(self.space.lexicon.cut(chars).tolist()))
        pairs = [(start, start + 2) for start in range(len(chars) - 1) if chars[start] and chars[start + 1]]
        return self._heaviest(text, chars, places, words, weighs) or self._heaviest(text, chars, places, pairs, weighs)

    def _heaviest(
        self, text: str, chars: Ints, places: Ints, pieces: Sequence[tuple[int, int]], weighs: dict[int, float]
    ) -> tuple[str, ...]:
        """The pieces (start, end) of a letter that weigh most, each once."""
        found: dict[str, tuple[float, str]] = {}
        for start, end in pieces:
            word = "".join(map(chr, chars[start:end].tolist()))
            if end - start < 2 or word.isdigit() or word in found:
                continue
            keys = [
                _word_key(word),
                *[hash_of(word[i : i + n]) * 4 + 1 for n in (2, 3) for i in range(len(word) - n + 1)],
            ]
            keys += [key + 1 for key in keys[1:] if start < HEAD]
            shown = "".join(text[places[start] : places[end - 1] + 1].split())
            found[word] = (sum(weighs.get(key, 0.0) for key in keys), shown)
        ordered = sorted(found.values(), key=lambda item: -item[0])
        return tuple(shown for weight, shown in ordered[:WORDS] if weight > 0)

    def _contributions(self, letters: Letters, line: Sequence[int]) -> dict[int, float]:
        """Key of a feature of one letter → what it adds to the margins along a line of codes."""
        begins = self.weights.stops[letters.columns]
        lengths = self.weights.stops[letters.columns + 1] - begins
        owner = np.repeat(np.arange(len(lengths)), lengths)
        entries = np.arange(len(owner)) + np.repeat(begins - np.cumsum(lengths) + lengths, lengths)
        asked = np.isin(self.weights.codes[entries], line)
        heard = np.bincount(owner[asked], self.weights.weights[entries[asked]], minlength=len(lengths)) * letters.values
        return dict(zip(self.space.keys[letters.columns].tolist(), heard.tolist(), strict=True))


def level(tree: Tree, number: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which codes a curve is about: 0 the leaves; above that, those at a depth, the deepest first,
    that have codes below them."""
    if number == 0:
        return tree.leaves
    depth = depths(tree)
    inner = ~tree.leaves
    deepest = int(depth[inner].max())
    found: np.ndarray[Any, np.dtype[np.bool_]] = inner & (depth == deepest - number + 1)
    return found


def depths(tree: Tree) -> Ints:
    """How many codes stand above each."""
    return np.array([len(tree.line(number)) - 1 for number in range(len(tree.codes))], np.int64)


def levels(tree: Tree) -> int:
    """How many curves a tree has."""
    inner = ~tree.leaves
    return 1 + (int(depths(tree)[inner].max()) + 1 if inner.any() else 0)


def _word_key(word: str) -> int:
    value = 11
    for char in word:
        value = (value * FACTOR + ord(char)) % MODULUS
    return value * 4
