"""The following page answers first: where the case stands, the answer or the question, what can be done, the story. An
act says that it worked, and what cannot be undone is asked about before."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.counter.test_resident_pages import sent  # noqa: F401
from tongban.cases.actor import resident
from tongban.cases.models import Attachment, Case
from tongban.cases.writer import Step, perform
from tongban.counter import story

pytestmark = pytest.mark.django_db


def words(page):
    """The text of the main part, tags taken away."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1].partition(">")[2]))


def banner(page):
    return words("<main" + re.search(r'<section class="now.*?</section>', page, re.S).group())


def shown(client, case):
    return client.get(f"/follow/{case.code}/").content.decode()


def by(case, who, act, **payload):
    perform(case.pk, Step(act, who, payload))


def test_first_it_says_where_it_is_what_comes_next_and_until_when(sent, actor):  # noqa: F811
    client, case, _kept = sent
    said = banner(shown(client, case))
    assert "等待受理" in said
    assert "等雁塔区城市管理局受理" in said
    assert re.search(r"还剩 \d+ (天|个工作日)（(\d+ 年 )?\d+ 月 \d+ 日前）", said)
    by(case, actor("610113-CG", "handler"), "accept")
    assert "办好后答复您" in banner(shown(client, case))


def test_the_answer_stands_before_what_can_be_done_and_the_story(sent, actor):  # noqa: F811
    client, case, _kept = sent
    by(case, actor("610113-CG", "handler"), "answer", text="工地已停工整改。", at_once=True)
    page = shown(client, case)
    places = [page.index(piece) for piece in ('class="now ', "said--answer", 'id="doing"', 'class="timeline"')]
    assert places == sorted(places)
    assert page.count("工地已停工整改。") == 1
    assert "雁塔区城市管理局的答复" in page
    assert "内容见上" in page
    assert "请您评价" in banner(page)
    assert page.index('id="act-rate"') < page.index('id="act-ask_review"')
    assert page.count("btn--primary") - page.count("site-search") <= 2  # the act that is due, and no other


def test_after_a_rating_nobody_asks_for_one(sent, actor):  # noqa: F811
    client, case, _kept = sent
    by(case, actor("610113-CG", "handler"), "answer", text="已处理。", at_once=True)
    case.refresh_from_db()
    form = {"grade": "5", "version": str(case.version), "nonce": "a" * 32}
    page = client.post(f"/follow/{case.code}/act/rate/", form, follow=True).content.decode()
    assert "您作了评价，已记入办理过程。" in page
    assert "您也评价过了" in banner(page)
    assert "请您评价" not in words(page)


def test_a_review_has_its_deadline_and_its_unit(sent, actor):  # noqa: F811
    client, case, _kept = sent
    by(case, actor("610113-CG", "handler"), "answer", text="已处理。", at_once=True)
    by(case, resident(case.pk), "ask_review", text="没有解决")
    said = banner(shown(client, case))
    assert "雁塔区人民政府正在复查" in said
    assert "还剩" in said
    case.refresh_from_db()
    assert story.left(case)["days"] > 0
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(days=40))
    assert "已超" in banner(shown(client, case))


def test_a_question_of_the_unit_stands_out_and_its_form_is_first(sent, actor):  # noqa: F811
    client, case, _kept = sent
    handler = actor("610113-CG", "handler")
    by(case, handler, "accept")
    by(case, handler, "ask_resident", text="请说明是哪个工地")
    page = shown(client, case)
    assert "said--question" in page
    assert "雁塔区城市管理局问您" in page
    assert "时限暂停计算" in banner(page)
    assert page.index('id="act-reply"') < page.index('id="act-withdraw"')
    assert page.count("请说明是哪个工地") == 1


def test_withdrawing_is_asked_about_and_then_said(sent):  # noqa: F811
    client, case, _kept = sent
    form = {"text": "不用了", "version": str(case.version), "nonce": "b" * 32}
    page = client.post(f"/follow/{case.code}/act/withdraw/", form)
    assert page.status_code == 200
    asked = page.content.decode()
    assert "确定要“撤回来信”吗？" in asked
    assert "不用了" in asked
    case.refresh_from_db()
    assert case.state == "dispatched"
    given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked))
    assert given["nonce"] == "b" * 32
    page = client.post(f"/follow/{case.code}/act/withdraw/", {**given, "sure": "1"}, follow=True).content.decode()
    assert "您撤回了来信，已记入办理过程。" in page
    assert "您已撤回这封来信" in banner(page)
    again = client.post(f"/follow/{case.code}/act/withdraw/", {**given, "sure": "1"})
    assert again.status_code == 409
    assert case.acts.filter(act="withdraw").count() == 1


def test_files_wait_while_an_act_is_asked_about(sent):  # noqa: F811
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, case, _kept = sent
    form = {"against": "610113-CG", "version": str(case.version), "nonce": "c" * 32,
            "files": SimpleUploadedFile("a.txt", "内容".encode())}  # fmt: skip
    asked = client.post(f"/follow/{case.code}/act/mark_against/", form).content.decode()
    assert "a.txt" in asked
    given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked))
    assert client.post(f"/follow/{case.code}/act/mark_against/", {**given, "sure": "1"}).status_code == 302
    assert Attachment.objects.get().act.act == "mark_against"


def test_an_act_that_is_refused_is_not_asked_about(sent, actor):  # noqa: F811
    client, case, _kept = sent
    by(case, actor("610113-CG", "handler"), "accept")
    stale = client.post(f"/follow/{case.code}/act/withdraw/", {"version": "1", "nonce": "d" * 32})
    assert stale.status_code == 409


def test_how_long_it_is_kept_is_said_while_it_is_open_and_after(sent, actor):  # noqa: F811
    client, case, _kept = sent
    assert re.search(r"办结后保存 \d+ [年天]", words(shown(client, case)))
    by(case, actor("610113-CG", "handler"), "answer", text="已处理。", at_once=True)
    assert re.search(r"保存到 \d+ 年 \d+ 月 \d+ 日", words(shown(client, case)))


def test_ones_own_data_is_a_page_to_read(sent, actor):  # noqa: F811
    from tongban.cases import looks

    client, case, _kept = sent
    looks.look(case, actor("610113-CG", "handler"), "办理")
    perform(case.pk, Step("note", actor("610113-CG", "handler"), {"text": "内部的话"}))
    page = words(client.get(f"/follow/{case.code}/data/").content.decode())
    for said in (case.subject, case.body, "13800000000", "为什么保存", "办结后保存", "承办人", "下载（ZIP）"):
        assert said in page
    assert "内部的话" not in page


def test_no_word_of_the_ledgers_own_stands_before_the_technical_details(sent):  # noqa: F811
    client, case, _kept = sent
    for path in ("", "proof/", "data/"):
        page = client.get(f"/follow/{case.code}/{path}").content.decode()
        plain = words(page).split("技术信息")[0]
        for word in ("tlog-proof", "origin", "index"):
            assert word not in plain, path
    assert "tlog-proof" not in words(Client().get("/ledger/check/").content.decode())
