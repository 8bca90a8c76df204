from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "tongban.services"
    label = "services"
    verbose_name = _("政务服务")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.gate.door import Door, register
        from tongban.gate.parts import Demo, HomeLink, Kind, NavLink, Routes, Timed

        from . import appeal, clock, entitled, on_desk, opinion, procedure, renewal, writing

        here = "tongban.services"
        register(
            Door(
                self.label,
                _("政务服务"),
                (
                    Kind(procedure.APPLICATION, goes_on=frozenset({"begin_anew"})),
                    Kind(opinion.OPINION),
                    Kind(renewal.RENEWAL),
                    Kind(appeal.APPEAL),
                    *writing.PARTS,
                    *on_desk.PANELS,
                    *entitled.PARTS,
                    Routes(f"{here}.urls"),
                    NavLink("services:catalogue", _("办事"), 15),
                    HomeLink(
                        "services:catalogue", _("办事"), 15, _("能办什么、要带什么、多久办好，在家就能申请。"), "list"
                    ),
                    Timed("deemed accepted", clock.deem_accepted, 300),
                    Timed("deemed renewed", clock.deem_renewed, 300),
                    Demo(
                        f"{here}.demo:load",
                        50,
                        registry=(
                            f"{here}:data/matters.csv",
                            f"{here}:data/duties.csv",
                            f"{here}:data/limits.csv",
                        ),
                    ),
                ),
            )
        )
