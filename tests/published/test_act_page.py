"""The page on which an official publishes a case of a second kind, on a desk that hands over what it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from tests.conftest import matters_serve
from tests.published import walks
from tongban.cases import access, guards, procedure
from tongban.cases.actor import NEWCOMER, Actor
from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Performed, Step, Submission, perform, submit
from tongban.gate import door
from tongban.published import act_page
from tongban.published.confirming import PublishForm
from tongban.published.models import PublishedCase
from tongban.registry import snapshot, tables
from tongban.registry.snapshot import Snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def _walks(registry: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(procedure, "_procedures", dict(procedure._procedures))
    monkeypatch.setattr(door, "_rooms", dict(door._rooms))
    monkeypatch.setattr(door, "_parts", {})
    steps = list(tables.STEPS)
    door.register(walks.DOOR)
    matters_serve("walk")
    yield
    tables.STEPS[:] = steps


@dataclass(frozen=True)
class Found:
    case: Case
    actor: Actor
    registry: Snapshot
    standing: Mapping[str, Any]
    url: str = "/desk/walk/"


@dataclass(frozen=True)
class Desk:
    """A desk that records no look and redirects nowhere."""

    actor: Actor
    template: str = "published/confirm.html"

    def repeated(self, request: HttpRequest, code: str) -> HttpResponse | None:
        return None

    def find(self, request: HttpRequest, code: str) -> Found:
        case, registry = Case.objects.filter(code=code).first(), snapshot.current()
        if case is None:
            raise Http404
        return Found(case, self.actor, registry, access.standing(self.actor, case, registry))

    def refuse_erased(self, found: Found) -> None:
        assert found.case.erased_at is None

    def offered(self, found: Found) -> Sequence[Edge]:
        return guards.offered(
            walks.WALK, found.case, found.actor, found.standing.keys(), found.registry, timezone.now()
        )

    def ask_first(self, found: Found) -> HttpResponse | None:
        return None

    def take_step(self, found: Found, form: PublishForm) -> Performed:
        step = Step(form.edge.act, found.actor, form.payload(), version=form.shown_version, nonce=form.shown_nonce)
        return perform(found.case.pk, step)

    def refused(self, found: Found, form: PublishForm, refusal: Refusal) -> tuple[Found, None]:
        form.refuse(refusal.message, refusal.field)
        return found, None

    def done(self, request: HttpRequest, found: Found, performed: Performed) -> HttpResponse:
        return HttpResponse("done")


@pytest.fixture
def case(registry: Snapshot, actor: Callable[..., Actor]) -> Case:
    sent = Submission("walk", "0101", "610113", "步道", "我是王小明，邻居赵国强说步道太暗。", name="王小明")
    found, _receipt = submit(sent, NEWCOMER)
    return perform(found.pk, Step("answer", actor("610113-CG", "handler"), {"text": "已经修好。"})).case


@pytest.fixture
def answer(case: Case, actor: Callable[..., Actor]) -> Callable[..., HttpResponse]:
    """What the page answers: to a look, or to a form that was sent."""

    def ask(who: Actor | None = None, **given: Any) -> HttpResponse:
        request = RequestFactory().post("/x/", given) if given else RequestFactory().get("/x/")
        return act_page.page(request, case.code, Desk(who or actor("610113-CG", "handler")))

    return ask


def test_it_proposes_the_masked_texts_beside_the_originals(answer):
    text = answer().content.decode()
    assert text.count("<blockquote>") == 3
    body = re.search(r'<textarea name="body"[^>]*>\s*(.*?)</textarea>', text, re.S).group(1)
    assert "王小明" not in body
    assert '<mark class="hidden-text"' in text


def test_it_is_published_once_everything_was_confirmed(answer, case):
    words = {"subject": "步道", "body": "步道太暗。", "answer": "已经修好。"}
    assert answer(**words).status_code == 422
    doubtful = answer(**{**words, "body": "邻居赵国强说步道太暗。"}, read="on")
    assert doubtful.status_code == 422
    assert "赵国强" in doubtful.content.decode()
    tick = re.search(r'name="cleared" value="([0-9a-f]{16})"', doubtful.content.decode()).group(1)
    assert not PublishedCase.objects.exists()
    assert answer(**{**words, "body": "邻居赵国强说步道太暗。"}, read="on", cleared=[tick]).content == b"done"
    assert PublishedCase.objects.get(case=case).body == "邻居赵国强说步道太暗。"


def test_an_identifier_is_refused_at_its_text(answer):
    refused = answer(subject="步道", body="电话13800138000", answer="好。", read="on")
    assert refused.status_code == 422
    assert "第 3 个字起" in refused.content.decode()


def test_who_may_not_publish_has_no_page(answer, case, actor):
    with pytest.raises(Refusal) as refused:
        answer(actor("610113-ZJ", "handler"))
    assert refused.value.code == "not_found"
    Case.objects.filter(pk=case.pk).update(visibility="confidential")
    with pytest.raises(Refusal) as refused:
        answer()
    assert (refused.value.code, "不能公开" in str(refused.value.message)) == ("not_allowed", True)
