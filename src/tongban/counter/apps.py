from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CounterConfig(AppConfig):
    name = "tongban.counter"
    label = "counter"
    verbose_name = _("窗口")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.gate.door import Room, register
        from tongban.gate.parts import HomeLink, NavLink, Routes, Timed

        from . import drafts, recovering

        register(
            Room(
                self.label,
                self.verbose_name,
                (
                    Routes("tongban.counter.urls"),
                    NavLink("counter:follow", _("查进度"), 20, lost=True),
                    HomeLink("counter:follow", _("查进度"), 20, main=True),
                    HomeLink("counter:follow", _("查进度"), 12, _("凭查询码和密码看进展、补充材料、评价。"), "track"),
                    Timed("drafts", drafts.forget_old, 600),
                    Timed("recovery", recovering.look_for_waiting, 1),
                    Timed("old recoveries", recovering.forget_old, 600),
                ),
            )
        )
