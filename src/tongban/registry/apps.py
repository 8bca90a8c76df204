from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "tongban.registry"
    label = "registry"
    verbose_name = _("责任清单")
    default_auto_field = "django.db.models.BigAutoField"
