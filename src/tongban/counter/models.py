"""What the counter keeps beside the cases: what somebody is writing and has not sent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.vault.fields import SealedJSONField


class Draft(models.Model):
    """Something being written, without an account: found and opened by a random key in the writer's browser,
    short-lived.

    `files` names the set in which its attachments wait. The table keeps the name under which its rows were sealed.
    """

    digest = models.CharField(max_length=64, unique=True)
    private = SealedJSONField(identity=("digest",), null=True)
    files = models.CharField(max_length=64, db_index=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("草稿")
        db_table = "letters_draft"

    def __str__(self) -> str:
        return str(self.pk)


class Recovery(models.Model):
    """Somebody asks for a new secret: found by a random handle in their browser, good for minutes.

    What was asked, and after the worker has `looked` for the case what it found, are sealed. A row of a case that does
    not exist looks like any other. `tries` counts codes that were typed.
    """

    handle = models.CharField(max_length=64, unique=True)
    private = SealedJSONField(identity=("handle",), null=True)
    looked = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("重新领取密码")
        indexes = [models.Index(fields=["id"], name="recovery_waiting", condition=models.Q(looked=False))]

    def __str__(self) -> str:
        return str(self.pk)
