"""The desk's pages of forms: which items, one item's form and its draft, one question, the tests, the preview.

Handlers and heads of a unit that is responsible for the item change the draft; a head publishes it, with a reason that
goes into the record.
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.actor import Actor
from tongban.cases.inputs import Asking
from tongban.counter.forms import InputsForm
from tongban.counter.parts import InputsStep
from tongban.gate.allow import FORM, actor_of, allows
from tongban.gate.numbers import number
from tongban.record.writing import By, ReasonMissing
from tongban.registry import snapshot
from tongban.registry.models import Duty

from .. import questions, reading
from ..models import Fact, Form
from . import conditions, content, taking, trying, versions, xlsform
from .content import BadForm

WORKING = ("handler", "head")
_CODE = re.compile(r"^[A-Za-z][0-9A-Za-z_]{0,31}$")


def matters_of(actor: Actor, roles: tuple[str, ...] = WORKING) -> set[str]:
    """The items for which a unit of this official is responsible somewhere today."""
    units = {unit for unit, role in actor.posts if role in roles}
    day, items = timezone.localdate(), reading.current().items
    duties = Duty.objects.filter(unit__in=units, role="lead", since__lte=day).values_list("matter_id", "until")
    named = {matter for matter, until in duties if until is None or until >= day}
    registry = snapshot.current()
    return {code for code in items if named & set(registry.line("matters", code))}


@allows("official")
def forms(request: HttpRequest) -> HttpResponse:
    """The items of one's units, each with its form."""
    codes = sorted(matters_of(actor_of(request)))
    rows: dict[str, dict[str, Any]] = {code: {"code": code, "published": None, "draft": None} for code in codes}
    for form in Form.objects.filter(matter__in=codes).order_by("version"):
        rows[form.matter_id]["published" if form.published_at else "draft"] = form
    return render(request, "services/designing/forms.html", {"rows": list(rows.values())})


def _may(request: HttpRequest, code: str) -> Actor:
    actor = actor_of(request)
    if code not in reading.current().items or code not in matters_of(actor):
        raise Http404
    return actor


@allows("official", FORM)
def form(request: HttpRequest, code: str) -> HttpResponse:
    """One item's form: what is published, and the draft with what can be changed."""
    actor = _may(request, code)
    problem, left = "", []
    if request.method == "POST":
        try:
            left = _do(request, code, actor)
            if not left:
                return redirect("entitled_desk:form", code)
        except (BadForm, ReasonMissing, IndexError) as error:
            problem = str(error) if not isinstance(error, IndexError) else _("这张表刚刚被别人改过。")
    draft = versions.draft(code)
    facts = reading.current().facts
    asked = set(content.facts_asked(draft.content)) if draft is not None else set()
    context = {
        "code": code, "draft": draft, "published": versions.published(code), "problem": problem, "left": left,
        "seen": content.state_of(draft.content) if draft is not None else "",
        "pages": _shown(draft.content, facts) if draft is not None else [],
        "now": [(page.title, page.questions) for page in questions.pages_of(code)],
        "facts": [fact for fact in facts.values() if fact.code not in asked],
        "types": Fact.TYPES, "head": code in matters_of(actor, ("head",)),
        "tests": trying.run(code, draft.content) if draft is not None else [],
        "against": content.problems(draft.content, facts) if draft is not None else [],
    }  # fmt: skip
    return render(request, "services/designing/form.html", context, status=422 if problem else 200)


def _shown(stored: dict[str, Any], facts: dict[str, Fact]) -> list[dict[str, Any]]:
    return [
        {
            "title": page["title"],
            "title_en": page.get("title_en", ""),
            "questions": [
                {
                    "fact": facts.get(one["fact"]),
                    "code": one["fact"],
                    "required": one.get("required", True),
                    "when": conditions.said(one.get("when") or (), facts),
                }
                for one in page["questions"]
            ],
        }
        for page in stored["pages"]
    ]


def _do(request: HttpRequest, code: str, actor: Actor) -> list[tuple[int, str]]:
    """One change; gives the rows of a spreadsheet that were left out. Raises BadForm, ReasonMissing, IndexError."""
    post, what = request.POST, request.POST.get("do", "")
    if what == "start":
        versions.start(code)
        return []
    if what == "sheet":
        return _sheet(request, code)
    draft = versions.draft(code)
    if draft is None:
        raise BadForm(_("还没有草稿。"))
    if what == "discard":
        versions.discard(code)
    elif what == "publish":
        if code not in matters_of(actor, ("head",)):
            raise BadForm(_("由单位负责人发布。"))
        by = By(actor.official_id, str(request.user), post.get("reason", ""), "page")
        done = versions.publish(draft, by, post.get("seen", ""))
        messages.success(request, _("第 %(n)d 版已发布。") % {"n": done.version})
    else:
        versions.save(draft, _changed(draft.content, post, what), post.get("seen", ""))
    return []


def _changed(stored: dict[str, Any], post: Any, what: str) -> dict[str, Any]:
    page, at = number(post.get("page", "0")) or 0, number(post.get("number", "0")) or 0
    if what == "add_page":
        return content.with_page(stored, post.get("title", ""), post.get("title_en", ""))
    if what == "title":
        return content.with_title(stored, page, post.get("title", ""), post.get("title_en", ""))
    if what == "remove_page":
        return content.without_page(stored, page)
    if what == "add":
        fact = post.get("fact", "")
        if fact not in reading.current().facts:
            raise BadForm(_("请选择问题。"))
        return content.with_question(stored, page, fact)
    if what == "new":
        return content.with_question(stored, page, _new_fact(post).code)
    if what == "remove":
        return content.without_question(stored, page, at)
    if what in ("up", "down"):
        return content.moved(stored, page, at, -1 if what == "up" else 1)
    raise BadForm(_("没有这个操作。"))


def _new_fact(post: Any) -> Fact:
    code, type_, question = post.get("code", "").strip(), post.get("type", ""), post.get("question", "").strip()
    if not _CODE.fullmatch(code) or code in reading.current().facts:
        raise BadForm(_("代码只能用字母、数字和下划线，不能和已有的问题相同。"))
    if type_ not in dict(Fact.TYPES) or not question:
        raise BadForm(_("请写问题，选类型。"))
    lines = [line.strip() for line in post.get("options", "").splitlines() if line.strip()]
    options = [[f"o{n}", *(part.strip() for part in (line + "|").split("|")[:2])] for n, line in enumerate(lines, 1)]
    if type_ == "choice" and len(options) < 2:
        raise BadForm(_("选择题至少要有两个选项，一行一个。"))
    return taking.new_fact(code, type_, question, post.get("question_en", "").strip(), options)


def _sheet(request: HttpRequest, code: str) -> list[tuple[int, str]]:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > xlsform.MOST_BYTES:
        raise BadForm(_("请选择文件。"))
    sheet, _made = taking.take_in(code, file.read())
    messages.success(request, _("已放进草稿：%(n)d 个问题。") % {"n": len(content.facts_asked(sheet.content))})
    return sheet.rejected


@allows("official", FORM)
def question(request: HttpRequest, code: str, page: int, at: int) -> HttpResponse:
    """One question of the draft: required, and asked only if."""
    _may(request, code)
    draft = versions.draft(code)
    facts, problem = reading.current().facts, ""
    try:
        one = draft.content["pages"][page]["questions"][at] if draft is not None else None
    except IndexError:
        one = None
    if draft is None or one is None:
        raise Http404
    before = [facts[fact] for fact in content.earlier(draft.content, page, at) if fact in facts]
    if request.method == "POST":
        try:
            rows = _rows(request.POST)
            changed = content.with_rule(draft.content, page, at, "required" in request.POST, rows)
            versions.save(draft, changed, request.POST.get("seen", ""))
            return redirect("entitled_desk:form", code)
        except BadForm as error:
            problem = str(error)
    stored = one.get("when") or []
    lines = [conditions.chosen(row) for row in stored] + [("", "")] * (conditions.MOST - len(stored))
    context = {
        "code": code, "fact": facts.get(one["fact"]), "one": one, "choices": conditions.choices(before),
        "lines": lines, "any": conditions.any_of(stored), "seen": content.state_of(draft.content), "problem": problem,
    }  # fmt: skip
    return render(request, "services/designing/question.html", context, status=422 if problem else 200)


def _rows(post: Any) -> list[dict[str, Any]]:
    either = post.get("any") == "1"
    given = [(post.get(f"when{n}", ""), post.get(f"number{n}", "")) for n in range(conditions.MOST)]
    chosen = [(choice, text) for choice, text in given if choice]
    return [conditions.row(choice, text, 1 if either else n) for n, (choice, text) in enumerate(chosen, 1)]


@allows("official", FORM)
def tests(request: HttpRequest, code: str) -> HttpResponse:
    """The tests of the draft: a person, and what has to come out."""
    _may(request, code)
    draft = versions.draft(code)
    if draft is None:
        raise Http404
    step = _all_questions(draft.content)
    asked = Asking(snapshot.current(), kind="application", now=timezone.now())
    form, problem = InputsForm(step, asked, request.POST if "add" in request.POST else None), ""
    if request.method == "POST":
        try:
            _tests_changed(draft, form, request.POST)
            return redirect("entitled_desk:form_tests", code)
        except BadForm as error:
            problem = str(error)
    context = {
        "code": code, "form": form, "problem": problem, "tests": trying.run(code, draft.content),
        "seen": content.state_of(draft.content), "place": trying.place_of(code), "name": request.POST.get("name", ""),
    }  # fmt: skip
    return render(request, "services/designing/tests.html", context, status=422 if problem else 200)


def _tests_changed(draft: Form, form: InputsForm, post: Any) -> None:
    stored = list(draft.content.get("tests") or [])
    if "remove" in post:
        at = number(post.get("remove", ""))
        stored = [one for place, one in enumerate(stored) if place != at]
    elif not post.get("name", "").strip() or post.get("expected") not in trying.EXPECTED:
        raise BadForm(_("请给这个人起个名字，并选应当得出什么。"))
    elif not form.is_valid():
        raise BadForm(_("请先改正下面的内容"))
    elif len(stored) >= trying.MOST:
        raise BadForm(_("最多 %(n)d 个测试。") % {"n": trying.MOST})
    else:
        facts = questions.plain(questions.facts_of(form.cleaned_data))
        stored.append({"name": post["name"].strip()[:80], "expected": post["expected"], "facts": facts})
    versions.save(draft, {**draft.content, "tests": stored}, post.get("seen", ""))


def _all_questions(stored: dict[str, Any]) -> InputsStep:
    """Every question on one page, none required: for tests."""
    asked = [one for page in questions.from_content(stored) for one in page.questions]
    inputs = tuple(questions.input_of(questions.Question(one.fact, required=False)) for one in asked)
    return InputsStep("all", "", "", inputs=inputs)


@allows("official", FORM)
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The draft as an applicant sees it, at the width of a telephone. POST shows what follows from answers; nothing is
    kept."""
    _may(request, code)
    draft = versions.draft(code) or versions.published(code)
    if draft is None:
        raise Http404
    asked = Asking(snapshot.current(), kind="application", now=timezone.now())
    facts = questions.facts_of(dict(request.POST.items()))
    shown, _counted = questions.visible(questions.from_content(draft.content), facts, trying.place_of(code))
    pages = []
    for page in shown:
        step = InputsStep("p", page.title, page.title, inputs=tuple(questions.input_of(one) for one in page.questions))
        pages.append((page.title, InputsForm(step, asked, initial=dict(request.POST.items())).first))
    hidden = len(content.facts_asked(draft.content)) - sum(len(page.questions) for page in shown)
    context = {"code": code, "draft": draft, "pages": pages, "hidden": hidden}
    return render(request, "services/designing/preview.html", context)
