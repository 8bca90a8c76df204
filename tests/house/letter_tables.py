"""The tables of docs/rooms/letters.md as the procedure of a letter says them. `python -m
tests.house.letter_tables` writes them there anew."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rooms" / "letters.md"
LEFT_OUT = ("withdraw",)
"""Acts that the picture leaves out: they would lead from everywhere to the same state."""


def _who(who: frozenset[str]) -> str:
    by: dict[str, list[str]] = defaultdict(list)
    alone = sorted(name for name in who if ":" not in name)
    for name in sorted(who):
        relation, _sign, role = name.partition(":")
        if role:
            by[relation].append(role)
    return "; ".join([*alone, *(f"{relation}: {', '.join(roles)}" for relation, roles in by.items())])


def tables() -> dict[str, str]:
    """Name of a block → its text."""
    from django.utils import translation

    from tongban.letters.procedure import ALL, DONE, LETTER, OPEN

    named = {
        ALL: "any",
        OPEN: "any open",
        DONE: "any closed",
        OPEN - {"under_review", "under_recheck"}: "any open but under_review, under_recheck",
        OPEN - {"waiting", "merged"}: "any open but waiting, merged",
        OPEN - {"merged"}: "any open but merged",
    }

    def both(words: object) -> tuple[str, str]:
        with translation.override("en"):
            english = str(words)
        with translation.override("zh-hans"):
            return str(words), english

    states = ["| state | 中文 | English | open | limit that runs |", "|---|---|---|---|---|"]
    for state in LETTER.states:
        label, english = both(state.label)
        states.append(
            f"| `{state.name}` | {label} | {english} | {'yes' if state.phase == 'work' else 'no'} | "
            f"{'stands still' if state.paused else f'`{state.step}`' if state.step else '–'} |"
        )
    acts = ["| act | 中文 | English | from | to | who |", "|---|---|---|---|---|---|"]
    for edge in LETTER.edges:
        label, english = both(edge.label)
        order = [state.name for state in LETTER.states if state.name in edge.sources]
        source = named.get(edge.sources) or ", ".join(order) or "–"
        acts.append(f"| `{edge.act}` | {label} | {english} | {source} | {edge.target or 'stays'} | {_who(edge.who)} |")
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for edge in LETTER.edges:
        for source in sorted(edge.sources):
            if edge.target and edge.target != source and edge.act not in LEFT_OUT:
                arrows[(source or "[*]", edge.target)].append(edge.act)
    picture = [
        "```mermaid",
        "stateDiagram-v2",
        *(f"    {source} --> {target}: {', '.join(names)}" for (source, target), names in arrows.items()),
        "```",
    ]
    return {"states": "\n".join(states), "acts": "\n".join(acts), "picture": "\n".join(picture)}


def told(page: str) -> dict[str, str]:
    """The blocks as they stand on the page, between `<!-- name -->` and `<!-- / -->`."""
    return dict(re.findall(r"<!-- (\w+) -->\n(.*?)\n<!-- / -->", page, re.S))


def renewed(page: str) -> str:
    """The page with its blocks as the procedure says them."""
    for name, text in tables().items():
        page = re.sub(
            rf"(<!-- {name} -->\n).*?(\n<!-- / -->)",
            lambda found, text=text: found[1] + text + found[2],
            page,
            flags=re.S,
        )
    return page


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
