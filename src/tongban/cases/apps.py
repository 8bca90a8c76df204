from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "tongban.cases"
    label = "cases"
    verbose_name = _("件")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.vault import rotation

        from . import attachments
        from .index import rebuilding

        rotation.register("search", rebuilding.reseal, rebuilding.pages)
        rotation.register("files", attachments.reseal, attachments.count)
