from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BenchesConfig(AppConfig):
    name = "benches"
    verbose_name = _("座椅认养")

    def ready(self) -> None:
        from tongban.desk.parts import ActPage, Panel
        from tongban.gate.door import Door, register
        from tongban.gate.parts import ApiRoutes, Demo, HomeLink, Kind, NavLink, Routes, Timed

        from . import intake, procedure, publishing, related, timed, writing

        here = "benches"
        register(Door("benches", _("座椅认养"), (
            Kind(procedure.BENCH, goes_on=frozenset({"reopen", "prolong"})),
            Kind(related.OPINION),
            Kind(related.RENEWAL, goes_on=frozenset({"reopen"})),
            Kind(related.REVIEW),
            *writing.PARTS,
            Panel(("bench",), "opinions", _("各单位的意见"), "benches/opinions.html", f"{here}.opinions:side_by_side",
                "main"),
            publishing.PUBLICATION,
            ActPage(("bench",), "publish", _("公开铭牌文字"), "tongban.published.act_page:page",
                "benches/publish.html"),
            Routes("benches.urls"),
            ApiRoutes(f"{here}.api:ROUTERS", f"{here}.api:OPERATIONS", "benches", "Benches", 40),
            intake.FORMAT,
            NavLink("counter:new_bench", _("我要认养座椅"), 25),
            NavLink("benches:published", _("座椅铭牌"), 35, foot=True),
            HomeLink("counter:new_bench", _("认养公园座椅"), 16, _("给公园里的一张座椅写上您的话，认养一年。"), "open"),
            Demo(f"{here}.demo:load", 30, registry=("benches:matters.csv", "benches:duties.csv", "benches:limits.csv")),
            Timed("bench renewals", timed.deem_granted, 600),
        )))  # fmt: skip
