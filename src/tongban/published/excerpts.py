"""A part of a text around the words somebody searched for, with the words marked."""

from __future__ import annotations

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tongban.text import fold


def highlighted(text: str, query: str, width: int = 160) -> SafeString:
    """A part of `text` around the first word of `query`, with every word of the query marked."""
    words = [word for word in fold(query).split() if word]
    folded = fold(text)
    first = min((at for at in (folded.find(word) for word in words) if at >= 0), default=0)
    start = max(first - width // 3, 0)
    part, folded = text[start : start + width], folded[start : start + width]
    marked = [False] * len(part)
    for word in words:
        for match in re.finditer(re.escape(word), folded):
            marked[match.start() : match.end()] = [True] * (match.end() - match.start())
    out, inside = ["…" if start else ""], False
    for character, mark in zip(part, marked, strict=True):
        if mark != inside:
            out.append("<mark>" if mark else "</mark>")
            inside = mark
        out.append(escape(character))
    return mark_safe("".join(out) + ("</mark>" if inside else "") + ("…" if start + width < len(text) else ""))  # noqa: S308 -- escaped above
