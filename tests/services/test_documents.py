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


def test_a_false_promise_is_revoked_in_writing_with_facts_basis_and_remedies_and_a_kept_one_is_not(client):
    from django.utils import timezone

    from tongban.services import models, reading

    models.Item.objects.filter(matter="7003").update(by_promise=True)
    reading.touch()
    now = timezone.now()
    for kept, titles in (("false", 1), ("kept", 0)):
        sent = Submission("application", "7003", PLACE, "食品经营许可", "", visibility="confidential", name="李明",
                          extra={"facts": {}, "item": "1949-10-01", "promised": True})  # fmt: skip
        case, receipt = submit(sent, NEWCOMER, now=now)
        case = after(after(case, "accept", official(MARKET), now), "grant", official(MARKET), now, text="准予")
        after(case, "check_promise", official(MARKET), now, kept=kept, text="现场没有洗消间。")
        found = [title for _address, title in documents.links(case, ()) if "撤销决定书" in title]
        assert len(found) == titles
        act = Act.objects.get(case=case, act="check_promise")
        client.post("/follow/", {"code": receipts.grouped(receipt.code), "secret": receipt.secret})
        answer = client.get(f"/follow/{case.code}/document/{act.sequence}.pdf")
        assert answer.status_code == (200 if titles else 404)
    said = documents.words(Act.objects.get(case=case, act="grant"))
    assert said
    false = Act.objects.filter(act="check_promise", state_after="revoked").select_related("case").get()
    said = "\n".join(documents.words(false))
    for words in ("承诺与事实不符", "第六十九条", "现场没有洗消间。", "行政复议", "行政诉讼"):
        assert words in said
