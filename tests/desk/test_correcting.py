"""更正答复: places that were not filled in, two persons, answering at once, and correcting in the open."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from tests.publishing import agree, publish
from tongban.accounts.models import ApiToken, Post
from tongban.cases import attachments, filing
from tongban.cases.actor import resident
from tongban.cases.models import Act, Case, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.desk import blanks as places
from tongban.desk.models import AnswerTemplate
from tongban.ledger.models import QueuedEntry
from tongban.letters import housekeeping
from tongban.letters.models import PublishedLetter
from tongban.published import similar
from tongban.published.index import matching
from tongban.registry import models as rows
from tongban.registry import snapshot

from .test_answering import editor, hidden, write  # noqa: F401

pytestmark = pytest.mark.django_db
LEAD = "610113-CG"
TEMPLATE = "您好！一、核实情况：{核实情况}\n如有疑问请联系{单位}，电话：{电话}。"
FIXED = {"text": "经再次核实，罚款为 500 元。", "reason": "金额写错"}


@pytest.fixture
def answered(letter, actor):
    def make(**values):
        case, receipt = letter(**values)
        perform(case.pk, Step("answer", actor(LEAD, "handler"), {"text": "罚款 5000 元。", "at_once": True}))
        return Case.objects.get(pk=case.pk), receipt

    return make


def refused(case, step):
    with pytest.raises(Refusal) as refusal:
        perform(case.pk, step)
    return refusal.value


# --- places of a template -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TEMPLATE, ["{核实情况}", "{单位}", "{电话}"]),
        ("电话：｛电话｝", ["｛电话｝"]),
        ("{ 核实\n情况 }", ["{ 核实\n情况 }"]),
        ("【核实情况】请拨打［联系电话］", ["【核实情况】", "［联系电话］"]),
        ("依据《条例》第____条", ["____"]),
        ("结果见 {处理结果", ["{处理结果"]),
        ("[请填写金额]", ["[请填写金额]"]),
        ("{} 已办结", ["{}"]),
        ("根据国办发〔2019〕51号和【法释〔2020〕1号】，参见《办法》[2021]第3条，已办结。", []),
    ],
)
def test_what_counts_as_a_place_that_was_not_filled_in(text, found):
    assert places.unfilled(text) == found


@pytest.mark.parametrize(
    ("act", "state"),
    [("answer", "accepted"), ("draft_answer", "accepted"), ("approve_answer", "drafted"),
    ("answer_review", "under_review"),
     ("answer_recheck", "under_recheck"), ("correct_answer", "answered"), ("correct_opinion", "reviewed")],
)  # fmt: skip
def test_no_answer_goes_out_with_a_place_of_its_template_open(act, state, letter, actor):
    case, _ = letter()
    Case.objects.filter(pk=case.pk).update(state=state, answered_at=timezone.now())
    given = {"text": TEMPLATE, **({"reason": "改"} if act.startswith("correct") else {})}
    refusal = refused(case, Step(act, actor(LEAD, "head"), given))
    assert refusal.field == "text"
    assert "还有没有填写的地方：{核实情况}、{单位}、{电话}" in str(refusal.message)
    assert Case.objects.get(pk=case.pk).state == state


def test_the_places_are_named_at_the_field_and_a_program_reads_the_same(desk, letter, write, official):  # noqa: F811
    case, _ = letter()
    page = write(desk("handler"), case, "answer", TEMPLATE)
    assert page.status_code == 422
    assert "{核实情况}、{单位}、{电话}" in page.content.decode()
    text = ApiToken.issue(
        Post.objects.get(official=official(LEAD, "handler")), "test", timezone.now() + timedelta(days=1)
    )[1]
    body = orjson.dumps({"act": "answer", "version": case.version, "payload": {"text": TEMPLATE, "at_once": True}})
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": "places-0123456789"}
    answer = Client().generic(
        "POST", f"/api/v1/desk/cases/{case.code}/acts", body, content_type="application/json", headers=headers
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "text")


def test_a_template_comes_with_the_units_own_name_and_phone(desk, letter, url):
    case, _ = letter()
    template = AnswerTemplate.objects.create(name="通用", text=TEMPLATE)
    client = desk("handler")
    text = editor(client.get(url("answer", case) + f"?template={template.pk}").content.decode())
    assert "请联系雁塔区城市管理局，电话：029-00000001。" in text
    assert "{核实情况}" in text
    rows.Unit.objects.update(phone="")
    snapshot.touch()
    assert "电话：{电话}" in editor(client.get(url("answer", case) + f"?template={template.pk}").content.decode())


# --- answering what was not accepted --------------------------------------------------------------------------------


def test_answering_before_accepting_asks_for_one_tick(desk, letter, url):
    case, _ = letter()
    client = desk("handler")
    page = client.get(url("answer", case)).content.decode()
    assert "还没有受理" in page
    assert 'name="at_once"' in page
    form = {**hidden(page), "do": "answer", "text": "已处理。"}
    refusal = client.post(url("answer", case), form)
    assert refusal.status_code == 422
    assert "请先受理" in refusal.content.decode()
    assert Case.objects.get(pk=case.pk).state == "dispatched"
    assert client.post(url("answer", case), {**form, "at_once": "on"}).status_code == 302


def test_an_accepted_letter_is_answered_without_the_tick(desk, letter, actor, url):
    case, _ = letter()
    perform(case.pk, Step("accept", actor(LEAD, "handler")))
    page = desk("handler").get(url("answer", case)).content.decode()
    assert "还没有受理" not in page
    assert 'name="at_once"' not in page
    perform(case.pk, Step("answer", actor(LEAD, "handler"), {"text": "已处理。"}))


# --- a second person ------------------------------------------------------------------------------------------------


def test_a_unit_can_ask_for_a_second_person_in_all_its_answers(desk, letter, actor, url):
    rows.Unit.objects.filter(code=LEAD).update(second_eyes=True)
    snapshot.touch()
    case, _ = letter()
    perform(case.pk, Step("accept", actor(LEAD, "handler")))
    assert "须由另一位工作人员复核" in desk("handler").get(url("answer", case)).content.decode()
    assert refused(case, Step("answer", actor(LEAD, "handler"), {"text": "好"})).code == "not_allowed"
    perform(case.pk, Step("draft_answer", actor(LEAD, "handler"), {"text": "已处理。"}))
    assert refused(case, Step("approve_answer", actor(LEAD, "handler"), {"text": "已处理。"})).code == "not_allowed"
    perform(case.pk, Step("approve_answer", actor(LEAD, "head"), {"text": "已处理。"}))


def test_the_units_wish_travels_with_the_registrys_tables(db):
    from tests.conftest import fill_registry
    from tongban.registry import exchange

    fill_registry()
    header, *lines = exchange.export_rows("units")
    assert "second_eyes" in header
    row = dict(zip(header, next(line for line in lines if line[0] == LEAD), strict=True))
    exchange.import_rows("units", [(2, {**row, "second_eyes": "1"})])
    assert snapshot.current().second_eyes("0101", LEAD)
    assert not snapshot.current().second_eyes("0101", "610113-ZJ")


# --- correcting -----------------------------------------------------------------------------------------------------


def test_both_texts_stand_and_the_first_is_marked(answered, actor, desk, url, client):
    case, receipt = answered(email="someone@example.org")
    notices = Notice.objects.filter(case=case).count()
    assert refused(case, Step("correct_answer", actor(LEAD, "handler"), {"text": "改"})).field == "reason"
    page = desk("handler").get(url("case", case)).content.decode()
    assert "罚款 5000 元。</textarea>" in page, "the form begins with the answer that holds"
    perform(case.pk, Step("correct_answer", actor(LEAD, "handler"), FIXED))
    assert Notice.objects.filter(case=case).count() == notices + 1
    client.post("/follow/", {"code": case.code, "secret": receipt.secret})
    for text in (
        client.get(f"/follow/{case.code}/").content.decode(),
        desk("handler").get(url("case", case)).content.decode(),
    ):
        for words in ("罚款 5000 元。", "罚款为 500 元。", "（已更正）", "金额写错"):
            assert words in text, words
    headers = {"Authorization": f"Receipt {receipt.secret}"}
    acts = Client().get(f"/api/v1/letters/{case.code}", headers=headers).json()["acts"]
    assert [act["told"] for act in acts][-2:] == ["单位已答复（已更正）", "单位更正了答复"]


def test_nothing_that_is_counted_changes(answered, actor):
    case, _ = answered()
    perform(case.pk, Step("rate", resident(case.pk), {"grade": 4}))
    before = {
        name: getattr(Case.objects.get(pk=case.pk), name)
        for name in ("state", "answered_at", "closed_at", "grade", "retain_until", "phase")
    }
    perform(case.pk, Step("correct_answer", actor(LEAD, "handler"), FIXED))
    assert {name: getattr(Case.objects.get(pk=case.pk), name) for name in before} == before
    assert "facts" not in orjson.loads(bytes(QueuedEntry.objects.order_by("key").last().entry))
    assert Act.objects.get(case=case, act="correct_answer").public == {}


def test_with_second_eyes_one_proposes_and_another_sends(answered, actor, desk, url, client):
    case, receipt = answered()
    rows.Unit.objects.filter(code=LEAD).update(second_eyes=True)
    snapshot.touch()
    handler, head = actor(LEAD, "handler"), actor(LEAD, "head")
    assert refused(case, Step("correct_answer", handler, FIXED)).code == "not_allowed"
    assert "/act/correct_answer/" not in desk("handler").get(url("case", case)).content.decode()
    perform(case.pk, Step("propose_correction", handler, FIXED))
    assert refused(case, Step("correct_answer", handler, FIXED)).code == "not_allowed"
    client.post("/follow/", {"code": case.code, "secret": receipt.secret})
    assert "500 元" not in client.get(f"/follow/{case.code}/").content.decode(), "the sender reads it when it is sent"
    page = desk("head").get(url("case", case)).content.decode()
    assert "罚款为 500 元。</textarea>" in page
    perform(case.pk, Step("correct_answer", head, FIXED))
    assert "correction" not in Case.objects.get(pk=case.pk).private


def test_without_second_eyes_nothing_is_proposed(answered, actor):
    case, _ = answered()
    assert refused(case, Step("propose_correction", actor(LEAD, "handler"), FIXED)).code == "not_allowed"


def test_senders_of_merged_letters_get_the_correction_and_its_file(letter, actor, kept_long_enough):
    lead, _ = letter()
    handler = actor(LEAD, "handler")
    others = [letter(nonce=f"other{n}", subject=f"也吵{n}")[0] for n in range(3)]
    for other in others:
        perform(other.pk, Step("merge", handler, {"case": str(lead.pk)}))
    perform(lead.pk, Step("answer", handler, {"text": "罚款 5000 元。", "at_once": True}))
    kept_long_enough(others[2])
    perform(others[2].pk, Step("propose_erasure", handler, {"reason": "期满"}))
    perform(others[2].pk, Step("erase", actor(LEAD, "head")))
    attachments.keep("更正.txt", "更正".encode(), "set-of-files")
    perform(lead.pk, Step("correct_answer", handler, FIXED), files="set-of-files")
    for other in others[:2]:
        act = Act.objects.filter(case=other).order_by("-sequence")[0]
        assert (act.act, act.text) == ("correct_answer_merged", FIXED["text"])
        assert [item.name for item in filing.for_sender(Case.objects.get(pk=other.pk))[act.pk]] == ["更正.txt"]
    assert not Act.objects.filter(case=others[2], act="correct_answer_merged").exists(), (
        "what was erased is left in peace"
    )


def test_the_public_page_shows_neither_the_wrong_answer_nor_an_unread_one(answered, actor, client, desk, url):
    case, _ = answered()
    handler = actor(LEAD, "handler")
    words = {"subject": "施工噪音", "body": "每天施工。", "answer": "罚款 5000 元。"}
    publish(case, handler, words)
    slug = PublishedLetter.objects.get().slug
    perform(case.pk, Step("correct_answer", handler, {**FIXED, "text": "罚款为 500 元，联系人电话13800000000。"}))
    page = client.get(f"/letters/published/{slug}/?1").content.decode()
    assert "5000" not in page
    assert "500 元" not in page
    assert "更正了答复" in page
    assert not PublishedLetter.objects.filter(pk__in=matching("5000")).exists(), "nor does a search find the old words"
    assert PublishedLetter.objects.filter(pk__in=matching("施工噪音")).exists()
    assert similar.similar("施工噪音", "每天施工。", kind="letter") == []
    assert client.get(f"/api/v1/published/{slug}?1").json()["answer"] == ""
    # somebody looks at it again: masked, checked, and the page keeps its address
    form = desk("handler").get(url("publish", case)).content.decode()
    assert "罚款为 500 元" in form
    assert "电话13800000000" not in form.split('name="answer"')[1]
    with_number = {**words, "answer": "电话13800000000"}
    assert refused(case, Step("propose_publication", handler, with_number)).code == "bad_input"
    confirmed = {**hidden(form), **words, "answer": "罚款为 500 元。", "read": "on"}
    assert desk("handler").post(url("publish", case), confirmed).status_code == 302
    assert "罚款为 500 元。" not in client.get(f"/letters/published/{slug}/?asked").content.decode()
    assert agree(case).public["first"] is False, "published once, in the figures too"
    page = client.get(f"/letters/published/{slug}/?2").content.decode()
    assert "罚款为 500 元。" in page
    assert f"{timezone.localdate():%Y-%m-%d} 更正后的答复" in page
    assert PublishedLetter.objects.filter(pk__in=matching("500")).count() == 1
    assert refused(case, Step("propose_publication", handler, words)).code == "conflict"
    perform(case.pk, Step("unpublish", handler, {"text": "撤下"}))
    assert not PublishedLetter.objects.exists()


def test_an_answer_that_was_corrected_before_it_was_public_says_so_too(answered, actor):
    case, _ = answered()
    perform(case.pk, Step("correct_answer", actor(LEAD, "handler"), FIXED))
    publish(case, actor(LEAD, "handler"), {"subject": "噪音", "body": "噪音", "answer": "罚款 500 元。"})
    assert PublishedLetter.objects.get().corrected_on == timezone.localdate()


def test_the_time_to_ask_for_a_review_runs_anew_from_the_correction(letter, actor):
    start = timezone.now() - timedelta(days=50)
    case, _ = letter(now=start)
    handler = actor(LEAD, "handler")
    perform(case.pk, Step("answer", handler, {"text": "罚款 5000 元。", "at_once": True}, at=start + timedelta(days=1)))
    assert refused(case, Step("ask_review", resident(case.pk), {"text": "不服"})).code == "not_allowed"
    perform(case.pk, Step("correct_answer", handler, FIXED))
    assert housekeeping.close_quiet_letters() == 0
    perform(case.pk, Step("ask_review", resident(case.pk), {"text": "不服"}))


def test_an_opinion_on_a_review_is_corrected_by_the_unit_above(answered, actor):
    case, _ = answered()
    perform(case.pk, Step("ask_review", resident(case.pk), {"text": "不服"}))
    above = actor("610113-GOV", "head")
    perform(case.pk, Step("answer_review", above, {"text": "维持罚款 50 元。"}))
    assert refused(case, Step("correct_opinion", actor(LEAD, "head"), FIXED)).code in ("not_found", "not_allowed")
    perform(case.pk, Step("correct_opinion", above, FIXED))
    assert Case.objects.get(pk=case.pk).state == "reviewed"
