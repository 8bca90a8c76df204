"""What certificates bring to the house, for `apps.py`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.beside import Beside
from tongban.counter.parts import FollowPanel, OwnFiles
from tongban.desk.parts import Panel
from tongban.gate.parts import Demo, DoctorCheck, KeptBeside, NavLink, Timed

from . import issuing
from .wallet import copying, offering

HERE = "tongban.services.certificates"
PARTS = (
    KeptBeside(Beside("certificates", issuing.erased)),
    KeptBeside(Beside("copies in wallets", copying.erased)),
    Timed("offers for wallets", offering.forget_old, 600),
    FollowPanel(("application",), "services/certificates/follow.html", f"{HERE}.pages:for_sender", order=10),
    OwnFiles(("application",), f"{HERE}.own:files", 10),
    Panel(
        ("application",),
        "certificates",
        _("电子证照"),
        "services/certificates/desk.html",
        f"{HERE}.pages:on_desk",
        "side",
        30,
    ),
    NavLink("services:verify", _("核对证照"), 60, foot=True),
    DoctorCheck(f"{HERE}.doctor:check", 60),
    Demo(f"{HERE}.demo:load", 55, f"{HERE}.demo:count"),
)
