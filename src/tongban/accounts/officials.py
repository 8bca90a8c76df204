"""Makes officials and gives them posts. Refuses what would leave the house without an administrator."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.registry.models import Unit

from .models import ApiToken, Official, Post, Role

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class OfficialError(ValueError):
    """What was asked cannot be done; the message says why."""


def first_password() -> str:
    """Five groups of four: 98 random bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(5))


@transaction.atomic
def add_official(username: str, unit: str, role: str, name: str = "") -> str | None:
    """Make or find an official and give them a post; the first password of a new one, else None. Raises OfficialError."""
    if role not in Role.values:
        raise OfficialError(_("没有这种角色：%(role)s。") % {"role": role})
    if not Unit.objects.filter(code=unit).exists():
        raise OfficialError(_("没有这个单位：%(unit)s。") % {"unit": unit})
    if not username or len(username) > 150 or not username.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise OfficialError(_("登录名只能由字母、数字和 - _ . 组成。"))
    password = None
    official = Official.objects.filter(username=username).first()
    if official is not None and not official.is_active:
        raise OfficialError(_("这个账号已经停用。"))
    if official is None:
        password = first_password()
        official = Official.objects.create_user(username, password=password, display_name=name[:80])
    today = timezone.localdate()
    if not Post.objects.filter(official=official, unit_id=unit, role=role).filter(Q(until__isnull=True) | Q(until__gte=today)).exists():
        Post.objects.update_or_create(official=official, unit_id=unit, role=role, since=today, defaults={"until": None})
    return password


def _administrators_besides(without: Q) -> bool:
    """Whether somebody can still administer the house tomorrow without the posts that match."""
    today = timezone.localdate()
    others = Post.objects.filter(role=Role.ADMINISTRATOR, official__is_active=True, since__lte=today)
    return others.filter(Q(until__isnull=True) | Q(until__gt=today)).exclude(without).exists()


@transaction.atomic
def end_post(post: Post, day: date | None = None) -> None:
    """Let `day` be the last day of a post (yesterday, so that it ends at once); its tokens end with it. A post that began
    later has then never been held. Raises OfficialError for the last administrator's."""
    if post.role == Role.ADMINISTRATOR and not _administrators_besides(Q(pk=post.pk)):
        raise OfficialError(_("这是最后一个系统管理员，不能终止。"))
    post.until = day or timezone.localdate() - timedelta(days=1)
    post.save(update_fields=["until"])
    if post.until < timezone.localdate():
        ApiToken.objects.filter(post=post, revoked_at=None).update(revoked_at=timezone.now())


@transaction.atomic
def deactivate(official: Official) -> None:
    """Close an account: its posts and tokens end, its sessions too. Raises OfficialError for the last administrator."""
    if official.is_active and not _administrators_besides(Q(official=official)):
        raise OfficialError(_("这是最后一个系统管理员，不能停用。"))
    today = timezone.localdate()
    held = Post.objects.filter(official=official).filter(Q(until__isnull=True) | Q(until__gte=today))
    ApiToken.objects.filter(post__official=official, revoked_at=None).update(revoked_at=timezone.now())
    held.update(until=today - timedelta(days=1))
    official.is_active = False
    official.save(update_fields=["is_active"])


def reset_password(official: Official) -> str:
    """A new first password; sessions with the old one end."""
    password = first_password()
    official.set_password(password)
    official.save(update_fields=["password"])
    return password


def reset_second_factor(official: Official) -> int:
    """Forget the authenticator app, the keys and the recovery codes; how many there were."""
    from allauth.mfa.models import Authenticator

    return int(Authenticator.objects.filter(user=official).delete()[0])


def issue_token(post: Post, name: str, days: int) -> str:
    """A token of a post for 1 to 366 days; its text is shown once. Raises OfficialError."""
    today = timezone.localdate()
    if not 1 <= days <= 366:
        raise OfficialError(_("令牌最长 366 天。"))
    if not name.strip():
        raise OfficialError(_("请写明令牌的用途。"))
    if not post.official.is_active or post.since > today or (post.until is not None and post.until < today):
        raise OfficialError(_("这个岗位已经终止。"))
    expires = datetime.combine(today + timedelta(days=days), time(23, 59), timezone.get_default_timezone())
    return ApiToken.issue(post, " ".join(name.split())[:80], expires)[1]
