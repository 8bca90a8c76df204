"""The public statement of a decision, as it may be published: what the scanner finds in it, and whatever looks like a
person's name, is hidden before anybody outside sees it, whoever wrote it. The name that is decided on stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.detect import Finding, mask_text
from tongban.detect.findings import kinds
from tongban.published.doubts import doubts_in, findings_in

from .guarding import Target, defanged

LONG = _("较长的号码")


@dataclass(frozen=True, slots=True)
class Statement:
    """The text that is published, and the types of what was hidden in it, each once (`detect`'s own; "" for a long
    number)."""

    text: str
    hidden: tuple[str, ...]

    @property
    def hidden_words(self) -> list[str]:
        """What was hidden, in words."""
        return words_of(self.hidden)


def words_of(types: Iterable[str]) -> list[str]:
    """The types of what was hidden, in the language of the page."""
    english = str(get_language() or "").startswith("en")
    return [(kinds()[one].en if english else kinds()[one].zh) if one in kinds() else str(LONG) for one in types]


def publishable(text: str, wanted: Target | None = None) -> Statement:
    """`text` with identifiers, names of people and long numbers masked. Where it names what is decided on, that is
    written defanged, so that nobody can click it, and is not taken for a person's."""
    own: list[str] = []
    if wanted is not None:
        own = sorted({wanted.address.href, wanted.name, wanted.address.host}, key=len, reverse=True)
    for one in own:
        text = text.replace(one, defanged(one) if "://" not in one else defanged(one.partition("://")[2]))
    kept = {defanged(one.partition("://")[2] or one) for one in own}
    places = [(at, at + len(one)) for one in kept for at in _places(text, one)]
    found = [one for one in _found(text) if all(one.end <= start or end <= one.start for start, end in places)]
    result = mask_text(text, found)
    return Statement(result.text, tuple(dict.fromkeys(one.type for one in result.findings)))


def _found(text: str) -> list[Finding]:
    """Everything that the masker hides, and every doubt as well: here no official ticks one by one."""
    found = list(findings_in(text))
    for doubt in doubts_in({"statement": text}):
        found += [
            Finding(doubt.finding.type, at, at + len(doubt.value), 1.0, doubt.finding.reason)
            for at in _places(text, doubt.value)
        ]
    apart: list[Finding] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return apart


def _places(text: str, word: str) -> list[int]:
    found, at = [], text.find(word) if word else -1
    while at >= 0:
        found.append(at)
        at = text.find(word, at + len(word))
    return found
