"""The page of an application on which registers may be asked, or not, and on which what came is shown.

GET shows it; POST `answer=yes` asks the registers (for whoever has shown who they are), `answer=no` leaves it and takes
back what was there; `next` goes on, with the facts that are said to be wrong (`wrong`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.refusal import Refusal
from tongban.counter.parts import OwnStep
from tongban.counter.steps import Page, Row
from tongban.gate.rates import limited
from tongban.registry.names import listed, matter_name, spoken

from .. import bundled, questions, reading
from ..models import Source
from . import acting, prefilling, pulling
from .acting import Party
from .prefilling import KEPT, Held

TEMPLATE = "services/registers/consent.html"


@dataclass(frozen=True, slots=True)
class Asked:
    """A register as the page names it: what it would be asked, and who keeps it."""

    name: str
    unit: str
    facts: tuple[str, ...]
    used: tuple[str, ...] = ()
    """Of a bundle, for each fact the items that ask for it, in words."""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Each fact with the items that ask for it."""
        return list(zip(self.facts, self.used or ("",) * len(self.facts), strict=True))


@dataclass(frozen=True, slots=True)
class Shown:
    """One value that came, in words."""

    fact: str
    question: str
    value: str
    source: str
    at: datetime
    contested: bool


def page(draft_page: Page, step: OwnStep) -> HttpResponse:
    """Answers a request on the step."""
    values = draft_page.draft.values
    found = prefilling.held(values)
    try:
        party = acting.party(draft_page.request, values)
    except Refusal as refusal:
        at_counter = bool(values.get("client")) or acting.helped(draft_page.request) is not None
        return draft_page.shown(
            TEMPLATE, refusal.status, refused=True, at_counter=at_counter, message=str(refusal.message)
        )
    if draft_page.request.method != "POST":
        return _shown(draft_page, found, party)
    post = draft_page.request.POST
    if "save" in post:
        return draft_page.draft.save(redirect(f"{draft_page.address(step)}?saved"), kept=True)
    if "mail" in post:
        return draft_page.draft.save(redirect("counter:new_mail", draft_page.writing.kind))
    answer = post.get("answer", "")
    if answer == "yes":
        return _pulled(draft_page.request, draft_page, step, party)
    if answer == "no":
        return draft_page.go_on(**{KEPT: {"matter": values.get("matter"), "answer": "no"}})
    if found.answer == "yes":
        wrong = [code for code in post.getlist("wrong") if code in found.values]
        return draft_page.go_on(**{KEPT: {**values[KEPT], "contested": wrong, "seen": True}})
    if found.answer == "no" or not prefilling.offered(str(values.get("matter")), values):
        return draft_page.go_on()
    return _shown(draft_page, found, party, _("请选择：同意从登记取得，或者自己填写。"), 422)


@limited("recover")
def _pulled(request: HttpRequest, draft_page: Page, step: OwnStep, party: Party | None) -> HttpResponse:
    """Ask the registers and come back to the page, which shows what came. A register is asked about whom this browser
    has shown to be, or may act for, and about nobody else."""
    values = draft_page.draft.values
    matter = str(values.get("matter"))
    codes = [code for facts in prefilling.offered(matter, values).values() for code in facts]
    if party is None:
        return _shown(draft_page, prefilling.held(values), None, _("请先证明您是谁，或者选择自己填写。"), 422)
    if not _may_ask(party):
        return _shown(
            draft_page, prefilling.held(values), party, _("委托里没有说可以从登记取得信息，请自己填写。"), 422
        )
    agreed = consent_words(matter, party, values)
    came = pulling.pull(party.subject, matter, codes, agreed, party.by, party.mandate)
    kept = {
        "matter": matter,
        "answer": "yes",
        "person": party.subject.blind,
        "came": [
            {"source": one.source, "key": one.key, "at": one.at, "outcome": one.outcome, "facts": one.facts}
            for one in came
        ],
        "contested": [],
        "seen": False,
        **({"items": prefilling.items(matter, values)} if bundled.is_bundle(matter) else {}),
    }
    also = {"name": party.subject.name, "id_number": party.subject.id_number}
    return draft_page.draft.save(redirect(draft_page.address(step)), **{KEPT: kept}, **also)


def _may_ask(party: Party) -> bool:
    if party.by != "mandate":
        return True
    return acting.running().filter(code=party.mandate, registers=True).exists()


def consent_words(matter: str, party: Party | None = None, values: Mapping[str, Any] | None = None) -> str:
    """The words that are agreed to: for which item (of a bundle: for which items, each named), which registers are
    asked what, and about whom where somebody with a mandate agrees."""
    asked = _("；").join(f"{one.name}{_('（')}{listed(one.facts)}{_('）')}" for one in registers(matter, values))
    said = {"item": matter_name(matter), "asked": asked}
    if bundled.is_bundle(matter):
        said["items"] = listed(_quoted(matter_name(item)) for item in _using(matter, values))
        if party is not None and party.by == "mandate":
            said["name"] = party.subject.name
            return (
                _(
                    "我受%(name)s委托，同意为一起办理的这些事项：%(items)s，向下列登记取得%(name)s的信息：%(asked)s。"
                    "只用于这一次申请；每个事项的办理单位只得到那个事项要问的。"
                )
                % said
            )
        return (
            _(
                "我同意为一起办理的这些事项：%(items)s，向下列登记取得我的信息：%(asked)s。只用于这一次申请；"
                "每个事项的办理单位只得到那个事项要问的。"
            )
            % said
        )
    if party is not None and party.by == "mandate":
        words = _("我受%(name)s委托，同意为办理“%(item)s”，向下列登记取得%(name)s的信息：%(asked)s。只用于这一次申请。")
        return words % {**said, "name": party.subject.name}
    return _("我同意为办理“%(item)s”，向下列登记取得我的信息：%(asked)s。只用于这一次申请。") % said


def _quoted(name: str) -> str:
    return _("“%(name)s”") % {"name": name}


def _using(matter: str, values: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The items of a bundle that would be given something by a register."""
    facts = [code for codes in prefilling.offered(matter, values).values() for code in codes]
    items = prefilling.items(matter, values or {})
    used = {item for asking in bundled.items_asking(facts, items).values() for item in asking}
    return tuple(item for item in items if item in used)


def registers(matter: str, values: Mapping[str, Any] | None = None) -> list[Asked]:
    """The registers that would be asked for an item, or for the items of a bundle, with what."""
    known, rows = reading.current().facts, {row.code: row for row in Source.objects.select_related("unit")}
    offered = prefilling.offered(matter, values)
    used: dict[str, tuple[str, ...]] = {}
    if bundled.is_bundle(matter):
        every = [code for codes in offered.values() for code in codes]
        used = bundled.items_asking(every, prefilling.items(matter, values or {}))
    return [
        Asked(
            spoken(rows[code].name, rows[code].name_en),
            rows[code].unit_id,
            tuple(spoken(known[fact].question, known[fact].question_en) for fact in facts),
            tuple(listed(matter_name(item) for item in used[fact]) for fact in facts) if used else (),
        )
        for code, facts in offered.items()
    ]


def shown_values(found: Held) -> list[Shown]:
    """What came, in words of the page."""
    known, names = reading.current().facts, source_names()
    rows = []
    for code, one in found.values.items():
        if code in known:
            value = in_words(code, one.value)
            question = spoken(known[code].question, known[code].question_en)
            at = timezone.localtime(datetime.fromisoformat(one.at))
            rows.append(Shown(code, question, value, names.get(one.source, one.source), at, code in found.contested))
    return rows


def source_names() -> dict[str, str]:
    """Code of a register → its name in the language of the page."""
    return {row.code: spoken(row.name, row.name_en) for row in Source.objects.all()}


def in_words(code: str, value: Any) -> str:
    """A value as `questions.plain` stores it, in words of the page."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return questions.input_of(questions.Question(reading.current().facts[code])).show(value)


def rows(draft_page: Page, step: OwnStep) -> Sequence[Row]:
    """What the page to check says: each value with its register; or that everything was typed. Nothing of it is shown
    any more where the right to write for its person has ended."""
    found, change = prefilling.held(draft_page.draft.values), draft_page.address(step)
    if found.values:
        try:
            acting.party(draft_page.request, draft_page.draft.values)
        except Refusal as refusal:
            return [Row(_("登记信息"), str(refusal.message), change)]
    if found.answer == "no":
        return [Row(_("登记信息"), _("不从登记取得，全部自己填写"), change)]
    return [
        Row(
            one.question,
            _("%(value)s（来自%(source)s；您说不对，以您填写的为准，由办理单位核实）")
            % {"value": one.value, "source": one.source}
            if one.contested
            else _("%(value)s（来自%(source)s）") % {"value": one.value, "source": one.source},
            change,
        )
        for one in shown_values(found)
    ]


def _shown(draft_page: Page, found: Held, party: Party | None, message: str = "", status: int = 200) -> HttpResponse:
    values = draft_page.draft.values
    matter = str(values.get("matter"))
    names = source_names()
    failed = [
        names.get(one["source"], one["source"]) for one in found.came if one["outcome"] in ("failed", "wrong", "asked")
    ]
    unknown = [names.get(one["source"], one["source"]) for one in found.came if one["outcome"] == "unknown"]
    return draft_page.shown(
        TEMPLATE,
        status,
        registers=registers(matter, values),
        words=consent_words(matter, party, values) if prefilling.offered(matter, values) else "",
        held=found,
        came=shown_values(found),
        failed=failed,
        unknown=unknown,
        party=party,
        may_ask=party is not None and _may_ask(party),
        message=message,
    )
