"""What in a text tells it from others: pairs of Chinese characters, whole words of other scripts; and how rare each is.

For suggesting and for finding what is alike, where a part of a word must not speak (the "he" of "heating"). Not for
exact search: that is `phrases.py`, whose tokens miss nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from .folding import fold

_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0002fa1f]+|[^\W_㐀-䶿一-鿿豈-﫿]+")
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0002fa1f]")
_CHINESE = (
    "我们 你们 他们 请问 希望 问题 有关 部门 反映 情况 没有 现在 已经 怎么 什么 可以 领导 您好 谢谢 尊敬 敬的 这个 "
    "那个 一个 就是 但是 因为 所以 要求 进行 处理 解决 相关 我在 我是 我的 我家 你好 请求 还是 这样 时候 不能 不是 "
    "如何 为什 的问 是不 能不 不知 知道 关于"
)
LARGE = 500
"""From so many texts on a sample tells what is a token and what is chance."""
SUBJECT, CHANCE = 2, 0.5
_ENGLISH = (
    "the and for that this with have has had are was were not but you your our their they his her its can could "
    "would should will may from about into out all any been there here how what when where which who why does did "
    "please hello dear sir madam thank thanks very more than then also just like get got one two"
)
STOPWORDS = frozenset(f"{_CHINESE} {_ENGLISH}".split())
"""Tokens that stand in letters of every kind."""


def telling(text: str) -> list[str]:
    """The tokens of `text` in order: overlapping pairs of a run of Chinese characters, and words and numbers whole.

    Folded (Traditional is Simplified, upper case lower); single characters and STOPWORDS are left out. Of an English
    word the plural's s is dropped.
    """
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if _HAN.match(run):
            found += [pair for at in range(len(run) - 1) if (pair := run[at : at + 2]) not in STOPWORDS]
        elif len(run) > 2 and run not in STOPWORDS:
            found.append(run[:-1] if run.endswith("s") and run.isalpha() and len(run) > 3 else run)
    return found


class Rarity:
    """How rare each token is, learned from a sample of texts; what is alike is judged by it.

    Weights and their powers were chosen on real letters of known kind (docs/rooms/text.md).
    """

    def __init__(self, seen: Mapping[str, int], texts: int) -> None:
        self.seen, self.texts = seen, texts

    @classmethod
    def of(cls, texts: Iterable[str]) -> Rarity:
        """Counted over `texts`, each token once a text."""
        seen: Counter[str] = Counter()
        number = 0
        for text in texts:
            seen.update(set(telling(text)))
            number += 1
        return cls(seen, number)

    def weights(self, subject: str, body: str = "") -> dict[str, float]:
        """A text as weighed tokens, of length one: the root of the rarity, times 1 + log of how
        often, the subject twice.

        In a large sample what stands in one text alone is mostly two neighbours that met by chance, and weighs half.
        """
        often = Counter(telling(body))
        for token in telling(subject):
            often[token] += SUBJECT
        found = {token: (1 + math.log(times)) * self._rarity(token) for token, times in often.items()}
        length = math.sqrt(sum(weight * weight for weight in found.values()))
        return {token: weight / length for token, weight in found.items() if weight} if length else {}

    def _rarity(self, token: str) -> float:
        seen = self.seen.get(token, 0)
        weight = math.sqrt(max(0.0, math.log((self.texts + 1) / (seen + 0.5))))
        return weight * CHANCE if seen < 2 and self.texts >= LARGE else weight

    def weight(self, word: str) -> float:
        """How much a word says: the root of its rarity; of a longer word that of its rarest pair."""
        return max((self._rarity(token) for token in telling(word)), default=self._rarity(word))

    def probes(self, weights: Mapping[str, float], within: float, most: int = 16) -> list[str]:
        """By which tokens to look for texts like one with these weights: the weightiest, that together stand in at
        most `within` of all texts."""
        chosen: list[str] = []
        spread = 0.0
        for token in sorted(weights, key=lambda token: (-weights[token], token)):
            share = max(self.seen.get(token, 0), 0.5) / max(self.texts, 1)
            if chosen and spread + share > within:
                continue
            chosen.append(token)
            spread += share
            if len(chosen) == most:
                break
        return chosen


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two texts weighed by `Rarity.weights`: 0 nothing in common, 1 the same tokens as often."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other.get(token, 0.0) for token, weight in one.items())
