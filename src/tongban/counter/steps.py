"""The steps of writing: what each asks, when it is done, and what the page to check says of it.

`respond` answers a request on a step; `first_open` says where somebody has to go on; `rows` what was written so far.
Every step is a form that is POSTed, so that nothing of what a person writes stands in an address, in the browser's
history or in a server's log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import attachments, receipts
from tongban.cases.attachments import hard_to_read
from tongban.cases.inputs import Asking, Choice, Choices, Files, Input
from tongban.cases.procedure import procedure_for
from tongban.gate.door import loaded
from tongban.gate.templatetags.tongban_names import matter_line, place_line, unit_name
from tongban.registry.snapshot import Snapshot

from . import carried
from .begun import begun
from .drafts import BrowserDraft
from .forms import AgainstForm, InputsForm, MatterForm, PlaceForm, from_draft, typed
from .parts import InputsStep, MatterStep, OwnStep, PlaceStep, Step, Writing
from .taking import slot_shown, take_files

LONGEST_ABOUT = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what was written: its label, the words, the address at which it is changed, and what to ask about
    it before it is sent."""

    label: str
    text: str
    change: str
    doubt: str = ""


@dataclass(slots=True)
class Page:
    """A request on a step, or on the page to check (`step` None). `writing` is the whole one: with the steps that
    follow from what the draft holds (`Writing.unfolds`)."""

    request: HttpRequest
    writing: Writing
    step: Step | None
    draft: BrowserDraft
    registry: Snapshot
    declared: Writing = field(init=False)
    mark: str = field(init=False, default="")
    changed: list[str] = field(init=False, default_factory=list)
    """What is asked otherwise than when the draft was begun; shown until its writer has gone on from there."""
    changed_steps: list[str] = field(init=False, default_factory=list)
    passed: dict[str, tuple[tuple[Input, ...], list[Any], bool]] = field(init=False, default_factory=dict)
    """Steps of inputs that were checked in this request: what was asked, what was said, and whether it was right."""

    def __post_init__(self) -> None:
        self.declared = self.writing
        self.unfold()

    def unfold(self) -> None:
        """Look again which steps follow from what was written."""
        self.writing = self.declared.unfolded(self.draft.values)
        if self.declared.moved:
            self.mark, self.changed, self.changed_steps = loaded(self.declared.moved)(self.draft.values)

    def move(self) -> None:
        """The draft is on the new version once the page that said what changed was sent."""
        if self.changed and self.request.POST.get("version") != self.mark:
            return
        if self.changed:
            again = [name for name in self.changed_steps if self.step is None or name != self.step.name]
            done = [name for name in self.draft.values.get("done", ()) if name not in again]
            self.draft.values["done"] = done
        self.draft.values["version"] = self.mark
        self.changed, self.changed_steps = [], []

    @property
    def asked(self) -> Asking:
        """What an input may look at before there is a case."""
        return Asking(self.registry, kind=self.writing.kind, now=timezone.now())

    def address(self, step: Step | None) -> str:
        """Where a step is; None: the page to check."""
        kind = self.writing.kind
        if step is None:
            return reverse("counter:new_check", args=[kind])
        if step is self.writing.steps[0]:
            return reverse("counter:new", args=[kind])
        return reverse("counter:new_step", args=[kind, step.name])

    def go_on(self, **values: Any) -> HttpResponse:
        """Keep what was given, and go where something is still to be said, or to the page to check."""
        self.draft.values.update(values)
        if self.step is not None:
            done = self.draft.values.get("done", [])
            self.draft.values["done"] = [*(name for name in done if name != self.step.name), self.step.name]
        self.unfold()
        if self.declared.moved:
            self.move()
        return self.draft.save(redirect(self.address(first_open(self, to_go_through=True))))

    def shown(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """The page, with what every page of writing needs."""
        steps = [*(str(step.short) for step in self.writing.steps), _("核对")]
        current = self.writing.steps.index(self.step) + 1 if self.step is not None else len(steps)
        at = current - 1
        back = self.address(self.writing.steps[at - 1]) if at else ""
        context = {
            "writing": self.writing,
            "step": self.step,
            "draft": self.draft,
            "values": self.draft.values,
            "steps": steps,
            "current": current,
            "back": back,
            "ticket": carried.ticket(self.draft),
            "first": at == 0,
            "here": self.address(self.step),
            "saved": "saved" in self.request.GET,
            "mark": self.mark,
            "changed": self.changed,
            "mails": drafts_by_mail(),
            "mail": reverse("counter:new_mail", args=[self.writing.kind]),
            **context,
        }
        return render(self.request, template, context, status=status)


def drafts_by_mail() -> bool:
    """Whether drafts can go by mail: there is a mail server, or the demo, which shows what it would send."""
    return bool(settings.EMAIL_URL) or bool(settings.DEMO)


# --- where somebody is ----------------------------------------------------------------------------------------------


def first_open(page: Page, *, before: Step | None = None, to_go_through: bool = False) -> Step | None:
    """The first step that is not done, of those `before` one; None where all are. `to_go_through`: a step whose inputs
    may all stay empty was not seen yet."""
    gone = page.draft.values.get("done", ())
    for step in page.writing.steps:
        if step is before:
            return None
        if (to_go_through and isinstance(step, InputsStep) and step.name not in gone) or not _done(page, step):
            return step
    return None


def _done(page: Page, step: Step) -> bool:
    values, registry = page.draft.values, page.registry
    if isinstance(step, MatterStep):
        return _is_leaf(registry, values.get("matter"), page.writing.kind)
    if isinstance(step, PlaceStep):
        matter = registry.matters.get(values.get("matter", ""))
        named = values.get("against") in registry.units or not (matter is not None and matter.conduct)
        return values.get("place") in registry.places and named
    if isinstance(step, InputsStep):
        return _right(page, step) and all(waiting(page.draft, slot) for slot in step.slots if slot.required)
    if isinstance(step, OwnStep):
        return bool(loaded(step.done)(values))
    return True


def _right(page: Page, step: InputsStep, known: bool = False) -> bool:
    """Whether what the draft holds for a step is right; `known` where its form was just found to be so."""
    asked, said = step.asked, [page.draft.values.get(item.name) for item in step.asked]
    before = page.passed.get(step.name)
    if before is None or before[:2] != (asked, said):
        before = asked, said, known or from_draft(step, page.asked, page.draft.values).is_valid()
        page.passed[step.name] = before
    return before[2]


def waiting(draft: BrowserDraft, slot: Files) -> int:
    """How many files wait for an input, or waited for all of them when the form was made whose draft is gone."""
    return len(draft.waiting_for(slot.name)) or draft.carried


def _is_leaf(registry: Snapshot, code: Any, kind: str) -> bool:
    row = registry.matters.get(str(code or ""))
    return row is not None and any(one is row for one in registry.leaves(kind))


def facts(page: Page) -> dict[str, Any]:
    """Who will handle it, and within which time, as far as it can be said by now."""
    values, registry = page.draft.values, page.registry
    if values.get("matter") not in registry.matters or values.get("place") not in registry.places:
        return {"route": None, "limit": None}
    procedure = procedure_for(page.writing.kind)
    try:
        route = registry.route(values["matter"], values["place"], timezone.localdate(), values.get("against"))
    except LookupError:
        route = None
    limit = registry.limit(procedure.answer_step, values["matter"], values["place"])
    return {"route": route, "limit": limit, "limit_label": procedure.limit_label}


def rows(page: Page, before: Step | None = None, doubts: Mapping[str, str] | None = None) -> list[Row]:
    """What was written, in the order of the steps; of those `before` one only what it is about and where. `doubts`:
    name of an input → what the door asks about it (`Writing.doubts`)."""
    found: list[Row] = []
    values = page.draft.values
    if values.get("case"):
        found.append(Row(_("关于"), receipts.grouped(values["case"]), ""))
    for step in page.writing.steps:
        if step is before:
            break
        change = page.address(step)
        if isinstance(step, MatterStep):
            found.append(Row(_("事项"), matter_line(values["matter"]), change))
        elif isinstance(step, PlaceStep):
            found.append(Row(_("地点"), place_line(values["place"]), change))
            if values.get("against"):
                found.append(Row(_("反映的单位"), unit_name(values["against"]), change))
        elif isinstance(step, InputsStep) and before is None:
            found += _rows_of_inputs(page, step, change, doubts or {})
        elif isinstance(step, OwnStep) and before is None:
            found += loaded(step.rows)(page, step)
    return found


def _rows_of_inputs(page: Page, step: InputsStep, change: str, doubts: Mapping[str, str]) -> list[Row]:
    form = from_draft(step, page.asked, page.draft.values)
    cleaned = form.cleaned_data if form.is_valid() else {}
    found = []
    for item in (*step.inputs, *step.contact):
        doubt = ""
        if isinstance(item, Files):
            files = page.draft.waiting_for(item.name)
            text = "\n".join(one.name for one in files)
            doubt = " ".join(f"{one.name}：{look}" for one in files if item.legible and (look := hard_to_read(one)))
        else:
            value = cleaned.get(item.name)
            text = item.show(value) if value is not None else ""
            doubt = item.doubt(value) if value is not None else ""
            if value is True and not text:
                text = _("是")
        doubt = doubt or doubts.get(item.name, "")
        found.append(Row(str(item.label), text, f"{change}#{_field(item)}", doubt))
    return found


def _field(item: Input) -> str:
    """The id of an input's field on its page."""
    if isinstance(item, Files):
        return item.name
    return f"id_{item.name}_0" if isinstance(item, Choice | Choices) else f"id_{item.name}"


# --- answering ------------------------------------------------------------------------------------------------------


def respond(page: Page) -> HttpResponse:
    """The answer to a request on a step. POST to the first step with `go_on` takes a draft up again, with `discard`
    throws it away."""
    step, post = page.step, page.request.POST
    if step is page.writing.steps[0] and "discard" in post:
        return page.draft.forget(redirect(page.address(step)))
    if step is page.writing.steps[0] and "go_on" in post:
        return page.draft.save(redirect(page.address(first_open(page, to_go_through=True))))
    for kind, answer in ANSWERS.items():
        if isinstance(step, kind):
            return answer(page, step)
    raise TypeError(f"{page.writing.kind}: a step of an unknown kind: {step!r}")


def _matter(page: Page, step: Any) -> HttpResponse:
    """POST with `find` suggests matters for what was typed, with `matter` goes on."""
    request, draft, registry = page.request, page.draft, page.registry
    about = str(request.GET.get("about") or draft.values.get("about") or "")[:LONGEST_ABOUT]
    form = MatterForm(registry, page.writing.kind, step.hint, request.POST or None, initial=draft.values)
    if request.method == "POST":
        about = request.POST.get("about", about)[:LONGEST_ABOUT]
        if "find" in request.POST:
            return draft.save(redirect(page.address(step)), about=about)
        if form.is_valid():
            code = form.cleaned_data["matter"]
            kept: dict[str, Any] = {} if registry.matters[code].conduct else {"against": None}
            return page.go_on(matter=code, about=about, **kept, **_asked_anew(page, code))
    beside = loaded(step.beside_context)(about) if about and step.beside_context else {}
    context = {
        "about": about,
        "form": form,
        "suggestions": loaded(step.suggest)(about) if about and step.suggest else [],
        "conduct": [row for row in registry.leaves(page.writing.kind) if row.conduct],
        "chosen": draft.values.get("matter"),
        **beside,
    }
    return page.shown("counter/matter.html", 422 if form.errors else 200, **context)


def _asked_anew(page: Page, matter: str) -> dict[str, None]:
    """What has to be chosen again because the matter became a delicate one: it may have been chosen by nobody."""
    before = page.draft.values.get("matter")
    if not page.registry.delicate(matter) or (before in page.registry.matters and page.registry.delicate(str(before))):
        return {}
    return {name: None for step in page.writing.steps if isinstance(step, InputsStep) for name in step.left_open}


def _beforehand(page: Page, step: InputsStep) -> dict[str, Any]:
    """What the inputs hold before anybody wrote: `starts`, and the words with which a matter was looked for."""
    values = page.draft.values
    open_ = step.left_open if page.registry.delicate(values.get("matter", "")) else ()
    found = {name: value for name, value in step.starts.items() if name not in open_}
    for one in page.writing.steps:
        if isinstance(one, MatterStep) and one.becomes and values.get("about"):
            found[one.becomes] = values["about"]
    return found


def _place(page: Page, step: Any) -> HttpResponse:
    """The place; for a complaint about conduct, the unit as well, once the place is known."""
    request, draft, registry = page.request, page.draft, page.registry
    matter = registry.matters.get(draft.values.get("matter", ""))
    conduct = matter is not None and matter.conduct
    form = PlaceForm(registry, step.hint, request.POST or None, initial=draft.values)
    place = request.POST.get("place") or draft.values.get("place")
    against = None
    if conduct and place in registry.places:
        named = request.POST if "against" in request.POST else None
        against = AgainstForm(registry, str(place), step.against_hint, named, initial=draft.values)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["place"]
        if not conduct:
            return page.go_on(place=given, against=None)
        if against is not None and against.is_bound and against.is_valid():
            return page.go_on(place=given, against=against.cleaned_data["against"])
        if against is None or not against.is_bound:
            return draft.save(redirect(page.address(step)), place=given, against=None)
    bad = (form.is_bound and bool(form.errors)) or (against is not None and against.is_bound and bool(against.errors))
    about = rows(page, before=step)
    return page.shown("counter/place.html", 422 if bad else 200, form=form, against=against, rows=about)


def _inputs(page: Page, step: Any) -> HttpResponse:
    """Inputs and files. POST with `save` keeps the draft for seven days, with `remove` takes a file away."""
    request, draft = page.request, page.draft
    if request.method != "POST":
        begins = begun(step, draft.values.get("about"))
        form = InputsForm(step, page.asked, initial={**_beforehand(page, step), **begins, **draft.values})
        return _inputs_shown(page, step, form, [])
    form = InputsForm(step, page.asked, request.POST)
    written = typed(form, request.POST)
    problems, read = take_files(page, step)
    fresh = [words for words in dict.fromkeys(read) if words not in written.get(step.reads_into, "")]
    if fresh:
        data = request.POST.copy()
        data[step.reads_into] = "\n".join(filter(None, [written[step.reads_into].strip(), *fresh]))
        form = InputsForm(step, page.asked, data)
        written = typed(form, data)
    if "remove" in request.POST:
        for item in draft.waiting():
            if item.key == request.POST["remove"]:
                attachments.discard(item)
        draft.look_again()
        return draft.save(redirect(page.address(step)), **written)
    if "save" in request.POST:
        return draft.save(redirect(f"{page.address(step)}?saved"), kept=True, **written)
    if "mail" in request.POST:
        return draft.save(redirect("counter:new_mail", page.writing.kind), **written)
    if not problems:
        problems = [
            _("请选择文件。") if len(step.slots) == 1 else _("请选择文件：%(label)s。") % {"label": slot.label}
            for slot in _slots_asked(page, step, written)
            if slot.required and not draft.waiting_for(slot.name)
        ]
    if form.is_valid() and not problems and not fresh:
        page.draft.values.update(written)
        _right(page, step, known=True)
        return page.go_on(**written)
    good = form.is_valid() and not problems
    return draft.save(_inputs_shown(page, step, form, problems, 200 if good else 422, fresh), **written)


def _slots_asked(page: Page, step: InputsStep, written: Mapping[str, Any]) -> Sequence[Files]:
    """The step's inputs for files as they are asked of somebody who answered so on this very page: whoever promises
    there that the conditions are met hands in nothing."""
    if not step.slots or not page.declared.unfolds:
        return step.slots
    whole = page.declared.unfolded({**page.draft.values, **written})
    return next((one.slots for one in whole.steps if isinstance(one, InputsStep) and one.name == step.name), ())


def _inputs_shown(
    page: Page, step: InputsStep, form: InputsForm, problems: list[str], status: int = 200, read: Sequence[str] = ()
) -> HttpResponse:
    matter = page.registry.matters.get(page.draft.values.get("matter", ""))
    if matter is not None and page.registry.delicate(matter.code):
        for name in step.left_open:
            form.fields[name].help_text = str(step.left_open_hint if matter.publishable else step.never_hint)
    context = {
        "form": form,
        "problems": problems,
        "read": read,
        "slots": [slot_shown(page, slot) for slot in step.slots],
        "rows": rows(page, before=step),
        "most_mb": settings.ATTACHMENT_MAX_BYTES // 2**20,
        **facts(page),
    }
    return page.shown("counter/inputs.html", status, **context)


def _own(page: Page, step: Any) -> HttpResponse:
    """A step that its door answers."""
    answer: HttpResponse = loaded(step.page)(page, step)
    return answer


ANSWERS: dict[type[Step], Callable[[Page, Any], HttpResponse]] = {
    MatterStep: _matter,
    PlaceStep: _place,
    InputsStep: _inputs,
    OwnStep: _own,
}
