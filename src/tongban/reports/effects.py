"""What the acts of this door do, as pure functions that its tables name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tongban.cases import effects
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context, Outcome
from tongban.cases.refusal import Refusal
from tongban.cases.relations import Opening
from tongban.workdays import shanghai_day

from . import rules, whats
from .feeds import recounting
from .guarding import Target, target
from .statement import publishable
from .whats import What, what_is

DECIDED, LISTED = "decided", "listed"
FACTS = ("scope", "until", "basis", "statement")


def reported(context: Context) -> Outcome:
    """Opens the report. The first address in what was pasted is its target; without one it can only be referred."""
    outcome = effects.submit(context)
    what = what_is(context.payload.get("found", ""))
    extra = {**((context.case.private or {}).get("extra") or {}), "sort": what.sort}
    extra |= {"site": what.value} if what.sort == "site" else {"site": "", "named": what.value}
    outcome.set["private"] = {**(context.case.private or {}), "extra": extra}
    return outcome


def site_of(case: Case) -> str:
    """The address that a report, a decision or an objection is about; empty where there is none."""
    return str(((case.private or {}).get("extra") or {}).get("site") or "")


def what_of(case: Case) -> What:
    """What a report is about: a site, or what can only be referred."""
    extra = (case.private or {}).get("extra") or {}
    if extra.get("site"):
        return What("site", str(extra["site"]))
    sort = extra.get("sort")
    return What(sort if sort in whats.WHY else "message", str(extra.get("named") or ""))


def as_referred(case: Case, acts: Sequence[Act]) -> dict[str, Any]:
    """The form of referring begins with who can act, and with the reason why nothing is blocked here."""
    sort = what_of(case).sort
    return {} if sort == "site" else {"to": whats.TO[sort], "text": str(whats.WHY[sort])}


def as_proposed(case: Case, acts: Sequence[Act]) -> dict[str, Any]:
    """The form of a decision begins with the narrowest scope that does it."""
    return {"scope": "url"}


def decide(context: Context) -> Outcome:
    """Opens the decision as a case of its own, which is in force at once or waits for a second person."""
    said = context.payload
    wanted = target(site_of(context.case), said["scope"])
    second = rules.judgement(context, wanted).second
    shown = publishable(said["statement"], wanted)
    decision = {
        **{name: said[name] for name in FACTS},
        "statement": shown.text,
        "hidden": list(shown.hidden),
        "site": wanted.address.href,
        "second": second,
        "decided_by": context.actor.official_id,
    }
    opened = Opening("listing", context.case.unit_id, wanted.defanged, said["text"], extra=decision)
    if second:
        return Outcome(state="proposed", opens=(opened,))
    outcome = effects.answered(context)
    outcome.opens = (opened,)
    return outcome


# --- decisions --------------------------------------------------------------------------------------------------------


def decision(case: Case) -> dict[str, Any]:
    """What a decision says: site, scope, until, basis, statement."""
    return dict((case.private or {}).get("extra") or {})


def target_of(case: Case) -> Target:
    """What a decision lists."""
    said = decision(case)
    return target(said["site"], said["scope"])


def fingerprint(wanted: Target) -> str:
    """SHA-256 of scope and name, for the ledger: whoever has the register can recount it, the name itself stands there
    alone."""
    return recounting.fingerprint(wanted.scope, wanted.name)


def facts(case: Case, until: str) -> dict[str, Any]:
    """What the act's public part says of a decision in force."""
    return {"target": fingerprint(target_of(case)), "until": until, "basis": decision(case)["basis"]}


def listed(context: Context) -> Outcome:
    """A decision begins: in force until its day, or proposed where a second person has to decide."""
    said = decision(context.case)
    if said["second"]:
        return Outcome(state="proposed", public={"why": "part"})
    until = date.fromisoformat(said["until"])
    return Outcome(
        set={"in_force_until": until, "answered_at": context.now},
        public={"why": "part", **facts(context.case, said["until"])},
    )


def confirmed(context: Context) -> Outcome:
    """The second person agrees."""
    said = decision(context.case)
    until = max(date.fromisoformat(said["until"]), shanghai_day(context.now))
    return Outcome(set={"in_force_until": until, "answered_at": context.now}, public=facts(context.case, said["until"]))


def ended(context: Context) -> Outcome:
    """Nothing was listed."""
    return Outcome(set={"answered_at": context.now})


def renewed(context: Context) -> Outcome:
    """A new decision on the same name, with reasons and an end of its own."""
    shown = publishable(context.payload["statement"], target_of(context.case))
    said = {
        **decision(context.case),
        "until": context.payload["until"],
        "statement": shown.text,
        "hidden": list(shown.hidden),
        "decided_by": context.actor.official_id,
    }
    outcome = Outcome(
        set={
            "in_force_until": date.fromisoformat(said["until"]),
            "private": {**(context.case.private or {}), "extra": said},
        },
    )
    outcome.public = {"target": fingerprint(target_of(context.case)), "until": said["until"], "basis": said["basis"]}
    return outcome


def suspended(context: Context) -> Outcome:
    """While an objection is examined the name is out of the feeds."""
    return Outcome(public={"target": fingerprint(target_of(context.case))})


def resumed(context: Context) -> Outcome:
    """The decision holds again, for what is left of its time."""
    return Outcome(public={"target": fingerprint(target_of(context.case))})


def _end(context: Context) -> Outcome:
    since = context.case.answered_at
    held = (shanghai_day(context.now) - shanghai_day(since)).days if since is not None else 0
    return Outcome(set={"in_force_until": None}, public={"target": fingerprint(target_of(context.case)), "held": held})


lifted = overturned = expired = _end


# --- objections -------------------------------------------------------------------------------------------------------


def objected(context: Context) -> Outcome:
    """Opens the objection; what it is about stands beside it for the unit above."""
    outcome = effects.submit(context)
    about = context.related.about if context.related is not None else None
    if about is not None:
        extra: Mapping[str, Any] = {**((context.case.private or {}).get("extra") or {}), "site": site_of(about)}
        outcome.set["private"] = {**(context.case.private or {}), "extra": extra}
    return outcome


def can_be_paused(context: Context) -> Refusal | None:
    """What is paused already, or over, cannot be paused."""
    about = context.related.about if context.related is not None else None
    if about is None or about.state != "in_force":
        return Refusal("not_allowed", rules.NOT_IN_FORCE)
    return None
