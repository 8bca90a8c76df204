from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "tongban.reports"
    label = "reports"
    verbose_name = _("有害网站举报")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.cases.beside import Beside
        from tongban.gate.door import Door, register
        from tongban.gate.parts import ApiRoutes, Demo, DoctorCheck, HomeLink, KeptBeside, Kind, NavLink, Routes, Timed

        from . import commands, listing, objection, on_desk, procedure, targets, writing
        from .evidence import jobs
        from .feeds import entering, pushing

        here = "tongban.reports"
        register(
            Door(
                self.label,
                _("有害网站举报"),
                (
                    Kind(procedure.REPORT, frozenset({"hand_over"})),
                    Kind(listing.LISTING),
                    Kind(objection.OBJECTION),
                    KeptBeside(Beside("reported names", targets.forget)),
                    KeptBeside(Beside("looks at sites", jobs.forget)),
                    *writing.PARTS,
                    *on_desk.PANELS,
                    Routes(f"{here}.urls"),
                    ApiRoutes(f"{here}.api:ROUTERS", f"{here}.api:OPERATIONS", "reports", "Reports of sites", 30),
                    NavLink("reports:decisions", _("处置公开"), 55, elder=False, foot=True),
                    NavLink("reports:blocked", _("网址为什么打不开"), 62, elder=False, foot=True),
                    NavLink("reports:listed", _("这个网址被处置了吗？"), 61, elder=False, foot=True),
                    NavLink("reports:sealed", _("举报侵害未成年人的网址"), 64, elder=False, foot=True),
                    HomeLink(
                        "counter:new_report",
                        _("有害网站举报"),
                        40,
                        _("诈骗、赌博、色情、病毒网站，粘贴网址就能举报。"),
                        "warning",
                    ),
                    Demo(
                        f"{here}.demo:load",
                        40,
                        registry=(
                            f"{here}:matters.csv",
                            f"{here}:units.csv",
                            f"{here}:duties.csv",
                            f"{here}:limits.csv",
                        ),
                    ),
                    Timed("feed", pushing.keep_up, 0.5),
                    Timed("publications", entering.keep_published, 5, aside=True),
                    Timed("evidence", jobs.keep_up, 1, aside=True),
                    DoctorCheck(f"{here}.feeds.checking:check", 60),
                    DoctorCheck(f"{here}.evidence.checking:check", 61),
                    *commands.COMMANDS,
                    *commands.RECOUNTED,
                ),
            )
        )
