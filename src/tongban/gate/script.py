"""Words that somebody wrote, shown in the script of whoever reads the page (`text/scripts.py`).

For public pages. Programs, exports and the desk get what was written. Not for names of the registry:
`registry/names.py`.
"""

from __future__ import annotations

from django.utils.translation import get_language

from tongban.text import scripts


def as_read(text: str) -> str:
    """`text` in the script of the page's language; on an English page as it was written. Same length."""
    return scripts.in_script(text, get_language() or "")


def written_in(text: str) -> str:
    """The language tag (BCP 47) of what somebody wrote: by its script, zh where it says nothing of it."""
    if scripts.simplified(text) != text:
        return "zh-Hant"
    return "zh-Hans" if scripts.traditional(text) != text else "zh"
