"""Rows of certificates: what was issued, the lists that say how it stands, and the public keys of units, so that what
was signed with a retired key stays verifiable without its secret."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import orjson
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.registry.models import Unit
from tongban.vault.fields import SealedJSONField
from tongban.vault.keyring import ring


class StatusList(models.Model):
    """状态列表: which certificates of an issuing unit are revoked or suspended (draft-ietf-oauth-status-list).

    `bits` is the list as it stands, two bits a certificate; `taken` how many entries were given away; each is drawn by
    chance, so that neighbours tell nothing.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="status_lists", verbose_name=_("签发单位"))
    number = models.PositiveIntegerField(_("编号"))
    size = models.PositiveIntegerField(_("容量"))
    bits = models.BinaryField()
    taken = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(_("更新时间"))

    class Meta:
        ordering = ["unit_id", "number"]
        verbose_name = verbose_name_plural = _("状态列表")
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="status_list_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.number}"


class Certificate(models.Model):
    """电子证照: what an act of a case issued. Its claims are sealed; what is public is its status, by index alone."""

    STATES = [
        ("good", _("有效")),
        ("suspended", _("暂停")),
        ("revoked", _("已撤销")),
        ("replaced", _("已换发")),
        ("expired", _("已到期")),
    ]

    number = models.CharField(_("证照编号"), max_length=40, unique=True)
    kind = models.CharField(_("证照种类"), max_length=32)
    case = models.ForeignKey(Case, models.PROTECT, related_name="certificates", verbose_name=_("件"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="certificates", verbose_name=_("签发单位"))
    act = models.PositiveIntegerField(_("签发的办理行为"))
    """The number (sequence) of the act that issued it."""
    issued_at = models.DateTimeField(_("签发时间"))
    until = models.DateField(_("有效至"), null=True, blank=True)
    status_list = models.ForeignKey(StatusList, models.PROTECT, related_name="certificates")
    status_index = models.PositiveIntegerField()
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default="good")
    sealed = SealedJSONField(identity=("number",), null=True)
    """{"claims": …, "sdjwt": text}; empty once erased."""

    class Meta:
        ordering = ["-issued_at", "-id"]
        verbose_name = verbose_name_plural = _("电子证照")
        constraints = [
            models.UniqueConstraint(fields=["status_list", "status_index"], name="certificate_index_once"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def claims(self) -> dict[str, Any]:
        """What it says; empty once erased."""
        return dict((self.sealed or {}).get("claims") or {})


class IssuingKey(models.Model):
    """签发公钥: written when a unit first signs with it, never changed but to withdraw it.

    `tag` is a keyed digest of the row: whoever can write to the database but has no key of the house cannot add a key
    of their own that pages and programs would trust.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("签发单位"))
    kid = models.CharField(_("密钥编号"), max_length=64)
    x = models.CharField(max_length=43)
    y = models.CharField(max_length=43)
    since = models.DateTimeField(_("起始时间"))
    withdrawn_at = models.DateTimeField(_("废止时间"), null=True, blank=True)
    tag = models.CharField(max_length=64)

    class Meta:
        ordering = ["unit_id", "-since", "kid"]
        verbose_name = verbose_name_plural = _("签发公钥")
        constraints = [models.UniqueConstraint(fields=["unit", "kid"], name="issuing_key_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kid}"

    @property
    def jwk(self) -> dict[str, str]:
        """The key as it is published."""
        return {"kty": "EC", "crv": "P-256", "x": self.x, "y": self.y, "kid": self.kid}

    def seal(self) -> None:
        """Set the tag: before the row is stored."""
        self.tag = self._digest()

    @property
    def genuine(self) -> bool:
        """Whether the row is one that this house wrote."""
        return hmac.compare_digest(self.tag, self._digest())

    def _digest(self) -> str:
        withdrawn = self.withdrawn_at.isoformat() if self.withdrawn_at else ""
        said = orjson.dumps([self.unit_id, self.kid, self.x, self.y, withdrawn])
        return hmac.new(ring().derive("issuing keys"), said, hashlib.sha256).hexdigest()
