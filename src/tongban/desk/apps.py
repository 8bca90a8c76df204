from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

WORKING = "clerk handler head supervisor"
"""The roles that cases exist for; an administrator and a data officer see none."""


class DeskConfig(AppConfig):
    name = "tongban.desk"
    label = "desk"
    verbose_name = _("办理工作台")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.gate.door import Room, register
        from tongban.gate.parts import ApiRoutes, DeskLink, KeptBeside, Routes, Timed, UnitWork

        from .beside_cases import BESIDE
        from .panels import PANELS
        from .queueing import pass_on
        from .reminding import remind

        api = "tongban.desk.api"
        register(
            Room(
                self.label,
                self.verbose_name,
                (
                    *PANELS,
                    KeptBeside(BESIDE),
                    Routes("tongban.desk.urls"),
                    Timed("reminders", remind, 60),
                    Timed("queues", pass_on, 60),
                    UnitWork("tongban.desk.unit_work:addresses"),
                    ApiRoutes(f"{api}:router", f"{api}:OPERATIONS", "desk", "For officials' programs", 50),
                    DeskLink("desk:tray", _("待办件"), "letter", 10, role=WORKING),
                    DeskLink("desk:search", _("查件"), "search", 20, role=WORKING),
                    DeskLink("desk:templates", _("答复模板"), "file", 35, role="head"),
                    DeskLink("desk:slots", _("接访排期"), "calendar", 30, role=WORKING),
                ),
            )
        )
