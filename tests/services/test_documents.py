"""What is told in writing: a document for each step of the law, for whoever holds the secret and nobody else."""

from __future__ import annotations

import io

import pikepdf
import pytest

from tongban.cases import receipts
from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Act
from tongban.cases.writer import Submission, submit
from tongban.services import documents

from .conftest import MARKET, PLACE, after, official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def refused():
    sent = Submission("application", "7003", PLACE, "食品经营许可", "", visibility="confidential", name="李明",
                      extra={"facts": {}, "item": "1949-10-01"})  # fmt: skip
    case, receipt = submit(sent, NEWCOMER)
    from django.utils import timezone

    now = timezone.now()
    case = after(case, "accept", official(MARKET), now)
    return after(case, "refuse", official(MARKET), now, text="场所不符合第三十三条。\n请另选场所。"), receipt


def test_every_step_of_the_law_has_its_document(refused):
    case, _receipt = refused
    assert [title for _address, title in documents.links(case, ())] != []
    for act in Act.objects.filter(case=case, act__in=documents.KINDS):
        raw = documents.made(case, act)
        with pikepdf.open(io.BytesIO(raw)) as file:
            assert len(file.pages) == 1


def test_long_reasons_take_more_pages(refused):
    case, _receipt = refused
    act = Act.objects.get(case=case, act="refuse")
    act.private = {"text": "很长的理由。" * 600}
    with pikepdf.open(io.BytesIO(documents.made(case, act))) as file:
        assert len(file.pages) > 1


def test_whoever_holds_the_secret_has_the_document_and_nobody_else(refused, client):
    case, receipt = refused
    sequence = Act.objects.get(case=case, act="refuse").sequence
    address = f"/follow/{case.code}/document/{sequence}.pdf"
    assert client.get(address).status_code == 404
    client.post("/follow/", {"code": receipts.grouped(receipt.code), "secret": receipt.secret})
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert address in client.get(f"/follow/{case.code}/").content.decode()
    assert client.get(f"/follow/{case.code}/document/1.pdf").status_code == 404, "sending is no document"
