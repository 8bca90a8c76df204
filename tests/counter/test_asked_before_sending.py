"""What is asked before something is sent, and never refused; who decides whether it may be public; what others would
see."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.cases.models import Case
from tongban.counter.inputs import Email, Phone
from tongban.registry import models as rows
from tongban.registry import snapshot

pytestmark = pytest.mark.django_db
BODY = "每天夜里十二点以后还在施工，睡不着觉。"
CHECK = "/new/letter/check/"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path


def page_to_check(matter: str = "0101", **more: str) -> tuple[Client, str]:
    client = Client()
    client.post("/new/letter/", {"matter": matter})
    client.post("/new/letter/where/", {"place": "610113"})
    given = {"subject": "夜间施工", "body": BODY, "visibility": "public", "next": "1", **more}
    assert client.post("/new/letter/text/", given)["Location"] == CHECK
    return client, client.get(CHECK).content.decode()


def test_a_letter_of_one_character_is_asked_about_and_sent(registry):
    client, page = page_to_check(body="吵")
    assert "只有 1 个字，单位可能看不明白。要补充吗？" in page
    assert "就这样发送" in page
    assert 'href="/new/letter/text/#id_body"' in page
    assert client.post(CHECK, {"send": "1"})["Location"] == "/follow/sent/"
    assert Case.objects.get().body == "吵"


def test_a_letter_that_says_enough_is_not_asked_about(registry):
    _client, page = page_to_check(phone="13800000000", email="wang@qq.com")
    assert "提交前请再看一眼" not in page
    assert "就这样发送" not in page


def test_a_hotline_as_ones_own_number_is_asked_about_and_sent(registry):
    client, page = page_to_check(phone="12345", email="wang@qq.con")
    assert "这个号码看起来少了几位。" in page
    assert "“qq.con”是不是“qq.com”" in page
    assert client.post(CHECK, {"send": "1"})["Location"] == "/follow/sent/"
    assert Case.objects.get().private["phone"] == "12345"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("13800000000", ""), ("029-88888888", ""), ("88888888", ""), ("+86 138 0000 0000", ""), ("4008123123", ""),
        ("+1 212 555 0100", ""), ("12345", "少"), ("1380000000", "少"), ("138000000001", "多"), ("110", "少"),
        ("0298888888888", "多"),
    ],
)  # fmt: skip
def test_numbers_that_look_like_a_slip(number, words):
    told = Phone("phone", "电话").doubt(number)
    assert bool(told) is bool(words)
    assert words in told


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("a@qq.com", ""), ("a@163.com", ""), ("a@tongban.example", ""), ("a@sina.cn", ""), ("a@qq.con", "qq.com"),
        ("a@gmial.com", "gmail.com"), ("a@gmail.co", "gmail.com"), ("a@outlookk.com", "outlook.com"),
        ("a@126.con", "126.com"), ("a@xa.gov.cn", ""),
    ],
)  # fmt: skip
def test_domains_that_look_like_a_slip(address, meant):
    told = Email("email", "邮箱").doubt(address)
    assert bool(told) is bool(meant)
    assert meant in told


def text_step(matter: str) -> tuple[Client, str]:
    client = Client()
    client.post("/new/letter/", {"matter": matter})
    client.post("/new/letter/where/", {"place": "610113"})
    if matter == "0901":
        client.post("/new/letter/where/", {"place": "610113", "against": "610113-CG"})
    return client, client.get("/new/letter/text/").content.decode()


def test_an_ordinary_matter_may_be_public_unless_its_sender_says_otherwise(registry):
    _client, page = text_step("0101")
    assert "checked" in page


@pytest.mark.parametrize("matter", ["0901", "0102"])
def test_about_conduct_and_delicate_matters_nothing_is_chosen_beforehand(registry, matter):
    rows.Matter.objects.filter(code="0102").update(delicate=True)
    snapshot.touch()
    client, page = text_step(matter)
    assert "checked" not in page
    assert ("一律不公开" if matter == "0901" else "请您自己决定") in page
    answer = client.post("/new/letter/text/", {"subject": "标题", "body": BODY, "next": "1"})
    assert answer.status_code == 422
    assert "请选择答复后能否公开" in answer.content.decode()
    given = {"subject": "标题", "body": BODY, "visibility": "confidential", "next": "1"}
    assert client.post("/new/letter/text/", given)["Location"] == CHECK


def test_what_is_below_a_delicate_matter_is_delicate(registry):
    rows.Matter.objects.filter(code="01").update(delicate=True)
    snapshot.touch()
    assert "checked" not in text_step("0101")[1]


def test_who_changes_to_a_delicate_matter_chooses_anew(registry):
    rows.Matter.objects.filter(code="0102").update(delicate=True)
    snapshot.touch()
    client, _page = page_to_check()
    assert client.post("/new/letter/", {"matter": "0102"})["Location"] == "/new/letter/text/"
    page = client.get("/new/letter/text/").content.decode()
    assert "checked" not in page
    assert BODY in page


def test_the_page_to_check_shows_what_others_would_see(registry):
    client, page = page_to_check(body=f"{BODY}我叫王小明，电话13912345678。", name="王小明")
    seen = page[page.index('id="seen"') :]
    assert BODY in seen
    assert "13912345678" not in seen
    assert "王小明" not in seen
    assert "已隐去" in seen
    given = {"subject": "夜间施工", "body": BODY, "visibility": "confidential", "next": "1"}
    client.post("/new/letter/text/", given)
    page = client.get(CHECK).content.decode()
    assert "不公开。只有办理的单位能看到。" in page
    assert 'class="said' not in page


def test_words_that_looked_for_a_matter_are_not_typed_again(registry):
    client = Client()
    client.post("/new/letter/", {"about": "楼下工地半夜还在打桩", "find": "1"})
    client.post("/new/letter/", {"matter": "0101", "about": "楼下工地半夜还在打桩"})
    client.post("/new/letter/where/", {"place": "610113"})
    assert "楼下工地半夜还在打桩</textarea>" in client.get("/new/letter/text/").content.decode()
    client.post("/new/letter/text/", {"subject": "", "body": "", "save": "1"})
    assert "打桩</textarea>" not in client.get("/new/letter/text/").content.decode(), "who clears it means it"


def test_conduct_is_a_choice_of_its_own_on_the_first_step(registry):
    page = Client().get("/new/letter/").content.decode()
    assert "反映单位或工作人员的行为" in page
    assert "最后几项" not in page
    assert 'id="conduct_1" name="matter" value="0901"' in page


def test_a_place_is_named_by_typing_without_scripts(registry):
    client = Client()
    client.post("/new/letter/", {"matter": "0101"})
    several = client.post("/new/letter/where/", {"place": "610", "place-find": "1"})
    assert several.status_code == 422
    step = client.post("/new/letter/where/", {"place": "", "place-in": "610100"})
    assert step.status_code == 200
    assert "周至县" in step.content.decode()
    assert "请先改正" not in step.content.decode()
    assert client.post("/new/letter/where/", {"place": "雁塔", "place-find": "1"})["Location"] == "/new/letter/text/"
