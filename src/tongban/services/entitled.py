"""What the door declares for entitlement: "what can I get?", published conditions, forms, granting without asking."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.beside import Beside
from tongban.gate.parts import ApiRoutes, Demo, DeskLink, HomeLink, KeptBeside, LeftBehind, Routes, Timed

from .commands import COMMANDS
from .unasked import granting, listing

HERE = "tongban.services"
PARTS = (
    Routes(f"{HERE}.mine.urls"),
    Routes(f"{HERE}.desk_urls"),
    LeftBehind("tongban_mine"),
    ApiRoutes(f"{HERE}.published:router", f"{HERE}.published:OPERATIONS", "services", "Services", 20),
    HomeLink("entitled:mine", _("我能办什么"), 16, _("回答几个问题，看看您符合哪些事项的条件，差在哪一条。"), "search"),
    DeskLink("entitled_desk:forms", _("申请表"), "file", 43, role="handler head"),
    DeskLink("entitled_desk:unasked", _("免申即享"), "agree", 44, role="clerk handler head"),
    KeptBeside(Beside("people who had not asked", granting.forget)),
    Timed("granting without asking", granting.grant_confirmed, 60),
    Timed("old lists of people who had not asked", listing.forget_old, 3600),
    Demo(f"{HERE}.entitled_demo:load", 55),
    *COMMANDS,
)
