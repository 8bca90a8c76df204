"""A learned suggester of matters: what a letter is about, how sure that is, and the words of the letter that say so.

It advises; `decide` speaks only where the error the office accepts is kept, else it is silent. Not for training
(matters_training.py) and not for the file (model_file.py). Thread-safe: nothing changes after it is made.

>>> from tongban.text import Example, train
>>> model = train([Example(str(n), text, code) for n, (text, code) in enumerate([("路灯不亮了", "灯"), ("夜里施工太吵", "噪")])], {"灯": None, "噪": None})
>>> model.suggest("門口的路燈又不亮")[0].code
'灯'
>>> model.decide("门口的路灯又不亮") is None  # two letters promise nothing
True
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .characters import Ints, characters
from .confidence import Curve, Numbers, shares
from .features import HEAD, Letters, Space
from .margins import Tree, Weights, margins
from .suggesting import Suggestion
from .words import hash_of

BATCH = 512
LEAST = 0.01
STRANGE, ENOUGH = 0.53, 1_000
"""A model of at least ENOUGH letters is silent about a text of which it knows less than STRANGE: another language, gibberish (measured: letters have 0.55 to 0.9)."""
WORDS = 4


@dataclass(frozen=True, slots=True)
class MatterModel:
    """`curves`: one for the leaves, then one for each level above them. `about`: what the training saw and measured (model_card.py)."""

    space: Space
    tree: Tree
    weights: Weights
    sharpness: Numbers
    curves: tuple[Curve, ...]
    about: dict[str, Any]

    def suggest(self, text: str, top: int = 3) -> list[Suggestion]:
        """The `top` likeliest matters, best first, each with its confidence (0 to 1) and the words that speak for it."""
        letters = self.space.letters([text])
        found = next(self._suggestions(letters, top))
        return [Suggestion(each.code, each.score, self._words(text, letters, each.code)) for each in found]

    def suggest_many(self, texts: Sequence[str], top: int = 3) -> Iterator[list[Suggestion]]:
        """As `suggest`, letter after letter, without the words."""
        for start in range(0, len(texts), BATCH):
            yield from self._suggestions(self.space.letters(texts[start : start + BATCH]), top)

    def threshold(self, error: float) -> float:
        """The confidence from which at most `error` of letters not seen were wrong; infinite where too few letters taught that."""
        return self.curves[0].threshold(error)

    def decide(self, text: str, error: float) -> Suggestion | None:
        """The matter, where at most `error` of such decisions are wrong; else the nearest matter above it that is as sure; else None."""
        letters = self.space.letters([text])
        if not self._speaks(letters)[0]:
            return None
        probable, lead = shares(margins(letters, self.weights), self.tree, self.sharpness)
        for number, curve in enumerate(self.curves):
            allowed = self._level(number)
            best = int(np.argmax(np.where(allowed, probable[0], -1)))
            sure = float(curve.probability(lead[0, best]))
            if sure >= curve.threshold(error):
                code = self.tree.codes[best]
                return Suggestion(code, round(sure, 4), self._words(text, letters, code))
        return None

    def _speaks(self, letters: Letters) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Of which letters enough is known to say anything."""
        least = STRANGE if self.about.get("letters", 0) >= ENOUGH else 0.0
        return (np.diff(letters.stops) > 0) & (letters.known >= least)

    def _level(self, number: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """The codes that curve `number` is about: the leaves, then the lowest level that has codes below it, and so on up."""
        return level(self.tree, number)

    def _suggestions(self, letters: Letters, top: int) -> Iterator[list[Suggestion]]:
        probable, lead = shares(margins(letters, self.weights), self.tree, self.sharpness)
        leaves = np.flatnonzero(self.tree.leaves)
        among = probable[:, leaves]
        top = min(top, len(leaves))
        best = leaves[np.argsort(-among, axis=1, kind="stable")[:, :top]]
        sure = self.curves[0].probability(np.take_along_axis(lead, best, axis=1))
        sure[:, 1:] = np.minimum(sure[:, 1:], np.maximum(0.0, 1 - sure[:, :1]))
        spoken = self._speaks(letters)
        codes = self.tree.codes
        for says, numbers, confident in zip(spoken.tolist(), best.tolist(), sure.tolist(), strict=True):
            yield [Suggestion(codes[n], round(c, 4), ()) for n, c in zip(numbers, confident, strict=True) if c >= LEAST] if says else []

    def _words(self, text: str, letters: Letters, code: str) -> tuple[str, ...]:
        """The words of the letter that weigh most for a matter against its siblings, as they stand in it."""
        chars, places = characters(text)
        line = self.tree.line(self.tree.codes.index(code))
        weighs = self._contributions(letters, line)
        starts = self.space.lexicon.cut(chars)
        found: dict[str, tuple[float, str]] = {}
        for start, end in zip(starts.tolist(), starts[1:].tolist(), strict=False):
            word = "".join(map(chr, chars[start:end].tolist()))
            if end - start < 2 or word.isdigit() or word in found:
                continue
            keys = [_word_key(word), *[hash_of(word[i : i + n]) * 4 + 1 for n in (2, 3) for i in range(len(word) - n + 1)]]
            keys += [key + 1 for key in keys[1:] if start < HEAD]
            shown = "".join(text[places[start] : places[end - 1] + 1].split())
            found[word] = (sum(weighs.get(key, 0.0) for key in keys), shown)
        ordered = sorted(found.values(), key=lambda item: -item[0])
        return tuple(shown for weight, shown in ordered[:WORDS] if weight > 0)

    def _contributions(self, letters: Letters, line: Sequence[int]) -> dict[int, float]:
        """Key of a feature of one letter → what it adds to the margins along a line of codes."""
        wanted = np.array(line, np.int64)
        stops, codes, weights = self.weights.stops, self.weights.codes, self.weights.weights
        found: dict[int, float] = {}
        for feature, value in zip(letters.columns.tolist(), letters.values.tolist(), strict=True):
            some = slice(int(stops[feature]), int(stops[feature + 1]))
            heard = float(weights[some][np.isin(codes[some], wanted)].sum())
            if heard:
                found[int(self.space.keys[feature])] = value * heard
        return found


def level(tree: Tree, number: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which codes a curve is about: 0 the leaves; above that, those at a depth, the deepest first, that have codes below them."""
    if number == 0:
        return tree.leaves
    depth = depths(tree)
    inner = ~tree.leaves
    deepest = int(depth[inner].max())
    return inner & (depth == deepest - number + 1)


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
        value = (value * 1_000_003 + ord(char)) % 2_147_483_647
    return value * 4
