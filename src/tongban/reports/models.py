"""What this door keeps beside its cases: which reports are about the same name, and the register of decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.cases.models import Case


class Reported(models.Model):
    """By what a report's name is found again: keyed hashes of the host and of the address, nothing that can be read."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="reported")
    host_key = models.CharField(max_length=32, db_index=True)
    site_key = models.CharField(max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "举报的网址"

    def __str__(self) -> str:
        return str(self.case_id)


class Listed(models.Model):
    """One decision in the public register, as it stands now. Written by the acts on its case alone (`register.py`); it
    stays when the case is erased, because the decision is public by law."""

    STATES = [
        ("in_force", "有效"),
        ("suspended", "暂停"),
        ("expired", "到期"),
        ("lifted", "解除"),
        ("overturned", "申诉后解除"),
    ]
    HOLDS = ("in_force",)

    case = models.OneToOneField(Case, models.SET_NULL, null=True, related_name="listed")
    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=2100)
    host = models.CharField(max_length=253, db_index=True)
    scope = models.CharField(max_length=8)
    harm = models.CharField(max_length=32)
    basis = models.CharField(max_length=200)
    statement = models.CharField(max_length=400)
    unit_id = models.CharField(max_length=32)
    state = models.CharField(max_length=12, choices=STATES)
    since = models.DateTimeField()
    until = models.DateField()
    ended = models.DateTimeField(null=True)
    changed = models.DateTimeField()
    version = models.BigIntegerField(db_index=True)
    """Grows by one with every change of any row: the feeds' serial."""

    class Meta:
        verbose_name = verbose_name_plural = "处置决定登记"
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=("url", "host", "domain")), name="listed_scope"),
            models.CheckConstraint(
                condition=Q(state__in=("in_force", "suspended")) | Q(ended__isnull=False), name="listed_ended"
            ),
        ]
        indexes = [models.Index(fields=["state", "host"], name="listed_state_host")]

    def __str__(self) -> str:
        return self.number
