"""Counts that the figures are made of, and what the monthly statements on the ledger are made of."""

from __future__ import annotations

from django.db import models

from tongban.registry.models import Unit


class Tally(models.Model):
    """How often `measure` had `value` at `unit` in `month` (first day). `days` has a value per number of days taken.

    What an act adds to is the rule in `rules.measures`.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    month = models.DateField()
    kind = models.CharField(max_length=16)
    measure = models.CharField(max_length=20)
    value = models.IntegerField(default=0)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "month", "kind", "measure", "value"], name="tally_once")]
        indexes = [models.Index(fields=["month", "kind"], name="tally_month")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month} {self.measure}={self.value}: {self.count}"


class Item(models.Model):
    """An act that counted and that no statement on the ledger lists yet. Goes in the transaction that queues the
    statement.

    `mark` is the act's mark, which nobody without the act's salt can tie to it; nothing here points at a case.
    """

    month = models.DateField()
    kind = models.CharField(max_length=16)
    unit = models.CharField(max_length=32)
    what = models.CharField(max_length=16)
    brought = models.CharField(max_length=40)
    mark = models.BinaryField(max_length=16)
    counted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["month", "kind", "unit"], name="item_month")]

    def __str__(self) -> str:
        return f"{self.unit} {self.month} {self.what}{self.brought}"
