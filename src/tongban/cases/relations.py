"""How cases belong together: one is about another (an appeal, a renewal), or part of another (an opinion of a unit).

Which kinds may, from which states, and who then has the case is in the procedure's table; here are the words of that
table, and the look at the cases themselves. What one case brings about on another is performed by `writer.py`, in the
same transaction. Not for merging cases about the same trouble: that is `Case.lead_case`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from tongban.registry.snapshot import NoUnitFound, Snapshot

from .actor import resident
from .models import Case
from .procedure import Context, Procedure, procedures
from .refusal import Refusal

To = Literal["about", "part_of", "parts", "those_about"]


@dataclass(frozen=True, slots=True)
class Relation:
    """To which cases one of this kind may belong: of `kind`, in one of `states` (empty: any).

    `shared`: whoever holds the secret of the whole is the sender of the part as well. `apart`: the units of the whole
    and of its parts do not see each other's cases by that alone.

    `routed` says who has it: `above` the unit above the one that decided (never that unit nor one below it), `same`
    that very unit, `duty` whoever the responsibility list names, `named` the unit that the opening names. `opener` says
    who may open one: `sender` whoever has shown the secret of the case it is about, `anyone`, or `kernel` an act on the
    case alone.
    """

    kind: str
    states: frozenset[str] = frozenset()
    routed: Literal["above", "same", "duty", "named"] = "duty"
    opener: Literal["sender", "anyone", "kernel"] = "anyone"
    shared: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Brings:
    """An act that the system performs on the related cases `to`, when the act in whose line this stands is performed.

    It gets the inputs that both acts have. `possible` performs it where its own table and guards allow and passes it
    over otherwise (all opinions in → the whole moves on); `always` refuses the whole step where it cannot be done.
    """

    to: To
    act: str
    when: Literal["always", "possible"] = "always"


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that an act opens as a part of its own: who has it, and what is asked. Place is the whole's, and matter
    too where none is named. `sender` are the name and the contact of its sender, where it has one of its own or is
    `Relation.shared`, `language` that sender's (empty: the whole's); `inputs` what its opening act asks for."""

    kind: str
    unit: str
    subject: str
    body: str
    extra: Mapping[str, Any] = field(default_factory=dict)
    matter: str = ""
    sender: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """The cases that one is about or part of, and those about it or part of it, oldest first."""

    about: Case | None = None
    part_of: Case | None = None
    parts: tuple[Case, ...] = ()
    those_about: tuple[Case, ...] = ()

    def at(self, to: To) -> tuple[Case, ...]:
        """The cases that `to` names."""
        found = getattr(self, to)
        return found if isinstance(found, tuple) else (found,) if found is not None else ()


def relates(kind: str) -> bool:
    """Whether cases of this kind can be about or part of others, or others about or part of them."""
    return any(
        kind == procedure.kind or any(relation.kind == kind for relation in (*procedure.about, *procedure.part_of))
        for procedure in procedures().values()
        if procedure.about or procedure.part_of
    )


def apart() -> frozenset[str]:
    """The kinds whose units, and those of their parts, do not see each other's cases (`Relation.apart`)."""
    lines = (line for procedure in procedures().values() for line in procedure.part_of)
    return frozenset(line.kind for line in lines if line.apart)


def shares_sender(part: Case, whole: Case) -> bool:
    """Whether whoever holds the secret of the whole is the sender of this part too."""
    lines = procedures()[part.kind].part_of if part.kind in procedures() else ()
    return part.part_of_id == whole.pk and any(line.shared and line.kind == whole.kind for line in lines)


def any_relation() -> bool:
    """Whether any kind of case belongs to others at all."""
    return any(procedure.about or procedure.part_of for procedure in procedures().values())


def related_to(case: Case, known: Mapping[int, Case] | None = None) -> Related | None:
    """The cases related to `case`; None where its kind has none. `known` are cases as they are about to be stored, by
    their keys."""
    if not relates(case.kind):
        return None
    moved = known or {}

    def newest(rows: Iterable[Case]) -> tuple[Case, ...]:
        return tuple(moved.get(row.pk, row) for row in rows)

    upward = Case.objects.filter(pk__in=[pk for pk in (case.about_id, case.part_of_id) if pk is not None])
    found = {row.pk: moved.get(row.pk, row) for row in upward}
    if case.pk is None:
        return Related(found.get(case.about_id or 0), found.get(case.part_of_id or 0))
    return Related(
        found.get(case.about_id or 0),
        found.get(case.part_of_id or 0),
        newest(Case.objects.filter(part_of=case).order_by("pk")),
        newest(Case.objects.filter(about=case).order_by("pk")),
    )


def relation_of(procedure: Procedure, other: Case, how: Literal["about", "part_of"]) -> Relation:
    """The line of the table by which a case of this kind may belong to `other`. Raises Refusal where none does."""
    lines = procedure.about if how == "about" else procedure.part_of
    found = next((one for one in lines if one.kind == other.kind), None)
    if found is None or other.erased_at is not None:
        raise Refusal("not_allowed", _("不能就这个件提出。"), how)
    if found.states and other.state not in found.states:
        raise Refusal("wrong_state", _("这个件目前的状态不能提出。"), how)
    return found


def opening_refused(procedure: Procedure, other: Case, registry: Snapshot, now: datetime) -> Refusal | None:
    """Why the guard of its opening would not let the sender of `other` open a case of this kind about it now (the time
    to ask is over): asked without inputs, of a case that is not there yet."""
    edge = procedure.named("submit")
    if edge is None or edge.guard is None:
        return None
    begun = Case(
        kind=procedure.kind, edition=procedure.edition, matter_id=other.matter_id, place_id=other.place_id,
        unit_id=other.unit_id, against_id=other.against_id, about_id=other.pk,
    )  # fmt: skip
    actor, around = resident(other.pk), Related(about=other)
    return edge.guard(Context(begun, actor, {}, now, registry, procedure, frozenset({"resident"}), related=around))


def can_be_reviewed(other: Case, registry: Snapshot, now: datetime) -> bool:
    """Whether the time runs in which the sender of a case can still bring it before the unit above by a case about it;
    a kind whose opening has no guard sets no such time."""
    for procedure in procedures().values():
        opening = procedure.named("submit")
        above = any(
            line.kind == other.kind and line.routed == "above" and (not line.states or other.state in line.states)
            for line in procedure.about
        )
        limited = above and opening is not None and opening.guard is not None
        if limited and opening_refused(procedure, other, registry, now) is None:
            return True
    return False


def unit_for(relation: Relation, other: Case, registry: Snapshot, day: date) -> str | None:
    """The unit that has a case which belongs to `other`; None where matter and place say it. Raises Refusal."""
    if relation.routed == "same":
        return other.unit_id
    if relation.routed == "above":
        try:
            return registry.above(other.unit_id, day)
        except NoUnitFound:
            raise Refusal("not_yet", _("作出决定的单位没有上级单位，请联系平台管理员。"), "about") from None
    return None


def kept_from(procedure: Procedure, about: Case | None, registry: Snapshot) -> frozenset[str]:
    """The units that can never have a case of this kind about `about`: the one that decided and those below it, where
    the table sends it above them."""
    if about is None or not any(one.kind == about.kind and one.routed == "above" for one in procedure.about):
        return frozenset()
    return registry.barred(about.unit_id)
