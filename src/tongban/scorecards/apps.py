from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScorecardsConfig(AppConfig):
    name = "tongban.scorecards"
    label = "scorecards"
    verbose_name = _("责任考核")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.cases.settling import register

        from .counting import count

        register(count)
