"""What the catalogue brings to the other rooms: its search, the box of the home page, the map of the site, the API, the
links of the desk and the commands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.gate.parts import Answering, ApiRoutes, DeskLink, Sitemap, SiteSearch

HERE = "tongban.services"
PARTS: tuple[object, ...] = (
    Answering(f"{HERE}.finding:answering", "services/ask/items.html", 15),
    SiteSearch(
        f"{HERE}.finding:hits",
        20,
        "services:catalogue",
        _("办事"),
        _("例如：居住证、开饭店"),
        count=f"{HERE}.finding:count",
    ),
    Sitemap("services", f"{HERE}.finding:sitemap", f"{HERE}.finding:chunks"),
    ApiRoutes(f"{HERE}.catalogue_api:router", f"{HERE}.catalogue_api:OPERATIONS", "services", "Services", 35),
    DeskLink("services:lint", _("检查办事指南"), "list", 60, role="head handler administrator"),
    DeskLink("services:keep", _("政务服务目录"), "data", 61, role="administrator"),
)
