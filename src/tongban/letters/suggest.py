"""Suggests a matter for a letter. It advises; the person chooses.

Behind a small protocol (`tongban.text.MatterSuggester`): this first version goes by whole words, those of the matters'
names and descriptions, those that people have for them (`text/data/everyday.txt`) and those of published letters; the
learned one (`advice.matters`) goes before it once there is a model; another takes the place of both by `use`. The words
shown as a reason are whole words, or none.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from tongban.registry import snapshot
from tongban.text import MatterSuggester, MatterText, SayingIndex, Suggestion, everyday

from .advice import matters as learned
from .models import PublishedLetter

EXAMPLES = 2000
HALF = 0.5
"""Less sure than this, the learned model goes behind the search: it has seen too few letters of the kind."""
_lock = threading.Lock()
_kept: dict[str, object] = {}


def use(suggester: MatterSuggester | None) -> None:
    """Put another suggester in the place of the first version; None brings that back."""
    with _lock:
        _kept.clear()
        if suggester is not None:
            _kept.update(suggester=suggester, version=None)


def suggester() -> MatterSuggester:
    """The suggester in use; the first version is built anew when the registry changes."""
    registry = snapshot.current()
    kept = _kept.get("suggester")
    if kept is not None and _kept.get("version") in (None, registry.version):
        return kept  # type: ignore[return-value]
    with _lock:
        examples: dict[str, list[str]] = {}
        for matter, subject in PublishedLetter.objects.order_by("-id").values_list("matter_id", "subject")[:EXAMPLES]:
            examples.setdefault(matter, []).append(subject)
        texts = [
            MatterText(
                row.code,
                [
                    f"{registry.matters[code].name} {registry.matters[code].name_en}"
                    for code in registry.line("matters", row.code)
                ],
                row.description,
                examples.get(row.code, []),
            )
            for row in registry.leaves("letter")
        ]
        built = SayingIndex.build(texts)
        _kept.update(suggester=built, version=registry.version)
        return built


def matters(text: str, top: int = 3) -> Sequence[Suggestion]:
    """The matters that speak to `text`, best first; empty where nothing speaks for any.

    By the learned model where it is likelier right than wrong, else by search.
    """
    if not text.strip():
        return []
    if _kept.get("suggester") is None or _kept.get("version") is not None:
        advice = learned.advise(text, top)
        if advice is not None and (advice.sure or advice.suggestions[0].score >= HALF):
            known = frozenset(everyday().cut(text[:3000]).words)
            return [
                replace(one, words=tuple(word for word in one.words if word in known)) for one in advice.suggestions
            ]
    return suggester().suggest(text, top)
