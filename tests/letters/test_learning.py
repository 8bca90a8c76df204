"""The learning loop: officials decide, the model learns, and the next suggestion is theirs; it can be put
back; it decides nothing."""

from __future__ import annotations

import pytest

from tongban.cases.models import Case
from tongban.commands.working import work
from tongban.letters import suggest
from tongban.letters.advice import aside, matters
from tongban.text import Suggestion

pytestmark = pytest.mark.django_db

NOISE = [
    "夜里施工的声音吵得睡不着",
    "广场舞音响太响",
    "工地打桩到凌晨",
    "烧烤店半夜喧哗",
    "装修电钻从早响到晚",
    "卡拉OK吵闹到两点",
]
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


def test_the_desk_shows_what_may_fit_with_its_words_and_unit_and_a_complaint_gets_none(
    decided, letter, registry, official, signed_in
):
    for body in NOISE:
        decided(body, "0101")
    for body in LAMPS:
        decided(body, "0103")
    matters.learn()
    matters.forget()
    case = letter(subject="路灯坏了", body="科技路上的路灯坏了，晚上看不见路。", matter="0101")[0]
    client = signed_in(official("610113-XF", "clerk"))
    url = f"/desk/c/{case.code}/"
    page = client.get(url).content.decode()
    assert "可能的事项" in page
    assert "路灯" in page[page.index("可能的事项") :]
    before = Case.objects.get(pk=case.pk)
    assert (before.matter_id, before.state) == (case.matter_id, case.state), "advice changes nothing"


class Process:
    """A stand-in for a process that runs until it is told how it ended."""

    def __init__(self, code: int | None = None) -> None:
        self.code = code

    def poll(self) -> int | None:
        return self.code


def test_long_work_runs_once_at_a_time_and_its_failure_is_in_the_log(monkeypatch, caplog):
    begun: list[list[str]] = []
    processes: list[Process] = []

    def popen(command, **_how):
        begun.append(command)
        processes.append(Process())
        return processes[-1]

    monkeypatch.setattr(aside, "_running", {})
    monkeypatch.setattr(aside.subprocess, "Popen", popen)
    assert aside.begin("topics")
    assert not aside.begin("topics"), "it still runs"
    assert aside.begin("train"), "another kind of work is another process"
    assert [command[-2:] for command in begun] == [["topics", "--here"], ["train", "--here"]]
    assert not caplog.records
    processes[0].code = 1
    assert aside.begin("topics")
    assert "tongban text topics --here" in caplog.text


def test_a_worker_that_runs_once_begins_no_long_work(registry, monkeypatch):
    monkeypatch.setattr(aside, "begin", lambda work: pytest.fail(f"began {work}"))
    work(once=True)


def test_a_model_that_is_likelier_wrong_than_right_stands_behind_the_search(registry, monkeypatch):
    unsure = matters.Advice([Suggestion("0102", 0.2, ())], sure=False, learned=True)
    monkeypatch.setattr(matters, "advise", lambda text, top=3: unsure)
    assert suggest.matters("夜间施工噪音")[0].code == "0101"
    monkeypatch.setattr(
        matters, "advise", lambda text, top=3: matters.Advice([Suggestion("0102", 0.9, ())], sure=True, learned=True)
    )
    assert suggest.matters("夜间施工噪音")[0].code == "0102"
