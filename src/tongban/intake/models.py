"""How far imports have come, and the rows that they could not take."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.vault.fields import SealedJSONField


class ImportedFile(models.Model):
    """How far an import has come, so that it can be resumed, and the rows it could not take."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    done_rows = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "letters_importedfile"  # where it began; rejected rows are sealed to the name of their table
        verbose_name = verbose_name_plural = _("导入")

    def __str__(self) -> str:
        return self.name


class RejectedRow(models.Model):
    """A row of an import that was not taken: its line, the reason, and the row itself, sealed."""

    file = models.ForeignKey(ImportedFile, models.CASCADE, related_name="rejected")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    private = SealedJSONField(identity=("file_id", "line"), null=True)

    class Meta:
        db_table = "letters_rejectedrow"
        ordering = ["line"]
        verbose_name = verbose_name_plural = _("未导入的行")
        constraints = [models.UniqueConstraint(fields=["file", "line"], name="rejected_once")]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"
