"""Makes officials and gives them posts. Refuses what would leave the house without an administrator, and what takes two
people (`proposals.py`) where one does it. Each change is a row of the record, in the same transaction."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.record.models import What
from tongban.record.writing import COMMAND, By, write
from tongban.registry.models import Unit

from .models import ApiToken, Official, Post, Role

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
TWO_PEOPLE = frozenset({Role.CLERK, Role.HANDLER, Role.HEAD, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Roles that open cases, and the one that gives roles: on a page it takes two to give them or to act in them."""


class OfficialError(ValueError):
    """What was asked cannot be done; the message says why."""


def first_password() -> str:
    """Five groups of four: 98 random bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(5))


# --- making ----------------------------------------------------------------------------------------------------------
def check_post(username: str, unit: str, role: str) -> None:
    """Raises OfficialError for a role, a unit, a name or an account that cannot have a post."""
    if role not in Role.values:
        raise OfficialError(_("没有这种角色：%(role)s。") % {"role": role})
    if not Unit.objects.filter(code=unit).exists():
        raise OfficialError(_("没有这个单位：%(unit)s。") % {"unit": unit})
    if not username or len(username) > 150 or not username.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise OfficialError(_("登录名只能由字母、数字和 - _ . 组成。"))
    if Official.objects.filter(username=username, is_active=False).exists():
        raise OfficialError(_("这个账号已经停用。"))


@transaction.atomic
def make_account(username: str, name: str, by: By) -> Official:
    """A new account that nobody can sign in to: its first password comes with its first post."""
    official = Official(username=username, display_name=name[:80])
    official.set_unusable_password()
    official.save()
    write(What.ACCOUNT_MADE, by, about=official.pk, about_name=str(official))
    return official


@transaction.atomic
def add_official(username: str, unit: str, role: str, name: str = "", by: By = COMMAND) -> str | None:
    """Make or find an official and give them a post; the first password of a new one, else None. Raises OfficialError,
    also where it takes two and one does it, ReasonMissing."""
    check_post(username, unit, role)
    official = Official.objects.filter(username=username).first()
    if official is not None and by.way == "page" and official.pk in (by.official_id, by.second_id):
        raise OfficialError(_("不能为自己设立岗位。"))
    _refuse_alone(role, by)
    official = official or make_account(username, name, by)
    password = None
    if (by.way == "page" and role in TWO_PEOPLE and not held_now(official)) or not (
        official.has_usable_password() or official.last_login
    ):
        # What opened the account until now, one administrator alone may have set: it starts anew with what the second
        # sees.
        _forget_factors(official)
        password = first_password()
        official.give_first_password(password)
        official.save(update_fields=["password", "first_password_until"])
    today = timezone.localdate()
    current = Q(until__isnull=True) | Q(until__gte=today)
    if not Post.objects.filter(official=official, unit_id=unit, role=role).filter(current).exists():
        Post.objects.update_or_create(official=official, unit_id=unit, role=role, since=today, defaults={"until": None})
        write(What.POST_GRANTED, by, about=official.pk, about_name=str(official), unit=unit, role=role, since=today)
    return password


def _refuse_alone(role: str, by: By) -> None:
    if by.alone and role in TWO_PEOPLE:
        raise OfficialError(_("这一角色须由两人办理：一人提出，另一位管理员或上级单位负责人同意。"))


def held_now(official: Official) -> list[tuple[str, str]]:
    """(unit, role) of the posts that the official holds today and that take two people."""
    return [(unit, role) for unit, role in Post.held_on(official.pk, timezone.localdate()) if role in TWO_PEOPLE]


def power_of(official: Official) -> tuple[str, str]:
    """The (unit, role) that makes a change of this account a matter for two people. Raises OfficialError for none."""
    held = held_now(official)
    if not held:
        raise OfficialError(_("这个账号没有须两人办理的岗位。"))
    return held[0]


def password_takes_two(official: Official) -> bool:
    """Whether whoever knows the password could act in a post that takes two people: there is no second factor before
    it."""
    from .proving import has_factor

    return bool(held_now(official)) and not (settings.SECOND_FACTOR and has_factor(official))


# --- ending ----------------------------------------------------------------------------------------------------------
def _administrators_besides(without: Q) -> bool:
    """Whether somebody can still administer the house tomorrow without the posts that match."""
    today = timezone.localdate()
    others = Post.objects.filter(role=Role.ADMINISTRATOR, official__is_active=True, since__lte=today)
    return others.filter(Q(until__isnull=True) | Q(until__gt=today)).exclude(without).exists()


@transaction.atomic
def end_post(post: Post, day: date | None = None, by: By = COMMAND) -> None:
    """Let `day` be the last day of a post (yesterday, so that it ends at once); its tokens end with it. A post that
    began later has then never been held. Raises OfficialError for the last administrator's, ReasonMissing."""
    if post.role == Role.ADMINISTRATOR and not _administrators_besides(Q(pk=post.pk)):
        raise OfficialError(_("这是最后一个系统管理员，不能终止。"))
    post.until = day or timezone.localdate() - timedelta(days=1)
    post.save(update_fields=["until"])
    if post.until < timezone.localdate():
        ApiToken.objects.filter(post=post, revoked_at=None).update(revoked_at=timezone.now())
    _tell_ended(post, by)


def _tell_ended(post: Post, by: By) -> None:
    official = post.official
    write(
        What.POST_ENDED,
        by,
        about=official.pk,
        about_name=str(official),
        unit=post.unit_id,
        role=post.role,
        since=post.since,
        until=post.until,
    )


@transaction.atomic
def deactivate(official: Official, by: By = COMMAND) -> None:
    """Close an account: its posts and tokens end, its sessions too. Raises OfficialError for the last administrator,
    ReasonMissing."""
    if official.is_active and not _administrators_besides(Q(official=official)):
        raise OfficialError(_("这是最后一个系统管理员，不能停用。"))
    today = timezone.localdate()
    write(What.ACCOUNT_CLOSED, by, about=official.pk, about_name=str(official))
    ApiToken.objects.filter(post__official=official, revoked_at=None).update(revoked_at=timezone.now())
    for post in Post.objects.filter(official=official).filter(Q(until__isnull=True) | Q(until__gte=today)):
        post.until = today - timedelta(days=1)
        post.save(update_fields=["until"])
        _tell_ended(post, by)
    official.is_active = False
    official.save(update_fields=["is_active"])


# --- keys to an account ----------------------------------------------------------------------------------------------
@transaction.atomic
def reset_password(official: Official, by: By = COMMAND) -> str:
    """A new first password, to be changed at the next sign-in; sessions with the old one end. Raises OfficialError
    where it takes two, ReasonMissing."""
    if by.alone and password_takes_two(official):
        raise OfficialError(_("这个账号没有双重验证，重设密码须由两人办理。"))
    password = first_password()
    official.give_first_password(password)
    official.save(update_fields=["password", "first_password_until"])
    write(What.PASSWORD_RESET, by, about=official.pk, about_name=str(official))
    return password


@transaction.atomic
def reset_second_factor(official: Official, by: By = COMMAND) -> int:
    """Forget the authenticator app, the keys and the recovery codes; how many there were. Raises OfficialError where it
    takes two, ReasonMissing."""
    if by.alone and held_now(official):
        raise OfficialError(_("这个账号有须两人办理的岗位，重设双重验证也须由两人办理。"))
    write(What.FACTOR_RESET, by, about=official.pk, about_name=str(official))
    return _forget_factors(official)


def _forget_factors(official: Official) -> int:
    from allauth.mfa.models import Authenticator

    return int(Authenticator.objects.filter(user=official).delete()[0])


def check_token(post: Post, name: str, days: int) -> None:
    """Raises OfficialError for a token that cannot be issued."""
    today = timezone.localdate()
    if not 1 <= days <= 366:
        raise OfficialError(_("令牌最长 366 天。"))
    if not name.strip():
        raise OfficialError(_("请写明令牌的用途。"))
    if not post.official.is_active or post.since > today or (post.until is not None and post.until < today):
        raise OfficialError(_("这个岗位已经终止。"))


@transaction.atomic
def issue_token(post: Post, name: str, days: int, by: By = COMMAND) -> str:
    """A token of a post for 1 to 366 days; its text is shown once. Raises OfficialError, also where it takes two,
    ReasonMissing."""
    check_token(post, name, days)
    _refuse_alone(post.role, by)
    last = timezone.localdate() + timedelta(days=days)
    expires = datetime.combine(last, time(23, 59), timezone.get_default_timezone())
    label = " ".join(name.split())[:80]
    official = post.official
    write(
        What.TOKEN_ISSUED,
        by,
        about=official.pk,
        about_name=str(official),
        unit=post.unit_id,
        role=post.role,
        until=last,
        details={"label": label},
    )
    return ApiToken.issue(post, label, expires)[1]


@transaction.atomic
def revoke_token(token: ApiToken, by: By = COMMAND) -> None:
    """End a token at once; one that has ended stays as it is. Raises ReasonMissing."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return
    post = token.post
    write(
        What.TOKEN_REVOKED,
        by,
        about=post.official_id,
        about_name=str(post.official),
        unit=post.unit_id,
        role=post.role,
        details={"label": token.name},
    )
