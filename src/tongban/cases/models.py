"""Case and act, and what hangs on them. Data and invariants only: every change goes through `writer.py`.

A case row is a projection: it can be rebuilt from its acts. An act row never changes, but for two things: `settled`
(a worker's mark) and the deletion of its private part and salt when the data's time is over.
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.registry.models import Matter, Place, Unit
from tongban.vault.fields import SealedJSONField, new_seal

from .index.tables import Erasure, PartUnit, Rebuild, Segment, SegmentPage

__all__ = [
    "Act",
    "ActChanged",
    "Assist",
    "Attachment",
    "Case",
    "Erasure",
    "Notice",
    "PartUnit",
    "Rebuild",
    "Segment",
    "SegmentPage",
]

Row = TypeVar("Row", bound=models.Model)


class OfCaseQuerySet(models.QuerySet[Row]):
    """Rows of cases. Those that are asked for by a case at hand know it, as those of `case.acts` do: what is sealed in
    them opens with the case's code, which then is not fetched for each row."""

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        found: Any = super().filter(*args, **kwargs)
        case = kwargs.get("case")
        if isinstance(case, Case) and case.pk is not None:
            to_case = self.model._meta.get_field("case")
            found._known_related_objects = {**found._known_related_objects, to_case: {case.pk: case}}
        return found  # type: ignore[no-any-return]

    def only(self, *fields: Any) -> Self:
        return super().only(*fields, "case") if fields and fields != (None,) else super().only(*fields)


class Case(models.Model):
    """件: something that one person set in motion."""

    PHASES = [("work", _("办理中")), ("in_force", _("有效")), ("over", _("已结"))]
    VISIBILITY = [("public", _("可公开")), ("confidential", _("不公开"))]
    RUNGS = [
        ("on_time", _("在时限内")),
        ("due_soon", _("即将到期")),
        ("due", _("今日到期")),
        ("overdue", _("已逾期")),
        ("long_overdue", _("严重逾期")),
    ]

    kind = models.CharField(_("种类"), max_length=16)
    code = models.CharField(_("查询码"), max_length=16, unique=True)
    secret_digest = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("状态"), max_length=24)
    phase = models.CharField(_("阶段"), max_length=8, choices=PHASES, default="work")
    edition = models.PositiveSmallIntegerField(_("程序版本"), default=1)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", verbose_name=_("事项"), db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("行政区划"), db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("主办单位"), db_index=False)
    against = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("被反映单位"), db_index=False
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("承办人"), db_index=False
    )
    visibility = models.CharField(_("是否公开"), max_length=12, choices=VISIBILITY)
    anonymous = models.BooleanField(_("匿名"), default=True)
    channel = models.CharField(_("渠道"), max_length=12, default="web")
    language = models.CharField(_("语言"), max_length=8, default="zh-hans")
    submitted_at = models.DateTimeField(_("提交时间"))
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    step_since = models.DateTimeField(_("本环节开始时间"))
    due_at = models.DateTimeField(_("当前时限"), null=True)
    answer_due_at = models.DateTimeField(_("答复时限"), null=True)
    awaiting_calendar = models.PositiveSmallIntegerField(_("等待载入的日历年份"), null=True)
    paused_at = models.DateTimeField(_("中止计时"), null=True)
    extended_days = models.PositiveSmallIntegerField(_("已延长天数"), default=0)
    returns = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    rung = models.CharField(_("时限状态"), max_length=16, choices=RUNGS, default="on_time")
    lead_case = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", verbose_name=_("并入的件"))
    about = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="those_about", verbose_name=_("所针对的件"), db_index=False
    )
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="parts", verbose_name=_("所属的件"), db_index=False
    )
    in_force_until = models.DateField(_("有效至"), null=True)
    published = models.BooleanField(_("已公开"), default=False)
    grade = models.PositiveSmallIntegerField(_("评价"), null=True)
    version = models.PositiveIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)
    private = SealedJSONField(identity=("code", "secret_digest"), null=True)
    source = models.CharField(max_length=80, null=True, unique=True, editable=False)
    retain_until = models.DateField(_("保存至"), null=True)
    erased_at = models.DateTimeField(_("删除时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("件")
        indexes = [
            models.Index(fields=["unit", "phase", "due_at", "id"], name="case_tray"),
            models.Index(fields=["phase", "due_at", "id"], name="case_due"),
            models.Index(fields=["place", "phase", "due_at"], name="case_place"),
            models.Index(
                fields=["retain_until"], name="case_retain", condition=Q(erased_at__isnull=True, phase="over")
            ),
            models.Index(fields=["in_force_until"], name="case_in_force", condition=Q(phase="in_force")),
            models.Index(fields=["about"], name="case_about", condition=Q(about__isnull=False)),
            models.Index(fields=["part_of"], name="case_part_of", condition=Q(part_of__isnull=False)),
            models.Index(
                fields=["awaiting_calendar"], name="case_calendar", condition=Q(awaiting_calendar__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether somebody owes a step."""
        return self.phase == "work"

    @property
    def subject(self) -> str:
        """What the resident wrote above the letter; empty once erased."""
        return str((self.private or {}).get("subject", ""))

    @property
    def body(self) -> str:
        """What the resident wrote; empty once erased."""
        return str((self.private or {}).get("body", ""))

    @property
    def sender(self) -> str:
        """The name the resident gave, or an empty text."""
        return str((self.private or {}).get("name", ""))


class Assist(models.Model):
    """A unit that assists the lead unit on a case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="assists")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("协办单位")
        constraints = [models.UniqueConstraint(fields=["case", "unit"], name="assist_once")]

    def __str__(self) -> str:
        return self.unit_id


class ActChanged(TypeError):
    """Somebody tried to change or delete an act."""


class Act(models.Model):
    """办理行为: one immutable step on a case: who, when, what, with a public part and a private part."""

    ACTORS = [("resident", _("群众")), ("official", _("工作人员")), ("system", _("系统"))]

    case = models.ForeignKey(Case, models.PROTECT, related_name="acts", db_index=False)
    sequence = models.PositiveIntegerField()
    act = models.CharField(_("办理行为"), max_length=24)
    actor = models.CharField(_("行为人"), max_length=8, choices=ACTORS)
    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    role = models.CharField(_("角色"), max_length=16, blank=True)
    at = models.DateTimeField(_("时间"))
    state_before = models.CharField(max_length=24, blank=True)
    state_after = models.CharField(max_length=24)
    public = models.JSONField(default=dict)
    private = SealedJSONField(identity=("case.code", "sequence"), null=True)
    salt = models.BinaryField(null=True)
    nonce = models.CharField(max_length=64, null=True, unique=True)
    for_unit = models.CharField(_("计入的单位"), max_length=32, null=True, editable=False)
    entry_key = models.BinaryField(max_length=16, null=True)
    settled = models.BooleanField(default=False)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("办理行为")
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="act_sequence")]
        indexes = [models.Index(fields=["id"], name="act_unsettled", condition=Q(settled=False))]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.sequence} {self.act}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and not self._state.adding:
            raise ActChanged("an act is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise ActChanged("an act is never deleted")

    @property
    def text(self) -> str:
        """The private words of the act; empty where it has none or they were erased."""
        return str((self.private or {}).get("text", ""))


class Attachment(models.Model):
    """A file that belongs to an act, sealed on disk; its name is sealed too."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="attachments")
    act = models.ForeignKey(Act, models.PROTECT, null=True, related_name="attachments")
    draft = models.CharField(max_length=64, null=True, db_index=True, editable=False)
    key = models.CharField(max_length=32, unique=True, editable=False)
    private = SealedJSONField(identity=("key", "draft", "case.code"), null=True)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("附件")

    def __str__(self) -> str:
        return self.key

    @property
    def name(self) -> str:
        """The file name as given, without any path."""
        return str((self.private or {}).get("name", ""))

    @property
    def purpose(self) -> str:
        """For which of several inputs for files it came; empty where there is one."""
        return str((self.private or {}).get("for", ""))


class Uploaded(models.Model):
    """How much somebody uploaded within ten minutes, by a keyed hash of who; `all` is everybody. Kept for an hour."""

    name = models.CharField(max_length=32)
    since = models.DateTimeField()
    size = models.BigIntegerField(default=0)
    pixels = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("上传量")
        constraints = [models.UniqueConstraint(fields=["name", "since"], name="uploaded_once")]

    def __str__(self) -> str:
        return f"{self.since:%H:%M} {self.size}"


class Notice(models.Model):
    """A message that the worker sends to somebody outside; failed ones are tried again and shown.

    `unit` and `official` say to whom it goes where that is an official; both are empty for the sender of a case.
    """

    STATES = [("waiting", _("待发送")), ("sent", _("已发送")), ("failed", _("发送失败"))]

    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="notices")
    seal = models.CharField(max_length=32, default=new_seal, editable=False)
    channel = models.CharField(_("方式"), max_length=8, choices=[("email", _("电子邮件")), ("sms", _("短信"))])
    private = SealedJSONField(identity=("seal",), null=True)
    state = models.CharField(_("状态"), max_length=8, choices=STATES, default="waiting")
    tries = models.PositiveSmallIntegerField(_("已尝试次数"), default=0)
    next_try_at = models.DateTimeField(_("下次尝试时间"))
    error = models.CharField(_("原因"), max_length=120, blank=True)
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, related_name="+", verbose_name=_("单位"), db_index=False)
    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("通知")
        indexes = [models.Index(fields=["next_try_at"], name="notice_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
