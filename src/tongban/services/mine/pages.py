"""The pages of "what can I get?", for the whole catalogue (`/services/mine/`) and for one item
(`/services/<code>/check/`): where and for whom, one question a page, what came out.

Every answer is POSTed; nothing of it stands in an address. Addresses name the number of a question alone.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Asking
from tongban.counter.forms import InputsForm, PlaceForm
from tongban.counter.parts import InputsStep
from tongban.gate.allow import FORM, POST, allows
from tongban.gate.numbers import number as number_of
from tongban.gate.rates import limited
from tongban.registry import snapshot

from .. import reading
from ..models import Fact, Offering
from . import answers as kept_answers
from . import asking
from .answers import SUBJECTS, Answers

HINT = _("您居住的地方；企业填经营的地方。各地的标准不一样。")


@allows("public", FORM)
@limited("api")
def begin(request: HttpRequest, code: str = "") -> HttpResponse:
    """Where, and for a person or a firm. GET shows what was answered before, POST goes to the first open question."""
    item = _item(code)
    answers = kept_answers.kept(request)
    registry = snapshot.current()
    subject = request.POST.get("subject", answers.subject)
    start = answers.place or (_first_place(code) if code else "")
    form = PlaceForm(registry, HINT, request.POST or None, initial={"place": start})
    if request.method == "POST" and form.is_valid():
        answers.place = form.cleaned_data["place"]
        if item is not None:
            subject = item.subject if item.subject in SUBJECTS else answers.subject
        answers.subject = subject if subject in SUBJECTS else SUBJECTS[0]
        return _kept(answers, redirect(_address(code, _first_open(answers, code))))
    context = {
        "form": form, "code": code, "item": item, "subject": subject, "answered": len(answers.given),
        "asked": len(_asked(answers, code)), "here": _address(code, 0), "result": _result_address(code),
    }  # fmt: skip
    return _shown(request, "services/mine/begin.html", context, 422 if form.is_bound and form.errors else 200)


@allows("public", FORM)
@limited("api")
def question(request: HttpRequest, number: int, code: str = "") -> HttpResponse:
    """One question. POST with `skip` says that it is not known."""
    _item(code)
    answers = kept_answers.kept(request)
    if not answers.place:
        return redirect(_address(code, 0))
    fact = _fact(answers, number, code)
    if fact is None:
        asked = len(_asked(answers, code))
        return redirect(_address(code, asked + 1) if number > asked + 1 else _result_address(code))
    item = asking.asked_as(fact)
    step = InputsStep("q", item.label, item.label, inputs=(item,))
    asking_now = Asking(snapshot.current(), kind="application", now=timezone.now())
    posted = request.POST if request.method == "POST" and request.POST.get("fact") == fact.code else None
    form = InputsForm(step, asking_now, posted, initial={item.name: answers.given.get(fact.code)})
    if posted is not None and "skip" in posted:
        answers.skip(fact.code)
        return _kept(answers, redirect(_address(code, number + 1)))
    if posted is not None and form.is_valid():
        answers.answer(fact.code, str(form.cleaned_data[item.name]))
        return _kept(answers, redirect(_address(code, number + 1)))
    context = {
        "form": form, "fact": fact, "code": code, "number": number, "here": _address(code, number),
        "back": _address(code, number - 1), "result": _result_address(code), "skipped": fact.code in answers.skipped,
        "counts": None if code else asking.counts(answers),
    }  # fmt: skip
    return _shown(request, "services/mine/question.html", context, 422 if form.is_bound and form.errors else 200)


@allows("public")
@limited("api")
def result(request: HttpRequest, code: str = "") -> HttpResponse:
    """What came out; with `show` one sort of it, page by page."""
    item = _item(code)
    answers = kept_answers.kept(request)
    if not answers.place:
        return redirect(_address(code, 0))
    context: dict[str, Any] = {
        "code": code, "item": item, "answers": answers, "begin": _address(code, 0),
        "open_question": _address(code, _first_open(answers, code)), "more": asking.more_to_ask(answers, code),
        "skipped": len(_skipped(answers, code)), "last": _address(code, len(_asked(answers, code))),
    }  # fmt: skip
    if code:
        context["outcome"] = asking.outcome(code, answers)
        return _shown(request, "services/mine/one.html", context)
    show = request.GET.get("show", "")
    if show in asking.SORTS:
        context["sort"] = asking.sort(answers, show, number_of(request.GET.get("page", "1"), most=10_000) or 1)
        return _shown(request, "services/mine/sort.html", context)
    context["sorts"] = asking.sorts(answers)
    return _shown(request, "services/mine/result.html", context)


@allows("public", POST)
def forget(request: HttpRequest) -> HttpResponse:
    """Throw the answers away."""
    return kept_answers.forget(redirect("entitled:mine"))


# --- where somebody is ------------------------------------------------------------------------------------------------


def _item(code: str) -> Any:
    if not code:
        return None
    holds = reading.current()
    if code not in holds.items or code not in holds.tables:
        raise Http404
    return holds.items[code]


def _asked(answers: Answers, code: str) -> list[str]:
    return answers.among(asking.facts_of_item(code, answers.place)) if code else answers.asked


def _skipped(answers: Answers, code: str) -> list[str]:
    return [one for one in _asked(answers, code) if one in answers.skipped]


def _first_open(answers: Answers, code: str) -> int:
    return len(_asked(answers, code)) + 1


def _fact(answers: Answers, number: int, code: str) -> Fact | None:
    """The question of this number: one that was asked, or the next one; None where there is none of this number."""
    asked = _asked(answers, code)
    if 1 <= number <= len(asked):
        return reading.current().facts[asked[number - 1]]
    return asking.next_fact(answers, code) if number == len(asked) + 1 else None


def _first_place(code: str) -> str:
    day = timezone.localdate()
    row = Offering.objects.filter(reading.holding(day), matter=code).order_by("place_id").first()
    return row.place_id if row is not None else ""


def _address(code: str, number: int) -> str:
    """The page of a question; 0: the beginning."""
    name, given = ("check", [code]) if code else ("mine", [])
    if number < 1:
        return reverse(f"entitled:{name}", args=given)
    return reverse(f"entitled:{name}_question", args=[*given, number])


def _result_address(code: str) -> str:
    return reverse("entitled:check_result", args=[code]) if code else reverse("entitled:mine_result")


def _kept(answers: Answers, response: HttpResponse) -> HttpResponse:
    """Keep the answers; where a cookie holds no more of them, what came out is shown instead of another question."""
    if answers.keep(response):
        return response
    return redirect(f"{reverse('entitled:mine_result')}?full")


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, template, {**context, "full": "full" in request.GET}, status=status)
    response["Cache-Control"] = "no-store"
    return response
