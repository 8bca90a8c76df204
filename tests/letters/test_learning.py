"""The learning loop: officials decide, the model learns, and the next suggestion is theirs; it can be put back; it decides nothing."""

from __future__ import annotations

import pytest

from tongban.cases.models import Case
from tongban.letters import suggest
from tongban.letters.advice import matters

pytestmark = pytest.mark.django_db

NOISE = ["夜里施工的声音吵得睡不着", "广场舞音响太响", "工地打桩到凌晨", "烧烤店半夜喧哗", "装修电钻从早响到晚", "卡拉OK吵闹到两点"]
LAMPS = ["路灯不亮走路害怕", "门口的灯杆倒了", "路灯白天亮晚上灭", "巷子里没有照明", "路灯忽明忽暗", "整条街的灯坏了"]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA = tmp_path
    matters.forget()
    yield
    matters.forget()


@pytest.fixture
def decided(letter):
    def make(body: str, matter: str) -> Case:
        case = letter(subject=body[:10], body=f"{body}，请派人处理。", matter=matter)[0]
        Case.objects.filter(pk=case.pk).update(state="accepted")
        return case

    return make


def test_without_letters_it_learns_from_the_names_of_the_matters_alone_and_is_sure_of_nothing(registry):
    matters.learn()
    matters.forget()
    advice = matters.advise("工地夜间施工噪音扰民")
    assert advice is None or not advice.sure


def test_what_officials_decided_is_what_is_suggested_next(decided, registry):
    for body in NOISE:
        decided(body, "0101")
    for body in LAMPS:
        decided(body, "0103")
    matters.learn()
    matters.forget()
    assert matters.advise("楼下打桩的声音太吵，整夜施工").suggestions[0].code == "0101"
    assert matters.advise("門口的路燈又不亮了").suggestions[0].code == "0103", "Traditional as Simplified"
    assert suggest.matters("路灯不亮")[0].code == "0103"
    assert matters.advise("路灯不亮").suggestions[0].words


def test_a_correction_is_learned_and_the_last_model_can_be_put_back(decided, registry):
    for body in NOISE + LAMPS:
        decided(body, "0101")
    matters.learn()
    matters.forget()
    assert matters.advise("路灯不亮走路害怕").suggestions[0].code == "0101"
    for case in Case.objects.filter(kind="letter"):
        if any(case.body.startswith(body) for body in LAMPS):
            Case.objects.filter(pk=case.pk).update(matter_id="0103")
    matters.learn()
    matters.forget()
    assert matters.advise("路灯不亮走路害怕").suggestions[0].code == "0103"
    matters.put_back()
    assert matters.advise("路灯不亮走路害怕").suggestions[0].code == "0101"


def test_undecided_and_erased_letters_teach_nothing(decided, letter, registry):
    letter(subject="路灯", body="路灯不亮", matter="0103")
    gone = decided(LAMPS[0], "0103")
    Case.objects.filter(pk=gone.pk).update(private=None, erased_at="2026-01-01T00:00:00Z")
    assert list(matters.examples()) == []


def test_the_desk_shows_what_may_fit_with_its_words_and_unit_and_a_complaint_gets_none(decided, letter, registry, official, signed_in):
    for body in NOISE:
        decided(body, "0101")
    for body in LAMPS:
        decided(body, "0103")
    matters.learn()
    matters.forget()
    case = letter(subject="路灯坏了", body="科技路上的路灯坏了，晚上看不见路。", matter="0101")[0]
    client = signed_in(official("610113-XF", "clerk"))
    url = f"/desk/c/{case.code}/"
    client.post(url, {"purpose": "handling"})
    page = client.get(url).content.decode()
    if "可能的事项" not in page:  # whoever handles it may have to say first what for
        client.post(url, {"purpose": "work"})
        page = client.get(url).content.decode()
    assert "可能的事项" in page
    assert "路灯" in page[page.index("可能的事项"):]
    before = Case.objects.get(pk=case.pk)
    assert (before.matter_id, before.state) == (case.matter_id, case.state), "advice changes nothing"
