"""What readers of the published letters could learn of the people in them.

Who attacks: nobody in particular. A resident mistypes a number, a tired official clicks through, and whoever reads the
public page (or fetches all of it by the API) collects identity numbers, cards, phones, and children with their schools.

What held before: numbers that pass their check were masked and refused. What did not: an ID, card or phone with one
digit wrong, too few or too many went out as it was typed; a child's name with its school went out; a name that the
official put back, or that the masker never saw, went out with one tick for the whole text; the last check looked for
fewer things than the masker.

What holds now: a number that a word beside it names is masked and refused; so are children's names beside a school.
Whatever else looks like a person's (names, phones, doors, long numbers) needs a tick of its own, on the page and in the
kernel, whatever the entry.
"""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from tests.publishing import agree
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.letters.models import PublishedLetter
from tongban.published import doubts
from tongban.published import masking as publishing

pytestmark = pytest.mark.django_db

LEAKS = {
    "a wrong check digit": ("身份证610113196503120027", "610113"),
    "one digit too few": ("身份证号：61011319650312002", "610113"),
    "one digit too many": ("身份证号：6101131965031200271", "610113"),
    "full width": ("身份证号码６１０１１３１９６５０３１２００２７", "６１０１１３"),
    "on the next line": ("身份证号：\n610113196503120027", "610113"),
    "the word behind": ("610113196503120027（身份证号）", "610113"),
    "a letter for a zero": ("身份证6101131965O3120027", "610113"),
    "a card that fails Luhn": ("卡号：6222021234567890124", "622202"),
    "a bank's short name": ("工行卡6222 0212 3456 7890 124", "6222"),
    "an account": ("退款账户：6100123456789012", "610012"),
    "a passport of nine digits": ("护照号码E123456789", "E123456789"),
    "a residence permit": ("居住证830000199001010010", "830000"),
    "a mobile of ten digits": ("手机1380013800", "1380013800"),
    "a mobile of twelve digits": ("手机号：138001380012", "138001380012"),
    "in English": ("My ID number is 610113196503120027", "610113"),
    "a pupil and the school": ("学生张小明，就读于育才小学三年级二班", "张小明"),
    "a child in kindergarten": ("我儿子李明轩在阳光幼儿园", "李明轩"),
    "a password": ("密码是Xa8kPq22", "Xa8kPq22"),
}


@pytest.fixture
def answered(letter: Any, actor: Any) -> Case:
    case, _ = letter(name="王小明", subject="反映噪音", body="夜间噪音", phone="13800138000")
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "已处理。", "at_once": True}))
    return case


def publish(actor: Any, case: Case, **texts: str) -> Any:
    given = {"subject": "噪音", "body": "夜间噪音", "answer": "已处理。", **texts}
    with pytest.raises(Refusal) as caught:
        perform(case.pk, Step("propose_publication", actor("610113-CG", "handler"), given))
    return caught.value


@pytest.mark.parametrize(("text", "leak"), LEAKS.values(), ids=LEAKS)
def test_it_is_masked_in_what_is_proposed(text: str, leak: str) -> None:
    proposed, count = publishing.masked(f"您好，{text}，请处理。")
    assert leak not in proposed
    assert count >= 1
    assert publishing.personal_data_at(proposed) is None
    assert doubts.doubts_in({"body": proposed}) == []


@pytest.mark.parametrize(("text", "leak"), LEAKS.values(), ids=LEAKS)
def test_the_kernel_refuses_it_where_somebody_puts_it_back(text: str, leak: str, answered: Case, actor: Any) -> None:
    refusal = publish(actor, answered, body=f"您好，{text}，请处理。", cleared=" ".join(f"{n:016x}" for n in range(50)))
    assert (refusal.code, refusal.field) == ("bad_input", "body")
    assert not PublishedLetter.objects.exists()


DOUBTS = {
    "the sender's own name": "王小明反映的问题",
    "another's name": "邻居赵国强每天唱歌",
    "a telephone of an office": "请致电029-85258888",
    "a door": "住在3号楼2单元501室",
    "a number without a word": "编号7654321098",
    "a plate": "车牌陕A12345D停在门口",
    "an illness": "本人患有糖尿病",
}


@pytest.mark.parametrize("text", DOUBTS.values(), ids=DOUBTS)
def test_what_looks_like_a_persons_needs_a_tick_in_the_kernel_too(text: str, answered: Case, actor: Any) -> None:
    handler = actor("610113-CG", "handler")
    refusal = publish(actor, answered, body=text)
    assert (refusal.code, refusal.field) == ("bad_input", "cleared")
    keys = [doubt.key for doubt in doubts.doubts_in({"body": text}, "王小明")]
    assert keys
    if len(keys) > 1:
        assert publish(actor, answered, body=text, cleared=" ".join(keys[1:])).field == "cleared"
    perform(
        answered.pk,
        Step(
            "propose_publication",
            handler,
            {"subject": "噪音", "body": text, "answer": "已处理。", "cleared": " ".join(keys)},
        ),
    )
    agree(answered)
    assert PublishedLetter.objects.get(case=answered).body == text


def test_a_tick_is_for_one_value_and_not_for_another_of_its_kind() -> None:
    (one,), (other,) = (
        doubts.doubts_in({"body": "请致电029-85258888"}),
        doubts.doubts_in({"body": "请致电029-85258889"}),
    )
    assert one.key != other.key


def test_an_import_that_nobody_looked_at_is_held_to_identifiers_alone(answered: Case) -> None:
    refused = publishing.personal_data_in(
        {"subject": "题", "body": "身份证610113196503120027", "answer": "好"}, judged=False
    )
    assert refused is not None
    Case.objects.filter(pk=answered.pk).update(channel="import")
    perform(answered.pk, Step("publish", SYSTEM, {"subject": "题", "body": "请致电029-85258888", "answer": "好"}))


def test_the_masker_and_the_last_check_know_the_same(answered: Case) -> None:
    text = "，".join(text for text, _leak in LEAKS.values()) + "，" + "，".join(DOUBTS.values())
    proposed = publishing.masked(text, "王小明")[0]
    assert [
        doubt.value
        for doubt in doubts.doubts_in({"body": proposed}, "王小明")
        if doubt.finding.reason != doubts.NUMBER and doubt.finding.type != "name"
    ] == []


# The page, with and without JavaScript: it is a form.


@pytest.fixture
def page(official: Any, signed_in: Any, letter: Any, actor: Any) -> Any:
    case, _ = letter(
        name="王小明",
        subject="反映噪音",
        body="我的身份证610113196503120027。邻居赵国强每天唱歌，他说编号7654321098。",
        phone="13800138000",
    )
    perform(
        case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "已处理，详询029-85258888。", "at_once": True})
    )
    client = signed_in(official("610113-CG", "handler"))
    address = reverse("desk:page", args=[case.code, "publish"])
    return client, address, case


def fields(text: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: re.search(rf'name="{name}" value="([^"]*)"', text).group(1) for name in ("version", "nonce", "subject")
    }  # type: ignore[union-attr]
    for name in ("body", "answer"):
        given[name] = html.unescape(
            re.search(rf'<textarea name="{name}"[^>]*>\s*(.*?)</textarea>', text, re.S).group(1)
        )  # type: ignore[union-attr]
    return {**given, "read": "on"}


def ticks(text: str) -> dict[str, str]:
    """Words of each tick → its value."""
    found = re.findall(
        r'<input type="checkbox" name="cleared" value="([0-9a-f]{16})"[^>]*>\s*(.*?)</label>', text, re.S
    )
    return {html.unescape(words): key for key, words in found}


def test_the_original_shows_what_is_hidden_and_what_is_in_doubt(page: Any) -> None:
    client, address, _case = page
    text = client.get(address).content.decode()
    assert re.search(
        r'<mark class="hidden-text" title="公民身份号码：[^"]+">610113196503120027<span '
        r'class="visually-hidden">（已隐去：公民身份号码）</span></mark>',
        text,
    )
    assert re.search(r'<mark class="doubted-text" title="[^"]+">赵国强<', text)
    assert "7654321098" in "".join(ticks(text))
    assert len(ticks(text)) == 2


def test_every_doubt_needs_its_own_tick(page: Any) -> None:
    client, address, case = page
    text = client.get(address).content.decode()
    given, keys = fields(text), list(ticks(text).values())
    for some in ([], keys[:1], keys[1:]):
        refusal = client.post(address, {**given, "cleared": some})
        again = refusal.content.decode()
        assert refusal.status_code == 422
        assert f"还有 {2 - len(some)} 项没有核对" in again
        assert again.count("checked") >= len(some)
        assert not PublishedLetter.objects.exists()
    assert client.post(address, {**given, "cleared": keys}).status_code == 302
    agree(case)
    assert "赵国强" in PublishedLetter.objects.get(case=case).body


def test_what_is_hidden_after_all_needs_no_tick_and_what_is_put_back_needs_one(page: Any) -> None:
    client, address, _case = page
    text = client.get(address).content.decode()
    given, keys = fields(text), list(ticks(text).values())
    given["body"] = given["body"].replace("赵国强", "赵某某").replace("7654321098", "略")
    put_back = client.post(address, {**given, "answer": "已处理，详询029-85258888。", "cleared": keys})
    assert put_back.status_code == 422
    (words,) = ticks(put_back.content.decode())
    assert "029-85258888" in words
    assert client.post(address, {**given, "cleared": []}).status_code == 302


@pytest.mark.parametrize(
    ("language", "kind", "why"),
    [
        ("en", "Resident ID number", "words beside it call it this"),
        ("zh-hant", "公民身份號碼", "旁邊的詞語說明是公民身份號碼"),
        ("zh-hans", "公民身份号码", "旁边的词语说明是公民身份号码"),
    ],
)
def test_the_page_says_what_and_why_in_three_languages(
    language: str, kind: str, why: str, page: Any, settings: Any
) -> None:
    client, address, _case = page
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    text = client.get(address).content.decode()
    assert f'title="{kind}' in text
    assert why in text
