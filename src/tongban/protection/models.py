"""What the catalogue keeps: sources, scans, fields with their verdict, what changed, and what officers decided.

A value of the scanned data never stands here: samples are masked before they come in, and a
report with others is refused.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.accounts.models import Post
from tongban.registry.models import Unit

NAME = 500
"""Longest name of a source, a path, a table or a column, in characters."""


def new_code() -> str:
    """A name for an address that nobody can guess."""
    return secrets.token_urlsafe(12)


class Source(models.Model):
    """数据源: an information system, a database or a file whose data a unit answers for. Removed,
    it stays as a tombstone."""

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("所属单位"))
    key = models.CharField(max_length=32, editable=False)
    name = models.CharField(_("名称"), max_length=NAME)
    kind = models.CharField(_("种类"), max_length=8, choices=[("file", _("文件")), ("database", _("数据库"))])
    purpose = models.CharField(_("用途"), max_length=300, blank=True)
    contact = models.ForeignKey(
        Post, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("负责人")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    removed_why = models.CharField(_("理由"), max_length=500, blank=True)
    removed_fields = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("数据源")
        constraints = [
            models.UniqueConstraint(fields=["unit", "key"], condition=Q(removed_at__isnull=True), name="source_once")
        ]

    def __str__(self) -> str:
        return self.name


class Scan(models.Model):
    """扫描: one report that was taken in. `digest` is of its content: the same report twice adds nothing."""

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("所属单位"))
    sources = models.ManyToManyField(Source, related_name="scans")
    digest = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64, null=True, unique=True)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    profile = models.CharField(_("依据的标准"), max_length=20)
    sampled = models.BigIntegerField(_("每表抽样行数"), default=0)
    rows = models.BigIntegerField(_("行数"), default=0)
    bytes = models.BigIntegerField(_("字节数"), default=0)
    fields = models.PositiveIntegerField(_("字段数"), default=0)
    target_key = models.CharField(max_length=32, blank=True, editable=False)
    taken_at = models.DateTimeField(_("导入时间"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("导入人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("扫描")
        constraints = [models.UniqueConstraint(fields=["unit", "digest"], name="report_once")]
        indexes = [models.Index(fields=["unit", "-started_at"], name="scan_recent")]

    def __str__(self) -> str:
        return self.code


class Skipped(models.Model):
    """A file, or a part of one, that a scan could not read, and why."""

    scan = models.ForeignKey(Scan, models.CASCADE, related_name="skipped")
    path = models.CharField(max_length=NAME)
    part = models.CharField(max_length=NAME, blank=True)
    key = models.CharField(max_length=60)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("没有读取的文件")

    def __str__(self) -> str:
        return f"{self.path}: {self.key}"


class Field(models.Model):
    """字段: a column of a table, or the text of a file. `said_…` is what the scanner says; `type`, `level`, `sensitive`
    and `personal` are what stands: an officer's decision where there is one, else the same."""

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    source = models.ForeignKey(Source, models.CASCADE, related_name="fields", verbose_name=_("数据源"))
    key = models.CharField(max_length=32, editable=False)
    file_key = models.CharField(max_length=32, editable=False)
    part_key = models.CharField(max_length=32, editable=False)
    path = models.CharField(_("文件或库"), max_length=NAME, blank=True)
    part = models.CharField(_("表"), max_length=NAME, blank=True)
    column = models.CharField(_("字段"), max_length=NAME, blank=True)
    comment = models.CharField(_("注释"), max_length=500, blank=True)
    declared = models.CharField(_("声明的类型"), max_length=200, blank=True)
    rows = models.BigIntegerField(default=0)
    filled = models.BigIntegerField(default=0)
    share = models.FloatField(default=0.0)
    error_bound = models.FloatField(default=0.0)
    persons = models.BigIntegerField(_("涉及人数"), default=0)
    sure = models.FloatField(default=0.0)
    why = models.CharField(max_length=500, blank=True)
    because = models.JSONField(default=list)
    found = models.JSONField(default=dict)
    where = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    said_type = models.CharField(max_length=60, blank=True)
    said_level = models.CharField(max_length=12)
    said_personal = models.BooleanField(default=False)
    said_sensitive = models.CharField(max_length=60, blank=True)
    type = models.CharField(_("类型"), max_length=60, blank=True)
    category = models.CharField(_("数据类别"), max_length=12)
    level = models.CharField(_("数据级别"), max_length=12)
    personal = models.BooleanField(_("是否个人信息"), default=False)
    sensitive = models.CharField(_("敏感个人信息类别"), max_length=60, blank=True)
    decision = models.ForeignKey("Decision", models.SET_NULL, null=True, blank=True, related_name="+")
    review = models.CharField(max_length=8, blank=True)
    review_because = models.JSONField(default=list)
    words = models.TextField(blank=True)
    first_scan = models.ForeignKey(Scan, models.PROTECT, related_name="+")
    last_scan = models.ForeignKey(Scan, models.PROTECT, related_name="+")
    target_key = models.CharField(max_length=32, blank=True, editable=False)
    gone_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("字段")
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="field_once")]
        indexes = [
            models.Index(fields=["target_key"], name="field_target"),
            models.Index(fields=["source", "review"], name="field_review"),
            models.Index(fields=["source", "level"], name="field_level"),
        ]

    def __str__(self) -> str:
        return ".".join(part for part in (self.path, self.part, self.column) if part)


class Difference(models.Model):
    """What a scan found otherwise than the one before; `what` is one of words.DIFFERENCES."""

    scan = models.ForeignKey(Scan, models.CASCADE, related_name="differences")
    field = models.ForeignKey(Field, models.CASCADE, related_name="differences")
    what = models.CharField(max_length=10)
    before = models.CharField(max_length=80, blank=True)
    after = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("变化")
        indexes = [models.Index(fields=["scan", "what"], name="difference_what")]

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"


class Unchanging(RuntimeError):
    """Somebody tried to change what is only ever added to."""


class Decision(models.Model):
    """What an officer said to a field's verdict. Never changed and never deleted; a later one may withdraw it.

    `said_…` is what the scanner said at that time; `type`, `level`, `sensitive` and `personal` are the
    officer's (of `decide` only). `before` is how the field stood in the queue before it (review, because, decision), so
    that the step can be taken back; `undoes` is the step that an `undo` took back, once.
    """

    field = models.ForeignKey(Field, models.PROTECT, related_name="decisions")
    act = models.CharField(max_length=8)
    type = models.CharField(_("类型"), max_length=60, blank=True)
    level = models.CharField(_("数据级别"), max_length=12, blank=True)
    personal = models.BooleanField(_("是否个人信息"), default=False)
    sensitive = models.CharField(_("敏感个人信息类别"), max_length=60, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    said_type = models.CharField(max_length=60, blank=True)
    said_level = models.CharField(max_length=12)
    said_sensitive = models.CharField(max_length=60, blank=True)
    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    before = models.JSONField(null=True)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone")

    class Meta:
        verbose_name = verbose_name_plural = _("决定")
        constraints = [
            models.UniqueConstraint(fields=["undoes"], condition=Q(undoes__isnull=False), name="undone_once")
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.level}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Unchanging("a decision is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Unchanging("a decision is never deleted")
