"""A new secret for whoever lost theirs and left a telephone or an e-mail: what is asked, sent, checked, told, and every
way in which a stranger gets nothing."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from tongban.cases import notices, receipts, settling
from tongban.cases.actor import SYSTEM
from tongban.cases.index import merging
from tongban.cases.models import Case, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.counter import recovering
from tongban.counter.models import Recovery
from tongban.gate.rates import BUCKETS
from tongban.ledger import entry as ledger_entry
from tongban.ledger.models import QueuedEntry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

MAIL = "resident@example.com"


@pytest.fixture
def lost(letter, settings):
    """A letter whose sender left an e-mail and a telephone, and has lost the secret."""
    settings.NOTICE_SMS = "console"
    case, receipt = letter(email=MAIL, phone="138 0000 0001")
    Notice.objects.all().delete()
    return case, receipt


def asks(contact=MAIL, **known):
    """A browser that has asked; the worker has looked."""
    client = Client()
    answer = client.post("/follow/recover/", {"contact": contact, **known})
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == "/follow/recover/code/"
    recovering.look_for_waiting()
    return client


def code_in(text):
    return re.search(r"\b\d{6}\b", text).group()


def code_sent():
    """The code in the notice that waits to be sent."""
    return code_in(Notice.objects.get(state="waiting").private["text"])


def types(client, code):
    return client.post("/follow/recover/code/", {"digits": code})


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_to_the_mail_gives_a_new_secret_and_ends_the_old_one(lost):
    case, old = lost
    browser = Client()
    browser.post("/follow/", {"code": case.code, "secret": old.secret})
    assert browser.get(f"/follow/{case.code}/").status_code == 200
    client = asks(code=receipts.grouped(case.code).lower())
    notices.send_waiting(timezone.now() + timedelta(seconds=1))
    (message,) = mail.outbox
    assert message.to == [MAIL]
    assert case.subject not in message.body
    assert types(client, code_in(message.body))["Location"] == "/follow/sent/"
    page = client.get("/follow/sent/").content.decode()
    assert "原来的密码已经作废" in page
    new = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}", page).group()
    assert client.get(f"/follow/{case.code}/").status_code == 200
    assert browser.get(f"/follow/{case.code}/").status_code == 404  # what the old secret had opened is shut
    assert Client().post("/follow/", {"code": case.code, "secret": old.secret}).status_code == 422
    assert Client().post("/follow/", {"code": case.code, "secret": new}).status_code == 302


def test_it_stands_in_the_story_and_on_the_ledger_and_keeps_no_digest(lost):
    case, _old = lost
    client = asks(code=case.code)
    types(client, code_sent())
    act = case.acts.get(act="recover")
    assert (act.actor, act.entry_key is not None) == ("resident", True)
    case.refresh_from_db()
    assert case.secret_digest not in str((act.public, act.private))
    assert "您用验证码重新领取了密码" in client.get(f"/follow/{case.code}/").content.decode()
    assert case.body in client.get(f"/follow/{case.code}/").content.decode()  # what was sealed still opens


def test_who_holds_the_old_secret_knows_no_later_entry_on_the_ledger(lost):
    case, old = lost
    types(asks(code=case.code), code_sent())
    case.refresh_from_db()
    perform(case.pk, Step("withdraw", actor_of_sender(case), {"text": "不用了"}))
    last = case.acts.latest("sequence")
    entry = json.loads(bytes(QueuedEntry.objects.get(key=last.entry_key).entry))
    assert entry["link"] != ledger_entry.link(receipts.link_key(old.secret), last.sequence)
    assert entry["link"] == ledger_entry.link(bytes.fromhex(case.private["link"]), last.sequence)
    first = case.acts.get(sequence=1)
    entry = json.loads(bytes(QueuedEntry.objects.get(key=first.entry_key).entry))
    assert entry["link"] == ledger_entry.link(receipts.link_key(old.secret), 1), "what was before they know anyhow"


def test_the_other_contact_is_told_and_how_to_stop_it(lost):
    case, _old = lost
    types(asks(code=case.code), code_sent())
    told = Notice.objects.get(channel="sms")
    assert told.private["to"] == "13800000001"
    assert "/follow/recover/" in told.private["text"]
    assert "029-00000001" in told.private["text"]
    assert case.subject not in told.private["text"]


def test_whoever_lost_the_code_too_says_day_and_place(lost):
    case, _old = lost
    settling.settle()
    merging.keep_up()
    day = timezone.localtime(case.submitted_at).date()
    client = asks("13800000001", day=day.isoformat(), place="610100")  # the city above the place
    notice = Notice.objects.get(state="waiting")
    assert (notice.channel, notice.private["template"]) == ("sms", "code")
    types(client, code_in(notice.private["text"]))
    assert receipts.grouped(case.code) in client.get("/follow/sent/").content.decode()
    for other in ({"day": (day - timedelta(days=1)).isoformat(), "place": "610113"},
                  {"day": day.isoformat(), "place": "610124"}):  # fmt: skip
        asks("13800000001", **other)
    assert (
        not Notice.objects.filter(state="waiting", private__isnull=False)
        .exclude(pk=notice.pk)
        .filter(channel="sms")
        .exists()
    )


def test_a_case_that_is_not_there_gets_the_same_page_and_the_same_row(lost):
    case, _old = lost
    pages, rows = [], []
    for known in ({"code": case.code}, {"code": "0" * 12}):
        client = Client()
        answers = [client.post("/follow/recover/", {"contact": MAIL, **known}), client.get("/follow/recover/code/")]
        rows.append(Recovery.objects.latest("pk"))
        recovering.look_for_waiting()
        answers += [client.get("/follow/recover/code/"), types(client, "x")]
        pages.append([(one.status_code, re.sub(r'value="[^"]*"', "", one.content.decode())) for one in answers])
    assert pages[0] == pages[1]
    assert {len(str(row.private)) for row in rows} == {len(str(rows[0].private))}
    found = [len(str(row.private["mark"])) for row in Recovery.objects.all()]
    assert found == [64, 64]
    assert Notice.objects.count() == 1


def test_asking_looks_nothing_up(lost, django_assert_num_queries):
    """The question is one row, whatever is asked: its work tells nothing."""
    case, _old = lost
    client = Client()
    for known in (case.code, "0" * 12):
        with django_assert_num_queries(1):
            client.post("/follow/recover/", {"contact": MAIL, "code": known})


@pytest.mark.parametrize("contact", ["other@example.com", "13900000000"])
def test_a_contact_that_was_not_left_gets_nothing(lost, contact):
    case, _old = lost
    client = asks(contact, code=case.code)
    assert Notice.objects.count() == 0
    assert types(client, "123456").status_code == 422


def test_a_case_without_contact_cannot_be_recovered(letter):
    case, receipt = letter()
    asks(code=case.code)
    assert Notice.objects.count() == 0
    assert Client().post("/follow/", {"code": case.code, "secret": receipt.secret}).status_code == 302


def test_an_erased_case_cannot_be_recovered(lost, actor):
    case, _old = lost
    client = asks(code=case.code)
    code = code_sent()
    perform(case.pk, Step("withdraw", actor_of_sender(case), {}))
    Case.objects.filter(pk=case.pk).update(retain_until=timezone.localdate() - timedelta(days=1))
    perform(case.pk, Step("erase", SYSTEM))
    assert types(client, code).status_code == 422
    asks(code=case.code)
    assert Notice.objects.filter(state="waiting", channel="email").count() == 0


def actor_of_sender(case):
    from tongban.cases.actor import resident

    return resident(case.pk)


def test_five_wrong_codes_and_the_right_one_is_worth_nothing(lost):
    case, old = lost
    client = asks(code=case.code)
    code = code_sent()
    for _ in range(recovering.TRIES):
        assert types(client, wrong(code)).status_code == 422
    assert types(client, code).status_code == 422
    case.refresh_from_db()
    assert receipts.matches(old.secret, case.secret_digest)


def test_a_code_holds_for_ten_minutes(lost):
    case, _old = lost
    client = asks(code=case.code)
    code = code_sent()
    Recovery.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert types(client, code).status_code == 422
    assert recovering.forget_old() == 1


def test_a_code_is_good_once_and_for_one_browser(lost):
    case, _old = lost
    client = asks(code=case.code)
    code = code_sent()
    other = Client()
    other.post("/follow/recover/", {"contact": "someone@example.com", "code": case.code})
    recovering.look_for_waiting()
    assert types(other, code).status_code == 422
    twin = Client()
    twin.cookies = client.cookies.copy()
    assert types(client, code).status_code == 302
    assert types(twin, code).status_code == 422
    assert case.acts.filter(act="recover").count() == 1


def test_of_two_questions_the_first_that_is_used_ends_the_other(lost):
    case, _old = lost
    one, first = asks(code=case.code), code_sent()
    Notice.objects.all().delete()
    two, second = asks(code=case.code), code_sent()
    assert types(one, first).status_code == 302
    assert types(two, second).status_code == 422
    assert case.acts.filter(act="recover").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_browsers_in_the_same_moment_one_gets_the_secret(lost):
    case, _old = lost
    handle = recovering.ask(recovering.Asked(("email", MAIL), code=case.code))
    recovering.look_for_waiting()
    code, found, gate = code_sent(), [], threading.Barrier(2)

    def type_it():
        gate.wait()
        try:
            found.append(recovering.check(handle, code))
        finally:
            connection.close()

    both = [threading.Thread(target=type_it) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [renewed is None for renewed in sorted(found, key=lambda one: one is None)] == [False, True]
    assert case.acts.filter(act="recover").count() == 1
    case.refresh_from_db()
    assert any(one is not None and receipts.matches(one.receipt.secret, case.secret_digest) for one in found)


def test_too_many_questions_about_a_contact_lead_nowhere_in_the_same_words(lost, settings):
    case, _old = lost
    settings.RATE_LIMITS = True
    BUCKETS.clear()
    pages = set()
    for number in range(6):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        answer = client.post("/follow/recover/", {"contact": MAIL, "code": case.code})
        pages.add((answer.status_code, answer["Location"], client.get("/follow/recover/code/").status_code))
    recovering.look_for_waiting()
    BUCKETS.clear()
    assert len(pages) == 1
    assert Notice.objects.filter(channel="email").count() == 4


def test_one_address_asks_a_few_times_only(lost, settings):
    settings.RATE_LIMITS = True
    BUCKETS.clear()
    answers = [Client().post("/follow/recover/", {"contact": f"a{n}@example.com", "code": "0" * 12}) for n in range(8)]
    BUCKETS.clear()
    assert answers[0].status_code == 302
    assert answers[-1].status_code == 429


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"contact": "", "code": "0" * 12}, "电子邮箱"),
        ({"contact": "12345", "code": "0" * 12}, "请填提交时留的手机号码或电子邮箱"),
        ({"contact": "a@", "code": "0" * 12}, "请检查电子邮箱地址"),
        ({"contact": MAIL, "code": "123"}, "查询码是 12 位"),
        ({"contact": MAIL}, "请填查询码；查询码也丢了"),
        ({"contact": MAIL, "day": "2026-01-01"}, "请填查询码；查询码也丢了"),
        ({"contact": MAIL, "day": "2999-01-01", "place": "610113"}, "不能晚于今天"),
    ],
)
def test_what_cannot_be_somebodys_is_told_at_its_field(registry, given, said):
    answer = Client().post("/follow/recover/", given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Recovery.objects.count() == 0


def test_the_page_of_the_code_is_for_who_asked(registry):
    assert Client().get("/follow/recover/code/")["Location"] == "/follow/recover/"


def test_a_thief_of_the_database_learns_neither_contact_nor_code(lost):
    case, _old = lost
    asks(code=case.code)
    code = code_sent()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Recovery._meta.db_table}")
        stolen = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
    assert MAIL not in stolen
    assert code not in stolen
    assert case.code not in stolen
    private = Recovery.objects.get().private  # with the key ring, and still no code
    assert code not in str(private)


@pytest.mark.parametrize("digest", ["", "x" * 64, "0" * 63])
def test_the_kernel_takes_no_other_digest(lost, digest):
    case, _old = lost
    with pytest.raises(Refusal) as refused:
        perform(case.pk, Step("recover", actor_of_sender(case), {"digest": digest}))
    assert refused.value.field == "digest"


def test_nobody_else_gives_a_new_secret(lost, actor):
    case, _old = lost
    for who in (actor("610113-CG", "handler"), actor("610113-XF", "clerk"), SYSTEM):
        with pytest.raises(Refusal):
            perform(case.pk, Step("recover", who, {"digest": "0" * 64}))


def test_the_senders_program_has_no_such_act(lost):
    case, old = lost
    answer = Client().post(
        f"/api/v1/letters/{case.code}/acts",
        {"act": "recover", "payload": {"digest": "0" * 64}},
        content_type="application/json",
        headers={"Authorization": f"Receipt {old.secret}", "Idempotency-Key": "recover-0000-1"},
    )
    assert answer.status_code in (404, 409, 422)
    assert case.acts.filter(act="recover").count() == 0
