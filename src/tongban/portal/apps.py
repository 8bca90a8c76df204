from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "tongban.portal"
    label = "portal"
    verbose_name = _("门户")

    def ready(self) -> None:
        from tongban.gate.door import Room, register
        from tongban.gate.parts import ApiRoutes, DeskLink, HomeCard, HomeLink, NavLink, Routes, Sitemap

        register(
            Room(
                self.label,
                self.verbose_name,
                (
                    Routes("tongban.portal.urls"),
                    Routes("tongban.portal.urls_figures"),
                    Routes("tongban.portal.urls_ledger", "ledger/"),
                    Routes("tongban.portal.urls_registry", "responsible/"),
                    ApiRoutes(
                        "tongban.portal.api_registry:router",
                        "tongban.portal.api_registry:OPERATIONS",
                        "registry",
                        "Registry",
                        40,
                    ),
                    DeskLink("scorecards:load", _("单位负荷"), "figures", 50, role="head supervisor"),
                    DeskLink("registry:admin", _("责任清单"), "list", 60, role="administrator"),
                    DeskLink("registry:proposals", _("待同意事项"), "list", 70, role="head administrator"),
                    DeskLink("portal:messages", _("邮件和短信"), "letter", 80, role="administrator"),
                    NavLink("portal:home", _("首页"), 0),
                    NavLink("registry:responsible", _("谁来负责"), 40),
                    NavLink("scorecards:figures", _("办理数据"), 60, elder=False),
                    NavLink("portal:about", _("关于本站"), 10, foot=True),
                    NavLink("portal:privacy", _("隐私说明"), 12, foot=True),
                    NavLink("portal:accessibility", _("无障碍声明"), 14, foot=True),
                    NavLink("scorecards:figures", _("办理数据"), 40, elder=False, foot=True),
                    NavLink("ledger_pages:ledger", _("台账"), 50, elder=False, foot=True),
                    NavLink("account_login", _("工作人员登录"), 74, elder=False, foot=True),
                    HomeLink(
                        "registry:responsible", _("谁来负责"), 40, _("按事项和地点查责任单位和法律依据。"), "people"
                    ),
                    HomeLink(
                        "scorecards:figures",
                        _("办理数据"),
                        50,
                        _("各单位收到多少、按时答复多少、群众怎样评价。"),
                        "figures",
                    ),
                    HomeCard("portal/home_numbers.html", "tongban.portal.figure_pages:on_home", 10, wide=True),
                    Sitemap("pages", "tongban.portal.sitemap:navigation"),
                ),
            )
        )
