"""What this door keeps beside its cases: which reports are about the same name, and the register of decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.cases.models import Case


class Reporter(models.Model):
    """可信举报人: a body outside the house whose program may send many reports at once (a bank, a network operator), by
    a token of which only the hash is kept. It can report, and read what became of its own reports; nothing else."""

    name = models.SlugField(max_length=24, unique=True)
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "可信举报人"

    def __str__(self) -> str:
        return self.name


class Reported(models.Model):
    """By what a report is found again: keyed hashes of host, address, registered name and its letters, and of the
    contact that was left; nothing that can be read. And which program sent it."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="reported")
    host_key = models.CharField(max_length=32, db_index=True)
    site_key = models.CharField(max_length=32)
    domain_key = models.CharField(max_length=32, default="", db_index=True)
    shape_key = models.CharField(max_length=32, default="", db_index=True)
    person_key = models.CharField(max_length=32, default="")
    reporter = models.ForeignKey(Reporter, models.PROTECT, null=True, related_name="reported")

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
    branch = models.BinaryField(max_length=255, default=b"", db_index=True)
    """The labels of the host, the last one first, each with a zero byte behind it: what is below a name begins with its
    branch, in the order of bytes that both databases have."""
    full_hash = models.CharField(max_length=64, default="", db_index=True)
    """SHA-256 by which a client looks it up without telling the address (`looking.py`)."""
    scope = models.CharField(max_length=8)
    harm = models.CharField(max_length=32)
    basis = models.CharField(max_length=200)
    statement = models.CharField(max_length=1000)
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
        indexes = [
            models.Index(fields=["state", "host"], name="listed_state_host"),
            models.Index(fields=["state", "branch"], name="listed_state_branch"),
            models.Index(fields=["until"], name="listed_until"),
        ]

    def __str__(self) -> str:
        return self.number


class SiteLook(models.Model):
    """取证: that an official asked for a look at the site of a case, and how far it is. The address stands in the case
    alone; what was found are files of the case, by an act of the system."""

    STATES = [("waiting", "等待"), ("running", "进行中"), ("done", "完成"), ("failed", "没有取到")]

    case = models.ForeignKey(Case, models.CASCADE, related_name="looks_at_site")
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=24, default="")
    no_picture = models.CharField(max_length=24, default="")

    class Meta:
        verbose_name = verbose_name_plural = "取证"
        indexes = [
            models.Index(fields=["asked_at"], name="look_waiting", condition=Q(state__in=("waiting", "running")))
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class SealedReport(models.Model):
    """封存举报: a report of material that harms children, sealed in memory to the key of the body that the city names.
    The house has no key that opens it. No case, no act, no draft, no file: what is here is all there is."""

    number = models.CharField(max_length=24, unique=True)
    envelope = models.BinaryField(null=True)
    """Deleted when the body has fetched it and says so."""
    key_id = models.CharField(max_length=16)
    received_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "封存举报"

    def __str__(self) -> str:
        return self.number
