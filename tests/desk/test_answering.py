"""Writing the answer: drafts, templates, second eyes, merged letters; then publishing it."""

from __future__ import annotations

import re

import pytest

from tests.publishing import agree
from tongban.cases.actor import resident
from tongban.cases.models import Act, Case
from tongban.cases.writer import Step, perform
from tongban.desk.models import AnswerDraft, AnswerTemplate
from tongban.letters.models import PublishedLetter

pytestmark = pytest.mark.django_db


def hidden(page):
    """Version and nonce as the (first) form of the page has them."""
    return {name: re.search(rf'name="{name}" value="([^"]+)"', page).group(1) for name in ("version", "nonce")}


def editor(page):
    """What stands in the editor."""
    return re.search(r'<textarea name="text"[^>]*>\s*(.*?)</textarea>', page, re.S).group(1).strip()


@pytest.fixture
def write(url):
    """Open the editor and press one of its buttons."""

    def send(client, case, do, text, **more):
        form = hidden(client.get(url("answer", case)).content.decode())
        return client.post(url("answer", case), {**form, "do": do, "text": text, "at_once": "on", **more})

    return send


def test_the_letter_stands_beside_the_editor_and_the_answer_goes_out(desk, letter, actor, url, write):
    case, _ = letter()
    perform(case.pk, Step("accept", actor("610113-CG", "handler")))
    client = desk("handler")
    page = client.get(url("answer", case)).content.decode()
    assert "每天夜里十二点" in page
    assert 'value="draft_answer"' in page
    assert write(client, case, "answer", "已责令停工。").status_code == 302
    case.refresh_from_db()
    assert case.state == "answered"
    assert case.acts.get(act="answer").text == "已责令停工。"


def test_a_draft_is_kept_sealed_for_its_writer_alone_and_goes_when_the_answer_goes(desk, letter, url, write):
    case, _ = letter()
    client = desk("handler")
    assert write(client, case, "save", "写到一半").status_code == 302
    draft = AnswerDraft.objects.get(case=case)
    assert draft.private == {"text": "写到一半"}
    assert editor(client.get(url("answer", case)).content.decode()) == "写到一半"
    assert editor(desk("head").get(url("answer", case)).content.decode()) == ""
    write(desk("head"), case, "save", "负责人的草稿")
    write(client, case, "answer", "写完了")
    assert not AnswerDraft.objects.filter(case=case).exists()


def test_a_draft_longer_than_an_answer_may_be_is_refused_with_the_words_kept(desk, letter, write):
    case, _ = letter()
    response = write(desk("handler"), case, "save", "长" * 20_001)
    assert response.status_code == 422
    assert "长" * 20_001 in response.content.decode()
    assert not AnswerDraft.objects.exists()


def test_templates_of_the_unit_the_matter_and_everybody_are_inserted_without_losing_words(desk, letter, url, write):
    case, _ = letter()
    own = AnswerTemplate.objects.create(unit_id="610113-CG", name="城管", text="城管局模板")
    AnswerTemplate.objects.create(matter_id="01", name="类", text="城市管理类模板")
    AnswerTemplate.objects.create(name="通用", text="感谢来信")
    AnswerTemplate.objects.create(unit_id="610113-ZJ", name="别单位的模板", text="x")
    AnswerTemplate.objects.create(matter_id="0102", name="别事项的模板", text="x")
    client = desk("handler")
    page = client.get(url("answer", case)).content.decode()
    assert page.count('value="insert:') == 3
    assert "别单位的模板" not in page
    assert "别事项的模板" not in page
    response = write(client, case, f"insert:{own.pk}", "您好！")
    assert editor(response.content.decode()) == "您好！\n\n城管局模板"
    assert hidden(response.content.decode())["version"] == "1"
    by_link = client.get(url("answer", case) + f"?template={own.pk}").content.decode()
    assert editor(by_link) == "城管局模板"
    foreign = AnswerTemplate.objects.get(unit_id="610113-ZJ")
    assert editor(client.get(url("answer", case) + f"?template={foreign.pk}").content.decode()) == ""


def test_with_second_eyes_one_drafts_and_another_sends(desk, letter, actor, url, write, official, signed_in):
    case, _ = letter(matter="0102")
    drafter = desk("other unit")
    perform(case.pk, Step("accept", actor("610113-ZJ", "handler")))
    page = drafter.get(url("answer", case)).content.decode()
    assert 'value="answer"' not in page
    assert "复核后发出" in page
    assert write(drafter, case, "answer", "直接发").status_code == 403
    assert write(drafter, case, "draft_answer", "拟稿").status_code == 302
    page = drafter.get(url("answer", case)).content.decode()
    assert 'value="approve_answer"' not in page
    assert editor(page) == "拟稿"
    head = signed_in(official("610113-ZJ", "head"))
    page = head.get(url("answer", case)).content.decode()
    assert editor(page) == "拟稿"
    assert 'value="approve_answer"' in page
    assert write(head, case, "approve_answer", "拟稿，改过一字").status_code == 302
    case.refresh_from_db()
    assert case.state == "answered"
    assert case.acts.get(act="approve_answer").text == "拟稿，改过一字"


def test_an_answer_is_sent_back_with_reasons_and_the_draft_is_there_again(
    desk, letter, actor, act, url, official, signed_in
):
    case, _ = letter(matter="0102")
    perform(case.pk, Step("accept", actor("610113-ZJ", "handler")))
    perform(case.pk, Step("draft_answer", actor("610113-ZJ", "handler"), {"text": "拟稿"}))
    head = signed_in(official("610113-ZJ", "head"))
    assert "/act/send_back/" in head.get(url("answer", case)).content.decode()
    assert act(head, case, "send_back", text="请写明依据").status_code == 302
    page = desk("other unit").get(url("case", case)).content.decode()
    assert "请写明依据" in page
    assert editor(desk("other unit").get(url("answer", case)).content.decode()) == "拟稿"


def test_the_writer_is_told_how_many_senders_get_the_same_answer(desk, letter, actor, url, write):
    lead, _ = letter()
    others = [letter(subject=f"同样的{n}")[0] for n in range(2)]
    for other in others:
        perform(other.pk, Step("merge", actor("610113-CG", "handler"), {"case": str(lead.pk)}))
    client = desk("handler")
    assert "另有 2 件并入了这一件" in client.get(url("answer", lead)).content.decode()
    write(client, lead, "answer", "一并答复")
    assert set(Case.objects.filter(lead_case=lead).values_list("state", flat=True)) == {"answered"}


def test_an_answer_to_a_changed_letter_is_stale_and_keeps_the_words(desk, letter, actor, url):
    case, _ = letter()
    client = desk("handler")
    form = hidden(client.get(url("answer", case)).content.decode())
    perform(case.pk, Step("accept", actor("610113-CG", "head")))
    response = client.post(url("answer", case), {**form, "do": "answer", "text": "我的答复"})
    page = response.content.decode()
    assert response.status_code == 409
    assert editor(page) == "我的答复"
    assert "官员610113-CG-head" in page
    again = client.post(url("answer", case), {**hidden(page), "do": "answer", "text": "我的答复"})
    assert again.status_code == 302


def test_an_answer_after_somebody_elses_is_told_so_and_keeps_the_words(desk, letter, actor, url):
    case, _ = letter()
    client = desk("handler")
    form = hidden(client.get(url("answer", case)).content.decode())
    perform(case.pk, Step("answer", actor("610113-CG", "head"), {"text": "先答了", "at_once": True}))
    response = client.post(url("answer", case), {**form, "do": "answer", "text": "我的答复"})
    assert response.status_code == 409
    assert editor(response.content.decode()) == "我的答复"
    assert "官员610113-CG-head" in response.content.decode()


def test_a_double_click_answers_once(desk, letter, url):
    case, _ = letter()
    client = desk("handler")
    form = {
        **hidden(client.get(url("answer", case)).content.decode()),
        "do": "answer",
        "text": "答复",
        "at_once": "on",
    }
    assert [client.post(url("answer", case), form).status_code for _ in range(2)] == [302, 302]
    assert Act.objects.filter(case=case, act="answer").count() == 1


def test_an_empty_answer_is_refused(desk, letter, write):
    case, _ = letter()
    assert write(desk("handler"), case, "answer", "  ").status_code == 422
    assert Case.objects.get(pk=case.pk).state == "dispatched"


def test_who_cannot_answer_gets_no_editor(desk, letter, url):
    case, _ = letter()
    for who in ("above", "coordinator"):
        assert desk(who).get(url("answer", case)).status_code == 409


def test_the_unit_above_answers_a_review(desk, letter, actor, url, write):
    case, _ = letter()
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "答复", "at_once": True}))
    perform(case.pk, Step("ask_review", resident(case.pk), {"text": "不满意"}))
    assert write(desk("above"), case, "answer_review", "维持").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "reviewed"


# --- publishing -----------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(letter, actor):
    case, _ = letter(
        name="王小明", subject="王小明反映噪音", body="我是王小明，电话13800138000，住在科技路。", phone="13800138000"
    )
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "王小明您好，已处理。", "at_once": True}))
    return case


def publish(client, case, url, **changes):
    form = hidden(client.get(url("publish", case)).content.decode())
    words = {"subject": "噪音", "body": "夜间噪音", "answer": "已处理。", "read": "on"}
    return client.post(url("publish", case), {**form, **words, **changes})


def test_the_proposal_is_masked_and_stands_beside_the_original(desk, answered, url):
    page = desk("handler").get(url("publish", answered)).content.decode()
    body = re.search(r'<textarea name="body"[^>]*>\s*(.*?)</textarea>', page, re.S).group(1)
    assert "13800138000" not in body
    assert "王小明" not in body
    assert page.count("13800138000") == 1
    assert "处个人信息" in page


def test_what_was_confirmed_is_published_once_its_sender_agrees(desk, answered, url):
    assert publish(desk("handler"), answered, url).status_code == 302
    assert not PublishedLetter.objects.exists()
    assert "已请来信人看公开的文字" in desk("handler").get(url("case", answered)).content.decode()
    agree(answered)
    public = PublishedLetter.objects.get(case=answered)
    assert (public.subject, public.body, public.answer) == ("噪音", "夜间噪音", "已处理。")
    assert "看公开页" in desk("handler").get(url("case", answered)).content.decode()


def test_nothing_is_published_that_nobody_has_read(desk, answered, url):
    response = publish(desk("handler"), answered, url, read="")
    assert response.status_code == 422
    assert "请逐句看过之后勾选" in response.content.decode()
    assert not PublishedLetter.objects.exists()


def test_an_identifier_that_remains_is_refused_with_its_place(desk, answered, url):
    response = publish(desk("handler"), answered, url, body="夜间噪音，联系13800138000")
    page = response.content.decode()
    assert response.status_code == 422
    assert "第 8 个字起" in page
    assert 'id="id_propose_publication_body_error"' in page
    assert not PublishedLetter.objects.exists()


@pytest.mark.parametrize("change", [{"visibility": "confidential"}, {"matter_id": "0901"}, {"published": True}])
def test_what_may_not_be_published_has_no_form(change, desk, answered, url):
    Case.objects.filter(pk=answered.pk).update(**change)
    client = desk("handler")
    assert client.get(url("publish", answered)).status_code == 403
    assert "/publish/" not in client.get(url("case", answered)).content.decode()


def test_an_unanswered_letter_has_no_form_either(desk, letter, url):
    case, _ = letter()
    assert desk("handler").get(url("publish", case)).status_code == 409
    assert desk("above").get(url("publish", case)).status_code == 403
