"""What the letters' door keeps beside the cases: rising topics. Published letters are rows of the room `published`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.published.models import PublishedCase
from tongban.registry.models import Matter, Place
from tongban.vault.fields import SealedJSONField, new_seal


class OfLetters(models.Manager["PublishedLetter"]):
    """Those of the published cases that are letters."""

    def get_queryset(self) -> models.QuerySet[PublishedLetter]:
        return super().get_queryset().filter(kind="letter")


class PublishedLetter(PublishedCase):
    """A published letter: the rows of `published.models.PublishedCase` that are letters."""

    objects: ClassVar[OfLetters] = OfLetters()

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = _("公开来信")


class RisingTopic(models.Model):
    """A trouble that more people write of than before, as worked out last (`advice.rising`). Names no person.

    What was taken out of letters is sealed: the topic's name, its words, and which letters belong together.
    """

    seal = models.CharField(max_length=32, default=new_seal, editable=False)
    private = SealedJSONField(identity=("seal",), null=True)
    place = models.ForeignKey(Place, models.CASCADE, null=True, related_name="+", verbose_name=_("行政区划"))
    matter = models.ForeignKey(Matter, models.CASCADE, null=True, related_name="+", verbose_name=_("事项"))
    since = models.DateTimeField(_("开始时间"))
    until = models.DateTimeField(_("截止时间"))
    letters = models.PositiveIntegerField(_("来信"))
    senders = models.PositiveIntegerField(_("来信人"))
    senders_before = models.PositiveIntegerField(_("此前来信人"))
    growth = models.FloatField(_("增长"))
    significance = models.FloatField()
    public = models.BooleanField(_("公开"))
    worked_out_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("近期集中反映")
        indexes = [models.Index(fields=["public", "-significance"], name="rising_surest")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """What the trouble is called."""
        return str((self.private or {}).get("name", ""))

    @property
    def words(self) -> list[str]:
        """The words that tell it from others."""
        return list((self.private or {}).get("words", ()))

    @property
    def case_ids(self) -> list[int]:
        """The letters about it."""
        return list((self.private or {}).get("case_ids", ()))
