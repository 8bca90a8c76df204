"""The page of a letter and the acts on it: what is offered, what is said back, and nothing twice."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tongban.accounts.models import Post
from tongban.cases.models import Act, Assist, Case
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform

pytestmark = pytest.mark.django_db


def forms_on(page):
    return re.findall(r'action="/desk/c/[0-9A-Z]+/act/([a-z_]+)/"', page)


def test_the_page_tells_the_whole_story_with_names(desk, letter, actor, url):
    case, _ = letter()
    perform(case.pk, Step("accept", actor("610113-CG", "handler")))
    perform(case.pk, Step("note", actor("610113-CG", "handler"), {"text": "打过电话"}))
    perform(case.pk, Step("urge", actor("610113-GOV", "supervisor"), {"text": "请抓紧"}))
    page = desk("head").get(url("case", case)).content.decode()
    for text in (
        "每天夜里十二点",
        "打过电话",
        "请抓紧",
        "官员610113-CG-handler",
        "雁塔区城市管理局 承办人",
        "三定方案",
        "《信访工作条例》",
        "内部，提交人看不到内容",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("who", "offered", "not_offered"),
    [
        (
            "handler",
            {"accept", "return_dispatch", "refuse", "assign", "note", "message", "change_matter"},
            {"urge", "extend", "dispatch"},
        ),
        ("above", {"urge", "note"}, {"accept", "refuse", "message"}),
        ("coordinator", {"note", "change_matter"}, {"accept", "urge"}),
    ],
)
def test_the_panel_offers_what_the_table_allows(who, offered, not_offered, desk, letter, url):
    case, _ = letter()
    forms = set(forms_on(desk(who).get(url("case", case)).content.decode()))
    assert offered <= forms
    assert not not_offered & forms
    assert not {"look", "publish", "merge", "receive", "answer"} & forms


def test_every_form_carries_the_version_and_its_own_nonce(desk, letter, url):
    case, _ = letter()
    page = desk("handler").get(url("case", case)).content.decode()
    nonces = re.findall(r'name="nonce" value="([0-9a-f]{32})"', page)
    assert len(nonces) == len(set(nonces)) == len(forms_on(page))
    assert page.count('name="version" value="1"') == len(nonces)


def test_accepting_makes_one_the_handler(desk, letter, act, official):
    case, _ = letter()
    response = act(desk("handler"), case, "accept")
    assert (response.status_code, response["Location"]) == (302, f"/desk/c/{case.code}/")
    case.refresh_from_db()
    assert (case.state, case.handler_id) == ("accepted", official("610113-CG", "handler").pk)


def test_dispatching_goes_through_the_generated_form(desk, letter, act, url):
    case, _ = letter(matter="0103")
    client = desk("coordinator")
    page = client.get(url("case", case)).content.decode()
    assert re.search(r'name="unit" value="610113-CG"', page)
    assert 'value="610124-GOV"' not in page, "a unit of another county is not on the place's line"
    response = act(
        client, case, "dispatch", unit="610113-CG", assist=["610113-ZJ", "610113-GOV"], matter="0101", text="请办理"
    )
    assert response.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.unit_id, case.matter_id) == ("dispatched", "610113-CG", "0101")
    assert set(case.assists.values_list("unit_id", flat=True)) == {"610113-ZJ", "610113-GOV"}


def test_the_unit_complained_of_is_in_no_list_of_units(desk, letter, url):
    case, _ = letter(matter="0901", against="610113-CG")
    Case.objects.filter(pk=case.pk).update(state="submitted")
    page = desk("above").get(url("case", case)).content.decode()
    assert 'name="unit" value="610113-ZJ"' in page
    assert 'name="unit" value="610113-CG' not in page


def test_a_missing_reason_is_said_at_its_field_with_422(desk, letter, act):
    case, _ = letter()
    response = act(desk("handler"), case, "refuse", basis="《信访工作条例》第二十三条")
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_refuse_text_error"' in page
    assert "《信访工作条例》第二十三条" in page, "what was typed is still there"
    assert Case.objects.get(pk=case.pk).state == "dispatched"


def test_the_kernels_refusal_is_said_in_the_form_with_its_status(desk, letter, act, actor):
    case, _ = letter()
    perform(case.pk, Step("accept", actor("610113-CG", "handler")))
    response = act(desk("head"), case, "extend", days="31", text="需要鉴定")
    page = response.content.decode()
    assert response.status_code == 422
    assert "最多还能延长 30 天" in page
    assert "需要鉴定" in page


def test_an_act_of_another_role_is_refused_with_403(desk, letter, act):
    case, _ = letter()
    assert act(desk("handler"), case, "urge", text="x").status_code == 403
    assert act(desk("above"), case, "accept").status_code == 403


@pytest.mark.parametrize("name", ["look", "merge", "publish", "escalate", "receive", "no_such_act"])
def test_acts_without_a_button_are_not_to_be_had_by_address(name, desk, letter, act):
    case, _ = letter()
    assert act(desk("head"), case, name, text="x", purpose="x").status_code == 404


def test_a_stale_page_is_told_who_did_what_and_keeps_the_words(desk, letter, act, actor):
    case, _ = letter()
    perform(case.pk, Step("accept", actor("610113-CG", "handler")))
    seen = Case.objects.get(pk=case.pk).version
    perform(
        case.pk, Step("assign", actor("610113-CG", "clerk"), {"official": actor("610113-CG", "handler").official_id})
    )
    response = act(desk("head"), case, "refuse", version=seen, text="不属于信访事项，请走诉讼", basis="第二十三条")
    page = response.content.decode()
    assert response.status_code == 409
    assert "官员610113-CG-clerk" in page
    assert "指定承办人" in page
    assert "不属于信访事项，请走诉讼" in page
    assert f'name="version" value="{seen + 1}"' in page, "a second try is made on what is shown now"
    assert Case.objects.get(pk=case.pk).state == "accepted"


def test_a_look_a_note_or_a_message_makes_no_page_stale(desk, letter, act, actor, url):
    case, _ = letter()
    desk("head").get(url("case", case))
    perform(case.pk, Step("note", actor("610113-CG", "clerk"), {"text": "x"}))
    assert act(desk("handler"), case, "accept", version=1).status_code == 302


def test_a_double_click_is_one_act(desk, letter, url):
    case, _ = letter()
    client = desk("handler")
    form = {"version": "1", "nonce": "a-nonce-of-this-form-1"}
    first = client.post(url("act", case, "accept"), form)
    second = client.post(url("act", case, "accept"), form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Act.objects.filter(case=case, act="accept").count() == 1
    assert "先前已经办好" in client.get(second["Location"]).content.decode()


def test_a_double_click_that_sent_the_letter_away_says_that_it_is_done(desk, letter, url):
    case, _ = letter()
    client = desk("handler")
    form = {"version": "1", "nonce": "a-nonce-of-this-form-2", "text": "不是我们的"}
    answers = [client.post(url("act", case, "return_dispatch"), form) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == ["/desk/", "/desk/"]
    assert Act.objects.filter(case=case, act="return_dispatch").count() == 1


def test_somebody_elses_nonce_opens_no_door(desk, letter, url):
    case, _ = letter()
    form = {"version": "1", "nonce": "a-nonce-of-this-form-3"}
    desk("handler").post(url("act", case, "accept"), form)
    assert desk("below").post(url("act", case, "accept"), form).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_officials_at_once_one_wins_and_the_other_is_told(letter, desk, url):
    case, _ = letter()
    clients = [desk("handler"), desk("head")]
    together, answers = threading.Barrier(2), []

    def click(client: Client, nonce: str) -> None:
        together.wait()
        answers.append(client.post(url("act", case, "accept"), {"version": "1", "nonce": nonce}))
        connection.close()

    threads = [
        threading.Thread(target=click, args=(client, f"nonce-of-official-{n}")) for n, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Act.objects.filter(case=case, act="accept").count() == 1
    loser = next(answer for answer in answers if answer.status_code == 409).content.decode()
    assert "别人办理了这个件" in loser
    assert "受理" in loser


def test_only_a_colleague_with_a_working_post_can_be_assigned(desk, letter, act, official):
    case, _ = letter()
    colleague, stranger = official("610113-CG", "clerk"), official("610113-ZJ", "handler")
    left, rights = official("610113-CG", "handler", "left"), official("610113-CG", "administrator")
    Post.objects.filter(official=left).update(until=timezone.localdate() - timedelta(days=1))
    client = desk("head")
    for wrong in (stranger, left, rights):
        response = act(client, case, "assign", official=wrong.pk)
        assert response.status_code == 422
        assert "请选择在主办单位有承办岗位的工作人员" in response.content.decode()
    assert act(client, case, "assign", official=colleague.pk).status_code == 302
    assert Case.objects.get(pk=case.pk).handler_id == colleague.pk


def test_a_colleague_with_a_second_hat_at_the_unit_complained_of_is_not_assigned(desk, letter, act, official):
    case, _ = letter(matter="0901", against="610113-CG")
    both = official("610113-GOV", "handler", "both")
    Post.objects.create(official=both, unit_id="610113-CG", role="handler", since=date(2020, 1, 1))
    assert act(desk("above"), case, "assign", official=both.pk).status_code == 422


def test_letters_from_the_same_telephone_and_with_the_same_words_are_offered_for_merging(desk, letter, url):
    case, _ = letter(phone="13800000000")
    same_phone, _ = letter(phone="138 0000 0000", subject="完全另一件事情")
    same_words, _ = letter(nonce="another-letter-nonce", body="还在施工")
    hidden, _ = letter(phone="13800000000", matter="0901", against="610113-CG", subject="告城管局")
    settle()
    page = desk("handler").get(url("case", case)).content.decode()
    assert "同一联系方式" in page
    assert f"/desk/c/{case.code}/merge/?lead={same_phone.code}" in page
    assert f"/desk/c/{case.code}/merge/?lead={same_words.code}" in page
    assert hidden.code not in page
    assert "告城管局" not in page


def test_an_assisting_unit_reads_and_notes_but_does_not_decide(desk, letter, url):
    case, _ = letter()
    Assist.objects.create(case=case, unit_id="610113-ZJ")
    page = desk("other unit").get(url("case", case)).content.decode()
    assert forms_on(page) == ["note"]


def test_a_refused_form_of_a_supervisor_whose_look_lapsed_keeps_the_words_and_shows_no_letter(desk, letter, act):
    case, _ = letter()
    page = act(desk("supervisor"), case, "urge", text="x" * 2001)
    assert page.status_code == 422
    assert "x" * 2001 in page.content.decode()
    assert "每天夜里" not in page.content.decode()


def test_the_next_letter_of_the_tray_is_one_key_away(desk, letter, url):
    first, _ = letter()
    second, _ = letter(subject="第二封")
    client = desk("handler")
    assert f'href="/desk/c/{second.code}/" data-key-next>' in client.get(url("case", first)).content.decode()
    assert "data-key-next" not in client.get(url("case", second)).content.decode()
