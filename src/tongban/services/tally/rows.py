"""The rows of the tally. They hold numbers and codes, nothing of a case and nobody."""

from __future__ import annotations

from django.db import models


class Tallied(models.Model):
    """What applications for `item` came to at `unit` in `place` in `month` (its first day).

    The columns are the figures of `figures.COUNTS` (a test holds them to it); codes are not foreign keys, for each
    batch of acts writes here.
    """

    month = models.DateField()
    unit = models.CharField(max_length=32)
    place = models.CharField(max_length=32)
    item = models.CharField(max_length=32)
    received = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    deemed = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    granted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    not_accepted = models.PositiveIntegerField(default=0)
    promised = models.PositiveIntegerField(default=0)
    in_promise = models.PositiveIntegerField(default=0)
    legal = models.PositiveIntegerField(default=0)
    in_law = models.PositiveIntegerField(default=0)
    asked_for = models.PositiveIntegerField(default=0)
    from_registers = models.PositiveIntegerField(default=0)
    rated = models.PositiveIntegerField(default=0)
    satisfied = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "unit", "place", "item"], name="tallied_once")]
        indexes = [models.Index(fields=["unit", "month"], name="tallied_unit")]

    def __str__(self) -> str:
        return f"{self.month} {self.unit} {self.place} {self.item}"


class TalliedReason(models.Model):
    """How often applications were refused for `why` (a code of `inputs.WHY_REFUSED`, empty where none was given)."""

    month = models.DateField()
    unit = models.CharField(max_length=32)
    place = models.CharField(max_length=32)
    item = models.CharField(max_length=32)
    why = models.CharField(max_length=32, blank=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "unit", "place", "item", "why"], name="tallied_reason_once")
        ]
        indexes = [models.Index(fields=["unit", "month"], name="tallied_reason_unit")]

    def __str__(self) -> str:
        return f"{self.month} {self.unit} {self.place} {self.item} {self.why}: {self.number}"


class CatchingUp(models.Model):
    """How far the acts are in the tally that were settled before there was one (`catching_up.py`). At most one row;
    it goes when the last of them is in."""

    done = models.BigIntegerField(default=0)
    up_to = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.done}/{self.up_to}"
