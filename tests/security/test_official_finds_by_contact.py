"""An official who looks a person up by telephone number or e-mail address, though the number is not theirs to see.

Before (commit 15d101b) whoever could see a letter found it by its sender's number: a supervisor, who is not shown the
number, typed it in and saw whose letter it was. Nothing was recorded, and the keyed hash of the number stood in the
address of the page, so in every access log. Now only those who handle a letter find it by its contact; each letter
found is an act that its sender reads; and the address tells nothing.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.desk.conftest import act, desk, url  # noqa: F401 - fixtures
from tests.desk.test_tray import codes_on
from tongban.cases.models import Act
from tongban.cases.settling import settle
from tongban.desk import searching
from tongban.desk.purposes import BY_CONTACT, PURPOSE_WORDS

PHONE, EMAIL = "13800138000", "xiaoming@example.org"


@pytest.fixture
def sent(letter):
    case, _receipt = letter(name="王小明", phone=PHONE, email=EMAIL)
    while settle():
        pass
    return case


def found(client, q):
    return codes_on(client.post("/desk/search/", {"q": q}, follow=True))


def looks(case):
    return [
        (item.unit_id, (item.private or {}).get("purpose"))
        for item in Act.objects.filter(case=case, act="look").order_by("sequence")
    ]


@pytest.mark.parametrize("q", [PHONE, "+86 138-0013-8000", EMAIL, "XiaoMing@example.org"])
@pytest.mark.parametrize(
    "who", ["supervisor", "above", "coordinator", "other unit", "below", "elsewhere", "administrator"]
)
def test_who_may_not_see_the_number_finds_nothing_by_it(who, q, desk, sent):  # noqa: F811
    assert found(desk(who), q) == []
    assert looks(sent) == []


def test_the_supervisor_does_see_the_letter_itself(desk, sent):  # noqa: F811
    assert found(desk("supervisor"), "夜间施工") == [sent.code], "so it was the number that told nothing"


@pytest.mark.parametrize("who", ["handler", "head", "clerk"])
@pytest.mark.parametrize("q", [PHONE, EMAIL])
def test_who_handles_it_finds_it_and_the_look_is_recorded(who, q, desk, sent):  # noqa: F811
    assert found(desk(who), q) == [sent.code]
    assert looks(sent) == [("610113-CG", BY_CONTACT)]
    assert BY_CONTACT in PURPOSE_WORDS


def test_looking_again_at_once_is_the_same_look(desk, sent):  # noqa: F811
    client = desk("handler")
    assert found(client, PHONE) == found(client, PHONE) == [sent.code]
    assert looks(sent) == [("610113-CG", BY_CONTACT)]


def test_a_search_by_words_records_nothing_and_a_number_is_no_word(desk, sent):  # noqa: F811
    client = desk("handler")
    assert found(client, "夜间施工") == [sent.code]
    assert found(client, PHONE[:8]) == []
    assert looks(sent) == []


def test_the_sender_reads_who_looked_them_up(desk, sent):  # noqa: F811
    found(desk("handler"), PHONE)
    item = Act.objects.get(case=sent, act="look")
    assert (item.unit_id, item.role, item.official_id is not None) == ("610113-CG", "handler", True)
    assert (item.private or {})["purpose"] == "按联系方式查找"


def test_nothing_that_was_typed_stands_in_an_address(desk, sent, caplog):  # noqa: F811
    client = desk("handler")
    address = client.post("/desk/search/", {"q": PHONE})["Location"]
    again = client.post("/desk/search/", {"q": PHONE})["Location"]
    assert address.startswith(reverse("desk:search") + "?s=")
    assert PHONE not in address
    assert address != again, "not even that the same was looked for twice"
    assert codes_on(client.get(address)) == [sent.code]


def test_the_address_is_of_no_use_to_others_nor_later(desk, sent, monkeypatch):  # noqa: F811
    address = desk("handler").post("/desk/search/", {"q": PHONE})["Location"]
    assert codes_on(desk("head").get(address)) == []
    now = searching.time.time()
    monkeypatch.setattr(searching.time, "time", lambda: now + searching.KEPT_SECONDS + 1)
    page = desk("handler").get(address)
    assert codes_on(page) == []
    assert "已经失效" in page.content.decode()
    whole = address.rpartition("=")[2]
    other = ("B" if whole[0] != "B" else "C") + whole[1:]  # six bits of the first byte, none of them spare
    for mangled in ("x", "AAAA", "é", other, "1" * 5000):
        assert desk("handler").get("/desk/search/", {"s": mangled}).status_code == 200


def test_the_same_contact_beside_a_letter_is_for_its_handlers_alone(desk, url, letter, sent):  # noqa: F811
    other, _ = letter(subject="另一封", body="路灯不亮", phone=PHONE, nonce="2")
    while settle():
        pass
    assert "同一联系方式" in desk("handler").get(url("case", other)).content.decode()
    for who in ("above", "coordinator"):
        page = desk(who).get(url("case", other))
        assert page.status_code == 200
        assert "同一联系方式" not in page.content.decode(), who
