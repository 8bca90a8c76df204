"""The box: what is said is answered at once, stays in the browser alone, and becomes the letter."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tongban.cases.models import Case
from tongban.counter.begun import begun
from tongban.counter.models import Draft
from tongban.gate import asking, cookies, door
from tongban.gate.door import Door, register
from tongban.gate.parts import Answering, Asked, Hit, SiteSearch
from tongban.letters.sender import WRITING
from tongban.published import asked as finder
from tongban.published import finding, index, similar
from tongban.published.models import PublishedCase

pytestmark = pytest.mark.django_db
LIFT = ("电梯一个月困人三次", "我们楼的电梯这个月已经困了三次人，物业说等维保公司。")
HEAT = ("交了暖气费，家里只有十四度", "供暖半个月了，客厅温度一直在十四度左右，请检查管道。")
LAMP = ("青松路路灯一个月不亮", "青松路从菜市场到小学这一段，大概有七八盏路灯一直不亮。")
ANSWER = "您好！您的来信收悉，现答复如下：\n我局当日派人到现场查看，已经修好。\n感谢您的监督。"


@pytest.fixture
def publish(letter):
    """Publishes texts at places, without the whole way of their letters."""
    first, _receipt = letter()

    def many(*texts: tuple[str, str], place: str = "610113") -> list[PublishedCase]:
        rows = []
        for subject, body in texts:
            number = PublishedCase.objects.count()
            case = Case.objects.create(
                kind="letter", code=f"B{number:011d}", secret_digest="0" * 64, state="closed", phase="over",
                matter_id="0101", place_id=place, unit_id="610113-CG", submitted_at=first.submitted_at,
                step_since=first.submitted_at, private={"link": "00"},
            )  # fmt: skip
            row = PublishedCase.objects.create(
                case=case, kind="letter", slug=f"b{number}", subject=subject, body=body, answer=ANSWER,
                matter_id="0101", place_id=place, unit_id="610113-CG", submitted_on=date(2026, 1, 1),
                answered_on=date(2026, 1, 9), published_at=first.submitted_at,
            )  # fmt: skip
            index.add([row])
            rows.append(row)
        similar.forget()
        return rows

    return many


def said(client: Client, text: str, **more: str) -> str:
    """The page that answers `text`."""
    answer = client.post("/ask/", {"text": text, **more})
    assert (answer.status_code, answer["Location"]) == (303, "/ask/")
    return client.get("/ask/").content.decode()


# --- the finder -------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("电梯困人", 0), ("电梯坏了", 0), ("電梯壞了", 0), ("the lift is broken", 0),
        ("暖气不热", 1), ("屋里冷得像冰窖", 1), ("heating", 1), ("路灯黑了", 2), ("燈不亮", 2),
    ],
)  # fmt: skip
def test_published_answers_to_the_same_trouble_are_found_in_other_words(publish, words, number):
    rows = publish(LIFT, HEAT, LAMP)
    assert [row.pk for row in finder.answers(words)] == [rows[number].pk]


@pytest.mark.both_databases
@pytest.mark.parametrize("words", ["", "你好", "！？", "教师资格证补办", "xyz", "'; DROP TABLE --", '"', "的", "*"])
def test_where_nobody_asked_the_same_nothing_is_found(publish, words):
    publish(LIFT, HEAT, LAMP)
    assert finder.answers(words) == []


@pytest.mark.both_databases
def test_the_place_comes_first_and_one_text_is_shown_once(publish):
    (there,) = publish(LIFT, place="610113")
    here, again = publish(LIFT, ("电梯困人没人管", "昨天电梯又困人，按铃没有人来，请检验部门查一查。"), place="610100")
    assert [row.pk for row in finder.answers("电梯困人", "610113")] == [there.pk, again.pk]
    assert here.pk in {row.pk for row in finder.answers("电梯困人", "610100")}


@pytest.mark.both_databases
def test_a_case_just_published_is_found_and_one_taken_down_is_not(publish):
    publish(LAMP)
    assert finder.answers("电梯困人") == []
    (row,) = publish(LIFT)
    assert finder.answers("电梯困人") == [row]
    index.remove(row, there=True)
    row.delete()
    assert finder.answers("电梯困人") == []


def test_a_corrected_answer_that_nobody_has_looked_at_is_not_shown(publish):
    (row,) = publish(LIFT)
    PublishedCase.objects.filter(pk=row.pk).update(corrected_on=date(2026, 2, 1), answer="")
    assert finder.answers("电梯困人") == []


def test_the_first_line_that_says_something_is_shown():
    assert finder.first_line(ANSWER) == "我局当日派人到现场查看，已经修好。"
    assert finder.first_line("已经修好。") == "已经修好。"
    assert finder.first_line("") == ""


# --- the page ---------------------------------------------------------------------------------------------------------


def test_home_asks_and_is_the_same_for_everybody(client, registry):
    answer = client.get("/")
    html = answer.content.decode()
    assert '<form method="post" action="/ask/"' in html
    assert 'name="text"' in html
    assert "csrfmiddlewaretoken" not in html
    assert answer["Public-For"] == "30"
    assert not answer.cookies


def test_home_names_what_is_written_about_most(client, publish):
    publish(LIFT, LAMP)
    assert finding.topics(3) == [("0101", "/letters/published/?matter=0101", 2)]
    assert 'href="/letters/published/?matter=0101"' in client.get("/").content.decode()


def test_what_is_said_is_answered_and_stands_in_no_address_and_no_row(client, publish):
    (row,) = publish(LIFT)
    before = Draft.objects.count()
    html = said(client, "电梯困人")
    assert f"/letters/published/{row.slug}/" in html
    assert "已经修好" in html
    assert "您好！" not in html
    assert 'href="tel:12345"' in html
    assert ">电梯困人</textarea>" in html
    assert Draft.objects.count() == before
    assert "电梯" not in client.cookies[asking.COOKIE].value


def test_a_reload_and_the_way_back_show_the_same_and_nothing_is_kept_by_others(client, registry):
    said(client, "路灯不亮")
    again = client.get("/ask/")
    assert ">路灯不亮</textarea>" in again.content.decode()
    assert again["Cache-Control"] == "no-store"
    assert ">路灯不亮</textarea>" not in Client().get("/ask/").content.decode()


def test_emergencies_stand_before_everything(client, publish):
    publish(LIFT)
    html = said(client, "有人困在电梯里了")
    assert html.index('href="tel:119"') < html.index("<textarea") < html.index("已经修好")
    assert 'href="tel:119"' not in said(client, "火车票怎么退")


def test_a_matter_that_fits_is_named_with_who_is_responsible_at_the_place(client, registry):
    html = said(client, "夜里施工噪音太大", place="610113")
    assert "写信给" in html
    assert "因为提到" in html
    without = said(client, "夜里施工噪音太大")
    assert "写信给" not in without
    assert "选了地点，就能看到负责的单位" in without


def test_a_place_that_is_named_in_the_words_need_not_be_chosen(client, registry):
    assert asking.place_named("我家在雁塔区，路灯不亮", registry) == "610113"
    assert asking.place_named("我家在雁塔，路灯不亮", registry) == "610113"
    assert asking.place_named("路灯不亮", registry) == ""
    assert "根据您写的内容判断" in said(client, "雁塔区夜里施工噪音太大")


def test_where_nothing_is_found_it_says_so_and_offers_the_letter(client, registry):
    html = said(client, "唔知边度好")
    assert "没有找到一样的事" in html
    assert 'action="/ask/write/letter/"' in html


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_an_empty_box_is_asked_about(client, registry, text):
    answer = client.post("/ask/", {"text": text})
    assert answer.status_code == 422
    assert "请先说说是什么事" in answer.content.decode()
    assert asking.COOKIE not in answer.cookies


def test_too_many_words_are_not_cut_but_given_back(client, registry):
    answer = client.post("/ask/", {"text": "灯" * (asking.LONGEST + 1)})
    assert answer.status_code == 422
    assert "灯" * (asking.LONGEST + 1) in answer.content.decode()


@pytest.mark.parametrize("character", ["a", "灯", "𠮷", "😀"])
def test_the_longest_words_fit_into_the_cookie_in_any_script(client, registry, character):
    said(client, character * asking.LONGEST, place="610113")
    assert len(asking.COOKIE) + len(client.cookies[asking.COOKIE].value) < 4096


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_words_from_another_site_are_refused(registry, headers):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/ask/", {"text": "电梯困人"}, **headers)
    assert answer.status_code == 403
    assert asking.COOKIE not in answer.cookies
    assert client.post("/ask/", {"text": "电梯困人"}, HTTP_SEC_FETCH_SITE="same-origin").status_code == 303


def test_words_are_forgotten_after_an_hour_and_by_leaving(client, registry, monkeypatch):
    said(client, "电梯困人")
    client.post("/follow/leave/")
    assert ">电梯困人<" not in client.get("/ask/").content.decode()
    said(client, "电梯困人")
    monkeypatch.setattr(cookies.time, "time", lambda: 2**40)
    assert ">电梯困人<" not in client.get("/ask/").content.decode()


def benches(told: Asked) -> dict[str, object] | None:
    return {"rows": [], "line": told.text} if "长椅" in told.text else None


def lakes(words: str, most: int) -> list[Hit]:
    return [Hit(f"{words}湖", "/about/")][:most]


def test_a_new_door_answers_too_and_one_that_can_only_be_searched_is_searched(client, registry, monkeypatch):
    monkeypatch.setattr(door, "_rooms", dict(door._rooms))
    monkeypatch.setattr(door, "_parts", {})
    here = __name__
    register(Door("park", "公园", (Answering(f"{here}:benches", "published/asked.html", 15),)))
    register(Door("lake", "湖", (SiteSearch(f"{here}:lakes", 5, "portal:about", "湖"),)))
    html = said(client, "莲花")
    assert "莲花湖" in html
    assert "别人问过，已经有答复" not in html
    assert "别人问过，已经有答复" in said(client, "长椅")


# --- the words become the letter --------------------------------------------------------------------------------------


def test_the_letter_begins_with_the_words_and_goes_on_where_something_is_missing(client, registry):
    said(client, "路灯不亮一个月了。请修")
    form = {"words": "路灯不亮一个月了。请修", "matter": "0101", "place": "610113"}
    answer = client.post("/ask/write/letter/", form)
    assert answer["Location"] == "/new/letter/text/"
    html = client.get(answer["Location"]).content.decode()
    assert ">\n路灯不亮一个月了。请修</textarea>" in html
    assert 'value="路灯不亮一个月了"' in html


def test_without_a_matter_the_words_stand_in_the_first_step(client, registry):
    said(client, "夜里施工噪音太大")
    answer = client.post("/ask/write/letter/", {})
    assert answer["Location"] == "/new/letter/"
    html = client.get("/new/letter/").content.decode()
    assert "夜里施工噪音太大</textarea>" in html
    assert "您有一封没写完的信" not in html
    client.post("/new/letter/", {"matter": "0101", "about": "夜里施工噪音太大"})
    client.post("/new/letter/where/", {"place": "610113"})
    assert ">\n夜里施工噪音太大</textarea>" in client.get("/new/letter/text/").content.decode()


def test_another_choice_for_the_same_words_needs_no_question(client, registry):
    for matter in ("0101", "0102"):
        answer = client.post("/ask/write/letter/", {"words": "太吵", "matter": matter, "place": "610113"})
        assert answer["Location"] == "/new/letter/text/"


def test_an_unfinished_letter_is_not_thrown_away_unasked(client, registry):
    client.post("/ask/write/letter/", {"words": "路灯不亮", "matter": "0101", "place": "610113"})
    client.post("/new/letter/text/", {"subject": "旧的", "body": "写了一半的信", "visibility": "public", "save": "1"})
    asked = client.post("/ask/write/letter/", {"words": "电梯困人", "matter": "0102", "place": "610113"})
    assert "另写一封" in asked.content.decode()
    assert "写了一半的信" in client.get("/new/letter/text/").content.decode()
    again = client.post("/ask/write/letter/", {"words": "电梯困人", "matter": "0102", "place": "610113", "new": "1"})
    html = client.get(again["Location"]).content.decode()
    assert ">\n电梯困人</textarea>" in html
    assert "写了一半的信" not in html


@pytest.mark.parametrize(
    ("kind", "form", "status", "where"),
    [
        ("nothing", {"words": "x"}, 404, None),
        ("letter", {"words": "x", "matter": "none", "place": "none"}, 302, "/new/letter/"),
    ],
)
def test_what_is_not_there_cannot_be_chosen(client, registry, kind, form, status, where):
    answer = client.post(f"/ask/write/{kind}/", form)
    assert (answer.status_code, answer.headers.get("Location")) == (status, where)


def test_carrying_needs_our_own_form(registry):
    assert Client(enforce_csrf_checks=True).post("/ask/write/letter/", {"words": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("words", "title"), [("灯不亮。请修", "灯不亮"), ("灯" * 31, None), ("", None), ("灯\n不亮", "灯")]
)
def test_the_title_is_the_first_sentence_where_that_is_short(words, title):
    assert begun(WRITING.steps[-1], words).get("subject") == title
