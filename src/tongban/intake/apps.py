from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "tongban.intake"
    label = "intake"
    verbose_name = _("导入")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.gate.door import Room, register

        from .commands import COMMANDS

        register(Room(self.label, self.verbose_name, COMMANDS))
