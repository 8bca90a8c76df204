"""The row of a unit's public key, so that what was signed with a retired key stays verifiable without its secret."""

from __future__ import annotations

import hashlib
import hmac

import orjson
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.registry.models import Unit
from tongban.vault.keyring import ring


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
