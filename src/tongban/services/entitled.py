"""What the door declares for entitlement: "what can I get?", published conditions, forms, granting without asking."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.gate.parts import ApiRoutes, HomeLink, LeftBehind, NavLink, Routes

HERE = "tongban.services"
PARTS = (
    Routes(f"{HERE}.mine.urls"),
    LeftBehind("tongban_mine"),
    ApiRoutes(f"{HERE}.published:router", f"{HERE}.published:OPERATIONS", "services", "Services", 20),
    NavLink("entitled:mine", _("我能办什么"), 16),
    HomeLink("entitled:mine", _("我能办什么"), 16, _("回答几个问题，看看您符合哪些事项的条件，差在哪一条。"), "search"),
)
