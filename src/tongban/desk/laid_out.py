"""What an official can do with a case, as its page lays it out: the one act to take now, what stands beside it, and all
the rest.

Which acts are offered says `offers.py`, which of them come next the kernel (`cases.next_act`). Not for performing one:
`acting.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.cases import story as kernel
from tongban.cases.actform import ActForm
from tongban.cases.models import Act
from tongban.cases.next_act import asked_for, coming
from tongban.cases.procedure import Edge
from tongban.gate.door import parts
from tongban.registry.names import unit_name

from . import offers
from .forms import act_form
from .offers import ANSWER, MERGE
from .opening import Found
from .parts import ActPage


@dataclass(frozen=True, slots=True)
class Asked:
    """By whom, when and in which words an act was asked for; `lines` are the particulars, one each."""

    who: str
    when: datetime
    title: str
    text: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """An act that can be taken: with a form on this page, or on a page of its own (`href`)."""

    edge: Edge
    label: str
    href: str = ""
    form: ActForm | None = None
    asked: Asked | None = None

    @property
    def at_once(self) -> bool:
        """Whether one click takes it: its form asks for nothing."""
        return self.form is not None and not self.form.edge.inputs and not self.form.is_bound

    @property
    def open(self) -> bool:
        """Whether its form was sent and is shown again."""
        return self.form is not None and self.form.is_bound


@dataclass(frozen=True, slots=True)
class Layout:
    """`first` is the act to take now, None where the case waits for somebody else; `near` stands open to view, `more`
    is folded away."""

    first: Choice | None = None
    near: Sequence[Choice] = field(default_factory=tuple)
    more: Sequence[Choice] = field(default_factory=tuple)
    waits: str = ""

    @property
    def all(self) -> list[Choice]:
        """Every act there is, the first one first."""
        return [*([self.first] if self.first else []), *self.near, *self.more]

    @property
    def unfolded(self) -> bool:
        """Whether something that is folded away has to be seen: a form that was refused."""
        return any(choice.open for choice in self.more)


def layout(found: Found, refused: ActForm | None = None) -> Layout:
    """The acts that are offered, laid out; a refused form stands as it was filled in, even where its act is offered no
    more."""
    order = coming(found.procedure.state(found.case.state), offers.offered(found), found.acts)
    next_, rest = _choices(found, order.next, refused), _choices(found, order.rest, refused)
    pages = {choice.href for choice in next_ if choice.href}
    rest = [choice for choice in rest if choice.href not in pages]
    if refused is not None and not any(choice.form is refused for choice in (*next_, *rest)):
        rest.insert(0, Choice(refused.edge, str(refused.edge.label), form=refused))
    if not next_:
        return Layout(near=rest, waits=_waits(found))
    near = [choice for choice in rest if choice.edge.quiet and not choice.edge.danger]
    return Layout(next_[0], [*next_[1:], *near], [choice for choice in rest if choice not in near])


def _choices(found: Found, edges: Sequence[Edge], refused: ActForm | None) -> list[Choice]:
    """One for each act with a form, and one for each page, however many acts are taken there."""
    shown: list[Choice] = []
    for edge in edges:
        href, label = page_of(found, edge)
        if edge.page and (not href or any(choice.href == href for choice in shown)):
            continue
        if not edge.page and not edge.button:
            continue
        asked = asked_for(edge, found.acts)
        form = None
        if not href:
            same = refused is not None and refused.edge.act == edge.act
            form = refused if same else act_form(edge, found)
        shown.append(Choice(edge, label, href, form, _asked(found, asked) if asked else None))
    return shown


def page_of(found: Found, edge: Edge) -> tuple[str, str]:
    """The address of the page on which an act is taken, empty where it has none of its own; and what the act is
    called."""
    case, label = found.case, str(edge.label)
    if edge.page == ANSWER:
        return reverse("desk:answer", args=[case.code]), writing_label(found)
    if edge.page == MERGE:
        return reverse("desk:merge", args=[case.code]), label
    page = next((one for one in parts(ActPage) if one.name == edge.page and one.is_for(case.kind)), None)
    return (reverse("desk:page", args=[case.code, page.name]), page.words(case)) if page else ("", label)


def writing_label(found: Found) -> str:
    """What the page of writing is called now: to write an answer, to look at one that was drafted, to go on with one's
    own; else what its act is called (an opinion, a decision)."""
    edge = next(iter(offers.writing(found)), None)
    if edge is None:  # somebody else was first
        return _("写答复")
    drafts = {one.hands_over for one in found.procedure.edges if one.page == ANSWER and one.hands_over}
    if edge.hands_over:
        return _("复核答复")
    if edge.act in drafts and edge.target == found.case.state:
        return _("修改答复")
    return _("写答复") if edge.answers or edge.act in drafts else str(edge.label)


def _asked(found: Found, act: Act) -> Asked:
    edge = found.procedure.named(act.act)
    who = offers.actor_name(act)
    if act.actor == "official" and act.unit_id:
        who = f"{unit_name(act.unit_id)} {who}"
    lines = tuple(kernel.lines_for_desk(edge, act)) if edge is not None else ()
    return Asked(who, act.at, offers.act_words(found.case, act.act), act.text, lines)


def _waits(found: Found) -> str:
    """For whom a case waits that this official has nothing to do on."""
    case, state = found.case, found.procedure.state(found.case.state)
    if case.erased_at or state.phase != "work":
        return _("这一件已经没有要办的了。")
    if state.paused and state.waits_for == "unit":
        return _("这段时间不计入时限。")
    if state.paused:
        return _("正在等提交人补充，暂停计时。")
    if not state.next:
        return _("现在没有要您办的。")
    act = found.procedure.named(state.next[0])
    return _("这一步由%(unit)s办：%(act)s。") % {"unit": unit_name(case.unit_id), "act": act.label if act else ""}
