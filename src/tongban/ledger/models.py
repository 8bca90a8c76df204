"""The queue of entries that wait for the log, and the log itself: tiles, bundles, checkpoints.

A queue row is written in the transaction of its act and deleted in the transaction that gives the entry its index. The
log's rows are written by the integrator alone, and nothing in them points at a case or a person.
"""

from __future__ import annotations

from django.db import models


class QueuedEntry(models.Model):
    """One entry, in its canonical bytes, under a time-ordered unique key (UUIDv7, 16 bytes)."""

    key = models.BinaryField(max_length=16, primary_key=True)
    entry = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = "待入账条目"

    def __str__(self) -> str:
        return bytes(self.key).hex()


class Head(models.Model):
    """How far the log has come: one row. `root` is what the tiles must lead to."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=32)
    changed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.size}"


class Tile(models.Model):
    """A tile in its fullest version; level −1 is an entry bundle. Narrower versions are its beginning."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Position(models.Model):
    """The index that an entry got, by the key it was queued under. Only the case's own room knows the key."""

    key = models.BinaryField(max_length=16, primary_key=True)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.number}"


class Statement(models.Model):
    """Where a monthly statement was queued: the n-th of a unit, kind of case and month (YYYY-MM)."""

    month = models.CharField(max_length=7)
    kind = models.CharField(max_length=16)
    unit = models.CharField(max_length=32)
    number = models.PositiveIntegerField()
    entry_key = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "kind", "unit", "number"], name="statement_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.month} {self.number}"


class SignedCheckpoint(models.Model):
    """A checkpoint that was signed, with the cosignatures that came for it."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size}"


class WitnessView(models.Model):
    """How far one witness of the policy has come, and what it said last."""

    vkey = models.CharField(max_length=2000, primary_key=True)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    cosigned_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name
