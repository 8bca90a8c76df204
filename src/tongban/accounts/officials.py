"""Makes officials and gives them posts. Refuses what would leave the house without an administrator."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

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
    if official is None:
        password = first_password()
        official = Official.objects.create_user(username, password=password, display_name=name[:80])
    today = timezone.localdate()
    if not Post.objects.filter(official=official, unit_id=unit, role=role).filter(Q(until__isnull=True) | Q(until__gte=today)).exists():
        Post.objects.update_or_create(official=official, unit_id=unit, role=role, since=today, defaults={"until": None})
    return password


def end_post(post: Post, day: date | None = None) -> None:
    """End a post after `day` (yesterday, so that it ends at once). Raises OfficialError for the last administrator's."""
    today = timezone.localdate()
    if post.role == Role.ADMINISTRATOR:
        others = Post.objects.filter(role=Role.ADMINISTRATOR, official__is_active=True).filter(Q(until__isnull=True) | Q(until__gt=today))
        if not others.exclude(pk=post.pk).exists():
            raise OfficialError(_("这是最后一个系统管理员，不能终止。"))
    last = day or today - timedelta(days=1)
    if last < post.since:
        post.delete()
        return
    post.until = last
    post.save(update_fields=["until"])
    ApiToken.objects.filter(post=post, revoked_at=None).update(revoked_at=timezone.now())
