"""What the gate of every process shares: one row for each address that asked often, for minutes. See `rates.py`."""

from __future__ import annotations

from django.db import models


class SharedLimit(models.Model):
    """A bucket: `key` is a keyed hash of a kind of request and an address, `full_at` the Unix time at which the bucket
    is full again; then the row is worth nothing and the worker deletes it."""

    key = models.CharField(max_length=32, primary_key=True)
    full_at = models.FloatField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "访问频次"

    def __str__(self) -> str:
        return self.key
