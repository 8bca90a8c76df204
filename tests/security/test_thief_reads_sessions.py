"""A thief has the database: a backup, a stolen disk, a dump that was mailed to the wrong person. What do sessions and
drafts tell?

Before: the secret of every letter lay in `django_session` in clear (signed, not sealed), beside the numbers of up to
20 letters of the same browser, survived the erasure of the letter, and nothing ever cleared old sessions. The keys of
officials' sessions were the cookies themselves. A draft opened with the key ring alone.
Now: a resident has no row at all; what a draft says opens with the writer's cookie and the key ring together; an
official's session is sealed and found by a digest of its cookie; the worker clears what is over.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from tongban.cases.actor import SYSTEM, resident
from tongban.cases.models import Attachment, Case
from tongban.cases.writer import Step, perform
from tongban.counter.models import Draft
from tongban.vault.keyring import ring

pytestmark = pytest.mark.django_db
TEXT = {"subject": "夜间施工", "body": "每天夜里十二点以后还在施工。", "visibility": "public", "send": "1"}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Any) -> None:
    settings.ATTACHMENT_ROOT = tmp_path


def began(client: Client) -> None:
    client.post("/new/letter/", {"matter": "0101", "about": "施工噪音"})
    client.post("/new/letter/where/", {"place": "610113"})


def sent_by(client: Client, **more: Any) -> tuple[Case, str]:
    """A letter sent with a browser, and the secret as the receipt's page shows it."""
    began(client)
    assert client.post("/new/letter/text/", {**TEXT, **more}).status_code == 302
    assert client.post("/new/letter/check/", {"send": "1"}).status_code == 302
    page = client.get("/follow/sent/").content.decode()
    shown = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}\b", page)
    assert shown is not None
    return Case.objects.latest("pk"), shown[0]


def undone(text: str) -> Iterator[str]:
    """What somebody without a key makes of a text: base64 undone, and what was compressed (as Django's signed
    sessions are)."""
    for piece in re.findall(r"[A-Za-z0-9+/=_-]{24,}", text):
        with suppress(binascii.Error):
            raw = base64.urlsafe_b64decode(
                piece.replace("+", "-").replace("/", "_").rstrip("=") + "=" * (-len(piece.rstrip("=")) % 4)
            )
            yield raw.decode("latin-1")
            with suppress(zlib.error):
                yield zlib.decompress(raw).decode("latin-1")


def dump() -> str:
    """Every value of every table as text, as it lies there and undone."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for value in (value for row in cursor.fetchall() for value in row):
                text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                found += [text, *undone(text)]
    return "\n".join(found)


def test_no_secret_of_a_letter_lies_in_the_database(registry):
    _case, secret = sent_by(Client())
    text = dump()
    assert secret not in text
    assert secret.replace("-", "") not in text


def test_letters_of_one_browser_are_not_tied_together(registry):
    client = Client()
    codes = [sent_by(client, subject=f"第{n}封")[0].code for n in range(3)]
    client.post("/follow/", {"code": codes[0], "secret": "x"})
    assert Session.objects.count() == 0
    assert Draft.objects.count() == 0
    assert len({item.draft for item in Attachment.objects.all()} - {None}) == 0
    assert all(client.get(f"/follow/{code}/").status_code == 200 for code in codes), (
        "the browser itself opens all three"
    )


def test_a_letter_that_was_erased_leaves_nothing_behind(registry):
    client = Client()
    case, secret = sent_by(client)
    perform(case.pk, Step("withdraw", resident(case.pk), {"text": "不用了"}))
    Case.objects.filter(pk=case.pk).update(retain_until=timezone.localdate() - timedelta(days=1))
    perform(case.pk, Step("erase", SYSTEM))
    assert secret.replace("-", "") not in dump()
    assert Session.objects.count() == Draft.objects.count() == 0
    assert "夜间施工" not in client.get(f"/follow/{case.code}/").content.decode()


def test_a_draft_opens_with_the_cookie_and_not_with_the_key_ring_alone(registry):
    client = Client()
    began(client)
    client.post("/new/letter/text/", {"subject": "写了一半", "body": "还没写完", "save": "1"})
    for row in Draft.objects.all():
        opened = str(row.private)  # with the ring: this process has it
        assert "写了一半" not in opened
        assert "施工噪音" not in opened
        assert client.cookies["tongban_draft"].value not in (row.digest, row.files)
    assert "写了一半" in client.get("/new/letter/text/").content.decode()


def test_an_officials_session_is_unreadable_and_its_row_is_no_cookie(official, signed_in):
    client = signed_in(official("610113-CG", "handler"))
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "username": "who-signed-in"}]
    session["mfa.totp.secret"] = "JBSWY3DPEHPK3PXP"
    session.save()
    cookie, row = client.cookies["tongban_session"].value, Session.objects.get()
    text = dump()
    assert "JBSWY3DPEHPK3PXP" not in text
    assert cookie not in text
    thief = Client()
    thief.cookies["tongban_session"] = row.session_key
    assert thief.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 200


def test_a_session_moved_to_another_row_opens_nothing(official, signed_in):
    """Whoever can write the database puts the content of a head's session into the row of their own."""
    head, clerk = signed_in(official("610113-CG", "head")), signed_in(official("610113-ZJ", "clerk"))
    rows = list(Session.objects.order_by("session_key"))
    Session.objects.filter(pk=rows[0].pk).update(session_data=rows[1].session_data)
    Session.objects.filter(pk=rows[1].pk).update(session_data=rows[0].session_data)
    assert (head.get("/desk/").status_code, clerk.get("/desk/").status_code) == (302, 302)


def test_the_receipt_is_shown_for_a_quarter_of_an_hour_and_no_longer(registry, monkeypatch):
    client = Client()
    _case, secret = sent_by(client)
    assert secret in client.get("/follow/receipt/").content.decode(), "a reload, the back button and printing find it"
    now = time.time
    monkeypatch.setattr("tongban.gate.cookies.time.time", lambda: now() + 15 * 60 + 1)
    for path in ("/follow/sent/", "/follow/receipt/", "/follow/receipt/qr.svg"):
        assert client.get(path).status_code == 302


def test_the_receipt_is_put_away_when_the_sender_says_so(registry):
    client = Client()
    case, _secret = sent_by(client)
    assert client.post("/follow/sent/")["Location"] == f"/follow/{case.code}/"
    assert client.get("/follow/sent/").status_code == 302
    assert client.get(f"/follow/{case.code}/").status_code == 200


def test_a_proof_ends_after_two_hours(registry, monkeypatch):
    client = Client()
    case, _secret = sent_by(client)
    now = time.time
    monkeypatch.setattr("tongban.gate.cookies.time.time", lambda: now() + 2 * 3600 + 1)
    assert client.get(f"/follow/{case.code}/").status_code == 404


def test_the_worker_clears_sessions_and_drafts_with_their_files(registry, official, signed_in):
    from tongban.gate.timed import timed

    run = {piece.name: piece.run for piece in timed()}
    signed_in(official("610113-CG", "handler"))
    client = Client()
    began(client)
    client.post(
        "/new/letter/text/", {"subject": "x", "save": "1", "files": SimpleUploadedFile("a.txt", "内容".encode())}
    )
    item = Attachment.objects.get()
    assert run["sessions"]() == 0
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    assert (run["sessions"](), Session.objects.count()) == (1, 0)
    while run["drafts"]():
        pass
    assert Draft.objects.count() >= 1, "what is being written stays"
    Draft.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    while run["drafts"]():
        pass
    assert Draft.objects.count() == Attachment.objects.count() == 0
    from tongban.cases.attachments import path_of

    assert not path_of(item.key).exists()


def test_what_is_sealed_for_one_cookie_opens_as_no_other(registry):
    from tongban.gate import cookies

    text = cookies.sealed("tongban_receipt", {"code": "x"}, 60)
    assert cookies.opened("tongban_receipt", text)["code"] == "x"
    assert cookies.opened("tongban_letters", text) == {}
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert cookies.opened("tongban_receipt", base64.urlsafe_b64encode(changed).decode().rstrip("=")) == {}, at
    assert (
        cookies.opened(
            "tongban_receipt", base64.urlsafe_b64encode(ring().seal(b"[]", b"cookie\x00tongban_receipt")).decode()
        )
        == {}
    )
