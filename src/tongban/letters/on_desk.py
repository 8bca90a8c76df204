"""What the letters' door declares for the desk: panels of a letter's page, and the page for publishing it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs.one import Words
from tongban.cases.models import Case
from tongban.desk.parts import ActPage, Panel
from tongban.published import objection

_AT, _WITH, _KIND = "tongban.letters.desk.panels", "letters/desk", ("letter",)


def publish_link(case: Case) -> Words:
    """What the link to the publishing page says."""
    if case.published:
        return _("公开更正后的答复")
    return _("换一种隐去的办法再请来信人确认") if objection.kept(case).get("objections") else _("公开这封来信")


PARTS = (
    ActPage(_KIND, "publish", publish_link, "tongban.published.act_page:page", f"{_WITH}/publish.html"),
    Panel(_KIND, "visibility", _("是否公开"), f"{_WITH}/public_page.html", f"{_AT}:public_page", "facts"),
    Panel(_KIND, "fitting", _("可能的事项"), f"{_WITH}/fitting.html", f"{_AT}:fitting", order=40),
    Panel(_KIND, "readers", _("读者点的数"), "published/readers.html", "tongban.published.counting:panel", order=65),
    Panel(_KIND, "similar", _("相似的公开答复"), f"{_WITH}/similar.html", f"{_AT}:similar", order=70),
    Panel(_KIND, "not_accepted", _("还没有受理"), f"{_WITH}/not_accepted.html", f"{_AT}:not_accepted", "answer-head"),
    Panel(_KIND, "similar", _("相似的公开答复"), f"{_WITH}/similar_answers.html", f"{_AT}:similar", "answer"),
    Panel(_KIND, "notes", _("对这份答复的提示"), f"{_WITH}/notes.html", f"{_AT}:notes", "answer-form"),
)
