from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    name = "tongban.letters"
    label = "letters"
    verbose_name = _("网上信箱")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.cases.procedure import register

        from .procedure import LETTER

        register(LETTER)
