"""The rows of this part: offers that wait for a wallet, copies that wallets hold, and nonces that were used."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.vault.fields import SealedJSONField, new_seal


class WalletOffer(models.Model):
    """放进钱包的邀请: one code for one copy, good for minutes. Only keyed digests of code, transaction code and
    token are stored.

    A code becomes a token once (`token` is set, `code_used_at`), a token a copy once (`spent_at`).
    """

    certificate = models.ForeignKey("services.Certificate", models.CASCADE, related_name="offers")
    code = models.CharField(max_length=64, unique=True)
    tx_code = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField()
    """So many wrong transaction codes are still borne."""
    until = models.DateTimeField()
    code_used_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=64, null=True, unique=True)
    token_until = models.DateTimeField(null=True)
    spent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = verbose_name_plural = _("放进钱包的邀请")

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.until:%Y-%m-%d %H:%M}"


class WalletCopy(models.Model):
    """钱包里的副本: a copy of a certificate that is bound to a key of the holder's, with an entry of the status list of
    its own. Its text is not kept.

    `private` is {"holder": thumbprint of the key (RFC 7638)}; with it and `seed` the entries on the ledger are opened.
    Both are empty once erased.
    """

    key = models.CharField(max_length=32, unique=True, default=new_seal, editable=False)
    certificate = models.ForeignKey("services.Certificate", models.PROTECT, related_name="copies")
    issued_at = models.DateTimeField(_("放入时间"))
    status_list = models.ForeignKey("services.StatusList", models.PROTECT, related_name="copies")
    status_index = models.PositiveIntegerField()
    withdrawn_at = models.DateTimeField(_("作废时间"), null=True)
    """Withdrawn by the holder: a telephone that was lost."""
    entry_key = models.BinaryField()
    withdrawal_key = models.BinaryField(null=True)
    seed = models.BinaryField(null=True)
    private = SealedJSONField(identity=("key",), null=True)

    class Meta:
        ordering = ["-issued_at", "-id"]
        verbose_name = verbose_name_plural = _("钱包里的副本")
        constraints = [models.UniqueConstraint(fields=["status_list", "status_index"], name="wallet_copy_index_once")]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.issued_at:%Y-%m-%d %H:%M}"


class UsedNonce(models.Model):
    """A nonce that a key was proved with, until it would have ended by itself: it proves nothing a second time."""

    digest = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("用过的随机数")

    def __str__(self) -> str:
        return self.digest[:8]
