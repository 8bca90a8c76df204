"""Who sees what: the interested party their own page, the applicant how many were asked, the decider what was said;
everybody else nothing (行政许可法 Arts 36, 47, 48)."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tongban.accounts.models import Official
from tongban.cases import renewing
from tongban.cases.models import Act, Notice
from tongban.counter import recovering
from tongban.services import documents
from tongban.services.parties import sheet, shown

from .conftest import CIVIL, MARKET, NOON, accepted, after, fresh, official, sender
from .hearing_others import CONCERNS, HEARING, by_paper, named, right_told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]
SECRET = "TESTTESTTESTTESTTEST"
FAR = {**HEARING, "at": "2036-03-18T10:00"}
OF_THE_APPLICANT = ("李明", "营业执照原件", "流水")


def opened(case, secret=SECRET):
    """A browser that showed the secret of a case."""
    browser = Client()
    answer = browser.post("/follow/", {"code": case.code, "secret": secret})
    return browser, answer.status_code


def with_secret(party, secret=SECRET, at=NOON):
    return after(party, "make_sheet", official(MARKET), at, **renewing.of(secret))


def at_desk(settings, unit=MARKET, role="handler"):
    settings.SECOND_FACTOR = False
    desk = Client()
    desk.force_login(Official.objects.get(pk=official(unit, role).official_id))
    return desk


def read(browser, case):
    return browser.get(f"/follow/{case.code}/").content.decode()


def test_the_party_opens_their_own_page_and_finds_nothing_of_the_applicant():
    case, party = named()
    with_secret(party)
    after(case, "set_aside", official(MARKET), NOON, ground="hearing", text="流水要核", expected="2026-03-20")
    after(case, "appoint", official(MARKET), NOON, **FAR)
    browser, _status = opened(party)
    page = read(browser, party)
    for words in (CONCERNS, "食品经营许可", "2036-03-18 10:00", "二楼会议室", "主持人 周正", "陈述、申辩"):
        assert words in page
    assert not any(words in page for words in (*OF_THE_APPLICANT, case.code))
    for path in ("", "data/", "looks/", "proofs/", "document/1.pdf", "appointment.ics"):
        assert browser.get(f"/follow/{case.code}/{path}").status_code == 404
    calendar = browser.get(f"/follow/{party.code}/appointment.ics").content.decode()
    assert "DTSTART:20360318T020000Z" in calendar
    assert "食品经营" not in calendar


def test_a_stranger_a_wrong_password_and_another_party_open_nothing():
    case, party = named()
    _case, other = named(case, NOON, party="赵四", email="zhaosi@example.org")
    with_secret(party)
    with_secret(other, "22222222223333333333")
    assert opened(party, "WRONGWRONGWRONGWRONG")[1] == 422
    theirs, _status = opened(other, "22222222223333333333")
    for browser in (Client(), theirs):
        assert browser.get(f"/follow/{party.code}/").status_code == 404
        assert browser.post(f"/follow/{party.code}/act/speak/", {"text": "冒充"}).status_code == 404
        assert browser.get(f"/follow/{party.code}/appointment.ics").status_code == 404
    assert "王芳" not in read(theirs, other)
    assert not Act.objects.filter(case=party, act="speak").exists()


def test_a_new_sheet_ends_the_password_of_the_one_before():
    _case, party = named()
    with_secret(party)
    browser, status = opened(party)
    assert status == 302
    with_secret(party, "ABCDABCDABCDABCDABCD")
    assert browser.get(f"/follow/{party.code}/").status_code == 404
    assert opened(party)[1] == 422
    assert opened(party, "ABCDABCDABCDABCDABCD")[1] == 302


def test_whoever_holds_the_address_fetches_a_password_there():
    _case, party = named()
    handle = recovering.ask(recovering.Asked(("email", "wangfang@example.org"), code=party.code))
    recovering.look_for_waiting()
    text = Notice.objects.filter(case=party).latest("pk").private["text"]
    renewed = recovering.check(handle, re.search(r"\d{6}", text)[0])
    assert opened(party, renewed.receipt.secret)[1] == 302


def test_the_party_speaks_with_files_and_asks_for_a_hearing_by_their_page():
    case, party = named()
    with_secret(party)
    browser, _status = opened(party)
    file = SimpleUploadedFile("照片.txt", "窗户".encode(), "text/plain")
    said = browser.post(f"/follow/{party.code}/act/speak/", {"text": "油烟会进家里", "files": file})
    assert said.status_code == 302
    assert "油烟会进家里" in read(browser, party)
    late = browser.post(f"/follow/{party.code}/act/ask_hearing/", {"text": "要当面说"})
    assert late.status_code == 403  # the five days were those of March 2026
    assert "期限已过" in late.content.decode()
    assert fresh(case).state == "accepted"


def test_the_decider_reads_what_was_said_and_the_party_sees_the_look(settings):
    case, party = named()
    after(party, "speak", sender(party), NOON, text="油烟会进家里")
    page = at_desk(settings).get(f"/desk/c/{case.code}/").content.decode()
    for words in ("利害关系人 1", "油烟会进家里", "/desk/c/" + party.code):
        assert words in page
    assert "王芳" not in page  # the name stands with the contact, behind a look of its own
    assert Act.objects.filter(case=party, act="look").count() == 1
    assert at_desk(settings, CIVIL).get(f"/desk/c/{party.code}/").status_code == 404


def test_a_unit_asked_for_an_opinion_reads_nothing_of_the_parties(settings):
    case, party = named()
    after(party, "speak", sender(party), NOON, text="油烟会进家里")
    after(case, "ask_opinions", official(MARKET), NOON, units=["610113-CG"], text="油烟排放？")
    page = at_desk(settings, "610113-CG").get(f"/desk/c/{case.code}/").content.decode()
    assert "油烟会进家里" not in page
    assert "王芳" not in page
    assert party.code not in page
    assert not Act.objects.filter(case=party, act="look").exists()


def test_the_applicant_learns_how_many_were_asked_and_neither_name_nor_words():
    from .test_appointments import held_by_secret

    case, receipt = held_by_secret()
    _case, party = named(case)
    after(party, "speak", sender(party), NOON, text="油烟会进家里")
    browser, _status = opened(case, receipt.secret)
    page = read(browser, case)
    assert "告知了 1 名利害关系人" in page
    assert "其中 1 名说了意见" in page
    held = browser.post(f"/follow/{case.code}/data/").content
    for words in ("王芳", "wangfang@example.org", "油烟会进家里", "502", party.code):
        assert words not in page
        assert words.encode() not in held
    assert browser.get(f"/follow/{party.code}/").status_code == 404


def test_what_was_weighed_is_read_by_both_and_the_decision_by_the_applicant_alone():
    case, party = named()
    right_told(case)
    with_secret(party)
    after(party, "speak", sender(party), NOON, text="油烟会进家里")
    after(party, "waive_hearing", sender(party), NOON)
    after(case, "weigh", official(MARKET), NOON, text="要求装油烟净化设备。")
    after(case, "grant", official(MARKET), NOON, text="李明的流水符合要求，准予。")
    browser, _status = opened(party)
    page = read(browser, party)
    for words in ("要求装油烟净化设备。", "准予的决定", "行政复议", "行政诉讼"):
        assert words in page
    assert not any(words in page for words in OF_THE_APPLICANT)
    act = Act.objects.get(case=party, act="tell_granted")
    said = "\n".join(documents.words(act))
    assert "决定准予" in said
    assert "要求装油烟净化设备。" in said
    assert "请上级单位复查" not in said  # the application is not theirs
    assert browser.get(f"/follow/{party.code}/document/{act.sequence}.pdf").content.startswith(b"%PDF")
    assert browser.post(f"/follow/{party.code}/act/speak/", {"text": "晚了"}).status_code in (404, 409, 422)
    assert not Act.objects.filter(case=party, act="speak", state_before="decided").exists()


def test_the_sheet_says_what_they_can_do_and_holds_the_password_and_nothing_of_the_applicant(monkeypatch):
    case, party = by_paper()
    written = []
    monkeypatch.setattr(sheet, "letter", lambda *parts: written.append(parts) or b"%PDF")
    sheet.made(party, SECRET)
    text = str(written)
    for words in (CONCERNS, "王芳", "小寨东路 3 号", "TEST-TEST-TEST-TEST-TEST", "5个工作日", "第四十七条"):
        assert words in text
    assert not any(words in text for words in (*OF_THE_APPLICANT, case.code))


def test_the_sheet_is_made_once_by_the_unit_on_its_page(settings):
    _case, party = by_paper()
    desk = at_desk(settings)
    page = desk.get(f"/desk/c/{party.code}/sheet/")
    assert "五个工作日从那天起算" in page.content.decode()
    nonce = re.search(r'name="nonce" value="([0-9a-f]{32})"', page.content.decode())[1]
    made = desk.post(f"/desk/c/{party.code}/sheet/", {"nonce": nonce})
    assert made.content.startswith(b"%PDF")
    assert (made["Content-Type"], made["Cache-Control"]) == ("application/pdf", "no-store")
    digest = fresh(party).secret_digest
    assert digest != party.secret_digest
    assert desk.post(f"/desk/c/{party.code}/sheet/", {"nonce": nonce}).status_code == 302
    assert fresh(party).secret_digest == digest
    for other in (at_desk(settings, CIVIL), Client()):
        assert other.post(f"/desk/c/{party.code}/sheet/", {"nonce": "a" * 32}).status_code in (302, 404)
    assert fresh(party).secret_digest == digest


def test_a_program_of_the_party_follows_and_speaks_and_no_program_opens_such_a_case():
    case, party = named()
    with_secret(party)
    held = {"HTTP_AUTHORIZATION": f"Receipt {SECRET}", "content_type": "application/json"}
    address = f"/api/v1/interested-parties/{party.code}"
    told = Client().get(address, **held)
    assert told.status_code == 200
    assert "speak" in told.json()["may"]
    assert not any(words in told.content.decode() for words in (*OF_THE_APPLICANT, case.code))
    said = {"act": "speak", "payload": {"text": "油烟会进家里"}}
    done = Client().post(f"{address}/acts", json.dumps(said), HTTP_IDEMPOTENCY_KEY="speak-once-1234567", **held)
    assert (done.status_code, done.json().get("act")) == (200, "speak")
    assert Client().get(f"/api/v1/applications/{case.code}", **held).status_code == 404
    assert Client().get(address, HTTP_AUTHORIZATION="Receipt WRONGWRONGWRONGWRONG").status_code == 404
    assert Client().post("/api/v1/interested-parties", "{}", content_type="application/json").status_code in (404, 405)


def test_nobody_was_asked_where_nobody_was_named():
    assert shown.counts(accepted()) == (0, 0)
