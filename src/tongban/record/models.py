"""One row for each thing that was done with power over the house. Never changed, never deleted: the database itself
refuses (migration 0002). Names and reasons are sealed; numbers, units, roles and days lie open, for looking up."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.vault.fields import SealedJSONField


class RecordChanged(TypeError):
    """Somebody tried to change or delete a row of the record."""


class What(models.TextChoices):
    """What was done."""

    ACCOUNT_MADE = "account_made", _("新建账号")
    PROPOSED = "proposed", _("提出")
    REFUSED = "refused", _("不同意")
    POST_GRANTED = "post_granted", _("设立岗位")
    POST_ENDED = "post_ended", _("终止岗位")
    ACCOUNT_CLOSED = "account_closed", _("停用账号")
    PASSWORD_RESET = "password_reset", _("重设密码")  # noqa: S105 (the name of an act)
    FACTOR_RESET = "factor_reset", _("重设双重验证")
    TOKEN_ISSUED = "token_issued", _("签发接口令牌")  # noqa: S105 (the name of an act)
    TOKEN_REVOKED = "token_revoked", _("吊销接口令牌")  # noqa: S105 (the name of an act)
    REGISTRY_CHANGED = "registry_changed", _("修改责任清单")
    CALENDAR_CHANGED = "calendar_changed", _("修改工作日历")


def new_key() -> str:
    """What a row is known by: 128 random bits."""
    return secrets.token_hex(16)


class Change(models.Model):
    """管理记录: who did what, to whom or what, why, and when.

    `by` and `second` are the numbers of officials (no foreign keys: accounts stand above this room); without `by` it
    was somebody at the server's own command line. `private`: `by`, `second` and `about` as names, `reason`, `details`.
    """

    WAYS = [("page", _("页面")), ("command", _("服务器命令"))]

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    at = models.DateTimeField(_("时间"))
    what = models.CharField(_("事项"), max_length=20, choices=What.choices)
    way = models.CharField(_("途径"), max_length=8, choices=WAYS)
    by = models.BigIntegerField(_("经办人"), null=True)
    second = models.BigIntegerField(_("复核人"), null=True)
    about = models.BigIntegerField(_("工作人员"), null=True)
    unit = models.CharField(_("单位"), max_length=32, blank=True)
    role = models.CharField(_("角色"), max_length=16, blank=True)
    since = models.DateField(_("起始日期"), null=True)
    until = models.DateField(_("终止日期"), null=True)
    table = models.CharField(_("表"), max_length=16, blank=True)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    private = SealedJSONField(identity=("key",), null=True)
    salt = models.BinaryField(null=True)
    entry_key = models.BinaryField(max_length=16, null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("管理记录")
        indexes = [
            models.Index(fields=["about", "id"], name="change_about"),
            models.Index(fields=["unit", "id"], name="change_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RecordChanged("the record is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise RecordChanged("the record is never deleted")
