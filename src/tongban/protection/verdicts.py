"""What a new scan means for a field: what changed, and whether a person has to look. Pure; no database.

Not for grading: the scanner does that (`detect/grading.py`), and an officer's decision stands above it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tongban.detect.grading import levels, rules

from .words import SERIOUS

UNSURE = 0.8
"""A verdict below this goes to a person: a rule of this house."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the scanner says of a field."""

    type: str
    level: str
    personal: bool
    sensitive: str
    persons: int
    sure: float


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two scans of a field; `what` is one of words.DIFFERENCES."""

    what: str
    before: str = ""
    after: str = ""


def volumes() -> list[int]:
    """Numbers of persons at which the volume counts (detect/data/classes.toml), lowest first."""
    return sorted(int(rule["persons"]) for rule in rules()["volume"])


def changes(before: Said | None, now: Said, was_gone: bool = False) -> list[Change]:
    """What differs from the last scan; `before` is None for a field that was never there."""
    if before is None:
        return [Change("new", "", now.level)]
    found = [Change("back")] if was_gone else []
    if before.type != now.type:
        found.append(Change("type", before.type, now.type))
    if before.level != now.level:
        order = levels()
        found.append(
            Change(
                "raised" if order.index(now.level) > order.index(before.level) else "lowered", before.level, now.level
            )
        )
    if before.sensitive != now.sensitive:
        found.append(Change("sensitive", before.sensitive, now.sensitive))
    if any(before.persons < limit <= now.persons for limit in volumes()):
        found.append(Change("grown", str(before.persons), str(now.persons)))
    return found


def reasons(said: Said, changed: bool = False) -> list[str]:
    """Why a person should look at a verdict: keys of words.REASONS; none where nobody needs to."""
    found = ["uncertain"] if said.sure < UNSURE else []
    if said.level in SERIOUS:
        found.append("serious")
    return [*found, "changed"] if changed else found


def review_after(
    review: str, because: list[str], before: Said | None, now: Said, changed: bool, decided: bool
) -> tuple[str, list[str]]:
    """(state in the queue, reasons) of a field after a scan; `review` and `because` are those before it.

    A person is asked when a field first needs it, when what the scanner says has changed, and when a reason is
    new. What was accepted, decided or put off stays so while the scanner says the same; a change that nobody
    has seen yet keeps waiting.
    """
    unseen = review in ("waiting", "later") and "changed" in because
    why = reasons(now, changed or unseen)
    if changed or (before is None and why):
        return "waiting", why
    earlier = reasons(before) if before is not None else []
    if not decided and any(reason not in (*earlier, "changed") for reason in why):
        return "waiting", why
    if review in ("waiting", "later") and not why:
        return "", []
    return review, why
