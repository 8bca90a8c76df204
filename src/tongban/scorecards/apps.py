from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScorecardsConfig(AppConfig):
    name = "tongban.scorecards"
    label = "scorecards"
    verbose_name = _("责任考核")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.gate.door import Room, register
        from tongban.gate.parts import ApiRoutes, Settled, Timed

        from . import statements
        from .counting import count

        register(
            Room(
                self.label,
                self.verbose_name,
                (
                    Settled(count),
                    ApiRoutes(
                        "tongban.scorecards.api:router", "tongban.scorecards.api:OPERATIONS", "figures", "Figures", 30
                    ),
                    Timed("statements", statements.write, 60),
                ),
            )
        )
