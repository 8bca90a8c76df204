"""What of acts goes into the index: the words of the letter and of what was said about it, and
the contact of who sent it.

Read and sealed before the transaction of the settler, so that it holds nobody up; stored inside it. A case that went to
another unit is indexed again, all its acts, so that the new unit finds it; what its old unit still has of it in the
index, `access` does not show.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tongban.cases.models import Act, Assist, Case
from tongban.cases.procedure import procedure_for
from tongban.cases.search import contacts_of, words_of_act, words_of_letter
from tongban.registry import snapshot
from tongban.vault.keyring import KeyRingError

from . import segments
from .segments import Doc, Draft, Ready
from .tables import CONTACT, WORDS

log = logging.getLogger("tongban.settling")
MOVES = frozenset({"unit", "unit_after", "assist", "matter"})
"""Public facts of acts that may give a case to another unit."""


def moves(act: Act) -> bool:
    """Whether the case may have another unit, or others that assist, since this act."""
    return act.sequence > 1 and (act.for_unit != act.case.unit_id or not MOVES.isdisjoint(act.public))


def has_words(act: Act) -> bool:
    """Whether an act is opened for the index: where its line in the table has words."""
    if act.sequence == 1:
        return True
    lines = [line for line in procedure_for(act.case.kind).edges if line.act == act.act]
    return not lines or any(item.name == "text" for line in lines for item in line.inputs)


@dataclass(frozen=True)
class Taken:
    """Sealed segments of some acts, and for the sake of which of them each act is in there."""

    segments: list[Ready]
    causes: dict[int, set[int]]
    generation: int

    def store(self, still: Collection[int]) -> None:
        """Write what belongs to the acts that are `still` to be settled and not erased. In the caller's transaction."""
        gone = [act for act, causes in self.causes.items() if causes.isdisjoint(still)]
        for segment in self.segments:
            segments.store(segments.ready(segment.draft.without(gone)) if gone else segment, self.generation)


def take(acts: Sequence[Act], generation: int | None = None, again: bool = True) -> Taken:
    """Open, cut and seal what acts have for the index. Their cases are loaded. Writes nothing.

    `again`: with the other acts of cases that went to another unit.
    """
    moved = {act.case_id: act.pk for act in acts if again and moves(act)}
    causes: dict[int, set[int]] = defaultdict(set)
    wanted: dict[int, Act] = {}
    for act in acts:
        if has_words(act):
            wanted[act.pk] = act
            causes[act.pk].add(act.pk)
    if moved:
        cases = {act.case_id: act.case for act in acts}
        for act in Act.objects.filter(case_id__in=list(moved)).only("act", "sequence", "case_id"):
            act.case = cases[act.case_id]
            if has_words(act):
                wanted.setdefault(act.pk, act)
                causes[act.pk].add(moved[act.case_id])
    return Taken(
        _sealed(list(wanted.values())), dict(causes), segments.generation() if generation is None else generation
    )


def _sealed(acts: Sequence[Act]) -> list[Ready]:
    letters, spoken = _opened(acts)
    doc_of = _documents(acts)
    drafts: list[Draft] = []
    words = [
        (act, words_of_letter(letters.get(act.case_id)) if act.sequence == 1 else words_of_act(spoken.get(act.pk)))
        for act in acts
    ]
    said = [(doc_of(act), text) for act, text in words if text.strip()]
    if said:
        drafts.append(segments.draft_of_words(WORDS, [doc for doc, _ in said], [text for _, text in said]))
    openings = [act for act in acts if act.sequence == 1]
    if openings:
        codes = [
            [segments.contact_code(kind, value) for kind, value in contacts_of(letters.get(act.case_id))]
            for act in openings
        ]
        drafts.append(segments.draft_of_codes(CONTACT, [doc_of(act) for act in openings], codes))
    return [segments.ready(draft) for draft in drafts]


def _opened(acts: Sequence[Act]) -> tuple[dict[int, Any], dict[int, Any]]:
    """The private parts of the letters by case, and of what was said about them by act. What does not open is said in
    the log and is not found, and holds nothing up."""
    openings = Case.objects.filter(pk__in=[act.case_id for act in acts if act.sequence == 1])
    said = Act.objects.filter(pk__in=[act.pk for act in acts if act.sequence > 1]).select_related("case")
    letters = {case.pk: _private(case) for case in openings.only("code", "secret_digest", "private")}
    spoken = {act.pk: _private(act) for act in said.only("sequence", "private", "case__code")}
    return letters, spoken


def _private(row: Case | Act) -> Any:
    try:
        return row.private
    except KeyRingError:
        log.exception("what does not open is not indexed", extra={"row": f"{row._meta.label} {row.pk}"})
        return None


def _documents(acts: Sequence[Act]) -> Callable[[Act], Doc]:
    registry = snapshot.current()
    assisting: dict[int, list[str]] = defaultdict(list)
    for case_id, unit in Assist.objects.filter(case_id__in={act.case_id for act in acts}).values_list(
        "case_id", "unit_id"
    ):
        assisting[case_id].append(unit)

    def document(act: Act) -> Doc:
        case = act.case
        units = (case.unit_id, *sorted(assisting.get(case.pk, ())))
        return Doc(act.pk, case.pk, case.sequence, registry.county(case.place_id), units)

    return document
