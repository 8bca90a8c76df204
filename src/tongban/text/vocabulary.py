"""Whole words of everyday speech, and which words of official lists they speak of.

`data/everyday.txt` says how people call what a registry's matters call otherwise. A text is cut into the longest known
words, so that what is shown as a reason is a word, and "a lift to be added" does not speak for lifts. Not for learned
words (`words.py`) nor for exact search (`phrases.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files

from .folding import fold
from .telling import telling

_PIECE = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0002fa1f]+|[^\W_㐀-䶿一-鿿豈-﫿]+")
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0002fa1f]")
LONGEST = 10
MOST_SAME = 24


@dataclass(frozen=True, slots=True)
class Cut:
    """A text cut up: the known words in order, each once, and the pairs of characters of what lies between them."""

    words: tuple[str, ...]
    pairs: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Words to cut by; `said` leads from a word of official lists to those of everyday speech, `alike` from a word
    for how things are ("broken") to others for the same, `silent` are words that tell nothing."""

    words: frozenset[str]
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alike: Mapping[str, frozenset[str]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()

    def same(self, word: str) -> tuple[str, ...]:
        """Official words of which `word` (folded) speaks, and with it those for the same thing; at most MOST_SAME."""
        return self._same.get(word, ())

    @cached_property
    def _same(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for official, spoken in self.said.items():
            for word in (official, *spoken):
                found[word].update(dict.fromkeys((official, *spoken)))
        return {
            word: tuple(other for other in others if other != word and len(other) > 1)[:MOST_SAME]
            for word, others in found.items()
        }

    def cut(self, text: str) -> Cut:
        """`text` in known words, the fewest and longest; what is silent is left out. English words lose the plural's
        s, as `telling` has it."""
        words: dict[str, None] = {}
        pairs: dict[str, None] = {}
        for run in _PIECE.findall(fold(text)):
            if not _HAN.match(run):
                words.update(dict.fromkeys(telling(run)))
                continue
            between: list[str] = []
            for piece, known in self._pieces(run):
                if known:
                    pairs.update(dict.fromkeys(telling("".join(between))))
                    between = []
                    if piece not in self.silent:
                        words[piece] = None
                else:
                    between.append(piece)
            pairs.update(dict.fromkeys(telling("".join(between))))
        return Cut(tuple(words), tuple(pairs))

    def _pieces(self, run: str) -> list[tuple[str, bool]]:
        """A run of Chinese characters as pieces: the cut that leaves the fewest characters outside known words, then
        has the fewest pieces, then the longest piece first."""
        ways: list[tuple[int, int, int]] = [(0, 0, 0)] * (len(run) + 1)
        for start in range(len(run) - 1, -1, -1):
            left, pieces, _ = ways[start + 1]
            single = run[start] in self.words
            best = (left + (not single), pieces + 1, -1)
            for length in range(min(LONGEST, len(run) - start), 1, -1):
                if run[start : start + length] in self.words:
                    left, pieces, _ = ways[start + length]
                    best = min(best, (left, pieces + 1, -length))
            ways[start] = best
        found, at = [], 0
        while at < len(run):
            length = -ways[at][2]
            piece = run[at : at + length]
            found.append((piece, length > 1 or piece in self.words))
            at += length
        return found


def _folded(words: str) -> list[str]:
    """Words as a text's are when it is cut."""
    return [word if _HAN.match(word) else "".join(telling(word)) for word in fold(words).split()]


@lru_cache(maxsize=1)
def everyday() -> Vocabulary:
    """The vocabulary of `data/everyday.txt`; read once, in a few milliseconds."""
    said: dict[str, list[str]] = defaultdict(list)
    alike: dict[str, set[str]] = defaultdict(set)
    silent: set[str] = set()
    words: set[str] = set()
    for line in files(__package__).joinpath("data/everyday.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("="):
            same = _folded(line[1:])
            words.update(same)
            for word in same:
                alike[word].update(same)
            continue
        official, _, spoken = line.partition(":")
        named, spoken_words = _folded(official), _folded(spoken)
        words.update(named, spoken_words)
        if not named:
            silent.update(spoken_words)
        for word in named:
            said[word] += spoken_words
    return Vocabulary(
        frozenset(words),
        {word: tuple(dict.fromkeys(spoken)) for word, spoken in said.items()},
        {word: frozenset(same) for word, same in alike.items()},
        frozenset(silent - set(said)),
    )
