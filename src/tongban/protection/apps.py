from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProtectionConfig(AppConfig):
    name = "tongban.protection"
    label = "protection"
    verbose_name = _("数据目录")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.gate.door import Door, register
        from tongban.gate.parts import ApiRoutes, Demo, DeskLink, Routes

        from .commands import COMMANDS

        register(
            Door(
                self.label,
                self.verbose_name,
                (
                    Routes("tongban.protection.urls", "protection/"),
                    ApiRoutes(
                        "tongban.protection.api:routers",
                        "tongban.protection.api:OPERATIONS",
                        "protection",
                        "Catalogue of data",
                        60,
                    ),
                    Demo("tongban.protection.demo:load", 20, begins=(("data_officer", "/protection/"),)),
                    DeskLink("protection:overview", _("数据目录"), "data", 70, role="data_officer"),
                    DeskLink("protection:review", _("待复核"), "inbox", 71, role="data_officer"),
                    DeskLink("protection:fields", _("字段"), "list", 72, role="data_officer"),
                    DeskLink("protection:sources", pgettext_lazy("several", "数据源"), "file", 73, role="data_officer"),
                    DeskLink("protection:upload", _("导入报告"), "plus", 74, role="data_officer"),
                    DeskLink("protection:decisions", _("决定"), "agree", 75, role="data_officer"),
                    DeskLink("protection:decisions", _("数据目录的决定"), "agree", 76, role="head"),
                    *COMMANDS,
                ),
            )
        )
