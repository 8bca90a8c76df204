"""Notices: sent once, tried again where the mail server refuses, given up after a day and a half, shown,
and sent again when told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from tongban.accounts.models import Official
from tongban.cases import notices
from tongban.cases.models import Notice
from tongban.commands.main import app

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def waiting(letter):
    """A letter whose sender left an address, and the notice of its arrival."""
    case, _receipt = letter(email="resident@example.com")
    return case, Notice.objects.get(case=case)


@pytest.fixture
def no_mail(settings):
    """A mail server that nobody answers at."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1


def fail_to_the_end(now):
    for _ in range(notices.TRIES):
        notices.send_waiting(now)
        now += timedelta(hours=7)
    return now


def test_a_notice_is_sent_once_and_then_holds_no_address(waiting):
    assert notices.send_waiting() == 1
    assert notices.send_waiting() == 0
    assert [message.to for message in mail.outbox] == [["resident@example.com"]]
    sent = Notice.objects.get()
    assert (sent.state, sent.private, sent.error) == ("sent", None, "")


def test_a_notice_quotes_nothing_of_the_letter(waiting):
    case, _notice = waiting
    notices.send_waiting()
    text = mail.outbox[0].subject + mail.outbox[0].body
    assert case.subject not in text
    assert case.body not in text


def test_what_fails_is_tried_again_later_and_later_and_given_up_after_more_than_a_day(waiting, no_mail):
    now, waits = timezone.now(), []
    for _ in range(notices.TRIES):
        assert notices.send_waiting(now) == 1
        notice = Notice.objects.get()
        waits.append(notice.next_try_at - now)
        assert notices.send_waiting(now) == 0, "not before its time"
        now = notice.next_try_at
    assert waits == sorted(waits)
    assert sum(waits[:-1], timedelta()) > timedelta(days=1)
    assert (notice.state, notice.error, notice.private is None) == ("failed", "ConnectionRefusedError", False)
    assert notices.send_waiting(now + timedelta(days=9)) == 0


def test_who_handles_the_letter_sees_that_a_notice_did_not_arrive_but_not_where_to(
    waiting, no_mail, official, signed_in
):
    case, _notice = waiting
    client = signed_in(official("610113-CG", "handler"))
    page = f"/desk/c/{case.code}/"
    assert "没有送达的通知" not in client.get(page).content.decode()
    notices.send_waiting()
    shown = client.get(page).content.decode()
    assert "没有送达的通知" in shown
    assert "试过 1 次" in shown
    assert "resident@example.com" not in shown
    fail_to_the_end(timezone.now() + timedelta(hours=7))
    assert "已停止" in client.get(page).content.decode()


def test_an_administrator_has_given_up_notices_sent_again(waiting, no_mail, settings, official, signed_in):
    client = signed_in(official("610113-CG", "administrator"))
    assert "再送一次" not in client.get("/responsible/admin/").content.decode()
    fail_to_the_end(timezone.now())
    assert "有 1 条通知多次没有送达" in client.get("/responsible/admin/").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert client.post("/responsible/admin/").status_code == 302
    assert notices.send_waiting() == 1
    assert len(mail.outbox) == 1
    assert "多次没有送达" not in client.get("/responsible/admin/").content.decode()


def test_nobody_else_can_have_them_sent_again(waiting, no_mail, official, signed_in):
    fail_to_the_end(timezone.now())
    assert Client().post("/responsible/admin/").status_code == 302
    assert signed_in(official("610113-CG", "handler")).post("/responsible/admin/").status_code == 403
    assert Notice.objects.get().state == "failed"


def test_the_command_does_the_same(waiting, no_mail):
    fail_to_the_end(timezone.now())
    assert CliRunner().invoke(app, ["notices", "retry"]).output == "1 notices will be sent again\n"
    assert Notice.objects.get().state == "waiting"
    assert CliRunner().invoke(app, ["notices", "forget"]).exit_code == 2


def test_who_lost_the_way_in_is_let_in_by_the_command(official):
    from allauth.mfa.models import Authenticator

    user = official("610113-CG", "administrator", "anna")
    Authenticator.objects.create(user=user, type="totp", data={})
    done = CliRunner().invoke(app, ["let-in", "anna"])
    assert done.exit_code == 0
    assert Official.objects.get(username="anna").check_password(done.output.strip())
    assert not Authenticator.objects.exists()
    assert CliRunner().invoke(app, ["let-in", "nobody"]).exit_code == 2
