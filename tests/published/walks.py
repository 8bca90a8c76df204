"""A second kind of case that can be published, as a door would bring it: a suggestion for a walk, answered by a unit.

Its table names the guards, effects and hooks of the room; its urlconf is the house's with the walks' public pages.
"""

from __future__ import annotations

from django.urls import include, path

from tongban.cases import effects, standard
from tongban.cases.inputs import Line, Text
from tongban.cases.procedure import Context, Edge, Outcome, Procedure, State
from tongban.cases.standings import RESIDENT, SYSTEM
from tongban.gate.door import Door
from tongban.gate.parts import Kind
from tongban.published import effects as publishing
from tongban.published import guards, storing
from tongban.published.parts import Publication, PublicText, PublicWords
from tongban.published.urls import routes

STATES = (
    State("open", "open", "open", step="answer"),
    State("done", "done", "done", phase="over"),
)
DONE = frozenset({"done"})
UNIT = frozenset({"lead:handler"})
TEXT = (Text("text", "text"),)
PUBLIC = (
    Line("subject", "标题"),
    Text("body", "建议"),
    Text("answer", "答复"),
    Text("cleared", "可以公开", required=False),
)


def correct(context: Context) -> Outcome:
    """Another answer; the public page waits for somebody to look at it."""
    return Outcome(set={"private": publishing.corrected(context.case, dict(context.case.private or {}))})


WALK = Procedure(
    kind="walk",
    label="散步建议",
    states=STATES,
    edges=(
        Edge("submit", frozenset({""}), "open", RESIDENT | SYSTEM, "提交", "提交", effect=effects.submit),
        Edge("answer", frozenset({"open"}), "done", UNIT | SYSTEM, "答复", "答复", TEXT, effect=effects.answered,
             answers=True),
        Edge("amend", DONE, None, UNIT, "更正", "更正", TEXT, effect=correct, answers=True,
             replaces=frozenset({"answer"})),
        Edge("show", DONE, None, UNIT | SYSTEM, "公开", "公开", PUBLIC, effect=publishing.publish,
             guard=guards.publishable, page="publish"),
        Edge("show_again", DONE, None, UNIT, "再公开", "再公开", PUBLIC, effect=publishing.publish,
             guard=guards.republishable, page="publish"),
        Edge("hide", DONE, None, UNIT, "撤下", "撤下", TEXT, effect=publishing.unpublish, guard=guards.is_published),
        *standard.marking(STATES, UNIT), *standard.house(STATES), *standard.erasing(STATES),
    ),
    initial="open",
    starts_again=frozenset({"open"}),
    handed_on="open",
    follow="/walks/follow/",
    stored={
        "show": storing.on_publish,
        "show_again": storing.on_publish,
        "hide": storing.on_unpublish,
        "amend": storing.on_correct,
    },
)  # fmt: skip
PUBLICATION = Publication(
    kind="walk",
    title="公开的散步建议",
    where="/walks/published/",
    fields=(PublicText("subject", "标题"), PublicText("body", "建议"), PublicText("answer", "回音")),
    words=PublicWords(search="搜索散步建议"),
    order=20,
)
DOOR = Door("walks", "散步", (Kind(WALK), PUBLICATION))

urlpatterns = [
    path("", include((routes("walk", "walks/published/", search="walks/search/"), "walks"))),
    path("", include("tongban.config.urls")),
]
