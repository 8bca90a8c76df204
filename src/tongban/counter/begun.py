"""What a text begins with where words were said before: in the box of the home page, or to find a matter with. What
was typed is never typed again. Not for how the words come here: `said.py`.
"""

from __future__ import annotations

import re
from typing import Any

from tongban.cases.inputs import Text

from .parts import InputsStep

LONGEST_TITLE = 30
_SENTENCE = re.compile(r"[。！？!?\n]+")


def begun(step: InputsStep, words: Any) -> dict[str, str]:
    """What the inputs of a step begin with where `words` were said: the first long text with all of them, the title
    with their first sentence where that is short."""
    text = str(words or "").strip()
    if not text:
        return {}
    found = {item.name: text for item in step.inputs if type(item) is Text}
    found = dict(list(found.items())[:1])
    first = _SENTENCE.split(text)[0].strip()
    if found and first and len(first) <= LONGEST_TITLE and any(item.name == "subject" for item in step.inputs):
        found["subject"] = first
    return found
