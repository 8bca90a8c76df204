"""What the ledger says of an act, and what its entry commits to.

The entry says as little as the figures need: the kind of case, the day, and what the act counts for. Everything else
(the act's own name, states, unit, public part) is in the part that `commit` covers; the private words and the
official's number are sealed once more within it, so that an act can be proved to whoever may know of it but may not
read those. Not for deciding who may open what: `proofs.py` does. The format is described in docs/ledger-entry.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.ledger import entry as ledger_entry
from tongban.workdays import shanghai_day
from tongban.workdays.deadlines import SHANGHAI

from .models import Act, Case
from .procedure import UNCOUNTED, Edge, Procedure

SENT = ("subject", "body", "name", "phone", "email", "address", "extra")
"""What the opening act's commitment covers of what was sent; what the desk adds to a case later is not among it."""


def public_entry(case: Case, act: Act, edge: Edge, procedure: Procedure) -> dict[str, Any]:
    """The ledger's entry for an act. No act name, state, unit, matter or place: they would tie the entries of a case
    together.

    A kind of case whose decisions the law makes public names the facts that stand on the entry in its table.
    """
    day = shanghai_day(act.at).isoformat()
    entry: dict[str, Any] = {
        "act": edge.counted(act.public) or UNCOUNTED,
        "at": day if procedure.dated == "day" else day[:7],
        "commit": ledger_entry.commitment(ledger_entry.salt(bytes(act.salt or b"")), committed(case, act)),
        "kind": case.kind,
        "link": ledger_entry.link(bytes.fromhex((case.private or {})["link"]), act.sequence),
    }
    facts = {name: act.public[name] for name in edge.on_ledger if act.public.get(name) is not None}
    if "unit" in edge.on_ledger:
        facts["unit"] = act.for_unit
    if facts:
        entry["facts"] = facts
    return entry


def words_of(case: Case, act: Act) -> dict[str, Any] | None:
    """The private words of an act: its private part, and for the opening act what was sent. None where it has none."""
    words: dict[str, Any] = {}
    if act.private:
        words["private"] = act.private
    if act.sequence == 1:
        words["sent"] = {name: (case.private or {}).get(name) for name in SENT}
    return words or None


def committed(case: Case, act: Act) -> dict[str, Any]:
    """What the entry's commitment covers, under the salt `act`; `official` and `words` are commitments of their own."""
    seed = bytes(act.salt or b"")
    words = words_of(case, act)
    official = {"official": act.official_id} if act.official_id is not None else None
    return {
        "act": act.act,
        "at": act.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "by": act.actor,
        "code": case.code,
        "from": act.state_before,
        "official": _sealed(seed, "official", official),
        "public": act.public,
        "role": act.role,
        "sequence": act.sequence,
        "to": act.state_after,
        "unit": act.for_unit,
        "words": _sealed(seed, "words", words),
    }


def _sealed(seed: bytes, part: str, value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else ledger_entry.commitment(ledger_entry.salt(seed, part), value)
