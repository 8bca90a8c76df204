"""What is public of cases, and whose senders are asked. The search index of it is no model: `index.py`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.registry.models import Matter, Place, Unit

from . import parts


class PublishedCase(models.Model):
    """A case and its answer as everybody may read them: masked, looked at by a person, in plain text.

    `answer` is empty while a corrected answer waits to be looked at, and where cases of this kind have none;
    `corrected_on` is set from the first correction on. `useful` and `met` are what readers counted (`counting.py`), of
    whom nothing else is kept.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="public_page")
    kind = models.CharField(max_length=16)
    slug = models.CharField(max_length=16, unique=True)
    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"))
    answer = models.TextField(_("答复"))
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", db_index=False, verbose_name=_("事项"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False, verbose_name=_("行政区划"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("答复单位"))
    submitted_on = models.DateField(_("提交日期"))
    answered_on = models.DateField(_("答复日期"))
    published_at = models.DateTimeField(_("公开时间"))
    corrected_on = models.DateField(_("更正日期"), null=True)
    grade = models.PositiveSmallIntegerField(_("评价"), null=True)
    useful = models.PositiveIntegerField(_("觉得有用"), default=0)
    met = models.PositiveIntegerField(_("也遇到"), default=0)

    class Meta:
        db_table = "letters_publishedletter"  # from before other kinds of cases could be published
        verbose_name = verbose_name_plural = _("公开件")
        indexes = [
            models.Index(fields=["-answered_on", "-id", "kind"], name="published_recent"),
            models.Index(fields=["matter", "-answered_on", "kind"], name="published_matter"),
            models.Index(fields=["place", "-answered_on", "kind"], name="published_place"),
            models.Index(fields=["-useful", "-id", "kind"], name="published_useful"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def waiting(self) -> bool:
        """Whether the answer was corrected and nobody has looked yet at what will be public."""
        return self.corrected_on is not None and not self.answer

    @property
    def address(self) -> str:
        """The path of its public page. Raises KeyError where no door publishes this kind any more."""
        return f"{parts.publication(self.kind).where}{self.slug}/"


class AskedSender(models.Model):
    """That the sender of a case has a text before them that will be public (`objection.py`): for the worker, who
    publishes where the time passed in silence. `until` is empty where the time has not begun. Names no text."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="+")
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("待提交人确认的公开文字")
        indexes = [models.Index(fields=["until"], name="asked_until")]

    def __str__(self) -> str:
        return str(self.case_id)
