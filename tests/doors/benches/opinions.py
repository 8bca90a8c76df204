"""The desk's panel: the opinions side by side, as far as they exist for who looks."""

from typing import Any

from tongban.cases import access
from tongban.cases.procedure import procedure_of
from tongban.desk.opening import Found

from .inputs import VIEW


def side_by_side(found: Found) -> list[dict[str, Any]] | None:
    """Each unit with what it said or until when it is asked. Once all are in, the case itself has them and everybody
    who sees the case reads every one; before that each only where the opinion exists for them."""
    theirs = access.cases_for(found.actor, found.registry).filter(part_of=found.case).order_by("pk")
    rows = {one.unit_id: {"unit": one.unit_id, "case": one, "said": (one.private or {}).get("opinion"),
                          "state": procedure_of(one).state(one.state).label} for one in theirs}  # fmt: skip
    for act in found.acts:
        for said in (act.private or {}).get("opinions", ()):
            rows.setdefault(said["unit"], {"unit": said["unit"]})["said"] = said
    for row in rows.values():
        if row.get("said"):
            row["view"] = VIEW.show(row["said"]["view"])
    return list(rows.values()) or None
