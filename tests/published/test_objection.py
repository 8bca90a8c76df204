"""The sender of a public letter sees the masked text before it appears, and can object."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.publishing import agree, ask, publish
from tongban.cases.actor import SYSTEM, resident
from tongban.cases.models import Act, Case, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.published import objection
from tongban.published.models import AskedSender, PublishedCase
from tongban.published.silence import publish_unopposed
from tongban.workdays import shanghai_day

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LEAD = "610113-CG"
TEXTS = {"subject": "噪音", "body": "夜间施工。", "answer": "已责令停工。"}


@pytest.fixture
def handler(actor):
    return actor(LEAD, "handler")


@pytest.fixture
def answered(letter, handler):
    """An answered letter and its receipt; without a contact where none is given."""

    def make(**given):
        case, receipt = letter(nonce=f"letter {Case.objects.count()}", **given)
        perform(case.pk, Step("answer", handler, {"text": "已责令停工。", "at_once": True}))
        return Case.objects.get(pk=case.pk), receipt

    return make


def sender(case, receipt):
    client = Client()
    assert client.post("/follow/", {"code": case.code, "secret": receipt.secret}).status_code == 302
    return client


def seen_on(page):
    return re.search(r'name="digest" value="([0-9a-f]{64})"', page).group(1)


def code_of(case, act, who, **payload):
    with pytest.raises(Refusal) as caught:
        perform(case.pk, Step(act, who, payload))
    return caught.value.code


def refuse(case, **more):
    seen = objection.kept(Case.objects.get(pk=case.pk))["digest"]
    perform(case.pk, Step("object_publication", resident(case.pk), {"digest": seen, **more}))


def test_the_sender_is_told_sees_exactly_that_text_and_agrees(answered, handler):
    case, receipt = answered(email="w@example.org")
    before = Notice.objects.filter(case=case).count()
    ask(case, handler, TEXTS)
    assert Notice.objects.filter(case=case).count() == before + 1
    client = sender(case, receipt)
    page = client.get(f"/follow/{case.code}/").content.decode()
    for text in TEXTS.values():
        assert text in page
    assert not PublishedCase.objects.exists(), "nothing appears before"
    action = f"/follow/{case.code}/act/agree_publication/"
    assert page.count(f'action="{action}"') == 1, "the panel has its form, and nothing else has"
    assert client.post(action, {"digest": seen_on(page)}).status_code == 302
    row = PublishedCase.objects.get(case=case)
    assert (row.subject, row.body, row.answer, row.unit_id) == (*TEXTS.values(), LEAD)
    assert not AskedSender.objects.exists()
    assert client.post(action, {"digest": seen_on(page)}).status_code == 409, "a double click"
    assert "准备公开的文字" not in client.get(f"/follow/{case.code}/").content.decode()


def test_an_objection_keeps_it_away_and_the_unit_may_try_once_more(answered, handler):
    case, _ = answered()
    ask(case, handler, TEXTS)
    refuse(case, text="邻居认得出来")
    assert publish_unopposed(timezone.now() + timedelta(days=30)) == 0
    assert not PublishedCase.objects.exists()
    assert code_of(case, "publish", SYSTEM, **TEXTS) == "not_allowed"
    ask(case, handler, {**TEXTS, "body": "施工。"})
    refuse(case)
    assert code_of(case, "propose_publication", handler, **TEXTS) == "not_allowed", "twice is enough"
    assert Act.objects.filter(case=case, act="object_publication").count() == 2


def test_silence_for_five_days_lets_it_appear_and_not_a_day_earlier(answered, handler):
    case, _ = answered(email="w@example.org")
    now = timezone.now()
    ask(case, handler, TEXTS, at=now)
    case.refresh_from_db()
    ends = objection.until(case)
    assert (shanghai_day(ends) - shanghai_day(now)).days == objection.limit().days
    assert publish_unopposed(ends) == 0
    assert code_of(case, "publish", SYSTEM, **TEXTS) == "not_yet"
    assert publish_unopposed(ends + timedelta(seconds=1)) == 1
    assert PublishedCase.objects.get(case=case).body == TEXTS["body"]
    act = Act.objects.get(case=case, act="publish")
    assert (act.actor, AskedSender.objects.count()) == ("system", 0)
    assert publish_unopposed(ends + timedelta(days=1)) == 0


def test_who_left_no_contact_has_the_time_from_when_the_text_was_shown(answered, handler):
    case, receipt = answered()
    ask(case, handler, TEXTS)
    assert publish_unopposed(timezone.now() + timedelta(days=400)) == 0, "nobody saw it"
    client = sender(case, receipt)
    for _ in range(2):
        assert "准备公开的文字" in client.get(f"/follow/{case.code}/").content.decode()
    assert Act.objects.filter(case=case, act="see_publication").count() == 1
    assert publish_unopposed(timezone.now() + timedelta(days=4)) == 0
    assert publish_unopposed(timezone.now() + timedelta(days=7)) == 1
    assert PublishedCase.objects.filter(case=case).exists()


def test_agreed_is_to_the_text_that_was_seen_and_no_other(answered, handler):
    case, receipt = answered()
    ask(case, handler, TEXTS)
    old = seen_on(sender(case, receipt).get(f"/follow/{case.code}/").content.decode())
    refuse(case)
    ask(case, handler, {**TEXTS, "body": "别的文字。"})
    for act in ("agree_publication", "object_publication"):
        assert code_of(case, act, resident(case.pk), digest=old) == "stale"
        assert code_of(case, act, resident(case.pk)) == "bad_input", "a text unseen"
    assert code_of(case, "publish", SYSTEM, **TEXTS) == "not_yet"


def test_the_house_publishes_no_other_text_than_the_one_that_was_seen(answered, handler):
    case, _ = answered(email="w@example.org")
    ask(case, handler, TEXTS, at=timezone.now() - timedelta(days=9))
    assert code_of(case, "publish", SYSTEM, **{**TEXTS, "body": "别的"}) == "stale"


def test_nobody_is_asked_twice_at_once_or_about_nothing(answered, handler, letter, actor):
    case, _ = answered()
    ask(case, handler, TEXTS)
    assert code_of(case, "propose_publication", handler, **TEXTS) == "conflict"
    other, _ = answered()
    for act in ("agree_publication", "object_publication"):
        assert code_of(other, act, resident(other.pk), digest="0" * 64) == "conflict"
        assert code_of(case, act, resident(other.pk), digest="0" * 64) == "not_found", "another sender"
        assert code_of(case, act, handler, digest="0" * 64) == "not_allowed", "an official"
    assert code_of(case, "propose_publication", resident(case.pk), **TEXTS) == "not_allowed"
    assert code_of(case, "publish", handler, **TEXTS) == "not_allowed"
    secret, _ = answered(visibility="confidential")
    assert code_of(secret, "propose_publication", handler, **TEXTS) == "not_allowed"


def test_a_stranger_neither_sees_nor_answers(answered, handler):
    case, _ = answered()
    ask(case, handler, TEXTS)
    stranger = Client()
    assert stranger.get(f"/follow/{case.code}/").status_code == 404
    for act in ("agree_publication", "object_publication"):
        assert stranger.post(f"/follow/{case.code}/act/{act}/", {"digest": "0" * 64}).status_code == 404


def test_a_corrected_answer_is_asked_about_anew(answered, handler):
    case, _ = answered(email="w@example.org")
    ask(case, handler, TEXTS)
    perform(case.pk, Step("correct_answer", handler, {"text": "罚款 500 元。", "reason": "数字写错"}))
    assert not AskedSender.objects.exists()
    assert code_of(case, "agree_publication", resident(case.pk), digest=objection.digest(TEXTS)) == "conflict"
    assert publish_unopposed(timezone.now() + timedelta(days=30)) == 0
    publish(case, handler, {**TEXTS, "answer": "罚款 500 元。"})
    assert PublishedCase.objects.get(case=case).answer == "罚款 500 元。"


def test_while_a_review_runs_nothing_appears(answered, handler):
    case, _ = answered(email="w@example.org")
    ask(case, handler, TEXTS)
    perform(case.pk, Step("ask_review", resident(case.pk), {"text": "不服"}))
    later = timezone.now() + timedelta(days=8)
    assert publish_unopposed(later) == 1
    assert not PublishedCase.objects.exists()
    assert publish_unopposed(later) == 0, "looked at again the next day"


def test_an_import_of_what_was_public_asks_nobody(answered):
    case, _ = answered()
    Case.objects.filter(pk=case.pk).update(channel="import")
    perform(case.pk, Step("publish", SYSTEM, TEXTS))
    assert PublishedCase.objects.filter(case=case).exists()


def test_what_is_erased_or_about_the_unit_appears_no_more(answered, handler, kept_long_enough):
    case, _ = answered(email="w@example.org")
    ask(case, handler, TEXTS)
    perform(case.pk, Step("mark_against", resident(case.pk), {"against": LEAD}))
    assert code_of(case, "agree_publication", resident(case.pk), digest=objection.digest(TEXTS)) == "not_allowed"
    publish_unopposed(timezone.now() + timedelta(days=30))
    assert not PublishedCase.objects.exists()
    other, _ = answered(email="w@example.org")
    ask(other, handler, TEXTS)
    perform(kept_long_enough(other).pk, Step("erase", SYSTEM))
    assert not AskedSender.objects.filter(case=other).exists()


def test_publishing_is_counted_once_for_the_unit(answered, handler):
    case, _ = answered()
    ask(case, handler, TEXTS)
    act = agree(case)
    assert act.public == {"first": True}, "the database tells nothing of the text"
    assert objection.first_time(act.public) == "published"
    assert objection.first_time({"first": False}) == ""


def test_the_desk_sees_how_far_it_is_and_why_the_sender_objected(answered, handler, official, signed_in):
    case, _ = answered()
    client = signed_in(official(LEAD, "handler"))
    ask(case, handler, TEXTS)
    assert "来信人还没有看到" in client.get(f"/desk/c/{case.code}/").content.decode()
    refuse(case, text="邻居认得出来")
    assert "来信人不同意公开" in client.get(f"/desk/c/{case.code}/").content.decode()
    assert "邻居认得出来" in client.get(f"/desk/c/{case.code}/publish/").content.decode()
