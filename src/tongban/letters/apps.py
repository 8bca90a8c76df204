from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    name = "tongban.letters"
    label = "letters"
    verbose_name = _("网上信箱")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.cases import procedure, settling
        from tongban.gate.navigation import DeskLink, show_on_desk
        from tongban.gate.timed import Timed, do_again

        from . import housekeeping
        from .advice import copies, matters, rising
        from .procedure import LETTER
        from .publishing import index_published

        procedure.register(LETTER)
        settling.register(index_published)
        show_on_desk(
            DeskLink("letters:tray", _("待办件"), "letter", 10),
            DeskLink("letters:desk_search", _("查件"), "search", 20),
            DeskLink("letters:slots", _("接访排期"), "calendar", 30),
        )
        do_again(
            Timed("copies", copies.index_new, 2),
            Timed("topics", rising.keep_up, 3600, aside=True),
            Timed("learning", matters.learn_at_night, 900, aside=True),
            Timed("close", housekeeping.close_quiet_letters, 600),
            Timed("drafts", housekeeping.forget_old_drafts, 3600),
        )
