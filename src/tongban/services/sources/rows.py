"""The rows of this part: each time a register was asked, and mandates by which one person acts for another.

What a register answered stands nowhere here: it goes into the draft, which its writer's browser alone opens, and from
there into the application that is sent.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.registry.models import Matter
from tongban.vault.fields import SealedJSONField, new_seal


class Pull(models.Model):
    """取数记录: one question to one register about one person, written down before it was asked.

    `person` is a keyed hash of the ID number: rows of one person are found, the number is not. `private` is {"facts":
    codes asked, "got": codes answered, "consent": the words agreed to}; with it and the number the entry on the ledger
    is opened (`proving.py`). Empty once erased: that a register was asked, when and for which item stays.
    """

    BY = [("self", _("本人")), ("mandate", _("受托人")), ("helper", _("窗口代填"))]
    OUTCOMES = [
        ("asked", _("没有等到回答")),
        ("answered", _("已取得")),
        ("unknown", _("登记里没有这个人")),
        ("failed", _("登记系统没有答复")),
        ("wrong", _("答复不可用，没有采用")),
    ]

    key = models.CharField(max_length=32, unique=True, default=new_seal, editable=False)
    source = models.ForeignKey("services.Source", models.PROTECT, related_name="pulls", verbose_name=_("数据源"))
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", verbose_name=_("事项"))
    at = models.DateTimeField(_("时间"))
    by = models.CharField(_("谁取的"), max_length=8, choices=BY, default="self")
    outcome = models.CharField(_("结果"), max_length=8, choices=OUTCOMES, default="asked")
    person = models.CharField(max_length=32, blank=True, db_index=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="pulls", verbose_name=_("件"))
    entry_key = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    private = SealedJSONField(identity=("key",), null=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = verbose_name_plural = _("取数记录")

    def __str__(self) -> str:
        return f"{self.source_id} {self.at:%Y-%m-%d %H:%M}"


class Mandate(models.Model):
    """委托: `giver` lets `taker` apply in their name for these items, until a day, revocable at any time.

    Both are keyed hashes of ID numbers; names and numbers are sealed. `registers` says whether the taker may let
    registers be asked about the giver. No items: none (a mandate for everything is not given by a click).
    """

    code = models.CharField(max_length=32, unique=True, default=new_seal, editable=False)
    giver = models.CharField(max_length=32, db_index=True)
    taker = models.CharField(max_length=32, db_index=True)
    items = models.JSONField(_("事项"), default=list)
    registers = models.BooleanField(_("可以从登记取数据"), default=False)
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("终止日期"))
    made_at = models.DateTimeField(_("委托时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)
    private = SealedJSONField(identity=("code",), null=True)
    """{"giver": {"name", "id_number"}, "taker": {"name", "id_number"}}."""

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = verbose_name_plural = _("委托")
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="mandate_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.code


class Mandated(models.Model):
    """委托办的件: a case that was opened by a mandate. `ended` once the mandate is over and whoever was charged with it
    follows the case no more."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="mandated", verbose_name=_("件"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="cases", verbose_name=_("委托"))
    ended = models.BooleanField(_("委托已结束"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("委托办的件")
        indexes = [models.Index(fields=["mandate"], condition=models.Q(ended=False), name="mandated_going_on")]

    def __str__(self) -> str:
        return str(self.case_id)


class Account(models.Model):
    """居民账户: the cases that one person took into their account, by choice, each with its secret in hand.

    Found by the keyed hash of the ID number; which cases they are is sealed, so that a stolen database ties no two
    cases to one person. `private` is {"cases": [[number of the case, beginning of its secret's digest], …]}: a secret
    that was renewed since opens nothing. There is nothing else in it.
    """

    person = models.CharField(max_length=32, unique=True)
    private = SealedJSONField(identity=("person",), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("居民账户")

    def __str__(self) -> str:
        return str(self.pk)
