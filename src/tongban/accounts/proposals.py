"""What takes two people: a post that opens cases, and whatever would let one administrator act in such a post.

One administrator proposes; another, or a head of a unit above, agrees. Whoever proposed sees no password and no token:
what is shown once is shown to the second. The first administrators are made by a command on the server. Not for what
one person may do alone (`officials.py`), though both end in its functions, which refuse what was not agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.record.models import What
from tongban.record.writing import By, write
from tongban.registry import snapshot

from . import officials
from .models import Official, Post, Proposal, Role
from .officials import OfficialError

LASTS = timedelta(days=14)
"""A proposal that nobody agreed to in this time is over. House rule."""


def propose_post(username: str, unit: str, role: str, name: str, by: By) -> Proposal:
    """Propose that an official, new or known, gets a post. Raises OfficialError, ReasonMissing."""
    with transaction.atomic():
        officials.check_post(username, unit, role)
        official = Official.objects.filter(username=username).first() or officials.make_account(username, name, by)
        return _propose("post", official, unit, role, by)


def propose_factor(official: Official, by: By) -> Proposal:
    """Propose that the second factor of an official with such a post be forgotten. Raises OfficialError,
    ReasonMissing."""
    unit, role = officials.power_of(official)
    return _propose("factor", official, unit, role, by)


def propose_password(official: Official, by: By) -> Proposal:
    """Propose a new first password for an official whom the password alone would let in. Raises OfficialError,
    ReasonMissing."""
    unit, role = officials.power_of(official)
    return _propose("password", official, unit, role, by)


def propose_token(post: Post, name: str, days: int, by: By) -> Proposal:
    """Propose a token for such a post. Raises OfficialError, ReasonMissing."""
    officials.check_token(post, name, days)
    with transaction.atomic():
        return _propose(
            "token", post.official, post.unit_id, post.role, by, post=post, label=" ".join(name.split())[:80], days=days
        )


@transaction.atomic
def _propose(
    kind: str,
    official: Official,
    unit: str,
    role: str,
    by: By,
    *,
    post: Post | None = None,
    label: str = "",
    days: int = 0,
) -> Proposal:
    if by.official_id == official.pk:
        raise OfficialError(_("不能为自己办理，请由另一位管理员提出。"))
    if waiting().filter(kind=kind, official=official, unit_id=unit, role=role).exists():
        raise OfficialError(_("同样的事项已经提出，正等待另一人同意。"))
    details = {"kind": kind, "label": label, "days": days}
    change = write(
        What.PROPOSED, by, about=official.pk, about_name=str(official), unit=unit, role=role, details=details
    )
    return Proposal.objects.create(
        kind=kind, official=official, unit_id=unit, role=role, post=post, label=label, days=days,
        proposed_by_id=by.official_id, proposed_at=change.at, change=change,
    )  # fmt: skip


def waiting() -> QuerySet[Proposal]:
    """The proposals that nobody has settled and that are not too old."""
    return Proposal.objects.filter(outcome="", proposed_at__gt=timezone.now() - LASTS)


def may_agree(proposal: Proposal, official_id: int, posts: Iterable[tuple[str, str]]) -> bool:
    """Whether this official may be the second person: an administrator or a head of a unit above, and neither the one
    who proposed it nor the one it is about."""
    if official_id in (proposal.proposed_by_id, proposal.official_id):
        return False
    above = snapshot.current().line("units", proposal.unit_id)[1:]
    return any(role == Role.ADMINISTRATOR or (role == Role.HEAD and unit in above) for unit, role in posts)


@transaction.atomic
def agree(proposal: Proposal, official_id: int, name: str, posts: Sequence[tuple[str, str]]) -> str | None:
    """Carry a proposal out; a password or token that is to be shown once, else None. Raises OfficialError."""
    proposal = _locked(proposal, official_id, posts)
    proposer = proposal.proposed_by_id
    if (
        proposer is None
        or not Post.objects.filter(official_id=proposer, official__is_active=True)
        .filter(_holds(Role.ADMINISTRATOR))
        .exists()
    ):
        raise OfficialError(_("提出这一事项的人已经不是系统管理员，请重新提出。"))
    private = proposal.change.private or {}
    by = By(proposal.proposed_by_id, str(private.get("by", "")), str(private.get("reason", "")), "page").agreed(
        official_id, name
    )
    _settle(proposal, official_id, "agreed")
    if proposal.kind == "post":
        return officials.add_official(proposal.official.username, proposal.unit_id, proposal.role, by=by)
    if proposal.kind == "token" and proposal.post is not None:
        return officials.issue_token(proposal.post, proposal.label, proposal.days, by)
    if proposal.kind == "password":
        return officials.reset_password(proposal.official, by)
    officials.reset_second_factor(proposal.official, by)
    return None


@transaction.atomic
def refuse(proposal: Proposal, by: By, posts: Sequence[tuple[str, str]]) -> None:
    """Turn a proposal down, or take back one's own. Raises OfficialError, ReasonMissing."""
    number = by.official_id or 0
    proposal = _locked(proposal, number, posts if proposal.proposed_by_id != number else None)
    _settle(proposal, number, "refused")
    official = proposal.official
    write(
        What.REFUSED,
        by,
        about=official.pk,
        about_name=str(official),
        unit=proposal.unit_id,
        role=proposal.role,
        details={"kind": proposal.kind},
    )


def _holds(role: str) -> Q:
    today = timezone.localdate()
    return Q(role=role, since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))


def _locked(proposal: Proposal, official_id: int, posts: Sequence[tuple[str, str]] | None) -> Proposal:
    """The proposal as it is now, held against a second click. Raises OfficialError."""
    found = waiting().select_for_update(of=("self",)).filter(pk=proposal.pk).first()
    if found is None:
        raise OfficialError(_("这一事项已经办理或已过期。"))
    if posts is not None and not may_agree(found, official_id, posts):
        raise OfficialError(_("这一事项须由另一位管理员或上级单位负责人同意。"))
    return found


def _settle(proposal: Proposal, official_id: int, outcome: str) -> None:
    proposal.settled_by_id, proposal.settled_at, proposal.outcome = official_id, timezone.now(), outcome
    proposal.save(update_fields=["settled_by", "settled_at", "outcome"])


def shown_to(official_id: int, posts: Sequence[tuple[str, str]]) -> list[tuple[Proposal, bool]]:
    """(proposal, whether they may agree) of what waits and concerns this official, oldest first."""
    rows = waiting().filter(~Q(official_id=official_id)).select_related("official", "change").order_by("pk")
    found = [(row, may_agree(row, official_id, posts)) for row in rows]
    return [(row, may) for row, may in found if may or row.proposed_by_id == official_id]
