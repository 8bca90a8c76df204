from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordConfig(AppConfig):
    name = "tongban.record"
    label = "record"
    verbose_name = _("管理记录")
    default_auto_field = "django.db.models.BigAutoField"
