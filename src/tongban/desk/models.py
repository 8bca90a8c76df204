"""What the desk keeps beside the cases: reception times, answers not yet sent, templates of answers, views of
the tray that officials named, lists taken out.

The older tables keep the names that they were made under (`letters_…`): what is sealed in them is bound to those names.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.registry.models import Matter, Unit
from tongban.vault.fields import SealedJSONField, new_seal

from .wherever import WAYS


class AnswerTemplate(models.Model):
    """Words that a unit often needs in an answer. `unit` empty: for every unit; `kind` empty: for every kind of
    case."""

    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("单位"))
    matter = models.ForeignKey(Matter, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("事项"))
    kind = models.CharField(_("种类"), max_length=16, blank=True, default="")
    name = models.CharField(_("名称"), max_length=80)
    text = models.TextField(_("内容"))

    class Meta:
        db_table = "letters_answertemplate"
        ordering = ["name"]
        verbose_name = verbose_name_plural = _("答复模板")

    def __str__(self) -> str:
        return self.name


class AnswerDraft(models.Model):
    """What an official has written of an answer and not yet sent; one per case and person, sealed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    private = SealedJSONField(identity=("case_id", "official_id"), null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "letters_answerdraft"
        verbose_name = verbose_name_plural = _("答复草稿")
        constraints = [models.UniqueConstraint(fields=["case", "official"], name="answer_draft_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Slot(models.Model):
    """A time at which a unit receives residents online (预约接访). One booking at most, held by the database.

    `private` is what whoever booked and the unit's officials alone are told: `where` (a link, a room with its address,
    or a telephone number, by `way`), `who` (who receives, in the unit's words) and `bring`. `kept_for` is the next who
    waits, `kept_until` how long; `reminded` counts the reminders that are done with, `changes` the calendar's edition.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="slots", verbose_name=_("单位"))
    starts_at = models.DateTimeField(_("开始时间"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"), default=20)
    official = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("接访人")
    )
    way = models.CharField(
        _("方式"),
        max_length=8,
        choices=WAYS,
        default="video",
    )
    booked_case = models.ForeignKey(
        Case, models.SET_NULL, null=True, blank=True, related_name="slots", verbose_name=_("预约的件")
    )
    booked_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(_("已接访"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("已取消"), null=True, blank=True)
    seal = models.CharField(max_length=32, default=new_seal, editable=False)
    private = SealedJSONField(identity=("seal",), null=True)
    kept_for = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="+")
    kept_until = models.DateTimeField(null=True, blank=True)
    reminded = models.PositiveSmallIntegerField(default=0)
    changes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "letters_slot"
        ordering = ["starts_at"]
        verbose_name = verbose_name_plural = _("接访时段")
        constraints = [
            models.UniqueConstraint(fields=["unit", "starts_at", "official"], name="slot_once"),
            models.UniqueConstraint(
                fields=["unit", "starts_at"], name="slot_once_any", condition=Q(official__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["booked_case"],
                name="slot_one_booking_open",
                condition=Q(held_at__isnull=True, booked_case__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_at"], name="slot_free", condition=Q(booked_case__isnull=True, cancelled_at__isnull=True)
            ),
            models.Index(
                fields=["starts_at"], name="slot_booked", condition=Q(booked_case__isnull=False, held_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def told(self) -> dict[str, str]:
        """`where`, `who` and `bring`; empty where the unit said nothing."""
        return {name: str((self.private or {}).get(name, "")) for name in ("where", "who", "bring")}


class QueuedForSlot(models.Model):
    """That the sender of a case waits for a time of a unit whose times are all taken (`queueing.py`)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="queued")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("接访候补")
        constraints = [models.UniqueConstraint(fields=["case", "unit"], name="queued_once")]
        indexes = [models.Index(fields=["unit", "since", "id"], name="queued_first")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.since:%Y-%m-%d %H:%M}"


class ListExport(models.Model):
    """That an official's program took a list of cases out: which post, when, and up to which case. No case is named."""

    official = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("工作人员")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=16)
    at = models.DateTimeField(_("时间"))
    after = models.PositiveBigIntegerField()
    up_to = models.PositiveBigIntegerField()

    class Meta:
        db_table = "letters_listexport"
        verbose_name = verbose_name_plural = _("清单导出")
        indexes = [models.Index(fields=["unit", "at"], name="export_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at:%Y-%m-%d %H:%M}"


class SavedView(models.Model):
    """A view of the tray under a name that an official gave it: theirs alone.

    Name and filters are sealed: what somebody types as a name may say something of a person. `private` is
    `{"name": …, "address": …}`, the address being the query string of the view (`filters.View.address`).
    """

    official = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seal = models.CharField(max_length=32, default=new_seal, editable=False)
    private = SealedJSONField(identity=("seal",), null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = verbose_name_plural = _("常用筛选")

    def __str__(self) -> str:
        return str(self.pk)
