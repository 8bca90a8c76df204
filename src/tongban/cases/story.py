"""What has happened to a case, as its table tells it: which words were corrected, what an act says to the sender and to
colleagues.

Values only, in the language of the page; the rooms make pages and answers of them. Not for who may read what: an act's
line says what the sender is shown, and `access.py` who of the officials sees a case at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from tongban.registry import snapshot
from tongban.registry.names import spoken

from .inputs import CaseChoice
from .inputs.one import EMPTY
from .models import Act, Case
from .procedure import Edge, Procedure, procedure_of


def heading(case: Case) -> str:
    """What a case is called in lists and above its page: its subject, the name of its kind where it has none, or that
    its content was deleted. A subject that is its matter's name is said in the language of the page."""
    subject = case.subject
    if subject:
        matter = snapshot.current().matters.get(case.matter_id)
        return spoken(matter.name, matter.name_en) if matter is not None and matter.name == subject else subject
    return _("（内容已删除）") if case.private is None else str(procedure_of(case).label)


def superseded(procedure: Procedure, acts: Iterable[Act]) -> frozenset[int]:
    """The numbers of the acts whose words a later one corrected (`Edge.replaces`). The acts in the order in which they
    happened."""
    old: set[int] = set()
    last: dict[str, int] = {}
    for act in acts:
        edge = procedure.named(act.act)
        corrected = edge.replaces if edge is not None else frozenset()
        if corrected:
            latest = max((last[name] for name in corrected if name in last), default=None)
            if latest is not None:
                old.add(latest)
        last[act.act] = act.pk
    return frozenset(old)


def title(edge: Edge, *, sender: bool, corrected: bool = False) -> str:
    """An act in the words of the sender or of the desk."""
    words = str(edge.told if sender else edge.label)
    return _("%(act)s（已更正）") % {"act": words} if corrected else words


def lines_for_sender(edge: Edge, act: Act) -> list[str]:
    """What stands under an act for the sender beside its words: the inputs that the table tells, and its own note."""
    lines = [
        str(item.told) % {"value": item.show(value)}
        for item in edge.inputs
        if item.told and (value := value_of(act, item.name)) not in EMPTY
    ]
    noted = edge.noted(act) if edge.noted is not None else ""
    return [*lines, noted] if noted else lines


def lines_for_desk(edge: Edge, act: Act, seen: dict[str, Case] | None = None) -> list[str]:
    """The particulars of an act for colleagues, one a line, but for its words. `seen` are the cases that the reader may
    see, by their numbers."""
    lines = []
    for item in edge.inputs:
        value = value_of(act, item.name)
        if item.name == "text" or value in EMPTY:
            continue
        shown = item.show_to(value, seen or {}) if isinstance(item, CaseChoice) else item.show(value)
        if shown:
            lines.append(_("%(label)s：%(value)s") % {"label": item.label, "value": shown})
    noted = edge.noted(act) if edge.noted is not None else ""
    return [*lines, noted] if noted else lines


def value_of(act: Act, name: str) -> object:
    """What an act was given under `name`, public or private; None where nothing, or where it was erased."""
    return act.public.get(name, (act.private or {}).get(name))


def last_words(procedure: Procedure, acts: Sequence[Act]) -> str:
    """The answer as it holds now: the words of the last act that answers; empty where there is none."""
    answering = procedure.acts(lambda edge: edge.answers)
    return next((act.text for act in reversed(acts) if act.act in answering and act.text), "")
