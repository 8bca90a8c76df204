from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtectionConfig(AppConfig):
    name = "tongban.protection"
    label = "protection"
    verbose_name = _("数据目录")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.gate.navigation import DeskLink, show_on_desk

        show_on_desk(DeskLink("protection:overview", _("数据目录"), "open", 70, role="data_officer"))
