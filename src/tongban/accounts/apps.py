from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "tongban.accounts"
    label = "accounts"
    verbose_name = _("工作人员")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import factors, proving

        factors.connect()
        proving.connect()
