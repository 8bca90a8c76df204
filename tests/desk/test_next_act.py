"""The page of a case shows one act to take now, by state, role and what was asked for; the rest stands back."""

from __future__ import annotations

import re

import pytest

from tongban.cases.models import Case
from tongban.cases.writer import Step, perform

pytestmark = pytest.mark.django_db
PRIMARY = re.compile(r'<(?:a|button)[^>]*class="btn btn--primary"[^>]*>([^<]*)<')


def main(client, address):
    return client.get(address).content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def primary(client, address):
    return PRIMARY.findall(main(client, address))


@pytest.fixture
def drafted(letter, actor):
    """A letter whose answer the handler drafted; the head approves it."""
    case, _ = letter(matter="0102")
    handler = actor("610113-ZJ", "handler")
    perform(case.pk, Step("accept", handler))
    perform(case.pk, Step("draft_answer", handler, {"text": "已经核实，本周内修好。"}))
    return Case.objects.get(pk=case.pk)


def test_whoever_has_a_new_letter_accepts_it_first_and_can_do_it_with_one_click(desk, letter, url):
    case, _ = letter()
    page = main(desk("handler"), url("case", case))
    assert PRIMARY.findall(page) == ["受理"]
    assert page.index("受理") < page.index("写答复")
    assert page.count("btn--primary") == 1


def test_whoever_has_an_accepted_letter_writes_the_answer(desk, letter, actor, url):
    case, _ = letter()
    perform(case.pk, Step("accept", actor("610113-CG", "handler")))
    assert primary(desk("handler"), url("case", case)) == ["写答复"]


def test_whoever_approves_sees_approving_first_on_both_pages(drafted, official, signed_in, url):
    head = signed_in(official("610113-ZJ", "head"))
    assert primary(head, url("case", drafted)) == ["复核答复"]
    page = main(head, url("answer", drafted))
    assert re.findall(r'name="do" value="([a-z_]+)"', page)[0] == "approve_answer"
    assert PRIMARY.findall(page) == ["复核通过并发出"]
    assert "已经核实，本周内修好。" in page


def test_whoever_drafted_is_told_for_whom_it_waits(drafted, desk, url):
    page = main(desk("other unit"), url("case", drafted))
    assert not PRIMARY.findall(page)
    assert "这一步由雁塔区住房和城乡建设局办：复核通过并发出。" in page
    assert "修改答复" in page


@pytest.mark.parametrize("who", ["above", "supervisor", "coordinator"])
def test_nobody_else_has_a_first_act_on_it(desk, letter, url, who):
    case, _ = letter()
    client = desk(who)
    client.post(url("case", case), {"purpose": "督办"})
    assert not PRIMARY.findall(main(client, url("case", case)))


def test_an_extension_is_the_next_act_once_it_was_asked_for_with_its_days_and_reason(desk, letter, actor, url):
    case, _ = letter()
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("accept", handler))
    before = main(desk("head"), url("case", case))
    assert PRIMARY.findall(before) == ["写答复"]
    assert before.index("更多办理") < before.index('id="act-extend"')
    perform(case.pk, Step("request_extension", handler, {"days": 7, "text": "要等鉴定结果"}))
    page = main(desk("head"), url("case", case))
    assert PRIMARY.findall(page) == ["批准延期"]
    assert "要等鉴定结果" in page
    assert re.search(r'name="days" value="7"', page)
    perform(case.pk, Step("extend", actor("610113-CG", "head"), {"days": 7, "text": "要等鉴定结果"}))
    assert primary(desk("head"), url("case", case)) == ["写答复"]


def test_a_returned_letter_is_dispatched_to_the_unit_that_was_named_first(desk, letter, actor, act, url):
    case, _ = letter()
    answer = act(desk("handler"), case, "return_dispatch", text="这是工地，归住建局管", suggested="610113-ZJ")
    assert answer.status_code == 302
    page = main(desk("coordinator"), url("case", case))
    assert PRIMARY.findall(page) == ["分办"]
    assert "这是工地，归住建局管" in page
    assert "应由哪个单位办理：雁塔区住房和城乡建设局" in page
    form = page.split('id="act-dispatch"', 1)[1]
    assert re.search(r'value="[^"]*(?:610113-ZJ|雁塔区住房和城乡建设局)', form)


@pytest.mark.parametrize(("unit", "words"), [("610113-CG", "这就是本单位"), ("610124-XF", "只能交给问题所在地")])
def test_a_unit_that_cannot_get_it_cannot_be_named(letter, actor, unit, words):
    case, _ = letter()
    from tongban.cases.refusal import Refusal

    with pytest.raises(Refusal) as refused:
        perform(case.pk, Step("return_dispatch", actor("610113-CG", "handler"), {"text": "x", "suggested": unit}))
    assert words in str(refused.value.message)
    assert refused.value.field == "suggested"


def test_what_the_sender_said_and_the_basis_of_the_duty_stand_beside_the_answer(desk, letter, actor, url):
    case, _ = letter()
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("accept", handler))
    perform(case.pk, Step("ask_resident", handler, {"text": "是哪一栋楼？"}))
    from tongban.cases.actor import resident

    perform(case.pk, Step("reply", resident(case.pk), {"text": "三号楼北边"}))
    page = main(desk("handler"), url("answer", case))
    for words in ("每天夜里十二点", "是哪一栋楼？", "三号楼北边", "三定方案", "《信访工作条例》"):
        assert words in page
