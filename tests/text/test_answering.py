"""Before an answer is sent: what it leaves open, and what it should not hold. Never how good its writer is."""

from __future__ import annotations

import dataclasses
import time

import pytest

from tests.text.own_letters import TRADITIONAL
from tongban.text import Note, notes_on
from tongban.text.answering import questions_of

LETTER = (
    "梧桐里小区停车费从一百五涨到四百\n我是梧桐里的业主。物业没有开业主大会就把地下停车费涨到四百元。"
    "请问停车费涨价有没有物价部门的备案？多收的停车费什么时候能退还业主？难道业主就该受气吗？"
)
GOOD = (
    "您好！您反映的梧桐里停车费问题收悉，现答复如下：经查，梧桐里地下停车费涨价未向物价部门备案，"
    "依据《陕西省物业服务管理条例》第五十条，"
    "已责令物业恢复原价。多收的停车费将于5月15日前退还业主。如有疑问，请致电梧桐街道办，联系电话：029-81234567。"
)
EMPTY = "您好！您反映的梧桐里停车费的问题收悉。感谢您对我们工作的关心与支持，我们会高度重视，认真研究，祝您生活愉快！"
TEMPLATE = "您好！您的来信收悉。感谢您对我们工作的关心与支持，我们会高度重视，认真研究，祝您生活愉快！"


def keys(notes):
    return [note.key for note in notes]


def test_a_good_answer_is_only_confirmed():
    notes = notes_on(LETTER, GOOD)
    assert keys(notes) == ["question_met", "question_met", "basis_named", "contact_named", "step_dated"]
    assert not any(note.is_open for note in notes)


def test_an_empty_answer_leaves_everything_open():
    notes = notes_on(LETTER, EMPTY, [TEMPLATE])
    assert keys(notes) == [
        "question_open",
        "question_open",
        "basis_missing",
        "contact_missing",
        "step_missing",
        "form_template",
        "form_empty",
    ]
    assert all(note.is_open for note in notes)


def test_repeating_the_question_in_the_greeting_does_not_meet_it():
    assert "question_met" not in keys(
        notes_on(LETTER, "您反映的停车费涨价有没有物价部门备案、多收的停车费何时退还业主的问题收悉。谢谢。")
    )


def test_each_note_points_at_what_it_is_about():
    for note in notes_on(LETTER, GOOD, [TEMPLATE]):
        text = LETTER if note.about == "letter" else GOOD
        assert text[note.start : note.end] == note.quote
    open_one = notes_on(LETTER, GOOD.replace("多收的停车费将于5月15日前退还业主。", ""))[1]
    assert (open_one.key, open_one.quote) == ("question_open", "多收的停车费什么时候能退还业主？")


def test_a_rhetorical_question_is_none_and_a_repeated_one_is_asked_once():
    assert len(questions_of(LETTER)) == 2
    assert len(questions_of("路灯何时修好？" * 5 + "垃圾站何时搬走？")) == 2


def test_a_step_without_a_date_is_told():
    notes = notes_on(LETTER, GOOD.replace("将于5月15日前退还业主", "将尽快退还业主"))
    step = next(note for note in notes if note.kind == "step")
    assert (step.key, step.is_open) == ("step_undated", True)


@pytest.mark.parametrize("named", ["《物业管理条例》", "根据条例第五十条", "市政发〔2024〕12号"])
def test_legal_bases(named):
    assert "basis_named" in keys(notes_on(LETTER, f"答复：{named}办理。"))


@pytest.mark.parametrize("unnamed", ["《红楼梦》", "2024年12号楼", ""])
def test_what_is_no_legal_basis(unnamed):
    assert "basis_missing" in keys(notes_on(LETTER, f"答复：{unnamed}办理。"))


@pytest.mark.parametrize("named", ["请拨打12345热线", "联系电话029-81234567", "经办人：王某某"])
def test_contacts(named):
    assert "contact_named" in keys(notes_on(LETTER, named))


def test_a_number_that_is_no_phone_is_no_contact():
    assert "contact_missing" in keys(notes_on(LETTER, "已收取费用81234567元。"))


def test_a_template_with_the_letters_own_words_put_in_is_still_seen():
    filled = TEMPLATE.replace("来信", "关于梧桐里停车费的来信")
    assert "form_template" in keys(notes_on(LETTER, filled, ["别的模板", TEMPLATE]))
    assert "form_template" not in keys(notes_on(LETTER, GOOD, [TEMPLATE]))


def test_personal_data_is_pointed_at_wherever_it_stands():
    answer = "长" * 30_000 + "身份证610102"
    notes = notes_on(
        LETTER, answer, find_personal=lambda text: [(text.index("6101"), text.index("6101") + 6, "resident_id")]
    )
    last = notes[-1]
    assert (last.kind, last.key, last.about, last.quote, last.is_open) == (
        "personal",
        "personal_resident_id",
        "answer",
        "610102",
        True,
    )


def test_traditional_and_simplified_are_met_alike():
    assert (
        keys(notes_on(LETTER.translate(TRADITIONAL), GOOD))
        == keys(notes_on(LETTER, GOOD))
        == keys(notes_on(LETTER, GOOD.translate(TRADITIONAL)))
    )


@pytest.mark.parametrize(
    ("letter", "answer"),
    [("", ""), ("🙂", "🙂"), ("Why is the lamp broken?", "We will repair the broken lamp within 5 days."), ("", GOOD)],
)
def test_odd_letters_and_answers(letter, answer):
    notes = notes_on(letter, answer, ["", "🙂"])
    assert [note.kind for note in notes if note.kind in ("basis", "contact", "step")] == ["basis", "contact", "step"]
    assert "form_template" not in keys(notes)


def test_a_megabyte_is_answered_in_a_second():
    started = time.perf_counter()
    notes_on(LETTER * 6_000, GOOD * 6_000, [TEMPLATE] * 20)
    assert time.perf_counter() - started < 2


def test_a_note_holds_no_grade():
    assert [field.name for field in dataclasses.fields(Note)] == [
        "kind",
        "key",
        "about",
        "start",
        "end",
        "quote",
        "detail",
    ]
    assert not any(isinstance(value, float) for note in notes_on(LETTER, GOOD) for value in dataclasses.astuple(note))
