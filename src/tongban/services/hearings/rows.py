"""The row of a public notice: what everybody sees of a hearing, and no more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.desk.wherever import WAYS
from tongban.registry.models import Matter, Place, Unit

from .inputs import OPENS, WHYS


class HearingNotice(models.Model):
    """听证公告: of one application, as its unit announced it. Which application it is nobody outside is told."""

    STATES = [("ahead", _("将举行")), ("held", _("已举行")), ("off", _("暂不举行"))]

    case = models.OneToOneField(Case, models.CASCADE, related_name="+")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", verbose_name=_("事项"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("行政区划"), db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    starts_at = models.DateTimeField(_("时间"), db_index=True)
    minutes = models.PositiveSmallIntegerField(_("大约多少分钟"))
    way = models.CharField(_("方式"), max_length=16, choices=WAYS)
    where = models.CharField(_("地点"), max_length=300, blank=True)
    why = models.CharField(_("为什么公告"), max_length=16, choices=WHYS)
    words = models.TextField(_("公告的内容"))
    opened = models.CharField(_("是不是公开举行"), max_length=16, choices=OPENS)
    closed_why = models.CharField(_("不公开的理由"), max_length=300, blank=True)
    take_part = models.TextField(_("怎样参加"), blank=True)
    register_by = models.DateField(_("报名到哪一天"), null=True)
    posted_at = models.DateTimeField(_("公告时间"))
    state = models.CharField(_("状态"), max_length=8, choices=STATES, default="ahead")
    moved = models.BooleanField(_("改过时间"), default=False)
    shown_until = models.DateTimeField(_("保留到"), null=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("听证公告")
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_public(self) -> bool:
        """Whether everybody may come."""
        return self.opened == "open"
