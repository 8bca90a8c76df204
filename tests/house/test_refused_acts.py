"""Who may act, but not now or not in this role: a state that does not allow the act, a post that does
not, a form that is stale.

The table itself is held against the rule by test_table_of_refusals.py, every act in every state and standing; here
kernel, program and page are asked whether they keep to it: by everybody in every state, each act in every fifth
state and a stale form of it in every second, or in the long run in all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from tests.house.refused import CONTACT, NUMBERS, everything
from tests.runs import LONG
from tongban.accounts.models import ApiToken, Official, Post
from tongban.cases.actor import resident
from tongban.cases.models import Act, Assist, Case
from tongban.cases.writer import Step, perform
from tongban.desk.api.officials import acts_of
from tongban.desk.models import Slot
from tongban.letters.procedure import ALL, EDGES, LETTER

pytestmark = pytest.mark.django_db

OFFERED = tuple(edge.act for edge in EDGES if edge.button and "resident" in edge.who)
"""What a sender has a form for."""
STATES = sorted(ALL)
ACTS = acts_of(LETTER)
ACTS_TRIED = list(dict.fromkeys(edge.act for edge in EDGES))
EVERY, STALE = (1, 1) if LONG else (5, 2)
on_postgresql = pytest.mark.both_databases(state=("answered", "merged", "submitted"))
LEAD = [("610113-CG", role) for role in ("clerk", "handler", "head", "supervisor")]
POSTS = [
    *LEAD, ("610113-CG", "data_officer"), ("610113-ZJ", "handler"), ("610113-GOV", "head"),
    ("610113-GOV", "supervisor"), ("610113-GOV", "handler"),
    ("610113-XF", "clerk"), ("610113-XF", "head"), ("610113-XF", "supervisor"), ("610100-GOV", "head"),
    ("610000-GOV", "head"), ("610000-GOV", "handler"),
]  # fmt: skip
"""Enough posts that one of them may take each step; 610113-ZJ assists."""
STANDINGS = [
    *LEAD,
    *(
        post
        for post in POSTS
        if post
        in {("610113-CG", "data_officer"), ("610113-ZJ", "handler"), ("610113-GOV", "head"), ("610113-XF", "clerk")}
    ),
]
ON_PAGES = {("610113-CG", "supervisor"), ("610113-ZJ", "handler")}
"""The posts that try every form of the desk too; the others ask the kernel and by program."""


@pytest.fixture
def brought(letter: Callable[..., Any], actor: Callable[..., Any]) -> Callable[[str], tuple[Case, str]]:
    """A letter in a state, and its secret."""

    def make(state: str) -> tuple[Case, str]:
        case, receipt = letter(matter="0103" if state == "submitted" else "0101", **CONTACT)
        sender = resident(case.pk)

        def go(*steps: tuple[Any, str, dict[str, Any]]) -> None:
            for who, act, given in steps:
                case.refresh_from_db()
                doer = sender if who == "sender" else actor(case.unit_id, who)
                perform(case.pk, Step(act, doer, given))

        text = {"text": "侵入之前"}
        clerk = actor("610113-XF", "clerk")
        accept, answer = ("handler", "accept", {}), ("handler", "answer", {**text, "at_once": True})
        if state == "merged":
            lead, _ = letter(subject="领头的信", body="同一件事", nonce="lead")
            go(("handler", "merge", {"case": str(lead.pk)}))
        if state in ("returned", "disputed"):
            go(("handler", "return_dispatch", text))
        if state == "disputed":
            perform(case.pk, Step("dispatch", clerk, {"unit": "610113-CG"}))
            go(("handler", "return_dispatch", text))
        paths: dict[str, list[tuple[Any, str, dict[str, Any]]]] = {
            "accepted": [accept],
            "waiting": [accept, ("handler", "ask_resident", text)],
            "drafted": [accept, ("handler", "draft_answer", text)],
            "answered": [answer],
            "closed": [answer, ("handler", "close", {})],
            "refused": [("handler", "refuse", {**text, "basis": "依据"})],
            "withdrawn": [("sender", "withdraw", {})],
            "under_review": [answer, ("sender", "ask_review", text)],
        }
        paths["reviewed"] = [*paths["under_review"], ("handler", "answer_review", text)]
        paths["under_recheck"] = [*paths["reviewed"], ("sender", "ask_recheck", text)]
        paths["final"] = [*paths["under_recheck"], ("handler", "answer_recheck", text)]
        go(*paths.get(state, []))
        case.refresh_from_db()
        assert case.state == state
        if not case.assists.filter(unit_id="610113-ZJ").exists() and case.unit_id != "610113-ZJ":
            Assist.objects.create(case=case, unit_id="610113-ZJ")
        return case, receipt.secret

    return make


def inputs(edge: Any, case: Case, colleague: str, lead: Case) -> dict[str, Any]:
    """Inputs that the kernel would take for an act, were it allowed."""
    values = {
        "unit": "610113-ZJ",
        "matter": "0102",
        "number": 3,
        "grade": 5,
        "case": lead.code,
        "official": colleague,
        "line": "依据",
        "text": "打好的字",
        "units": ["610113-GOV"],
        "against": "610113-ZJ",
    }
    return {need.name: values[need.kind] for need in edge.inputs if need.required}


def the_rest(case: Case) -> Any:
    """All rows, without the looks that those who may read leave, and the counters on the case that a look moves."""
    kept = everything()
    looks = set(Act.objects.filter(act="look").values_list("pk", flat=True))
    kept["cases.Act"] = sorted(Act.objects.exclude(pk__in=looks).values_list("pk", "act", "case_id"))
    kept["cases.Case"] = sorted(
        Case.objects.values_list(
            "pk", "state", "unit_id", "version", "matter_id", "grade", "published", "lead_case_id", "handler_id"
        )
    )
    for name in ("ledger.QueuedEntry", "desk.AnswerDraft"):
        kept.pop(name)
    return kept


@on_postgresql
@pytest.mark.parametrize("state", STATES)
def test_an_act_is_refused_in_every_role_and_state_that_the_table_does_not_name(
    state, brought, letter, official, signed_in
):
    """Page and API, every post that stands anyhow to the letter: 403 where the post may not, 409 where the state does
    not allow it, 404 where the letter or the act does not exist for them. What is in the table is left alone here."""
    from tongban.cases import access
    from tongban.cases.actor import Actor
    from tongban.cases.refusal import Refusal
    from tongban.registry import snapshot

    case, _secret = brought(state)
    lead, _ = letter(subject="另一封", body="另一件", nonce="another")
    official("610113-CG", "handler")
    official(case.unit_id, "handler", "colleague")
    before = the_rest(case)
    refused = 0
    colleague = str(Official.objects.get(username="colleague").pk)
    for unit, role in STANDINGS:
        user = official(unit, role, f"{unit}-{role}")
        client, text = (
            signed_in(user),
            ApiToken.issue(Post.objects.get(official=user), "test", timezone.now() + timedelta(days=1))[1],
        )
        before = the_rest(case)
        who = Actor("official", official_id=user.pk, posts=((unit, role),))
        standing = frozenset(access.standing(who, case, snapshot.current()))
        for number, act in enumerate(ACTS_TRIED, STATES.index(state)):
            edge = LETTER.edge(act, state)
            if number % EVERY or (edge is not None and edge.who & standing):
                continue
            edge = edge or LETTER.named(act)
            ever = any(line.who & standing for line in EDGES if line.act == act)
            given = inputs(edge, case, "colleague", lead)
            expected = {404} if not standing else {403} if not ever or LETTER.edge(act, state) else {409}
            wrong_input = {422} if edge.act in ("assign", "merge") else set()  # named by what does not exist for them
            with pytest.raises(Refusal) as refusal:
                perform(
                    case.pk,
                    Step(
                        act,
                        who,
                        {**given, **({"official": colleague} if "official" in given else {})},
                        version=case.version,
                    ),
                )
            assert refusal.value.status in expected | wrong_input, (unit, role, act, refusal.value.code)
            refused += 1
            if (unit, role) not in ON_PAGES and act not in ACTS:
                continue
            body = orjson.dumps({"act": act, "version": case.version, "payload": given})
            headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": f"matrix-{next(NUMBERS):012d}"}
            by_program = client.generic(
                "POST", f"/api/v1/desk/cases/{case.code}/acts", body, content_type="application/json", headers=headers
            )
            assert by_program.status_code in (expected if act in ACTS else {404}) | wrong_input, (
                unit,
                role,
                act,
                by_program.content.decode(),
            )
            refused += 1
            if (unit, role) not in ON_PAGES:
                continue
            form = {
                **{name: colleague if name == "official" else value for name, value in given.items()},
                "version": case.version,
                "nonce": f"matrix{next(NUMBERS):020d}",
            }
            by_page = client.post(f"/desk/c/{case.code}/act/{act}/", form)
            button = any(line.button for line in EDGES if line.act == act)
            assert by_page.status_code in (expected if button else {404}) | wrong_input, (
                unit,
                role,
                act,
                by_page.status_code,
            )
            refused += 1
        assert the_rest(case) == before, (unit, role)
    assert refused > 200 // EVERY


@on_postgresql
@pytest.mark.parametrize("state", STATES)
def test_a_form_that_was_loaded_before_anothers_act_is_refused_and_keeps_its_words(
    state, brought, letter, official, signed_in
):
    case, secret = brought(state)
    lead, _ = letter(subject="另一封", body="另一件", nonce="another")
    for unit, role in POSTS:
        official(unit, role, "everything")
    for role in ("clerk", "handler", "head", "supervisor"):
        official(case.unit_id, role, "everything")
    user = official(case.unit_id, "handler", "everything")
    colleague = official(case.unit_id, "handler", "colleague")
    case.private = {**(case.private or {}), "drafter": None}
    case.save(update_fields=["private"])
    client = signed_in(user)
    client.post(f"/desk/c/{case.code}/", {"purpose": "督办"})
    before = the_rest(case)
    tokens = [
        ApiToken.issue(post, "test", timezone.now() + timedelta(days=1))[1]
        for post in Post.objects.filter(official=user)
    ]
    before = the_rest(case)
    taken = 0
    offered = [
        edge
        for edge in EDGES
        if state in edge.sources
        and not edge.quiet
        and not edge.who <= {"resident", "system"}
        and (edge.button or edge.act == "merge")
    ]
    for edge in offered[STATES.index(state) % STALE :: STALE] or offered:
        given = inputs(edge, case, "colleague", lead)
        answers = set()
        for text in tokens:
            body = orjson.dumps({"act": edge.act, "version": case.version - 1, "payload": given})
            headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": f"stale-{next(NUMBERS):012d}"}
            response = client.generic(
                "POST", f"/api/v1/desk/cases/{case.code}/acts", body, content_type="application/json", headers=headers
            )
            answers.add((response.status_code, response.json()["code"]))
        assert (409, "stale") in answers, (edge.act, answers)
        assert all(status in (403, 404, 409, 422) for status, _code in answers), (edge.act, answers)
        form = {
            **given,
            "official": str(colleague.pk),
            "version": case.version - 1,
            "nonce": f"stale{next(NUMBERS):020d}",
        }
        address = f"/desk/c/{case.code}/merge/" if edge.act == "merge" else f"/desk/c/{case.code}/act/{edge.act}/"
        page = client.post(address, form)
        assert page.status_code == 409, (edge.act, page.status_code)
        assert "text" not in given or "打好的字" in page.content.decode(), f"{edge.act}: the words were lost"
        if edge.act in ("answer", "draft_answer", "approve_answer", "answer_review", "answer_recheck"):
            page = client.post(
                f"/desk/c/{case.code}/answer/", {**form, "do": edge.act, "nonce": f"stale{next(NUMBERS):020d}"}
            )
            assert page.status_code in (403, 409), (edge.act, page.status_code)
            assert page.status_code == 403 or "打好的字" in page.content.decode()
        taken += 1
    browser = Client()
    browser.post("/follow/", {"code": case.code, "secret": secret})
    for act in OFFERED:
        edge = LETTER.edge(act, state)
        if edge is not None and edge.quiet:
            continue
        given = inputs(edge or LETTER.named(act), case, "", lead)
        page = browser.post(
            f"/follow/{case.code}/act/{act}/",
            {**given, "version": case.version - 1, "nonce": f"stale{next(NUMBERS):020d}"},
        )
        assert page.status_code == 409, (act, page.status_code)
        headers = {"Authorization": f"Receipt {secret}", "Idempotency-Key": f"stale-{next(NUMBERS):012d}"}
        body = orjson.dumps({"act": act, "version": case.version - 1, "payload": given})
        response = browser.generic(
            "POST", f"/api/v1/letters/{case.code}/acts", body, content_type="application/json", headers=headers
        )
        assert response.status_code == 409, (act, response.content.decode())
        taken += 1
    assert taken
    assert the_rest(case) == before


def test_two_who_record_the_same_reception_make_one_act_and_the_second_keeps_the_words(world, official, signed_in):
    here = world(False)
    first, second = (signed_in(official("610113-CG", "handler", name)) for name in ("first", "second"))
    address = f"/desk/slots/{here.slot.pk}/record/"
    assert [client.get(address).status_code for client in (first, second)] == [200, 200]
    assert first.post(address, {"text": "谈了修灯", "nonce": "a" * 32}).status_code == 302
    late = second.post(address, {"text": "我也谈了修灯", "nonce": "b" * 32})
    assert late.status_code == 409
    assert "我也谈了修灯" in late.content.decode()
    assert Act.objects.filter(case=here.case, act="receive").count() == 1


def test_two_records_of_one_reception_at_the_same_moment_are_one_act(world, actor):
    """Both passed the page's look at the time before either wrote: the kernel's transaction has the last word."""
    from tongban.cases.refusal import Refusal
    from tongban.desk import reception

    here = world(False)
    handler = actor("610113-CG", "handler")
    seen = Slot.objects.get(pk=here.slot.pk)
    reception.record(here.slot, "谈了修灯", handler)
    with pytest.raises(Refusal) as refusal:
        reception.record(seen, "我也谈了修灯", handler)
    assert refusal.value.status == 409
    assert Act.objects.filter(case=here.case, act="receive").count() == 1


def test_a_time_that_somebody_else_booked_or_that_is_gone_is_refused(letter, official, signed_in):
    mine, receipt = letter(nonce="mine")
    theirs, _ = letter(nonce="theirs")
    soon = timezone.now() + timedelta(days=2)
    taken = Slot.objects.create(unit_id="610113-CG", starts_at=soon, booked_case=theirs, booked_at=timezone.now())
    gone = Slot.objects.create(unit_id="610113-CG", starts_at=soon + timedelta(hours=1), cancelled_at=timezone.now())
    elsewhere = Slot.objects.create(unit_id="610124-XF", starts_at=soon)
    browser = Client()
    browser.post("/follow/", {"code": mine.code, "secret": receipt.secret})
    desk = signed_in(official("610113-CG", "handler"))
    before = everything()
    for slot, status in ((taken, 409), (gone, 409), (elsewhere, 404)):
        assert browser.post(f"/letters/c/{mine.code}/book/", {"slot": slot.pk}).status_code == status
    assert browser.post(f"/letters/c/{mine.code}/book/", {"slot": taken.pk, "cancel": "1"}).status_code == 404
    assert desk.post("/desk/slots/", {"do": "withdraw", "slot": taken.pk}).status_code == 409
    assert desk.post("/desk/slots/", {"do": "withdraw", "slot": elsewhere.pk}).status_code == 404
    assert everything() == before
