"""The queue of entries that wait to be integrated into the log.

A row is written in the transaction of its act and deleted by the integrator once the entry stands in the log.
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
