"""Counts that the figures are made of: one row per unit, month, measure and value."""

from __future__ import annotations

from django.db import models

from tongban.registry.models import Unit


class Tally(models.Model):
    """How often `measure` had `value` at `unit` in `month` (first day). `days` has a value per number of days taken."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    month = models.DateField()
    kind = models.CharField(max_length=16)
    measure = models.CharField(max_length=16)
    value = models.IntegerField(default=0)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "month", "kind", "measure", "value"], name="tally_once")]
        indexes = [models.Index(fields=["month", "kind"], name="tally_month")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month} {self.measure}={self.value}: {self.count}"
