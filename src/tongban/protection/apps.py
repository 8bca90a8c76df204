from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtectionConfig(AppConfig):
    name = "tongban.protection"
    label = "protection"
    verbose_name = _("数据目录")
    default_auto_field = "django.db.models.BigAutoField"
