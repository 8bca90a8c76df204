"""What this part brings to the door, taken in `apps.py`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.beside import Beside
from tongban.counter.parts import FollowLink
from tongban.desk.parts import Panel
from tongban.gate.parts import Demo, DeskLink, DoctorCheck, KeptBeside, Kind, LeftBehind, NavLink, Routes, Timed

from . import acting, correction, keeping, mandated, oidc, person

HERE = "tongban.services.sources"
PARTS = (
    Kind(correction.CORRECTION),
    *correction.PARTS,
    Routes(f"{HERE}.urls"),
    FollowLink(("application", "bundle"), f"{HERE}.used_pages:links", 20),
    FollowLink((), f"{HERE}.account_pages:links", 90),
    Panel(("application",), "registers", _("登记核验"), "services/registers/desk.html", f"{HERE}.on_desk:shown",
          "main", 20),
    Panel(("correction",), "disputed", _("登记里是什么"), "services/registers/disputed.html",
          f"{HERE}.on_desk:disputed", "main", 10),
    DeskLink("registers:helping", _("窗口代填"), "plus", 60, role="clerk"),
    NavLink("registers:registers", _("登记数据怎么用"), 70, foot=True),
    NavLink("registers:account", _("我的账户"), 72, foot=True),
    LeftBehind(person.COOKIE),
    LeftBehind(acting.HELPING),
    LeftBehind(oidc.COOKIE),
    DoctorCheck(f"{HERE}.setting_up:check", 60),
    KeptBeside(Beside("register pulls", keeping.erased)),
    Timed("pulls of nothing sent", keeping.forget_unsent, 3600),
    Timed("mandates that are over", mandated.end_over, 60),
    Demo(f"{HERE}.invented:load", 51, count=f"{HERE}.invented:count",
         registry=("tongban.services:sources/data/matters.csv", "tongban.services:sources/data/duties.csv",
                   "tongban.services:sources/data/limits.csv")),
)  # fmt: skip
