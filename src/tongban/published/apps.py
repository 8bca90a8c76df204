from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishedConfig(AppConfig):
    name = "tongban.published"
    label = "published"
    verbose_name = _("公开")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.gate.door import Room, register
        from tongban.gate.parts import Answering, KeptBeside, LeftBehind, Settled, Timed

        from .counting import COOKIE
        from .silence import publish_unopposed
        from .storing import BESIDE, index_published

        answers = Answering("tongban.published.asked:section", "published/asked.html", 10)
        register(
            Room(
                self.label,
                self.verbose_name,
                (
                    Settled(index_published),
                    KeptBeside(BESIDE),
                    answers,
                    LeftBehind(COOKIE),
                    Timed("publication", publish_unopposed, 600),
                ),
            )
        )
