"""Officials, the posts they hold at units, and the tokens their programs carry.

An official without a post can sign in and see nothing. Not for residents.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tongban.record.models import Change
from tongban.registry.models import Unit


class Official(AbstractUser):
    """工作人员: somebody who works on cases or on the registry, signed in with a password and a second factor."""

    display_name = models.CharField(_("姓名"), max_length=80, blank=True)
    first_password_until = models.DateTimeField(_("初始密码有效至"), null=True, editable=False)
    """Set while the password is one that somebody else gave; it opens nothing after that."""
    session_round = models.PositiveIntegerField(default=0, editable=False)
    """Part of what a session is checked against: one more ends every session of the account
    (`proving.end_sessions`)."""

    class Meta(AbstractUser.Meta):
        verbose_name = verbose_name_plural = _("工作人员")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def first_password_expired(self) -> bool:
        """Whether the password was given by somebody else and not changed in time."""
        return self.first_password_until is not None and self.first_password_until <= timezone.now()

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password and it may still be used."""
        return super().check_password(raw_password) and not self.first_password_expired

    def give_first_password(self, password: str) -> None:
        """Set a password that another person has seen: to be changed at the first sign-in, before it expires. Not
        saved."""
        self.set_password(password)
        self.first_password_until = timezone.now() + timedelta(hours=settings.FIRST_PASSWORD_HOURS)

    def own_password(self, password: str) -> None:
        """Set a password that the official chose. Not saved."""
        self.set_password(password)
        self.first_password_until = None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What Django keeps in a session and compares at each request."""
        salt = "tongban.accounts.models.Official.session"
        return salted_hmac(salt, f"{self.session_round} {self.password}", secret=secret, algorithm="sha256").hexdigest()


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


class Proposal(models.Model):
    """What one administrator proposed and a second person has to agree to (`proposals.py`). Why stands in the
    record."""

    KINDS = [
        ("post", _("设立岗位")),
        ("token", _("签发接口令牌")),
        ("factor", _("重设双重验证")),
        ("password", _("重设密码")),
    ]

    kind = models.CharField(_("事项"), max_length=8, choices=KINDS)
    official = models.ForeignKey(Official, models.CASCADE, related_name="proposals", verbose_name=_("工作人员"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=16, choices=Role.choices)
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="+")
    label = models.CharField(_("用途"), max_length=80, blank=True)
    days = models.PositiveSmallIntegerField(_("有效天数"), default=0)
    proposed_by = models.ForeignKey(Official, models.SET_NULL, null=True, related_name="+", verbose_name=_("提出人"))
    proposed_at = models.DateTimeField(_("提出时间"))
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    settled_by = models.ForeignKey(Official, models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True, choices=[("agreed", _("同意")), ("refused", _("不同意"))])

    class Meta:
        verbose_name = verbose_name_plural = _("待同意事项")

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id} {self.role}"


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
        """The valid token whose text this is: neither revoked, expired, nor of a post or an
        official no longer there."""
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
