"""What the letters' door keeps beside the cases: published letters, drafts, answer templates, reception slots."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.registry.models import Matter, Place, Unit
from tongban.vault.fields import SealedJSONField


class PublishedLetter(models.Model):
    """A letter and its answer as everybody may read them: masked, looked at by a person, in plain text."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="public_page")
    slug = models.CharField(max_length=16, unique=True)
    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("来信"))
    answer = models.TextField(_("答复"))
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", verbose_name=_("事项"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("行政区划"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("答复单位"))
    submitted_on = models.DateField(_("来信日期"))
    answered_on = models.DateField(_("答复日期"))
    published_at = models.DateTimeField(_("公开时间"))
    grade = models.PositiveSmallIntegerField(_("评价"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("公开来信")
        indexes = [
            models.Index(fields=["-answered_on", "-id"], name="published_recent"),
            models.Index(fields=["matter", "-answered_on"], name="published_matter"),
            models.Index(fields=["place", "-answered_on"], name="published_place"),
        ]

    def __str__(self) -> str:
        return self.subject


class Draft(models.Model):
    """A letter being written, without an account: found by a random key in the writer's browser, sealed, short-lived."""

    digest = models.CharField(max_length=64, unique=True)
    private = SealedJSONField(null=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("草稿")

    def __str__(self) -> str:
        return str(self.pk)


class AnswerTemplate(models.Model):
    """Words that a unit often needs in an answer. `unit` empty: for everybody."""

    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("单位"))
    matter = models.ForeignKey(Matter, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("事项"))
    name = models.CharField(_("名称"), max_length=80)
    text = models.TextField(_("内容"))

    class Meta:
        ordering = ["name"]
        verbose_name = verbose_name_plural = _("答复模板")

    def __str__(self) -> str:
        return self.name


class AnswerDraft(models.Model):
    """What an official has written of an answer and not yet sent; one per case and person, sealed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    private = SealedJSONField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("答复草稿")
        constraints = [models.UniqueConstraint(fields=["case", "official"], name="answer_draft_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Slot(models.Model):
    """A time at which a unit receives residents online (线上接访). One booking at most, held by the database."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="slots", verbose_name=_("单位"))
    starts_at = models.DateTimeField(_("开始时间"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"), default=20)
    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("接访人"))
    way = models.CharField(_("方式"), max_length=8, choices=[("video", _("视频")), ("phone", _("电话")), ("hall", _("现场"))], default="video")
    booked_case = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="slots", verbose_name=_("预约的来信"))
    booked_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(_("已接访"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("已取消"), null=True, blank=True)

    class Meta:
        ordering = ["starts_at"]
        verbose_name = verbose_name_plural = _("接访时段")
        constraints = [
            models.UniqueConstraint(fields=["unit", "starts_at", "official"], name="slot_once"),
            models.UniqueConstraint(fields=["unit", "starts_at"], name="slot_once_any", condition=Q(official__isnull=True)),
            models.UniqueConstraint(fields=["booked_case"], name="slot_one_booking_open", condition=Q(held_at__isnull=True, booked_case__isnull=False)),
        ]
        indexes = [models.Index(fields=["starts_at"], name="slot_free", condition=Q(booked_case__isnull=True, cancelled_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.starts_at:%Y-%m-%d %H:%M}"


class ImportedFile(models.Model):
    """How far an import has come, so that it can be resumed, and the rows it could not take."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    done_rows = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导入")

    def __str__(self) -> str:
        return self.name


class RejectedRow(models.Model):
    """A row of an import that was not taken: its line, the reason, and the row itself, sealed."""

    file = models.ForeignKey(ImportedFile, models.CASCADE, related_name="rejected")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    private = SealedJSONField(null=True)

    class Meta:
        ordering = ["line"]
        verbose_name = verbose_name_plural = _("未导入的行")
        constraints = [models.UniqueConstraint(fields=["file", "line"], name="rejected_once")]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class RisingTopic(models.Model):
    """A trouble that more people write of than before, as worked out last (`advice.rising`). Names no person."""

    name = models.CharField(_("主题"), max_length=120)
    words = models.JSONField(default=list)
    place = models.ForeignKey(Place, models.CASCADE, null=True, related_name="+", verbose_name=_("行政区划"))
    matter = models.ForeignKey(Matter, models.CASCADE, null=True, related_name="+", verbose_name=_("事项"))
    since = models.DateTimeField(_("开始时间"))
    until = models.DateTimeField(_("截止时间"))
    letters = models.PositiveIntegerField(_("来信"))
    senders = models.PositiveIntegerField(_("来信人"))
    senders_before = models.PositiveIntegerField(_("此前来信人"))
    growth = models.FloatField(_("增长"))
    significance = models.FloatField()
    case_ids = models.JSONField(default=list)
    public = models.BooleanField(_("公开"))
    worked_out_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("升温主题")
        indexes = [models.Index(fields=["public", "-significance"], name="rising_surest")]

    def __str__(self) -> str:
        return self.name
