"""Officials, the posts they hold at units, and the tokens their programs carry.

An official without a post can sign in and see nothing. Not for residents.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.registry.models import Unit


class Official(AbstractUser):
    """工作人员: somebody who works on cases or on the registry, signed in with a password and a second factor."""

    display_name = models.CharField(_("姓名"), max_length=80, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = verbose_name_plural = _("工作人员")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.display_name or self.username


class Role(models.TextChoices):
    """What a post lets its holder do; the procedure's table says which act needs which."""

    CLERK = "clerk", _("受理员")
    HANDLER = "handler", _("承办人")
    HEAD = "head", _("单位负责人")
    SUPERVISOR = "supervisor", _("督办员")
    DATA_OFFICER = "data_officer", _("数据安全员")
    ADMINISTRATOR = "administrator", _("系统管理员")


class Post(models.Model):
    """岗位: an official holds a role at a unit from one date to another."""

    official = models.ForeignKey(Official, models.CASCADE, related_name="posts", verbose_name=_("工作人员"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=16, choices=Role.choices)
    since = models.DateField(_("起始日期"), default=date.today)
    until = models.DateField(_("终止日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("岗位")
        constraints = [models.UniqueConstraint(fields=["official", "unit", "role", "since"], name="post_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.role}"

    @classmethod
    def held_on(cls, official_id: int, day: date) -> list[tuple[str, str]]:
        """(unit code, role) of every post the official holds on `day`."""
        return list(
            cls.objects.filter(official_id=official_id, since__lte=day)
            .filter(Q(until__isnull=True) | Q(until__gte=day))
            .order_by("id")
            .values_list("unit_id", "role")
        )


class ApiToken(models.Model):
    """A token that carries one post; only its hash is kept.

    The token has 256 bits of randomness, so a plain SHA-256 is as good as argon2 and does not slow every call.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="tokens", verbose_name=_("岗位"))
    name = models.CharField(_("用途"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("接口令牌")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, post: Post, name: str, expires_at: datetime) -> tuple[ApiToken, str]:
        """A new token; its text is shown once and never kept."""
        token = "tb_" + secrets.token_urlsafe(32)
        return cls.objects.create(post=post, name=name, digest=cls.digest_of(token), expires_at=expires_at), token

    @classmethod
    def find(cls, token: str) -> ApiToken | None:
        """The valid token whose text this is: neither revoked, expired, nor of a post or an official no longer there."""
        now = timezone.now()
        found = (
            cls.objects.select_related("post__official")
            .filter(digest=cls.digest_of(token), revoked_at__isnull=True, expires_at__gt=now)
            .first()
        )
        if found is None or not found.post.official.is_active:
            return None
        today = timezone.localdate(now)
        if found.post.since > today or (found.post.until is not None and found.post.until < today):
            return None
        return found
