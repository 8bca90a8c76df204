from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    name = "tongban.letters"
    label = "letters"
    verbose_name = _("来信")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.gate.door import Door, register
        from tongban.gate.parts import (
            Answering,
            ApiRoutes,
            Demo,
            DeskLink,
            HomeCard,
            HomeLink,
            Kind,
            NavLink,
            Resealed,
            Routes,
            Sitemap,
            SiteSearch,
            Timed,
        )

        from . import housekeeping, on_desk
        from .advice import matters, rising
        from .commands import COMMANDS
        from .intake import FORMAT
        from .procedure import LETTER
        from .publication import PUBLICATION
        from .sender import PARTS

        api, here = "tongban.letters.api", "tongban.letters"
        register(
            Door(
                self.label,
                _("来信"),
                (
                    Kind(LETTER, goes_on=frozenset({"ask_review", "ask_recheck", "close"})),
                    FORMAT,
                    PUBLICATION,
                    *on_desk.PARTS,
                    Resealed("learned models", matters.reseal, lambda: len(matters.files())),
                    Routes("tongban.letters.urls"),
                    Routes("tongban.letters.api.open311", "open311/v2/"),
                    ApiRoutes(f"{api}.sender:router", f"{api}.sender:OPERATIONS", "letters", "Letters", 10),
                    ApiRoutes(
                        f"{api}.published:router", f"{api}.published:OPERATIONS", "published", "Published letters", 20
                    ),
                    DeskLink(
                        "letters:desk_topics", _("近期集中反映"), "talk", 40, role="clerk handler head supervisor"
                    ),
                    NavLink("counter:new_letter", _("写信"), 10),
                    NavLink("letters:reception", _("预约接访"), 30),
                    NavLink("letters:published", _("公开来信"), 50, elder=False),
                    NavLink("letters:published", _("公开来信"), 20, elder=False, foot=True),
                    NavLink("letters:topics", _("大家最近在反映什么"), 30, elder=False, foot=True),
                    HomeLink("counter:new_letter", _("写信"), 10, main=True),
                    HomeLink(
                        "counter:new_letter",
                        _("写信"),
                        10,
                        _("反映问题、提出建议、求助咨询。三步写完，会给您查询码。"),
                        "letter",
                    ),
                    HomeLink(
                        "letters:reception", _("预约接访"), 20, _("预约时间，与责任单位视频、电话或当面谈。"), "talk"
                    ),
                    HomeLink("letters:published", _("公开来信"), 30, _("看看别人问过什么，单位怎样答复。"), "open"),
                    HomeCard("letters/home/latest.html", f"{here}.latest:on_home", 20, wide=True),
                    Answering(f"{here}.answering:fitting", "letters/ask/matters.html", 20),
                    Answering(f"{here}.answering:writing", "letters/ask/write.html", 90, found=False),
                    SiteSearch(
                        f"{here}.latest:found",
                        10,
                        "letters:search",
                        _("搜索公开来信"),
                        _("搜公开来信"),
                        _("公开来信"),
                        f"{here}.latest:number",
                    ),
                    Sitemap("letters", f"{here}.latest:sitemap", "tongban.published.finding:chunks"),
                    Demo(f"{here}.demo:load", 10, f"{here}.demo:count", f"{here}.demo:accounts"),
                    Timed("topics", rising.keep_up, 3600, aside=True),
                    Timed("learning", matters.learn_at_night, 900, aside=True),
                    Timed("close", housekeeping.close_quiet_letters, 600),
                    *PARTS,
                    *COMMANDS,
                ),
            )
        )
