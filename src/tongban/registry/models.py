"""The rows of the registry: places, units, matters, duties, limits and the editable calendar.

Codes are the primary keys, so that a row of an import, a URL and an entry of the ledger name the same thing.
Reading goes through `snapshot.py`; these models hold data and invariants only.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

code_validator = RegexValidator(
    r"^[0-9A-Za-z][0-9A-Za-z_-]{0,31}$", _("代码只能由字母、数字、- 和 _ 组成，最长 32 位。")
)


TRUST = [("V", _("已核对原文")), ("X", _("据二手资料")), ("M", _("待核对"))]


class Place(models.Model):
    """行政区划: a node of the tree province → city → county → township, by GB/T 2260 code.

    `latitude` and `longitude` are of its seat, in degrees (CGCS2000 and WGS 84 are one within a metre); both or
    neither. A person's own position is compared with them and kept nowhere.
    """

    LEVELS = [("province", _("省")), ("city", _("市")), ("county", _("县（区）")), ("township", _("乡镇（街道）"))]

    code = models.CharField(_("代码"), max_length=32, primary_key=True, validators=[code_validator])
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    level = models.CharField(_("级别"), max_length=16, choices=LEVELS)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    latitude = models.FloatField(_("纬度"), null=True, blank=True)
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    position_trust = models.CharField(_("位置的可信度"), max_length=1, choices=TRUST, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = _("行政区划")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="place_has_both_or_neither",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """单位: an office that can be responsible; belongs to a place; may have a parent unit."""

    code = models.CharField(_("代码"), max_length=32, primary_key=True, validators=[code_validator])
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="units", verbose_name=_("行政区划"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    coordinating = models.BooleanField(_("统筹分办单位"), default=False)
    oversight = models.BooleanField(_("监督单位"), default=False)
    second_eyes = models.BooleanField(_("答复须经复核"), default=False)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    since = models.DateField(_("起始日期"), null=True, blank=True)
    until = models.DateField(_("终止日期"), null=True, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = _("单位")

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """单位沿革: one unit took over from another, wholly or in part, after a reorganisation (机构改革).

    A merger has several rows with one successor, a split several with one unit. A complaint about the old unit bars the
    new one (`Snapshot.barred`).
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="successions", verbose_name=_("原单位"))
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="predecessions", verbose_name=_("承继单位"))
    since = models.DateField(_("起始日期"))
    basis = models.CharField(_("依据"), max_length=300)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ["unit_id", "successor_id"]
        verbose_name = verbose_name_plural = _("单位沿革")
        constraints = [
            models.UniqueConstraint(fields=["unit", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~models.Q(unit=models.F("successor")), name="succession_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.successor_id}"


class Matter(models.Model):
    """事项: what a case is about; a tree; carries the rules that hold for its cases.

    `kinds` names the kinds of case that can be about it; empty: those of the matter above (`snapshot.build`).
    `delicate`: whether a case may be public is asked with no answer chosen beforehand; what is below a delicate matter
    is delicate too, and so is every matter about conduct (`Snapshot.delicate`).
    """

    code = models.CharField(_("代码"), max_length=32, primary_key=True, validators=[code_validator])
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级事项")
    )
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    description = models.TextField(_("说明"), blank=True)
    conduct = models.BooleanField(_("反映单位或工作人员行为"), default=False)
    second_eyes = models.BooleanField(_("答复须经复核"), default=False)
    publishable = models.BooleanField(_("可公开"), default=True)
    retention_days = models.PositiveIntegerField(_("保存天数"), default=1825)
    active = models.BooleanField(_("启用"), default=True)
    delicate = models.BooleanField(_("是否公开由写信人自己选"), default=False)
    kinds = models.JSONField(_("适用的件"), default=list, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = _("事项")

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """责任清单条目: unit U answers for matter M in place P, from one date to another, on a legal basis."""

    ROLES = [("lead", _("主办")), ("assist", _("协办"))]

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duties", verbose_name=_("单位"))
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="duties", verbose_name=_("事项"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="duties", verbose_name=_("行政区划"))
    role = models.CharField(_("责任"), max_length=8, choices=ROLES, default="lead")
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("终止日期"), null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=300)

    class Meta:
        ordering = ["matter_id", "place_id", "role", "since"]
        verbose_name = verbose_name_plural = _("责任清单条目")
        constraints = [
            models.UniqueConstraint(fields=["unit", "matter", "place", "since"], name="duty_once"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="duty_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.matter_id} {self.place_id}"

    def clean(self) -> None:
        if self.until and self.since and self.until < self.since:
            raise ValidationError({"until": _("终止日期不能早于起始日期。")})


class TimeLimit(models.Model):
    """时限规则: how many days a step may take for a matter in a place; the most specific row holds."""

    UNITS = [("working", _("工作日")), ("calendar", _("日历日"))]
    TRUST = TRUST

    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="limits", verbose_name=_("事项")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="limits", verbose_name=_("行政区划")
    )
    step = models.CharField(_("环节"), max_length=32)
    days = models.PositiveIntegerField(_("天数"))
    unit = models.CharField(_("计算方式"), max_length=8, choices=UNITS)
    basis = models.CharField(_("依据"), max_length=300)
    trust = models.CharField(_("可信度"), max_length=1, choices=TRUST, default="M")

    class Meta:
        ordering = ["step", "matter_id", "place_id"]
        verbose_name = verbose_name_plural = _("时限")
        constraints = [
            models.UniqueConstraint(fields=["matter", "place", "step"], name="limit_once"),
            models.UniqueConstraint(
                fields=["matter", "step"], name="limit_once_matter", condition=models.Q(place__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["place", "step"], name="limit_once_place", condition=models.Q(matter__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["step"], name="limit_once_all", condition=models.Q(matter__isnull=True, place__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.days} {self.unit}"


class CalendarYear(models.Model):
    """A year of the working-day calendar that an administrator loaded from its official notice."""

    year = models.PositiveIntegerField(_("年份"), primary_key=True)
    source = models.CharField(_("通知文号或网址"), max_length=300)
    loaded_at = models.DateTimeField(_("载入时间"), auto_now_add=True)

    class Meta:
        ordering = ["year"]
        verbose_name = verbose_name_plural = _("日历年份")

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day on which the calendar differs from weekends off and weekdays worked, or from the packaged table."""

    date = models.DateField(_("日期"), primary_key=True)
    working = models.BooleanField(_("上班"))
    note = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        ordering = ["date"]
        verbose_name = verbose_name_plural = _("日历例外")

    def __str__(self) -> str:
        return f"{self.date}"


class Version(models.Model):
    """One row: how often the registry has changed; snapshots are taken anew when it moves."""

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("责任清单版本")

    def __str__(self) -> str:
        return str(self.number)
