from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "tongban.portal"
    label = "portal"
    verbose_name = _("门户")

    def ready(self) -> None:
        from tongban.gate.navigation import DeskLink, show_on_desk

        show_on_desk(
            DeskLink("portal:desk_topics", _("升温主题"), "talk", 40),
            DeskLink("scorecards:load", _("办理负荷"), "figures", 50),
            DeskLink("registry:admin", _("责任清单"), "list", 60),
        )
