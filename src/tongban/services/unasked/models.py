"""Lists of people who meet an item's conditions and have not asked. A row holds what the register said, sealed, until
it is decided; then it is empty: what was granted stands in its case."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.registry.models import Matter, Place, Unit
from tongban.vault.fields import SealedJSONField, new_seal


class UnaskedList(models.Model):
    """免申即享名单: one run of an item's conditions over the rows of a register, for a place, on a day."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="unasked_lists", verbose_name=_("事项"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("行政区划"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="unasked_lists", verbose_name=_("办理单位"))
    source = models.CharField(_("数据来源"), max_length=120)
    day = models.DateField(_("对照日期"))
    edition = models.PositiveBigIntegerField(_("目录版本"))
    looked_at = models.PositiveIntegerField(_("对照人数"))
    open = models.PositiveIntegerField(_("资料不全"))
    rejected = models.PositiveIntegerField(_("不能读取"))
    known = models.PositiveIntegerField(_("已经享受或者已在名单"))
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = verbose_name_plural = _("免申即享名单")

    def __str__(self) -> str:
        return f"{self.matter_id} {self.day}"


class UnaskedRow(models.Model):
    """One person of a list. `person` finds the same person again without telling who (a keyed digest of item and
    number); `looks` says which officials saw the row before there was a case: it goes along into the case."""

    STATES = [
        ("waiting", _("待确认")),
        ("confirmed", _("已确认，正在办理")),
        ("granted", _("已给予")),
        ("left_out", _("不给予")),
    ]

    roll = models.ForeignKey(UnaskedList, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("行"))
    person = models.CharField(max_length=64, db_index=True)
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default="waiting")
    seal = models.CharField(max_length=32, default=new_seal, editable=False)
    private = SealedJSONField(identity=("seal",), null=True)
    """{"name", "id_number", "phone", "email", "facts"}; empty once it is decided."""
    looks = models.JSONField(default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("确认人"), db_index=False
    )
    reason = models.CharField(_("不给予的理由"), max_length=400, blank=True)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="unasked_rows")

    class Meta:
        ordering = ["roll_id", "id"]
        verbose_name = verbose_name_plural = _("免申即享名单的行")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="unasked_person_waits_once", condition=Q(state__in=["waiting", "confirmed"])
            ),
        ]
        indexes = [models.Index(fields=["id"], name="unasked_confirmed", condition=Q(state="confirmed"))]

    def __str__(self) -> str:
        return f"{self.roll_id} {self.line}"
