from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "tongban.services"
    label = "services"
    verbose_name = _("政务服务")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.cases.beside import Beside
        from tongban.gate.door import Door, register
        from tongban.gate.parts import ApiRoutes, Demo, HomeLink, KeptBeside, Kind, NavLink, Routes, Settled, Timed

        from . import (
            appeal,
            appointments,
            bundle,
            bundles,
            catalogue_parts,
            clock,
            commands,
            documents,
            entitled,
            on_desk,
            opinion,
            procedure,
            promises,
            renewal,
            writing,
        )  # fmt: skip
        from .certificates import parts as certificates
        from .hearings import parts as hearings
        from .parties import parts as parties
        from .sources import parts as registers
        from .tally import catching_up

        here = "tongban.services"
        register(
            Door(
                self.label,
                _("政务服务"),
                (
                    Kind(procedure.APPLICATION, goes_on=frozenset({"begin_anew"})),
                    Kind(opinion.OPINION),
                    *parties.PARTS,
                    *hearings.PARTS,
                    Kind(renewal.RENEWAL),
                    Kind(bundle.BUNDLE),
                    Kind(appeal.APPEAL),
                    *writing.PARTS,
                    *bundles.PARTS,
                    *documents.PARTS,
                    KeptBeside(Beside("false promises", promises.forget)),
                    ApiRoutes(f"{here}.api:ROUTERS", f"{here}.api:OPERATIONS", "services", "Services", 35),
                    *on_desk.PANELS,
                    *catalogue_parts.PARTS,
                    *entitled.PARTS,
                    *certificates.PARTS,
                    *registers.PARTS,
                    *commands.COMMANDS,
                    Routes(f"{here}.urls"),
                    NavLink("services:catalogue", _("办事"), 15),
                    NavLink("services:figures", _("各事项办理数据"), 45, foot=True),
                    HomeLink(
                        "services:catalogue", _("办事"), 15, _("能办什么、要带什么、多久办好，在家就能申请。"), "list"
                    ),
                    Timed("deemed accepted", clock.deem_accepted, 300),
                    Timed("deemed renewed", clock.deem_renewed, 300),
                    Timed("bundles", bundles.begin_waiting, 30),
                    Timed("appointments", appointments.remind, 300),
                    Settled(catching_up.count),
                    Timed("tally of applications", catching_up.step, 60),
                    Timed("promises", promises.forget_old, 3600),
                    Demo(
                        f"{here}.demo:load",
                        50,
                        registry=(
                            f"{here}:data/matters.csv",
                            f"{here}:data/units.csv",
                            f"{here}:data/duties.csv",
                            f"{here}:data/limits.csv",
                        ),
                    ),
                ),
            )
        )
