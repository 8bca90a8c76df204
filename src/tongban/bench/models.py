"""The table of the floor: what a bare Django form insert writes."""

from __future__ import annotations

from django.db import models


class BareLetter(models.Model):
    """A letter as the least application would keep it: one row, nothing else."""

    subject = models.CharField(max_length=200)
    body = models.TextField()
    place = models.CharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.subject
