"""The card of a model, as data and as Markdown: what it learned from, what it confuses, what it lacks, how
far things have drifted.

Everything comes from the model itself, so a card can be written again at any time. Not for judging a model on other
letters (evaluating.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .matters_model import MatterModel
from .model_file import fingerprint

FEW_LETTERS = 30
"""A matter with fewer letters than this is listed as lacking examples."""
DRIFTED = 0.05
"""Divergence (bits) of two trainings from which the card says to look: from 0, the same, to 1, nothing in common."""


def card(
    model: MatterModel, last: MatterModel | None = None, size: int | None = None, names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The card as plain data. `last`: the model before it; `size`: bytes of its file; `names`: code → name."""
    about = model.about
    counts: dict[str, int] = about.get("matters", {})
    leaves = [code for code, leaf in zip(model.tree.codes, model.tree.leaves, strict=True) if leaf]
    return {
        "model": fingerprint(model),
        "made": about.get("made"),
        "letters": about.get("letters", 0),
        "near_copies": about.get("near_copies", 0),
        "matters": len(leaves),
        "with_letters": len(counts),
        "features": about.get("features", 0),
        "bytes": size,
        "seconds": about.get("seconds"),
        "seed": about.get("seed"),
        "second_look": about.get("second_look", []),
        "unseen": about.get("unseen", {}),
        "lack_examples": {code: counts.get(code, 0) for code in leaves if counts.get(code, 0) < FEW_LETTERS},
        "names": {code: name for code, name in (names or {}).items() if code in model.tree.codes},
        "drift": drift(model, last) if last is not None else None,
    }


def drift(model: MatterModel, last: MatterModel) -> dict[str, Any]:
    """How the letters changed since the last training: of matters and of words, and what changed most."""
    matters, former = _shared(model.about.get("matters", {})), _shared(last.about.get("matters", {}))
    words, spoken = model.about.get("words", {}), last.about.get("words", {})
    return {
        "since": last.about.get("made"),
        "matters": round(divergence(matters, former), 4),
        "words": round(divergence(_shared(words), _shared(spoken)), 4),
        "matters_changed": _changes(matters, former),
        "words_changed": _changes(words, spoken),
        "new_matters": sorted(set(model.tree.codes) - set(last.tree.codes)),
        "gone_matters": sorted(set(last.tree.codes) - set(model.tree.codes)),
    }


def divergence(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Jensen–Shannon divergence of two distributions, in bits: 0 to 1."""
    total = 0.0
    for name in sorted({*one, *other}):
        p, q = one.get(name, 0.0), other.get(name, 0.0)
        middle = (p + q) / 2
        total += sum(0.5 * share * math.log2(share / middle) for share in (p, q) if share > 0)
    return min(1.0, max(0.0, total))


def _shared(counts: Mapping[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()} if total else {}


def _changes(now: Mapping[str, float], then: Mapping[str, float], most: int = 10) -> list[list[Any]]:
    """[name, then, now] of what changed most."""
    changed = sorted({*now, *then}, key=lambda name: (-abs(now.get(name, 0) - then.get(name, 0)), name))
    return [
        [name, round(then.get(name, 0), 4), round(now.get(name, 0), 4)]
        for name in changed[:most]
        if now.get(name, 0) != then.get(name, 0)
    ]


def markdown(facts: Mapping[str, Any]) -> str:
    """The card for people."""
    names = facts["names"]

    def shown(code: str) -> str:
        return f"{names[code]} ({code})" if code in names else code

    lines = [
        f"# Model of matters, {facts['made']}",
        "",
        (
            f"- {facts['letters']:,} letters ({facts['near_copies']:,} of them near copies), {facts['with_letters']} "
            f"of {facts['matters']} matters with letters"
        ),
        f"- {facts['features']:,} features" + (f", {facts['bytes'] / 1e6:.1f} MB" if facts["bytes"] else ""),
        f"- trained in {facts['seconds']} s, seed {facts['seed']}",
        f"- `{facts['model']}`",
    ]
    if facts["second_look"]:
        lines.append(
            f"- a second look (docs/rooms/text.md) at {len(facts['second_look'])} matters: "
            f"{', '.join(map(shown, facts['second_look'][:20]))}"
        )
    for name, figures in facts["unseen"].items():
        lines += _figures(name, figures, shown)
    if not facts["unseen"]:
        lines += ["", "Too few letters to judge by: it suggests, and decides nothing."]
    if facts["lack_examples"]:
        lines += ["", f"## Lack examples (fewer than {FEW_LETTERS} letters)", "", "| matter | letters |", "|---|---|"]
        lines += [
            f"| {shown(code)} | {count} |"
            for code, count in sorted(facts["lack_examples"].items(), key=lambda item: (item[1], item[0]))
        ]
    if facts["drift"]:
        lines += _drift(facts["drift"], shown)
    return "\n".join(lines) + "\n"


def _figures(name: str, figures: Mapping[str, Any], shown: Any) -> list[str]:
    lines = [
        "",
        f"## On {figures['letters']:,} letters it had not seen: {name}",
        "",
        (
            f"Accuracy {figures['accuracy']:.1%}, macro-F1 {figures['macro_f1']:.3f}, right among three "
            f"{figures['top3']:.1%}."
        ),
        "",
        "| right | letters decided | from confidence |",
        "|---|---|---|",
    ]
    for precision, covered in figures["coverage"].items():
        bound = figures["thresholds"][precision]
        lines.append(
            f"| {precision} | {covered:.1%} | {'none: too few letters' if bound is None else f'{bound:.3f}'} |"
        )
    if figures["confusions"]:
        lines += ["", "| was | taken for | letters |", "|---|---|---|"]
        lines += [f"| {shown(a)} | {shown(b)} | {count} |" for a, b, count in figures["confusions"]]
    return lines


def _drift(drifted: Mapping[str, Any], shown: Any) -> list[str]:
    look = max(drifted["matters"], drifted["words"]) >= DRIFTED
    lines = ["", f"## Since the model of {drifted['since']}", ""]
    lines.append(
        f"Divergence of matters {drifted['matters']:.3f}, of words {drifted['words']:.3f}: "
        + ("look at what changed." if look else "little changed.")
    )
    lines += ["", "| matter or word | then | now |", "|---|---|---|"]
    lines += [
        f"| {shown(name)} | {then:.1%} | {now:.1%} |"
        for name, then, now in [*drifted["matters_changed"], *drifted["words_changed"]]
    ]
    for title, key in (("New", "new_matters"), ("Gone", "gone_matters")):
        if drifted[key]:
            lines += ["", f"{title}: {', '.join(map(shown, drifted[key]))}"]
    return lines
