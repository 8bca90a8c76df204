from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    name = "tongban.letters"
    label = "letters"
    verbose_name = _("网上信箱")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.cases import procedure, settling

        from .procedure import LETTER
        from .publishing import index_published

        procedure.register(LETTER)
        settling.register(index_published)
