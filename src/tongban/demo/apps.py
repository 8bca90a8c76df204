from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "tongban.demo"
    label = "demo"
    verbose_name = _("演示")

    def ready(self) -> None:
        from tongban.gate.door import Room, register
        from tongban.gate.parts import Routes

        register(Room(self.label, self.verbose_name, (Routes("tongban.demo.urls"),)))
